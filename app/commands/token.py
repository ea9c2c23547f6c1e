"""`c360 token`: a token for development."""

from __future__ import annotations

import asyncio
import re
from typing import Annotated

import typer

from app import settings
from app.connections import opened, running_neo4j
from app.development_tokens import development_token, refuse_production
from app.options import KindOption, OrganizationOption
from app.people import Person, find_people, the_one
from app.progress import console
from app.settings import Settings
from graph.errors import BadInput
from graph.local import Connection

SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}
LONGEST_SECONDS = 365 * 86_400


def register(cli: typer.Typer) -> None:
    """Add the command to the command line."""
    cli.command(name="token")(run)


def run(
    name: Annotated[str, typer.Option("--as", help="Username of a member of staff, or email of a customer user.")],
    organization: OrganizationOption = None,
    kind: KindOption = None,
    ttl: Annotated[str, typer.Option(help="How long it is good: a number with s, m, h or d.")] = "1h",
) -> None:
    """Print a token for development, as somebody who is in the graph."""
    chosen, seconds = settings.load(), read_seconds(ttl)
    # Known before a database is started.
    refuse_production(chosen)
    with running_neo4j(chosen) as connection:
        people = asyncio.run(_find(chosen, connection, name))
    person = the_one(people, name, organization, kind)
    typer.echo(development_token(chosen, person.identity, seconds))
    shown = f"{person.display_name}, {person.kind} of {person.organization_name}, for {ttl}"
    console.print(shown, highlight=False, markup=False)


def read_seconds(text: str) -> int:
    """A duration such as `90s`, `30m`, `1h` or `7d` in seconds.

    Raises:
        BadInput: it is none, or longer than a year.
    """
    found = re.fullmatch(r"([1-9][0-9]{0,8})([smhd])", text)
    seconds = int(found[1]) * SECONDS[found[2]] if found else 0
    if not 0 < seconds <= LONGEST_SECONDS:
        raise BadInput(f"A token can't be good for {text!r}.", hint="Say such as 30m, 1h or 7d; at most 365d.")
    return seconds


async def _find(chosen: Settings, connection: Connection, name: str) -> list[Person]:
    async with opened(chosen, connection) as database:
        return await find_people(database, [name])
