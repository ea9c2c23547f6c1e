"""`c360 verify`: whether what is stored is what the facts and the rules say."""

from __future__ import annotations

import asyncio
import dataclasses
from typing import Annotated

import orjson
import typer
from rich.console import Console
from rich.table import Table

from app import settings
from app.connections import opened, running_neo4j
from app.progress import progress
from app.verification import Difference, chosen_organizations, count, verify

FIELDS = [field.name for field in dataclasses.fields(Difference)]


def register(cli: typer.Typer) -> None:
    """Add the command to the command line."""
    cli.command(name="verify")(run)


def run(
    organization: Annotated[str | None, typer.Option(help="Key of one organisation; all unless it is given.")] = None,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print each difference as a line of JSON.")] = False,
) -> None:
    """Compare what is stored with what the facts and the rules say; exit with 1 when something differs."""
    chosen = settings.load()
    console = Console(highlight=False)
    table = Table(*FIELDS, box=None, pad_edge=False)
    with running_neo4j(chosen) as connection:

        async def work() -> tuple[int, int]:
            differences = 0
            async with opened(chosen, connection) as database:
                organizations = await chosen_organizations(database, organization)
                total = await count(database, organizations)
                with progress("Verifying", total=total) as shown:
                    async for found in verify(database, organizations, advance=shown.advance):
                        differences += 1
                        if as_json:
                            typer.echo(orjson.dumps(found).decode())
                        else:
                            table.add_row(*map(str, dataclasses.astuple(found)))
            return total, differences

        total, differences = asyncio.run(work())
    if not as_json:
        if differences:
            console.print(table)
        noun = "difference" if differences == 1 else "differences"
        console.print(f"{total:,} records looked at, {differences:,} {noun}")
    if differences:
        raise typer.Exit(1)
