"""`c360 import`: data sets into the graph."""

from __future__ import annotations

import asyncio
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from app import settings
from app.connections import running_neo4j
from app.importers import chinook, northwind, online_retail, ror
from app.importers.engine import BATCH_SIZE, Options, Source, Summary, run_import
from app.migrations import migrate
from app.organizations import slug
from app.progress import Progress, progress
from graph.database import Database
from graph.money import to_major
from graph.types.enums import AccountPolicy

TRANSACTION_SECONDS = 120.0
"""A batch may take longer than a request."""

group = typer.Typer(
    help="Import a data set; it can be run again, and goes on after it was stopped.", no_args_is_help=True
)

Organization = Annotated[str, typer.Option(help="Organisation to import into; created when it is not there.")]
Report = Annotated[
    Path | None,
    typer.Option(help="File for the rows that could not be loaded, or deserve a look: CSV, or JSON lines by `.jsonl`."),
]
BatchSize = Annotated[int, typer.Option(min=1, max=100_000, help="Rows in one transaction, about.")]
Policy = Annotated[
    AccountPolicy | None,
    typer.Option(
        "--account-policy",
        parser=lambda text: AccountPolicy[text.upper()],
        metavar="[create|match]",
        help="How a new customer gets its account; by default as its channel says.",
    ),
]


def register(cli: typer.Typer) -> None:
    """Add the commands to the command line."""
    cli.add_typer(group, name="import")


@group.command(name="online-retail")
def import_online_retail(
    file: Annotated[Path, typer.Argument(help="UCI Online Retail as CSV in UTF-8, gzipped or not.")],
    organization: Organization = online_retail.ORGANIZATION,
    report: Report = None,
    batch_size: BatchSize = BATCH_SIZE,
    account_policy: Policy = None,
) -> None:
    """Import UCI Online Retail: the invoices of a web shop."""
    run_source(online_retail.OnlineRetail(file), organization, report, batch_size, account_policy)


@group.command(name="ror")
def import_ror(
    folder: Annotated[Path, typer.Argument(help="Folder with organizations, parent_child and successors as .csv.gz.")],
    organization: Organization = ror.ORGANIZATION,
    report: Report = None,
    batch_size: BatchSize = BATCH_SIZE,
    account_policy: Policy = None,
) -> None:
    """Import the Research Organization Registry: organisations and whose part they are."""
    run_source(ror.Ror(folder), organization, report, batch_size, account_policy)


@group.command(name="northwind")
def import_northwind(
    folder: Annotated[Path, typer.Argument(help="Folder with the CSV files of Northwind.")],
    organization: Organization = northwind.ORGANIZATION,
    report: Report = None,
    batch_size: BatchSize = BATCH_SIZE,
    account_policy: Policy = None,
) -> None:
    """Import Northwind: a wholesaler's customers, orders and staff."""
    run_source(northwind.Northwind(folder), organization, report, batch_size, account_policy)


@group.command(name="chinook")
def import_chinook(
    file: Annotated[Path, typer.Argument(help="Chinook as an SQLite file.")],
    organization: Organization = chinook.ORGANIZATION,
    report: Report = None,
    batch_size: BatchSize = BATCH_SIZE,
    account_policy: Policy = None,
) -> None:
    """Import Chinook: a music shop's customers, invoices and staff."""
    run_source(chinook.Chinook(file), organization, report, batch_size, account_policy)


def run_source(
    source: Source, organization: str, report: Path | None, batch_size: int, policy: AccountPolicy | None
) -> None:
    """Import a source into the database of the settings and print what was done."""
    chosen = settings.load()
    where = report or chosen.home / "imports" / f"{source.name}-{slug(organization)}.csv"
    options = Options(organization, where, policy, batch_size)
    source.check()
    with running_neo4j(chosen) as connection:

        async def work() -> Summary:
            database = Database.open(
                connection.uri,
                (connection.user, connection.password),
                name=chosen.neo4j_database,
                timeout=TRANSACTION_SECONDS,
            )
            try:
                await migrate(database)
                return await run_import(database, source, options, _shown)
            finally:
                await database.close()

        summary = asyncio.run(work())
    show(summary)


def show(summary: Summary) -> None:
    """Print what an import did."""
    console, tally = Console(highlight=False), summary.tally
    table = Table("", "created", "updated", "unchanged", box=None, pad_edge=False)
    for column in table.columns[1:]:
        column.justify = "right"
    for kind, counts in tally.counts.items():
        table.add_row(kind, f"{counts.created:,}", f"{counts.updated:,}", f"{counts.unchanged:,}")
    console.print(f"{summary.organization.name}: channel {summary.channel}", markup=False)
    if summary.resumed_after:
        console.print(f"went on after {summary.resumed_after:,} rows of an unfinished run")
    console.print(table)
    console.print(f"rows: {tally.rows:,} read, {tally.rows - tally.lost:,} loaded, {tally.lost:,} failed")
    for name, total in tally.sums.items():
        amount = name.startswith("amount")
        shown = (
            f"{to_major(total, summary.organization.currency)} {summary.organization.currency}"
            if amount
            else f"{total:,}"
        )
        console.print(f"{name} in the source: {shown}", markup=False)
    console.print(f"{summary.seconds:.1f} s, {tally.rows / max(summary.seconds, 0.001):,.0f} rows a second")
    noted = tally.lost + tally.notes
    console.print(f"report: {summary.report} ({noted:,} rows)", markup=False, soft_wrap=True)


def _shown(label: str, size: float) -> AbstractContextManager[Progress]:
    return progress(label, total=size, unit="bytes")
