"""What exploring the graph answers with: neighbours, paths, duplicates."""

from __future__ import annotations

from enum import Enum
from typing import Any

import strawberry
from strawberry import enum_value

from graph.aggregates import DUPLICATE
from graph.connection import Page, aggregate_of
from graph.types.record import Node
from graph.types.references import AccountRef
from resolvers.vocabulary import RecordType, RelationshipType


@strawberry.enum(description="Which way a relationship leads, seen from the record that it is asked of.")
class RelationshipDirection(Enum):
    """Which way a relationship leads, seen from the record that it is asked of."""

    OUT = enum_value("OUT", description="From the record to the other one.")
    IN = enum_value("IN", description="From the other record to this one.")


@strawberry.type
class RelationshipProperty:
    """Something that a relationship says itself, such as a role."""

    name: str = strawberry.field(description="Name of the property.")
    value: str = strawberry.field(description="Its value as a text.")


@strawberry.type
class Relationship:
    """A relationship between two records."""

    type: RelationshipType = strawberry.field(description="Type of the relationship.")
    direction: RelationshipDirection = strawberry.field(
        description="Which way it leads: seen from the record that was asked, or along the path."
    )
    properties: list[RelationshipProperty] = strawberry.field(
        description="What it says itself, such as role and position of a contact."
    )


@strawberry.type
class NeighborEdge:
    """A neighbour with the relationship that makes it one."""

    cursor: str = strawberry.field(description="Opaque place of this neighbour in the connection's order.")
    node: Node = strawberry.field(description="The neighbour.")
    relationship: Relationship = strawberry.field(description="How the two are related.")


@strawberry.type
class NeighborCount:
    """How many neighbours of one kind there are."""

    relationship_type: RelationshipType = strawberry.field(description="Type of the relationships.")
    record_type: RecordType = strawberry.field(description="Type of the neighbours.")
    count: int = strawberry.field(description="How many relationships of this kind there are.")
    outgoing: int = strawberry.field(description="How many of them lead from the record to the neighbour.")
    incoming: int = strawberry.field(description="How many of them lead from the neighbour to the record.")


@strawberry.type
class NeighborConnection(Page):
    """A page of neighbours, by type of relationship, then id; one that is related twice stands here twice."""

    nodes: list[Node] = strawberry.field(description="The neighbours of this page, without their edges.")
    edges: list[NeighborEdge] = strawberry.field(description="The neighbours of this page with their relationships.")
    aggregate: list[Any] = aggregate_of("Node")
    counts: list[NeighborCount] = strawberry.field(
        description="How many neighbours of each kind the connection has in all, to choose from before opening them."
    )


@strawberry.type
class Path:
    """A way from one record to another one, along relationships in either direction."""

    length: int = strawberry.field(description="How many relationships it has; 0 from a record to itself.")
    records: list[Node] = strawberry.field(description="The records on the way in order, both ends included.")
    relationships: list[Relationship] = strawberry.field(
        description="The relationships in order; the first leads to the second record."
    )


@strawberry.enum(description="What two accounts may have in common, with the score that it gives.")
class DuplicateKey(Enum):
    """What two accounts may have in common, with the score that it gives."""

    VAT_ID = enum_value("VAT_ID", description="VAT id of a customer, without spaces and signs: 90.")
    EMAIL = enum_value("EMAIL", description="Email address of a customer or a contact: 80.")
    PHONE = enum_value("PHONE", description="Phone number of a customer or a contact, without spaces and signs: 60.")
    WEBSITE = enum_value("WEBSITE", description="Website of a customer, without scheme, `www.` and last slash: 50.")
    NAME = enum_value("NAME", description="Name of the account: 50.")


@strawberry.type
class Duplicate:
    """Two accounts that may be one."""

    first: AccountRef = strawberry.field(description="The account with the lesser id.")
    second: AccountRef = strawberry.field(description="The other account.")
    score: int = strawberry.field(
        description="How likely they are one: what the best reason gives, 5 more for each further one, at most 100."
    )
    reasons: list[DuplicateKey] = strawberry.field(
        description="What they have in common, case and blanks around it aside; the best first."
    )


@strawberry.type
class DuplicateEdge:
    """Two accounts that may be one, with their place."""

    cursor: str = strawberry.field(description="Opaque place of this pair in the connection's order.")
    node: Duplicate = strawberry.field(description="The pair.")


@strawberry.type
class DuplicateConnection(Page):
    """A page of pairs of accounts, best first, then by their ids; the 10,000 best in all."""

    nodes: list[Duplicate] = strawberry.field(description="The pairs of this page, without their edges.")
    edges: list[DuplicateEdge] = strawberry.field(description="The pairs of this page with their cursors.")
    aggregate: list[Any] = aggregate_of(DUPLICATE)
