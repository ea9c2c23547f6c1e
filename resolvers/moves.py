"""Relationships that a write puts elsewhere: what each was before and is after, so that it can be undone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import orjson

from cypher.merging import cut_relationships, moves_of, note_moves, relationships_of, set_relationships
from graph.ids import new_id
from graph.model import RecordType
from resolvers.links import Properties
from resolvers.writing import Write

PART = 1_000
"""Moves that one part of a record of changes holds."""
UNDOABLE = 20_000
"""Moves of a write that can be undone."""

State: TypeAlias = Properties | None
"""The properties of a relationship; None where there is none."""


@dataclass(frozen=True, slots=True)
class Link:
    """A relationship as its holder has it: its type, whether it leads from the holder, and its other end."""

    kind: str
    out: bool
    type_name: str
    uuid: str


Held: TypeAlias = dict[Link, Properties]
"""The relationships of a record."""


@dataclass(frozen=True, slots=True)
class Move:
    """What became of one relationship at each of its holders: their UUIDs, what was and what is."""

    link: Link
    states: tuple[tuple[str, State, State], ...]

    @property
    def undone(self) -> Move:
        """The same the other way round."""
        return Move(self.link, tuple((holder, after, before) for holder, before, after in self.states))

    @property
    def told(self) -> list[Any]:
        """As a change record has it."""
        link = self.link
        return [link.kind, link.out, link.type_name, link.uuid, [list(state) for state in self.states]]

    @classmethod
    def read(cls, told: Sequence[Any]) -> Move:
        """What a change record tells."""
        kind, out, type_name, uuid, states = told
        return cls(Link(kind, out, type_name, uuid), tuple((holder, was, now) for holder, was, now in states))


async def links_of(write: Write, record: RecordType, uuids: Sequence[str], kinds: Collection[str]) -> dict[str, Held]:
    """The relationships of some types that records have, by the UUID of the record."""
    found: dict[str, Held] = {uuid: {} for uuid in uuids}
    rows = await write.run(relationships_of(record, write.viewer.organization_id, uuids, kinds))
    for holder, kind, out, type_name, uuid, properties in rows:
        found[holder][Link(kind, out, type_name, uuid)] = properties
    return found


async def make(write: Write, record: RecordType, moves: Iterable[Move]) -> None:
    """Put relationships of records of a type where moves say."""
    states: dict[tuple[Link, str], State] = {}
    for move in moves:
        states |= {(move.link, holder): after for holder, _, after in move.states}
    set_: dict[tuple[str, bool, str], list[tuple[str, str, Properties]]] = defaultdict(list)
    cut: dict[tuple[str, bool, str], list[tuple[str, str]]] = defaultdict(list)
    for (link, holder), after in states.items():
        key = (link.kind, link.out, link.type_name)
        if after is None:
            cut[key].append((holder, link.uuid))
        else:
            set_[key].append((holder, link.uuid, after))
    organization, records = write.viewer.organization_id, write.model.records
    for (kind, out, end), gone in cut.items():
        await write.run(cut_relationships(record, organization, (kind, out, records[end]), gone))
    for (kind, out, end), there in set_.items():
        await write.run(set_relationships(record, organization, (kind, out, records[end]), there))


async def note(write: Write, moves: Sequence[Move], *, last: bool = False) -> None:
    """Write down the moves of a write, in parts when there are many."""
    parts = [moves[start : start + PART] for start in range(0, len(moves), PART)]
    told = [(new_id(), orjson.dumps([move.told for move in part]).decode()) for part in parts]
    if told:
        await write.run(note_moves(write.viewer.organization_id, write.write_id, told, last=last))


async def noted(write: Write, write_id: str) -> tuple[list[Move], bool]:
    """The moves of an earlier write, in their order, and whether they were the last of what it did."""
    parts = await write.run(moves_of(write.viewer.organization_id, write_id))
    return [Move.read(told) for part, _ in parts for told in orjson.loads(part)], any(last for _, last in parts)


def united(before: State, moved: Mapping[str, Any], *, out: bool) -> Properties:
    """One relationship out of two to the same end: what the one that was there lacks the other one gives.

    A record has one default: what comes to it is none, while what stands at several stays the default of each.
    """
    there = {key: value for key, value in (before or {}).items() if value is not None}
    found = {**moved, **there}
    if "isDefault" in found:
        found["isDefault"] = bool(there.get("isDefault") or (not out and moved.get("isDefault")))
    return found
