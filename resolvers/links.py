"""Where the fields of a record lead: the ends of its relationships, with what these say themselves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from graph.ids import global_id, parse_global_id
from graph.model import Relation

Properties: TypeAlias = Mapping[str, Any]
Targets: TypeAlias = Sequence[str] | Mapping[str, Properties]
"""The UUIDs that a field leads to: a sequence leaves the properties of links that are there, a mapping gives them."""
Links: TypeAlias = Mapping[str, Targets]
"""The UUIDs that fields lead to, by the names of the fields; one or none where a field leads to one record."""


@dataclass(frozen=True, slots=True)
class End:
    """A record that a field leads to, and the properties of the relationship."""

    uuid: str
    type_name: str
    properties: Properties

    @property
    def shown(self) -> Any:
        """As a change record has it: the global id, with the properties where there are any."""
        found = global_id(self.type_name, self.uuid)
        return {"id": found, "properties": dict(self.properties)} if self.properties else found


def shown(relation: Relation, ends: Sequence[End]) -> Any:
    """What a field leads to as a change record has it: one end or none, or a list of them."""
    found = [end.shown for end in ends]
    return found if relation.shape != "one" else next(iter(found), None)


@dataclass(frozen=True, slots=True)
class Difference:
    """What makes the ends of a field others: those that it leads to then, and the links that are new or say else.

    A property that is to go is null.
    """

    kept: list[str]
    other: dict[str, Properties]


def named_in(values: Iterable[Any]) -> list[str]:
    """The UUIDs of the records that links lead to, as change records have these."""
    ends = [end for value in values for end in (value if isinstance(value, list) else [value]) if end is not None]
    return sorted({parse_global_id(end["id"] if isinstance(end, dict) else end)[1] for end in ends})


def difference(ends: Sequence[End], targets: Targets) -> Difference | None:
    """What makes the ends of a field these targets; None when they are these."""
    there = {end.uuid: end.properties for end in ends}
    other: dict[str, Properties] = {}
    for uuid in targets:
        given = targets[uuid] if isinstance(targets, Mapping) else there.get(uuid, {})
        said = {key: value for key, value in given.items() if value is not None}
        if said != there.get(uuid):
            other[uuid] = {**dict.fromkeys(there.get(uuid, {})), **said}
    kept = list(dict.fromkeys(targets))
    return None if not other and len(kept) == len(there) else Difference(kept, other)
