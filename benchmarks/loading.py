"""How fast imports load, against bare loaders on the same Neo4j: `python -m benchmarks.loading`.

One fresh local Neo4j; importer and bare loader in turns, each run into an organisation of its own; then the graphs
are compared by counts. Read the ratio: absolute numbers depend on the machine and on what else it does.
"""

from __future__ import annotations

import argparse
import asyncio
import csv
import itertools
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from app.commands.neo4j import local_server
from app.importers.engine import BATCH_SIZE, Options, Source, run_import
from app.importers.online_retail import COLUMNS, OnlineRetail
from app.importers.ror import Ror
from app.importers.target import open_channel
from app.migrations import migrate
from app.organizations import ensure_organization
from app.progress import Progress
from app.settings import Settings
from benchmarks import bare
from graph.database import Database

COUNTS = (
    "MATCH (n {organizationId: $org}) WHERE NOT n:ImportRun UNWIND labels(n) AS kind RETURN kind, count(*) AS many "
    "UNION ALL MATCH (n {organizationId: $org})-[r]->() RETURN type(r) AS kind, count(*) AS many"
)
CUT = {"LifetimeValue", "VALUE_OF", "IN_CHANNEL"}
WARM_ROWS = 3000


@dataclass(frozen=True, slots=True)
class Bench:
    """One data set: the importer's source, the bare loader's batches, and how many rows it has."""

    name: str
    source: Source
    bare: Callable[..., Iterator[bare.Statements]]
    path: Path
    rows: int


class Silent:
    """Progress that nobody sees."""

    def advance(self, amount: float = 1) -> None:
        """Do nothing."""


@contextmanager
def silent(_label: str, _size: float) -> Iterator[Progress]:
    """Show no progress."""
    yield Silent()


async def ours(database: Database, bench: Bench, name: str, size: int, folder: Path) -> None:
    """Import."""
    options = Options(name, folder / "report.csv", batch_size=size)
    await run_import(database, bench.source, options, silent)


async def theirs(database: Database, bench: Bench, name: str, size: int, _: Path) -> None:
    """Load barely."""
    organization = await ensure_organization(database, name, bench.source.currency)
    target = await open_channel(database, organization, bench.source.channel, None)
    async with database.driver.session() as session:
        await bare.load(session, target, bench.bare(bench.path, target, size))


Loader = Callable[[Database, Bench, str, int, Path], Awaitable[None]]
LOADERS: dict[str, Loader] = {"bare": theirs, "c360": ours}


async def counts(database: Database, name: str) -> dict[str, int]:
    """How many nodes of each label and relationships of each type an organisation has."""
    async with database.driver.session() as session:
        found = await session.run("MATCH (o:Organization {name: $name}) RETURN o.id AS id", name=name)
        org = (await found.single(strict=True))["id"]
        return {row["kind"]: row["many"] async for row in await session.run(COUNTS, org=org)}


async def measure(database: Database, bench: Bench, rounds: int, size: int, folder: Path) -> dict[str, list[float]]:
    """Seconds of each loader in each round."""
    seconds: dict[str, list[float]] = {name: [] for name in LOADERS}
    for number in range(rounds):
        found = {}
        for kind, loader in LOADERS.items():
            name = f"{bench.name} {kind} {number}"
            begun = time.perf_counter()
            await loader(database, bench, name, size, folder)
            seconds[kind].append(time.perf_counter() - begun)
            print(f"{name}: {seconds[kind][-1]:.1f} s", flush=True)
            found[kind] = await counts(database, name)
        check_same(found["bare"], found["c360"])
    return seconds


def check_same(one: dict[str, int], other: dict[str, int]) -> None:
    """Stop when the graphs differ; how fine the history of lifetime values is depends on where batches are cut."""
    for kind in sorted(one.keys() | other.keys()):
        slack = 0.02 * one.get(kind, 0) if kind in CUT else 0
        if abs(one.get(kind, 0) - other.get(kind, 0)) > slack:
            raise SystemExit(f"the graphs differ: {one.get(kind, 0)} and {other.get(kind, 0)} of {kind}")


def first_rows(path: Path, folder: Path, rows: int) -> Path:
    """A file of the first rows of another."""
    target = folder / f"first-{rows}.csv"
    with target.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        writer.writerows(itertools.islice(bare.rows_of(path), rows))
    return target


def benches(data: Path, folder: Path, rows: int) -> list[Bench]:
    """What is measured."""
    retail = data / "online_retail" / "online_retail.csv.gz"
    part = first_rows(retail, folder, rows)
    loaded = sum(1 for _ in bare.rows_of(part))
    registry = data / "ror"
    edges = sum(1 for name in Ror(registry).files for _ in bare.rows_of(name))
    return [
        Bench("online-retail", OnlineRetail(part), bare.online_retail, part, loaded),
        Bench("ror", Ror(registry), bare.ror, registry, edges),
    ]


async def run(connection: Any, options: argparse.Namespace, folder: Path) -> Table:
    """Measure everything on one database."""
    database = Database.open(connection.uri, (connection.user, connection.password), timeout=120.0)
    table = Table("data set", "rows", "bare rows/s", "c360 rows/s", "ratio", box=None)
    try:
        await migrate(database)
        warm = first_rows(options.data / "online_retail" / "online_retail.csv.gz", folder, WARM_ROWS)
        await measure(
            database,
            Bench("warm", OnlineRetail(warm), bare.online_retail, warm, WARM_ROWS),
            2,
            options.batch_size,
            folder,
        )
        for bench in benches(options.data, folder, options.rows):
            seconds = await measure(database, bench, options.rounds, options.batch_size, folder)
            rates = {kind: bench.rows / statistics.median(found) for kind, found in seconds.items()}
            ratio = rates["c360"] / rates["bare"]
            table.add_row(
                bench.name, f"{bench.rows:,}", f"{rates['bare']:,.0f}", f"{rates['c360']:,.0f}", f"{ratio:.2f}"
            )
    finally:
        await database.close()
    return table


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print a table; without arguments those of the command line count."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--rows", type=int, default=100_000, help="rows of Online Retail, of 541,909")
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--batch-size", type=int, default=BATCH_SIZE)
    chosen = Settings()
    parser.add_argument(
        "--data", type=Path, default=chosen.data, required=chosen.data is None, help="folder of the data sets"
    )
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        here = chosen.model_copy(update={"home": Path(folder), "neo4j_port": 0, "neo4j_uri": None})
        with local_server(here).running() as connection:
            table = asyncio.run(run(connection, options, Path(folder)))
    Console().print(table)


if __name__ == "__main__":
    main()
