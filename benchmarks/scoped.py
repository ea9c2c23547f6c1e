"""What access costs: the same questions to the same engine, as an administrator and as somebody who sees a part.

The administrator's statements have the organisation's predicate alone. Both take turns in one process without an HTTP
server, so that nothing hides the difference.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

from app.viewers import Identity, find_viewer
from benchmarks.questions import FOLDER
from benchmarks.scoped_data import Person, load_scoped
from benchmarks.systems import OURS
from benchmarks.targets import Target
from graph.database import Database
from graph.ids import global_id, new_id
from graph.local import Connection
from graph.viewer import Viewer
from resolvers.execution import Engine, Request

QUESTIONS = ("customer_360", "deep_page", "tree", "aggregate")
LIMITS = (1.3, 1.6, 1.3)
"""For the people in the order of `load_scoped`: a small unit, a large one, a company."""
WARM_TURNS, WARM_SECONDS = 50, 2.0
TURNS, SECONDS = 300, 5.0
LEAST_TURNS = 8


@dataclass(frozen=True, slots=True)
class Compared:
    """A question as somebody asked it: medians in milliseconds of the one who sees a part and of the administrator."""

    person: str
    question: str
    scoped: float
    whole: float
    limit: float

    def target(self) -> Target:
        """The ratio that is allowed, and that was found."""
        title = f"{self.question}, {self.person}, beside the organisation's predicate alone"
        return Target(title, self.limit, self.scoped / self.whole)


async def measure_scoped(connection: Connection, customers: int) -> list[Compared]:
    """Load what is needed and compare."""
    database = Database.open(connection.uri, (connection.user, connection.password), timeout=60.0)
    try:
        scoped = await load_scoped(database, customers)
        engine = Engine.of(database)
        administrator = await find_viewer(database, Identity("staff", scoped.administrator))
        found = []
        for person, limit in zip(scoped.people, LIMITS, strict=True):
            viewer = await find_viewer(database, Identity(person.kind, person.name))
            for question in QUESTIONS:
                scoped_ms, whole_ms = await _compare(engine, question, person, (viewer, administrator))
                found.append(Compared(person.title, question, scoped_ms, whole_ms, limit))
        return found
    finally:
        await database.close()


async def _compare(
    engine: Engine, question: str, person: Person, viewers: tuple[Viewer, Viewer]
) -> tuple[float, float]:
    query = (FOLDER / question / f"{OURS}.graphql").read_text(encoding="utf-8")
    variables = list(_variables(question, person))
    await _alternate(engine, query, variables, viewers, WARM_TURNS, WARM_SECONDS)
    taken = await _alternate(engine, query, variables, viewers, TURNS, SECONDS)
    scoped, whole = (median(some) * 1000 for some in taken)
    return scoped, whole


async def _alternate(
    engine: Engine,
    query: str,
    variables: Sequence[Mapping[str, Any]],
    viewers: tuple[Viewer, Viewer],
    turns: int,
    seconds: float,
) -> tuple[list[float], list[float]]:
    """How long each viewer waited, in turns, another one first in each; until the turns or the time are over."""
    taken: tuple[list[float], list[float]] = ([], [])
    until = time.perf_counter() + seconds
    for turn in range(turns):
        for place in (0, 1) if turn % 2 else (1, 0):
            request = Request(query, variables[turn % len(variables)], None, viewers[place], new_id())
            begun = time.perf_counter()
            result = await engine.execute(request)
            taken[place].append(time.perf_counter() - begun)
            if result.errors or not result.data or not all(result.data.values()):
                raise SystemExit(f"{viewers[place].display_name} gets no answer: {result}")
        if time.perf_counter() > until and turn >= LEAST_TURNS:
            break
    return taken


def _variables(question: str, person: Person) -> Iterator[Mapping[str, Any]]:
    match question:
        case "customer_360":
            yield from ({"id": global_id("Customer", uuid)} for uuid in person.customers)
        case "tree":
            yield {"id": global_id("Customer", person.top)}
        case _:
            yield {}


def table(found: Sequence[Compared]) -> str:
    """The figures as Markdown."""
    lines = ["| who | question | p50 ms | organisation alone, ms | ratio |", "|---|---|--:|--:|--:|"]
    lines += [
        f"| {one.person} | {one.question} | {one.scoped:,.2f} | {one.whole:,.2f} | {one.scoped / one.whole:,.2f} |"
        for one in found
    ]
    return "\n".join(lines)
