"""Filters: whatever a `where` says finds what the same words find in Python, and nothing plans for ever."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from random import Random
from typing import Any

import pytest

from graph.database import Database
from tests.asking import Asker
from tests.world import World

SEEDS = 60


@dataclass(slots=True)
class Item:
    """A record as a filter sees it: its values, and what it is related to, with what the relationship says."""

    ref: str
    values: dict[str, Any]
    related: dict[str, list[tuple[dict[str, Any], Item]]] = field(default_factory=dict)
    parent: Item | None = None

    def above(self) -> list[Item]:
        """The way up the tree."""
        return [self.parent, *self.parent.above()] if self.parent else []


@dataclass(frozen=True, slots=True)
class Records:
    """A world of few records with every kind of gap, and the same as plain objects."""

    world: World
    customers: list[Item]
    products: list[Item]


NAMES = ("Ada", "ada", "Bo", "Élan", "élan", "", "C%", None)
TEXTS = ("a", "A", "da", "É", "o", "")
ROLES = ("buyer", "Buyer", "boss", None)
TOTALS = (0, 1050, 1051, -300, None)
PRICES = ("9", "10.5", "10.50", "-0.5", "0.000000001", "12345678901234.000000001", None)
NUMBERS = (0, 1, 2, 3, None)


def make_records() -> Records:
    """Fifteen customers in three trees, with orders and contacts."""
    rng, world = Random(7), World("filters")  # noqa: S311 - a fixed seed makes test data, not secrets
    world.node("Organization", "organization", name="Filters", currency="USD", key="world-filters")
    contacts = [_made(world, "Contact", f"contact{n}", {"lastName": rng.choice(NAMES)}) for n in range(4)]
    customers: list[Item] = []
    for number in range(15):
        values = {"name": rng.choice(NAMES), "employees": rng.choice(NUMBERS), "lifetimeValue": rng.choice(TOTALS)}
        customer = _made(world, "Customer", f"customer{number}", values)
        if number > 2:
            customer.parent = rng.choice(customers)
            world.link(customer.ref, "CHILD_OF", customer.parent.ref)
        orders = [_made(world, "Order", f"order{number}.{n}", _order(rng)) for n in range(rng.choice((0, 0, 1, 2, 3)))]
        for order in orders:
            world.link(customer.ref, "PLACED", order.ref)
        links = [({"role": rng.choice(ROLES)}, contact) for contact in rng.sample(contacts, rng.choice((0, 0, 1, 2)))]
        for edge, contact in links:
            world.link(customer.ref, "HAS_CONTACT", contact.ref, **edge)
        customer.related = {"orders": [({}, order) for order in orders], "contacts": links}
        customers.append(customer)
    for customer in customers:
        customer.related["parent"] = [({}, customer.parent)] if customer.parent else []
        customer.related["children"] = [({}, other) for other in customers if other.parent is customer]
    products = [_made(world, "Product", f"product{n}", {"unitPrice": price}) for n, price in enumerate(PRICES)]
    return Records(world, customers, products)


def _made(world: World, type_name: str, ref: str, values: dict[str, Any]) -> Item:
    world.node(type_name, ref, **values)
    return Item(ref, values)


def _order(rng: Random) -> dict[str, Any]:
    return {"number": rng.choice(NAMES), "total": rng.choice(TOTALS), "currency": rng.choice(("USD", "EUR"))}


@pytest.fixture(scope="module")
async def records(database: Database) -> Records:
    """The records, loaded once."""
    made = make_records()
    await database.write(list(made.world.statements()))
    return made


@dataclass(frozen=True, slots=True)
class Wheres:
    """Invents filters of customers."""

    rng: Random
    world: World

    def customer(self, depth: int) -> dict[str, Any]:
        """A filter of customers."""
        ways: list[Callable[[int], dict[str, Any]]] = [
            lambda _: {"name": self.text(NAMES)},
            lambda _: {"employees": self.number(NUMBERS)},
            lambda _: {"lifetimeValue": self.money()},
            lambda _: {"depth": self.number((0, 1, 2, 3))},
            lambda _: {self.rng.choice(("descendantOf", "ancestorOf")): self.named()},
            lambda deep: {"orders": self.several(self.order, deep)},
            lambda deep: {"contacts": self.several(self.contact, deep)},
            lambda deep: {"children": self.several(self.customer, deep)},
            lambda deep: {"parent": self.customer(deep - 1)},
        ]
        return self.combined(self.customer, ways if depth else ways[:5], depth)

    def order(self, _: int) -> dict[str, Any]:
        """A filter of orders."""
        return {"total": self.money(), **({"number": self.text(NAMES)} if self.rng.random() < 0.5 else {})}

    def contact(self, depth: int) -> dict[str, Any]:
        """A filter of contacts of a customer."""
        ways: list[Callable[[int], dict[str, Any]]] = [
            lambda _: {"lastName": self.text(NAMES)},
            lambda _: {"edge": {"role": self.text(ROLES)}},
        ]
        return self.combined(self.contact, ways, depth)

    def combined(self, same: Any, ways: list[Callable[[int], dict[str, Any]]], depth: int) -> dict[str, Any]:
        """One or two conditions, or several filters put together."""
        word = self.rng.choice(("AND", "OR", "NOT", "", "", "")) if depth else ""
        if word == "NOT":
            return {"NOT": same(depth - 1)}
        if word:
            return {word: [same(depth - 1) for _ in range(self.rng.choice((1, 2, 2, 0)))]}
        found: dict[str, Any] = {}
        for way in self.rng.sample(ways, self.rng.choice((1, 1, 2))):
            found |= way(depth)
        return found

    def several(self, target: Any, depth: int) -> dict[str, Any]:
        """A filter by a list of related records."""
        quantifier = self.rng.choice(("some", "none", "all", "single", "count", "count"))
        if quantifier != "count":
            return {quantifier: target(depth - 1)}
        matching = {"matching": target(depth - 1)} if self.rng.random() < 0.5 else {}
        return {"count": self.number((0, 1, 2, 3)), **matching}

    def named(self) -> str:
        """The id of one of the customers."""
        return self.world.id(f"customer{self.rng.randrange(15)}")

    def number(self, values: tuple[Any, ...]) -> dict[str, Any]:
        """A filter of whole numbers."""
        return self.operators(values, ("eq", "ne", "in", "notIn", "lt", "lte", "gt", "gte", "isNull"))

    def text(self, values: tuple[Any, ...]) -> dict[str, Any]:
        """A filter of texts."""
        words = ("startsWith", "endsWith", "contains")
        if self.rng.random() < 0.5:
            found = {self.rng.choice(words): self.rng.choice(TEXTS)}
        else:
            found = self.operators(values, ("eq", "ne", "in", "notIn", "isNull"))
        return found | ({"ignoreCase": self.rng.random() < 0.7} if self.rng.random() < 0.5 else {})

    def money(self) -> dict[str, Any]:
        """A filter of amounts in the base currency."""
        values = tuple(None if total is None else str(Decimal(total) / 100) for total in TOTALS)
        return self.operators(values, ("eq", "ne", "in", "notIn", "lt", "gte", "isNull"))

    def operators(self, values: tuple[Any, ...], operators: tuple[str, ...]) -> dict[str, Any]:
        """One or two operators with values."""
        found: dict[str, Any] = {}
        there = [value for value in values if value is not None]
        for operator in self.rng.sample(operators, self.rng.choice((1, 1, 2))):
            if operator in ("in", "notIn"):
                found[operator] = self.rng.sample(there, self.rng.randint(0, 2))
            elif operator == "isNull":
                found[operator] = self.rng.random() < 0.5
            else:
                found[operator] = self.rng.choice(values if operator in ("eq", "ne") else there)
        return found


def holds(world: World, item: Item, where: Mapping[str, Any], edge: Mapping[str, Any]) -> bool:
    """Whether a filter holds, by the words of the schema alone."""
    return all(_member(world, item, name, condition, edge) for name, condition in where.items())


def _member(world: World, item: Item, name: str, condition: Any, edge: Mapping[str, Any]) -> bool:
    match name:
        case "AND":
            return all(holds(world, item, each, edge) for each in condition)
        case "OR":
            return any(holds(world, item, each, edge) for each in condition)
        case "NOT":
            return not holds(world, item, condition, edge)
        case "edge":
            return all(compare(edge[key], each) for key, each in condition.items())
        case "descendantOf":
            return condition in [world.id(other.ref) for other in item.above()]
        case "ancestorOf":
            named = next(ref for ref in world.types if world.id(ref) == condition)
            return any(world.id(item.ref) == world.id(other.ref) for other in BY_REF[named].above())
        case "depth":
            return compare(len(item.above()), condition)
        case "parent":
            return any(holds(world, other, condition, {}) for _, other in item.related["parent"])
        case _ if name in item.related:
            return quantified(world, item.related[name], condition)
    value = item.values[name]
    if name in ("total", "lifetimeValue"):
        return compare(money(value), amounts(condition), comparable=item.values.get("currency", "USD") == "USD")
    return compare(value, condition)


BY_REF: dict[str, Item] = {}


def quantified(world: World, related: list[tuple[dict[str, Any], Item]], condition: Mapping[str, Any]) -> bool:
    """Whether a filter by a list holds."""
    found = True
    for quantifier, where in condition.items():
        if quantifier in ("count", "matching"):
            continue
        matches = [holds(world, other, where, edge) for edge, other in related]
        match quantifier:
            case "some":
                found = found and any(matches)
            case "none":
                found = found and not any(matches)
            case "all":
                found = found and all(matches)
            case _:
                found = found and sum(matches) == 1
    if "count" in condition:
        counted = [holds(world, other, condition.get("matching", {}), edge) for edge, other in related]
        found = found and compare(sum(counted), condition["count"])
    return found


def money(minor: int | None) -> Decimal | None:
    """Minor units of a currency with two digits as an amount."""
    return None if minor is None else Decimal(minor) / 100


def amounts(condition: Mapping[str, Any]) -> dict[str, Any]:
    """A filter of amounts as numbers."""
    return {
        key: [Decimal(each) for each in value]
        if isinstance(value, list)
        else Decimal(value)
        if isinstance(value, str)
        else value
        for key, value in condition.items()
    }


def compare(value: Any, condition: Mapping[str, Any], *, comparable: bool = True) -> bool:
    """Whether a scalar filter holds; amounts of another currency are not comparable."""
    folded = condition.get("ignoreCase")
    here = value.lower() if folded and value is not None else value
    for operator, given in condition.items():
        if operator == "ignoreCase":
            continue
        wanted = [_lower(each) for each in given] if isinstance(given, list) else _lower(given)
        if not _compared(here, operator, wanted if folded else given, comparable=comparable):
            return False
    return True


def _lower(value: Any) -> Any:
    return value.lower() if isinstance(value, str) else value


OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    "eq": lambda value, given: bool(value == given),
    "in": lambda value, given: value in given,
    "lt": lambda value, given: bool(value < given),
    "lte": lambda value, given: bool(value <= given),
    "gt": lambda value, given: bool(value > given),
    "gte": lambda value, given: bool(value >= given),
    "startsWith": lambda value, given: bool(value.startswith(given)),
    "endsWith": lambda value, given: bool(value.endswith(given)),
    "contains": lambda value, given: given in value,
}


def _compared(value: Any, operator: str, given: Any, *, comparable: bool) -> bool:
    if operator == "isNull":
        return (value is None) is given
    if operator in ("eq", "ne") and given is None:
        return (value is None) is (operator == "eq")
    if operator in ("ne", "notIn"):
        positive = "eq" if operator == "ne" else "in"
        return not _compared(value, positive, given, comparable=comparable)
    return comparable and value is not None and OPERATORS[operator](value, given)


@pytest.mark.parametrize("seed", range(SEEDS))
async def test_a_filter_finds_what_it_says(seed: int, records: Records, ask: Asker) -> None:
    """Any filter finds the same customers as a walk over the records in Python, and counts as many."""
    where = Wheres(Random(seed), records.world).customer(3)  # noqa: S311 - a seed makes the failure come again
    BY_REF.update({item.ref: item for item in records.customers})
    query = "query Q($where: CustomerWhere) { customers(where: $where, first: 50) { totalCount nodes { id } } }"

    found = (await ask.data(records.world.viewer(), query, where=where))["customers"]

    expected = {records.world.id(item.ref) for item in records.customers if holds(records.world, item, where, {})}
    assert expected == {node["id"] for node in found["nodes"]}, where
    assert len(expected) == found["totalCount"]


@pytest.mark.parametrize("operator", ["eq", "ne", "lt", "lte", "gt", "gte"])
async def test_decimal_numbers_are_compared_exactly(operator: str, records: Records, ask: Asker) -> None:
    """Numbers that a float would take for one another are told apart, and trailing zeros do not matter."""
    query = "query Q($where: ProductWhere) { products(where: $where) { nodes { id } } }"
    for price in (*filter(None, PRICES), "12345678901234.000000002", "0.0000000009", "0"):
        expected = {
            records.world.id(item.ref)
            for item in records.products
            if compare(item.values["unitPrice"] and Decimal(item.values["unitPrice"]), {operator: Decimal(price)})
        }

        found = await ask.data(records.world.viewer(), query, where={"unitPrice": {operator: price}})

        assert expected == {node["id"] for node in found["products"]["nodes"]}, price


@pytest.mark.parametrize("quantifier", ["some", "none", "all", "single", "count"])
async def test_deep_filters_are_planned_soon(quantifier: str, records: Records, ask: Asker) -> None:
    """Filters through twelve relationships come back; counts within counts took minutes to plan once."""
    where: dict[str, Any] = {"name": {"startsWith": "A"}}
    for _ in range(12):
        where = {"children": {"count": {"gte": 1}, "matching": where} if quantifier == "count" else {quantifier: where}}
    query = "query Q($where: CustomerWhere) { customers(where: $where) { totalCount } }"
    begun = time.perf_counter()

    await ask.data(records.world.viewer(), query, where=where)

    assert time.perf_counter() - begun < 30


async def test_too_deep_is_refused(records: Records, ask: Asker) -> None:
    """A filter beyond the deepest allowed one is refused before anything is sent."""
    where: dict[str, Any] = {}
    for _ in range(13):
        where = {"children": {"some": where}}

    answer = await ask(
        records.world.viewer(), "query Q($w: CustomerWhere) { customers(where: $w) { totalCount } }", w=where
    )

    assert ["`where` nests deeper than 12."] == [error.message for error in answer.errors]
    assert [] == answer.statements
