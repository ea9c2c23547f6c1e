"""Plans connections: rows in order up to the limit, the count when asked, edges with their own fields."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from cypher.aggregates import AggregatePlanner, aggregates_of
from cypher.arguments import Arguments
from cypher.context import Context, Source
from cypher.filters import Edge, where_predicates
from cypher.fragment import Fragment, Variable, cypher, of, param
from cypher.ordering import read_order
from cypher.paging import Order, Page, read_page
from cypher.patterns import named_predicates, relation_match
from cypher.plan import Branch, Collect, Columns, Count, Match, Rows, Value
from cypher.properties import property_shape
from cypher.record import plan_node
from cypher.selection import Selection, return_type
from cypher.shape import (
    EdgeCursor,
    PageEdges,
    PageInfoShape,
    PageNodes,
    PageShape,
    Shape,
    TotalCount,
    Typename,
)
from graph.ids import parse_global_id
from graph.model import Relation

NodesPlanner: TypeAlias = Callable[[Sequence[Selection], Columns], list[Shape]]
EdgePlanner: TypeAlias = Callable[[Selection, Columns], Shape]


@dataclass(frozen=True, slots=True)
class PageSource:
    """The rows of a connection: `paged` in order and limited, `counted` all of them.

    `nodes` plans the selections on the nodes of a row, `edge` a field of the edge that is neither node nor cursor,
    `aggregate` an aggregate of all rows, `aside` a field of the connection itself that only some connections have.
    """

    paged: Rows
    counted: Rows
    order: Order
    page: Page
    nodes: NodesPlanner
    edge: EdgePlanner
    aggregate: AggregatePlanner
    aside: EdgePlanner | None = None


def plan_connection(
    context: Context, relation: Relation, selection: Selection, source: Source, columns: Columns
) -> Shape:
    """A connection nested in a record: it expands from the record, filters, sorts and limits before it projects."""
    match, end, relationship = relation_match(context.access, relation.hops, source.variable)
    led = Edge(relationship, relation.edge) if relation.edge else None
    channel = selection.arguments.get("channelId")
    if channel is not None:
        uuid = channel.param(lambda text: parse_global_id(text)[1])
        seen = named_predicates(context.access, "Channel", uuid)
        match = _narrowed(match, (cypher(of(end, "channelId"), " = ", uuid), *seen))
    found = sorted_page(context, relation.target, selection.arguments, match, end, led=led, distinct=relation.distinct)
    return plan_page(selection, source.type_name, found, columns)


def sorted_page(
    context: Context,
    target: str,
    arguments: Arguments,
    match: Match,
    end: Variable,
    *,
    led: Edge | None = None,
    distinct: bool = False,
) -> PageSource:
    """The page of the records in `end` that a match finds: filtered, ordered and limited as the arguments say.

    Args:
        context: what the planner needs.
        target: the type of the records.
        arguments: `first`, `after`, `last`, `before`, `where` and `orderBy`.
        match: how they are found.
        end: where a record is.
        led: the relationship that led to it, where its edge has fields of its own.
        distinct: whether the match can find one twice.
    """
    order = read_order(context.access, target, arguments.get("orderBy"), end, led)
    page = read_page(arguments, order, default=context.limits.default_page, most=context.limits.max_page)
    where = where_predicates(context.access, target, arguments.get("where"), end, edge=led)
    variables = (end, led.relationship) if led else (end,)
    return PageSource(
        paged=sorted_rows(match, where, variables, order, page, distinct=distinct),
        counted=Rows((Branch(_narrowed(match, where)),), variables, distinct=distinct),
        order=order,
        page=page,
        nodes=record_nodes(context, target, end),
        edge=_edge_fields(context, led) if led else no_edge_fields,
        aggregate=aggregates_of(context, target, end),
    )


def _edge_fields(context: Context, led: Edge) -> EdgePlanner:
    return lambda field, row: property_shape(context, led.fields[field.name], field, Source("", led.relationship), row)


def record_nodes(context: Context, target: str, variable: Variable) -> NodesPlanner:
    """Plans the nodes of a connection of records."""
    return lambda selections, columns: plan_node(context, target, selections, variable, columns)


def no_edge_fields(field: Selection, _: Columns) -> Shape:
    """For edges that have nothing but a cursor and a node."""
    raise KeyError(field.name)


def sorted_rows(
    match: Match,
    where: tuple[Fragment, ...],
    variables: tuple[Variable, ...],
    order: Order,
    page: Page,
    *,
    distinct: bool = False,
) -> Rows:
    """The rows of one page by sorting: one more than asked tells whether there is a next page."""
    lets, bounds = order.lets, order.bounds(page)
    return Rows(
        (Branch(_narrowed(match, where if lets else (*where, *bounds))),),
        variables,
        distinct=distinct,
        lets=lets,
        # What is computed is known only after it.
        having=bounds if lets else (),
        order=order.sort(page),
        limit=param(page.limit + 1),
    )


def _narrowed(match: Match, where: tuple[Fragment, ...]) -> Match:
    return Match(match.start, match.steps, (*match.where, *where), match.index)


def plan_page(selection: Selection, parent_type: str, source: PageSource, columns: Columns) -> PageShape:
    """Plan the fields selected on a connection type over the rows of a page."""
    connection_type = return_type(selection.operation, parent_type, selection.name)
    fields = selection.fields(connection_type)
    row = Columns()
    node_shapes = _plan_node_selections(selection, connection_type, fields, source, row)
    shapes: list[tuple[str, Shape]] = []
    for field in fields:
        match field.name:
            case "__typename":
                shapes.append((field.key, Typename(connection_type)))
            case "nodes":
                shapes.append((field.key, PageNodes(node_shapes[field.key])))
            case "edges":
                edge_type = return_type(selection.operation, connection_type, "edges")
                shapes.append((field.key, _plan_edges(field, edge_type, source, node_shapes, row)))
            case "pageInfo":
                info = tuple((inner.key, inner.name) for inner in field.fields("PageInfo"))
                shapes.append((field.key, PageInfoShape(info)))
            case "aggregate":
                shapes.append((field.key, source.aggregate(field, source.counted, columns)))
            case _ if source.aside is not None and field.name != "totalCount":
                shapes.append((field.key, source.aside(field, columns)))
            case _:
                shapes.append((field.key, TotalCount()))
    return _page_shape(fields, tuple(shapes), source, row, columns)


def _page_shape(
    fields: Sequence[Selection],
    shapes: tuple[tuple[str, Shape], ...],
    source: PageSource,
    row: Columns,
    columns: Columns,
) -> PageShape:
    names = {field.name for field in fields}
    cursor = tuple(row.add(Value(key.cursor)) for key in source.order.keys) if _needs_cursor(shapes) else ()
    rows = columns.add(Collect(source.paged, row.projection())) if names & {"nodes", "edges", "pageInfo"} else None
    count = columns.add(Count(source.counted)) if "totalCount" in names else None
    return PageShape(
        rows=rows,
        count=count,
        limit=source.page.limit,
        reckoned=source.page.reckoned,
        backward=source.page.backward,
        bounded_before=source.page.before is not None,
        bounded_after=source.page.after is not None,
        cursor=cursor,
        order=source.order.mark,
        fields=shapes,
    )


def _needs_cursor(shapes: tuple[tuple[str, Shape], ...]) -> bool:
    for _, shape in shapes:
        if isinstance(shape, PageEdges) and any(isinstance(inner, EdgeCursor) for _, inner in shape.fields):
            return True
        if isinstance(shape, PageInfoShape) and any(name in ("startCursor", "endCursor") for _, name in shape.fields):
            return True
    return False


def _plan_node_selections(
    selection: Selection, connection_type: str, fields: Sequence[Selection], source: PageSource, row: Columns
) -> dict[str, Shape]:
    """Plan all selections on the nodes at once, so that `nodes` and `edges { node }` share columns."""
    keyed: dict[str, Selection] = {}
    for field in fields:
        if field.name == "nodes":
            keyed[field.key] = field
        elif field.name == "edges":
            edge_type = return_type(selection.operation, connection_type, "edges")
            for inner in field.fields(edge_type):
                if inner.name == "node":
                    keyed[f"{field.key}.{inner.key}"] = inner
    planned = source.nodes(list(keyed.values()), row) if keyed else []
    return dict(zip(keyed, planned, strict=True))


def _plan_edges(
    edges: Selection, edge_type: str, source: PageSource, node_shapes: dict[str, Shape], row: Columns
) -> PageEdges:
    shapes: list[tuple[str, Shape]] = []
    for field in edges.fields(edge_type):
        match field.name:
            case "__typename":
                shapes.append((field.key, Typename(edge_type)))
            case "cursor":
                shapes.append((field.key, EdgeCursor()))
            case "node":
                shapes.append((field.key, node_shapes[f"{edges.key}.{field.key}"]))
            case _:
                shapes.append((field.key, source.edge(field, row)))
    return PageEdges(tuple(shapes))
