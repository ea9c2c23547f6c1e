"""Plans questions about the tree of customers.

The tree is the viewer's: every node on the way carries the access predicate inside the quantified pattern, so that
ancestors stop before the first hidden one and nothing is reached through a hidden one.
"""

from __future__ import annotations

from functools import partial

from cypher.access import CHILD_OF
from cypher.aggregates import aggregates_of
from cypher.arguments import Given
from cypher.computed import total
from cypher.connections import PageSource, plan_page, record_nodes
from cypher.context import Context, Source
from cypher.filters import where_predicates
from cypher.fragment import Variable, cypher, of, param
from cypher.ordering import read_order
from cypher.paging import OrderKey, fixed_order, id_key, read_page
from cypher.plan import Branch, Collect, Columns, Count, Match, Rows, SortKey, Step, Sum, Value
from cypher.properties import money_fields
from cypher.record import plan_fields, plan_node
from cypher.selection import Selection
from cypher.shape import Every, First, Form, GlobalId, Leaf, MoneyShape, Shape
from graph.errors import BadInput
from graph.model import Direction, Hop, Kind, Mapped, Tree

MAX_DEPTH = 10_000


def plan_tree(context: Context, mapped: Mapped, selection: Selection, source: Source, columns: Columns) -> Shape:
    """One of the questions about the tree."""
    if not isinstance(mapped, Tree):
        raise TypeError("not a question about the tree")
    match mapped.question:
        case "ancestors":
            rows, end, _ = _up(context, source.variable)
            row = Columns()
            (shape,) = plan_node(context, "Customer", [selection], end, row)
            return Every(columns.add(Collect(rows, row.projection())), shape)
        case "root":
            return _root(context, selection, source, columns)
        case "depth":
            match_up, end, _ = _walk(context, source.variable, Direction.OUT)
            return Leaf(columns.add(Count(Rows((Branch(match_up),), (end,)))), Form.PLAIN)
        case "descendants":
            return _descendants(context, selection, source, columns)
        case "descendantCount":
            down, end, _ = _walk(context, source.variable, Direction.IN)
            return Leaf(columns.add(Count(Rows((Branch(down),), (end,)))), Form.PLAIN)
        case _:
            return _roll_up(context, selection, source, columns)


def _walk(
    context: Context, source: Variable, direction: Direction, most: int | None = None
) -> tuple[Match, Variable, Variable]:
    """One or more steps along the tree: the match, its end, and the list of its relationships."""
    end, relationships = Variable("customer"), Variable("rels")
    node = context.access.after(Hop(CHILD_OF, direction, "Customer"), Variable("step"))
    return Match(source, (Step(CHILD_OF, direction, node, relationships, (1, most), end),)), end, relationships


def _up(context: Context, source: Variable) -> tuple[Rows, Variable, Variable]:
    match, end, relationships = _walk(context, source, Direction.OUT)
    distance = Variable("distance")
    lets = ((distance, cypher("size(", relationships, ")")),)
    rows = Rows((Branch(match),), (end,), lets=lets, order=(SortKey(cypher(distance)),))
    return rows, end, distance


def _root(context: Context, selection: Selection, source: Source, columns: Columns) -> Shape:
    rows, end, distance = _up(context, source.variable)
    row = Columns()
    (shape,) = plan_node(context, "Customer", [selection], end, row)
    last = Rows(
        rows.branches,
        rows.variables,
        lets=rows.lets,
        order=(SortKey(cypher(distance), descending=True),),
        limit=param(1),
    )
    column = columns.add(Collect(last, row.projection()))
    itself = plan_fields(context, source, selection.fields("Customer"), columns)
    return First(column, shape, itself)


def _roll_up(context: Context, selection: Selection, source: Source, columns: Columns) -> Shape:
    down, end, _ = _walk(context, source.variable, Direction.IN)
    below = total(down, end, of(end, "lifetimeValue"))
    own = Value(cypher("[coalesce(", of(source.variable, "lifetimeValue"), ", 0)]"))
    return MoneyShape(columns.add(Sum((below, own))), context.access.currency, money_fields(selection), summed=True)


def _descendants(context: Context, selection: Selection, source: Source, columns: Columns) -> Shape:
    arguments = selection.arguments
    down, end, relationships = _walk(context, source.variable, Direction.IN, _max_depth(arguments.get("maxDepth")))
    depth, parent = Variable("depth"), Variable("parentId")
    order_by = arguments.get("orderBy")
    if order_by is not None and order_by.entries():
        order = read_order(context.access, "Customer", order_by, end)
    else:
        by_depth = OrderKey(cypher(depth), cypher(depth), Kind.INT, descending=False, nullable=False, path="depth")
        order = fixed_order("Descendant", by_depth, id_key(end))
    limits = context.limits
    page = read_page(arguments, order, default=limits.max_descendants, most=limits.max_descendants)
    where = where_predicates(context.access, "Customer", arguments.get("where"), end)
    lets = (
        *order.lets,
        (depth, cypher("size(", relationships, ")")),
        (parent, cypher("endNode(", relationships, "[-1]).id")),
    )
    matched = Branch(Match(down.start, down.steps, where))
    page_source = PageSource(
        paged=Rows(
            (matched,),
            (end,),
            lets=lets,
            having=order.bounds(page),
            order=order.sort(page),
            limit=param(page.limit + 1),
        ),
        counted=Rows((matched,), (end,)),
        order=order,
        page=page,
        nodes=record_nodes(context, "Customer", end),
        edge=partial(_edge, depth, parent),
        aggregate=aggregates_of(context, "Customer", end),
    )
    return plan_page(selection, source.type_name, page_source, columns)


def _edge(depth: Variable, parent: Variable, field: Selection, row: Columns) -> Shape:
    if field.name == "depth":
        return Leaf(row.add(Value(cypher(depth))), Form.PLAIN)
    return GlobalId(row.add(Value(cypher(parent))), "Customer")


def _max_depth(given: Given | None) -> int | None:
    asked = given.known() if given is not None else None
    if asked is not None and not 1 <= asked <= MAX_DEPTH:
        raise BadInput(
            f"`maxDepth` is {asked}; it goes from 1 to {MAX_DEPTH}.", hint="Leave it out for the whole tree."
        )
    return asked
