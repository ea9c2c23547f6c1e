"""How fast c360 answers, beside the bare driver and other servers on the same Neo4j with the same data."""

from __future__ import annotations

import argparse
import asyncio
import shutil
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from app.progress import progress
from benchmarks import report
from benchmarks.data import Sample, choose, neo4j_with_data
from benchmarks.driver import bare_driver
from benchmarks.load import need_wrk
from benchmarks.measuring import Bench, Effort, Results
from benchmarks.node import node
from benchmarks.plot import draw
from benchmarks.preparation import Asked, check, prepare
from benchmarks.scoped import measure_scoped, table
from benchmarks.share import own_share
from benchmarks.systems import ROOT, servers
from benchmarks.targets import VIEW, targets
from benchmarks.versions import described
from benchmarks.writes import ROWS, run_writes
from graph.local import Connection

PAGE, PICTURE = ROOT / "docs" / "benchmarks.md", ROOT / "docs" / "benchmarks.svg"
LARGEST_PICTURE = 60_000
_SHOWN = "![Requests a second of each system for each question](benchmarks.svg)"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run found."""

    asked: Sequence[Asked]
    compared: int
    results: Results
    share: float | None
    machine: str


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add what can be chosen."""
    parser.add_argument("--customers", type=int, default=20_000, help="customers of the demo")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="keep the loaded Neo4j there, or use the one there")
    parser.add_argument("--seconds", type=float, default=4.0, help="length of a round, whole seconds")
    parser.add_argument("--rounds", type=int, default=5, help="rounds of which the median counts")
    parser.add_argument("--connections", default="1,16,64", help="numbers of connections")
    parser.add_argument("--questions", default="", help="only these, such as customer_360,tree")
    parser.add_argument("--no-access", action="store_true", help="leave out what access costs")
    parser.add_argument("--no-writes", action="store_true", help="leave out bulk writes")
    parser.add_argument("--write", action="store_true", help="write the figures into docs/benchmarks.md")


def run(options: argparse.Namespace) -> None:
    """Measure, print the tables, and write them when asked."""
    need_wrk()
    node()
    effort = Effort(options.rounds, options.seconds, tuple(int(n) for n in options.connections.split(",")))
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="c360-bench-")))
        home = options.keep or folder
        home.mkdir(parents=True, exist_ok=True)
        connection, viewer = stack.enter_context(neo4j_with_data(home.resolve(), options.customers, options.data))
        with progress("Choosing what to ask about"):
            sample = choose(connection, viewer)
        found = _measure(connection, sample, effort, [n for n in options.questions.split(",") if n], folder)
        scoped = [] if options.no_access else asyncio.run(measure_scoped(connection, options.customers))
    written = None if options.no_writes else run_writes(ROWS)
    questions = [one.question for one in found.asked]
    reached = [*targets(found.results, found.share), *(one.target() for one in scoped)]
    reached += written.targets() if written else []
    console = Console(width=None if Console().is_terminal else 140, highlight=False)
    report.show(console, questions, found.results, effort.connections)
    console.print(f"{found.compared} answers of the peers were the same as c360's.")
    report.show_targets(console, reached)
    if options.write:
        tables = report.markdown(questions, found.results, effort.connections, reached)
        _draw(found.results, effort)
        tables += f"\n\n### access\n\nWhat narrow sight costs.\n\n{table(scoped)}" if scoped else ""
        tables += f"\n\n### writes\n\nCustomers upserted in bulk.\n\n{written.table()}" if written else ""
        report.write(PAGE, f"{found.machine}\n{_effort(effort, found)}\n\n{_SHOWN}\n\n{tables}")
        console.print(f"Written: {PAGE.relative_to(ROOT)}, {PICTURE.relative_to(ROOT)}")


def _measure(connection: Connection, sample: Sample, effort: Effort, names: Sequence[str], folder: Path) -> Outcome:
    asked = asyncio.run(prepare(connection, sample, names))
    with servers(connection, sample, folder) as started, bare_driver(connection) as bare:
        compared = check(asked, started)
        results = Bench(started, bare, folder).run(asked, effort)
    view = next((one for one in asked if one.question.name == VIEW), None)
    share = asyncio.run(own_share(connection, view)) if view else None
    return Outcome(asked, compared, results, share, described(connection, sample))


def _effort(effort: Effort, found: Outcome) -> str:
    return (
        f"- Medians of {effort.rounds} rounds of {effort.seconds:g} s; {found.compared} answers of the peers compared "
        "with c360's before, none different."
    )


def _draw(results: Results, effort: Effort) -> None:
    with tempfile.TemporaryDirectory() as folder:
        drawn = Path(folder) / PICTURE.name
        draw(drawn, results, 16 if 16 in effort.connections else effort.connections[0])  # noqa: PLR2004
        if drawn.stat().st_size > LARGEST_PICTURE:
            raise SystemExit(f"The picture has more than {LARGEST_PICTURE} bytes.")
        shutil.copyfile(drawn, PICTURE)
