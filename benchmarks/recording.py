"""c360's application asked in this process, with what it sends to the database recorded, or played back."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import orjson

from app.server import create_app
from app.settings import Settings
from benchmarks.data import Company
from benchmarks.driver import DATABASE, Sent
from graph.database import Database, Statement
from graph.local import Connection


class Recording(Database):
    """Reads from the database, and remembers the last statement and its rows."""

    last: tuple[Sent, list[Any]]
    viewer: tuple[str, list[Any]]

    async def read(self, statements: Sequence[Statement], **options: Any) -> list[list[Any]]:
        """Read and remember."""
        found = await Database.read(self, statements, **options)
        for statement, rows in zip(statements, found, strict=True):
            if "(user:User)" in statement.text:
                self.viewer = (statement.text, rows)
            else:
                self.last = ((statement.text, dict(statement.parameters)), rows)
        return found


class Replay(Database):
    """Answers with recorded rows, without any wait."""

    rows: dict[str, list[Any]]

    async def read(self, statements: Sequence[Statement], **_: Any) -> list[list[Any]]:
        """The rows recorded for each statement's text."""
        return [self.rows[statement.text] for statement in statements]


@dataclass(frozen=True, slots=True)
class Recorded:
    """One question as it was asked: the body, what was sent to the database, its rows, and the answer."""

    body: bytes
    sent: Sent
    rows: list[Any]
    data: Any


@dataclass(slots=True)
class Application:
    """The ASGI application, called with a body."""

    app: Any
    scope: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """The parts of a request that are always the same."""
        self.scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": "POST",
            "scheme": "http",
            "path": "/graphql",
            "raw_path": b"/graphql",
            "query_string": b"",
            "root_path": "",
            "headers": [(b"content-type", b"application/json"), (b"accept", b"application/graphql-response+json")],
            "client": ("127.0.0.1", 1),
            "server": ("127.0.0.1", 80),
        }

    async def __call__(self, body: bytes) -> bytes:
        """Send a body; the answer is the body of the response."""
        parts: list[bytes] = []

        bodies = iter([body])

        async def receive() -> dict[str, Any]:
            for sent in bodies:
                return {"type": "http.request", "body": sent, "more_body": False}
            # The client stays: nothing more comes until the answer is there.
            never: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
            return await never

        async def send(message: Mapping[str, Any]) -> None:
            parts.append(message.get("body", b""))

        await self.app(dict(self.scope), receive, send)
        return b"".join(parts)


@dataclass(slots=True)
class Recorder:
    """Asks questions of the application on the real database."""

    database: Recording
    application: Application
    settings: Settings

    async def __call__(self, query: str, variables: Mapping[str, Any]) -> Recorded:
        """Ask; an answer with errors ends the benchmark."""
        body = orjson.dumps({"query": query, "variables": dict(variables)})
        answer = orjson.loads(await self.application(body))
        if answer.get("errors"):
            raise SystemExit(f"c360 answers {answer['errors'][0]} to\n{query}")
        sent, rows = self.database.last
        return Recorded(body, sent, rows, answer["data"])

    def replay(self) -> tuple[Application, Replay]:
        """The same application on a database that only repeats."""
        database = Replay(self.database.driver, self.database.name, self.database.timeout)
        text, rows = self.database.viewer
        database.rows = {text: rows}
        return Application(create_app(self.settings, database)), database


@asynccontextmanager
async def recorder(connection: Connection, company: Company) -> AsyncIterator[Recorder]:
    """Have the application of an organisation's viewer while the context lasts."""
    settings = Settings().model_copy(update={"viewer": company.viewer})
    opened = Database.open(connection.uri, (connection.user, connection.password), name=DATABASE, timeout=60.0)
    database = Recording(opened.driver, opened.name, opened.timeout)
    try:
        yield Recorder(database, Application(create_app(settings, database)), settings)
    finally:
        await database.close()
