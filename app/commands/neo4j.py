"""`c360 neo4j`: the local Neo4j."""

import sys
import time
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from app import settings
from app.progress import console, progress
from app.settings import Settings
from cypher.administration import CHANGE_OWN_PASSWORD
from graph import database
from graph.errors import C360Error, DatabaseUnavailable, LocalDatabaseFailed
from graph.local import Connection, LocalNeo4j

MEGABYTE = 1_000_000
PROMPT = "neo4j> "

group = typer.Typer(help="Run a real Neo4j on this machine, without Docker.", no_args_is_help=True)


def register(cli: typer.Typer) -> None:
    """Add the commands to the command line."""
    cli.add_typer(group, name="neo4j")


def local_server(chosen: Settings) -> LocalNeo4j:
    """Build the local Neo4j that the settings describe.

    Raises:
        LocalDatabaseFailed: The settings name another Neo4j.
    """
    if chosen.neo4j_uri is not None:
        raise LocalDatabaseFailed(
            f"C360_NEO4J_URI names another Neo4j, {chosen.neo4j_uri}: it is not started or stopped from here.",
            hint="Unset C360_NEO4J_URI to use the local one.",
        )
    return LocalNeo4j(
        home=chosen.home,
        cache=chosen.cache,
        change_password=CHANGE_OWN_PASSWORD,
        version=chosen.neo4j_version,
        port=chosen.neo4j_port,
        heap=chosen.neo4j_heap,
        pagecache=chosen.neo4j_pagecache,
        lock_timeout=chosen.lock_timeout,
    )


def connection(chosen: Settings) -> Connection:
    """Tell how to reach the Neo4j of the settings: the one they name, or the local one if it runs.

    Raises:
        DatabaseUnavailable: None is named and the local one doesn't run.
    """
    if chosen.neo4j_uri is not None:
        password = chosen.neo4j_password.get_secret_value() if chosen.neo4j_password else ""
        return Connection(chosen.neo4j_uri, chosen.neo4j_user, password)
    running = local_server(chosen).connection()
    if running is None:
        raise DatabaseUnavailable("The local Neo4j does not run.", hint="c360 neo4j start")
    return running


@group.command()
def start() -> None:
    """Start it and wait until it answers; the first time, fetch it."""
    server = local_server(settings.load())
    reached = server.start(progress)
    console.print(f"Neo4j {server.release.version} answers at {reached.uri}", highlight=False, soft_wrap=True)


@group.command()
def stop() -> None:
    """Stop it and wait until its files are closed."""
    begun = time.monotonic()
    outcome = local_server(settings.load()).stop()
    words = {
        None: "Neo4j does not run.",
        True: f"Neo4j stopped in {time.monotonic() - begun:.1f} s.",
        False: "Neo4j did not stop in time and was killed; it recovers when it starts again.",
    }
    console.print(words[outcome], highlight=False)


@group.command()
def status() -> None:
    """Print whether it runs, where it answers and what it keeps; exit status 3 when it doesn't run."""
    found = local_server(settings.load()).status()
    lines = {
        "version": found.version,
        "running": "yes" if found.pid else "no",
        "uri": found.uri,
        "pid": found.pid,
        "uptime": f"{found.uptime:.0f} s" if found.uptime is not None else None,
        "data": found.folder,
        "size": f"{found.size / MEGABYTE:.1f} MB",
    }
    for name, value in lines.items():
        if value is not None:
            typer.echo(f"{name:8} {value}")
    if not found.pid:
        raise typer.Exit(3)


@group.command()
def shell(statement: Annotated[str | None, typer.Argument(help="Cypher to run; without it, a prompt.")] = None) -> None:
    """Run Cypher: the argument, what is piped in, or what is typed at a prompt."""
    chosen = settings.load()
    reached = connection(chosen)
    if statement is None and sys.stdin.isatty():
        _prompt(reached, chosen.neo4j_database)
    else:
        _run(reached, chosen.neo4j_database, statement or sys.stdin.read())


def _prompt(reached: Connection, name: str) -> None:
    import readline  # noqa: F401, PLC0415 - gives input() a history; where it is missing only this prompt suffers

    console.print(f"{reached.uri}, database {name}. A statement ends with ;  Ctrl-D leaves.", highlight=False)
    lines: list[str] = []
    while True:
        try:
            lines.append(input(PROMPT if not lines else "     > "))
        except EOFError:
            return
        if lines[-1].rstrip().endswith(";"):
            _run_typed(reached, name, "\n".join(lines))
            lines = []


def _run_typed(reached: Connection, name: str, statement: str) -> None:
    try:
        _run(reached, name, statement)
    except C360Error as error:
        console.print(error.message, style="red", markup=False, soft_wrap=True)


def _run(reached: Connection, name: str, statement: str) -> None:
    columns, rows = database.run_once(
        reached.uri, (reached.user, reached.password), name, statement.rstrip().rstrip(";")
    )
    table = Table(*columns)
    for row in rows:
        table.add_row(*map(_cell, row))
    if columns:
        Console().print(table)
    console.print(f"{len(rows)} rows", highlight=False)


def _cell(value: Any) -> str:
    return "null" if value is None else str(value)
