"""Plans neighbours: everything that a record is related to, with the relationship that says how.

The relationships are those of the model and the neighbours its nodes, so that what the program keeps for itself never
shows; a neighbour that the viewer may not see is neither shown nor counted.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from cypher.aggregates import aggregates_of
from cypher.arguments import Arguments, Given
from cypher.comparisons import stored_enum
from cypher.connections import PageSource, plan_page, record_nodes, sorted_rows
from cypher.context import Context
from cypher.cost import LISTED
from cypher.fragment import Fragment, Variable, cypher, of, param
from cypher.paging import Order, OrderKey, fixed_order, id_key, read_page
from cypher.plan import Branch, Columns, Groups, Match, Rows, SortKey, StatementPlan, Step, Value
from cypher.relationships import direction_of, properties_of, relationship_shape
from cypher.root_plan import RootPlan, record_type, record_uuid
from cypher.selection import Selection
from cypher.shape import AggregatesShape, FirstRow, Form, Leaf, ObjectShape, Shape, Typename
from graph.model import Direction, Kind
from graph.relationships import relationship_ends, relationship_properties

DIRECTIONS = {"OUT": Direction.OUT, "IN": Direction.IN}


@dataclass(frozen=True, slots=True)
class _Around:
    """The record in the middle, a relationship of it and the neighbour at its other end."""

    record: Variable
    relationship: Variable
    neighbor: Variable

    @property
    def incoming(self) -> Fragment:
        """Whether the relationship leads to the record; one from the record to itself leads from it."""
        return cypher("(startNode(", self.relationship, ") <> ", self.record, ")")

    def order(self) -> Order:
        """By type, id and direction; relationships alike in all of that are told apart by what Neo4j calls them."""
        kind = cypher("type(", self.relationship, ")")
        element = cypher("elementId(", self.relationship, ")")
        return fixed_order(
            "Neighbor",
            OrderKey(kind, kind, Kind.STRING, descending=False, nullable=False, path="type"),
            id_key(self.neighbor),
            OrderKey(self.incoming, self.incoming, Kind.BOOLEAN, descending=False, nullable=False, path="incoming"),
            OrderKey(element, element, Kind.STRING, descending=False, nullable=False, path="element"),
        )


def plan_neighbors(context: Context, selection: Selection) -> RootPlan:
    """A connection of the neighbours of one record; null when the record is not there."""
    arguments = selection.arguments
    given = arguments["id"]
    type_name = record_type(context, given)
    record = context.access.node(type_name)
    around = _Around(record.variable, Variable("rel"), Variable("neighbor"))
    match, where = _match(context, type_name, arguments, around)
    order = around.order()
    page = read_page(arguments, order, default=context.limits.default_page, most=context.limits.max_page)
    variables = (around.neighbor, around.relationship)
    all_of_them = Rows((Branch(Match(match.start, match.steps, where)),), variables)
    columns = Columns()
    source = PageSource(
        paged=sorted_rows(match, where, variables, order, page),
        counted=all_of_them,
        order=order,
        page=page,
        nodes=record_nodes(context, "Node", around.neighbor),
        edge=partial(_edge, context, around),
        aggregate=aggregates_of(context, "Node", around.neighbor),
        aside=partial(_counts, context, around, all_of_them),
    )
    shape = plan_page(selection, "Query", source, columns)
    found = cypher(of(record.variable, "id"), " = ", record_uuid(given))
    rows = Rows((Branch(Match(record, (), (found,))),), (record.variable,))
    return RootPlan(StatementPlan(columns.projection(), rows), FirstRow(shape, "NeighborConnection"))


def _match(
    context: Context, type_name: str, arguments: Arguments, around: _Around
) -> tuple[Match, tuple[Fragment, ...]]:
    ends = relationship_ends(context.model)
    known = tuple(kind for kind, found in ends.items() if type_name in found.sources | found.targets)
    wanted, types = arguments.get("relationshipTypes"), arguments.get("recordTypes")
    names = known if wanted is None else wanted.decide(_names)
    kinds = tuple(kind for kind in known if kind in names)
    where: list[Fragment] = [] if kinds else [cypher("false")]
    if types is not None:
        where.append(_of_types(around.neighbor, types))
    direction = arguments.get("direction")
    way = None if direction is None else DIRECTIONS[direction.decide(stored_enum)]
    others = {
        other
        for kind in kinds
        for near, far in ((ends[kind].sources, ends[kind].targets), (ends[kind].targets, ends[kind].sources))
        if type_name in near
        for other in far
    }
    node = context.access.neighbor(type_name, others, around.neighbor)
    # A pattern without types is one of all types: where none is wanted the types don't matter.
    step = Step(kinds or tuple(ends), way, node, around.relationship)
    return Match(around.record, (step,)), tuple(where)


def _names(values: list[object]) -> tuple[str, ...]:
    return tuple(sorted({stored_enum(value) for value in values}))


def _of_types(neighbor: Variable, types: Given) -> Fragment:
    labels = types.param(lambda values: list(_names(values)))
    return cypher("any(label IN labels(", neighbor, ") WHERE label IN ", labels, ")")


def _edge(context: Context, around: _Around, selection: Selection, row: Columns) -> Shape:
    relationship = cypher(around.relationship)
    told = {
        "type": lambda: cypher("type(", relationship, ")"),
        "direction": lambda: direction_of(relationship, cypher(around.record)),
        "properties": lambda: properties_of(relationship, param([*relationship_properties(context.model)])),
    }
    names = dict.fromkeys(field.name for field in selection.fields("Relationship") if field.name in told)
    return relationship_shape(selection, {name: row.add(Value(told[name]())) for name in names})


def _counts(context: Context, around: _Around, rows: Rows, selection: Selection, columns: Columns) -> Shape:
    """One entry for each type of relationship and of neighbour."""
    kind, label, count, incoming = (Variable(name) for name in ("type", "label", "count", "incoming"))
    labels = param([record.label for record in context.model.records.values()])
    known = cypher("head([label IN labels(", around.neighbor, ") WHERE label IN ", labels, "])")
    carried = (
        (kind, cypher("type(", around.relationship, ")")),
        (label, known),
        (count, cypher("count(*)")),
        (incoming, cypher("sum(CASE WHEN ", around.incoming, " THEN 1 ELSE 0 END)")),
    )
    told = {
        "relationshipType": cypher(kind),
        "recordType": cypher(label),
        "count": cypher(count),
        "outgoing": cypher(count, " - ", incoming),
        "incoming": cypher(incoming),
    }
    row = Columns()
    shapes: list[tuple[str, Shape]] = []
    for field in selection.fields("NeighborCount"):
        if field.name == "__typename":
            shapes.append((field.key, Typename("NeighborCount")))
        else:
            shapes.append((field.key, Leaf(row.add(Value(told[field.name])), Form.PLAIN)))
    order = (SortKey(cypher(kind)), SortKey(cypher(label)))
    column = columns.add(Groups(rows, carried, row.projection(), order))
    return AggregatesShape(column, ObjectShape(tuple(shapes)), reckoned=LISTED)
