"""Mutations of many customers at once, by few statements for all of them."""

from __future__ import annotations

from cypher import bulk
from graph.user_errors import Problem, Refused
from resolvers.bulk_changes import change_customers, check_changes, claim_keys
from resolvers.bulk_ends import find_ends
from resolvers.bulk_inputs import CreateCustomersInput, CustomerResult, UpdateCustomersInput, UpsertCustomersInput
from resolvers.bulk_making import complete, make
from resolvers.bulk_roots import follow_roots
from resolvers.bulk_rows import Noun, Row, Rows
from resolvers.bulk_trees import check_parent, lock_tree, place
from resolvers.bulk_writing import find
from resolvers.records import Found, Written
from resolvers.writing import Write

CUSTOMERS = Noun("Customer", "customers", CustomerResult)
TAKEN = "Another record has this already. Choose another one."
ATTEMPTS = 3
"""Times that the rows are looked for whose keys somebody else takes meanwhile."""


async def create_customers(write: Write, given: CreateCustomersInput) -> Written:
    """Make customers of one channel, each with its account."""
    write.expect_level("Customer", "CREATE")
    rows = await _rows(write, given)
    channel = await _open_channel(write, given.channel_id)
    rows.expect_different("origin_id", "originId")
    await find_ends(rows)
    made, taken = await make(rows, channel, rows.standing())
    for row in taken:
        row.write.refuse("TAKEN", TAKEN, "originId")
    await complete(rows, channel, await place(rows, made, channel.uuid))
    return rows.written()


async def update_customers(write: Write, given: UpdateCustomersInput) -> Written:
    """Change customers."""
    write.expect_level("Customer", "EDIT")
    rows = await _rows(write, given)
    await find_ends(rows)
    await find(rows)
    for row in rows.standing():
        check_changes(row, rows)
    await claim_keys(rows)
    standing = await place(rows, rows.standing())
    await follow_roots(rows, standing, await change_customers(rows, standing))
    return rows.written()


async def upsert_customers(write: Write, given: UpsertCustomersInput) -> Written:
    """Make or change customers of one channel by their keys in the source."""
    rows = await _rows(write, given)
    channel = await _open_channel(write, given.channel_id)
    rows.expect_different("origin_id", "originId")
    for row in rows.every:
        if not row.key:
            row.write.refuse("INVALID", "Give the key that the source knows it by.", "originId")
    await find_ends(rows)
    made, pending = list[Row](), rows.standing()
    for _ in range(ATTEMPTS):
        if pending:
            # Whose key somebody else took meanwhile is there in the next round, to be changed.
            new, pending = await make(rows, channel, await _find(rows, channel, pending))
            made += new
    for row in pending:
        row.write.refuse("CONFLICT", "What this belongs to is being changed. Send it again.", "originId")
    standing = await place(rows, [*rows.standing([row for row in rows.every if row.found]), *made], channel.uuid)
    moved = await change_customers(rows, [row for row in standing if row.found])
    await complete(rows, channel, [row for row in standing if row.found is None])
    await follow_roots(rows, standing, moved)
    return rows.written()


async def _rows(write: Write, given: CreateCustomersInput | UpdateCustomersInput | UpsertCustomersInput) -> Rows:
    rows = Rows.of(write, CUSTOMERS, given.customers, given.error_policy)
    for row in rows.every:
        check_parent(row)
    await lock_tree(rows)
    return rows


async def _find(rows: Rows, channel: Found, pending: list[Row]) -> list[Row]:
    """Find the customers that are there, and see that each may be changed; the rows whose customers are not there."""
    write = rows.write
    seen, reached, keys = write.access("VIEW"), write.access("EDIT"), [row.key for row in pending]
    found = await write.run(bulk.find_customers_by_origin(rows.type, channel.uuid, keys, seen, reached, write.inputs))
    there = {one[2]["originId"]: one for one in found}
    for row in pending:
        is_seen, is_reached, properties = there.get(row.key, (None, None, {}))
        if is_seen is None:
            if write.level("Customer", "CREATE") == "NONE":
                row.write.refuse("FORBIDDEN", "You may create no Customer.")
        elif not is_seen:
            row.write.refuse("TAKEN", TAKEN, "originId")
        elif not is_reached:
            row.write.refuse("FORBIDDEN", "You may not change this Customer.", "originId")
        else:
            row.uuid = properties["id"]
            row.found = Found(rows.record("Customer", row.uuid), properties)
            check_changes(row, rows)
    return rows.standing([row for row in pending if row.key not in there])


async def _open_channel(write: Write, text: str) -> Found:
    channel = await write.find(text, "Channel", "channelId")
    if channel and channel.properties.get("status") != "ACTIVE":
        write.refuse("CONFLICT", f"The channel {channel.shown} is inactive and takes no new data.", "channelId")
    write.settle()
    if channel is None:
        raise Refused(Problem("NOT_FOUND", "There is no such Channel for you.", ("channelId",)))
    return channel
