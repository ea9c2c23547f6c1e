"""Builds functions that turn rows into the response, one for each shape, once per plan."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from cypher.changed_fields import build_changed_fields
from cypher.cursors import encode_cursor
from cypher.figures import added, average_text, money_average_text, number_text, only_currency
from cypher.shape import (
    AggregatesShape,
    AmountShape,
    ChangedFieldsShape,
    EdgeCursor,
    EmbeddedShape,
    Every,
    FigureShape,
    First,
    FirstRow,
    Form,
    GlobalId,
    Hidden,
    InOrder,
    KeyShape,
    KeysShape,
    LabelChoice,
    LabelledId,
    Leaf,
    MoneyShape,
    NoRecords,
    ObjectShape,
    OnlyRow,
    PageEdges,
    PageInfoShape,
    PageNodes,
    PageShape,
    RowsShape,
    Shape,
    SwitchShape,
    TotalCount,
    Typename,
)
from graph.ids import global_id
from graph.money import to_major

Row: TypeAlias = list[Any]
Shaper: TypeAlias = Callable[[Row], Any]
RowsShaper: TypeAlias = Callable[[list[Row]], Any]

_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


def build_rows_shaper(shape: RowsShape) -> RowsShaper:
    """The function that shapes all rows of a statement."""
    match shape:
        case OnlyRow(inner):
            only = build_shaper(inner)
            return lambda rows: only(rows[0])
        case FirstRow(inner, type_name):
            first = build_shaper(inner)
            return lambda rows: typed(type_name, first(rows[0])) if rows else None
        case InOrder():
            return _in_order(shape)
        case NoRecords():
            return lambda _: []


def _in_order(shape: InOrder) -> RowsShaper:
    build, key, type_name = build_shaper(shape.shape), shape.key, shape.type_name

    def in_order(rows: list[Row]) -> list[Any]:
        nodes, wanted, *_ = rows[0]
        # Records of two types may share a UUID: only the global id tells them apart.
        found = {}
        for row in nodes:
            value = build(row) if type_name is None else typed(type_name, build(row))
            found[global_id(value.type_name, row[key])] = value
        return [found.get(text) for text in wanted]

    return in_order


def build_shaper(shape: Shape) -> Shaper:
    """The function that shapes a row."""
    match shape:
        case Typename() | Leaf() | GlobalId() | Hidden() | ObjectShape() | EmbeddedShape():
            return _Source().function(shape)
        case MoneyShape():
            return _money(shape)
        case SwitchShape(column, shapes):
            return _switch(column, {label: build_shaper(inner) for label, inner in shapes.items()})
        case LabelChoice(column, values):
            return lambda row: next((values[label] for label in row[column] if label in values), None)
        case First():
            return _first(shape)
        case Every(column, inner):
            every = _Source().function_of_rows(inner)
            return lambda row: every(row[column])
        case PageShape():
            return _page(shape)
        case ChangedFieldsShape():
            return build_changed_fields(shape)
        case _:
            return _in_group(shape)


def _in_group(shape: Shape) -> Shaper:
    """The function that shapes what stands in a group of an aggregate."""
    match shape:
        case FigureShape():
            return _figure(shape)
        case AmountShape(column, currency):
            return _amount(column, currency)
        case KeysShape(keys):
            built = [_key(key) for key in keys]
            return lambda row: [key(row) for key in built]
        case LabelledId(column, labels, types):
            return lambda row: _labelled_id(row[column], row[labels], types)
        case _:
            raise TypeError(f"{type(shape).__name__} stands only inside a connection")


@dataclass(frozen=True, slots=True)
class _Source:
    """A function of a row as source: compiled into one expression, a field costs no call.

    Source is made of column numbers, of names that are bound here, and of the `repr` of response keys.
    """

    names: dict[str, Any] = field(default_factory=dict)
    cursor: Shaper | None = None
    """What makes the cursor of a row, for the edges of a page."""

    def function(self, shape: Shape) -> Shaper:
        """The function that shapes a row."""
        shaper: Shaper = self._compiled(f"lambda row: {self.expression(shape)}")
        return shaper

    def function_of_rows(self, shape: Shape) -> Callable[[list[Row]], list[Any]]:
        """The function that shapes each of several rows."""
        several: Callable[[list[Row]], list[Any]] = self._compiled(
            f"lambda rows: [{self.expression(shape)} for row in rows]"
        )
        return several

    def expression(self, shape: Shape) -> str:
        """What a shape makes of `row`."""
        match shape:
            case Typename(type_name):
                return repr(type_name)
            case Leaf(column, form):
                return self.leaf(f"row[{column:d}]", form)
            case GlobalId(column, type_name):
                value = f"row[{column:d}]"
                return f"(None if {value} is None else {self.bound(global_id)}({type_name!r}, {value}))"
            case Hidden():
                return self.bound(shape.instead)
            case ObjectShape(fields):
                return "{" + ", ".join(f"{key!r}: {self.expression(inner)}" for key, inner in fields) + "}"
            case EmbeddedShape(column, value, inner):
                return f"({self.expression(inner)} if row[{column:d}] == {self.bound(value)} else None)"
            case EdgeCursor():
                return f"{self.bound(self.cursor)}(row)"
            case _:
                return f"{self.bound(build_shaper(shape))}(row)"

    def leaf(self, value: str, form: Form) -> str:
        """A scalar in its form."""
        if form is Form.MOMENT:
            return f"(None if {value} is None else {self.bound(moment)}({value}))"
        return f"({value} or [])" if form is Form.LIST else value

    def bound(self, value: Any) -> str:
        """A name for a value in the source."""
        name = f"v{len(self.names)}"
        self.names[name] = value
        return name

    def _compiled(self, source: str) -> Any:
        return eval(source, self.names)  # noqa: S307 - made above of nothing that a caller wrote but names


def moment(millis: int) -> str:
    """Milliseconds since 1970 as an RFC 3339 string in UTC."""
    text = (_EPOCH + dt.timedelta(milliseconds=millis)).isoformat(timespec="milliseconds")
    return text[:23] + "Z"


def _money(shape: MoneyShape) -> Shaper:
    column, fields, summed, currency = shape.amount, shape.fields, shape.summed, shape.currency

    def money(row: Row) -> dict[str, Any] | None:
        minor = sum(row[column]) if summed else row[column]
        code = row[currency] if isinstance(currency, int) else currency
        if minor is None or code is None:
            return None
        values = {"amount": to_major(minor, code), "currency": code, "__typename": "Money"}
        return {key: values[name] for key, name in fields}

    return money


def _figure(shape: FigureShape) -> Shaper:
    def figure(row: Row) -> dict[str, Any] | None:
        count, others = row[shape.count], () if shape.others is None else row[shape.others]
        code = _code(row, shape.currency)
        if not count or (code is None and shape.currency is not None):
            return None
        total = added(row[shape.high], row[shape.low], shape.scale, others)
        if total is None:
            return None
        if code is None:
            amount = average_text(total, count) if shape.average else number_text(total)
        else:
            amount = money_average_text(total, count, code) if shape.average else to_major(int(total), code)
        values = {"amount": amount, "currency": code, "__typename": "Figure"}
        return {key: values[name] for key, name in shape.fields}

    return figure


def _code(row: Row, currency: int | str | None) -> str | None:
    """The one currency of the amounts in a row."""
    if not isinstance(currency, int):
        return currency
    found = row[currency]
    return only_currency(found) if isinstance(found, list) else found


def _amount(column: int, currency: int | str) -> Shaper:
    def amount(row: Row) -> str | None:
        minor, code = row[column], _code(row, currency)
        return None if minor is None or code is None else to_major(minor, code)

    return amount


def _key(shape: KeyShape) -> Shaper:
    value = build_shaper(shape.value)
    label = build_shaper(shape.label) if shape.label else None

    def key(row: Row) -> dict[str, Any]:
        values = {"field": shape.name, "value": value(row), "__typename": "GroupKey"}
        values["label"] = label(row) if label else None
        return {key: values[name] for key, name in shape.fields}

    return key


def _labelled_id(uuid: str | None, labels: list[str] | None, types: tuple[str, ...]) -> str | None:
    if uuid is None or labels is None:
        return None
    return next((global_id(name, uuid) for name in types if name in labels), None)


def _switch(column: int, shapes: Mapping[str, Shaper]) -> Shaper:
    def switched(row: Row) -> Any:
        labels, inner = row[column]
        for label in labels:
            if label in shapes:
                return typed(label, shapes[label](inner))
        return None

    return switched


class TypedObject(dict[str, Any]):
    """An object of an abstract type that knows its concrete one, for the ordinary executor."""

    __slots__ = ("type_name",)
    type_name: str


def typed(type_name: str, value: dict[str, Any]) -> TypedObject:
    """Tell the concrete type of an object."""
    found = TypedObject(value)
    found.type_name = type_name
    return found


def _first(shape: First) -> Shaper:
    column = shape.column
    build = build_shaper(shape.shape)
    itself = build_shaper(shape.itself) if shape.itself else None

    def first(row: Row) -> Any:
        if row[column]:
            return build(row[column][0])
        return itself(row) if itself else None

    return first


@dataclass(frozen=True, slots=True)
class _PageRows:
    """The rows of a page in the order of the response, and what lies on either side."""

    rows: list[Row]
    more_after: bool
    more_before: bool
    count: int | None
    around: Row
    """The row that holds the page."""


def _page(shape: PageShape) -> Shaper:
    cursor = _cursor(shape)
    fields = [(key, _page_field(inner, cursor)) for key, inner in shape.fields]

    def page(row: Row) -> dict[str, Any]:
        found = _page_rows(shape, row)
        return {key: build(found) for key, build in fields}

    return page


def _page_rows(shape: PageShape, row: Row) -> _PageRows:
    rows = row[shape.rows] if shape.rows is not None else []
    more = len(rows) > shape.limit
    rows = rows[: shape.limit]
    count = row[shape.count] if shape.count is not None else None
    if shape.backward:
        return _PageRows(rows[::-1], shape.bounded_before, more, count, row)
    return _PageRows(rows, more, shape.bounded_after, count, row)


def _cursor(shape: PageShape) -> Callable[[Row], str]:
    columns, mark = shape.cursor, shape.order
    return lambda row: encode_cursor(mark, [row[column] for column in columns])


def _page_field(shape: Shape, cursor: Callable[[Row], str]) -> Callable[[_PageRows], Any]:
    match shape:
        case Typename(type_name):
            return lambda _: type_name
        case PageNodes(inner):
            nodes = _Source().function_of_rows(inner)
            return lambda found: nodes(found.rows)
        case PageEdges(fields):
            edges = _Source(cursor=cursor).function_of_rows(ObjectShape(fields))
            return lambda found: edges(found.rows)
        case PageInfoShape(fields):
            return lambda found: _page_info(found, fields, cursor)
        case TotalCount():
            return lambda found: found.count
        case AggregatesShape(column, inner, _):
            groups = _Source().function_of_rows(inner)
            return lambda found: groups(found.around[column])
        case _:
            raise TypeError(f"{type(shape).__name__} is no field of a connection")


def _page_info(found: _PageRows, fields: tuple[tuple[str, str], ...], cursor: Callable[[Row], str]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for key, name in fields:
        match name:
            case "hasNextPage":
                values[key] = found.more_after
            case "hasPreviousPage":
                values[key] = found.more_before
            case "startCursor":
                values[key] = cursor(found.rows[0]) if found.rows else None
            case "endCursor":
                values[key] = cursor(found.rows[-1]) if found.rows else None
            case _:
                values[key] = "PageInfo"
    return values
