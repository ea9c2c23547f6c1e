"""Explains a request: what it selects, the plan and the statement of each root field, and the database's own plan."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import partial
from typing import Any, Protocol

from graphql import GraphQLSchema, get_named_type, is_abstract_type, is_object_type

from cypher.hidden import Keys
from cypher.plan_text import Outline, outline_plan
from cypher.printer import Statement
from cypher.selection import Selection, return_type, root_selection
from graph.model import Model
from graph.permissions import NOTHING
from graph.viewer import Viewer
from resolvers.execution import Engine, Request, Result
from resolvers.query import ROOTS
from resolvers.timings import Timings

MOST_TYPES = 4
"""Types that are named where only some have a field."""


class Planner(Protocol):
    """Tells what the database makes of a statement."""

    async def plan_of(self, statement: Statement, *, profile: bool = False) -> dict[str, Any]:
        """The plan; with the rows and accesses of a run when it is profiled."""
        ...


@dataclass(frozen=True, slots=True)
class Operator:
    """An operator of the database's plan; `rows` and `accesses` are known of a profile."""

    name: str
    details: str
    estimated_rows: float
    rows: int | None
    accesses: int | None
    children: tuple[Operator, ...]

    def total(self) -> int:
        """The accesses of this operator and all below it."""
        return (self.accesses or 0) + sum(child.total() for child in self.children)


@dataclass(frozen=True, slots=True)
class ExplainedRoot:
    """A root field: what it selects, its plan, its statement, and what the database makes of it if it is asked."""

    key: str
    selection: Outline
    plan: Outline
    statement: Statement
    database: Operator | None


@dataclass(frozen=True, slots=True)
class Explanation:
    """Every root field of a request that becomes a statement, and the records that they are reckoned to bring."""

    roots: tuple[ExplainedRoot, ...]
    cost: int


async def explain(engine: Engine, planner: Planner, request: Request, *, profile: bool = False) -> Explanation:
    """Explain a request.

    Args:
        engine: plans it.
        planner: the database.
        request: what is asked, and by whom.
        profile: Run the statements, and tell the rows and accesses of each operator.

    Raises:
        GraphQLError: why the request is refused.
        C360Error: what is wrong with a root field, or what went wrong in the database.
    """
    prepared = engine.prepare(request, Timings())
    if isinstance(prepared, Result):
        raise prepared.errors[0]
    operation, found = prepared.operation, []
    why = partial(reasons, engine.compiler.model, request.viewer)
    for root in prepared.roots:
        bound = prepared.planned.get(root.key)
        if isinstance(bound, Exception):
            raise bound
        if bound is None:
            continue
        selection = root_selection(operation, root.key)
        plan = engine.compiler.plan(request.viewer.kind, ROOTS[root.name], selection)
        raw = await planner.plan_of(bound.statement, profile=profile) if bound.plan.asks else None
        hidden = {place.keys: place.names for place in bound.plan.hidden}
        outline = outline_selection(selection, return_type(operation, "Query", root.name), hidden)
        operators = read_operator(raw) if raw else None
        found.append(ExplainedRoot(root.key, outline, outline_plan(plan.statement, why), bound.statement, operators))
    return Explanation(tuple(found), prepared.cost)


def reasons(model: Model, viewer: Viewer, types: Sequence[str]) -> Iterator[str]:
    """Which permission of which role lets a viewer see records of the types, and how far."""
    told: dict[str, list[str]] = {}
    for name in types:
        if model.records[name].scope is None:
            text = "parts, as their wholes"
        else:
            grant = viewer.grants.found.get((name, "VIEW"), NOTHING)
            text = f"VIEW {grant.level} by role {grant.role}" if grant.role else "VIEW NONE: no role lets them see it"
        told.setdefault(text, []).append(name)
    for text, names in told.items():
        more = f" and {len(names) - MOST_TYPES} more" if len(names) > MOST_TYPES else ""
        yield f"because {', '.join(names[:MOST_TYPES])}{more}: {text}"


def read_operator(plan: Mapping[str, Any]) -> Operator:
    """The driver's plan, without what differs between releases."""
    told = plan.get("args", {})
    return Operator(
        plan["operatorType"].split("@")[0],
        str(told.get("Details", "")),
        float(told.get("EstimatedRows", 0)),
        told.get("Rows"),
        told.get("DbHits"),
        tuple(map(read_operator, plan.get("children", ()))),
    )


def outline_selection(
    selection: Selection, type_name: str, hidden: Mapping[Keys, Sequence[str]], keys: Keys = ()
) -> Outline:
    """A field with its arguments and what is selected below it, as it is planned: merged, and by type.

    Args:
        selection: the field.
        type_name: the type that it returns.
        hidden: the fields that are hidden from the viewer, with their types, by their response keys.
        keys: the response keys from below the root field to this one.
    """
    given = ", ".join(f"{name}: {_value(one.value)}" for name, one in selection.arguments.values.items())
    text = f"{_named(selection)}({given})" if given else _named(selection)
    return Outline(text, tuple(_below(selection, type_name, hidden, keys)))


def _named(selection: Selection) -> str:
    return selection.name if selection.key == selection.name else f"{selection.key}: {selection.name}"


def _below(selection: Selection, type_name: str, hidden: Mapping[Keys, Sequence[str]], keys: Keys) -> Iterator[Outline]:
    """The fields of all possible types, then those that only some of them have."""
    possible = _possible(selection.operation.schema, type_name)
    types: dict[Outline, list[str]] = {}
    for name in possible:
        for field in selection.fields(name):
            outline = _outline(field, name, hidden, (*keys, field.key))
            types.setdefault(outline, []).append(name)
    some: dict[tuple[str, ...], list[Outline]] = {}
    for outline, names in types.items():
        if len(names) == len(possible):
            yield outline
        else:
            some.setdefault(tuple(names), []).append(outline)
    for names_of, outlines in some.items():
        more = f" and {len(names_of) - MOST_TYPES} more" if len(names_of) > MOST_TYPES else ""
        yield Outline(f"... on {', '.join(names_of[:MOST_TYPES])}{more}", tuple(outlines))


def _outline(field: Selection, type_name: str, hidden: Mapping[Keys, Sequence[str]], keys: Keys) -> Outline:
    """A field of a concrete type; nothing is planned of one that is hidden."""
    if field.name == "__typename":
        return Outline(_named(field))
    if f"{type_name}.{field.name}" in hidden.get(keys, ()):
        return Outline(f"{_named(field)}: hidden from the viewer")
    return outline_selection(field, return_type(field.operation, type_name, field.name), hidden, keys)


def _possible(schema: GraphQLSchema, type_name: str) -> list[str]:
    """The concrete types of a type, none of a scalar or enum."""
    found = get_named_type(schema.type_map[type_name])
    if is_abstract_type(found):
        return sorted(possible.name for possible in schema.get_possible_types(found))
    return [found.name] if is_object_type(found) else []


def _value(value: Any) -> str:
    """A coerced argument as a document would write it."""
    match value:
        case None:
            return "null"
        case bool():
            return str(value).lower()
        case Enum():
            return value.name
        case str():
            return f'"{value}"'
        case Mapping():
            return "{" + ", ".join(f"{name}: {_value(inner)}" for name, inner in value.items()) + "}"
        case list():
            return "[" + ", ".join(map(_value, value)) + "]"
        case _:
            return str(value)
