"""Asks the schema as a viewer, on a real database, and tells which statements were sent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import orjson
from graphql import ExecutionResult

from cypher.access import Viewer
from cypher.compiler import Compiler
from cypher.context import Limits
from graph.database import Database
from graph.registry import load_model
from resolvers.execution import RequestContext
from resolvers.schema import load_schema


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
    compiler: Compiler

    @classmethod
    def of(cls, database: Database) -> Asker:
        """An asker with the default limits."""
        return cls(database, Compiler(load_model(), Limits()))

    async def __call__(self, viewer: Viewer, query: str, operation: str | None = None, **variables: Any) -> Answer:
        """Execute a query."""
        sent: list[str] = []
        self.database.observe = sent.append
        context = RequestContext(viewer, self.database, self.compiler, "request", operation)
        result: ExecutionResult = await load_schema().execute(  # type: ignore[assignment]
            query, variables, context_value=context, operation_name=operation
        )
        self.database.observe = lambda _: None
        # As a client gets it: through JSON.
        return Answer(orjson.loads(orjson.dumps(result.data)), list(result.errors or []), sent)

    async def data(self, viewer: Viewer, query: str, **variables: Any) -> Any:
        """Execute a query that must not fail."""
        answer = await self(viewer, query, **variables)
        assert answer.errors == [], [error.original_error or error for error in answer.errors]
        return answer.data
