"""Who GraphiQL can look at the demo as: the people of its stories, and a token for each of them.

Only a demo in development has these routes; elsewhere they are 404.
"""

from __future__ import annotations

from collections.abc import Sequence

import orjson
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from app.development_tokens import development_token
from app.http_request import JSON
from app.people import find_people
from app.settings import Settings
from graph.database import Database
from graph.errors import C360Error, DatabaseUnavailable

TOKEN_SECONDS = 3600
MOST_BYTES = 10_000
HEADERS = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}


def view_as_routes(settings: Settings, database: Database, names: Sequence[str]) -> list[BaseRoute]:
    """The routes that tell who is in the stories and make a token for one of them.

    Args:
        settings: of the server; outside development there are no such routes.
        database: where the people are.
        names: usernames and email addresses of those who can be chosen; without any there are no routes either.
    """
    if settings.environment != "development" or not names:
        return []

    async def people(_: Request) -> Response:
        try:
            found = await find_people(database, names)
        except C360Error as error:
            return _refused(503 if isinstance(error, DatabaseUnavailable) else 500, error.message)
        return JSONResponse([person.as_json() for person in found if person.roles], headers=HEADERS)

    async def token(request: Request) -> Response:
        # No form of another site can send this type.
        if request.headers.get("content-type", "").partition(";")[0].strip().lower() != JSON:
            return _refused(415, "Send the person as application/json.")
        chosen = _read(await request.body())
        try:
            found = await find_people(database, names)
            person = next((one for one in found if (one.kind, one.name, one.organization) == chosen), None)
            if person is None:
                return _refused(422, "Name one of the people of /graphiql/people.json: kind, name, organization.")
            made = development_token(settings, person.identity, TOKEN_SECONDS)
        except C360Error as error:
            return _refused(503 if isinstance(error, DatabaseUnavailable) else 500, error.message)
        return JSONResponse({"token": made, "seconds": TOKEN_SECONDS}, headers=HEADERS)

    return [Route("/graphiql/people.json", people), Route("/graphiql/token", token, methods=["POST"])]


def _read(body: bytes) -> tuple[object, object, object] | None:
    try:
        members = orjson.loads(body) if len(body) <= MOST_BYTES else None
    except ValueError:
        return None
    if not isinstance(members, dict):
        return None
    return members.get("kind"), members.get("name"), members.get("organization")


def _refused(status: int, message: str) -> Response:
    return JSONResponse({"error": message}, status, headers=HEADERS)
