"""Shows a plan as a tree to read: what is matched, ordered and limited, and what each row holds. Decides nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import TypeAlias

from cypher.fragment import Fragment, Part
from cypher.patterns import node_fragment, shortest_fragment, step_fragment
from cypher.plan import (
    Aggregate,
    Branch,
    Collect,
    Column,
    Count,
    Groups,
    Match,
    NodePattern,
    Projection,
    Rows,
    ShortestPaths,
    SortKey,
    StatementPlan,
    Sum,
    Switch,
    Value,
)
from cypher.printer import part_printer


@dataclass(frozen=True, slots=True)
class Outline:
    """A line and what belongs below it."""

    text: str
    children: tuple[Outline, ...] = ()


Why: TypeAlias = Callable[[tuple[str, ...]], Iterable[str]]
"""Tells, for types of records, which permissions the access to them comes from."""


@dataclass(frozen=True, slots=True)
class Write:
    """Writes parts of the plan, and why a predicate of access is as it is."""

    part: Callable[[Part], str]
    why: Why

    def __call__(self, part: Part) -> str:
        """The text of a part."""
        return self.part(part)

    def access(self, node: NodePattern) -> Outline:
        """The predicate of access of a node, with the reasons below it."""
        return Outline(f"where {self.part(node.predicate)}", tuple(map(Outline, self.why(node.types))))


def outline_plan(plan: StatementPlan, why: Why = lambda _: ()) -> Outline:
    """The plan as a tree; variables and parameters are named as in the statement that is printed of it."""
    write = Write(part_printer(plan), why)
    return Outline("statement", (*(_rows(plan.rows, write) if plan.rows else ()), *_projection(plan.projection, write)))


def _rows(rows: Rows, write: Write) -> Iterator[Outline]:
    first, order, limit = rows.branches[0], rows.order, rows.limit
    if len(rows.branches) == 1 and not (first.limit and rows.order):
        yield from _branch(replace(first, order=(), limit=None), write)
        order, limit = order or first.order, limit or first.limit
    else:
        word = "union" if rows.distinct else "union all"
        yield Outline(word, tuple(Outline("branch", tuple(_branch(branch, write))) for branch in rows.branches))
    if rows.distinct and len(rows.branches) == 1:
        yield Outline("distinct")
    for variable, expression in rows.lets:
        yield Outline(f"let {write(variable)} = {write(expression)}")
    for predicate in rows.having:
        yield Outline(f"having {write(predicate)}")
    yield from _ends(order, limit, write)


def _branch(branch: Branch, write: Write) -> Iterator[Outline]:
    if branch.call:
        yield Outline(write(branch.call))
    match branch.match:
        case Match():
            yield from _match(branch.match, write)
        case ShortestPaths():
            yield from _shortest(branch.match, write)
    yield from _ends(branch.order, branch.limit, write)


def _match(match: Match, write: Write) -> Iterator[Outline]:
    start = node_fragment(match.start) if isinstance(match.start, NodePattern) else Fragment(("(", match.start, ")"))
    nodes = [match.start] if isinstance(match.start, NodePattern) else []
    nodes += [step.node for step in match.steps if step.repeat is None]
    path = write(Fragment((start, *map(step_fragment, match.steps))))
    repeated = [Outline(reason) for step in match.steps if step.repeat for reason in write.why(step.node.types)]
    asked = [Outline(f"where {write(predicate)}") for predicate in match.where]
    where = (*map(write.access, nodes), *repeated, *asked)
    walked = (Outline(f"index {', '.join(match.index)}"),) if match.index else ()
    yield Outline(f"match {path}", (*walked, *where))


def _shortest(paths: ShortestPaths, write: Write) -> Iterator[Outline]:
    predicate = Outline(f"for all {write(paths.node)} on it {write(paths.predicate)}")
    yield Outline(f"match {write(shortest_fragment(paths))}", (predicate,))


def _ends(order: tuple[SortKey, ...], limit: Part | None, write: Write) -> Iterator[Outline]:
    if order:
        keys = ", ".join(write(key.expression) + (" desc" if key.descending else "") for key in order)
        yield Outline(f"order by {keys}")
    if limit is not None:
        yield Outline(f"limit {write(limit)}")


def _projection(projection: Projection, write: Write) -> Iterator[Outline]:
    for item in projection.items:
        only = f" for {'|'.join(item.only[1])}" if item.only else ""
        yield Outline(f"item {write(item.variable)}{only}", (_column(item.column, write),))
    columns = [_column(column, write) for column in projection.columns]
    yield Outline("row", tuple(Outline(f"{number}: {one.text}", one.children) for number, one in enumerate(columns)))


def _column(column: Column, write: Write) -> Outline:
    match column:
        case Value(expression):
            return Outline(write(expression))
        case Collect(rows, projection):
            return Outline("collect", (*_rows(rows, write), *_projection(projection, write)))
        case Count(rows):
            return Outline("count", tuple(_rows(rows, write)))
        case Aggregate(rows, expression):
            return Outline(f"sum of {write(expression)}", tuple(_rows(rows, write)))
        case Sum(parts):
            return Outline("sum", tuple(_column(part, write) for part in parts))
        case Groups():
            return _groups(column, write)
        case Switch(variable, cases):
            return Outline(f"by label of {write(variable)}", tuple(_case(case, write) for case in cases))


def _groups(groups: Groups, write: Write) -> Outline:
    carried = tuple(Outline(f"{write(variable)} = {write(value)}") for variable, value in groups.carried)
    ends = tuple(_ends(groups.order, groups.limit, write))
    rows, projection = _rows(groups.rows, write), _projection(groups.projection, write)
    return Outline("groups", (*rows, *carried, *ends, *projection))


def _case(case: tuple[tuple[str, ...], Projection], write: Write) -> Outline:
    labels, projection = case
    return Outline("|".join(labels), tuple(_projection(projection, write)))
