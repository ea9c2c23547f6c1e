"""Variables made up from their types: they fit the schema and find nothing."""

from __future__ import annotations

from typing import Any

from graphql import (
    ArgumentNode,
    DocumentNode,
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLSchema,
    OperationDefinitionNode,
    TypeInfo,
    TypeInfoVisitor,
    VariableNode,
    Visitor,
    get_named_type,
    type_from_ast,
    visit,
)

from graph.ids import global_id
from graph.registry import load_model

NOBODY = "00000000-0000-7000-8000-000000000000"
"""The UUID of no record."""
_SCALARS = {
    "String": "text",
    "Int": 1,
    "Float": 1.0,
    "Boolean": True,
    "DateTime": "2026-01-01T00:00:00.000Z",
    "Date": "2026-01-01",
    "Decimal": "1",
    "Currency": "USD",
}


def made_up(schema: GraphQLSchema, document: DocumentNode, operation: OperationDefinitionNode) -> dict[str, Any]:
    """A value for each variable that must have one."""
    types = _id_types(schema, document)
    values = {}
    for node in operation.variable_definitions or ():
        type_ = type_from_ast(schema, node.type)
        if isinstance(type_, GraphQLNonNull) and node.default_value is None:
            values[node.variable.name.value] = _value(type_, types.get(node.variable.name.value, "Customer"))
    return values


def _value(type_: GraphQLInputType, id_type: str) -> Any:
    match type_:
        case GraphQLNonNull():
            return _value(type_.of_type, id_type)
        case GraphQLList():
            # An object in a list would have to say something; none says enough.
            inner = get_named_type(type_)
            return [] if isinstance(inner, GraphQLInputObjectType) else [_value(type_.of_type, id_type)]
        case GraphQLEnumType():
            return next(iter(type_.values))
        case GraphQLInputObjectType():
            required = [name for name, field in type_.fields.items() if isinstance(field.type, GraphQLNonNull)]
            return {name: _value(type_.fields[name].type, id_type) for name in required}
        case _:
            return global_id(id_type, NOBODY) if type_.name == "ID" else _SCALARS.get(type_.name)


def _id_types(schema: GraphQLSchema, document: DocumentNode) -> dict[str, str]:
    """The type of record that each variable is likely the id of: as its argument says, or what its field returns."""
    info = TypeInfo(schema)
    found: dict[str, str] = {}

    class Fields(Visitor):
        argument = ""

        def enter_argument(self, node: ArgumentNode, *_: Any) -> None:
            self.argument = node.name.value

        def enter_variable(self, node: VariableNode, *_: Any) -> None:
            field = info.get_field_def()
            returned = str(get_named_type(field.type).name) if field else ""
            said = self.argument.removesuffix("Id")
            for name in (said[:1].upper() + said[1:], returned):
                if name in load_model().records:
                    found.setdefault(node.name.value, name)

    visit(document, TypeInfoVisitor(info, Fields()))
    return found
