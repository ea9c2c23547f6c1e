"""Plans timelines: everything dated about a record, its own and that of related records, newest first."""

from __future__ import annotations

from typing import Any

from cypher.aggregates import aggregates_of
from cypher.arguments import Given
from cypher.comparisons import stored_enum
from cypher.connections import PageSource, no_edge_fields, plan_page
from cypher.context import Context, Source
from cypher.fragment import Fragment, Variable, cypher, joined, of, param
from cypher.paging import OrderKey, fixed_order, id_key, read_page
from cypher.patterns import relation_match
from cypher.plan import Branch, Columns, Match, Rows, Value
from cypher.record import plan_node
from cypher.selection import Selection
from cypher.shape import Form, LabelChoice, Leaf, ObjectShape, Shape, Typename
from graph.model import Kind, Mapped, Model, Timeline

KINDS = {
    "ORDER": ("Order",),
    "CART": ("Cart",),
    "CASE": ("Case",),
    "LEAD": ("Lead",),
    "OPPORTUNITY": ("Opportunity",),
    "ACTIVITY": ("Call", "Email", "Task", "Note", "Event"),
}
"""The record types behind each kind of entry."""


def plan_timeline(context: Context, mapped: Mapped, selection: Selection, source: Source, columns: Columns) -> Shape:
    """A connection over the ways of the timeline, each record once."""
    if not isinstance(mapped, Timeline):
        raise TypeError("not a timeline")
    arguments = selection.arguments
    entry, moment = Variable("entry"), Variable("at")
    ways = (*mapped.direct, *(mapped.related if arguments["includeRelated"].known() else ()))
    kinds = _of_kinds(entry, arguments.get("kinds"))
    branches = []
    for way in ways:
        match, _, _ = relation_match(context.access, way, source.variable, entry)
        branches.append(Branch(Match(match.start, match.steps, kinds)))
    at = OrderKey(
        cypher(moment), cypher(moment, ".epochMillis"), Kind.DATETIME, descending=True, nullable=False, path="at"
    )
    order = fixed_order("Timeline", at, id_key(entry, descending=True))
    page = read_page(arguments, order, default=context.limits.default_page, most=context.limits.max_page)
    page_source = PageSource(
        paged=Rows(
            tuple(branches),
            (entry,),
            imports=(source.variable,),
            distinct=True,
            lets=((moment, _moment(context.model, entry)),),
            having=order.bounds(page),
            order=order.sort(page),
            limit=param(page.limit + 1),
        ),
        counted=Rows(tuple(branches), (entry,), imports=(source.variable,), distinct=True),
        order=order,
        page=page,
        nodes=lambda selections, row: [_entry(context, inner, entry, moment, row) for inner in selections],
        edge=no_edge_fields,
        aggregate=aggregates_of(context, "Dated", entry, {"at": _moment(context.model, entry)}),
    )
    return plan_page(selection, source.type_name, page_source, columns)


def _of_kinds(entry: Variable, kinds: Given | None) -> tuple[Fragment, ...]:
    if kinds is None:
        return ()
    return (cypher("any(label IN labels(", entry, ") WHERE label IN ", kinds.param(_labels_of_kinds), ")"),)


def _labels_of_kinds(kinds: list[Any]) -> list[str]:
    names = {stored_enum(kind) for kind in kinds}
    return [label for kind in KINDS if kind in names for label in KINDS[kind]]


def _moment(model: Model, entry: Variable) -> Fragment:
    """When a dated record happened: the first of the dates that any of them has, else when it was made."""
    names = dict.fromkeys(
        mapped.name for record in model.possible("Dated") for mapped in record.properties().values() if mapped.dated
    )
    dates = [of(entry, stored) for stored in (*names, "createdAt")]
    return cypher("coalesce(", joined(", ", dates), ")")


def _entry(context: Context, selection: Selection, entry: Variable, moment: Variable, row: Columns) -> Shape:
    shapes: list[tuple[str, Shape]] = []
    for field in selection.fields("TimelineEntry"):
        match field.name:
            case "__typename":
                shape: Shape = Typename("TimelineEntry")
            case "at":
                shape = Leaf(row.add(Value(cypher(moment, ".epochMillis"))), Form.MOMENT)
            case "kind":
                labels = row.add(Value(cypher("labels(", entry, ")")))
                shape = LabelChoice(labels, {label: kind for kind, members in KINDS.items() for label in members})
            case _:
                shape = plan_node(context, "Dated", [field], entry, row)[0]
        shapes.append((field.key, shape))
    return ObjectShape(tuple(shapes))
