"""What the rows of a bulk write name by id: each record is looked for once, however many rows name it."""

from __future__ import annotations

from cypher.bulk_records import seen_among
from resolvers.bulk_rows import Row, Rows

ENDS = {
    "groupId": ("group_id", ("CustomerGroup",)),
    "parentId": ("parent_id", ("Customer",)),
    "ownerId": ("owner_id", ("User", "BusinessUnit")),
    "referredById": ("referred_by_id", ("Account",)),
    "defaultContactId": ("default_contact_id", ("Contact",)),
    "reportsToId": ("reports_to_id", ("Contact",)),
    "assignedToId": ("assigned_to_id", ("User",)),
}
"""The fields of rows that name a record: their attributes, and the types that the record can be of."""


async def find_ends(rows: Rows) -> None:
    """Find the records that rows name; each has in `ends` those that the viewer sees, and an error for the others."""
    asked = [(row, end, path) for row in rows.every for end, path in _named(row)]
    wanted: dict[str, dict[str, None]] = {}
    for _, (type_name, uuid), _ in asked:
        wanted.setdefault(type_name, {})[uuid] = None
    write, seen = rows.write, set()
    for type_name, uuids in wanted.items():
        record = write.model.records[type_name]
        found = await write.run(seen_among(record, list(uuids), write.access("VIEW"), write.inputs))
        seen |= {(type_name, uuid) for uuid in found}
    for row, end, path in asked:
        if end in seen:
            row.ends[path[0]] = end
        else:
            row.write.refuse("NOT_FOUND", f"There is no such {end[0]} for you.", *path)


def _named(row: Row) -> list[tuple[tuple[str, str], tuple[str, ...]]]:
    """Type and UUID of the records that a row names, with the path of the field."""
    named: list[tuple[tuple[str, ...], str | None, tuple[str, ...]]]
    named = [((where,), getattr(row.given, attribute, None), types) for where, (attribute, types) in ENDS.items()]
    account = getattr(row.given, "account", None)
    if account and account.id:
        named.append((("account", "id"), account.id, ("Account",)))
    found: list[tuple[tuple[str, str], tuple[str, ...]]] = []
    for path, text, types in named:
        if text and (end := row.write.identify(text, types, *path)):
            found.append((end, path))
    return found
