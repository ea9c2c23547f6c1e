"""Where the fields of a record lead: the ends of its relationships, with what these say themselves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from graph.ids import global_id
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


def missing(ends: Sequence[End], targets: Targets) -> dict[str, Properties] | None:
    """What to set on the link to each of the targets so that the ends become these; None when they are these.

    A property that is to go is null.
    """
    there = {end.uuid: end.properties for end in ends}
    wanted: dict[str, Properties] = {}
    for uuid in targets:
        given = targets[uuid] if isinstance(targets, Mapping) else there.get(uuid, {})
        set_ = {key: value for key, value in given.items() if value is not None}
        wanted[uuid] = {**dict.fromkeys(there.get(uuid, {})), **set_}
    after = {uuid: {key: value for key, value in given.items() if value is not None} for uuid, given in wanted.items()}
    return None if after == there else wanted
