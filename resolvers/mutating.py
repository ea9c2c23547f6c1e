"""Runs the mutations of an operation one after the other, each in a transaction of its own.

The viewer is read anew in it, the write and the selection of its payload happen in it, and what the write is refused
for becomes the payload's errors.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar

from graphql import GraphQLError
from strawberry.schema.config import StrawberryConfig
from strawberry.schema.types.scalar import DEFAULT_SCALAR_REGISTRY
from strawberry.types.arguments import convert_argument

from cypher.access import Viewer
from cypher.arguments import Inputs
from cypher.compiler import Compiled, Compiler
from cypher.plan_tree import PlanTree
from cypher.selection import Operation, Selection, root_selection
from cypher.viewers import raise_access_version, read_viewer, viewer_again
from graph.database import Run
from graph.errors import CostLimitExceeded, DatabaseUnavailable, Forbidden, Taken, Unauthenticated
from graph.model import RootWritten
from graph.scalars import SCALARS
from graph.user_errors import Problem, Refused
from resolvers.documents import Documents, KnownRoot
from resolvers.errors import hidden_errors
from resolvers.idempotency import Key
from resolvers.verbs import Verb
from resolvers.writing import Write, Written

T = TypeVar("T")
SCALAR_REGISTRY = {**DEFAULT_SCALAR_REGISTRY, **SCALARS}


class GraphWriter(Protocol):
    """Reads and writes the graph in one transaction."""

    async def transact(self, work: Callable[[Run], Awaitable[T]]) -> T:
        """Let a function run statements in one transaction; it is called again after a transient fault."""
        ...


@dataclass(frozen=True, slots=True)
class Asked:
    """A mutation of a request: which, its input as the client gave it, and who asks."""

    verb: Verb
    root: KnownRoot
    operation: Operation
    given: Mapping[str, Any]
    viewer: Viewer
    now: dt.datetime
    request_id: str


@dataclass(slots=True)
class Payload:
    """What a mutation answers: its payload by response key, and how many records its statements brought.

    `hidden` are the errors for fields of it that are hidden from the viewer.
    """

    data: dict[str, Any]
    requested: int = 0
    actual: int = 0
    hidden: list[GraphQLError] = field(default_factory=list)


@dataclass(slots=True)
class _Attempts:
    """The attempts at one transaction. One that came to its end may have been committed, and its answer lost."""

    asked: Asked
    ended: bool = False

    def begin(self) -> None:
        """Begin an attempt, unless that could write twice.

        Raises:
            DatabaseUnavailable: nobody knows whether it was written, and no idempotency key tells.
        """
        if self.ended and self.asked.given.get("idempotencyKey") is None:
            raise DatabaseUnavailable(
                "The database went away while it wrote, and may or may not have written.",
                hint="Read what is there. With an `idempotencyKey` you may simply send it again.",
            )


@dataclass(frozen=True, slots=True)
class Mutations:
    """Performs mutations, and selects their payloads with the compiler of queries."""

    compiler: Compiler
    documents: Documents
    writer: GraphWriter | None

    async def perform(self, asked: Asked) -> Payload:
        """Perform one mutation.

        Raises:
            C360Error: what went wrong in the database, or with the selection of the payload; nothing is written then.
            GraphQLError: the selection has arguments that can't be coerced.
        """
        if self.writer is None:
            raise Forbidden("Nothing is written here.", hint="Ask the server that takes mutations.")
        attempts = _Attempts(asked)

        async def work(run: Run) -> Payload:
            attempts.begin()
            payload = await self._within(run, asked)
            attempts.ended = True
            return payload

        try:
            return await self.writer.transact(work)
        except Refused as refused:
            problems = refused.problems
        except Taken as taken:
            problems = (_taken(taken, asked.given),)
        return Payload(_shown(asked, [problem.told() for problem in problems], {}, replayed=False))

    async def _within(self, run: Run, asked: Asked) -> Payload:
        viewer = asked.viewer
        key = Key.of(asked.root.name, asked.given)
        written = await key.claim(run, viewer, asked.now) if key else None
        replayed = written is not None
        if asked.verb.access and not replayed:
            # It locks the organisation: of two that take rights from each other the second sees the first.
            await run(raise_access_version(viewer.organization_id))
        rows = await run(viewer_again(viewer))
        if not rows or not rows[0][5]:
            raise Unauthenticated("You may no longer sign in.", hint="Ask an administrator.")
        viewer = read_viewer(rows[0], staff=viewer.staff, home_id=viewer.home_id)
        if written is None:
            written = await self._write(run, asked, viewer)
            if key:
                await key.keep(run, viewer, asked.now, written)
        return await self._select(run, asked, viewer, written, replayed=replayed)

    async def _write(self, run: Run, asked: Asked, viewer: Viewer) -> Written:
        write = Write(run, self.compiler.model, viewer, asked.now, asked.request_id, asked.root.name)
        written = await asked.verb.perform(write, read_input(asked.verb.input, asked.given))
        write.settle()
        if asked.verb.access:
            await asked.verb.access(write)
            write.settle()
        await write.finish()
        return written

    async def _select(self, run: Run, asked: Asked, viewer: Viewer, written: Written, *, replayed: bool) -> Payload:
        """The payload, its records by statements in the same transaction."""
        payload = Payload({})
        values: dict[str, Any] = dict(written.values)
        for found in _selected(asked):
            if found.name in written.records:
                type_name, uuid = written.records[found.name]
                inputs = Inputs(viewer, asked.operation.variables.coerced, asked.now, written=uuid)
                plan = self._plan(asked, found.key, type_name, inputs)
                payload.requested += plan.cost.requested(inputs)
                statement = plan.template.bind(inputs)
                self._expect_affordable(payload.requested, len(statement.text))
                rows = await run(statement)
                values[found.key] = plan.shaper(rows)
                payload.hidden += hidden_errors((asked.root.key, found.key), plan.hidden)
                payload.actual += plan.cost.counter(rows)
        payload.data = _shown(asked, [], values, replayed=replayed)
        return payload

    def _expect_affordable(self, records: int, characters: int) -> None:
        limits = self.compiler.limits
        if records > limits.max_records:
            message = f"The payload asks for {records} records; {limits.max_records} are allowed."
            raise CostLimitExceeded(message, hint="Ask for smaller pages: the sizes of nested pages multiply.")
        if characters > limits.max_statement:
            message = f"The payload becomes {characters} characters of Cypher; {limits.max_statement} are allowed."
            raise CostLimitExceeded(message, hint="Select fewer fields, and ask for the rest in a query.")

    def _plan(self, asked: Asked, key: str, type_name: str, inputs: Inputs) -> Compiled:
        """The plan of a payload's field, made anew unless there is one for viewers of the kind."""
        plans = asked.root.payloads.setdefault((inputs.viewer.kind, key, type_name), PlanTree())
        plan = plans.find(inputs)
        if plan is None:
            selection = root_selection(asked.operation, asked.root.key)
            (found,) = [one for one in selection.fields(asked.verb.payload.__name__) if one.key == key]
            plan = self.compiler.compile(inputs.viewer.kind, RootWritten(type_name), found)
            plans.add(selection.operation.trace.questions, plan)
            self.documents.planned()
        return plan


def read_input(cls: type, given: Mapping[str, Any]) -> Any:
    """The input of a mutation as its Strawberry type; what is absent is UNSET."""
    return convert_argument(given, cls, SCALAR_REGISTRY, StrawberryConfig())


def _selected(asked: Asked) -> tuple[Selection, ...]:
    selection = root_selection(asked.operation, asked.root.key)
    return selection.fields(asked.verb.payload.__name__)


def _shown(asked: Asked, errors: Sequence[Mapping[str, Any]], values: Mapping[str, Any], *, replayed: bool) -> Any:
    """A payload by response key: records are there by response key already, plain values by the names of fields."""
    shown: dict[str, Any] = {}
    for found in _selected(asked):
        match found.name:
            case "__typename":
                shown[found.key] = asked.verb.payload.__name__
            case "errors":
                shown[found.key] = [_fields(found, error) for error in errors]
            case "replayed":
                shown[found.key] = replayed
            case _:
                shown[found.key] = values.get(found.key, values.get(found.name))
    return shown


def _fields(selection: Selection, error: Mapping[str, Any]) -> dict[str, Any]:
    return {found.key: error[found.name] for found in selection.fields(error["__typename"])}


def _taken(taken: Taken, given: Mapping[str, Any]) -> Problem:
    """A unique key in use, at the field of the input that it was made from."""
    # The last part of a key is its own; what comes before says within what it is unique.
    candidates = [name for key in reversed(taken.keys) for name in MADE_FROM.get(key, (key,))]
    where = next((name for name in candidates if given.get(name) is not None), None)
    return Problem("TAKEN", "Another record has this already. Choose another one.", (where,) if where else ())


MADE_FROM = {"emailKey": ("email",), "username": ("username", "email")}
"""The fields of inputs that stored keys are made from, where they have another name or one of several."""
