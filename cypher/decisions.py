"""Plans `viewer`: who asks, what the viewer's roles allow, and whether an action on a record is allowed, and why."""

from __future__ import annotations

from typing import Any

from cypher.arguments import Inputs
from cypher.comparisons import stored_enum
from cypher.context import Context
from cypher.fragment import Fragment, Param, Variable, cypher, joined, late, of, param
from cypher.plan import Branch, Collect, Columns, Match, Rows, StatementPlan, Value
from cypher.root_plan import RootPlan, record_type, record_uuid
from cypher.selection import Selection
from cypher.shape import Every, First, Form, Leaf, ObjectShape, OnlyRow, Shape, Typename
from cypher.ways import steps
from graph.errors import BadInput
from graph.permissions import NOTHING, Grant, rank
from graph.scope import OfCustomer

ABSENT = "There is no such record."
SELLERS = "Those who sell to you manage it alone."
PERMISSION = ("entity", "action", "level", "role")


def plan_viewer(context: Context, selection: Selection) -> RootPlan:
    """Who asks, as the request itself says; only decisions about records ask the graph."""
    columns = Columns()
    told = {
        "displayName": late(lambda inputs: inputs.viewer.display_name),
        "currency": late(lambda inputs: inputs.viewer.currency),
    }
    shapes: list[tuple[str, Shape]] = []
    asks = False
    for field in selection.fields("Viewer"):
        match field.name:
            case "__typename":
                shape: Shape = Typename("Viewer")
            case "effectivePermissions":
                shape = _permissions(field, columns)
            case "can":
                asks, shape = True, _decision(context, field, columns)
            case _:
                shape = Leaf(columns.add(Value(cypher(told[field.name]))), Form.PLAIN)
        shapes.append((field.key, shape))
    return RootPlan(StatementPlan(columns.projection()), OnlyRow(ObjectShape(tuple(shapes))), asks=asks)


def _permissions(selection: Selection, columns: Columns) -> Shape:
    column = columns.add(Value(cypher(late(_effective))))
    fields: list[tuple[str, Shape]] = []
    for field in selection.fields("Permission"):
        named = Typename("Permission") if field.name == "__typename" else _leaf(PERMISSION.index(field.name))
        fields.append((field.key, named))
    return Every(column, ObjectShape(tuple(fields)))


def _effective(inputs: Inputs) -> list[list[str]]:
    """Each permission that a role gives, by entity and action."""
    found = inputs.viewer.grants.found.items()
    return [
        [entity, action, grant.level, grant.role]
        for (entity, action), grant in sorted(found, key=lambda one: one[0])
        if grant.level != "NONE"
    ]


def _leaf(column: int) -> Leaf:
    return Leaf(column, Form.PLAIN)


def _decision(context: Context, selection: Selection, columns: Columns) -> Shape:
    """Whether the record is near enough for the action; one that is not seen is not there."""
    given, action = selection.arguments["id"], selection.arguments["action"]
    type_name = record_type(context, given)
    if context.model.records[type_name].scope is None:
        raise BadInput(f"A record of type {type_name} is part of another one.", hint="Ask about what it is part of.")
    node, distance = context.access.node(type_name), Variable("distance")
    found = cypher(of(node.variable, "id"), " = ", record_uuid(given))

    def grant(inputs: Inputs) -> Grant:
        own: Grant = inputs.viewer.grants.found.get((type_name, _name(action.read(inputs))), NOTHING)
        return own

    reach = late(lambda inputs: rank(grant(inputs).level))
    near = cypher(distance, " <= ", reach)
    may = _managed(context, type_name, node.variable, late(lambda inputs: _name(action.read(inputs))))

    def text(word: str) -> Param:
        return late(lambda inputs: _reason(word, _name(action.read(inputs)), type_name, grant(inputs)))

    not_managed = cypher("WHEN ", near, " AND NOT ", may, " THEN ", param(SELLERS), " ") if may else cypher()
    reaches = cypher("WHEN ", near, " THEN ", text("does"), " ELSE ", text("does not"), " END")
    reason = cypher("CASE ", not_managed, reaches)
    row = Columns()
    row.add(Value(cypher(near, " AND ", may) if may else near))
    row.add(Value(reason))
    rows = Rows(
        (Branch(Match(node, (), (found,))),),
        (node.variable,),
        lets=((distance, _distance(context, type_name, node.variable)),),
    )
    here = columns.add(Collect(rows, row.projection()))
    absent = columns.add(Value(cypher("false"))), columns.add(Value(cypher(param(ABSENT))))
    return First(here, _shape(selection, 0, 1), _shape(selection, *absent))


def _managed(context: Context, type_name: str, record: Variable, action: Param) -> Fragment | None:
    """Whether customer users manage a record within their reach; None where reach is all that is asked."""
    scope = context.model.records[type_name].scope
    customers = scope.customers if scope and not context.access.kind.staff else None
    if not isinstance(customers, OfCustomer) or not customers.managed:
        return None
    managed = cypher("coalesce(", of(record, customers.managed), ", false)")
    own = cypher("EXISTS { (", record, ")", steps(customers.customer), " }")
    return cypher(
        *("CASE ", action, " WHEN 'EDIT' THEN ", managed, " WHEN 'DELETE' THEN ", managed, " AND ", own),
        " ELSE true END",
    )


def _name(value: Any) -> str:
    return str(stored_enum(value))


def _distance(context: Context, type_name: str, record: Variable) -> Fragment:
    """The rank of the least level that reaches the record."""
    scope = context.model.records[type_name].scope
    levels = scope.levels(staff=context.access.kind.staff)[1:] if scope else ()
    cases = [
        cypher(" WHEN ", context.access.within(type_name, level, record), " THEN ", param(rank(level)))
        for level in levels
    ]
    return cypher("CASE", joined("", cases), " END")


def _reason(word: str, action: str, type_name: str, grant: Grant) -> str:
    if not grant.role:
        return f"No role gives {action} on records of type {type_name}."
    return (
        f"The role {grant.role} gives {action} on records of type {type_name} at {grant.level}, which {word} reach it."
    )


def _shape(selection: Selection, allowed: int, reason: int) -> ObjectShape:
    columns = {"allowed": _leaf(allowed), "reason": _leaf(reason)}
    fields = selection.fields("Decision")
    return ObjectShape(tuple((field.key, columns.get(field.name, Typename("Decision"))) for field in fields))
