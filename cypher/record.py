"""Plans a selection on a record: its fields one by one, and by label where the type is known only from the node."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from cypher.context import Context, Source
from cypher.fragment import Variable
from cypher.hidden import plan_hidden
from cypher.plan import Columns, Projection, Switch
from cypher.selection import Selection
from cypher.shape import GlobalId, Hidden, ObjectShape, Shape, SwitchShape, Typename
from graph.model import Mapped, RecordType


def plan_node(
    context: Context, target: str, selections: Sequence[Selection], variable: Variable, columns: Columns
) -> list[Shape]:
    """Plan several selections on the same node, such as those of `nodes` and `edges { node }`.

    Args:
        context: what the planner needs.
        target: the concrete or abstract type of the node.
        selections: the fields that return the node.
        variable: where the node is.
        columns: the row to add columns to.

    Returns:
        A shape for each selection, in their order.
    """
    if target in context.model.records:
        source = Source(target, variable)
        return [plan_fields(context, source, selection.fields(target), columns) for selection in selections]
    return plan_switch(context, context.model.possible(target), selections, variable, columns)


def plan_fields(context: Context, source: Source, fields: Sequence[Selection], columns: Columns) -> ObjectShape:
    """Plan the fields selected on one concrete type."""
    mapped = context.model.records[source.type_name].fields
    return plan_mapped(context, source, mapped, fields, columns)


def plan_mapped(
    context: Context, source: Source, mapped: Mapping[str, Mapped], fields: Sequence[Selection], columns: Columns
) -> ObjectShape:
    """Plan fields by their mapping; `__typename` needs no column, nor does what is hidden."""
    shapes: list[tuple[str, Shape]] = []
    for selection in fields:
        if selection.name == "__typename":
            shapes.append((selection.key, Typename(source.type_name)))
            continue
        found = mapped[selection.name]
        if context.access.hides(source.type_name, found):
            shapes.append((selection.key, plan_hidden(found, selection, source)))
            continue
        shapes.append((selection.key, context.planners[type(found)](context, found, selection, source, columns)))
    return ObjectShape(tuple(shapes))


def plan_switch(
    context: Context,
    possible: tuple[RecordType, ...],
    selections: Sequence[Selection],
    variable: Variable,
    columns: Columns,
) -> list[Shape]:
    """Plan several selections on a node of one of some types, as its labels tell."""
    by_type: list[dict[str, ObjectShape]] = [{} for _ in selections]
    cases: list[tuple[tuple[str, ...], Projection]] = []
    for group in _alike(context, possible, selections):
        row = Columns()
        planned = plan_node(context, group[0].name, selections, variable, row)
        cases.append((tuple(record.label for record in group), row.projection()))
        for shapes, shape in zip(by_type, planned, strict=True):
            shapes.update({record.name: _retyped(shape, record.name) for record in group})
    column = columns.add(Switch(variable, tuple(cases)))
    return [SwitchShape(column, shapes) for shapes in by_type]


def _alike(
    context: Context, possible: tuple[RecordType, ...], selections: Sequence[Selection]
) -> list[list[RecordType]]:
    """Group the types on which the same fields are selected, mapped and seen alike: one case serves them all."""
    groups: dict[object, list[RecordType]] = {}
    mappings: list[list[Mapped | None]] = []
    for record in possible:
        fields = [field for selection in selections for field in selection.fields(record.name)]
        mapped = [record.fields.get(field.name) for field in fields]
        if mapped not in mappings:
            mappings.append(mapped)
        hidden = tuple(found is not None and context.access.hides(record.name, found) for found in mapped)
        key = (tuple(field.identity() for field in fields), mappings.index(mapped), hidden)
        groups.setdefault(key, []).append(record)
    return list(groups.values())


def _retyped(shape: Shape, type_name: str) -> ObjectShape:
    """The same shape for another type: only what names the type differs."""
    if not isinstance(shape, ObjectShape):
        raise TypeError("a concrete type has an object shape")
    fields = (
        (key, replace(inner, type_name=type_name) if isinstance(inner, (GlobalId, Hidden, Typename)) else inner)
        for key, inner in shape.fields
    )
    return ObjectShape(tuple(fields))
