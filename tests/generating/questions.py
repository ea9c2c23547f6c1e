"""Invents shapes of questions, with variables for all values, and values that nearly match what a graph holds."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Any

from graphql import GraphQLInputObjectType, GraphQLSchema

from graph.aggregates import FITTING
from graph.ids import global_id
from graph.inputs import common_fields
from graph.model import Embedded, Kind, Mapped, Model, Property, Relation, RootById, RootConnection, Tree
from graph.money import to_major
from resolvers.query import ROOTS
from tests.generating.totals import BUCKETS
from tests.generating.values import bare
from tests.generating.worlds import COUNTS, CURRENCY, DECIMALS, TEXTS, Graph, made

DEEPEST = 2
"""Levels of filters inside filters."""
BIG = ("Account", "Contact", "Customer", "Opportunity", "Order", "Product")
"""Types of which a graph has records enough to ask for."""


@dataclass(frozen=True, slots=True)
class Slot:
    """A variable: what it is compared with, and whether it takes several values."""

    type_name: str
    mapped: Property
    declared: str
    currency: str = CURRENCY

    def value(self, graph: Graph, rng: Random) -> Any:
        """A value, as JSON, that is stored somewhere, nearly so, or not at all."""
        if self.declared.startswith("["):
            # The database plans a statement anew for lists of 0, 1, 2 to 10 values: so these are rare.
            return [self.one(graph, rng) for _ in range(rng.randint(2, 3) if rng.random() < 0.9 else rng.randint(0, 1))]
        return self.one(graph, rng)

    def one(self, graph: Graph, rng: Random) -> Any:
        """One value."""
        mapped = self.mapped
        if mapped.kind is Kind.ID:
            nodes = graph.of(self.type_name)
            known = nodes and rng.random() < 0.9
            return rng.choice(nodes).id if known else global_id(self.type_name, graph.organization_id)
        if mapped.name == "count":
            return rng.randint(0, 4)
        stored = [node.values[mapped.name] for node in graph.of(self.type_name) if mapped.name in node.values]
        value = rng.choice(stored) if stored and rng.random() < 0.7 else made(rng, mapped)
        return _shown(value, mapped, self.currency, rng)


def _shown(value: Any, mapped: Property, currency: str, rng: Random) -> Any:
    """A stored value as JSON, now and then changed a little."""
    near = rng.random() < 0.3
    match mapped.kind:
        case Kind.STRING | Kind.STRINGS:
            text = rng.choice(value or TEXTS) if isinstance(value, list) else value
            return rng.choice((text.swapcase(), text[:2], text[-2:], f"{text}a", text.lower())) if near else text
        case Kind.INT:
            return max(min(value + rng.choice((-1, 1)), 2**31 - 1), -(2**31)) if near else value
        case Kind.DECIMAL:
            return rng.choice(DECIMALS) if near else value
        case Kind.DATE:
            return str(value + dt.timedelta(days=rng.choice((-1, 1))) if near else value)
        case Kind.DATETIME:
            return (value + dt.timedelta(milliseconds=rng.choice((-1, 1))) if near else value).isoformat()
        case Kind.MONEY:
            return to_major(value + rng.choice((-1, 1)) if near else value, currency)
        case _:
            return value


@dataclass(frozen=True, slots=True)
class Question:
    """A document and its variables; `pages` says how it walks through pages, if it does."""

    query: str
    slots: Mapping[str, Slot]
    pages: str = ""

    def variables(self, graph: Graph, rng: Random) -> dict[str, Any]:
        """Values for its variables."""
        return {name: slot.value(graph, rng) for name, slot in self.slots.items()}


@dataclass(slots=True)
class QuestionMaker:
    """Makes one question about records of the known types; root connections are those of a few."""

    rng: Random
    schema: GraphQLSchema
    model: Model
    slots: dict[str, Slot] = field(default_factory=dict)
    known: Collection[str] = tuple(COUNTS)
    roots: Collection[str] = BIG

    def make(self, kind: str) -> Question:
        """A question of a kind: `plain`, `nested`, `walk` or `figures`."""
        if kind == "nested":
            return self._nested()
        roots = {name: root.type_name for name, root in ROOTS.items() if isinstance(root, RootConnection)}
        name, type_name = self.rng.choice([pair for pair in sorted(roots.items()) if pair[1] in self.roots])
        if kind == "figures":
            where = self._argument("where", self.where(type_name)) if self.rng.random() < 0.6 else ""
            return self._question(f"items: {name}{_listed(where)} {{ {self.figures(type_name)} }}")
        where = self.where(type_name) if kind == "plain" or self.rng.random() < 0.5 else ""
        order = self.order(type_name, most=2 if kind == "walk" else 3)
        arguments = [self._argument("where", where), self._argument("orderBy", order)]
        if kind == "walk":
            return self._walk(name, arguments)
        return self._question(f"items: {name}{_listed('first: 100', *arguments)} {{ totalCount nodes {{ id }} }}")

    def _walk(self, name: str, arguments: list[str]) -> Question:
        forward = self.rng.random() < 0.6
        size, cursor, end = ("first", "after", "endCursor") if forward else ("last", "before", "startCursor")
        more = "hasNextPage" if forward else "hasPreviousPage"
        listed = _listed(f"{size}: {self.rng.randint(1, 3)}", f"{cursor}: $cursor", *arguments)
        selected = f"nodes {{ id }} pageInfo {{ more: {more} end: {end} }}"
        return self._question(f"items: {name}{listed} {{ {selected} }}", "$cursor: String", pages=size)

    def _nested(self) -> Question:
        holders = [
            (name, root.type_name, key, mapped)
            for name, root in sorted(ROOTS.items())
            if isinstance(root, RootById) and root.type_name in self.known
            for key, mapped in sorted(self.model.records[root.type_name].fields.items())
            if isinstance(mapped, Relation) and mapped.shape == "connection" and mapped.target in self.known
        ]
        name, holder, key, relation = self.rng.choice(holders)
        edges = relation if relation.edge else None
        arguments = (
            self._argument("where", self.where(relation.target, edges=edges)),
            self._argument("orderBy", self.order(relation.target, edges=edges)),
        )
        self.slots["id"] = Slot(holder, Property("id", Kind.ID), "ID!")
        inner = f"items: {key}{_listed(*arguments)} {{ totalCount nodes {{ id }} }}"
        return self._question(f"holder: {name}(id: $id) {{ {inner} }}")

    def _question(self, body: str, *declared: str, pages: str = "") -> Question:
        variables = ", ".join([*declared, *(f"${name}: {slot.declared}" for name, slot in self.slots.items())])
        return Question(f"query Q{f'({variables})' if variables else ''} {{ {body} }}", dict(self.slots), pages)

    @staticmethod
    def _argument(name: str, text: str) -> str:
        return f"{name}: {text}" if text else ""

    def fields(self, type_name: str) -> dict[str, Mapped]:
        """The fields of a type with those of its embedded objects."""
        found = dict(common_fields(self.model, type_name))
        for mapped in tuple(found.values()):
            if isinstance(mapped, Embedded):
                found |= self.model.embedded[mapped.type_name]
        return found

    def where(self, type_name: str, depth: int = 0, edges: Relation | None = None) -> str:
        """A filter of one to three conditions."""
        known = self._input(f"{type_name}Where").fields
        fields = self.fields(type_name)
        names = [name for name in sorted(known) if self._fits(fields.get(name), name, depth, edges)]
        # Relations and combinations are what goes wrong: as likely as plain fields, of which there are more.
        rare = [name for name in names if not isinstance(fields.get(name), Property)]
        count = self.rng.randint(1, 2)
        picked = [self.rng.choice(rare if rare and self.rng.random() < 0.4 else names) for _ in range(count)]
        members = [self._condition(type_name, name, fields.get(name), depth, edges) for name in dict.fromkeys(picked)]
        return "{" + ", ".join(members) + "}"

    def _input(self, name: str) -> GraphQLInputObjectType:
        found = self.schema.type_map[name]
        assert isinstance(found, GraphQLInputObjectType)
        return found

    def _fits(self, mapped: Mapped | None, name: str, depth: int, edges: Relation | None) -> bool:
        if isinstance(mapped, Relation):
            members = {record.name for record in self.model.possible(mapped.target)}
            return depth < DEEPEST and not members.isdisjoint(self.known)
        if name in ("AND", "OR", "NOT"):
            return depth < DEEPEST
        return name != "edge" or edges is not None

    def _condition(self, type_name: str, name: str, mapped: Mapped | None, depth: int, edges: Relation | None) -> str:
        if name in ("AND", "OR"):
            members = [self.where(type_name, depth + 1, edges) for _ in range(self.rng.choice((0, 1, 2, 2)))]
            return f"{name}: [{', '.join(members)}]"
        if name == "NOT":
            return f"NOT: {self.where(type_name, depth + 1, edges)}"
        if name == "edge":
            assert edges is not None
            key = self.rng.choice(sorted(edges.edge))
            return f"edge: {{{key}: {self._operators(type_name, edges.edge[key], f'{type_name}EdgeWhere', key)}}}"
        if isinstance(mapped, Property):
            return f"{name}: {self._operators(type_name, mapped, f'{type_name}Where', name)}"
        if isinstance(mapped, Relation):
            return f"{name}: {self._related(mapped, depth)}"
        if isinstance(mapped, Tree):
            return f"{name}: {self._counted()}"
        return f"{name}: {self._variable(Slot('Customer', Property('id', Kind.ID), 'ID!'))}"

    def _related(self, relation: Relation, depth: int) -> str:
        edges = relation if relation.edge else None
        word = self.rng.choice(("some", "none", "all", "single", "count", "matching"))
        if word == "count" and relation.shape != "one":
            return f"{{count: {self._counted()}}}"
        inner = self.where(relation.target, depth + 1, edges)
        if relation.shape == "one":
            return inner
        if word == "matching":
            return f"{{count: {self._counted()}, matching: {inner}}}"
        return f"{{{word}: {inner}}}"

    def _counted(self) -> str:
        return self._operators("Customer", Property("count", Kind.INT, required=True), "CustomerListWhere", "count")

    def _operators(self, type_name: str, mapped: Property, holder: str, name: str) -> str:
        """One or two operators of a filter, as the schema knows them."""
        known = bare(self._input(holder).fields[name].type).fields
        operators = sorted(set(known) - {"ignoreCase", "currency"})
        picked = self.rng.sample(operators, min(len(operators), self.rng.choice((1, 1, 2))))
        currency = self.rng.choice((CURRENCY, "EUR", "JPY")) if mapped.currency else CURRENCY
        members = []
        for operator in picked:
            if operator == "isNull":
                members.append(f"isNull: {self.rng.choice(('true', 'false'))}")
            elif operator in ("eq", "ne") and self.rng.random() < 0.15:
                members.append(f"{operator}: null")
            else:
                declared = f"{bare(known[operator].type)}!"
                members.append(f"{operator}: {self._variable(Slot(type_name, mapped, declared, currency))}")
        if "ignoreCase" in known and self.rng.random() < 0.3:
            members.append("ignoreCase: true")
        if mapped.kind is Kind.MONEY and currency != CURRENCY:
            members.append(f"currency: {_quoted(currency)}")
        return "{" + ", ".join(members) + "}"

    def _variable(self, slot: Slot) -> str:
        name = f"v{len(self.slots)}"
        self.slots[name] = slot
        return f"${name}"

    def order(self, type_name: str, most: int = 3, edges: Relation | None = None) -> str:
        """An order by none to several keys."""
        known = self._input(f"{type_name}Order").fields
        fields = self.fields(type_name)
        names = [name for name in sorted(known) if self._fits(fields.get(name), name, 0, edges)]
        picked = self.rng.sample(names, min(len(names), self.rng.randint(0, most)))
        keys = [self._key(name, fields.get(name), edges) for name in picked]
        return "[" + ", ".join(keys) + "]" if keys else ""

    def _key(self, name: str, mapped: Mapped | None, edges: Relation | None) -> str:
        direction = self.rng.choice(("ASC", "DESC"))
        if name == "edge":
            assert edges is not None
            return f"{{edge: {{{self.rng.choice(sorted(edges.edge))}: {direction}}}}}"
        if isinstance(mapped, Relation):
            if mapped.shape != "one":
                return f"{{{name}: {{count: {direction}}}}}"
            return f"{{{name}: {{{self._plain(mapped.target)}: {direction}}}}}"
        return f"{{{name}: {direction}}}"

    def _plain(self, type_name: str) -> str:
        fields = self.fields(type_name)
        known = self._input(f"{type_name}Order").fields
        names: list[str] = [name for name in sorted(known) if isinstance(fields.get(name), Property)]
        return self.rng.choice(names)

    def figures(self, type_name: str) -> str:
        """An aggregate by none to two keys, with some figures."""
        fields = {name: found for name, found in self.fields(type_name).items() if name not in ("id", "version")}
        grouping = [
            name
            for name, found in sorted(fields.items())
            if (isinstance(found, Property) and found.kind is not Kind.STRINGS)
            or (isinstance(found, Relation) and found.shape == "one" and self._fits(found, name, 0, None))
        ]
        keys = self.rng.sample(grouping, self.rng.choice((0, 1, 1, 2)))
        arguments = [f"groupBy: [{', '.join(keys)}]", f"bucket: {self.rng.choice(BUCKETS)}"] if keys else []
        selected = ["key { field value label }", "count"]
        for function in self.rng.choices(sorted(FITTING), k=4):
            fitting = [
                key for key, one in fields.items() if isinstance(one, Property) and one.kind in FITTING[function]
            ]
            if fitting:
                money = " { amount currency }" if function in ("sum", "avg") else ""
                name = self.rng.choice(sorted(fitting))
                selected.append(f"f{len(selected)}: {function}(field: {name}){money}")
        return f"aggregate{_listed(*arguments)} {{ {' '.join(selected)} }}"


def _listed(*arguments: str) -> str:
    given = ", ".join(argument for argument in arguments if argument)
    return f"({given})" if given else ""


def _quoted(text: str) -> str:
    return f'"{text}"'
