"""`c360 explain`: what becomes of a document on its way to the database."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Annotated, Any

import typer
from graphql import GraphQLError, GraphQLSyntaxError
from rich.console import Console

from app import settings
from app.connections import opened, running_neo4j
from app.examples import VARIABLES_SUFFIX
from app.explained import print_explanation
from app.limits import document_limits, read_limits
from app.options import KindOption, OrganizationOption
from app.people import find_people, the_one
from app.settings import Settings
from app.viewers import development_identity, find_viewer
from graph.errors import BadInput, C360Error, ParseFailed, ValidationFailed
from graph.ids import new_id
from graph.local import Connection
from resolvers.execution import Engine, Request
from resolvers.explanation import Explanation, explain

WIDTH = 140
"""Columns where the output is no terminal."""


def register(cli: typer.Typer) -> None:
    """Add the command to the command line."""
    cli.command(name="explain")(run)


def run(
    file: Annotated[Path, typer.Argument(help="The document.")],
    variables: Annotated[
        str | None, typer.Option(help="Variables: JSON, or a file of it; else the file beside the document.")
    ] = None,
    operation: Annotated[str | None, typer.Option(help="Name of the operation, where there are several.")] = None,
    as_name: Annotated[
        str | None, typer.Option("--as", help="Username of a user, or email of a customer user, who asks.")
    ] = None,
    organization: OrganizationOption = None,
    kind: KindOption = None,
    profile: Annotated[bool, typer.Option("--profile", help="Run it, and tell rows and db hits.")] = False,  # noqa: FBT002
) -> None:
    """Print the selection, the plan, the Cypher and the database's plan of each root field of a document."""
    chosen = settings.load()
    query, given = _text(file), _variables(file, variables)
    with running_neo4j(chosen) as connection:
        asker = (as_name, organization, kind) if as_name else None
        found = asyncio.run(_explain(chosen, connection, (query, given, operation), asker, profile=profile))
    print_explanation(found, Console(width=None if Console().is_terminal else WIDTH))


async def _explain(
    chosen: Settings,
    connection: Connection,
    asked: tuple[str, dict[str, Any], str | None],
    asker: tuple[str, str | None, str | None] | None,
    *,
    profile: bool,
) -> Explanation:
    async with opened(chosen, connection) as database:
        identity = development_identity(chosen.viewer)
        if asker:
            identity = the_one(await find_people(database, [asker[0]]), *asker).identity
        viewer = await find_viewer(database, identity)
        engine = Engine.of(database, read_limits(chosen), document_limits(chosen))
        try:
            return await explain(engine, database, Request(*asked, viewer, new_id()), profile=profile)
        except GraphQLError as error:
            raise _told(error) from error


def _told(error: GraphQLError) -> C360Error:
    """The error as the command line shows it, with its place in the document."""
    if isinstance(error.original_error, C360Error):
        return error.original_error
    place = "".join(f" (line {found.line}, column {found.column})" for found in (error.locations or ())[:1])
    kind = ParseFailed if isinstance(error, GraphQLSyntaxError) else ValidationFailed
    return kind(error.message + place, hint="Mend the document; `c360 schema` prints what can be asked.")


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(f"Can't read {path}: {error}", hint="Name a file of GraphQL in UTF-8.") from error


def _variables(document: Path, given: str | None) -> dict[str, Any]:
    """Variables as JSON, from a file, or from the file beside the document."""
    beside = document.with_suffix(VARIABLES_SUFFIX)
    if given is None and not beside.exists():
        return {}
    text = given if given is not None and given.lstrip().startswith("{") else _text(Path(given) if given else beside)
    try:
        found = json.loads(text)
    except ValueError as error:
        raise BadInput(f"The variables are not JSON: {error}", hint='Write them as {"name": value}.') from error
    if not isinstance(found, dict):
        raise BadInput("The variables are not one JSON object.", hint='Write them as {"name": value}.')
    return found
