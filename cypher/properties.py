"""Plans what a record stores itself: properties, embedded objects and computed values."""

from __future__ import annotations

from cypher.computed import COMPUTED
from cypher.context import Context, Source
from cypher.fragment import cypher, of
from cypher.plan import Columns, Value
from cypher.record import plan_mapped
from cypher.selection import Selection
from cypher.shape import EmbeddedShape, Form, GlobalId, Leaf, MoneyShape, Shape
from graph.model import Computed, Embedded, Kind, Mapped, Property


def plan_property(context: Context, mapped: Mapped, selection: Selection, source: Source, columns: Columns) -> Shape:
    """A stored property of the record."""
    if not isinstance(mapped, Property):
        raise TypeError("not a property")
    return property_shape(context, mapped, selection, source, columns)


def property_shape(context: Context, mapped: Property, selection: Selection, source: Source, columns: Columns) -> Shape:
    """A stored property of a node or a relationship."""
    stored = of(source.variable, mapped.name)
    match mapped.kind:
        case Kind.ID:
            return GlobalId(columns.add(Value(stored)), source.type_name)
        case Kind.DATETIME:
            return Leaf(columns.add(Value(cypher(stored, ".epochMillis"))), Form.MOMENT)
        case Kind.DATE:
            return Leaf(columns.add(Value(cypher("toString(", stored, ")"))), Form.PLAIN)
        case Kind.STRINGS:
            return Leaf(columns.add(Value(stored)), Form.LIST)
        case Kind.MONEY:
            currency: int | str = context.access.currency
            if mapped.currency:
                currency = columns.add(Value(of(source.variable, mapped.currency)))
            return MoneyShape(columns.add(Value(stored)), currency, money_fields(selection))
        case _:
            return Leaf(columns.add(Value(stored)), Form.PLAIN)


def money_fields(selection: Selection) -> tuple[tuple[str, str], ...]:
    """Response keys and names of the fields selected on Money."""
    return tuple((field.key, field.name) for field in selection.fields("Money"))


def plan_embedded(context: Context, mapped: Mapped, selection: Selection, source: Source, columns: Columns) -> Shape:
    """An object of the same node's properties."""
    if not isinstance(mapped, Embedded):
        raise TypeError("not an embedded object")
    column = columns.add(Value(of(source.variable, mapped.when)))
    inner = Source(mapped.type_name, source.variable)
    fields = selection.fields(mapped.type_name)
    shape = plan_mapped(context, inner, context.model.embedded[mapped.type_name], fields, columns)
    return EmbeddedShape(column, mapped.value, shape)


def plan_computed(context: Context, mapped: Mapped, selection: Selection, source: Source, columns: Columns) -> Shape:
    """A sum of money that the database computes, in the base currency."""
    if not isinstance(mapped, Computed):
        raise TypeError("not a computed value")
    column = columns.add(COMPUTED[mapped.name](context, source.variable))
    return MoneyShape(column, context.access.currency, money_fields(selection), summed=True)
