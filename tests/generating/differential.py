"""Answers a request in both ways from the same invented rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from random import Random
from typing import Any

import orjson
from graphql import (
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLSchema,
    get_named_type,
    is_composite_type,
)

from cypher.context import Limits
from cypher.selection import Operation, Selection, read_variables, root_selection
from graph.errors import C360Error, DatabaseUnavailable
from graph.permissions import Sensitive
from graph.registry import load_model
from graph.viewer import Viewer
from resolvers.errors import ErrorLimits, format_errors
from resolvers.execution import Engine, Prepared, Request, _assembled
from resolvers.lanes import Bound
from resolvers.limits import DocumentLimits
from resolvers.timings import Timings
from tests.generating.documents import Case
from tests.generating.rows import RowMaker
from tests.generating.values import bare
from tests.world import EVERYTHING

SHARE_HIDDEN = 0.3
VIEWER = Viewer(
    "0190a000-0000-7000-8000-00000000aaaa", "Uma", "0190a000-0000-7000-8000-00000000bbbb", "EUR", EVERYTHING
)


SENSITIVE = [(entity, group.name) for entity in load_model().entities() for group in Sensitive]


def viewer_of(case: Case) -> Viewer:
    """Who asks: in every third case somebody from whom about a third of the sensitive fields are hidden."""
    rng = Random(f"hidden {case.seed}")  # noqa: S311 - repeatable, not secret
    hidden = frozenset(pair for pair in SENSITIVE if case.seed % 3 == 0 and rng.random() < SHARE_HIDDEN)
    return replace(VIEWER, grants=replace(EVERYTHING, hidden=hidden))


class NoDatabase:
    """A graph that nobody reads: rows are invented."""

    async def read(self, statements: Any, **_: Any) -> list[list[Any]]:
        """Refuse."""
        raise AssertionError(f"nothing is sent, but {len(statements)} statements were")


def new_engine() -> Engine:
    """An engine that knows no document and no plan yet, without limits that made-up documents would meet."""
    many = 10**9
    limits = Limits(max_records=many, max_statement=many)
    return Engine.of(NoDatabase(), limits, DocumentLimits(many, many, many, many, many, many, many))


@dataclass(frozen=True, slots=True)
class Answers:
    """Data and errors straight from the rows, and by graphql-core's executor; what each root field was to select."""

    straight: tuple[bytes, list[dict[str, Any]]]
    ordinary: tuple[bytes, list[dict[str, Any]]]
    data: Any
    selections: Mapping[str, Selection]

    @property
    def agree(self) -> bool:
        """Whether both are the same, errors in the same order."""
        return self.straight == self.ordinary


def operation_of(engine: Engine, case: Case) -> Operation:
    """The operation of a case with its variables."""
    known = engine.documents.get(case.query).operation(engine.schema, None)
    assert known is not None
    operation = read_variables(known.definition, case.variables)
    assert isinstance(operation, Operation)
    return operation


async def answer_both_ways(engine: Engine, case: Case) -> Answers | None:
    """The answers of a case, None when it is refused before anything runs."""
    request = Request(case.query, case.variables, None, viewer_of(case), "request")
    prepared = engine.prepare(request, Timings())
    if not isinstance(prepared, Prepared):
        return None
    assert prepared.compiled
    operation = operation_of(engine, case)
    selections = {root.key: root_selection(operation, root.key) for root in prepared.roots}
    values = _values(engine, prepared, selections, Random(case.seed))  # noqa: S311 - repeatable, not secret
    data, errors = _assembled(prepared.roots, values)
    ordinary = await engine._complete(request, prepared.tree, values, Timings())
    return Answers(
        (orjson.dumps(data), _told(errors)),
        (orjson.dumps(ordinary.data), _told(ordinary.errors)),
        orjson.loads(orjson.dumps(ordinary.data)),
        selections,
    )


def _values(engine: Engine, prepared: Prepared, selections: Mapping[str, Selection], rng: Random) -> dict[str, Any]:
    """The value of each root field: shaped from invented rows, or the error that it ended with."""
    maker = RowMaker(rng, engine.schema)
    broken: C360Error | None = DatabaseUnavailable("The database does not answer.") if rng.random() < 0.03 else None
    values: dict[str, Any] = {}
    for key, bound in prepared.planned.items():
        if not isinstance(bound, Bound):
            values[key] = bound
        elif not bound.plan.asks:
            told = bound.statement.parameters
            values[key] = bound.plan.shaper([list(told.get("values", told).values())])
        elif broken is not None:
            values[key] = broken
        else:
            values[key] = bound.plan.shaper(maker.statement(bound.plan.shape, selections[key]))
    return values


def same_keys(schema: GraphQLSchema, type_: GraphQLOutputType, selection: Selection, data: Any) -> bool:
    """Whether an answer of the executor has the response keys that a selection collected, in their order."""
    if data is None:
        return True
    if isinstance(data, list) and is_composite_type(get_named_type(type_)):
        item: Any = bare(type_)
        return all(same_keys(schema, item.of_type, selection, each) for each in data)
    named = get_named_type(type_)
    if not isinstance(data, dict) or not is_composite_type(named):
        return True
    possible = [named] if isinstance(named, GraphQLObjectType) else schema.get_possible_types(named)
    return any(_same_fields(schema, each, selection, data) for each in possible)


def _same_fields(schema: GraphQLSchema, type_: GraphQLObjectType, selection: Selection, data: dict[str, Any]) -> bool:
    fields = selection.fields(type_.name)
    return [field.key for field in fields] == list(data) and all(
        field.name == "__typename" or same_keys(schema, type_.fields[field.name].type, field, data[field.key])
        for field in fields
    )


def _told(errors: Any) -> list[dict[str, Any]]:
    return format_errors(list(errors), executed=True, request_id="request", limits=ErrorLimits())
