"""Filters, orders, pages and figures on a real Neo4j against the same evaluated in Python over small random graphs.

The graphs live side by side in organisations of their own, with relationships across them that must never be followed.
Planning a new statement costs the database much more than running it: so few shapes of questions are asked, each with
many values. By default a tenth of the shapes is tried; `C360_TESTS=full` tries all.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from random import Random
from typing import Any

import pytest

from graph.database import Database
from graph.registry import load_model
from resolvers.schema import load_schema
from tests.asking import Asker
from tests.conftest import FULL
from tests.generating.answering import Expected, expected
from tests.generating.documents import Case
from tests.generating.questions import Question, QuestionMaker
from tests.generating.shrinking import shrunk
from tests.generating.worlds import Graph, leaks, make_graph

KINDS = {"plain": 60, "nested": 30, "walk": 16, "figures": 24}
"""How many shapes of each kind."""
SHARE = 1 if FULL else 10
GRAPHS = 10 if FULL else 4
ROUNDS = 16
"""Values that each shape is asked with."""
MOST_TEXTS = 200 // SHARE + 5 * (SHARE > 1)
MOST_PAGES = 60

SHAPES = [(kind, number) for kind, count in KINDS.items() for number in range(SHARE // 2, count, SHARE)]


@dataclass(slots=True)
class Tally:
    """How many cases were tried, and which statements they sent."""

    cases: int = 0
    texts: set[str] = field(default_factory=set)


@pytest.fixture(scope="module")
def tally() -> Tally:
    """What the whole module tried."""
    return Tally()


@pytest.fixture(scope="module")
async def graphs(database: Database) -> list[Graph]:
    """Small random graphs."""
    made = [make_graph(seed) for seed in range(GRAPHS)]
    for graph in made:
        await database.write(list(graph.statements()))
    for one, other in pairwise(made):
        await database.write(list(leaks(one, other)))
    return made


def question(kind: str, number: int) -> Question:
    """A shape of a question, always the same."""
    rng = Random(f"{kind} {number}")  # noqa: S311 - repeatable, not secret
    return QuestionMaker(rng, load_schema(), load_model()).make(kind)


async def answer(ask: Asker, graph: Graph, query: str, variables: dict[str, Any], tally: Tally) -> Expected | None:
    """What the database answers, all pages put together."""
    ids: list[str] = []
    figures = None
    cursor: str | None = None
    for _ in range(MOST_PAGES):
        given = {**variables, "cursor": cursor} if "$cursor" in query else variables
        found = await ask(graph.viewer(), query, **given)
        tally.texts.update(found.statements)
        assert [] == found.errors, [str(error.original_error or error) for error in found.errors]
        around = found.data.get("holder", found.data)
        if around is None:
            return None
        items = around["items"]
        page = [node["id"] for node in items.get("nodes", ())]
        figures = items.get("aggregate")
        assert items.get("totalCount", len(page)) == len(page)
        backward = "before: $cursor" in query
        ids = [*page, *ids] if backward else [*ids, *page]
        if not items.get("pageInfo", {}).get("more"):
            return Expected(ids, figures)
        cursor = items["pageInfo"]["end"]
    raise AssertionError("the pages never end")


async def differs(ask: Asker, graph: Graph, case: Case, tally: Tally) -> str:
    """How the answers differ; nothing when they agree."""
    wanted = expected(graph, case.query, case.variables)
    try:
        found = await answer(ask, graph, case.query, case.variables, tally)
    except AssertionError as error:
        return str(error)
    if wanted is None or found is None:
        return "" if wanted is found else f"expected {wanted}, found {found}"
    if wanted.figures is not None:
        return "" if wanted.figures == found.figures else f"expected {wanted.figures}, found {found.figures}"
    names = {node.id: f"{node.type} {number}" for nodes in graph.nodes.values() for number, node in enumerate(nodes)}
    told = [[names.get(each, each) for each in ids] for ids in (wanted.ids, found.ids)]
    return "" if wanted.ids == found.ids else f"expected {told[0]}, found {told[1]}"


@pytest.mark.parametrize(("kind", "number"), SHAPES, ids=[f"{kind}-{number}" for kind, number in SHAPES])
async def test_the_database_answers_as_python_does(
    kind: str, number: int, graphs: list[Graph], ask: Asker, tally: Tally
) -> None:
    """The same records in the same order, the same counts and figures, for many values in several graphs."""
    shape = question(kind, number)
    rng = Random(f"values {kind} {number}")  # noqa: S311 - repeatable, not secret
    for _ in range(ROUNDS):
        graph = rng.choice(graphs)
        case = Case(shape.query, shape.variables(graph, rng), graph.seed)
        tally.cases += 1
        difference = await differs(ask, graph, case, tally)
        if difference:
            await _explain(ask, graph, case, difference)


async def _explain(ask: Asker, graph: Graph, case: Case, difference: str) -> None:
    aside, word = Tally(), difference[:8]

    async def fails(smaller: Case) -> bool:
        try:
            return (await differs(ask, graph, smaller, aside)).startswith(word)
        except Exception:  # noqa: BLE001 - what is left makes no sense
            return False

    case = await shrunk(ask.engine.schema, case, fails)
    difference = await differs(ask, graph, case, aside)
    pytest.fail(f"graph {graph.seed}\n{case.query}\n{case.variables}\n{difference}", pytrace=False)


def test_few_statements_answer_many_questions(tally: Tally) -> None:
    """Values never make a new statement, so thousands of questions stay within few that the database must plan."""
    if not tally.cases:
        pytest.skip("the questions were not asked in this run")
    assert tally.cases == len(SHAPES) * ROUNDS
    assert len(tally.texts) <= MOST_TEXTS
