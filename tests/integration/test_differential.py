"""The two paths of execution, side by side: straight from the rows, and through graphql-core's executor.

The rows are invented to fit the plans, so that no database is needed. By default a tenth of the documents is tried;
`C360_TESTS=full` tries all.
"""

from __future__ import annotations

from dataclasses import replace

import orjson
import pytest

from app.examples import load_examples
from resolvers.execution import Engine
from tests.conftest import FULL
from tests.generating.differential import Answers, answer_both_ways, new_engine, same_keys
from tests.generating.documents import Case, make_case
from tests.generating.shrinking import shrunk
from tests.integration.test_golden import CASES, read_case, resolve
from tests.world import small_world

DOCUMENTS = 5_000 if FULL else 500
TOGETHER = 100
ROWS_PER_QUESTION = 10
ROWS_OF_SHORTER = 5


@pytest.fixture
def engine() -> Engine:
    """An engine of this test's own."""
    return new_engine()


def _agree(engine: Engine, answers: Answers | None) -> bool:
    """Whether both paths gave the same, and the executor the response keys that were collected."""
    if answers is None:
        return True
    query = engine.schema.query_type
    assert query is not None
    return answers.agree and all(
        selection.name == "__typename"
        or same_keys(engine.schema, query.fields[selection.name].type, selection, (answers.data or {}).get(key))
        for key, selection in answers.selections.items()
    )


async def _fails(engine: Engine, case: Case) -> bool:
    try:
        return not _agree(engine, await answer_both_ways(engine, case))
    except Exception:  # noqa: BLE001 - a fault of either path is a failure like any other
        return True


async def _check(engine: Engine, case: Case) -> None:
    async def failing(smaller: Case) -> Case | None:
        # What is taken away changes the rows that are made up: try several.
        tried = [replace(smaller, seed=case.seed + more) for more in range(ROWS_OF_SHORTER)]
        for each in tried:
            if await _fails(engine, each):
                return each
        return None

    async def fails(smaller: Case) -> bool:
        return await failing(smaller) is not None

    if not await _fails(engine, case):
        return
    case = await failing(await shrunk(engine.schema, case, fails)) or case
    answers = await answer_both_ways(engine, case)
    pytest.fail(f"seed {case.seed}\n{case.query}\n{case.variables}\n{answers and (answers.straight, answers.ordinary)}")


@pytest.mark.parametrize("begin", range(0, DOCUMENTS, TOGETHER))
async def test_both_paths_agree_on_made_up_documents(begin: int, engine: Engine) -> None:
    """Whatever is selected and whatever comes back: the same data, the same errors in the same order."""
    for seed in range(begin, begin + TOGETHER):
        await _check(engine, make_case(engine, seed))


QUESTIONS = [
    *((path.stem, read_case(path)[1]["graphql"], read_case(path)[1].get("json variables", "{}")) for path in CASES),
    *((example.name, example.query, orjson.dumps(dict(example.variables)).decode()) for example in load_examples()),
]


@pytest.mark.parametrize(("name", "query", "variables"), QUESTIONS, ids=[name for name, *_ in QUESTIONS])
async def test_both_paths_agree_on_the_corpus(name: str, query: str, variables: str, engine: Engine) -> None:
    """The golden questions and the examples, each over several sets of rows."""
    given = resolve(orjson.loads(variables), small_world(name))

    for seed in range(ROWS_PER_QUESTION):
        await _check(engine, Case(query, given, seed))


async def test_most_made_up_documents_reach_the_rows(engine: Engine) -> None:
    """Few documents are refused, some end in errors, and most bring data: the test above looks at something."""
    found = [await answer_both_ways(engine, make_case(engine, seed)) for seed in range(100)]
    answered = [answers for answers in found if answers is not None]

    assert len(answered) > 85
    assert any(answers.straight[1] for answers in answered)
    assert sum(len(answers.straight[0]) > 60 for answers in answered) > 50


async def test_a_failing_case_is_cut_down(engine: Engine) -> None:
    """What does not belong to a failure is taken away, with the variables and fragments that only it used."""
    query = """query Q($n: Int, $yes: Boolean!) { customers(first: $n) { ...F nodes { name } } viewer { currency } }
    fragment F on CustomerConnection { totalCount pageInfo @skip(if: $yes) { endCursor hasNextPage } }"""

    async def fails(case: Case) -> bool:
        return "endCursor" in case.query

    case = await shrunk(engine.schema, Case(query, {"n": 1, "yes": False}, 0), fails)

    assert "{customers{...F}}fragmentFonCustomerConnection{pageInfo{endCursor}}" == "".join(case.query.split())[6:]
    assert {} == case.variables
