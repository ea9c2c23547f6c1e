"""What a plan costs: the records that its pages and lists may bring, and those that they brought.

Every page costs the size that is asked for, and so does each page inside it for every record around it; one whose
size is not asked for is reckoned smaller than it may be. Groups of an aggregate count like records. What one record
leads to (its channel, its parent) costs nothing by itself: the depth of a selection bounds it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

from cypher.arguments import Inputs
from cypher.fragment import Param
from cypher.shape import (
    AggregatesShape,
    EmbeddedShape,
    Every,
    First,
    FirstRow,
    InOrder,
    ObjectShape,
    OnlyRow,
    PageEdges,
    PageNodes,
    PageShape,
    RowsShape,
    Shape,
    SwitchShape,
)

Row: TypeAlias = list[Any]
Counter: TypeAlias = Callable[[Row], int]


@dataclass(frozen=True, slots=True)
class Cost:
    """The cost of a root field.

    `each` is what its plan may bring, `counter` counts what it brought, and `times` is how many records are looked up
    by their ids, where that differs between requests.
    """

    each: int
    counter: Callable[[list[Row]], int]
    times: Param | None = None

    def requested(self, inputs: Inputs) -> int:
        """The records that a request is reckoned to bring."""
        return self.each if self.times is None else self.each * int(self.times.bound(inputs))


FREE = Cost(0, lambda _: 0)
"""What looks nothing up."""

LISTED = 10
"""What a plain list (tags, addresses, ancestors) is reckoned at: few records have more."""


def requested(shape: RowsShape) -> int:
    """The records that a plan is reckoned to bring; of records looked up by their ids, each of them."""
    match shape:
        case OnlyRow(inner) | FirstRow(inner):
            return _most(inner)
        case InOrder():
            return 1 + _most(shape.shape)
        case _:
            return 0


def _most(shape: Shape) -> int:
    match shape:
        case ObjectShape(fields) | PageEdges(fields):
            return sum(_most(inner) for _, inner in fields)
        case PageShape():
            groups = sum(one.reckoned for one in _aggregates(shape))
            inner = sum(_most(field) for _, field in shape.fields)
            return groups + (shape.reckoned * (1 + inner) if shape.rows is not None else 0)
        case SwitchShape(_, shapes):
            return max(map(_most, shapes.values()), default=0)
        case Every(_, inner):
            return LISTED * (1 + _most(inner))
        case First():
            return max(_most(shape.shape), _most(shape.itself) if shape.itself else 0)
        case EmbeddedShape(_, _, inner) | PageNodes(inner):
            return _most(inner)
        case _:
            return 0


def _aggregates(shape: PageShape) -> list[AggregatesShape]:
    """The aggregates of a page that bring groups."""
    return [field for _, field in shape.fields if isinstance(field, AggregatesShape) and field.reckoned]


def build_counter(shape: RowsShape) -> Callable[[list[Row]], int]:
    """The function that counts the records which the rows of a statement brought."""
    match shape:
        case OnlyRow(inner) | FirstRow(inner):
            count = _counter(inner)
            return (lambda rows: count(rows[0]) if rows else 0) if count else _nothing
        case InOrder():
            each = _counter(shape.shape)
            return lambda rows: sum(1 + (each(row) if each else 0) for row in rows[0][0])
        case _:
            return _nothing


def _nothing(_: Any) -> int:
    return 0


def _counter(shape: Shape) -> Counter | None:
    """Counts within a row; None where there is never anything to count."""
    match shape:
        case ObjectShape(fields) | PageEdges(fields):
            return _together([inner for _, inner in fields])
        case PageShape():
            return _page(shape)
        case Every(column, inner):
            return _each(column, _counter(inner))
        case First(column, inner, itself):
            return _first(column, _counter(inner), _counter(itself) if itself else None)
        case SwitchShape(column, shapes):
            return _switch(column, {label: count for label, one in shapes.items() if (count := _counter(one))})
        case EmbeddedShape(_, _, inner) | PageNodes(inner):
            return _counter(inner)
        case _:
            return None


def _together(shapes: list[Shape]) -> Counter | None:
    counters = [count for shape in shapes if (count := _counter(shape))]
    if len(counters) <= 1:
        return counters[0] if counters else None
    return lambda row: sum([count(row) for count in counters])


def _page(shape: PageShape) -> Counter | None:
    rows, groups = _page_rows(shape), [one.column for one in _aggregates(shape)]
    if not groups:
        return rows
    return lambda row: sum([len(row[column]) for column in groups]) + (rows(row) if rows else 0)


def _page_rows(shape: PageShape) -> Counter | None:
    column, limit, inner = shape.rows, shape.limit, _together([inner for _, inner in shape.fields])
    if column is None:
        return None
    if inner is None:
        return lambda row: min(len(row[column]), limit)
    return lambda row: min(len(row[column]), limit) + sum([inner(each) for each in row[column][:limit]])


def _each(column: int, inner: Counter | None) -> Counter:
    if inner is None:
        return lambda row: len(row[column])
    return lambda row: len(row[column]) + sum([inner(each) for each in row[column]])


def _first(column: int, inner: Counter | None, itself: Counter | None) -> Counter | None:
    if inner is None and itself is None:
        return None

    def first(row: Row) -> int:
        if row[column]:
            return inner(row[column][0]) if inner else 0
        return itself(row) if itself else 0

    return first


def _switch(column: int, counters: dict[str, Counter]) -> Counter | None:
    if not counters:
        return None

    def switched(row: Row) -> int:
        labels, inner = row[column]
        return next((counters[label](inner) for label in labels if label in counters), 0)

    return switched
