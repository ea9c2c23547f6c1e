"""Mutations of many contacts at once, with their parts, managers and links."""

from __future__ import annotations

from collections.abc import Mapping

from strawberry import UNSET

from cypher.bulk_records import parts_among
from resolvers.bulk_ends import find_ends
from resolvers.bulk_inputs import ContactResult, CreateContactsInput, UpdateContactsInput
from resolvers.bulk_rows import Noun, Row, Rows
from resolvers.bulk_trees import REPORTS, Above, deepest_first, refuse_circles
from resolvers.bulk_writing import change, expect_shown, find, make
from resolvers.contact_row_links import attach, find_holders
from resolvers.contacts import PARTS, display_name, expect_named, stored_details
from resolvers.ownership import may_name_staff
from resolvers.parts import parts_in
from resolvers.records import Found, Written
from resolvers.writing import Write

CONTACTS = Noun("Contact", "contacts", ContactResult)

Held = Mapping[tuple[str, str], Mapping[str, Found]]
"""Parts by their UUIDs, by the UUID of the contact and the field that leads to them."""


async def create_contacts(write: Write, given: CreateContactsInput) -> Written:
    """Make contacts."""
    write.expect_level("Contact", "CREATE")
    rows = Rows.of(write, CONTACTS, given.contacts, given.error_policy)
    await find_ends(rows)
    holders = await find_holders(rows)
    for row in rows.every:
        row.own()
        if "reportsToId" in row.ends:
            row.links["reportsTo"] = [row.ends["reportsToId"][1]]
        _assign(row)
        _read(rows, row, {})
    await make(rows)
    await attach(rows, holders)
    return rows.written()


async def update_contacts(write: Write, given: UpdateContactsInput) -> Written:
    """Change contacts."""
    write.expect_level("Contact", "EDIT")
    rows = Rows.of(write, CONTACTS, given.contacts, given.error_policy)
    if any(row.given.reports_to_id for row in rows.every):
        # One move at a time in an organisation: of two that close a circle together the second sees the first.
        await write.lock(REPORTS.lock)
    await find_ends(rows)
    await find(rows)
    held = await _parts(rows)
    there = await _report(rows)
    for row in rows.standing():
        _assign(row)
        _read(rows, row, held)
    await change(rows, deepest_first(rows.standing(), there))
    return rows.written()


def _assign(row: Row) -> None:
    """Let the member of staff whom a row names look after its contact."""
    named = row.ends.get("assignedToId")
    if (named or row.given.assigned_to_id is None) and may_name_staff(row.write, "assignedToId"):
        row.links["assignedTo"] = [named[1]] if named else []


def _read(rows: Rows, row: Row, held: Held) -> None:
    """Read what a row says of its contact, which has these parts."""
    write, there = row.write, row.found.properties if row.found else {}
    for field in PARTS:
        items = getattr(row.given, field)
        row.parts += parts_in(write, "Contact", field, items, held.get((row.uuid, field), {}))
    wrong = {problem.field[0] for problem in write.problems if problem.field}
    # A list with an error is left out as a whole, and what is stored of its primary part too.
    row.parts = [parts for parts in row.parts if parts.field not in wrong]
    row.stored = row.keep(stored_details(write, row.given, row.parts))
    after = {**there, **{key: value for key, value in row.stored.items() if value is not UNSET}}
    expect_named(write, after)
    row.stored["displayName"] = display_name(after)
    expect_shown(rows, row)


async def _parts(rows: Rows) -> Held:
    """The parts of the contacts whose rows list such."""
    write, held = rows.write, dict[tuple[str, str], dict[str, Found]]()
    for field in PARTS:
        relation = write.relation(rows.record("Contact", ""), field)
        asked = [row.uuid for row in rows.standing() if getattr(row.given, field) is not UNSET]
        if asked:
            statement = parts_among(rows.type, relation, asked, write.viewer.organization_id, write.model)
            for uuid, properties in await write.run(statement):
                part = Found(rows.record(relation.target, properties["id"]), properties)
                held.setdefault((uuid, field), {})[part.uuid] = part
    return held


async def _report(rows: Rows) -> Above:
    """Let contacts report to those whom their rows name, unless that closes a circle; whom they reported to before."""
    standing, there = rows.standing(), Above()
    wanted = {
        row.uuid: row.ends["reportsToId"][1] if row.given.reports_to_id else None
        for row in standing
        if row.given.reports_to_id is None or "reportsToId" in row.ends
    }
    if wanted:
        there = await refuse_circles(rows, standing, wanted, REPORTS)
    for row in standing:
        if row.uuid in wanted:
            manager = wanted[row.uuid]
            row.links["reportsTo"] = [manager] if manager else []
    return there
