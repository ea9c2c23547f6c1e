"""`c360 schema`: the schema in the schema definition language."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from graph.errors import ModelInvalid
from resolvers.schema import schema_text

COMMITTED = Path("schema.graphql")


def register(cli: typer.Typer) -> None:
    """Add the command to the command line."""
    cli.command()(schema)


def schema(
    check: Annotated[bool, typer.Option("--check", help="Fail when schema.graphql is out of date.")] = False,  # noqa: FBT002
    write: Annotated[bool, typer.Option("--write", help="Write schema.graphql.")] = False,  # noqa: FBT002
) -> None:
    """Print the schema, write it to schema.graphql, or check that the file is up to date."""
    text = schema_text()
    if write:
        COMMITTED.write_text(text, encoding="utf-8")
        typer.echo(f"wrote {COMMITTED}, {len(text)} bytes")
    elif check:
        if not COMMITTED.exists() or COMMITTED.read_text(encoding="utf-8") != text:
            raise ModelInvalid("schema.graphql is out of date.", hint="Run `c360 schema --write` and commit it.")
        typer.echo("schema.graphql is up to date")
    else:
        typer.echo(text, nl=False)
