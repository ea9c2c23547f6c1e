"""What the new contacts of a bulk write are linked to: accounts, customers, leads and opportunities."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from cypher.bulk_records import change_records, find_records
from resolvers.bulk_inputs import RowOutcome
from resolvers.bulk_rows import Row, Rows
from resolvers.bulk_writing import Moved, ends_among, link_all
from resolvers.contact_inputs import ContactLinkDetails, NewContactLinkInput
from resolvers.contact_links import HOLDERS, check_link, with_contact
from resolvers.links import Targets
from resolvers.records import Found
from resolvers.writing import MOST_IDS

Joins = Mapping[int, Sequence[tuple[Found, NewContactLinkInput]]]
"""What contacts are to be linked to, by the places of their rows: the record, and what the contact is there."""


async def find_holders(rows: Rows) -> Joins:
    """Find the records that rows link their contacts to, and lock them."""
    asked = [(row, at, link, end) for row in rows.every for at, link, end in _named(row)]
    wanted: dict[str, dict[str, None]] = {}
    for _, _, _, (type_name, uuid) in asked:
        wanted.setdefault(type_name, {})[uuid] = None
    write, there = rows.write, dict[tuple[str, str], tuple[bool, bool, Any]]()
    for type_name in HOLDERS:
        if type_name in wanted:
            record, uuids = write.model.records[type_name], list(wanted[type_name])
            found = find_records(record, uuids, write.access("VIEW"), write.access("EDIT"), write.inputs)
            for seen, reached, properties in await write.run(found):
                there[type_name, properties["id"]] = (seen, reached, properties)
    joins: dict[int, list[tuple[Found, NewContactLinkInput]]] = {}
    for row, at, link, (type_name, uuid) in asked:
        seen, reached, properties = there.get((type_name, uuid), (False, False, {}))
        where = ("links", str(at))
        if not seen:
            row.write.refuse("NOT_FOUND", f"There is no such {type_name} for you.", *where, "recordId")
        elif not reached:
            row.write.refuse("FORBIDDEN", f"You may not change this {type_name}.", *where, "recordId")
        else:
            holder, before = Found(rows.record(type_name, uuid), properties), len(row.write.problems)
            check_link(row.write, holder, link, *where)
            if len(row.write.problems) == before:
                joins.setdefault(row.place, []).append((holder, link))
    return joins


async def attach(rows: Rows, joins: Joins) -> None:
    """Link new contacts to the records that their rows name, which get a new version."""
    new = [row for row in rows.every if row.outcome is RowOutcome.CREATED]
    made = [(row, *join) for row in new for join in joins.get(row.place, ())]
    for type_name in HOLDERS:
        joining = [(found.uuid, row.uuid, link) for row, found, link in made if found.type_name == type_name]
        await join_contacts(rows, type_name, joining)


async def join_contacts(
    rows: Rows, type_name: str, joining: Sequence[tuple[str, str, ContactLinkDetails]], *, again: bool = True
) -> None:
    """Make contacts those of records that are locked, which get a new version.

    Args:
        rows: of the bulk write.
        type_name: the type of the records.
        joining: UUIDs of the record and of the contact, and what the contact is there.
        again: whether this counts for one who is a contact of the record already.
    """
    write, place, uuids = rows.write, rows.record(type_name, ""), list(dict.fromkeys(uuid for uuid, _, _ in joining))
    names = ("contacts", "defaultContact") if type_name == "Account" else ("contacts",)
    held: dict[str, dict[str, Targets]] = {uuid: {} for uuid in uuids}
    for name in names:
        ends = await ends_among(rows, type_name, write.relation(place, name), uuids)
        for uuid in uuids:
            held[uuid] |= {name: {end.uuid: end.properties for end in ends[uuid]}}
    for uuid, contact, link in joining:
        if again or contact not in held[uuid]["contacts"]:
            held[uuid] |= with_contact(write, held[uuid], contact, link)
    moved: dict[str, list[Moved]] = {}
    for name in names:
        wanted = {uuid: links[name] for uuid, links in held.items()}
        for uuid, old, new in await link_all(rows, type_name, name, wanted):
            moved.setdefault(uuid, []).append((name, old, new))
    if moved:
        changed = [{"id": uuid, "set": {}} for uuid in moved]
        await write.run(change_records(place.record, changed, write.viewer.organization_id, write.now))
    for uuid, links in moved.items():
        write.note(rows.record(type_name, uuid), "EDIT", {}, {}, links)


def _named(row: Row) -> list[tuple[int, NewContactLinkInput, tuple[str, str]]]:
    """What a row links its contact to: the place in its list, the link, type and UUID of the record."""
    links = row.given.links or ()
    if len(links) > MOST_IDS:
        row.write.refuse("INVALID", f"Name at most {MOST_IDS} records.", "links")
        return []
    found = []
    for at, link in enumerate(links):
        if end := row.write.identify(link.record_id, HOLDERS, "links", str(at), "recordId"):
            found.append((at, link, end))
    return found
