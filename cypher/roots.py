"""Plans root fields: each becomes one statement and a function that shapes its rows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeAlias

from cypher.branches import index_branches, walks_index
from cypher.connections import PageSource, no_edge_fields, plan_page, record_nodes
from cypher.context import Context
from cypher.filters import filterable_fields, where_predicates
from cypher.fragment import Fragment, Variable, cypher, of, param
from cypher.paging import Order, Page, read_order, read_page
from cypher.plan import Branch, Collect, Columns, Match, Rows, StatementPlan, Value
from cypher.record import plan_node
from cypher.search import plan_search
from cypher.selection import Selection
from cypher.shaper import Row, Shaper, build_shaper, typed
from graph.errors import BadInput
from graph.ids import parse_global_id
from graph.model import Root, RootById, RootByOrigin, RootConnection, RootNodes, RootSearch

RowsShaper: TypeAlias = Callable[[list[Row]], Any]


@dataclass(frozen=True, slots=True)
class RootPlan:
    """The plan of a root field's statement, and what its rows become."""

    statement: StatementPlan
    shape: RowsShaper


def plan_root(context: Context, root: Root, selection: Selection) -> RootPlan:
    """Plan one root field.

    Raises:
        BadInput: when an argument is not usable.
    """
    match root:
        case RootById("Node"):
            type_name, uuid = parse_record_id(context, selection.arguments["id"])
            return _one(context, type_name, selection, lambda row: (_equals(row, "id", uuid),))
        case RootById(type_name):
            uuid = expect_record_id(context, selection.arguments["id"], type_name)
            return _one(context, type_name, selection, lambda row: (_equals(row, "id", uuid),))
        case RootByOrigin():
            channel = expect_record_id(context, selection.arguments["channelId"], "Channel")
            origin = selection.arguments["originId"]
            return _one(
                context,
                "Customer",
                selection,
                lambda row: (_equals(row, "channelId", channel), _equals(row, "originId", origin)),
            )
        case RootNodes():
            return _nodes(context, selection)
        case RootConnection(type_name):
            return _connection(context, type_name, selection)
        case RootSearch():
            statement, shape = plan_search(context, selection, Columns())
            return RootPlan(statement, partial(_only_row, build_shaper(shape)))
        case _:
            raise TypeError(f"{type(root).__name__} needs no statement")


def parse_record_id(context: Context, text: str) -> tuple[str, str]:
    """The type and the UUID of a global id of a type of the model."""
    type_name, uuid = parse_global_id(text)
    if type_name not in context.model.records:
        raise BadInput(f"Not an id: {text!r}.", hint="Pass an id as the API returned it.")
    return type_name, uuid


def expect_record_id(context: Context, text: str, expected: str) -> str:
    """The UUID of a global id of the expected type."""
    type_name, uuid = parse_record_id(context, text)
    if type_name != expected:
        raise BadInput(f"This is the id of a record of type {type_name}, not {expected}.", hint="Ask `node` instead.")
    return uuid


def _equals(row: Variable, stored: str, value: str) -> Fragment:
    return cypher(of(row, stored), " = ", param(value))


def _first_row(shaper: Shaper, type_name: str, rows: list[Row]) -> Any:
    return typed(type_name, shaper(rows[0])) if rows else None


def _only_row(shaper: Shaper, rows: list[Row]) -> Any:
    return shaper(rows[0])


def _one(
    context: Context, type_name: str, selection: Selection, keyed: Callable[[Variable], tuple[Fragment, ...]]
) -> RootPlan:
    node = context.access.node(type_name)
    columns = Columns()
    (shape,) = plan_node(context, type_name, [selection], node.variable, columns)
    rows = Rows((Branch(Match(node, (), keyed(node.variable))),), (node.variable,))
    statement = StatementPlan(columns.projection(), rows)
    return RootPlan(statement, partial(_first_row, build_shaper(shape), type_name))


def _nodes(context: Context, selection: Selection) -> RootPlan:
    ids = selection.arguments["ids"]
    if len(ids) > context.limits.max_ids:
        raise BadInput(f"`ids` has more than {context.limits.max_ids} ids.", hint="Ask in several requests.")
    by_type: dict[str, list[str]] = {}
    parsed = [parse_record_id(context, text) for text in ids]
    for type_name, uuid in parsed:
        by_type.setdefault(type_name, []).append(uuid)
    if not by_type:
        return RootPlan(StatementPlan(Columns().projection()), lambda _: [])
    row = Variable("node")
    branches = tuple(
        Branch(Match(context.access.node(type_name, row), (), (cypher(of(row, "id"), " IN ", param(uuids)),)))
        for type_name, uuids in by_type.items()
    )
    inner, columns = Columns(), Columns()
    key = inner.add(Value(of(row, "id")))
    if len(by_type) == 1:
        (type_name,) = by_type
        (shape,) = plan_node(context, type_name, [selection], row, inner)
        shaper = _typed_shaper(type_name, build_shaper(shape))
    else:
        (shape,) = plan_node(context, "Node", [selection], row, inner)
        shaper = build_shaper(shape)
    columns.add(Collect(Rows(branches, (row,)), inner.projection()))
    wanted = [uuid for _, uuid in parsed]
    return RootPlan(StatementPlan(columns.projection()), partial(_in_order, shaper, key, wanted))


def _typed_shaper(type_name: str, shaper: Shaper) -> Shaper:
    return lambda row: typed(type_name, shaper(row))


def _in_order(shaper: Shaper, key: int, wanted: Sequence[str], rows: list[Row]) -> list[Any]:
    found = {row[key]: shaper(row) for row in rows[0][0]}
    return [found.get(uuid) for uuid in wanted]


def _connection(context: Context, type_name: str, selection: Selection) -> RootPlan:
    node = context.access.node(type_name)
    row = node.variable
    arguments = selection.arguments
    order = read_order(type_name, filterable_fields(context.access, type_name), arguments.get("orderBy"), row)
    page = read_page(arguments, order, default=context.limits.default_page, most=context.limits.max_page)
    where = where_predicates(context.access, type_name, arguments.get("where"), row)
    # An index seek needs a predicate on every property of the index (organizationId, id).
    everything = (*where, cypher(of(row, "id"), " IS NOT NULL"))
    page_source = PageSource(
        paged=_paged(context, type_name, row, order, page, where),
        counted=Rows((Branch(Match(node, (), everything)),), (row,)),
        order=order,
        page=page,
        nodes=record_nodes(context, type_name, row),
        edge=no_edge_fields,
    )
    columns = Columns()
    shape = plan_page(selection, "Query", page_source, columns)
    return RootPlan(StatementPlan(columns.projection()), partial(_only_row, build_shaper(shape)))


def _paged(
    context: Context, type_name: str, row: Variable, order: Order, page: Page, where: tuple[Fragment, ...]
) -> Rows:
    limit = param(page.limit + 1)
    if walks_index(order, page):
        branches = index_branches(context.access, type_name, row, order, page, where, limit)
        return Rows(branches, (row,), limit=limit)
    there = cypher(of(row, "id"), " IS NOT NULL")
    match = Match(context.access.node(type_name, row), (), (*where, there, *order.bounds(page)))
    return Rows((Branch(match),), (row,), order=order.sort(page), limit=limit)
