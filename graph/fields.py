"""How a hand-written Strawberry type says where its fields lie in the graph: in the metadata of the field."""

from __future__ import annotations

from enum import Enum
from typing import Any

import strawberry

from graph.model import (
    Computed,
    Direction,
    Embedded,
    Hop,
    Kind,
    Mapped,
    Property,
    Relation,
    Sections,
    Timeline,
    Tree,
)

OUT, IN = Direction.OUT, Direction.IN
GRAPH = "graph"


def _field(description: str, mapped: Mapped, **options: Any) -> Any:
    return strawberry.field(description=description, metadata={GRAPH: mapped}, **options)


def prop(
    description: str,
    kind: Kind = Kind.STRING,
    *,
    stored: str = "",
    required: bool = False,
    sortable: bool = False,
    searchable: bool = False,
    dated: bool = False,
    enum: type[Enum] | None = None,
) -> Any:
    """A stored property, named like the field unless `stored` says otherwise."""
    mapped = Property(stored, kind, required, sortable, searchable, dated, enum=enum)
    return _field(description, mapped)


def choice(description: str, enum: type[Enum], *, stored: str = "", sortable: bool = False) -> Any:
    """A property that holds the name of one of the enum's values."""
    return prop(description, Kind.ENUM, stored=stored, enum=enum, sortable=sortable)


def money(description: str, *, currency: str | None = "currency", sortable: bool = False) -> Any:
    """An amount of minor units; `currency` names the property of the currency, None is the base currency."""
    return _field(description, Property("", Kind.MONEY, sortable=sortable, currency=currency))


def hop(types: str, direction: Direction, target: str, *, optional: bool = False) -> Hop:
    """One step along relationships; several types are joined by `|`."""
    return Hop(tuple(types.split("|")), direction, target, optional)


def one(description: str, types: str, direction: Direction, target: str) -> Any:
    """The one record at the other end of a relationship."""
    return _field(description, Relation((hop(types, direction, target),), "one"))


def listed(description: str, types: str, direction: Direction, target: str) -> Any:
    """All records at the other end, as a plain list in the order of their ids."""
    return _field(description, Relation((hop(types, direction, target),), "list"))


def connected(description: str, *hops: Hop, edge: dict[str, Property] | None = None, distinct: bool = False) -> Any:
    """A connection of the records that the hops lead to; `edge` maps fields of the edge to the last relationship.

    `distinct` says that two ways can lead to the same record.
    """
    return _field(description, Relation(hops, "connection", edge or {}, distinct))


def embedded(description: str, type_name: str, *, when: str, value: str) -> Any:
    """An object made of properties of the same node, null unless property `when` holds `value`."""
    return _field(description, Embedded(type_name, when, value))


def computed(description: str, name: str, kind: Kind) -> Any:
    """A value computed by the database under a name of `cypher/computed.py`."""
    return _field(description, Computed(name, kind))


def tree(description: str, question: str) -> Any:
    """A question about the tree of customers."""
    return _field(description, Tree(question))


def timeline(description: str, direct: tuple[tuple[Hop, ...], ...], related: tuple[tuple[Hop, ...], ...]) -> Any:
    """Everything dated about a record."""
    return _field(description, Timeline(direct, related))


def sections(description: str) -> Any:
    """The sections of a 360 view."""
    return _field(description, Sections())
