"""`c360 jobs`: writes that are too large for one transaction."""

from __future__ import annotations

import asyncio
from typing import Annotated

import typer

from app import settings
from app.connections import opened, running_neo4j
from app.jobs import Jobs
from app.progress import progress
from cypher.jobs import reopen_jobs

group = typer.Typer(help="Writes that are too large for one transaction.", no_args_is_help=True)


def register(cli: typer.Typer) -> None:
    """Add the commands to the command line."""
    cli.add_typer(group, name="jobs")


@group.command(name="run")
def run(*, failed: Annotated[bool, typer.Option("--failed", help="Also those that were given up.")] = False) -> None:
    """Work on all jobs that nobody else works on, until they are done; servers do so by themselves."""
    chosen = settings.load()
    with running_neo4j(chosen) as connection:

        async def work() -> int:
            async with opened(chosen, connection) as database:
                if failed:
                    await database.write([reopen_jobs()])
                with progress("Working on jobs") as shown:
                    return await Jobs(database).work(shown.advance)

        finished = asyncio.run(work())
    typer.echo(f"{finished} jobs finished")
