"""`c360 demo`: the main job from nothing: Neo4j, example data, two views of it, the API."""

from __future__ import annotations

import asyncio
import contextlib
from typing import Annotated

import typer
from rich.console import Console

from app import settings
from app.commands.serve import listen, serve_until_stopped
from app.connections import opened, running_neo4j
from app.demo import load_demo
from app.examples import load_examples
from app.migrations import migrate
from app.progress import progress
from app.report import print_report
from app.settings import Settings
from app.trusted import trusted_documents, trusted_examples
from app.viewers import development_identity, find_viewer
from graph.local import Connection


def register(cli: typer.Typer) -> None:
    """Add the command to the command line."""
    cli.command()(demo)


def demo(
    customers: Annotated[int, typer.Option(min=1, help="How many customers there are in all.")] = 2000,
    once: Annotated[bool, typer.Option("--once", help="Leave after printing instead of serving.")] = False,  # noqa: FBT002
) -> None:
    """Start Neo4j, fill it with two stories and invented companies, print two views, then serve the API."""
    chosen = settings.load()
    # GraphiQL offers the examples: trusted, they are planned before somebody clicks one.
    trusted = (*trusted_documents(chosen), *trusted_examples(load_examples(), chosen))
    with contextlib.ExitStack() as stack:
        # The port is taken first: nobody wants to wait for minutes to hear that it is in use.
        listening = None if once else stack.enter_context(listen(chosen))
        connection = stack.enter_context(running_neo4j(chosen))
        viewer, people = asyncio.run(_prepare(chosen, connection, customers))
        if listening is not None:
            serve_until_stopped(chosen.model_copy(update={"viewer": viewer}), connection, listening, trusted, people)


async def _prepare(chosen: Settings, connection: Connection, customers: int) -> tuple[str, tuple[str, ...]]:
    """Fill the database and print the report; the answer is the user whom it was made for, and all in the stories."""
    async with opened(chosen, connection) as database:
        with progress("Preparing constraints and indexes"):
            await migrate(database)
        summary = await load_demo(database, customers=customers, progress=progress)
        username = chosen.viewer or summary.viewer
        viewer = await find_viewer(database, development_identity(username))
        await print_report(database, viewer, Console(width=None if Console().is_terminal else 140))
        return username, summary.people
