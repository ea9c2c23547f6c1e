"""Evaluates `where` and `orderBy` in Python, from what they are documented to mean and nothing of the compiler.

What has no value compares with nothing: a comparison with it does not hold. What says "not" holds where its opposite
does not. Nothing comes last in every order, and the id breaks ties in the direction of the last key.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from graph.inputs import common_fields
from graph.model import Direction, Embedded, Hop, Kind, Mapped, Property, Relation, Tree
from graph.money import digits
from tests.generating.worlds import CURRENCY, Graph, Node

UP = (Hop(("CHILD_OF",), Direction.OUT, "Customer"),)


@dataclass(frozen=True, slots=True)
class Found:
    """A record in a connection, with what the relationship that led to it says."""

    node: Node
    edge: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Evaluator:
    """Answers about one graph."""

    graph: Graph

    def fields(self, type_name: str) -> dict[str, Mapped]:
        """The fields of a type with those of its embedded objects."""
        found = dict(common_fields(self.graph.model, type_name))
        for mapped in tuple(found.values()):
            if isinstance(mapped, Embedded):
                found |= self.graph.model.embedded[mapped.type_name]
        return found

    def related(self, node: Node, relation: Relation) -> list[Found]:
        """The records that a relation leads to, each as often as there are ways unless the relation is distinct."""
        ways = [Found(other, values) for values, other in self.graph.walk(node, relation.hops)]
        return list({found.node.uuid: found for found in ways}.values()) if relation.distinct else ways

    def ancestors(self, node: Node) -> list[Node]:
        """The way up the tree."""
        parents = [other for _, other in self.graph.walk(node, UP)]
        return parents + [above for parent in parents for above in self.ancestors(parent)]

    def holds(self, type_name: str, where: dict[str, Any] | None, found: Found, edges: Relation | None = None) -> bool:
        """Whether a record matches; `edges` is the relation that the connection is of."""
        return all(
            self._member(type_name, name, condition, found, edges)
            for name, condition in (where or {}).items()
            if condition is not None
        )

    def _member(self, type_name: str, name: str, condition: Any, found: Found, edges: Relation | None) -> bool:
        match name:
            case "AND":
                return all(self.holds(type_name, each, found, edges) for each in condition)
            case "OR":
                return any(self.holds(type_name, each, found, edges) for each in condition)
            case "NOT":
                return not self.holds(type_name, condition, found, edges)
            case "descendantOf":
                return condition in [above.id for above in self.ancestors(found.node)]
            case "ancestorOf":
                return any(
                    node.id == condition and found.node in self.ancestors(node) for node in self.graph.of(type_name)
                )
            case "edge":
                assert edges is not None
                return all(compares(found.edge, edges.edge[key], inner) for key, inner in condition.items())
        mapped = self.fields(type_name)[name]
        if isinstance(mapped, Relation):
            return self._related(mapped, condition, found.node)
        if isinstance(mapped, Tree):
            return compares({"count": len(self.ancestors(found.node))}, COUNT, condition)
        assert isinstance(mapped, Property)
        if mapped.kind is Kind.ID:
            return compares({mapped.name: found.node.id}, mapped, condition)
        return compares(found.node.values, mapped, condition)

    def _related(self, relation: Relation, condition: dict[str, Any], node: Node) -> bool:
        related = self.related(node, relation)

        def matching(where: dict[str, Any] | None) -> int:
            return sum(self.holds(relation.target, where, each, relation) for each in related)

        if relation.shape == "one":
            return matching(condition) > 0
        results: dict[str, Callable[[Any], bool]] = {
            "some": lambda inner: matching(inner) > 0,
            "none": lambda inner: matching(inner) == 0,
            "all": lambda inner: matching(inner) == len(related),
            "single": lambda inner: matching(inner) == 1,
            "count": lambda inner: compares({"count": matching(condition.get("matching"))}, COUNT, inner),
            "matching": lambda _: True,
        }
        return all(results[word](inner) for word, inner in condition.items() if inner is not None)

    def sorted(
        self, type_name: str, found: list[Found], order_by: list[dict[str, Any]] | None, edges: Relation | None
    ) -> list[Found]:
        """Records in order."""
        keys = [next(iter(entry.items())) for entry in order_by or ()]
        directions = [_direction(inner) for _, inner in keys]
        last = directions[-1] if directions else "ASC"
        found = sorted(found, key=lambda one: one.node.uuid, reverse=last == "DESC")
        for (name, inner), direction in zip(reversed(keys), reversed(directions), strict=True):
            values = [(self._key(type_name, name, inner, one, edges), one) for one in found]
            there = sorted(
                [pair for pair in values if pair[0] is not None], key=lambda pair: pair[0], reverse=direction == "DESC"
            )
            found = [one for _, one in there] + [one for value, one in values if value is None]
        return found

    def _key(self, type_name: str, name: str, inner: Any, found: Found, edges: Relation | None) -> Any:
        if name == "edge":
            assert edges is not None
            ((key, _),) = inner.items()
            return comparable(edges.edge[key], found.edge.get(edges.edge[key].name))
        mapped = self.fields(type_name)[name]
        if isinstance(mapped, Property):
            stored = found.node.uuid if mapped.kind is Kind.ID else found.node.values.get(mapped.name)
            return comparable(mapped, stored)
        assert isinstance(mapped, Relation)
        related = self.related(found.node, mapped)
        if mapped.shape != "one":
            return len(related)
        ((key, deeper),) = inner.items()
        return self._key(mapped.target, key, deeper, related[0], None) if related else None


COUNT = Property("count", Kind.INT)


def _direction(inner: Any) -> str:
    while isinstance(inner, dict):
        (inner,) = inner.values()
    return str(inner)


def comparable(mapped: Property, stored: Any) -> Any:
    """A stored value as it is compared."""
    if stored is None:
        return None
    return Decimal(stored) if mapped.kind is Kind.DECIMAL else stored


def compares(values: dict[str, Any], mapped: Property, condition: dict[str, Any] | None) -> bool:
    """Whether all operators of a filter hold for a record's values."""
    condition = dict(condition or {})
    fold = bool(condition.pop("ignoreCase", False))
    currency = condition.pop("currency", None)
    stored = comparable(mapped, values.get(mapped.name))
    unit = currency or CURRENCY
    coined = mapped.kind is not Kind.MONEY or mapped.currency is None or values.get(mapped.currency) == unit
    asked = {word: value for word, value in condition.items() if value is not None or word in ("eq", "ne")}
    if not asked:
        return coined if currency else True

    def one(value: Any) -> Any:
        return argument(mapped, value, unit, fold=fold)

    left = stored.lower() if fold and isinstance(stored, str) else stored
    return all(_operator(word, left, value, one, coined=coined) for word, value in asked.items())


def _operator(word: str, stored: Any, value: Any, one: Callable[[Any], Any], *, coined: bool) -> bool:
    if word == "isNull":
        return (stored is None) is value
    if word in ("ne", "notIn"):
        return not _operator("eq" if word == "ne" else "in", stored, value, one, coined=coined)
    if value is None:
        return stored is None
    if stored is None or not coined:
        return False
    if word == "in":
        return stored in [one(each) for each in value]
    return bool(OPERATORS[word](stored, one(value)))


OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    "eq": lambda left, right: left == right,
    "lt": lambda left, right: left < right,
    "lte": lambda left, right: left <= right,
    "gt": lambda left, right: left > right,
    "gte": lambda left, right: left >= right,
    "startsWith": lambda left, right: left.startswith(right),
    "endsWith": lambda left, right: left.endswith(right),
    "contains": lambda left, right: right in left,
    "has": lambda left, right: right in left,
}


def argument(mapped: Property, value: Any, currency: str, *, fold: bool) -> Any:
    """An argument of a filter as the stored value is compared."""
    match mapped.kind:
        case Kind.DECIMAL:
            return Decimal(value)
        case Kind.MONEY:
            return int(Decimal(value).scaleb(digits(currency)))
        case Kind.DATE:
            return dt.date.fromisoformat(value)
        case Kind.DATETIME:
            return dt.datetime.fromisoformat(value)
        case Kind.STRING if fold:
            return value.lower()
        case _:
            return value
