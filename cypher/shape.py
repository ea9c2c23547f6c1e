"""Shapes: how the columns of a row become the response. Frozen data; `cypher/shaper.py` turns them into functions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, TypeAlias


class Form(Enum):
    """What a stored value looks like in the response."""

    PLAIN = "as it is"
    MOMENT = "milliseconds since 1970 to RFC 3339"
    DAY = "a date to ISO 8601"
    LIST = "a list, empty when there is none"


@dataclass(frozen=True, slots=True)
class Typename:
    """The name of the record's type."""

    type_name: str


@dataclass(frozen=True, slots=True)
class Leaf:
    """A scalar in one column."""

    column: int
    form: Form


@dataclass(frozen=True, slots=True)
class GlobalId:
    """A UUID in one column, shown as the global id of a type."""

    column: int
    type_name: str


@dataclass(frozen=True, slots=True)
class MoneyShape:
    """Minor units in one column; the currency in another one, or the same in every row.

    `summed`: the column holds a list of amounts that are to be added up.
    """

    amount: int
    currency: int | str
    fields: tuple[tuple[str, str], ...]
    summed: bool = False


@dataclass(frozen=True, slots=True)
class Hidden:
    """A field that is hidden from the viewer: what stands there instead, null unless it is a connection.

    `nodes` are where the document selects it.
    """

    type_name: str
    field: str
    nodes: tuple[Any, ...]
    instead: Any = None


@dataclass(frozen=True, slots=True)
class ObjectShape:
    """An object of the same row, by response key."""

    fields: tuple[tuple[str, Shape], ...]


@dataclass(frozen=True, slots=True)
class EmbeddedShape:
    """An object of the same row that is there when a column holds a value."""

    column: int
    value: str
    shape: ObjectShape


@dataclass(frozen=True, slots=True)
class SwitchShape:
    """A column of labels and a row of its own, shaped by the type among the labels."""

    column: int
    shapes: Mapping[str, ObjectShape]


@dataclass(frozen=True, slots=True)
class First:
    """The first of the rows in a column, or null."""

    column: int
    shape: Shape
    itself: Shape | None = None
    """What stands there instead of null, of the row around."""


@dataclass(frozen=True, slots=True)
class Every:
    """All rows in a column."""

    column: int
    shape: Shape


@dataclass(frozen=True, slots=True)
class PageShape:
    """A connection: its rows in one column, its count in another.

    `cursor` holds the columns of a row that make its cursor, with the order that the cursor is bound to.
    """

    rows: int | None
    count: int | None
    limit: int
    reckoned: int
    backward: bool
    bounded_before: bool
    bounded_after: bool
    cursor: tuple[int, ...]
    order: str
    fields: tuple[tuple[str, Shape], ...]


@dataclass(frozen=True, slots=True)
class PageNodes:
    """The records of the page."""

    shape: Shape


@dataclass(frozen=True, slots=True)
class PageEdges:
    """The edges of the page."""

    fields: tuple[tuple[str, Shape], ...]


@dataclass(frozen=True, slots=True)
class EdgeCursor:
    """The cursor of the row."""


@dataclass(frozen=True, slots=True)
class PageInfoShape:
    """Page info: response keys with the names of the fields."""

    fields: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class TotalCount:
    """The count of the connection."""


@dataclass(frozen=True, slots=True)
class LabelChoice:
    """The value that belongs to one of the labels in a column."""

    column: int
    values: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class AggregatesShape:
    """The groups of a connection, in a column of the row around it.

    `reckoned` is how many groups count in the cost of the request; one entry for all is free like a count.
    """

    column: int
    group: ObjectShape
    reckoned: int


@dataclass(frozen=True, slots=True)
class FigureShape:
    """An exact sum, or an average when `average`, by the parts in which the database added it up.

    `high` and `low` are columns of halves, scaled by `scale` digits; `others` one of texts that don't fit into them;
    `count` one of how many values there are. `currency` is a column of the currencies found, or the same in every row.
    """

    high: int
    low: int
    count: int
    scale: int
    others: int | None
    currency: int | str | None
    average: bool
    fields: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class AmountShape:
    """An amount of money as a text in major units; its currency as in a figure."""

    column: int
    currency: int | str


@dataclass(frozen=True, slots=True)
class KeyShape:
    """One key of a group: response keys with the names of the fields, and the shapes of value and label."""

    name: str
    value: Shape
    label: Shape | None
    fields: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class KeysShape:
    """The keys of a group."""

    keys: tuple[KeyShape, ...]


@dataclass(frozen=True, slots=True)
class LabelledId:
    """A UUID in one column, shown as the global id of the type among the labels in another one."""

    column: int
    labels: int
    types: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ChangedFieldsShape:
    """The fields of a change, in two columns of JSON objects by name: what was before and what is after.

    `known` are the fields that there are, `hidden` those that are masked, and `linked` those that lead to records: of
    these only the ones show whose UUIDs are in the rows of the column `seen`.
    """

    before: int
    after: int
    seen: int
    known: frozenset[str]
    hidden: frozenset[str]
    linked: frozenset[str]
    fields: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class OnlyRow:
    """The one row that a statement always brings."""

    shape: Shape


@dataclass(frozen=True, slots=True)
class FirstRow:
    """The record of the first row, or null."""

    shape: Shape
    type_name: str


@dataclass(frozen=True, slots=True)
class InOrder:
    """Of the only row, the records in its first column in the order of the global ids in its second.

    `key` is the column of a record's UUID, `type_name` the type of all of them unless each tells its own.
    """

    key: int
    shape: Shape
    type_name: str | None


@dataclass(frozen=True, slots=True)
class NoRecords:
    """An empty list, whatever the rows."""


RowsShape: TypeAlias = OnlyRow | FirstRow | InOrder | NoRecords
"""What the rows of a statement become."""

Shape: TypeAlias = (
    Typename
    | Leaf
    | GlobalId
    | MoneyShape
    | Hidden
    | ObjectShape
    | EmbeddedShape
    | SwitchShape
    | First
    | Every
    | PageShape
    | PageNodes
    | PageEdges
    | EdgeCursor
    | PageInfoShape
    | TotalCount
    | LabelChoice
    | AggregatesShape
    | FigureShape
    | AmountShape
    | KeysShape
    | LabelledId
    | ChangedFieldsShape
)
