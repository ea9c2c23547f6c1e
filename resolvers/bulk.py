"""Mutations of many customers at once, by few statements for all of them."""

from __future__ import annotations

from cypher import bulk
from graph.user_errors import Problem, Refused
from resolvers.bulk_changes import Known, change
from resolvers.bulk_ends import find_ends, uuid_of
from resolvers.bulk_inputs import CreateCustomersInput, UpdateCustomersInput, UpsertCustomersInput
from resolvers.bulk_making import make
from resolvers.bulk_rows import Row, Rows
from resolvers.records import Found, Written
from resolvers.writing import Write

ATTEMPTS = 3
"""Times that the rows are looked for whose keys somebody else takes meanwhile."""


async def create_customers(write: Write, given: CreateCustomersInput) -> Written:
    """Make customers of one channel, each with its account."""
    write.expect_level("Customer", "CREATE")
    rows = Rows.of(write, given.customers, given.error_policy)
    channel = await _open_channel(write, given.channel_id)
    _expect_different(rows, "origin_id", "originId")
    await find_ends(rows)
    for row in await make(rows, channel, rows.standing()):
        row.write.refuse("TAKEN", "Another record has this already. Choose another one.", "originId")
    return rows.written()


async def update_customers(write: Write, given: UpdateCustomersInput) -> Written:
    """Change customers."""
    write.expect_level("Customer", "EDIT")
    rows = Rows.of(write, given.customers, given.error_policy)
    _expect_different(rows, "id", "id")
    await find_ends(rows)
    for row in rows.every:
        row.uuid = uuid_of(row, row.given.id, ("Customer",), "id")
    asked = [row.uuid for row in rows.standing()]
    found = await write.run(bulk.find_customers(asked, write.access("VIEW"), write.access("EDIT"), write.inputs))
    there = {one[2]["id"]: Known(*one) for one in found}
    for row in rows.standing():
        known = there.get(row.uuid)
        if known is None or not known.seen:
            row.write.refuse("NOT_FOUND", "There is no such Customer for you.", "id")
        elif not known.reached:
            row.write.refuse("FORBIDDEN", "You may not change this Customer.", "id")
    await change(rows, [(row, there[row.uuid]) for row in rows.standing()])
    return rows.written()


async def upsert_customers(write: Write, given: UpsertCustomersInput) -> Written:
    """Make or change customers of one channel by their keys in the source."""
    rows = Rows.of(write, given.customers, given.error_policy)
    channel = await _open_channel(write, given.channel_id)
    _expect_different(rows, "origin_id", "originId")
    for row in rows.every:
        if not row.key:
            row.write.refuse("INVALID", "Give the key that the source knows it by.", "originId")
    await find_ends(rows)
    pending = rows.standing()
    for _ in range(ATTEMPTS):
        if pending:
            # Whose key somebody else took meanwhile is there in the next round, to be changed.
            pending = await _upsert(rows, channel, pending)
    for row in pending:
        row.write.refuse("CONFLICT", "What this belongs to is being changed. Send it again.", "originId")
    return rows.written()


async def _upsert(rows: Rows, channel: Found, pending: list[Row]) -> list[Row]:
    """Change the customers that are there and make the others; the rows whose keys were taken meanwhile."""
    write = rows.write
    seen, reached, keys = write.access("VIEW"), write.access("EDIT"), [row.key for row in pending]
    found = await write.run(bulk.find_customers_by_origin(channel.uuid, keys, seen, reached, write.inputs))
    there = {one[2]["originId"]: Known(*one) for one in found}
    for row in pending:
        known = there.get(row.key)
        if known is None and write.level("Customer", "CREATE") == "NONE":
            row.write.refuse("FORBIDDEN", "You may create no Customer.")
        elif known is not None and not known.seen:
            row.write.refuse("TAKEN", "Another record has this already. Choose another one.", "originId")
        elif known is not None and not known.reached:
            row.write.refuse("FORBIDDEN", "You may not change this Customer.", "originId")
    standing = rows.standing(pending)
    await change(rows, [(row, there[row.key]) for row in standing if row.key in there])
    return await make(rows, channel, [row for row in standing if row.key not in there])


async def _open_channel(write: Write, text: str) -> Found:
    channel = await write.find(text, "Channel", "channelId")
    if channel and channel.properties.get("status") != "ACTIVE":
        write.refuse("CONFLICT", f"The channel {channel.shown} is inactive and takes no new data.", "channelId")
    write.settle()
    if channel is None:
        raise Refused(Problem("NOT_FOUND", "There is no such Channel for you.", ("channelId",)))
    return channel


def _expect_different(rows: Rows, attribute: str, where: str) -> None:
    """Refuse rows that are about the same record as one before."""
    first: dict[str, int] = {}
    for row in rows.every:
        key = (getattr(row.given, attribute) or "").strip()
        if key and first.setdefault(key, row.place) != row.place:
            row.write.refuse("TAKEN", f"Row {first[key]} is about the same customer. Give each once.", where)
