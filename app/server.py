"""The ASGI application: GraphQL, GraphiQL, and the two probes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from app.authentication import Authentication
from app.examples import load_examples
from app.graphql_http import GraphQLEndpoint
from app.jobs import Jobs
from app.limits import document_limits, read_limits
from app.pages import page_routes
from app.persisted import PersistedDocuments
from app.settings import Settings
from app.sweeping import sweep_hourly
from app.trusted import TrustedDocument
from app.view_as import view_as_routes
from app.viewers import Viewers, development_identity
from app.warming import Warming
from graph.database import Database
from graph.errors import C360Error
from resolvers.execution import Engine

PROBE_SECONDS = 2.0


def create_app(
    settings: Settings, database: Database, trusted: Sequence[TrustedDocument] = (), people: Sequence[str] = ()
) -> Starlette:
    """Build the application; it closes the database when it shuts down.

    Args:
        settings: the limits and who asks.
        database: opened, but not necessarily reachable: requests answer 503 until it is.
        trusted: the documents that are known by their ids.
        people: usernames and email addresses of those whom GraphiQL offers to look as; only in development.
    """
    engine = Engine.of(database, read_limits(settings), document_limits(settings), writer=database)
    for document in trusted:
        engine.documents.trust(document.text)
    persisted = PersistedDocuments.of(trusted, only_trusted=settings.only_trusted_documents)
    viewers = Viewers(database)
    authentication = Authentication.of(settings)
    endpoint = GraphQLEndpoint(settings, engine, viewers, authentication, persisted, database)
    warming = Warming(engine, database, viewers, development_identity(settings.viewer), trusted)

    view_as = view_as_routes(settings, database, people)

    async def graphql(request: Request) -> Response:
        return await endpoint(request)

    async def ready(_: Request) -> Response:
        return await readiness(database, warming)

    return Starlette(
        routes=[
            Route("/graphql", graphql, methods=["GET", "POST", "PUT", "DELETE", "PATCH"]),
            Route("/healthz", alive),
            Route("/readyz", ready),
            Route("/", lambda _: RedirectResponse("/graphiql")),
            *page_routes(load_examples(), people=bool(view_as)),
            *view_as,
        ],
        lifespan=_lifespan(database, warming),
    )


async def alive(_: Request) -> Response:
    """The process answers, whatever the database does."""
    return JSONResponse({"status": "ok"})


async def readiness(database: Database, warming: Warming) -> Response:
    """Whether questions can be answered: 200, or 503 while the database does not answer.

    A server that still plans its trusted documents is ready: it only answers some of them later.
    """
    try:
        async with asyncio.timeout(PROBE_SECONDS):
            await database.check()
    except (C360Error, TimeoutError) as error:
        code = error.code if isinstance(error, C360Error) else "TIMEOUT"
        return JSONResponse({"status": "unavailable", "code": code}, status_code=503, headers={"Retry-After": "2"})
    return JSONResponse({"status": "ok", "warming": warming.progress()})


def _lifespan(database: Database, warming: Warming):  # type: ignore[no-untyped-def]  # noqa: ANN202 - Starlette's own generic
    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        # The server listens as soon as this yields; plans are made, jobs done and old keys swept meanwhile.
        works = (warming.run(), Jobs(database).run(), sweep_hourly(database))
        tasks = [asyncio.create_task(work) for work in works]
        yield
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await database.close()

    return lifespan
