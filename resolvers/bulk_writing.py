"""Finds, makes and changes the records of a bulk write, of any type: a few statements for all rows."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from strawberry import UNSET

from cypher import bulk_records
from graph.ids import global_id, new_id
from graph.model import Relation
from graph.user_errors import Overtaken
from resolvers.bulk_inputs import RowOutcome
from resolvers.bulk_rows import Row, Rows
from resolvers.hidden_writes import hidden_problems, name_problems
from resolvers.links import Difference, End, Targets, difference, shown
from resolvers.parts import Part
from resolvers.records import Found

Moved = tuple[str, Any, Any]
"""A field of a record, and what it led to before and leads to now, as a change record tells it."""


async def find(rows: Rows) -> None:
    """Find the records that rows name by `id`, lock them, and see that each may be changed and is as it was read."""
    write, named = rows.write, rows.noun.type_name
    rows.expect_different("id", "id")
    for row in rows.every:
        if end := row.write.identify(row.given.id, (named,), "id"):
            row.uuid = end[1]
    asked = [row.uuid for row in rows.standing()]
    found = await write.run(
        bulk_records.find_records(rows.type, asked, write.access("VIEW"), write.access("EDIT"), write.inputs)
    )
    there = {properties["id"]: (seen, reached, properties) for seen, reached, properties in found}
    for row in rows.standing():
        seen, reached, properties = there.get(row.uuid, (False, False, {}))
        if not seen:
            row.write.refuse("NOT_FOUND", f"There is no such {named} for you.", "id")
        elif not reached:
            row.write.refuse("FORBIDDEN", f"You may not change this {named}.", "id")
        else:
            row.found = Found(rows.record(named, row.uuid), properties)
            row.write.expect(row.found, row.given.expected_version)


def expect_shown(rows: Rows, row: Row) -> None:
    """Refuse a row that writes what is hidden from the viewer, or calls the record by it."""
    write, named, hidden = row.write, rows.noun.type_name, row.write.viewer.grants.hidden
    if not hidden:
        return
    told = {key: value for key, value in row.stored.items() if value is not UNSET}
    if row.found:
        name = told.get("displayName")
        write.problems += name_problems(write.model, hidden, named, row.found.properties, name)
    else:
        told = {key: value for key, value in told.items() if value is not None}
    names = (*told, *row.links, *(part.field for part in row.parts))
    write.problems += hidden_problems(write.model, hidden, named, names)


async def make(rows: Rows, *, within: str = "CREATE") -> None:
    """Make the records of the rows that stand, each with its owner, its parts and its links.

    They are where the viewer may do what `within` says.
    """
    write, organization = rows.write, rows.write.viewer.organization_id
    new = rows.standing()
    for row in new:
        row.uuid = new_id()
        row.stored = {key: one for key, one in row.stored.items() if one is not None and one is not UNSET}
        row.stored |= {"id": row.uuid, "ownerId": row.ends["ownerId"][1]}
    if new:
        made = [{"set": row.stored, "owner": row.ends["ownerId"][1]} for row in new]
        await write.run(bulk_records.create_owned(rows.type, made, organization, write.now))
        await write.expect_there(row.ends["ownerId"][1] for row in new)
    new = await expect_reach(rows, new) if within else new
    await save_parts(rows, new)
    moved = await link(rows, new)
    for row in new:
        row.outcome = RowOutcome.CREATED
        owner = ("owner", None, global_id(*row.ends["ownerId"]))
        led = [one for one in moved.get(row.uuid, ()) if one[2]]
        write.note(rows.record(rows.noun.type_name, row.uuid), "CREATE", {}, row.stored, [owner, *led])


async def change(rows: Rows, some: Sequence[Row]) -> Mapping[str, Sequence[Moved]]:
    """Change the records of rows; what is absent or as it was stays, and a row that says nothing new writes nothing.

    Nothing here moves a record out of reach.

    Returns:
        The links that are others now, by the UUIDs of the records.
    """
    write, organization, changed = rows.write, rows.write.viewer.organization_id, []
    touched = await save_parts(rows, some)
    moved = await link(rows, some)
    for row in some:
        there = row.found.properties if row.found else {}
        given = {key: one for key, one in row.stored.items() if one is not UNSET and there.get(key) != one}
        led = moved.get(row.uuid, ())
        is_other = bool(given or led or row.place in touched)
        row.outcome = RowOutcome.UPDATED if is_other else RowOutcome.UNCHANGED
        if is_other:
            changed.append({"id": row.uuid, "set": given})
        if given or led:
            old = {key: there.get(key) for key in given}
            write.note(rows.record(rows.noun.type_name, row.uuid), "EDIT", old, given, led)
    if changed:
        await write.run(bulk_records.change_records(rows.type, changed, organization, write.now))
    await _bury_parts(rows, some)
    return moved


async def expect_reach(rows: Rows, made: Sequence[Row]) -> list[Row]:
    """Those new records that are where the viewer may make some; the others are taken back."""
    write, access = rows.write, rows.write.access("CREATE")
    if not made or access.sees_all(rows.noun.type_name):
        return list(made)
    reached = set(await write.run(bulk_records.seen_among(rows.type, [row.uuid for row in made], access, write.inputs)))
    for row in made:
        if row.uuid not in reached:
            row.write.refuse("FORBIDDEN", f"You may not create a {rows.noun.type_name} there.")
    return await take_back(rows, made)


async def take_back(rows: Rows, made: Sequence[Row]) -> list[Row]:
    """Take back the new records of those rows that have failed since; the rows that stand."""
    standing = rows.standing(made)
    places = {row.place for row in standing}
    gone = [row.uuid for row in made if row.place not in places]
    if gone:
        await rows.write.run(bulk_records.unmake_records(rows.type, gone, rows.write.viewer.organization_id))
    return standing


async def link(rows: Rows, some: Sequence[Row]) -> dict[str, list[Moved]]:
    """Let the fields of the records lead where the rows say; those that lead elsewhere now, by UUID."""
    moved: dict[str, list[Moved]] = {}
    made = {row.uuid for row in some if row.found is None}
    for name in dict.fromkeys(name for row in some for name in row.links):
        wanted = {row.uuid: row.links[name] for row in some if name in row.links}
        for uuid, old, new in await link_all(rows, rows.noun.type_name, name, wanted, made):
            moved.setdefault(uuid, []).append((name, old, new))
    return moved


async def link_all(
    rows: Rows, type_name: str, name: str, wanted: Mapping[str, Targets], made: Collection[str] = ()
) -> list[tuple[str, Any, Any]]:
    """Let a field of many records lead to others.

    Args:
        rows: of the bulk write.
        type_name: the type of the records.
        name: of the field.
        wanted: where it is to lead, by the UUIDs of the records.
        made: the UUIDs of those that the write has made, from where nothing leads anywhere yet.

    Returns:
        The UUIDs of those from where it leads elsewhere now, with what was and what is.

    Raises:
        Overtaken: a record was there when it was looked for, and was deleted before the link locked it.
    """
    write, organization, model = rows.write, rows.write.viewer.organization_id, rows.write.model
    record = model.records[type_name]
    relation = write.relation(rows.record(type_name, ""), name)
    there = [uuid for uuid in wanted if uuid not in made]
    before = {uuid: list[End]() for uuid in wanted} | await ends_among(rows, type_name, relation, there)
    other = {uuid: found for uuid, one in wanted.items() if (found := difference(before[uuid], one)) is not None}
    if not other:
        return []
    # Where a field leads to one record, the other end may be deleted and not among those before.
    asked = [uuid for uuid in other if uuid not in made] if relation.shape == "one" else _losing(before, other)
    if kept := [{"id": uuid, "kept": other[uuid].kept} for uuid in asked]:
        await write.run(bulk_records.unlink_among(record, relation, kept, organization, model))
    ends = sorted((end, uuid) for uuid, one in other.items() for end in one.other)
    new = [{"id": uuid, "end": end, "properties": dict(other[uuid].other[end])} for end, uuid in ends]
    await write.run(bulk_records.link_among(record, relation, new, organization, model))
    after = await ends_among(rows, type_name, relation, list(other))
    if any(len(after[uuid]) < len(one.kept) for uuid, one in other.items()):
        raise Overtaken
    return [(uuid, shown(relation, before[uuid]), shown(relation, after[uuid])) for uuid in other]


def _losing(before: Mapping[str, Sequence[End]], other: Mapping[str, Difference]) -> list[str]:
    """The records that lead no longer to all that they led to."""
    return [uuid for uuid, one in other.items() if {end.uuid for end in before[uuid]} - set(one.kept)]


async def ends_among(rows: Rows, type_name: str, relation: Relation, uuids: Sequence[str]) -> dict[str, list[End]]:
    """What a relation leads to, by the UUIDs of records, each in the order of the UUIDs."""
    write, organization, model = rows.write, rows.write.viewer.organization_id, rows.write.model
    types = {record.label: record.name for record in model.possible(relation.target)}
    found: dict[str, list[End]] = {uuid: [] for uuid in uuids}
    if not uuids:
        return found
    record = model.records[type_name]
    for uuid, end, labels, said in await write.run(
        bulk_records.links_among(record, relation, list(uuids), organization, model)
    ):
        found[uuid].append(End(end, next(types[label] for label in labels if label in types), said))
    return found


async def save_parts(rows: Rows, some: Sequence[Row]) -> set[int]:
    """Make and change the parts that rows list, which their records lead to then; the places of rows that do."""
    write, touched = rows.write, set[int]()
    saving: dict[str, _Saving] = {}
    for row in some:
        for parts in row.parts:
            one = saving.setdefault(parts.type_name, _Saving(rows, parts.type_name))
            before = len(write.changes)
            row.links[parts.field] = [one.save(part) for part in parts.kept]
            touched |= {row.place} if len(write.changes) > before else set()
    for one in saving.values():
        await one.run()
    return touched


@dataclass(slots=True)
class _Saving:
    """Parts of one type that are made and changed."""

    rows: Rows
    type_name: str
    new: list[dict[str, Any]] = field(default_factory=list)
    changed: list[dict[str, Any]] = field(default_factory=list)

    def save(self, part: Part) -> str:
        """Take a part, and note what becomes of it; its UUID."""
        there = part.found.properties if part.found else {}
        given = {key: one for key, one in part.given.items() if one is not UNSET and there.get(key) != one}
        if part.found is None:
            uuid = new_id()
            self.new.append({**given, "id": uuid})
            self.rows.write.note(self.rows.record(self.type_name, uuid), "CREATE", {}, given)
            return uuid
        if given:
            self.changed.append({"id": part.found.uuid, "set": given})
            self.rows.write.note(part.found.place, "EDIT", {key: there.get(key) for key in given}, given)
        return part.found.uuid

    async def run(self) -> None:
        """Write them."""
        write, record = self.rows.write, self.rows.write.model.records[self.type_name]
        organization = write.viewer.organization_id
        if self.new:
            await write.run(bulk_records.create_parts(record, self.new, organization, write.now))
        if self.changed:
            await write.run(bulk_records.change_records(record, self.changed, organization, write.now))


async def _bury_parts(rows: Rows, some: Sequence[Row]) -> None:
    """Delete the parts that rows list no longer."""
    write, gone = rows.write, dict[str, list[str]]()
    for row in some:
        for parts in row.parts:
            for part in parts.gone:
                gone.setdefault(parts.type_name, []).append(part.uuid)
                write.note(part.place, "DELETE", part.properties, {})
    for type_name, uuids in gone.items():
        record, organization = write.model.records[type_name], write.viewer.organization_id
        await write.run(bulk_records.bury_records(record, uuids, organization, write.now))
