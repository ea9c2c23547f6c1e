"""Plans the changes of a record: who did what when, with the fields before and after, newest first.

They are those of the record and of all that were merged into it. A record that was deleted is looked for among the
deleted ones, with the predicate that it had. What stands in a change is masked where it is hidden, or leads to a
record that the viewer does not see.
"""

from __future__ import annotations

from cypher.access import Access
from cypher.aggregates import aggregates_of
from cypher.connections import PageSource, no_edge_fields, plan_page, sorted_rows
from cypher.context import Context
from cypher.fragment import Fragment, Variable, cypher, of
from cypher.hidden import hidden_properties
from cypher.paging import fixed_order, id_key, read_page
from cypher.patterns import match_fragment
from cypher.plan import Branch, Collect, Columns, Match, Rows, StatementPlan, Step, Value
from cypher.record import plan_switch
from cypher.root_plan import RootPlan, record_type, record_uuid
from cypher.selection import Selection
from cypher.shape import (
    ChangedFieldsShape,
    First,
    FirstRow,
    Form,
    GlobalId,
    LabelledId,
    Leaf,
    ObjectShape,
    Shape,
    Typename,
)
from graph.aggregates import CHANGE
from graph.model import Direction, Model, Relation

MERGED_INTO = ("MERGED_INTO",)
"""Leads from a record that was merged, and so deleted, to the one that took its place."""
ACTORS = ("User", "CustomerUser")


def plan_changes(context: Context, selection: Selection) -> RootPlan:
    """A connection of the changes of one record; null when the record is not there, and for all but staff."""
    arguments, access = selection.arguments, context.access
    given = arguments["id"]
    type_name, uuid = record_type(context, given), record_uuid(given)
    record, about, change = Variable("record"), Variable("about"), Variable("change")
    order = fixed_order("Change", id_key(change, descending=True))
    page = read_page(arguments, order, default=context.limits.default_page, most=context.limits.max_page)
    match = Match(access.change(change, about))
    merged = Branch(match, call=_merged_too(access, type_name, record, about))
    paged = sorted_rows(match, (), (change,), order, page)
    (branch,) = paged.branches
    source = PageSource(
        paged=Rows((Branch(branch.match, call=merged.call),), (change,), order=paged.order, limit=paged.limit),
        counted=Rows((merged,), (change,)),
        order=order,
        page=page,
        nodes=lambda selections, row: [_change(context, type_name, one, change, row) for one in selections],
        edge=no_edge_fields,
        aggregate=aggregates_of(context, CHANGE, change),
    )
    shape = plan_page(selection, "Query", source, columns := Columns())
    staff = () if access.kind.staff else (cypher("false"),)
    found = (cypher(of(record, "id"), " = ", uuid), *staff)
    places = (access.node(type_name, record), access.deleted(type_name, record))
    rows = Rows(tuple(Branch(Match(place, (), found)) for place in places), (record,))
    return RootPlan(StatementPlan(columns.projection(), rows), FirstRow(shape, "ChangeConnection"))


def _merged_too(access: Access, type_name: str, record: Variable, about: Variable) -> Fragment:
    """The record, and those that were merged into it, however often, as far as the viewer may see them."""
    step = Step(MERGED_INTO, Direction.IN, access.deleted(type_name, Variable("merged")), repeat=(0, None), end=about)
    return match_fragment(Match(record, (step,)), ())


def _change(context: Context, type_name: str, selection: Selection, change: Variable, row: Columns) -> Shape:
    shapes: list[tuple[str, Shape]] = []
    for field in selection.fields("Change"):
        match field.name:
            case "__typename":
                shape: Shape = Typename("Change")
            case "id":
                shape = GlobalId(row.add(Value(of(change, "id"))), "Change")
            case "writeId":
                shape = GlobalId(row.add(Value(of(change, "writeId"))), "Write")
            case "recordId":
                shape = GlobalId(row.add(Value(of(change, "recordId"))), type_name)
            case "byId":
                labels = row.add(Value(cypher("[", of(change, "byType"), "]")))
                shape = LabelledId(row.add(Value(of(change, "byId"))), labels, ACTORS)
            case "at":
                shape = Leaf(row.add(Value(cypher(of(change, "at"), ".epochMillis"))), Form.MOMENT)
            case "by":
                shape = _by(context, field, change, row)
            case "fields":
                shape = _fields(context, type_name, field, change, row)
            case name:
                shape = Leaf(row.add(Value(of(change, name))), Form.PLAIN)
        shapes.append((field.key, shape))
    return ObjectShape(tuple(shapes))


def _by(context: Context, selection: Selection, change: Variable, row: Columns) -> Shape:
    """Who it was, where the viewer sees them."""
    actor, inner = Variable("actor"), Columns()
    match = (cypher(of(actor, "id"), " = ", of(change, "byId")),)
    branches = tuple(Branch(Match(context.access.node(name, actor), (), match)) for name in ACTORS)
    possible = tuple(context.model.records[name] for name in ACTORS)
    (shape,) = plan_switch(context, possible, [selection], actor, inner)
    found = Collect(Rows(branches, (actor,), imports=(change,)), inner.projection())
    return First(row.add(found), shape)


def _fields(context: Context, type_name: str, selection: Selection, change: Variable, row: Columns) -> Shape:
    model, access = context.model, context.access
    known, linked = _known(model, type_name)
    stored = model.stored(model.records[type_name])
    masked = hidden_properties(model, access.kind, type_name)
    hidden = {name for name, mapped in stored.items() if mapped.name in masked}
    hidden |= {name for name, mapped in model.records[type_name].fields.items() if access.hides(type_name, mapped)}
    return ChangedFieldsShape(
        before=row.add(Value(of(change, "before"))),
        after=row.add(Value(of(change, "after"))),
        seen=row.add(_seen(access, change)),
        known=known,
        hidden=frozenset(hidden),
        linked=linked,
        fields=tuple((field.key, field.name) for field in selection.fields("ChangedField")),
    )


def _known(model: Model, type_name: str) -> tuple[frozenset[str], frozenset[str]]:
    """The fields of a type that changes tell of, and those of them that lead to records with an access of their own."""
    record = model.records[type_name]
    relations = {name: mapped for name, mapped in record.fields.items() if isinstance(mapped, Relation)}
    own = (name for name, mapped in relations.items() if any(not one.part_of for one in model.possible(mapped.target)))
    return frozenset({*model.stored(record), *relations}), frozenset(own)


def _seen(access: Access, change: Variable) -> Collect:
    """The UUIDs of the records in a change that the viewer sees, or saw before they were deleted."""
    there, inner = Variable("there"), Columns()
    named = (cypher(of(there, "id"), " IN ", of(change, "named")),)
    inner.add(Value(of(there, "id")))
    places = (access.node("Record", there), access.deleted("Record", there))
    branches = tuple(Branch(Match(place, (), named)) for place in places)
    return Collect(Rows(branches, (there,), imports=(change,)), inner.projection())
