"""Plans what relationships lead to: one record, or a plain list."""

from __future__ import annotations

from cypher.connections import plan_connection
from cypher.context import Context, Source
from cypher.fragment import of, param
from cypher.patterns import relation_match
from cypher.plan import Branch, Collect, Columns, Rows, SortKey
from cypher.record import plan_node
from cypher.selection import Selection
from cypher.shape import Every, First, Shape
from graph.model import Mapped, Relation


def plan_relation(context: Context, mapped: Mapped, selection: Selection, source: Source, columns: Columns) -> Shape:
    """One record, a list or a connection."""
    if not isinstance(mapped, Relation):
        raise TypeError("not a relation")
    if mapped.shape == "connection":
        return plan_connection(context, mapped, selection, source, columns)
    match, end, _ = relation_match(context.access, mapped.hops, source.variable)
    row = Columns()
    (shape,) = plan_node(context, mapped.target, [selection], end, row)
    if mapped.shape == "one":
        rows = Rows((Branch(match),), (end,))
        return First(columns.add(Collect(rows, row.projection())), shape)
    order = (SortKey(of(end, "id")),)
    rows = Rows((Branch(match),), (end,), order=order, limit=param(context.limits.max_list))
    return Every(columns.add(Collect(rows, row.projection())), shape)
