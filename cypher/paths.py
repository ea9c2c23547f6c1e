"""Plans paths: the shortest ways between two records.

All paths of the least length are found by Neo4j's own breadth-first search, which looks at nodes from both ends and
brings paths one by one. Of those only so many are put in order, since their number can grow with the power of the
length. The access predicate holds for every node on the way, so that nothing is reached through what the viewer may
not see.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from cypher.arguments import Arguments, Given, Inputs
from cypher.comparisons import stored_enum
from cypher.context import Context
from cypher.fragment import Fragment, Variable, cypher, joined, late, name, of, param
from cypher.plan import (
    Branch,
    Collect,
    Columns,
    Match,
    NodePattern,
    Projection,
    Rows,
    ShortestPaths,
    SortKey,
    StatementPlan,
    Value,
)
from cypher.record import plan_node
from cypher.relationships import direction_of, properties_of, relationship_shape
from cypher.root_plan import RootPlan, record_type, record_uuid
from cypher.selection import Selection
from cypher.shape import Every, First, Form, Leaf, ObjectShape, OnlyRow, Shape, Typename
from graph.errors import BadInput
from graph.ids import parse_global_id
from graph.relationships import relationship_ends, relationship_properties

MOST_HOPS = 10
MOST_PATHS = 25
LOOKED_AT = 1_000
"""Of so many shortest paths the first are told: there can be more than anybody could wait for."""

HUBS = (
    "BusinessUnit",
    "Channel",
    "ChannelType",
    "ContactGroup",
    "CustomerGroup",
    "CustomerUserRole",
    "Product",
    "Tag",
    "User",
)
"""Types whose records stand beside hundreds or thousands of others: two records that share one have little in common.

In the demo with 6,000 customers their nodes have 260 relationships (roles) to 8,000 (users) each, those of all other
types fewer than ten. Units and types of channels have few, and lead from user to user and channel to channel.
"""


def plan_paths(context: Context, selection: Selection) -> RootPlan:
    """A list of paths; null when one of the ends is not there, empty when nothing connects them."""
    arguments = selection.arguments
    start = context.access.node(record_type(context, arguments["from"]), Variable("start"))
    end = context.access.node(record_type(context, arguments["to"]), Variable("end"))
    way = _Way(Variable("nodes"), Variable("rels"))
    if _same(selection):
        lets = ((way.nodes, cypher("[", start.variable, "]")), (way.relationships, cypher("[]")))
        rows = Rows((Branch(Match(start.variable)),), (start.variable,), lets=lets)
    else:
        rows = _shortest(context, arguments, (start.variable, end.variable), way)
    path = Columns()
    shape = _path_shape(context, selection, way, path)
    # One end after the other, each by its id: two patterns side by side would be planned as a product.
    inner = Collect(_by_id(end, arguments["to"]), Projection((Collect(rows, path.projection()),)))
    outer = Collect(_by_id(start, arguments["from"]), Projection((inner,)))
    return RootPlan(StatementPlan(Projection((outer,))), OnlyRow(First(0, First(0, Every(0, shape)))))


@dataclass(frozen=True, slots=True)
class _Way:
    """The nodes of a path in order, and its relationships."""

    nodes: Variable
    relationships: Variable

    @property
    def order(self) -> tuple[SortKey, ...]:
        """By the ids on the way, then by the types; parallel ones are told apart by what Neo4j calls them."""
        node, relationship = Variable("node"), Variable("rel")
        ids = cypher("[", node, " IN ", self.nodes, " | ", of(node, "id"), "]")
        types = cypher("[", relationship, " IN ", self.relationships, " | type(", relationship, ")]")
        elements = cypher("[", relationship, " IN ", self.relationships, " | elementId(", relationship, ")]")
        return SortKey(ids), SortKey(types), SortKey(elements)


def _same(selection: Selection) -> bool:
    """Whether both ends are one record, between which Neo4j looks for no path."""
    start, end = selection.arguments["from"], selection.arguments["to"]

    def equal(inputs: Inputs) -> bool:
        return bool(start.read(inputs) == end.read(inputs))

    answer = bool(start.value == end.value)
    selection.operation.trace.remember(equal, answer)
    return answer


def _by_id(node: NodePattern, given: Given) -> Rows:
    found = cypher(of(node.variable, "id"), " = ", record_uuid(given))
    return Rows((Branch(Match(node, (), (found,))),), (node.variable,))


def _shortest(context: Context, arguments: Arguments, ends: tuple[Variable, Variable], way: _Way) -> Rows:
    path, node = Variable("path"), Variable("node")
    types = tuple(relationship_ends(context.model))
    predicate = _passable(context, arguments, node)
    shortest = ShortestPaths(path, ends, types, arguments["maxHops"].decide(_hops), node, predicate)
    return Rows(
        (Branch(shortest, limit=param(LOOKED_AT)),),
        (path,),
        imports=ends,
        lets=((way.nodes, cypher("nodes(", path, ")")), (way.relationships, cypher("relationships(", path, ")"))),
        order=way.order,
        limit=arguments["limit"].param(_count),
    )


def _passable(context: Context, arguments: Arguments, node: Variable) -> Fragment:
    """What holds for each node of a path: the viewer may see it, and it is an end or no hub."""
    pattern = context.access.node("Node", node)
    start, end = arguments["from"], arguments["to"]
    ends = late(lambda inputs: [parse_global_id(given.read(inputs))[1] for given in (start, end)])
    exclude = arguments.get("exclude")
    excluded = param([*HUBS]) if exclude is None else exclude.param(_names)
    return cypher(
        *(node, ":", joined("|", [name(label) for label in pattern.labels]), " AND ", pattern.predicate),
        *(" AND (", of(node, "id"), " IN ", ends),
        *(" OR none(label IN labels(", node, ") WHERE label IN ", excluded, "))"),
    )


def _path_shape(context: Context, selection: Selection, way: _Way, row: Columns) -> Shape:
    shapes: list[tuple[str, Shape]] = []
    for field in selection.fields("Path"):
        match field.name:
            case "__typename":
                shape: Shape = Typename("Path")
            case "length":
                shape = Leaf(row.add(Value(cypher("size(", way.relationships, ")"))), Form.PLAIN)
            case "records":
                shape = _records(context, field, way, row)
            case _:
                shape = _relationships(context, field, way, row)
        shapes.append((field.key, shape))
    return ObjectShape(tuple(shapes))


def _records(context: Context, selection: Selection, way: _Way, row: Columns) -> Shape:
    place, node = Variable("place"), Variable("node")
    call = cypher(
        *("UNWIND range(0, size(", way.relationships, ")) AS ", place),
        *(" WITH ", place, ", ", way.nodes, "[", place, "] AS ", node),
    )
    rows = Rows(
        (Branch(Match(context.access.again("Node", node)), call=call),),
        (node, place),
        order=(SortKey(cypher(place)),),
    )
    inner = Columns()
    (shape,) = plan_node(context, "Node", [selection], node, inner)
    return Every(row.add(Collect(rows, inner.projection())), shape)


def _relationships(context: Context, selection: Selection, way: _Way, row: Columns) -> Shape:
    place = Variable("place")
    relationship = cypher(way.relationships, "[", place, "]")
    told = {
        "type": cypher("type(", relationship, ")"),
        "direction": direction_of(relationship, cypher(way.nodes, "[", place, "]")),
        "properties": properties_of(relationship, param([*relationship_properties(context.model)])),
    }
    column = cypher(
        *("[", place, " IN range(0, size(", way.relationships, ") - 1) | [", joined(", ", told.values()), "]]")
    )
    shape = relationship_shape(selection, {key: number for number, key in enumerate(told)})
    return Every(row.add(Value(column)), shape)


def _names(values: list[Any]) -> list[str]:
    return sorted({stored_enum(value) for value in values})


def _hops(asked: int) -> int:
    if not 1 <= asked <= MOST_HOPS:
        raise BadInput(f"`maxHops` is {asked}; it goes from 1 to {MOST_HOPS}.", hint="Look for nearer records.")
    return asked


def _count(asked: int) -> int:
    if not 1 <= asked <= MOST_PATHS:
        raise BadInput(f"`limit` is {asked}; it goes from 1 to {MOST_PATHS}.", hint="Ask for fewer paths.")
    return asked
