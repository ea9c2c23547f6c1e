"""The cost of a request: reckoned before the database is asked, counted in the answer, refused when too much."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson
import pytest

from graph.errors import CostLimitExceeded
from resolvers.execution import Request
from tests.asking import Asker
from tests.integration.test_golden import CASES, read_case, resolve
from tests.world import World


def pages(value: Any) -> int:
    """The records in the pages of an answer, where it shows them once."""
    if isinstance(value, list):
        return sum(map(pages, value))
    if not isinstance(value, dict):
        return 0
    shown = value.get("nodes", value.get("edges"))
    return (len(shown) if isinstance(shown, list) else 0) + sum(map(pages, value.values()))


@pytest.mark.parametrize(
    ("query", "requested"),
    [
        ("{ viewer { displayName } }", 0),
        ("query One($id: ID!) { account(id: $id) { name defaultContact { email } } }", 0),
        ("{ customers(first: 3) { nodes { name } } }", 3),
        ("{ customers(first: 3) { totalCount } }", 0),
        ("{ customers { nodes { name } } }", 10),
        ("{ customers(last: 50) { nodes { name } } }", 50),
        ("{ customers(first: 3) { nodes { orders(first: 4) { nodes { number } } } } }", 15),
        (
            "{ customers(first: 3) { nodes { orders(first: 4) { nodes { items(first: 5) { edges { cursor } } } } } } }",
            75,
        ),
        ("{ a: customers(first: 3) { nodes { id } } b: customers(first: 4) { nodes { id } } }", 7),
        (
            "query One($id: ID!) { nodes(ids: [$id, $id]) { ... on Account { cases(first: 4) { nodes { id } } } } }",
            10,
        ),
        ("{ customers { aggregate { count } } }", 0),
        (
            """{ customers(first: 3) {
              aggregate(groupBy: [kind], first: 7) { count }
              nodes { orders { aggregate(groupBy: [status]) { count } all: aggregate { count } } }
            } }""",
            160,
        ),
        ('{ search(text: "a", first: 2) { nodes { ... on Account { customers(first: 3) { nodes { id } } } } } }', 8),
    ],
)
async def test_a_request_is_reckoned(query: str, requested: int, world: World, ask: Asker) -> None:
    """Sizes of nested pages multiply; what one record leads to is free."""
    variables = {"id": world.id("house")} if "$id" in query else {}
    result = await ask.engine.execute(Request(query, variables, None, world.viewer(), "request"))

    assert [] == list(result.errors)
    assert result.spent is not None
    assert requested == result.spent.requested


@pytest.mark.parametrize("path", CASES, ids=[path.stem for path in CASES])
async def test_what_was_brought_is_counted(path: Path, world: World, ask: Asker) -> None:
    """The records in the pages of an answer are part of what it says it brought."""
    _, sections = read_case(path)
    variables = resolve(orjson.loads(sections.get("json variables", "{}")), world)
    result = await ask.engine.execute(Request(sections["graphql"], variables, None, world.viewer(), "request"))

    if result.spent is not None:
        assert result.spent.actual >= sum(map(pages, (result.data or {}).values()))


async def test_groups_are_counted(world: World, ask: Asker) -> None:
    """Each group that an answer brought counts, at the root and in every record of a page."""
    query = """{ customers(first: 2, orderBy: [{name: ASC}]) {
      aggregate(groupBy: [kind]) { count } nodes { orders { aggregate(groupBy: [number]) { count } } }
    } }"""

    result = await ask.engine.execute(Request(query, {}, None, world.viewer(), "request"))

    assert result.spent is not None
    assert 2 + 2 + 3 == result.spent.actual


async def test_what_costs_too_much_is_refused(world: World, ask: Asker) -> None:
    """Nothing is sent to the database, and the answer says what the limit is."""
    answer = await ask(world.viewer(), "{ customers(first: 200) { nodes { orders(first: 200) { nodes { id } } } } }")

    assert answer.data is None
    assert [] == answer.statements
    (error,) = answer.errors
    assert isinstance(error.original_error, CostLimitExceeded)
    assert "40200" in error.message
    assert "10000" in error.message
