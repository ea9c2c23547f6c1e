"""Selections: what a document asks for, as graphql-core's own executor would collect it.

The only module that touches graphql-core's internals. It applies `@skip` and `@include`, merges fields of one
response key, resolves fragments on interfaces and unions per concrete type, and coerces arguments with their
defaults. A test compares the response keys with those that the executor returns.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from graphql import (
    DocumentNode,
    FragmentDefinitionNode,
    GraphQLError,
    GraphQLObjectType,
    GraphQLSchema,
    OperationDefinitionNode,
    get_named_type,
    get_operation_ast,
)
from graphql.execution.collect_fields import (
    FieldDetailsList,
    FragmentDetails,
    GroupedFieldSet,
    collect_fields,
    collect_subfields,
)
from graphql.execution.values import VariableValues, get_argument_values, get_variable_values

MAX_COERCION_ERRORS = 50


@dataclass(frozen=True, slots=True)
class Operation:
    """An operation with its coerced variables, ready to be collected."""

    schema: GraphQLSchema
    definition: OperationDefinitionNode
    fragments: dict[str, FragmentDetails]
    variables: VariableValues


@dataclass(frozen=True, slots=True)
class Selection:
    """A field of a selection set: its response key, its name, its coerced arguments and, by type, its own fields."""

    key: str
    name: str
    arguments: Mapping[str, Any]
    operation: Operation = field(repr=False)
    details: FieldDetailsList = field(repr=False)

    def fields(self, type_name: str) -> tuple[Selection, ...]:
        """The fields selected on the concrete type `type_name`, in the order of the response."""
        operation = self.operation
        object_type = _object_type(operation.schema, type_name)
        collected = collect_subfields(
            operation.schema, operation.fragments, operation.variables, operation.definition, object_type, self.details
        )
        return _selections(operation, object_type, collected.grouped_field_set)

    def identity(self) -> tuple[str, tuple[int, ...]]:
        """Equal for the same nodes of the document: two types with equal identities select the same."""
        return self.key, tuple(id(detail.node) for detail in self.details)


def read_operation(
    schema: GraphQLSchema, document: DocumentNode, operation_name: str | None, variables: Mapping[str, Any] | None
) -> Operation | list[GraphQLError]:
    """Find the operation and coerce its variables.

    Returns:
        The operation, or the request errors that the executor would report for its variables.
    """
    definition = get_operation_ast(document, operation_name)
    if definition is None:
        return [GraphQLError("Must provide an operation.")]
    values = get_variable_values(
        schema, definition.variable_definitions or (), dict(variables or {}), max_errors=MAX_COERCION_ERRORS
    )
    if isinstance(values, list):
        return values
    fragments = {
        node.name.value: FragmentDetails(node)
        for node in document.definitions
        if isinstance(node, FragmentDefinitionNode)
    }
    return Operation(schema, definition, fragments, values)


def root_selections(operation: Operation) -> tuple[Selection, ...]:
    """The root fields of an operation, in the order of the response."""
    root = operation.schema.get_root_type(operation.definition.operation)
    if root is None:
        return ()
    collected = collect_fields(operation.schema, operation.fragments, operation.variables, root, operation.definition)
    return _selections(operation, root, collected.grouped_field_set)


def _object_type(schema: GraphQLSchema, type_name: str) -> GraphQLObjectType:
    found = schema.get_type(type_name)
    if not isinstance(found, GraphQLObjectType):
        raise TypeError(f"{type_name} is not an object type")
    return found


def _selections(operation: Operation, parent: GraphQLObjectType, grouped: GroupedFieldSet) -> tuple[Selection, ...]:
    return tuple(_selection(operation, parent, key, details) for key, details in grouped.items())


def _selection(operation: Operation, parent: GraphQLObjectType, key: str, details: FieldDetailsList) -> Selection:
    node = details[0].node
    definition = parent.fields.get(node.name.value)
    arguments: dict[str, Any] = {}
    if definition is not None and definition.args:
        arguments = get_argument_values(definition, node, operation.variables)
    return Selection(key, node.name.value, arguments, operation, details)


def return_type(operation: Operation, type_name: str, field_name: str) -> str:
    """The name of the type that a field returns, without list and non-null."""
    return str(get_named_type(_object_type(operation.schema, type_name).fields[field_name].type).name)
