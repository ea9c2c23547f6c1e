"""Runs the mutations of an operation one after the other, each in a transaction of its own.

The viewer is read anew in it, the write and the selection of its payload happen in it, and what the write is refused
for becomes the payload's errors.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any, Protocol, TypeAlias, TypeVar

from graphql import GraphQLError

from cypher.arguments import Inputs
from cypher.compiler import Compiled, Compiler
from cypher.plan_tree import PlanTree
from cypher.selection import Operation, Selection, root_selection
from cypher.viewers import raise_access_version, read_viewer, viewer_again
from graph.database import Run
from graph.errors import CostLimitExceeded, Forbidden, Taken, Unauthenticated
from graph.ids import global_id
from graph.model import RootWritten
from graph.user_errors import Overtaken, Problem, Refused
from graph.viewer import Viewer
from resolvers.documents import Documents, KnownRoot
from resolvers.errors import hidden_errors
from resolvers.idempotency import Key
from resolvers.input_readers import read_input
from resolvers.outcomes import resolved
from resolvers.records import Written
from resolvers.verbs import Verb
from resolvers.writing import Write

T = TypeVar("T")
ATTEMPTS = 3
"""Runs of a mutation that others overtake."""
Path: TypeAlias = tuple[tuple[str, str], ...]
"""The way to a field of a payload: the type around and the response key, from the outside in."""


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
    preview: bool = False


@dataclass(frozen=True, slots=True)
class _Selecting:
    """What the selection of a payload works with: the transaction, who asks, and the payload that is being made."""

    run: Run
    asked: Asked
    viewer: Viewer
    payload: Payload


class _Previewed(Exception):
    """Ends the transaction of a mutation that only tells what it would do."""

    def __init__(self, payload: Payload) -> None:
        super().__init__()
        self.payload = payload


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
        transact, keyed = self.writer.transact, asked.given.get("idempotencyKey") is not None

        async def work(run: Run) -> Payload:
            payload = await self._within(run, asked)
            if payload.preview:
                raise _Previewed(payload)
            return payload

        try:
            return await _run_again(lambda: resolved(lambda: transact(work), keyed=keyed))
        except _Previewed as previewed:
            return previewed.payload
        except Refused as refused:
            problems = refused.problems
        except Taken as taken:
            problems = (_taken(taken, asked.given),)
        return Payload(_shown(asked, [problem.told() for problem in problems], {}, {}, replayed=False))

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
        limits = self.compiler.limits
        write = Write(run, self.compiler.model, viewer, asked.now, asked.request_id, asked.root.name, limits)
        written = await asked.verb.perform(write, read_input(asked.verb.input, asked.given))
        write.settle()
        if asked.verb.access:
            await asked.verb.access(write)
            write.settle()
        await write.finish()
        told = {"writeId": global_id("Write", write.write_id)} if write.changes and not written.preview else {}
        return replace(written, values={**written.values, **told})

    async def _select(self, run: Run, asked: Asked, viewer: Viewer, written: Written, *, replayed: bool) -> Payload:
        """The payload, its records by statements in the same transaction."""
        payload = Payload({}, preview=written.preview)
        selecting = _Selecting(run, asked, viewer, payload)
        ready: dict[str, Any] = {}
        for found in _selected(asked):
            path = ((asked.verb.payload.__name__, found.key),)
            if found.name in written.records:
                (ready[found.key],) = await self._records(selecting, path, [written.records[found.name]])
            elif found.name in written.rows:
                ready[found.key] = await self._rows(selecting, path, found, written.rows[found.name])
        payload.data = _shown(asked, [], written.values, ready, replayed=replayed)
        return payload

    async def _rows(
        self, selecting: _Selecting, path: Path, selection: Selection, rows: Sequence[Written]
    ) -> list[dict[str, Any]]:
        """The objects of a list; what a field of theirs selects of records comes by one statement for all of them."""
        if not rows:
            return []
        type_name = str(rows[0].values["__typename"])
        fields = selection.fields(type_name)
        ready: list[dict[str, Any]] = [{} for _ in rows]
        for found in fields:
            there = [(place, row.records[found.name]) for place, row in enumerate(rows) if found.name in row.records]
            records = await self._records(selecting, (*path, (type_name, found.key)), [one for _, one in there])
            for (place, _), record in zip(there, records, strict=True):
                ready[place][found.key] = record
        return [_object(fields, row.values, own) for row, own in zip(rows, ready, strict=True)]

    async def _records(self, selecting: _Selecting, path: Path, written: Sequence[tuple[str, str]]) -> list[Any]:
        """What the field at a path selects of records of one type, each as the viewer sees it now; null where not."""
        if not written:
            return []
        asked, payload, type_name = selecting.asked, selecting.payload, written[0][0]
        inputs = [Inputs(selecting.viewer, asked.operation.variables.coerced, asked.now, uuid) for _, uuid in written]
        plan = self._plan(asked, path, type_name, inputs[0])
        payload.requested += plan.cost.requested(inputs[0]) * len(inputs)
        statements = [plan.template.bind(one) for one in inputs]
        many = plan.batch if len(statements) > 1 else None
        sent = many.bind(statements) if many else statements[0]
        self._expect_affordable(payload.requested, len(sent.text))
        rows = await selecting.run(sent)
        found: list[list[Any]] = [[] for _ in statements]
        for place, row in rows if many else [(0, row) for row in rows]:
            found[place].append(row)
        payload.hidden += hidden_errors((asked.root.key, *(key for _, key in path)), plan.hidden)
        payload.actual += sum(map(plan.cost.counter, found))
        return [plan.shaper(own) for own in found]

    def _expect_affordable(self, records: int, characters: int) -> None:
        limits = self.compiler.limits
        if records > limits.max_records:
            message = f"The payload asks for {records} records; {limits.max_records} are allowed."
            raise CostLimitExceeded(message, hint="Ask for smaller pages: the sizes of nested pages multiply.")
        if characters > limits.max_statement:
            message = f"The payload becomes {characters} characters of Cypher; {limits.max_statement} are allowed."
            raise CostLimitExceeded(message, hint="Select fewer fields, and ask for the rest in a query.")

    def _plan(self, asked: Asked, path: Path, type_name: str, inputs: Inputs) -> Compiled:
        """The plan of a field in the payload, made anew unless there is one for viewers of the kind."""
        plans = asked.root.payloads.setdefault((inputs.viewer.kind, path, type_name), PlanTree())
        plan = plans.find(inputs)
        if plan is None:
            selection = found = root_selection(asked.operation, asked.root.key)
            for around, key in path:
                (found,) = [one for one in found.fields(around) if one.key == key]
            plan = self.compiler.compile(inputs.viewer.kind, RootWritten(type_name), found)
            plans.add(selection.operation.trace.questions, plan)
            self.documents.planned()
        return plan


async def _run_again(attempt: Callable[[], Awaitable[T]]) -> T:
    """What an attempt gives, made again when what it links was deleted meanwhile: then it sees that."""
    for _ in range(ATTEMPTS - 1):
        with suppress(Overtaken):
            return await attempt()
    return await attempt()


def _selected(asked: Asked) -> tuple[Selection, ...]:
    selection = root_selection(asked.operation, asked.root.key)
    return selection.fields(asked.verb.payload.__name__)


def _shown(
    asked: Asked,
    errors: Sequence[Mapping[str, Any]],
    values: Mapping[str, Any],
    ready: Mapping[str, Any],
    *,
    replayed: bool,
) -> dict[str, Any]:
    """A payload by response key, of plain values by the names of fields and of what is ready by response key."""
    plain = {**values, "__typename": asked.verb.payload.__name__, "errors": errors, "replayed": replayed}
    return _object(_selected(asked), plain, ready)


def _object(fields: Sequence[Selection], values: Mapping[str, Any], ready: Mapping[str, Any]) -> dict[str, Any]:
    return {
        found.key: ready[found.key] if found.key in ready else _value(found, values.get(found.name)) for found in fields
    }


def _value(selection: Selection, value: Any) -> Any:
    """A plain value as the response has it; an object says its type itself."""
    match value:
        case {"__typename": type_name}:
            return _object(selection.fields(type_name), value, {})
        case list():
            return [_value(selection, one) for one in value]
        case _:
            return value


def _taken(taken: Taken, given: Mapping[str, Any]) -> Problem:
    """A unique key in use, at the field of the input that it was made from."""
    # The last part of a key is its own; what comes before says within what it is unique.
    candidates = [name for key in reversed(taken.keys) for name in MADE_FROM.get(key, (key,))]
    where = next((name for name in candidates if given.get(name) is not None), None)
    return Problem("TAKEN", "Another record has this already. Choose another one.", (where,) if where else ())


MADE_FROM = {"emailKey": ("email",), "username": ("username", "email")}
"""The fields of inputs that stored keys are made from, where they have another name or one of several."""
