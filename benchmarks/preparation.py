"""What comes before any measurement: the questions, their statements as c360 sends them, and the check of answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass

from app.progress import progress
from benchmarks.answers import difference
from benchmarks.data import Sample
from benchmarks.questions import Case, Question, page_offsets, questions
from benchmarks.recording import Recorded, Recorder, recorder
from benchmarks.systems import OURS, Servers
from graph.local import Connection

CHECKED = 25
"""For how many choices of variables the answers are compared."""

STEP = 200
WALK = """
query Walk($first: Int!, $after: String) {
  customers(first: $first, after: $after, orderBy: [{ lifetimeValue: DESC }]) { pageInfo { endCursor } }
}
"""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with what c360 sent to the database for each of its cases."""

    question: Question
    recorded: Sequence[Recorded]


async def prepare(connection: Connection, sample: Sample, names: Sequence[str]) -> list[Asked]:
    """The questions of the given names, or all, with their statements."""
    async with AsyncExitStack() as stack:
        companies = (sample.company, sample.registry)
        recorders = {company: await stack.enter_async_context(recorder(connection, company)) for company in companies}
        cursors = await _cursors(recorders[sample.company], page_offsets(sample))
        chosen = [question for question in questions(sample, cursors) if not names or question.name in names]
        with progress("Recording statements", total=sum(len(question.cases) for question in chosen)) as shown:
            found = []
            for question in chosen:
                if not question.cases:
                    raise SystemExit(f"Too few customers to ask {question.name} about: choose more by --customers.")
                ask, text = recorders[question.company], question.text(OURS)
                recorded = []
                for case in question.cases:
                    recorded.append(await ask(text, case.ours))
                    shown.advance()
                found.append(Asked(question, recorded))
        return found


async def _cursors(ask: Recorder, offsets: Sequence[int]) -> Mapping[int, str]:
    found: dict[int, str] = {}
    at, after = 0, None
    for offset in sorted(offsets):
        while at < offset:
            first = min(STEP, offset - at)
            page = (await ask(WALK, {"first": first, "after": after})).data["customers"]
            at, after = at + first, page["pageInfo"]["endCursor"]
        found[offset] = str(after)
    return found


def check(asked: Sequence[Asked], servers: Servers) -> int:
    """Compare the answers of all systems to what c360 answers; the first difference ends the benchmark.

    Returns:
        How many answers were compared.
    """
    with progress("Comparing answers", total=sum(len(one.question.cases[:CHECKED]) for one in asked)) as shown:
        compared = 0
        for one in asked:
            for case in one.question.cases[:CHECKED]:
                compared += _compare(one.question, case, servers)
                shown.advance()
    return compared


def _compare(question: Question, case: Case, servers: Servers) -> int:
    found = {
        name: question.canonical(
            servers[name, question.company].ask(question.text(name), question.variables(name, case))
        )
        for name in question.systems()
    }
    ours = found.pop(OURS)
    if not ours:
        raise SystemExit(f"c360 answers nothing to {question.name} with {dict(case.ours)}")
    for name, theirs in found.items():
        lines = difference(ours, theirs, (OURS, name))
        if lines:
            raise SystemExit(f"The answers to {question.name} with {dict(case.peers)} differ:\n{lines}")
    return len(found)
