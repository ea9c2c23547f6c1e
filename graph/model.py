"""The model as the compiler sees it: plain frozen data, no Strawberry class and no Cypher.

A `RecordType` is a node label with its fields. A field is one of

* `Property`: a stored property of the node (or of the relationship, for a field of an edge),
* `Relation`: what one or more relationships lead to,
* `Embedded`: an object made of properties of the same node,
* `Computed`: an expression that `cypher/computed.py` knows by name,
* `Tree`, `Timeline`, `Sections`: the hierarchy, the timeline and the 360 view, planned by modules of their own.

A field that roles can hide names its group in `sensitive`; `graph/sensitive.py` says from whom it is hidden.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from graph.permissions import Sensitive
    from graph.scope import Scope


class Kind(Enum):
    """How a property is stored and filtered."""

    ID = "ID"
    STRING = "String"
    INT = "Int"
    DECIMAL = "Decimal"
    BOOLEAN = "Boolean"
    DATE = "Date"
    DATETIME = "DateTime"
    MONEY = "Money"
    ENUM = "Enum"
    STRINGS = "Strings"


class Direction(Enum):
    """The direction of a relationship, seen from the record that holds the field."""

    OUT = "OUT"
    IN = "IN"

    @property
    def reversed(self) -> Direction:
        """The same seen from the other end."""
        return Direction.IN if self is Direction.OUT else Direction.OUT


@dataclass(frozen=True, slots=True)
class Property:
    """A stored property.

    `sortable` properties have an order index `(organizationId, name, id)`; `required` ones are never null, so that
    an order by them needs no branch for nulls; `currency` names the property that holds the currency of an amount
    of money, None when the amount is in the organisation's base currency; `copies` are further stored properties that
    are made of its value.
    """

    name: str
    kind: Kind
    required: bool = False
    sortable: bool = False
    searchable: bool = False
    dated: bool = False
    currency: str | None = None
    enum: type[Enum] | None = None
    sensitive: Sensitive | None = None
    copies: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Hop:
    """One step along relationships of the given types to a node of type `target`; an optional one may be left out."""

    types: tuple[str, ...]
    direction: Direction
    target: str
    optional: bool = False

    def back(self, start: str) -> Hop:
        """The same the other way round, to what it starts from."""
        return Hop(self.types, self.direction.reversed, start)


@dataclass(frozen=True, slots=True)
class Relation:
    """What the hops lead to: one record, a plain list or a connection; `edge` maps the fields of an edge's own.

    `sources` are further types whose hidden fields hide it, as in `Computed`.
    """

    hops: tuple[Hop, ...]
    shape: str
    edge: Mapping[str, Property] = field(default_factory=dict)
    distinct: bool = False
    sensitive: Sensitive | None = None
    sources: tuple[str, ...] = ()

    @property
    def target(self) -> str:
        """The name of the record type (or abstract type) at the end."""
        return self.hops[-1].target


@dataclass(frozen=True, slots=True)
class Embedded:
    """An object of the same node's properties, there when property `when` holds `value`."""

    type_name: str
    when: str
    value: str


@dataclass(frozen=True, slots=True)
class Computed:
    """A value that `cypher/computed.py` computes under `name`.

    `sources` are the types of the records that it is made of: where they hide their fields of its group it is hidden.
    """

    name: str
    kind: Kind
    sensitive: Sensitive | None = None
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Tree:
    """A question about the tree of customers: ancestors, root, depth, descendants, count or roll-up."""

    question: str
    sensitive: Sensitive | None = None


@dataclass(frozen=True, slots=True)
class Timeline:
    """Everything dated about a record: hops that are its own and hops that go through related records."""

    direct: tuple[tuple[Hop, ...], ...]
    related: tuple[tuple[Hop, ...], ...]


@dataclass(frozen=True, slots=True)
class Sections:
    """The 360 view of an account: one section for each channel in which it has a customer, with their `value`."""

    value: Computed


@dataclass(frozen=True, slots=True)
class RootById:
    """A root field: one record of a type by its id; of any type when `type_name` is Node."""

    type_name: str


@dataclass(frozen=True, slots=True)
class RootWritten:
    """A field of a mutation's payload: the record of a type that the mutation has written."""

    type_name: str


@dataclass(frozen=True, slots=True)
class RootByOrigin:
    """A root field: the customer with a key of its source."""


@dataclass(frozen=True, slots=True)
class RootNodes:
    """A root field: records by their ids, in the order of the ids."""


@dataclass(frozen=True, slots=True)
class RootConnection:
    """A root field: a connection of all records of a type."""

    type_name: str


@dataclass(frozen=True, slots=True)
class RootSearch:
    """A root field: the records that a text finds."""


@dataclass(frozen=True, slots=True)
class RootNeighbors:
    """A root field: everything that a record is related to."""


@dataclass(frozen=True, slots=True)
class RootPaths:
    """A root field: the shortest ways between two records."""


@dataclass(frozen=True, slots=True)
class RootCommonContacts:
    """A root field: the contacts that several accounts share."""


@dataclass(frozen=True, slots=True)
class RootDuplicates:
    """A root field: pairs of accounts that may be one."""


@dataclass(frozen=True, slots=True)
class RootBirthdays:
    """A root field: contacts by their next birthday."""


@dataclass(frozen=True, slots=True)
class RootChanges:
    """A root field: what was done to a record."""


@dataclass(frozen=True, slots=True)
class RootJob:
    """A root field: a write that goes on beside the requests."""


@dataclass(frozen=True, slots=True)
class RootOrganization:
    """A root field: the organisation that is asked about."""


@dataclass(frozen=True, slots=True)
class RootViewer:
    """A root field: who asks."""


Root = (
    RootById
    | RootWritten
    | RootByOrigin
    | RootNodes
    | RootConnection
    | RootSearch
    | RootNeighbors
    | RootPaths
    | RootCommonContacts
    | RootDuplicates
    | RootBirthdays
    | RootChanges
    | RootJob
    | RootOrganization
    | RootViewer
)

Mapped = Property | Relation | Embedded | Computed | Tree | Timeline | Sections


@dataclass(frozen=True, slots=True)
class RecordType:
    """A concrete type of the graph.

    `scope` says whose a record is; None for a part of a whole (an order's item, an address), which takes the access
    of its whole: a record of one of the types in `part_of`. `interfaces` are the GraphQL interfaces that it
    implements, `labels` all labels of its nodes.
    """

    name: str
    label: str
    labels: tuple[str, ...]
    interfaces: tuple[str, ...]
    fields: Mapping[str, Mapped]
    unique: tuple[tuple[str, ...], ...] = ()
    scope: Scope | None = None
    part_of: tuple[str, ...] = ()

    def properties(self) -> dict[str, Property]:
        """The stored properties by field name."""
        return {name: mapped for name, mapped in self.fields.items() if isinstance(mapped, Property)}


@dataclass(frozen=True, slots=True)
class Whole:
    """What a part can be of: the type, its field that leads to the part, and the step from it to the part."""

    type_name: str
    field: str
    hop: Hop


@dataclass(frozen=True, slots=True)
class Model:
    """All record types, the abstract types over them, and the objects embedded in records."""

    records: Mapping[str, RecordType]
    abstract: Mapping[str, tuple[str, ...]]
    embedded: Mapping[str, Mapping[str, Mapped]]

    def possible(self, name: str) -> tuple[RecordType, ...]:
        """The record types that a concrete or abstract type name stands for."""
        if name in self.records:
            return (self.records[name],)
        return tuple(self.records[member] for member in self.abstract[name])

    def wholes(self, part: str) -> tuple[Whole, ...]:
        """What a record of the type can be part of; nothing for a record that stands on its own."""
        owners = self.records[part].part_of if part in self.records else ()
        return tuple(
            Whole(record.name, name, mapped.hops[0])
            for record in self.records.values()
            if record.name in owners
            for name, mapped in record.fields.items()
            if isinstance(mapped, Relation) and len(mapped.hops) == 1 and mapped.target == part
        )

    def stored(self, record: RecordType) -> dict[str, Property]:
        """The stored properties of a type by field name, those of its embedded objects too."""
        found = record.properties()
        for mapped in record.fields.values():
            if isinstance(mapped, Embedded):
                inner = self.embedded[mapped.type_name].items()
                found |= {name: one for name, one in inner if isinstance(one, Property)}
        return found

    def first_hops(self, type_name: str) -> Iterator[Hop]:
        """The steps that the fields of a type begin with."""
        for mapped in self.records[type_name].fields.values():
            match mapped:
                case Relation(hops):
                    yield hops[0]
                case Timeline(direct, related):
                    yield from (way[0] for way in (*direct, *related))

    def entities(self) -> tuple[str, ...]:
        """The types of records that permissions are about: all but parts."""
        return tuple(record.name for record in self.records.values() if record.scope is not None)

    def scales(self, *, staff: bool) -> dict[str, tuple[str, ...]]:
        """The levels that permissions of members of staff (or of customer users) can have, by entity."""
        return {
            record.name: record.scope.levels(staff=staff)
            for record in self.records.values()
            if record.scope is not None
        }

    def searchable(self) -> dict[str, tuple[str, ...]]:
        """Label → properties of the full-text index."""
        found: dict[str, Any] = {}
        for record in self.records.values():
            names = tuple(p.name for p in record.properties().values() if p.searchable)
            if names:
                found[record.label] = names
        return found
