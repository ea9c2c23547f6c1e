"""GraphQL over HTTP: one POST, JSON in, JSON out, with the status that the media type asks for.

`application/graphql-response+json` uses 4xx and 5xx for a request that brought no data; `application/json` answers
200 to every well-formed request, except that a database that is down is 503 in both.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from graphql import GraphQLError
from starlette.requests import ClientDisconnect
from starlette.requests import Request as HttpRequest
from starlette.responses import Response

from app.settings import Settings
from app.viewers import Viewers
from graph.errors import BadInput, DatabaseUnavailable, Timeout, Unauthenticated
from graph.ids import new_id
from resolvers.errors import STATUS, ErrorLimits, format_errors
from resolvers.execution import Engine, Request, Result, Timings

GRAPHQL_RESPONSE = "application/graphql-response+json"
JSON = "application/json"
RETRY_AFTER_SECONDS = "2"
ALWAYS_BY_STATUS = (DatabaseUnavailable.code, Timeout.code, Unauthenticated.code)

log = logging.getLogger("c360")


class RefusedRequest(Exception):
    """A request that is no GraphQL request."""

    def __init__(self, status: int, message: str, **headers: str) -> None:
        super().__init__(message)
        self.status, self.message, self.headers = status, message, headers


@dataclass(frozen=True, slots=True)
class Asked:
    """The members of a GraphQL request."""

    query: str
    variables: dict[str, Any] | None
    operation_name: str | None


@dataclass(frozen=True, slots=True)
class GraphQLEndpoint:
    """Answers `/graphql`."""

    settings: Settings
    engine: Engine
    viewers: Viewers

    async def __call__(self, request: HttpRequest) -> Response:
        """Answer one request; whatever happens, the answer is JSON with a request id."""
        request_id, timings = new_id(), Timings()
        media_type = JSON
        try:
            media_type = negotiate(request)
            asked = read_request(await read_body(request, self.settings.max_body_bytes))
        except RefusedRequest as refusal:
            errors = [GraphQLError(refusal.message, original_error=BadInput(refusal.message))]
            head = Head(refusal.status, media_type, request_id, refusal.headers)
            return respond(head, {"errors": self._shown(errors, request_id)}, timings)
        except ClientDisconnect:
            return Response(status_code=499)
        result = await self._execute(asked, request_id, timings)
        return self._answer(result, media_type, request_id, timings)

    async def _execute(self, asked: Asked, request_id: str, timings: Timings) -> Result:
        error: Exception
        try:
            async with asyncio.timeout(self.settings.request_timeout):
                with timings.stage("viewer"):
                    viewer = await self.viewers.viewer()
                return await self.engine.execute(
                    Request(asked.query, asked.variables, asked.operation_name, viewer, request_id), timings
                )
        except TimeoutError:
            error = Timeout("The request took too long.", hint="Ask for less, or try again.")
        except Exception as found:  # noqa: BLE001 - the last resort: masked unless it is ours, and logged with its id
            error = found
        return Result(None, [GraphQLError(str(error), original_error=error)], executed=False)

    def _answer(self, result: Result, media_type: str, request_id: str, timings: Timings) -> Response:
        body: dict[str, Any] = {}
        if result.errors:
            body["errors"] = self._shown(result.errors, request_id, executed=result.executed)
        if result.executed:
            body["data"] = result.data
        if result.spent:
            limits = {"records": result.spent.limit}
            cost = {"requested": result.spent.requested, "actual": result.spent.actual, "limits": limits}
            body["extensions"] = {"cost": cost}
        code = body["errors"][0]["extensions"]["code"] if "errors" in body else None
        status = 200
        if code in ALWAYS_BY_STATUS or (code and media_type == GRAPHQL_RESPONSE and body.get("data") is None):
            status = STATUS.get(code, 422)
        headers = {"Retry-After": RETRY_AFTER_SECONDS} if status == STATUS[DatabaseUnavailable.code] else {}
        if status == STATUS[Unauthenticated.code]:
            headers["WWW-Authenticate"] = "Bearer"
        return respond(Head(status, media_type, request_id, headers), body, timings)

    def _shown(self, errors: Sequence[GraphQLError], request_id: str, *, executed: bool = True) -> list[dict[str, Any]]:
        limits = ErrorLimits(self.settings.max_errors, self.settings.max_error_bytes)
        return format_errors(errors, executed=executed, request_id=request_id, limits=limits)


@dataclass(frozen=True, slots=True)
class Head:
    """What an answer says before its body."""

    status: int
    media_type: str
    request_id: str
    headers: Mapping[str, str]


def respond(head: Head, body: Mapping[str, Any], timings: Timings) -> Response:
    """The answer as JSON, with the time that each stage took."""
    with timings.stage("encode"):
        content = orjson.dumps(body)
    return Response(
        content,
        status_code=head.status,
        media_type=f"{head.media_type}; charset=utf-8",
        headers={
            "X-Request-Id": head.request_id,
            "Cache-Control": "no-store",
            "Server-Timing": server_timing(timings),
            **head.headers,
        },
    )


def server_timing(timings: Timings) -> str:
    """The stages of a request in milliseconds, as browsers show them."""
    return ", ".join(f"{stage};dur={seconds * 1000:.2f}" for stage, seconds in timings.stages.items())


def negotiate(request: HttpRequest) -> str:
    """The media type of the answer.

    Raises:
        RefusedRequest: 405 for another method than POST, 406 when no JSON is accepted, 415 when none is sent.
    """
    if request.method != "POST":
        raise RefusedRequest(405, "Send GraphQL by POST.", Allow="POST")
    accepted = [part.split(";")[0].strip().lower() for part in request.headers.get("accept", "*/*").split(",")]
    sent = request.headers.get("content-type", "").lower()
    kind, _, parameters = sent.partition(";")
    charset = parameters.replace(" ", "").removeprefix("charset=").strip('"')
    if kind.strip() != JSON or charset not in ("", "utf-8"):
        raise RefusedRequest(415, "Send the request as application/json in UTF-8.")
    if GRAPHQL_RESPONSE in accepted:
        return GRAPHQL_RESPONSE
    if any(part in (JSON, "application/*", "*/*", "") for part in accepted):
        return JSON
    raise RefusedRequest(406, f"Accept {GRAPHQL_RESPONSE} or {JSON}.")


async def read_body(request: HttpRequest, most: int) -> bytes:
    """The body, refused as soon as it is too large, whether its length is announced or not."""
    announced = request.headers.get("content-length", "0")
    if announced.isdigit() and int(announced) > most:
        raise _too_large(most)
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > most:
            raise _too_large(most)
    return bytes(body)


def _too_large(most: int) -> RefusedRequest:
    return RefusedRequest(413, f"The body has more than {most} bytes.", Connection="close")


def read_request(body: bytes) -> Asked:
    """The members of a GraphQL request in a JSON body.

    Raises:
        RefusedRequest: 400 when it is not JSON, 422 when it is not a GraphQL request.
    """
    try:
        members = orjson.loads(body)
    except ValueError as error:
        raise RefusedRequest(400, f"The body is not JSON: {error}") from error
    if not isinstance(members, dict):
        raise RefusedRequest(422, "The body is a JSON object with the member query.")
    query, variables, name = members.get("query"), members.get("variables"), members.get("operationName")
    if not isinstance(query, str):
        raise RefusedRequest(422, "The member query is a string.")
    if variables is not None and not isinstance(variables, dict):
        raise RefusedRequest(422, "The member variables is an object.")
    if name is not None and not isinstance(name, str):
        raise RefusedRequest(422, "The member operationName is a string.")
    if members.get("extensions") is not None and not isinstance(members["extensions"], dict):
        raise RefusedRequest(422, "The member extensions is an object.")
    return Asked(query, variables, name or None)
