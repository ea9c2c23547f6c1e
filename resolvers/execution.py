"""Executes operations: root fields in order, one statement each, in one read transaction; mutations each in its own.

A query that the compiler knows whole is answered straight from the shaped rows. What is left to graphql-core's
executor (introspection beside data) finds the same results under the same response keys.
"""

from __future__ import annotations

import datetime as dt
import inspect
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from graphql import DocumentNode, GraphQLError, GraphQLSchema, OperationType, execute

from cypher.arguments import Inputs
from cypher.compiler import Compiler
from cypher.context import Limits
from cypher.selection import Operation, read_variables, root_selection
from cypher.viewers import access_version
from graph.errors import BadInput, C360Error, CostLimitExceeded, Forbidden
from graph.registry import load_model
from graph.viewer import Viewer
from resolvers.documents import Documents, KnownOperation, KnownRoot
from resolvers.errors import hidden_errors
from resolvers.lanes import Bound, GraphReader, Lanes, Rows
from resolvers.limits import DocumentLimits, check_variables
from resolvers.mutating import Asked, GraphWriter, Mutations
from resolvers.mutation import VERBS
from resolvers.query import ROOTS
from resolvers.schema import load_schema
from resolvers.timings import Timings


class AccessChanged(Exception):
    """What the viewer may do has changed since the viewer was read: the answer is of the past."""


INTROSPECTION = ("__schema", "__type")


@dataclass(frozen=True, slots=True)
class Request:
    """One GraphQL request and who sent it."""

    query: str
    variables: Mapping[str, Any] | None
    operation_name: str | None
    viewer: Viewer
    request_id: str
    now: dt.datetime = field(default_factory=lambda: dt.datetime.now(dt.UTC))


@dataclass(frozen=True, slots=True)
class Spent:
    """The cost of a request in records: what it may bring, what it brought, and what is allowed."""

    requested: int
    actual: int
    limit: int


@dataclass(frozen=True, slots=True)
class Result:
    """What a request is answered with; `executed` is False when it was refused before anything ran."""

    data: dict[str, Any] | None
    errors: Sequence[GraphQLError] = ()
    executed: bool = True
    spent: Spent | None = None


@dataclass(frozen=True, slots=True)
class Prepared:
    """A request that is ready to run; `compiled` when nothing of it is left to graphql-core's executor."""

    tree: DocumentNode
    operation: Operation
    roots: tuple[KnownRoot, ...]
    planned: Mapping[str, Bound | Exception]
    compiled: bool
    cost: int
    mutates: bool = False


@dataclass(frozen=True, slots=True)
class ExecutorContext:
    """What graphql-core's executor carries to the resolvers: the results of the root fields by response key."""

    roots: Mapping[str, Any]


@dataclass(frozen=True)
class Engine:
    """Answers requests: documents it knows, plans it keeps, statements it sends."""

    schema: GraphQLSchema
    compiler: Compiler
    documents: Documents
    lanes: Lanes
    mutations: Mutations

    @classmethod
    def of(
        cls,
        database: GraphReader,
        limits: Limits | None = None,
        documents: DocumentLimits | None = None,
        *,
        writer: GraphWriter | None = None,
    ) -> Engine:
        """An engine for the schema, within limits; without a writer it refuses mutations."""
        schema = load_schema()
        compiler = Compiler(load_model(), limits or Limits())
        known = Documents(schema, documents or DocumentLimits())
        return cls(schema, compiler, known, Lanes(database), Mutations(compiler, known, writer))

    async def execute(self, request: Request, timings: Timings | None = None) -> Result:
        """Answer one request; the caller's timings also tell how far a request came that ended in an exception.

        Raises:
            AccessChanged: the viewer must be read again.
        """
        timings = timings or Timings()
        prepared = self.prepare(request, timings)
        if isinstance(prepared, Result):
            return prepared
        if prepared.mutates:
            with timings.stage("database"):
                return await self._mutate(request, prepared)
        values, actual = await self._run(request.viewer, prepared.planned, timings)
        spent = Spent(prepared.cost, actual, self.compiler.limits.max_records)
        if prepared.compiled:
            data, errors = _assembled(prepared.roots, values)
            result = Result(data, errors, spent=spent)
        else:
            result = await self._complete(request, prepared.tree, values, timings, spent)
        return result if result.data is None else replace(result, errors=[*result.errors, *_hidden(prepared, values)])

    def prepare(self, request: Request, timings: Timings) -> Prepared | Result:
        """Everything up to the database: the statements of a request, or the errors that refuse it."""
        with timings.stage("parse"):
            document = self.documents.get(request.query)
            known = document.operation(self.schema, request.operation_name)
        if document.tree is None:
            return Result(None, document.errors, executed=False)
        if known is None:
            return _refused([_no_operation()])
        with timings.stage("plan"):
            operation = self._operation(known, request.variables)
            if isinstance(operation, list):
                return _refused(operation)
            try:
                roots = known.roots(request.viewer.kind, operation)
            except GraphQLError as error:
                # `@skip` or `@include` looks at a variable that is null.
                return _refused([error])
            if known.definition.kind is OperationType.MUTATION:
                return _mutation(document.tree, operation, roots)
            inputs = Inputs(request.viewer, operation.variables.coerced, request.now)
            planned = {root.key: self._bind(root, operation, inputs) for root in roots if root.name in ROOTS}
        invalid = [found for found in planned.values() if isinstance(found, GraphQLError)]
        if invalid:
            return _refused(invalid)
        limits = self.compiler.limits
        cost, length = _requested(planned.values(), inputs), _characters(planned.values())
        refusal = _too_costly(cost, limits.max_records) or _too_long(length, limits.max_statement)
        if refusal:
            spent = Spent(cost, 0, limits.max_records)
            return Result(None, [refusal], executed=False, spent=spent)
        query = known.definition.kind is OperationType.QUERY
        compiled = query and not any(root.name in INTROSPECTION for root in roots)
        return Prepared(document.tree, operation, roots, planned, compiled, cost)

    def _operation(self, known: KnownOperation, variables: Mapping[str, Any] | None) -> Operation | list[GraphQLError]:
        try:
            check_variables(variables, self.documents.limits)
        except CostLimitExceeded as error:
            return [GraphQLError(error.message, original_error=error)]
        return read_variables(known.definition, variables)

    def _bind(self, root: KnownRoot, operation: Operation, inputs: Inputs) -> Bound | Exception:
        """The plan of a root field with the values of this request, or what is wrong with them."""
        try:
            plan = root.plans.find(inputs)
            if plan is None:
                selection = root_selection(operation, root.key)
                plan = self.compiler.compile(inputs.viewer.kind, ROOTS[root.name], selection)
                root.plans.add(selection.operation.trace.questions, plan)
                self.documents.planned()
            return Bound(plan, plan.template.bind(inputs))
        except (C360Error, GraphQLError) as error:
            return error

    async def _run(
        self, viewer: Viewer, planned: Mapping[str, Bound | Exception], timings: Timings
    ) -> tuple[dict[str, Any], int]:
        """The value of each root field, or the error that it ended with; and how many records there were."""
        actual = 0
        values: dict[str, Any] = {key: bound for key, bound in planned.items() if isinstance(bound, Exception)}
        bound = {key: found for key, found in planned.items() if isinstance(found, Bound)}
        asking = {key: found for key, found in bound.items() if found.plan.asks}
        results: dict[str, list[Any]] = {}
        try:
            with timings.stage("database"):
                answers = await self.lanes.read(list(asking.values())) if asking else []
                results = dict(zip(asking, answers, strict=True))
                if bound or any(isinstance(found, Forbidden) for found in planned.values()):
                    await self._check_version(viewer, answers)
        except C360Error as error:
            values |= dict.fromkeys(asking, error)
        with timings.stage("shape"):
            for key, found in bound.items():
                if key not in values:
                    rows = results[key] if found.plan.asks else [list(found.statement.values.values())]
                    values[key] = found.plan.shaper(rows)
                    actual += found.plan.cost.counter(rows)
        return values, actual

    async def _mutate(self, request: Request, prepared: Prepared) -> Result:
        """Mutations one after the other; what comes after one that failed is not begun."""
        values: dict[str, Any] = {}
        hidden: list[GraphQLError] = []
        spent = Spent(0, 0, self.compiler.limits.max_records)
        now = request.now.replace(microsecond=request.now.microsecond // 1000 * 1000)
        for root in prepared.roots:
            if root.name not in VERBS:
                continue
            given = root_selection(prepared.operation, root.key).arguments["input"].value
            asked = Asked(VERBS[root.name], root, prepared.operation, given, request.viewer, now, request.request_id)
            try:
                payload = await self.mutations.perform(asked)
            except (C360Error, GraphQLError) as error:
                values[root.key] = error
                break
            values[root.key] = payload.data
            hidden += payload.hidden
            spent = Spent(spent.requested + payload.requested, spent.actual + payload.actual, spent.limit)
        data, errors = _assembled(prepared.roots, values, "Mutation")
        return Result(data, errors if data is None else [*errors, *hidden], spent=spent)

    async def _check_version(self, viewer: Viewer, answers: Sequence[Rows]) -> None:
        """Rows tell the version of the organisation's access; where there are none it is asked for."""
        told = [rows[0][-1] for rows in answers if rows]  # a list of one row of one column
        if len(told) < len(answers) or not answers:
            (found,) = await self.lanes.graph.read([access_version(viewer.organization_id)])
            told.append([found])
        if any(versions != [[viewer.version]] for versions in told):
            raise AccessChanged

    async def _complete(
        self,
        request: Request,
        tree: DocumentNode,
        values: Mapping[str, Any],
        timings: Timings,
        spent: Spent | None = None,
    ) -> Result:
        """Let graphql-core's executor answer, from the same values."""
        with timings.stage("complete"):
            result = execute(
                self.schema,
                tree,
                context_value=ExecutorContext(values),
                variable_values=dict(request.variables or {}),
                operation_name=request.operation_name,
                hide_suggestions=True,
            )
            if inspect.isawaitable(result):
                result = await result
        return Result(result.data, result.errors or (), spent=spent)


def _mutation(tree: DocumentNode, operation: Operation, roots: tuple[KnownRoot, ...]) -> Prepared | Result:
    """Mutations that are ready to run: their arguments can be coerced."""
    invalid = []
    for root in roots:
        try:
            root_selection(operation, root.key)
        except GraphQLError as error:
            invalid.append(error)
    return _refused(invalid) if invalid else Prepared(tree, operation, roots, {}, compiled=True, cost=0, mutates=True)


def _no_operation() -> GraphQLError:
    message = "There is no such operation to execute."
    return GraphQLError(message, original_error=BadInput(message, hint="Name one of the document's operations."))


def _requested(planned: Iterable[Bound | Exception], inputs: Inputs) -> int:
    return sum(found.plan.cost.requested(inputs) for found in planned if isinstance(found, Bound))


def _characters(planned: Iterable[Bound | Exception]) -> int:
    return sum(len(found.statement.text) for found in planned if isinstance(found, Bound))


def _too_long(length: int, most: int) -> GraphQLError | None:
    if length <= most:
        return None
    # The database takes seconds to plan what is longer, and nothing stops it in the midst of that.
    message = f"The request becomes {length} characters of Cypher; {most} are allowed."
    hint = "Select fewer fields, filter by fewer conditions, or ask in several requests."
    return GraphQLError(message, original_error=CostLimitExceeded(message, hint=hint))


def _too_costly(cost: int, most: int) -> GraphQLError | None:
    if cost <= most:
        return None
    message = f"The request asks for {cost} records; {most} are allowed."
    hint = "Ask for smaller pages: the sizes of nested pages multiply."
    return GraphQLError(message, original_error=CostLimitExceeded(message, hint=hint))


def _refused(errors: Sequence[GraphQLError]) -> Result:
    """A request error: variables or arguments that can't be coerced; nothing is executed."""
    told = []
    for error in errors:
        original = error.original_error
        ours = original if isinstance(original, C360Error) else BadInput(error.message)
        told.append(GraphQLError(error.message, error.nodes, path=error.path, original_error=ours))
    return Result(None, told, executed=False)


def _assembled(
    roots: Sequence[KnownRoot], values: Mapping[str, Any], type_name: str = "Query"
) -> tuple[dict[str, Any] | None, list[GraphQLError]]:
    """The answer from the values of the root fields, as the executor would put it together."""
    data: dict[str, Any] = {}
    errors: list[GraphQLError] = []
    for root in roots:
        value = type_name if root.name == "__typename" else values[root.key]
        if isinstance(value, Exception):
            errors.append(located(value, root))
            value = None
        if value is None and not root.nullable:
            # A selection set stops at its first non-null field that failed.
            return None, errors
        data[root.key] = value
    return data, errors


def _hidden(prepared: Prepared, values: Mapping[str, Any]) -> list[GraphQLError]:
    """What the answers of root fields hide; known before anything is asked, so that it tells nothing of records."""
    return [
        error
        for key, bound in prepared.planned.items()
        if isinstance(bound, Bound) and not isinstance(values[key], Exception)
        for error in hidden_errors((key,), bound.plan.hidden)
    ]


def located(error: Exception, root: KnownRoot) -> GraphQLError:
    """An error of a root field with its place in the document and the response."""
    if isinstance(error, GraphQLError):
        return error
    return GraphQLError(str(error), nodes=list(root.nodes), path=[root.key], original_error=error)
