"""The relationships of the model as a graph explorer knows them: their types, their ends and what they say.

Types mention a relationship only as a hop of a field, from the side of the one who asks; here the hops of all types
are put together.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from graph.model import Direction, Hop, Model, Relation


@dataclass(slots=True)
class Ends:
    """The types of records that relationships of one type lead from and to."""

    sources: set[str] = field(default_factory=set)
    targets: set[str] = field(default_factory=set)


def relationship_ends(model: Model) -> dict[str, Ends]:
    """Every type of relationship in the model, by name, with the types of records at its ends."""
    found: dict[str, Ends] = {}
    for record in model.records.values():
        for mapped in record.fields.values():
            if isinstance(mapped, Relation):
                _follow(model, mapped.hops, record.name, found)
    return dict(sorted(found.items()))


def relationship_properties(model: Model) -> tuple[str, ...]:
    """What relationships say themselves: the properties that fields of edges are mapped to."""
    relations = [
        mapped for record in model.records.values() for mapped in record.fields.values() if isinstance(mapped, Relation)
    ]
    return tuple(sorted({stored.name for relation in relations for stored in relation.edge.values()}))


def _follow(model: Model, way: tuple[Hop, ...], start: str, found: dict[str, Ends]) -> None:
    here = {start}
    for hop in way:
        there = {record.name for record in model.possible(hop.target)}
        for kind in hop.types:
            ends = found.setdefault(kind, Ends())
            out = hop.direction is Direction.OUT
            ends.sources |= here if out else there
            ends.targets |= there if out else here
        here = here | there if hop.optional else there
