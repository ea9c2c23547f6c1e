"""Merges records of one type: one stays, everything that is related to the others leads to it, and they are deleted.

What moves follows from the model: every relationship but those of the fields that lead to one record, of which the
master keeps its own. All of it is noted, so that `undo` brings everything back.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from cypher.merging import MERGED_INTO, count_moved, lock_holders, winner_of
from cypher.writes import Place
from graph.errors import BadInput
from graph.ids import parse_global_id, uuid_in
from graph.model import Direction, Model, RecordType, Relation
from graph.relationships import relationship_ends
from graph.user_errors import Problem
from resolvers.merge_inputs import MergeInput, MergeListInput, MergeMode, MovedRelationships
from resolvers.moves import UNDOABLE, Held, Link, Move, links_of, make, note, united
from resolvers.parts import delete_with
from resolvers.records import Found, Written
from resolvers.writing import Write

HISTORY = ("VALUE_OF", False)
"""What an account was worth stays the history of that account."""
LEAST = 2

Way = tuple[str, bool]
"""A type of relationship, and whether it leads from the record."""


@dataclass(slots=True)
class Merge:
    """A merge under way: the master, the others in the order of the input, and the moves so far.

    `chosen` says for a way from which record alone the master has what it leads to; ways that are not in it are united.
    """

    write: Write
    master: Found
    others: Sequence[Found]
    chosen: dict[Way, str] = field(default_factory=dict)
    staying: set[str] = field(default_factory=set)
    moves: list[Move] = field(default_factory=list)

    @property
    def record(self) -> RecordType:
        """The type of the records."""
        return self.master.place.record

    @property
    def group(self) -> dict[str, Found]:
        """All records, by UUID, the master first."""
        return {found.uuid: found for found in (self.master, *self.others)}

    def source(self, text: str, *where: str) -> Found | None:
        """The record of the merge that an id names; None after a refusal."""
        try:
            found = self.group.get(parse_global_id(text)[1])
        except BadInput:
            found = None
        if found is None:
            self.write.refuse("INVALID", "Name the master or one of those that are merged into it.", *where)
        return found

    def choose(self, way: Way, given: MergeListInput | None, *where: str) -> Found | None:
        """Take what a way leads to from one record alone, as the input says; the record, or None when all count."""
        if not given or given.mode is not MergeMode.REPLACE:
            if given and given.source_id:
                self.write.refuse("INVALID", "Only REPLACE has a source.", *where, "sourceId")
            return None
        found = self.source(given.source_id, *where, "sourceId") if given.source_id else self.master
        if found:
            self.chosen[way] = found.uuid
        return found

    async def move(self) -> None:
        """Let what leads to the others lead to the master, and mark where they have gone."""
        write, record = self.write, self.record
        ways = moving_ways(write.model, record)
        organization, uuids = write.viewer.organization_id, list(self.group)
        incoming = {kind for kind, out in ways if not out}
        # Records that move themselves meanwhile are waited for: their relationships are theirs to change.
        await write.run(lock_holders(record, organization, sorted(uuids), incoming))
        held = await links_of(write, record, uuids, {kind for kind, _ in ways})
        self.moves += self._planned(ways, held)
        winner = Link(MERGED_INTO, True, record.name, self.master.uuid)  # noqa: FBT003
        self.moves += [Move(winner, ((other.uuid, None, {}),)) for other in self.others]
        await make(write, record, self.moves)
        await note(write, self.moves)

    def _planned(self, ways: set[Way], held: Mapping[str, Held]) -> Iterable[Move]:
        master, have = self.master.uuid, dict(held[self.master.uuid])
        for link, before in held[master].items():
            way = (link.kind, link.out)
            if way in ways and self.chosen.get(way, master) != master:
                del have[link]
                yield Move(link, ((master, before, None),))
        for other in self.others:
            for link, properties in held[other.uuid].items():
                way = (link.kind, link.out)
                within = link.type_name == self.record.name and link.uuid in self.group
                if way not in ways or within or link.uuid in self.staying:
                    continue
                if self.chosen.get(way, other.uuid) != other.uuid:
                    continue
                there = have.get(link)
                have[link] = united(there, properties, out=link.out)
                yield Move(link, ((other.uuid, properties, None), (master, there, have[link])))

    async def change(self, properties: Mapping[str, Any], links: Mapping[str, Any], *, assigned: bool) -> None:
        """Give the master the fields that were chosen, and delete the others."""
        write, noted = self.write, len(self.write.changes)
        # What is taken over from an owner elsewhere goes to that owner: that is the point of it.
        within = "" if assigned else "EDIT"
        await write.change(self.master, properties, links, action="MERGE", within=within, touched=True)
        if len(write.changes) == noted:
            write.note(self.master.place, "MERGE", {}, {}, within=within)
        for other in self.others:
            await delete_with(write, other, *part_fields(write.model, self.record))

    async def written(self, name: str, *, preview: bool) -> Written:
        """What the payload tells."""
        counted = {
            "mergedIds": [other.id for other in self.others],
            "moved": await self._counted(),
            "undoable": len(self.moves) <= UNDOABLE,
        }
        return Written({name: (self.record.name, self.master.uuid)}, counted, preview=preview)

    async def _counted(self) -> list[dict[str, Any]]:
        ends: dict[str, set[str]] = defaultdict(set)
        types: set[str] = set()
        for move in self.moves:
            if any(holder == self.master.uuid and after is not None for holder, _, after in move.states):
                ends[move.link.kind].add(move.link.uuid)
                types.add(move.link.type_name)
        if not ends:
            return []
        write = self.write
        statement = count_moved(self.master.place, ends, sorted(types), write.access("VIEW"), write.inputs)
        told = {"__typename": MovedRelationships.__name__}
        return [{**told, "relationshipType": kind, "count": number} for kind, number in await write.run(statement)]


async def begin_merge(write: Write, given: MergeInput, type_name: str) -> Merge | None:
    """The records of a merge, locked; None after a refusal."""
    most = write.limits.max_merged
    texts = [text for text in dict.fromkeys(given.ids) if text != given.master_id]
    if not LEAST <= 1 + len(texts) <= most:
        write.refuse("INVALID", f"Merge {LEAST} to {most} records, the master among them.", "ids")
        write.settle()
    named: dict[str, tuple[str, ...]] = {given.master_id: ("EDIT", "masterId")}
    named |= {text: ("DELETE", "ids", str(given.ids.index(text))) for text in texts}
    found = {
        text: await _find(write, text, type_name, *where, action=action)
        for text, (action, *where) in sorted(named.items(), key=lambda one: uuid_in(one[0]))
    }
    master = found[given.master_id]
    write.expect(master, given.expected_version)
    write.settle()
    return Merge(write, master, [other for text in texts if (other := found[text])]) if master else None


async def _find(write: Write, text: str, type_name: str, *where: str, action: str) -> Found | None:
    """A record of a merge; of one that was merged meanwhile the refusal says into which one."""
    before = len(write.problems)
    found = await write.find(text, type_name, *where, action=action)
    if found is None and [problem.code for problem in write.problems[before:]] == ["NOT_FOUND"]:
        place = Place(write.model.records[type_name], parse_global_id(text)[1], write.viewer.organization_id)
        names = await write.run(winner_of(place, write.access("VIEW"), write.inputs))
        if names:
            message = f"It was merged into {names[0]} meanwhile. Read again what is there."
            write.problems[before:] = [Problem("CONFLICT", message, where)]
    return found


def moving_ways(model: Model, record: RecordType) -> set[Way]:
    """The ways along which relationships follow the master: all but those of fields that lead to one record."""
    ends = relationship_ends(model)
    ways = {(kind, True) for kind, found in ends.items() if record.name in found.sources}
    ways |= {(kind, False) for kind, found in ends.items() if record.name in found.targets}
    return ways - {(hop.types[0], True) for hop in own_ways(record).values()} - {HISTORY}


def part_fields(model: Model, record: RecordType) -> list[str]:
    """The fields of a type that lead to parts of its records."""
    fields = [(name, mapped) for name, mapped in record.fields.items() if isinstance(mapped, Relation)]
    parts = {name for name, mapped in fields for part in model.possible(mapped.target) if record.name in part.part_of}
    return [name for name, _ in fields if name in parts]


def own_ways(record: RecordType) -> dict[str, Any]:
    """The steps of a type's fields that lead to one record, by the name of the field."""
    return {
        name: mapped.hops[0]
        for name, mapped in record.fields.items()
        if isinstance(mapped, Relation) and mapped.shape == "one" and mapped.hops[0].direction is Direction.OUT
    }
