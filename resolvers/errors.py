"""Errors as GraphQL shows them: a message, a place, a code, the request's id, and nothing that only we should know."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from graphql import GraphQLError, GraphQLSyntaxError

from cypher.hidden import HiddenPath
from graph.errors import (
    BadInput,
    C360Error,
    DatabaseUnavailable,
    DiskFull,
    Forbidden,
    InternalError,
    ParseFailed,
    SignInUnavailable,
    Timeout,
    Unauthenticated,
    ValidationFailed,
    WrongPassword,
)

log = logging.getLogger("c360")

DOCS = "docs/errors.md#"
MASKED = "Something went wrong on our side."

STATUS = {
    ParseFailed.code: 400,
    ValidationFailed.code: 422,
    BadInput.code: 422,
    Unauthenticated.code: 401,
    Forbidden.code: 403,
    Timeout.code: 504,
    DatabaseUnavailable.code: 503,
    SignInUnavailable.code: 503,
    InternalError.code: 500,
}
"""HTTP status of a request that brought no data, by the code of its first error."""


@dataclass(frozen=True, slots=True)
class ErrorLimits:
    """How much of errors an answer holds."""

    count: int = 100
    size: int = 64_000


def hidden_errors(above: Sequence[str], hidden: Sequence[HiddenPath]) -> list[GraphQLError]:
    """One error for each place of the response where a field is hidden; `above` are the keys around the plan's."""
    errors = [(place, place.error()) for place in hidden]
    return [
        GraphQLError(error.message, list(place.nodes), path=[*above, *place.keys], original_error=error)
        for place, error in errors
    ]


def format_errors(
    errors: Sequence[GraphQLError], *, executed: bool, request_id: str, limits: ErrorLimits
) -> list[dict[str, Any]]:
    """The errors of an answer, masked where they are ours, at most so many and so large."""
    shown: list[dict[str, Any]] = []
    size = 0
    for error in errors[: limits.count]:
        entry = _format(error, executed=executed, request_id=request_id)
        size += len(entry["message"]) + 200
        if shown and size > limits.size:
            break
        shown.append(entry)
    return shown


def _format(error: GraphQLError, *, executed: bool, request_id: str) -> dict[str, Any]:
    code, message, hint = _told(error, executed=executed, request_id=request_id)
    entry: dict[str, Any] = {"message": message[:2000]}
    if error.locations:
        entry["locations"] = [{"line": place.line, "column": place.column} for place in error.locations]
    if error.path:
        entry["path"] = error.path
    entry["extensions"] = {"code": code, "requestId": request_id, "docs": DOCS + code.lower()}
    if hint:
        entry["extensions"]["hint"] = hint
    return entry


def _told(error: GraphQLError, *, executed: bool, request_id: str) -> tuple[str, str, str | None]:
    """Code, message and hint of an error."""
    original = error.original_error
    if isinstance(error, GraphQLSyntaxError):
        return ParseFailed.code, error.message, None
    if isinstance(original, (WrongPassword, DiskFull)):
        # What ails the database is for its keeper, not for the one who asks.
        log.error("request %s: %s", request_id, original)
        return DatabaseUnavailable.code, "The database does not answer.", None
    if isinstance(original, C360Error) and not isinstance(original, InternalError):
        return original.code, original.message, original.hint
    if original is None or isinstance(original, (GraphQLError, ValueError)):
        return (BadInput.code if executed else ValidationFailed.code), error.message, None
    log.error("request %s: %s", request_id, original, exc_info=original)
    return InternalError.code, MASKED, f"Tell us the request id {request_id}."
