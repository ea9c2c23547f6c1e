"""What Neo4j's planning of a new statement costs: `python -m benchmarks.planning`.

One local Neo4j with the demo's data, started anew: its first plannings, then plannings of a warm server. A statement is
new when its text is: the alias `row` gets a number. It is planned without rows, for an organisation that is not there.
Read the ratios: absolute numbers depend on the machine and on what else it does.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import re
import statistics
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from app.commands.neo4j import local_server
from app.demo import load_demo
from app.examples import load_examples
from app.migrations import migrate
from app.settings import Settings
from app.viewers import development_identity, find_viewer
from cypher.printer import Statement
from graph.database import Database
from graph.ids import new_id
from graph.local import Connection
from resolvers.execution import Engine, Prepared, Request
from resolvers.timings import Timings

NOBODY = "nobody"
WARM_UP = 150
BRANCHES = 12
LENGTHS = (5, 50, 500, 5, 50, 500)
ROW = re.compile(r"\brow\b")
_numbers = itertools.count()


@dataclass(frozen=True, slots=True)
class Case:
    """A statement under a name."""

    name: str
    statement: Statement

    def new(self) -> Statement:
        """The same statement in a text that was never seen."""
        return Statement(ROW.sub(f"row{next(_numbers)}", self.statement.text), self.statement.parameters)


async def milliseconds(database: Database, statement: Statement) -> float:
    """How long one statement takes."""
    begun = time.perf_counter()
    await database.read([statement])
    return (time.perf_counter() - begun) * 1000


async def examples(database: Database, username: str) -> list[Case]:
    """The longest statement of each example query."""
    viewer = await find_viewer(database, development_identity(username))
    engine = Engine.of(database)
    found = []
    for example in load_examples():
        request = Request(example.query, example.variables, None, viewer, new_id())
        prepared = engine.prepare(request, Timings())
        if not isinstance(prepared, Prepared):
            raise SystemExit(f"{example.name} is refused: {prepared.errors}")
        planned = [bound for bound in prepared.planned.values() if not isinstance(bound, Exception)]
        largest = max(planned, key=lambda bound: len(bound.statement.text))
        found.append(Case(example.name, largest.statement))
    return found


def unseen(case: Case, organization: str) -> Statement:
    """A new text that finds nothing."""
    return Statement(case.new().text, replaced(case.statement.parameters, organization))


def replaced(value: Any, organization: str) -> Any:
    """The same values with the organisation that is not there."""
    if isinstance(value, dict):
        return {key: replaced(inner, organization) for key, inner in value.items()}
    return NOBODY if value == organization else value


def built(name: str, column: str, *, count: int = BRANCHES) -> Case:
    """An account with a number of columns; `#` in a column is its number."""
    columns = ", ".join(["a.id", *(column.replace("#", str(number)) for number in range(count))])
    text = "CYPHER 5 MATCH (a:Account) WHERE a.organizationId = $org AND a.id = $id RETURN [" + columns + "] AS row"
    return Case(name, Statement(text, {"org": NOBODY, "id": NOBODY, "n": 5, "keys": ["p0", "p1"]}))


def shapes() -> Iterator[Case]:
    """Statements that differ in one thing."""
    start, sort = "COLLECT { MATCH (a)-[:R#]->", "WITH x# ORDER BY x#.id LIMIT $n RETURN "
    node, access = "(x#:Customer) ", "WHERE x#.organizationId = $org "
    many = ":Order|Cart|Lead|Opportunity|Case|Call|Email|Task|Note|Event"
    eight = "[" + ", ".join(f"x#.p{number}" for number in range(8)) + "] AS row }"
    one = "[x#.p0] AS row }"
    via = "(z#:Customer WHERE z#.organizationId = $org)"
    yield built("nothing but the account", "#")
    yield built("a list of records", start + node + access + sort + one)
    yield built("without the access predicate", start + node + sort + one)
    yield built("with an access predicate no index serves", start + node + "WHERE x#.nothing = $org " + sort + one)
    yield built("without the label", start + "(x#) " + access + sort + one)
    yield built("with one of ten labels", start + f"(x#{many}) " + access + sort + one)
    yield built("without order and limit", start + node + access + "RETURN " + one)
    yield built("with eight properties", start + node + access + sort + eight)
    yield built("with properties by a list", start + node + access + sort + "[k IN $keys | x#[k]] AS row }")
    yield built(
        "over a hop {0,1}", start.replace("(a)", f"(a)(()-[:Q]->{via}){{0,1}} (v#)") + node + access + sort + one
    )
    yield built("over a hop *0..1", start.replace("(a)", "(a)-[:Q*0..1]->(v#)") + node + access + sort + one)
    yield built("a count", "COUNT { MATCH (a)-[:R#]->" + node + access + "}")


async def first_plannings(database: Database, case: Case, organization: str) -> list[float]:
    """The first plannings of a server."""
    return [await milliseconds(database, unseen(case, organization)) for _ in range(20)]


def by_number(seconds: Sequence[float]) -> Table:
    """How plannings become faster."""
    table = Table("planning", "ms", title="a server just started", min_width=30, box=None)
    for number in (1, 2, 5, 10, 20):
        table.add_row(str(number), f"{seconds[number - 1]:,.0f}")
    return table


async def plannings(database: Database, cases: Sequence[Case], organization: str, rounds: int) -> Table:
    """Planning beside running, for the example queries."""
    table = Table("statement", "characters", "planned ms", "run ms", title="a warm server", box=None)
    for case in cases:
        new = [await milliseconds(database, unseen(case, organization)) for _ in range(rounds)]
        known = [await milliseconds(database, case.statement) for _ in range(5 * rounds)]
        text = f"{len(case.statement.text):,}"
        table.add_row(case.name, text, f"{statistics.median(new):.0f}", f"{statistics.median(known[5:]):.1f}")
    return table


async def costs(database: Database, rounds: int) -> Table:
    """What one column of each shape adds, in turns so that what else the machine does falls on all of them."""
    cases = list(shapes())
    found: dict[str, list[float]] = {case.name: [] for case in cases}
    for _ in range(rounds + 2):
        for case in cases:
            found[case.name].append(await milliseconds(database, case.new()))
    base, *others = [(name, min(values[2:])) for name, values in found.items()]
    table = Table("column", "ms each", title="what planning a column costs", box=None)
    for name, least in others:
        table.add_row(name, f"{(least - base[1]) / BRANCHES:.1f}")
    return table


async def sizes(database: Database) -> Table:
    """One text with values of different length: as a parameter, and as an entry of a parameter that is a map."""
    table = Table("value", *map(str, LENGTHS), title="ms of one text by the length of a value", box=None)
    case = next(itertools.islice(shapes(), 1, None))
    for name, place in (("a parameter", "$id"), ("an entry of a map", "$values.id")):
        new = case.new()
        text = new.text.replace("$id", place)
        taken = []
        for length in LENGTHS:
            value = {"id": "x" * length}
            given = value if place == "$id" else {"values": value}
            statement = Statement(text, {"org": NOBODY, "n": 5, **given})
            taken.append(await milliseconds(database, statement))
        table.add_row(name, *(f"{one:.0f}" for one in taken))
    return table


async def load(connection: Connection) -> tuple[str, str]:
    """Fill the database; the answer is the viewer's name and organisation."""
    database = Database.open(connection.uri, (connection.user, connection.password), timeout=300.0)
    try:
        await migrate(database)
        summary = await load_demo(database, customers=200)
        viewer = await find_viewer(database, development_identity(summary.viewer))
        return summary.viewer, viewer.organization_id
    finally:
        await database.close()


async def measure(connection: Connection, username: str, organization: str, rounds: int) -> list[Table]:
    """Measure everything on a server just started."""
    database = Database.open(connection.uri, (connection.user, connection.password), timeout=300.0)
    try:
        cases = await examples(database, username)
        account = cases[0]
        first = by_number(await first_plannings(database, account, organization))
        for case in itertools.islice(itertools.cycle(cases), WARM_UP):
            await milliseconds(database, unseen(case, organization))
        return [
            first,
            await plannings(database, cases, organization, rounds),
            await costs(database, rounds),
            await sizes(database),
        ]
    finally:
        await database.close()


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print tables; without arguments those of the command line count."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--rounds", type=int, default=9)
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        here = Settings().model_copy(update={"home": Path(folder), "neo4j_port": 0, "neo4j_uri": None})
        with local_server(here).running() as connection:
            username, organization = asyncio.run(load(connection))
        with local_server(here).running() as connection:
            tables = asyncio.run(measure(connection, username, organization, options.rounds))
    for table in tables:
        Console().print(table)


if __name__ == "__main__":
    main()
