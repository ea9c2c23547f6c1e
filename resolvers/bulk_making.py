"""The customers of a bulk write that are new: made with their owners, groups, parents, accounts and contacts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from strawberry import UNSET

from cypher import bulk
from graph.ids import global_id, new_id
from resolvers.bulk_accounts import check_account, give_accounts
from resolvers.bulk_contacts import give_contacts
from resolvers.bulk_inputs import RowOutcome
from resolvers.bulk_rows import Row, Rows, expect_all
from resolvers.customer_details import following, party_kind, stored_details
from resolvers.hidden_writes import hidden_problems
from resolvers.links import End
from resolvers.records import Found
from resolvers.web_contacts import LINK

LINKS = {"group": ("groupId", bulk.join_groups), "parent": ("parentId", bulk.join_parents)}
"""What new customers are linked to where their rows say so: the fields, and the statements that link."""


async def make(rows: Rows, channel: Found, new: Sequence[Row]) -> list[Row]:
    """Make customers of a channel.

    Returns:
        The rows whose keys were in use when it came to it.
    """
    for row in new:
        row.customer = _customer(row)
    new = rows.standing(new)
    made = await _create(rows, channel, new)
    await _link(rows, [row for row in new if row.uuid in made])
    there = await _reached(rows, [row for row in new if row.uuid in made])
    accounts = await give_accounts(rows, there, match=channel.properties.get("accountPolicy") == "MATCH")
    contacts = await give_contacts(rows, channel, there, accounts)
    for row in there:
        row.outcome = RowOutcome.CREATED
        account = global_id("Account", accounts[row.uuid])
        links: list[tuple[str, Any, Any]] = [("channel", None, channel.id), ("account", None, account), *_linked(row)]
        if row.uuid in contacts:
            links.append(("contacts", None, [End(contacts[row.uuid], "Contact", LINK).shown]))
        stored = {**row.customer, "channelId": channel.uuid, "lifetimeValue": 0}
        rows.write.note(rows.record("Customer", row.uuid), "CREATE", {}, stored, links)
    return [row for row in new if row.uuid not in made]


def _customer(row: Row) -> dict[str, Any]:
    """What is stored of a new customer beside what all of a channel share."""
    row.uuid, viewer = new_id(), row.write.viewer
    if "ownerId" not in row.ends and viewer.home_id is None:
        row.ends["ownerId"] = ("User", viewer.id)
    elif "ownerId" not in row.ends:
        row.write.refuse("FORBIDDEN", "Say who owns it: nobody here is you.", "ownerId")
    check_account(row)
    kind = party_kind(row.write, row.given.kind, row.given)
    stored = {**row.keep(stored_details(row.write, row.given, kind, new=True)), "kind": kind}
    if hidden := viewer.grants.hidden:
        names = [name for name, value in stored.items() if value is not None and value is not UNSET]
        row.write.problems += hidden_problems(row.write.model, hidden, "Customer", names)
    stored |= {**following(stored), "ownerId": row.ends.get("ownerId", ("", ""))[1], "id": row.uuid}
    return {key: value for key, value in stored.items() if value is not None and value is not UNSET}


async def _create(rows: Rows, channel: Found, new: Sequence[Row]) -> set[str]:
    """Make the customers; the UUIDs of those whose keys were free."""
    write, made = rows.write, set[str]()
    shared = {
        "organizationId": write.viewer.organization_id,
        "channelId": channel.uuid,
        "lifetimeValue": 0,
        "version": 1,
        "createdAt": write.now,
        "updatedAt": write.now,
    }
    for keyed in (True, False):
        # In the order of their keys, so that two who make the same do not wait for each other.
        some = sorted((row for row in new if bool(row.key) is keyed), key=lambda row: row.key)
        if some:
            sent = [{"set": row.customer, "key": row.key, "owner": row.ends["ownerId"][1]} for row in some]
            made |= set(*await write.run(bulk.create_customers(sent, shared, keyed=keyed)))
    return made


async def _link(rows: Rows, made: Sequence[Row]) -> None:
    """Put the new customers into their groups and below their parents."""
    for end, statement in LINKS.values():
        linking = [{"customer": row.uuid, "end": row.ends[end][1]} for row in made if end in row.ends]
        if linking:
            expect_all(linking, *await rows.write.run(statement(linking, rows.write.viewer.organization_id)))


async def _reached(rows: Rows, made: Sequence[Row]) -> list[Row]:
    """Those new customers that are where the viewer may make some; the others are taken back."""
    write, access = rows.write, rows.write.access("CREATE")
    if not made or access.sees_all("Customer"):
        return list(made)
    record = write.model.records["Customer"]
    reached = set(await write.run(bulk.seen_among(record, [row.uuid for row in made], access, write.inputs)))
    away = [row for row in made if row.uuid not in reached]
    if away:
        await write.run(bulk.unmake_customers([row.uuid for row in away], write.viewer.organization_id))
    for row in away:
        row.write.refuse("FORBIDDEN", "You may not create a Customer there.")
    return rows.standing(made)


def _linked(row: Row) -> Iterator[tuple[str, None, str]]:
    """Where a new customer leads to beside its channel and its account, as its change record tells it."""
    for name, end in (("owner", "ownerId"), *((name, end) for name, (end, _) in LINKS.items())):
        if end in row.ends:
            yield name, None, global_id(*row.ends[end])
