"""`c360 migrate`: constraints and indexes."""

from __future__ import annotations

import asyncio

import typer

from app import settings
from app.connections import opened, running_neo4j
from app.migrations import MigrationReport, migrate


def register(cli: typer.Typer) -> None:
    """Add the command to the command line."""
    cli.command(name="migrate")(run)


def run() -> None:
    """Bring the database up to this program's version: constraints, indexes, stored data."""
    chosen = settings.load()
    with running_neo4j(chosen) as connection:

        async def work() -> MigrationReport:
            async with opened(chosen, connection) as database:
                return await migrate(database)

        report = asyncio.run(work())
    applied = ", ".join(map(str, report.applied)) or "none"
    typer.echo(
        f"version {report.version}; applied now: {applied}; "
        f"{report.schema_items} constraints and indexes, {report.created} of them new"
    )
