"""The database's plans by depth: however deep connections and filters nest, the root seeks and the rest expands.

By default some depths are looked at; `C360_TESTS=full` looks at all.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from cypher.cursors import encode_cursor
from cypher.printer import Statement
from cypher.shape import OnlyRow, PageShape
from graph.database import Database
from resolvers.execution import Prepared, Request
from resolvers.lanes import Bound
from resolvers.timings import Timings
from tests.asking import Asker
from tests.conftest import FULL
from tests.integration.test_plans import NEVER, SORTING, operators
from tests.world import World

CHAINS = {
    "sales": ("customers", "orders", "items", "product.orderItems", "product.orderItems", "product.orderItems"),
    "people": ("accounts", "customers", "contacts", "accounts", "customers", "contacts"),
    "tree": ("customers", "children", "children", "children", "children", "children"),
}
"""Connections inside one another; a dot leads through one record."""
DEPTHS = range(1, 7) if FULL else (1, 2, 6)
SEEKS = {"NodeIndexSeek", "NodeUniqueIndexSeek"}
MOST_SECONDS = 20
"""To plan the deepest, on a busy machine; a quiet one takes a tenth of it."""


def nested(chain: tuple[str, ...], cursors: list[str]) -> str:
    """A query of connections inside one another, each after its cursor if there are cursors."""
    first, *others = chain
    after = f', after: "{cursors[0]}"' if cursors else ""
    inner = f" {wrapped(others[0], nested(tuple(others), cursors[1:]))}" if others else ""
    name = first.rpartition(".")[2]
    return f"{name}(first: 2{after}) {{ nodes {{ id{inner} }} pageInfo {{ endCursor }} }}"


def wrapped(step: str, inner: str) -> str:
    """What stands inside the one records that a step leads through."""
    for name in reversed(step.split(".")[:-1]):
        inner = f"{name} {{ {inner} }}"
    return inner


def filtered(chain: tuple[str, ...]) -> str:
    """A filter of related records inside one another."""
    if not chain:
        return '{id: {ne: "T3JkZXI6MDE5MGEwMDAtMDAwMC03MDAwLTgwMDAtMDAwMDAwMDAwMDAw"}}'
    first, *others = chain
    inner = f"{{some: {filtered(tuple(others))}}}"
    *ones, name = first.split(".")
    for one in reversed([*ones, name]):
        inner = f"{{{one}: {inner}}}"
    return inner


def bound(ask: Asker, world: World, query: str) -> Bound:
    """The one root field of a query, ready to run."""
    prepared = ask.engine.prepare(Request(query, {}, None, world.viewer(), "request"), Timings())
    assert isinstance(prepared, Prepared), prepared.errors
    (found,) = prepared.planned.values()
    assert isinstance(found, Bound), found
    return found


def pages(shape: Any) -> Iterator[PageShape]:
    """The pages of a shape, outermost first."""
    if isinstance(shape, PageShape):
        yield shape
    for name in ("shape", "fields"):
        for inner in [getattr(shape, name, None) or ()]:
            for each in inner if isinstance(inner, tuple) else (inner,):
                yield from pages(each[1] if isinstance(each, tuple) else each)


def cursors_of(found: Bound, world: World) -> list[str]:
    """A cursor for each page: its order is by id, and by the relationship where edges have fields."""
    assert isinstance(found.plan.shape, OnlyRow)
    keys = [world.uuid("head"), "4:0:0"]
    return [encode_cursor(page.order, keys[: len(page.cursor)]) for page in pages(found.plan.shape.shape)]


async def looked_at(database: Database, statement: Statement) -> Counter[str]:
    """How often each operator stands in the plan, which is made in time."""
    begin = time.monotonic()
    found = Counter(operators(await database.plan_of(statement)))

    assert time.monotonic() - begin < MOST_SECONDS
    assert not found.keys() & NEVER, statement.text
    assert found.keys() & SEEKS, statement.text
    return found


def expansions(found: Counter[str]) -> int:
    """Steps along relationships from where the plan is."""
    return sum(count for name, count in found.items() if name.startswith(("Expand(All)", "OptionalExpand(All)")))


@pytest.mark.parametrize("depth", DEPTHS)
@pytest.mark.parametrize("name", CHAINS)
async def test_connections_expand_from_their_parents(
    name: str, depth: int, world: World, ask: Asker, database: Database
) -> None:
    """The root walks its order index, each connection inside expands from its record: first page and after cursors."""
    chain = CHAINS[name][:depth]
    steps = sum(step.count(".") + 1 for step in chain) - 1
    first = bound(ask, world, f"{{ {nested(chain, [])} }}")
    after = bound(ask, world, f"{{ {nested(chain, cursors_of(first, world))} }}")

    for found in [await looked_at(database, each.statement) for each in (first, after)]:
        assert expansions(found) >= steps
        # Pages inside a record sort its few relations; the root's never does.
        assert sum(found[word] for word in SORTING) <= depth - 1


@pytest.mark.parametrize("depth", DEPTHS)
@pytest.mark.parametrize("name", CHAINS)
async def test_filters_expand_from_the_record(
    name: str, depth: int, world: World, ask: Asker, database: Database
) -> None:
    """Filters inside filters look at related records from the record that they filter, and the page is not sorted."""
    root, *chain = CHAINS[name]
    where = filtered(tuple(chain[: depth - 1]))
    found = bound(ask, world, f"{{ {root}(first: 2, where: {where}) {{ nodes {{ id }} }} }}")

    plan = await looked_at(database, found.statement)

    assert sum(plan[word] for word in SORTING) == 0
    assert depth == 1 or expansions(plan) > 0
