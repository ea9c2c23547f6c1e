"""Plans `aggregate`: all records of a connection in groups, counted, added up and compared in one pass.

Keys and figures are carried through one aggregating WITH. Sums are brought in exact parts that `cypher/figures.py`
puts together.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import Any, LiteralString, TypeAlias

from cypher.arguments import Given
from cypher.context import Context
from cypher.fragment import Fragment, Variable, cypher, of, param
from cypher.hidden import refuse_hidden
from cypher.paging import USUAL_SHARE
from cypher.patterns import match_fragment, relation_match
from cypher.plan import Columns, Groups, Rows, SortKey, Value
from cypher.selection import Selection
from cypher.shape import (
    AggregatesShape,
    AmountShape,
    FigureShape,
    Form,
    GlobalId,
    KeyShape,
    KeysShape,
    LabelledId,
    Leaf,
    ObjectShape,
    Shape,
    Typename,
)
from graph.aggregates import FITTING, Aggregated, TypeName, aggregate_type, aggregated_fields
from graph.errors import BadInput
from graph.model import Kind, Property, Relation

AggregatePlanner: TypeAlias = Callable[[Selection, Rows, Columns], AggregatesShape]
"""Plans a selected `aggregate` over the rows of its connection."""

DATES = (Kind.DATE, Kind.DATETIME)
DECIMAL_SCALE = 9


@dataclass(frozen=True, slots=True)
class AggregateSource:
    """The records to aggregate: their type, and the variable of a row that holds one.

    `expressions` say what a field is that is no stored property, such as the moment of an entry of a timeline.
    """

    context: Context
    target: str
    variable: Variable
    expressions: Mapping[str, Fragment] = field(default_factory=dict)


def aggregates_of(
    context: Context, target: str, variable: Variable, expressions: Mapping[str, Fragment] | None = None
) -> AggregatePlanner:
    """Plans the aggregates of a connection of `target` records."""
    source = AggregateSource(context, target, variable, expressions or {})
    return lambda selection, rows, columns: plan_aggregate(source, selection, rows, columns)


def plan_aggregate(source: AggregateSource, selection: Selection, rows: Rows, columns: Columns) -> AggregatesShape:
    """One `aggregate`: its groups as a column, and what each becomes.

    Raises:
        BadInput: when a field does not fit its function or is named twice.
        Forbidden: when a field is hidden.
    """
    plan = _Plan(source, aggregated_fields(source.context.model, source.target))
    keys = _keys(plan, selection)
    plan.figure(cypher("count(*)"))
    shapes: list[tuple[str, Shape]] = []
    type_name = aggregate_type(source.target)
    for one in selection.fields(type_name):
        match one.name:
            case "__typename":
                shapes.append((one.key, Typename(type_name)))
            case "key":
                names = tuple((inner.key, inner.name) for inner in one.fields("GroupKey"))
                shapes.append((one.key, KeysShape(tuple(replace(key, fields=names) for key in keys))))
            case "count":
                shapes.append((one.key, Leaf(plan.figure(cypher("count(*)")), Form.PLAIN)))
            case _:
                shapes.append((one.key, _computed(plan, one)))
    limit, reckoned = _limit(source.context, selection.arguments.get("first"))
    groups = Groups(
        rows=replace(rows, lets=(*rows.lets, *_named(plan.lets))),
        carried=_named(plan.carried),
        projection=plan.row.projection(),
        order=tuple(plan.order),
        limit=param(limit) if keys else None,
    )
    return AggregatesShape(columns.add(groups), ObjectShape(tuple(shapes)), reckoned if keys else 0)


def _named(found: Mapping[Fragment, Variable]) -> tuple[tuple[Variable, Fragment], ...]:
    return tuple((variable, expression) for expression, variable in found.items())


def _name(value: Any) -> str:
    """The name of a value of an enum; a default is the name itself."""
    return str(value.value if isinstance(value, Enum) else value)


@dataclass(slots=True)
class _Plan:
    """Collects the parts of one aggregate; what is asked for twice is computed once."""

    source: AggregateSource
    fields: Mapping[str, Aggregated]
    lets: dict[Fragment, Variable] = field(default_factory=dict)
    carried: dict[Fragment, Variable] = field(default_factory=dict)
    order: list[SortKey] = field(default_factory=list)
    row: Columns = field(default_factory=Columns)

    def field(self, name: str) -> Aggregated:
        """The field of a name, which is not hidden."""
        found = self.fields[name]
        if not isinstance(found, TypeName):
            refuse_hidden(self.source.context.access, self.source.target, name, found)
        return found

    def let(self, hint: str, expression: Fragment) -> Variable:
        """Compute something for each row, before the groups."""
        return self.lets.setdefault(expression, Variable(hint))

    def stored(self, name: str, mapped: Property) -> Fragment:
        """The value of a field in a row."""
        expression = self.source.expressions.get(name)
        return of(self.source.variable, mapped.name) if expression is None else expression

    def key(self, expression: Fragment) -> Variable:
        """Group by an expression."""
        return self.carried.setdefault(expression, Variable("key"))

    def figure(self, expression: Fragment, after: Fragment | None = None) -> int:
        """The column of an aggregate expression; `after` is what follows it there."""
        found = cypher(self.carried.setdefault(expression, Variable("figure")))
        return self.row.add(Value(found if after is None else cypher(found, after)))


def _limit(context: Context, first: Given | None) -> tuple[int, int]:
    """How many groups there may be, and how many count in the cost of the request."""
    most = context.limits.max_groups
    if first is None:
        return most, most // USUAL_SHARE
    limit = first.known()
    if not 0 <= limit <= most:
        raise BadInput(f"`first` is {limit}; it goes from 0 to {most}.", hint="Narrow the groups by `where`.")
    return limit, limit


def _keys(plan: _Plan, selection: Selection) -> list[KeyShape]:
    """The keys that `groupBy` asks for; the selected fields of a key come later."""
    given = selection.arguments.get("groupBy")
    names = [_name(entry.known()) for entry in given.entries()] if given is not None else []
    if len(set(names)) < len(names):
        raise BadInput("`groupBy` names a field more than once.", hint="Name each field once.")
    bucket = selection.arguments["bucket"]
    return [_key(plan, name, plan.field(name), bucket) for name in names]


def _key(plan: _Plan, name: str, mapped: Aggregated, bucket: Given) -> KeyShape:
    match mapped:
        case Relation():
            return _related_key(plan, name, mapped)
        case TypeName():
            types = param([record.name for record in plan.source.context.model.possible(plan.source.target)])
            labels = cypher("labels(", plan.source.variable, ")")
            return _plain_key(plan, name, cypher("head([label IN ", labels, " WHERE label IN ", types, "])"))
        case Property(kind=Kind.MONEY):
            return _money_key(plan, name, mapped)
        case Property(kind=kind) if kind in DATES:
            unit = bucket.param(lambda value: _name(value).lower())
            moment = cypher(plan.let(name, plan.stored(name, mapped)))
            # date.truncate() does not take null.
            truncated = cypher("CASE WHEN ", moment, " IS NOT NULL THEN date.truncate(", unit, ", ", moment, ") END")
            key = plan.key(truncated)
            plan.order.append(SortKey(cypher(key)))
            day = plan.row.add(Value(cypher("toString(", key, ")")))
            return KeyShape(name, Leaf(day, Form.PLAIN), None, ())
        case _:
            return _plain_key(plan, name, plan.stored(name, mapped), decimal=mapped.kind is Kind.DECIMAL)


def _plain_key(plan: _Plan, name: str, expression: Fragment, *, decimal: bool = False) -> KeyShape:
    key = cypher(plan.key(expression))
    if decimal:
        plan.order.append(SortKey(cypher("toFloat(", key, ")")))
    plan.order.append(SortKey(key))
    return KeyShape(name, Leaf(plan.row.add(Value(key)), Form.PLAIN), None, ())


def _money_key(plan: _Plan, name: str, mapped: Property) -> KeyShape:
    """Amounts of one currency are one group."""
    amount = cypher(plan.key(plan.stored(name, mapped)))
    plan.order.append(SortKey(amount))
    column = plan.row.add(Value(amount))
    if mapped.currency is None:
        return KeyShape(name, AmountShape(column, plan.source.context.access.currency), None, ())
    currency = cypher(plan.key(of(plan.source.variable, mapped.currency)))
    plan.order.append(SortKey(currency))
    code = plan.row.add(Value(currency))
    return KeyShape(name, AmountShape(column, code), Leaf(code, Form.PLAIN), ())


def _related_key(plan: _Plan, name: str, relation: Relation) -> KeyShape:
    """The one related record that the viewer may see; grouped as a node, shown by id and name."""
    context = plan.source.context
    match, end, _ = relation_match(context.access, relation.hops, plan.source.variable)
    # One at most, so that a record counts once even where two relationships are.
    related = plan.let(name, cypher("head(COLLECT { ", match_fragment(match, ()), " RETURN ", end, " LIMIT 1 })"))
    key = plan.key(cypher(related))
    shown, uuid = of(key, "displayName"), of(key, "id")
    plan.order += [SortKey(shown), SortKey(uuid)]
    column, label = plan.row.add(Value(uuid)), Leaf(plan.row.add(Value(shown)), Form.PLAIN)
    types = tuple(record.name for record in context.model.possible(relation.target))
    if len(types) == 1:
        return KeyShape(name, GlobalId(column, types[0]), label, ())
    labels = plan.row.add(Value(cypher("labels(", key, ")")))
    return KeyShape(name, LabelledId(column, labels, types), label, ())


def _computed(plan: _Plan, selection: Selection) -> Shape:
    function, name = selection.name, _name(selection.arguments["field"].known())
    mapped = plan.field(name)
    if not _fits(function, mapped) or not isinstance(mapped, Property):
        fitting = ", ".join(f"`{other}`" for other, found in plan.fields.items() if _fits(function, found))
        told = f"it takes {fitting}" if fitting else "there is none that it takes"
        raise BadInput(f"`{function}` does not take `{name}`; {told}.", hint="Name another field.")
    if function in ("min", "max"):
        return _extreme(plan, "min(" if function == "min" else "max(", plan.stored(name, mapped), mapped)
    figure_fields = tuple((inner.key, inner.name) for inner in selection.fields("Figure"))
    return _figure(plan, plan.stored(name, mapped), mapped, figure_fields, average=function == "avg")


def _fits(function: str, mapped: Aggregated) -> bool:
    return isinstance(mapped, Property) and mapped.kind in FITTING[function]


def _extreme(plan: _Plan, function: LiteralString, stored: Fragment, mapped: Property) -> Shape:
    match mapped.kind:
        case Kind.MONEY:
            return AmountShape(plan.figure(cypher(function, stored, ")")), _currency(plan, stored, mapped))
        case Kind.DECIMAL:
            # Stored as text: compared as a number, shown as it is.
            pair = cypher("CASE WHEN ", stored, " IS NOT NULL THEN [toFloat(", stored, "), ", stored, "] END")
            return Leaf(plan.figure(cypher(function, pair, ")"), cypher("[1]")), Form.PLAIN)
        case Kind.DATETIME:
            return Leaf(plan.figure(cypher(function, stored, ")"), cypher(".epochMillis")), Form.MOMENT)
        case Kind.DATE:
            return Leaf(plan.figure(cypher("toString(", function, stored, "))")), Form.PLAIN)
        case _:
            return Leaf(plan.figure(cypher(function, stored, ")")), Form.PLAIN)


def _figure(
    plan: _Plan, stored: Fragment, mapped: Property, fields: tuple[tuple[str, str], ...], *, average: bool
) -> FigureShape:
    number, scale, others = stored, 0, None
    if mapped.kind is Kind.DECIMAL:
        number, scale = cypher(plan.let("scaled", _scaled(stored))), DECIMAL_SCALE
        others = plan.figure(cypher("collect(CASE WHEN ", number, " IS NULL THEN ", stored, " END)"))
    return FigureShape(
        high=plan.figure(cypher("sum(", number, " / 4294967296)")),
        low=plan.figure(cypher("sum(", number, " % 4294967296)")),
        count=plan.figure(cypher("count(", stored, ")")),
        scale=scale,
        others=others,
        currency=_currency(plan, stored, mapped) if mapped.kind is Kind.MONEY else None,
        average=average,
        fields=fields,
    )


def _scaled(stored: Fragment) -> Fragment:
    """A decimal number as a whole one with nine digits after the point: `-0.5` is -500000000.

    Nothing, where it does not fit a whole number of 64 bits; numbers with so many digits are brought as they are.
    """
    plain = cypher(stored, " =~ '-?[0-9]{1,9}([.][0-9]{1,9})?'")
    digits = cypher("split(", stored, ", '.')")
    padded = cypher("left(coalesce(", digits, "[1], '') + '000000000', 9)")
    return cypher("CASE WHEN ", plain, " THEN toInteger(", digits, "[0] + ", padded, ") END")


def _currency(plan: _Plan, stored: Fragment, mapped: Property) -> int | str:
    """The currencies of the amounts that are there; an unknown one counts as one of its own."""
    if mapped.currency is None:
        return plan.source.context.access.currency
    currency = cypher("coalesce(", of(plan.source.variable, mapped.currency), ", '')")
    return plan.figure(cypher("collect(DISTINCT CASE WHEN ", stored, " IS NOT NULL THEN ", currency, " END)"))
