"""The customers of a bulk write that are new: made with their owners, groups, parents, accounts and contacts."""

from __future__ import annotations

from collections.abc import Sequence

from strawberry import UNSET

from cypher import bulk
from graph.ids import global_id, new_id
from resolvers.bulk_accounts import check_account
from resolvers.bulk_contacts import give_contacts
from resolvers.bulk_inputs import RowOutcome
from resolvers.bulk_roots import expect_no_accounts, give_roots
from resolvers.bulk_rows import Row, Rows
from resolvers.bulk_writing import Moved, expect_reach, expect_shown, link
from resolvers.customer_details import following, party_kind, stored_details
from resolvers.links import End
from resolvers.ownership import default_owner
from resolvers.records import Found
from resolvers.web_contacts import LINK


async def make(rows: Rows, channel: Found, new: Sequence[Row]) -> tuple[list[Row], list[Row]]:
    """Make the bare customers of a channel, without anything that they lead to but their owners.

    Returns:
        The rows whose customers were made, and those whose keys were in use when it came to it.
    """
    await expect_no_accounts(new)
    owner = await default_owner(rows.write, channel)
    for row in new:
        _read(row, rows, owner)
    new = rows.standing(new)
    made = await _create(rows, channel, new)
    there = await expect_reach(rows, [row for row in new if row.uuid in made])
    return there, [row for row in new if row.uuid not in made]


async def complete(rows: Rows, channel: Found, made: Sequence[Row]) -> None:
    """Give new customers their groups, parents, accounts and contacts."""
    moved = await link(rows, made)
    accounts = await give_roots(rows, made, match=channel.properties.get("accountPolicy") == "MATCH")
    contacts = await give_contacts(rows, channel, made, accounts)
    for row in made:
        row.outcome = RowOutcome.CREATED
        account = global_id("Account", accounts[row.uuid])
        links: list[Moved] = [("channel", None, channel.id), ("account", None, account)]
        links += [("owner", None, global_id(*row.ends["ownerId"])), *moved.get(row.uuid, ())]
        if row.uuid in contacts:
            links.append(("contacts", None, [End(contacts[row.uuid], "Contact", LINK).shown]))
        stored = {**row.stored, "channelId": channel.uuid, "lifetimeValue": 0}
        rows.write.note(rows.record("Customer", row.uuid), "CREATE", {}, stored, links)


def _read(row: Row, rows: Rows, owner: tuple[str, str] | None) -> None:
    """Read what is stored of a new customer beside what all of a channel share."""
    row.uuid, row.found = new_id(), None
    row.own(owner)
    check_account(row)
    kind = party_kind(row.write, row.given.kind, row.given)
    row.stored = {**row.keep(stored_details(row.write, row.given, kind, new=True)), "kind": kind}
    row.links = {"group": [row.ends["groupId"][1]]} if "groupId" in row.ends else {}
    expect_shown(rows, row)
    row.stored |= {**following(row.stored), "ownerId": row.ends.get("ownerId", ("", ""))[1], "id": row.uuid}
    row.stored = {key: value for key, value in row.stored.items() if value is not None and value is not UNSET}


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
            sent = [{"set": row.stored, "key": row.key, "owner": row.ends["ownerId"][1]} for row in some]
            made |= set(*await write.run(bulk.create_customers(sent, shared, keyed=keyed)))
            await write.expect_there([channel.uuid, *(row.ends["ownerId"][1] for row in some)])
    return made
