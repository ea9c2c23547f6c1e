"""How a hand-written Strawberry type says where its fields lie in the graph: in the metadata of the field."""

from __future__ import annotations

from enum import Enum
from typing import Any, TypedDict, Unpack

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
from graph.permissions import Sensitive

OUT, IN = Direction.OUT, Direction.IN
GRAPH = "graph"


def _field(description: str, mapped: Mapped, **options: Any) -> Any:
    return strawberry.field(description=description, metadata={GRAPH: mapped}, **options)


class Marks(TypedDict, total=False):
    """What else can be said of a stored property, as in `Property`."""

    required: bool
    sortable: bool
    searchable: bool
    dated: bool
    enum: type[Enum] | None
    sensitive: Sensitive
    copies: tuple[str, ...]


def prop(description: str, kind: Kind = Kind.STRING, *, stored: str = "", **marks: Unpack[Marks]) -> Any:
    """A stored property, named like the field unless `stored` says otherwise."""
    return _field(description, Property(stored, kind, **marks))


def choice(description: str, enum: type[Enum], *, stored: str = "", sortable: bool = False) -> Any:
    """A property that holds the name of one of the enum's values."""
    return prop(description, Kind.ENUM, stored=stored, enum=enum, sortable=sortable)


def money(
    description: str, *, currency: str | None = "currency", sortable: bool = False, copies: tuple[str, ...] = ()
) -> Any:
    """An amount of minor units; `currency` names the property of the currency, None is the base currency."""
    sensitive = Sensitive.MONEY
    return _field(
        description,
        Property("", Kind.MONEY, sortable=sortable, currency=currency, sensitive=sensitive, copies=copies),
    )


def hop(types: str, direction: Direction, target: str, *, optional: bool = False) -> Hop:
    """One step along relationships; several types are joined by `|`."""
    return Hop(tuple(types.split("|")), direction, target, optional)


def one(description: str, types: str, direction: Direction, target: str) -> Any:
    """The one record at the other end of a relationship."""
    return _field(description, Relation((hop(types, direction, target),), "one"))


def listed(
    description: str, types: str, direction: Direction, target: str, *, sensitive: Sensitive | None = None
) -> Any:
    """All records at the other end, as a plain list in the order of their ids."""
    return _field(description, Relation((hop(types, direction, target),), "list", sensitive=sensitive))


def connected(
    description: str,
    *hops: Hop,
    edge: dict[str, Property] | None = None,
    distinct: bool = False,
    sensitive: Sensitive | None = None,
    sources: tuple[str, ...] = (),
) -> Any:
    """A connection of the records that the hops lead to; `edge` maps fields of the edge to the last relationship.

    `distinct` says that two ways can lead to the same record, `sources` what its records are made of.
    """
    return _field(description, Relation(hops, "connection", edge or {}, distinct, sensitive, sources))


def embedded(description: str, type_name: str, *, when: str, value: str) -> Any:
    """An object made of properties of the same node, null unless property `when` holds `value`."""
    return _field(description, Embedded(type_name, when, value))


def total(description: str, name: str, *sources: str) -> Any:
    """A sum of money of records of the types, computed by the database under a name of `cypher/computed.py`."""
    return _field(description, Computed(name, Kind.MONEY, Sensitive.MONEY, sources))


def tree(description: str, question: str, *, sensitive: Sensitive | None = None) -> Any:
    """A question about the tree of customers."""
    return _field(description, Tree(question, sensitive))


def timeline(description: str, direct: tuple[tuple[Hop, ...], ...], related: tuple[tuple[Hop, ...], ...]) -> Any:
    """Everything dated about a record."""
    return _field(description, Timeline(direct, related))


def sections(description: str) -> Any:
    """The sections of a 360 view."""
    return _field(description, Sections(Computed("section.lifetimeValue", Kind.MONEY, Sensitive.MONEY, ("Customer",))))
