"""Warming: trusted documents are planned by us and by Neo4j before somebody asks them.

Neo4j takes 0.1 to 1 s to plan a statement that it sees for the first time, seconds just after its start, and keeps the
plan. EXPLAIN makes it plan without a deadline; then the statement runs for a viewer who sees nothing, which readies the
rest of what only a first run does.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

from graphql import GraphQLError, get_operation_ast

from app.made_up import NOBODY, made_up
from app.trusted import TrustedDocument
from app.viewers import Identity, Viewers
from cypher.printer import Statement
from graph.errors import C360Error, DatabaseUnavailable
from graph.ids import new_id
from resolvers.execution import Engine, Request, Result
from resolvers.explanation import Planner
from resolvers.lanes import Bound, GraphReader
from resolvers.timings import Timings

RETRY_SECONDS = 2.0
FIRST_RUN_SECONDS = 60.0
TOGETHER = 2
"""Requests in the shared statement that is planned; its plan serves any number of them."""

log = logging.getLogger("c360")


class Warmed(Planner, GraphReader, Protocol):
    """Plans statements and runs them."""


@dataclass(slots=True)
class Warming:
    """Plans documents one after the other, and counts."""

    engine: Engine
    database: Warmed
    viewers: Viewers
    identity: Identity
    documents: Sequence[TrustedDocument]
    done: int = 0
    failed: int = 0

    def progress(self) -> dict[str, int]:
        """How many documents are planned, how many of them failed, and how many there are."""
        return {"done": self.done, "failed": self.failed, "total": len(self.documents)}

    async def run(self) -> None:
        """Plan all documents; whatever goes wrong is logged, and a database that is away is waited for."""
        begun = time.monotonic()
        for document in self.documents:
            try:
                await self._until_there(document)
            except (C360Error, GraphQLError) as error:
                self.failed += 1
                log.warning("%s can't be planned ahead: %s; variables beside it may help", document.source, error)
            except Exception:
                self.failed += 1
                log.exception("%s can't be planned ahead", document.source)
            self.done += 1
        if self.documents:
            log.info("%d documents planned in %.1f s", self.done - self.failed, time.monotonic() - begun)

    async def _until_there(self, document: TrustedDocument) -> None:
        while True:
            try:
                return await self._plan(document)
            except DatabaseUnavailable:
                await asyncio.sleep(RETRY_SECONDS)

    async def _plan(self, document: TrustedDocument) -> None:
        viewer = replace(await self.viewers.viewer(self.identity), id=NOBODY, organization_id=NOBODY)
        for name in document.operations:
            request = Request(document.text, self._variables(document, name), name, viewer, new_id())
            for statement in self._statements(request):
                await self.database.plan_of(statement)
                await self.database.read([statement], within=FIRST_RUN_SECONDS)

    def _variables(self, document: TrustedDocument, name: str | None) -> Mapping[str, Any]:
        """The variables that stand beside a document, or made-up ones."""
        tree = self.engine.documents.get(document.text).tree
        operation = get_operation_ast(tree, name) if tree else None
        if document.variables is not None or tree is None or operation is None:
            return document.variables or {}
        return made_up(self.engine.schema, tree, operation)

    def _statements(self, request: Request) -> Iterator[Statement]:
        """The statements of a request, and those that answer several of its kind at once."""
        prepared = self.engine.prepare(request, Timings())
        if isinstance(prepared, Result):
            raise prepared.errors[0]
        for bound in prepared.planned.values():
            if not isinstance(bound, Bound):
                raise bound
            if bound.plan.asks:
                yield bound.statement
                if bound.plan.batch:
                    yield bound.plan.batch.bind([bound.statement] * TOGETHER)
