"""What becomes of the records of a channel that goes, or that values its customers anew, a batch at a time.

A mutation does all batches in its transaction when they are few; else a job does each in one of its own.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from itertools import accumulate, takewhile

from cypher.channels import (
    IN_CHANNEL,
    accounts_of_customers,
    bury_records,
    count_in_channel,
    customers_of_records,
    detach_records,
    have_users,
    orphan_children,
    page_of_channel,
    properties_of,
    records_of_customers,
)
from cypher.lifetime_values import lock_customers
from cypher.viewers import raise_access_version
from cypher.writes import Place, lock_all
from graph.ids import global_id
from resolvers.lifetime import revalue
from resolvers.records import Found
from resolvers.roles import hand_down
from resolvers.writing import Write

BATCH = 1_000
"""Records of a batch."""
Batch = Callable[[Write, Place, str], Awaitable[tuple[int, str]]]
"""Does the next batch after a cursor: how many records it did, and the cursor behind them; empty when all is done."""


async def delete_batch(write: Write, channel: Place, cursor: str) -> tuple[int, str]:
    """Delete the next records of a channel, customers with all that is of them first; last the channel itself."""
    label, after, ids = await _next(write, channel, cursor)
    if not ids:
        return await _delete_channel(write, channel)
    if label != "Customer":
        return len(await _bury(write, ids)), f"{label} {ids[-1]}"
    organization = write.viewer.organization_id
    # Nobody gives them anything more.
    await write.run(lock_all(["Customer"], ids, organization, going=True))
    await hand_down(write, ids)
    theirs = await write.run(records_of_customers(ids, BATCH, organization_id=organization))
    done = await _bury(write, theirs)
    if any(change.place.record.name == "CustomerUser" for change in write.changes):
        await write.run(raise_access_version(organization))
    if len(theirs) == BATCH:
        # One customer with more than a batch: the rest of it next time.
        return len(done), f"{label} {after}"
    accounts = await write.run(accounts_of_customers(ids, organization_id=organization))
    for child, parent in await write.run(orphan_children(ids, write.now, organization_id=organization)):
        place = Place(write.model.records["Customer"], child, organization)
        write.note(place, "EDIT", {}, {}, [("parent", global_id("Customer", parent), None)])
    done += await _bury(write, ids)
    await revalue(write, accounts=accounts)
    return len(done), f"{label} {ids[-1]}"


async def detach_batch(write: Write, channel: Place, cursor: str) -> tuple[int, str]:
    """Take the next records out of a channel; last delete the channel. Customers keep the value that they have."""
    label, _, ids = await _next(write, channel, cursor)
    if not ids:
        return await _delete_channel(write, channel)
    organization = write.viewer.organization_id
    accounts = []
    if label == "Customer":
        await write.run(lock_customers(ids, organization_id=organization))
        accounts = await write.run(accounts_of_customers(ids, organization_id=organization))
    moved = [("channel", global_id("Channel", channel.uuid), None)]
    for labels, uuid in await write.run(detach_records(ids, channel, write.now)):
        write.note(_place(write, labels, uuid), "EDIT", {"channelId": channel.uuid}, {"channelId": None}, moved)
    await revalue(write, accounts=accounts)
    if label == "Customer" and (await write.run(have_users(ids, organization_id=organization)))[0]:
        # Customer users see the channel of their own customer.
        await write.run(raise_access_version(organization))
    return len(ids), f"{label} {ids[-1]}"


async def revalue_batch(write: Write, channel: Place, cursor: str) -> tuple[int, str]:
    """Value the next customers of a channel."""
    page = await write.run(page_of_channel(channel, "Customer", cursor.partition(" ")[2], BATCH))
    if not page:
        return 0, ""
    ids = [uuid for uuid, _ in page]
    await revalue(write, ids)
    return len(ids), f"Customer {ids[-1]}"


BATCHES: Mapping[str, Batch] = {
    "DELETE_CHANNEL": delete_batch,
    "DETACH_CHANNEL": detach_batch,
    "REVALUE_CHANNEL": revalue_batch,
}
"""What does a batch of a job, by its kind."""


async def do_all(write: Write, kind: str, channel: Place) -> None:
    """Do all batches in one transaction."""
    cursor = IN_CHANNEL[0]
    while cursor:
        _, cursor = await BATCHES[kind](write, channel, cursor)


async def _next(write: Write, channel: Place, cursor: str) -> tuple[str, str, list[str]]:
    """The label of the next records, the UUID that they come after, and their UUIDs; none when nothing is left."""
    label, _, after = (cursor or IN_CHANNEL[0]).partition(" ")
    for stage in IN_CHANNEL[IN_CHANNEL.index(label) :]:
        page = await write.run(page_of_channel(channel, stage, after if stage == label else "", BATCH))
        if page:
            sizes = accumulate(1 + weight for _, weight in page)
            fitting = [uuid for (uuid, _), _ in zip(page, takewhile(lambda size: size <= BATCH, sizes), strict=False)]
            return stage, after if stage == label else "", fitting or [page[0][0]]
    return "", "", []


async def _delete_channel(write: Write, channel: Place) -> tuple[int, str]:
    """Delete a channel that is empty; begin anew where somebody has put records into it meanwhile."""
    await write.run(lock_all(["Channel"], [channel.uuid], channel.organization_id, going=True))
    found = await write.run(properties_of(channel))
    if not found:
        return 0, ""
    [counts] = await write.run(count_in_channel(channel))
    if any(counts[: len(IN_CHANNEL)]):
        return 0, IN_CHANNEL[0]
    await write.delete(Found(channel, found[0]))
    return 0, ""


async def _bury(write: Write, ids: Sequence[str]) -> list[str]:
    """Delete records and note it; customers who stay lose what they were worth by these."""
    if not ids:
        return []
    organization = write.viewer.organization_id
    customers = await write.run(customers_of_records(ids, organization_id=organization))
    rows = await write.run(bury_records(ids, write.model, write.now, organization_id=organization))
    for labels, uuid, before in rows:
        write.note(_place(write, labels, uuid), "DELETE", before, {})
    await revalue(write, customers)
    return [uuid for _, uuid, _ in rows]


def _place(write: Write, labels: Sequence[str], uuid: str) -> Place:
    records = write.model.records.values()
    record = next(record for record in records if record.label in labels and record.label != "Record")
    return Place(record, uuid, write.viewer.organization_id)
