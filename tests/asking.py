"""Asks the schema as a viewer, on a real database, and tells which statements were sent."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

import orjson

from graph.database import Database
from graph.viewer import Viewer
from resolvers.execution import Engine, Request

NOW = dt.datetime(2026, 2, 25, 12, 0, tzinfo=dt.UTC)
"""When questions are asked, unless a test says otherwise."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: data, errors, and the texts of the statements."""

    data: Any
    errors: list[Any]
    statements: list[str]


@dataclass(slots=True)
class Asker:
    """Asks questions of one database."""

    database: Database
    engine: Engine
    now: dt.datetime = NOW

    @classmethod
    def of(cls, database: Database) -> Asker:
        """An asker with the default limits."""
        return cls(database, Engine.of(database, writer=database))

    async def __call__(self, viewer: Viewer, query: str, operation: str | None = None, **variables: Any) -> Answer:
        """Execute a query."""
        sent: list[str] = []
        self.database.observe = sent.append
        result = await self.engine.execute(Request(query, variables, operation, viewer, "request", self.now))
        self.database.observe = lambda _: None
        # As a client gets it: through JSON.
        return Answer(orjson.loads(orjson.dumps(result.data)), list(result.errors or []), sent)

    async def data(self, viewer: Viewer, query: str, **variables: Any) -> Any:
        """Execute a query that must not fail."""
        answer = await self(viewer, query, **variables)
        assert answer.errors == [], [error.original_error or error for error in answer.errors]
        return answer.data
