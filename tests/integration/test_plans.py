"""The database's plans for the golden statements: every read path seeks an index and expands from there."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest

from cypher.printer import Statement
from graph.database import Database
from graph.viewer import Viewer
from resolvers.execution import Prepared, Request
from resolvers.lanes import Bound
from resolvers.timings import Timings
from tests.asking import Asker
from tests.integration.test_golden import CASES, read_case, resolve
from tests.world import World

NEVER = {
    "AllNodesScan",
    "NodeByLabelScan",
    "UnionNodeByLabelsScan",
    "IntersectionNodeByLabelsScan",
    "CartesianProduct",
    "Eager",
}
SORTING = {"Sort", "Top", "PartialSort", "PartialTop"}
KEYS = ("displayName", "createdAt", "lifetimeValue")


def operators(plan: dict[str, Any]) -> Iterator[str]:
    """The operators of a plan, root first."""
    yield plan["operatorType"].split("@")[0]
    for child in plan.get("children", ()):
        yield from operators(child)


def statements_of(ask: Asker, viewer: Viewer, query: str, **variables: Any) -> list[Statement]:
    """What a query compiles to, alone and together with others of its shape."""
    prepared = ask.engine.prepare(Request(query, variables, None, viewer, "request"), Timings())
    assert isinstance(prepared, Prepared)
    bound = [found for found in prepared.planned.values() if isinstance(found, Bound)]
    shared = [found.plan.batch.bind([found.statement, found.statement]) for found in bound if found.plan.batch]
    return [found.statement for found in bound] + shared


@pytest.mark.parametrize("path", CASES, ids=[path.stem for path in CASES])
async def test_no_scan_is_planned(path: Path, world: World, ask: Asker, database: Database) -> None:
    """No golden statement scans all nodes or a whole label, multiplies or waits for all rows."""
    _, sections = read_case(path)
    variables = resolve(orjson.loads(sections.get("json variables", "{}")), world)

    for statement in statements_of(ask, world.viewer(), sections["graphql"], **variables):
        found = set(operators(await database.plan_of(statement)))

        assert not found & NEVER, statement.text


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("direction", ["ASC", "DESC"])
@pytest.mark.parametrize("way", ["first", "last"])
async def test_an_order_index_serves_pages(
    key: str, direction: str, way: str, world: World, ask: Asker, database: Database
) -> None:
    """A root connection by one indexed key never sorts: not its first page and not the page after a cursor."""
    query = f"""query Page($cursor: String) {{
      customers({way}: 2, {"after" if way == "first" else "before"}: $cursor, orderBy: [{{{key}: {direction}}}]) {{
        nodes {{ name }} pageInfo {{ startCursor endCursor }}
      }}
    }}"""
    page = (await ask.data(world.viewer(), query))["customers"]["pageInfo"]
    cursor = page["endCursor" if way == "first" else "startCursor"]

    for value in (None, cursor):
        statements = statements_of(ask, world.viewer(), query, cursor=value)
        found = set(operators(await database.plan_of(statements[0])))

        assert not found & (SORTING | NEVER), statements[0].text
        assert "NodeIndexSeek" in found, statements[0].text
