"""Invents small graphs: in memory, to evaluate questions in Python, and as statements that load them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from random import Random
from typing import Any

from cypher.loading import Link, link_records, load_records
from cypher.printer import Statement
from graph.ids import derived_id, global_id
from graph.model import Direction, Hop, Kind, Model, Property
from graph.registry import load_model
from graph.viewer import Viewer
from tests.world import EVERYTHING

BEGINNING = dt.datetime(2026, 1, 1, 8, 0, tzinfo=dt.UTC)
CURRENCY = "USD"

TEXTS = (
    *("", "a", "ab", "aB", "Ab", "AB", "ss", "%%", "a_b", "a%b", "zoe", " a", "\\\\", "''", "10", "9 "),
    *("ÉÉ", "éé", "ßs", "東京", "Zoë"),
)
"""Few are shorter than two characters: the database plans a statement anew for texts of 0, 1, and 2 to 10."""
NUMBERS = (-1, 0, 1, 2, 2, 3, 2**31 - 1)
DECIMALS = ("0", "1", "1.0", "10", "9.99", "-3.5", "-0.5", "0.5", "123456789.123456789")
AMOUNTS = (0, 1, -5, 1050, 1051, 1050, 99_999, 2_000_000)
MOMENTS = (0, 1, 60_000, 86_400_000, 40 * 86_400_000, -1)
DAYS = ("1970-01-01", "2000-02-29", "1999-12-31", "2000-03-01")
NULLS = 0.3

COUNTS = {
    "Account": 4,
    "BusinessUnit": 1,
    "Channel": 2,
    "Contact": 6,
    "ContactEmail": 5,
    "Customer": 9,
    "Opportunity": 5,
    "Order": 9,
    "OrderItem": 10,
    "Product": 3,
    "Tag": 2,
    "User": 2,
}
"""Most records of each type."""


@dataclass(frozen=True, slots=True)
class Bond:
    """How records are linked: each source has at most `most` such relationships, each target at most `each`."""

    source: str
    type: str
    target: str
    most: int = 1
    each: int = 100
    edge: tuple[str, ...] = ()
    sure: bool = False


BONDS = (
    Bond("Customer", "BELONGS_TO", "Account", sure=True),
    Bond("Customer", "IN_CHANNEL", "Channel"),
    Bond("Customer", "CHILD_OF", "Customer"),
    Bond("Customer", "PLACED", "Order", most=4, each=1),
    Bond("Customer", "OWNED_BY", "User"),
    Bond("Account", "OWNED_BY", "BusinessUnit"),
    Bond("Account", "REFERRED_BY", "Account"),
    Bond("Account", "HAS_CONTACT", "Contact", most=3, edge=("role", "position", "isDefault")),
    Bond("Account", "HAS_DEFAULT_CONTACT", "Contact"),
    Bond("Customer", "HAS_CONTACT", "Contact", most=2, edge=("role", "position")),
    Bond("Customer", "AFFILIATED_WITH", "Customer", most=2, edge=("kind",)),
    Bond("Contact", "HAS_EMAIL", "ContactEmail", most=2, each=1),
    Bond("Contact", "REPORTS_TO", "Contact"),
    Bond("Order", "IN_CHANNEL", "Channel"),
    Bond("Order", "HAS_ITEM", "OrderItem", most=3, each=1),
    Bond("OrderItem", "OF_PRODUCT", "Product"),
    Bond("Opportunity", "OPPORTUNITY_OF", "Customer"),
    Bond("Customer", "TAGGED", "Tag", most=2),
    Bond("Contact", "TAGGED", "Tag", most=2),
)


@dataclass(slots=True, eq=False)
class Node:
    """A record: its stored properties by name, and its relationships."""

    type: str
    uuid: str
    values: dict[str, Any]
    bonds: list[tuple[int, str, Direction, dict[str, Any], Node]] = field(default_factory=list, repr=False)

    @property
    def id(self) -> str:
        """The global id."""
        return global_id(self.type, self.uuid)


@dataclass(slots=True)
class Graph:
    """All records of one organisation."""

    seed: int
    rng: Random
    model: Model
    nodes: dict[str, list[Node]] = field(default_factory=dict)
    links: list[tuple[Bond, Node, Node, dict[str, Any]]] = field(default_factory=list)

    @property
    def organization_id(self) -> str:
        """The organisation's UUID: another one as soon as anything in the graph is another."""
        nodes = [(node.uuid, node.values) for nodes in self.nodes.values() for node in nodes]
        links = [(bond.type, source.uuid, target.uuid, values) for bond, source, target, values in self.links]
        return derived_id(BEGINNING, "model", repr(nodes), repr(links))

    def viewer(self) -> Viewer:
        """The one who sees all of this graph."""
        return Viewer(
            derived_id(BEGINNING, "viewer", str(self.seed)), "Uma", self.organization_id, CURRENCY, EVERYTHING
        )

    def of(self, type_name: str) -> list[Node]:
        """The records of a concrete or abstract type."""
        return [node for record in self.model.possible(type_name) for node in self.nodes.get(record.name, ())]

    def walk(
        self, node: Node, hops: tuple[Hop, ...], used: tuple[int, ...] = ()
    ) -> Iterator[tuple[dict[str, Any], Node]]:
        """The ends of all ways along hops, with the properties of the last relationship; none is used twice."""
        if not hops:
            yield {}, node
            return
        hop, rest = hops[0], hops[1:]
        if hop.optional:
            yield from self.walk(node, rest, used)
        types = {record.name for record in self.model.possible(hop.target)}
        for number, kind, direction, values, other in node.bonds:
            if kind in hop.types and direction is hop.direction and other.type in types and number not in used:
                if rest:
                    yield from self.walk(other, rest, (*used, number))
                else:
                    yield values, other

    def link(self, bond: Bond, source: Node, target: Node, values: dict[str, Any]) -> None:
        """Add a relationship."""
        number = len(self.links)
        self.links.append((bond, source, target, values))
        source.bonds.append((number, bond.type, Direction.OUT, values, target))
        target.bonds.append((number, bond.type, Direction.IN, values, source))

    def statements(self) -> Iterator[Statement]:
        """What loads the graph, and the organisation itself, of which no question asks."""
        itself = Node("Organization", self.organization_id, {"displayName": "Model", "createdAt": BEGINNING})
        for type_name, nodes in {"Organization": [itself], **self.nodes}.items():
            rows = [
                {"key": {"id": node.uuid}, "id": node.uuid, "set": _stored(node), "digest": "model"} for node in nodes
            ]
            record = self.model.records[type_name]
            yield load_records(record, ("id",), rows, organization_id=self.organization_id, now=BEGINNING)
        for bond in dict.fromkeys(one for one, *_ in self.links):
            found = [
                {"key": {"id": source.uuid}, "to": {"target": {"id": target.uuid}}, "properties": values}
                for one, source, target, values in self.links
                if one == bond
            ]
            link = Link("target", bond.type, Direction.OUT, bond.target, ("id",), properties="properties")
            yield link_records(link, bond.source, ("id",), found, organization_id=self.organization_id)


def make_graph(seed: int) -> Graph:
    """A graph, always the same for a seed."""
    graph = Graph(seed, Random(f"graph {seed}"), load_model())  # noqa: S311 - repeatable, not secret
    for type_name, most in COUNTS.items():
        count = graph.rng.randint(1, most)
        graph.nodes[type_name] = [make_node(graph, type_name, number) for number in range(count)]
    for bond in BONDS:
        link_nodes(graph, bond)
    return graph


def leaks(one: Graph, other: Graph, bonds: Iterable[Bond] = BONDS) -> Iterable[Statement]:
    """Relationships across two organisations, which must never be followed."""
    for bond in bonds:
        if bond.type == "CHILD_OF":
            continue
        source, target = one.nodes[bond.source][0], other.nodes[bond.target][0]
        text = (
            f"MATCH (a:{bond.source} {{organizationId: $here, id: $source}}) "
            f"MATCH (b:{bond.target} {{organizationId: $there, id: $target}}) "
            f"MERGE (a)-[:{bond.type}]->(b) RETURN 1 AS linked"
        )
        ends = {"source": source.uuid, "target": target.uuid}
        yield Statement(text, {**ends, "here": one.organization_id, "there": other.organization_id})


def make_node(graph: Graph, type_name: str, number: int) -> Node:
    """A record with random values."""
    record, rng = graph.model.records[type_name], graph.rng
    uuid = derived_id(BEGINNING, "model", str(graph.seed), type_name, str(number))
    fields: dict[str, Property] = dict(record.properties())
    for name in ("PersonDetails", "BusinessDetails") if type_name == "Customer" else ():
        fields |= {key: one for key, one in graph.model.embedded[name].items() if isinstance(one, Property)}
    unique = {key for keys in record.unique if len(keys) == 1 for key in keys}
    values: dict[str, Any] = {}
    for mapped in fields.values():
        if mapped.name in ("id", "updatedAt", "version") or (not mapped.required and rng.random() < NULLS):
            continue
        values[mapped.name] = made(rng, mapped)
        if mapped.name in unique:
            values[mapped.name] = f"{values[mapped.name]}{number}"
        if mapped.kind is Kind.MONEY and mapped.currency and rng.random() > NULLS:
            values[mapped.currency] = rng.choice((CURRENCY, CURRENCY, "EUR", "JPY"))
    return Node(type_name, uuid, values | ({"updatedAt": BEGINNING, "version": 1} if "version" in fields else {}))


def _stored(node: Node) -> dict[str, Any]:
    """What is not set by loading itself."""
    return {name: value for name, value in node.values.items() if name not in ("updatedAt", "version")}


def made(rng: Random, mapped: Property) -> Any:
    """A value of a property as it is stored."""
    match mapped.kind:
        case Kind.STRING:
            return rng.choice(TEXTS)
        case Kind.INT:
            return rng.choice(NUMBERS)
        case Kind.DECIMAL:
            return rng.choice(DECIMALS)
        case Kind.BOOLEAN:
            return rng.random() < 0.5
        case Kind.DATE:
            return dt.date.fromisoformat(rng.choice(DAYS))
        case Kind.DATETIME:
            return BEGINNING + dt.timedelta(milliseconds=rng.choice(MOMENTS))
        case Kind.MONEY:
            return rng.choice(AMOUNTS)
        case Kind.ENUM:
            assert mapped.enum is not None
            return rng.choice(sorted(member.value for member in mapped.enum))
        case Kind.STRINGS:
            return rng.sample(TEXTS, rng.randint(0, 3))
        case _:
            raise AssertionError(f"no value is known for {mapped}")


def link_nodes(graph: Graph, bond: Bond) -> None:
    """Random relationships of one kind."""
    rng, taken = graph.rng, dict.fromkeys((node.uuid for node in graph.nodes[bond.target]), 0)
    for place, source in enumerate(graph.nodes[bond.source]):
        targets = graph.nodes[bond.target]
        if bond.type in ("CHILD_OF", "REPORTS_TO", "REFERRED_BY", "AFFILIATED_WITH", "PART_OF"):
            # Only to one that came before: no cycles, and nobody is related to itself.
            targets = targets[:place]
        least = 1 if bond.sure else 0
        for target in rng.sample(targets, min(len(targets), rng.randint(least, bond.most))):
            if taken[target.uuid] >= bond.each:
                continue
            taken[target.uuid] += 1
            values = {name: _edge_value(rng, name) for name in bond.edge if rng.random() > NULLS}
            if bond.type == "OWNED_BY":
                source.values["ownerId"] = target.uuid
            graph.link(bond, source, target, values)


def _edge_value(rng: Random, name: str) -> Any:
    if name == "isDefault":
        return rng.random() < 0.5
    return rng.choice(("PARENT", "CLIENT", "PARTNER")) if name == "kind" else rng.choice(TEXTS)
