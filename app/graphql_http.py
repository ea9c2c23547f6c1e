"""GraphQL over HTTP: one POST, JSON in, JSON out, with the status that the media type asks for.

`application/graphql-response+json` uses 4xx and 5xx for a request that brought no data; `application/json` answers
200 to every well-formed request, except that a database that is down is 503 in both.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson
from graphql import GraphQLError
from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect
from starlette.requests import Request as HttpRequest
from starlette.responses import Response

from app.authentication import Authentication, asked_organization, challenge
from app.disconnection import WhileThere
from app.explained import explanation_json
from app.http_request import (
    BOOKMARK,
    GRAPHQL_RESPONSE,
    JSON,
    Asked,
    RefusedRequest,
    negotiate,
    read_body,
    read_bookmarks,
    read_request,
)
from app.persisted import PersistedDocuments
from app.settings import Settings
from app.viewers import Viewers
from graph.causality import causally
from graph.errors import (
    BadInput,
    DatabaseUnavailable,
    Forbidden,
    PersistedQueryNotFound,
    SignInUnavailable,
    Timeout,
    Unauthenticated,
)
from graph.ids import new_id
from graph.viewer import Viewer
from resolvers.errors import STATUS, ErrorLimits, format_errors
from resolvers.execution import AccessChanged, Engine, Request, Result
from resolvers.explanation import Explanation, Planner, explain
from resolvers.timings import Timings

MOST_ATTEMPTS = 3
"""Times that a request is asked while what its viewer may do keeps changing."""

RETRY_AFTER = {"Retry-After": "2"}
ALWAYS_BY_STATUS = (DatabaseUnavailable.code, SignInUnavailable.code, Timeout.code, Unauthenticated.code)

BAD_REQUEST, UNAVAILABLE = 400, 503
LEFT = 499
"""The status of an answer that nobody gets: the client has left."""

log = logging.getLogger("c360")


@dataclass(slots=True)
class Exchange:
    """One request on its way to an answer."""

    request_id: str = field(default_factory=new_id)
    timings: Timings = field(default_factory=Timings)
    media_type: str = JSON
    refused: int | None = None
    bookmarks: Sequence[str] = ()
    written: Sequence[str] = ()
    explanation: Explanation | None = None

    def respond(self, status: int, body: Mapping[str, Any], headers: Mapping[str, str]) -> Response:
        """The answer as JSON, with the time that each stage took."""
        with self.timings.stage("encode"):
            content = orjson.dumps(body)
        told = {
            "X-Request-Id": self.request_id,
            "Cache-Control": "no-store",
            "Server-Timing": server_timing(self.timings),
            **({BOOKMARK: ",".join(self.written)} if self.written else {}),
            **headers,
        }
        return Response(content, status, told, f"{self.media_type}; charset=utf-8")


def server_timing(timings: Timings) -> str:
    """The stages of a request in milliseconds, as browsers show them."""
    return ", ".join(f"{stage};dur={seconds * 1000:.2f}" for stage, seconds in timings.stages.items())


def told_beside(result: Result, exchange: Exchange) -> dict[str, Any]:
    """What an answer tells beside data and errors: its cost, and the explanation that it was asked for."""
    told: dict[str, Any] = {}
    if result.spent:
        limits = {"records": result.spent.limit}
        told["cost"] = {"requested": result.spent.requested, "actual": result.spent.actual, "limits": limits}
    if exchange.explanation:
        told["explain"] = explanation_json(exchange.explanation)
    return told


@dataclass(frozen=True, slots=True)
class GraphQLEndpoint:
    """Answers `/graphql`."""

    settings: Settings
    engine: Engine
    viewers: Viewers
    authentication: Authentication
    persisted: PersistedDocuments
    planner: Planner

    async def __call__(self, http: HttpRequest) -> Response:
        """Answer one request; whatever happens, the answer is JSON with a request id."""
        exchange = Exchange()
        try:
            exchange.media_type = negotiate(http)
            exchange.bookmarks = read_bookmarks(http)
            asked = read_request(await read_body(http, self.settings.max_body_bytes))
        except RefusedRequest as refusal:
            errors = [GraphQLError(refusal.message, original_error=BadInput(refusal.message))]
            return exchange.respond(refusal.status, {"errors": self._shown(errors, exchange)}, refusal.headers)
        except ClientDisconnect:
            return Response(status_code=LEFT)
        async with WhileThere(http.receive):
            result = await self._execute(asked, http.headers, exchange)
            return self._answer(result, asked, http.headers, exchange)
        return Response(status_code=LEFT)

    async def _execute(self, asked: Asked, headers: Headers, exchange: Exchange) -> Result:
        error: Exception
        try:
            async with asyncio.timeout(self.settings.request_timeout):
                with causally(exchange.bookmarks) as causality:
                    try:
                        return await self._perform(asked, headers, exchange)
                    finally:
                        exchange.written = sorted(causality.written)
        except TimeoutError:
            error = Timeout("The request took too long.", hint="Ask for less, or try again.")
        except Exception as found:  # noqa: BLE001 - the last resort: masked unless it is ours, and logged with its id
            error = found
        return Result(None, [GraphQLError(str(error), original_error=error)], executed=False)

    async def _perform(self, asked: Asked, headers: Headers, exchange: Exchange) -> Result:
        with exchange.timings.stage("viewer"):
            identity, about = await self.authentication.identify(headers), asked_organization(headers)
            if exchange.bookmarks:
                await self._catch_up(exchange)
        for attempt in range(MOST_ATTEMPTS):
            with exchange.timings.stage("viewer"):
                viewer = await self.viewers.viewer(identity, about=about, fresh=attempt > 0)
            try:
                return await self._ask(asked, viewer, exchange)
            except AccessChanged:
                continue
        raise DatabaseUnavailable("Permissions are being changed.", hint="Try again in a moment.")

    async def _catch_up(self, exchange: Exchange) -> None:
        try:
            await self.viewers.database.catch_up()
        except BadInput:
            # A header that can't be used is refused like one that can't be read.
            exchange.refused = BAD_REQUEST
            raise

    async def _ask(self, asked: Asked, viewer: Viewer, exchange: Exchange) -> Result:
        if asked.explain and not self.settings.explains:
            hint = "Set C360_EXPLAIN=true, or use `c360 explain` beside the database."
            raise Forbidden("This server explains no requests.", hint=hint)
        query = self.persisted.text(asked.document)
        request = Request(query, asked.variables, asked.operation_name, viewer, exchange.request_id)
        result = await self.engine.execute(request, exchange.timings)
        if asked.explain and result.executed and not result.errors:
            with exchange.timings.stage("explain"):
                profile = asked.explain == "profile"
                exchange.explanation = await explain(self.engine, self.planner, request, profile=profile)
        return result

    def _answer(self, result: Result, asked: Asked, headers: Headers, exchange: Exchange) -> Response:
        body: dict[str, Any] = {}
        if result.errors:
            body["errors"] = self._shown(result.errors, exchange, executed=result.executed)
        if result.executed:
            body["data"] = result.data
        if extensions := told_beside(result, exchange):
            body["extensions"] = extensions
        code = body["errors"][0]["extensions"]["code"] if "errors" in body else None
        status = exchange.refused or 200
        if code in ALWAYS_BY_STATUS or (code and exchange.media_type == GRAPHQL_RESPONSE and body.get("data") is None):
            status = exchange.refused or STATUS.get(code, 422)
        if code == PersistedQueryNotFound.code and asked.document.document_id is None:
            # Clients that register by hash take another status for a fault of the network.
            status = 200
        told = challenge(headers) if code == Unauthenticated.code else RETRY_AFTER if status == UNAVAILABLE else {}
        return exchange.respond(status, body, told)

    def _shown(
        self, errors: Sequence[GraphQLError], exchange: Exchange, *, executed: bool = True
    ) -> list[dict[str, Any]]:
        limits = ErrorLimits(self.settings.max_errors, self.settings.max_error_bytes)
        return format_errors(errors, executed=executed, request_id=exchange.request_id, limits=limits)
