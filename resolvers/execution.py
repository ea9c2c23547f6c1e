"""Executes operations: root fields in order, one statement each, in one read transaction.

A query that the compiler knows whole is answered straight from the shaped rows. What is left to the ordinary executor
(introspection beside data) finds the same results under the same response keys.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

from graphql import ExecutionResult, GraphQLError, OperationType
from strawberry.extensions import SchemaExtension
from strawberry.types.execution import PreExecutionError

from cypher.access import Viewer
from cypher.compiler import Compiled, Compiler
from cypher.selection import Operation, Selection, read_operation, root_selections
from graph.database import Database
from graph.errors import BadInput, C360Error
from graph.model import RootViewer
from resolvers.query import ROOTS


@dataclass(slots=True)
class RequestContext:
    """What one request carries: who asks, the database, the compiler, and the results of its root fields."""

    viewer: Viewer
    database: Database
    compiler: Compiler
    request_id: str
    operation_name: str | None = None
    roots: dict[str, Any] = field(default_factory=dict)


class GraphExecution(SchemaExtension):
    """Answers queries from compiled statements."""

    async def on_execute(self) -> AsyncIterator[None]:
        """Run the statements of the operation before anything is resolved."""
        execution = self.execution_context
        document = execution.graphql_document
        if document is not None:
            schema = execution.schema._schema  # noqa: SLF001 - the selection is collected from graphql-core's schema
            # Strawberry falls back to the first of several operations; the specification wants an error.
            operation = read_operation(schema, document, execution.context.operation_name, execution.variables)
            if isinstance(operation, list):
                execution.result = refused(operation)
            elif operation.definition.operation is OperationType.QUERY:
                await self._answer(operation)
        yield

    async def _answer(self, operation: Operation) -> None:
        context: RequestContext = self.execution_context.context
        try:
            selections = root_selections(operation)
        except GraphQLError as error:
            self.execution_context.result = refused([error])
            return
        await run_roots(context, [s for s in selections if not s.name.startswith("__")])
        if any(selection.name in ("__schema", "__type") for selection in selections):
            return
        self.execution_context.result = _result(context, selections)


def refused(errors: list[GraphQLError]) -> PreExecutionError:
    """A request error: variables or arguments that can't be coerced; nothing is executed."""
    told = [
        GraphQLError(error.message, error.nodes, path=error.path, original_error=BadInput(error.message))
        for error in errors
    ]
    return PreExecutionError(data=None, errors=told)


async def run_roots(context: RequestContext, selections: list[Selection]) -> None:
    """Plan all root fields, then run their statements in order in one read transaction."""
    compiled: dict[str, Compiled] = {}
    for selection in selections:
        try:
            found = _compile(context, selection)
        except (C360Error, GraphQLError) as error:
            context.roots[selection.key] = error
            continue
        if isinstance(found, Compiled):
            compiled[selection.key] = found
        else:
            context.roots[selection.key] = found
    if not compiled:
        return
    try:
        results = await context.database.read([found.statement for found in compiled.values()])
    except C360Error as error:
        context.roots.update(dict.fromkeys(compiled, error))
        return
    for (key, found), rows in zip(compiled.items(), results, strict=True):
        context.roots[key] = found.shape(rows)


def _compile(context: RequestContext, selection: Selection) -> Compiled | dict[str, Any]:
    root = ROOTS[selection.name]
    if isinstance(root, RootViewer):
        return _viewer(context.viewer, selection)
    return context.compiler.compile(context.viewer, root, selection)


def _viewer(viewer: Viewer, selection: Selection) -> dict[str, Any]:
    values = {"__typename": "Viewer", "displayName": viewer.display_name, "currency": viewer.currency}
    return {field.key: values[field.name] for field in selection.fields("Viewer")}


def _result(context: RequestContext, selections: tuple[Selection, ...]) -> ExecutionResult:
    data: dict[str, Any] = {}
    errors: list[GraphQLError] = []
    for selection in selections:
        value = "Query" if selection.name == "__typename" else context.roots[selection.key]
        if isinstance(value, Exception):
            errors.append(located(value, selection))
            value = None
        data[selection.key] = value
    nulled = any(data[s.key] is None and s.name in ("viewer", "nodes") for s in selections)
    return ExecutionResult(data=None if nulled else data, errors=errors or None)


def located(error: Exception, selection: Selection) -> GraphQLError:
    """An error of a root field with its place in the document and the response."""
    if isinstance(error, GraphQLError):
        return error
    nodes = [detail.node for detail in selection.details]
    return GraphQLError(str(error), nodes=nodes, path=[selection.key], original_error=error)
