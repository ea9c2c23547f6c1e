"""Reads GraphQL requests: what HTTP must look like, and the members of the JSON body."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import orjson
from starlette.requests import Request as HttpRequest

from app.persisted import Named

GRAPHQL_RESPONSE = "application/graphql-response+json"
JSON = "application/json"

BOOKMARK = "C360-Bookmark"
"""The header of a bookmark, both ways."""
LONGEST_BOOKMARKS = 4000
_BOOKMARK = re.compile(r"FB:[A-Za-z0-9+/=_-]{8,1000}")

Explain: TypeAlias = Literal["plan", "profile"]
"""How a request wants to be explained: without running anything more, or by running its statements once more."""


class RefusedRequest(Exception):
    """A request that is no GraphQL request."""

    def __init__(self, status: int, message: str, **headers: str) -> None:
        super().__init__(message)
        self.status, self.message, self.headers = status, message, headers


@dataclass(frozen=True, slots=True)
class Asked:
    """The members of a GraphQL request."""

    document: Named
    variables: dict[str, Any] | None
    operation_name: str | None
    explain: Explain | None = None


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


def read_bookmarks(request: HttpRequest) -> list[str]:
    """The bookmarks of the database whose states a request must see.

    Raises:
        RefusedRequest: 400 when they are not as an answer told them.
    """
    text = ",".join(request.headers.getlist(BOOKMARK))
    if not text:
        return []
    bookmarks = [one.strip() for one in text.split(",")]
    if len(text) > LONGEST_BOOKMARKS or not all(map(_BOOKMARK.fullmatch, bookmarks)):
        raise RefusedRequest(400, f"The header {BOOKMARK} has the bookmarks of answers, separated by commas.")
    return bookmarks


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
        raise RefusedRequest(422, "The body is a JSON object with the member query or documentId.")
    variables, name = members.get("variables"), members.get("operationName")
    if variables is not None and not isinstance(variables, dict):
        raise RefusedRequest(422, "The member variables is an object.")
    if name is not None and not isinstance(name, str):
        raise RefusedRequest(422, "The member operationName is a string.")
    if members.get("extensions") is not None and not isinstance(members["extensions"], dict):
        raise RefusedRequest(422, "The member extensions is an object.")
    return Asked(read_document_name(members), variables, name or None, read_explain(members.get("extensions") or {}))


def read_explain(extensions: Mapping[str, Any]) -> Explain | None:
    """Whether the request is to be explained, and how.

    Raises:
        RefusedRequest: 422 when it does not say so as it should.
    """
    match extensions.get("explain"):
        case None | False:
            return None
        case True:
            return "plan"
        case "profile":
            return "profile"
        case _:
            raise RefusedRequest(422, 'The extension explain is true or "profile".')


def read_document_name(members: Mapping[str, Any]) -> Named:
    """How a request names its document.

    Raises:
        RefusedRequest: 422 when it names none, or not as the protocols say.
    """
    query, document_id = members.get("query"), members.get("documentId")
    persisted = (members.get("extensions") or {}).get("persistedQuery")
    sha256 = None
    if persisted is not None:
        if not isinstance(persisted, dict) or persisted.get("version") != 1:
            raise RefusedRequest(422, "The extension persistedQuery is an object of version 1.")
        sha256 = persisted.get("sha256Hash")
        if not isinstance(sha256, str):
            raise RefusedRequest(422, "The member sha256Hash of persistedQuery is a string.")
    if query is None and document_id is None and sha256 is None:
        raise RefusedRequest(422, "The request has no document: send query or documentId.")
    for member, value in (("query", query), ("documentId", document_id)):
        if value is not None and not isinstance(value, str):
            raise RefusedRequest(422, f"The member {member} is a string.")
    return Named(query, document_id, sha256)
