"""What is told of a relationship itself: its type, its direction and its properties."""

from __future__ import annotations

from collections.abc import Mapping

from cypher.fragment import Fragment, Param, Variable, cypher
from cypher.selection import Selection
from cypher.shape import Every, Form, Leaf, ObjectShape, Shape, Typename


def direction_of(relationship: Fragment, start: Fragment) -> Fragment:
    """The name of the direction of a relationship, seen from one of its ends."""
    return cypher("CASE WHEN startNode(", relationship, ") = ", start, " THEN 'OUT' ELSE 'IN' END")


def properties_of(relationship: Fragment, names: Param) -> Fragment:
    """The properties of a relationship that have a value, as pairs of name and text, by name."""
    key = Variable("key")
    stored = cypher(relationship, "[", key, "]")
    return cypher("[", key, " IN ", names, " WHERE ", stored, " IS NOT NULL | [", key, ", toString(", stored, ")]]")


def relationship_shape(selection: Selection, columns: Mapping[str, int]) -> ObjectShape:
    """The fields selected on a relationship, each from its column."""
    shapes: list[tuple[str, Shape]] = []
    for field in selection.fields("Relationship"):
        match field.name:
            case "__typename":
                shapes.append((field.key, Typename("Relationship")))
            case "properties":
                shapes.append((field.key, Every(columns["properties"], _property_shape(field))))
            case name:
                shapes.append((field.key, Leaf(columns[name], Form.PLAIN)))
    return ObjectShape(tuple(shapes))


def _property_shape(selection: Selection) -> ObjectShape:
    type_name = "RelationshipProperty"
    places = {"name": 0, "value": 1}
    return ObjectShape(
        tuple(
            (field.key, Typename(type_name) if field.name == "__typename" else Leaf(places[field.name], Form.PLAIN))
            for field in selection.fields(type_name)
        )
    )
