"""Selections: what a document asks for, as graphql-core's own executor would collect it.

The only module that touches graphql-core's internals. It applies `@skip` and `@include`, merges fields of one
response key, resolves fragments on interfaces and unions per concrete type, and coerces arguments with their
defaults. A test compares the response keys with those that the executor returns.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from graphql import (
    DirectiveNode,
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    GraphQLError,
    GraphQLObjectType,
    GraphQLSchema,
    ListValueNode,
    ObjectValueNode,
    OperationDefinitionNode,
    OperationType,
    ValueNode,
    VariableNode,
    Visitor,
    get_named_type,
    get_operation_ast,
    visit,
)
from graphql.execution.collect_fields import (
    FieldDetailsList,
    FragmentDetails,
    GroupedFieldSet,
    collect_fields,
    collect_subfields,
)
from graphql.execution.values import VariableValues, get_argument_values, get_variable_values

from cypher.arguments import Arguments, Given, Trace, composed

MAX_COERCION_ERRORS = 50


@dataclass(frozen=True, slots=True)
class OperationDefinition:
    """An operation of a document; `switches` are the variables that `@skip` and `@include` look at."""

    schema: GraphQLSchema
    node: OperationDefinitionNode
    fragments: dict[str, FragmentDetails]
    switches: tuple[str, ...]

    @property
    def kind(self) -> OperationType:
        """Query, mutation or subscription."""
        return self.node.operation


@dataclass(frozen=True, slots=True)
class Operation:
    """An operation with its coerced variables, ready to be collected."""

    definition: OperationDefinition
    variables: VariableValues
    trace: Trace = field(default_factory=Trace, repr=False)

    @property
    def schema(self) -> GraphQLSchema:
        """The schema that the operation is of."""
        return self.definition.schema


@dataclass(frozen=True, slots=True)
class Selection:
    """A field of a selection set: its response key, its name, its coerced arguments and, by type, its own fields."""

    key: str
    name: str
    arguments: Arguments
    operation: Operation = field(repr=False)
    details: FieldDetailsList = field(repr=False)

    def fields(self, type_name: str) -> tuple[Selection, ...]:
        """The fields selected on the concrete type `type_name`, in the order of the response."""
        operation, definition = self.operation, self.operation.definition
        object_type = _object_type(operation.schema, type_name)
        collected = collect_subfields(
            operation.schema, definition.fragments, operation.variables, definition.node, object_type, self.details
        )
        return _selections(operation, object_type, collected.grouped_field_set)

    @property
    def nodes(self) -> tuple[FieldNode, ...]:
        """Where the document selects it."""
        return tuple(detail.node for detail in self.details)

    def identity(self) -> tuple[str, tuple[int, ...]]:
        """Equal for the same nodes of the document: two types with equal identities select the same."""
        return self.key, tuple(id(detail.node) for detail in self.details)


def read_definition(
    schema: GraphQLSchema, document: DocumentNode, operation_name: str | None
) -> OperationDefinition | None:
    """Find the operation in a document, None when it is not there or none is named among several."""
    node = get_operation_ast(document, operation_name)
    if node is None:
        return None
    fragments = {
        found.name.value: FragmentDetails(found)
        for found in document.definitions
        if isinstance(found, FragmentDefinitionNode)
    }
    return OperationDefinition(schema, node, fragments, _switches(document))


def read_variables(definition: OperationDefinition, given: Mapping[str, Any] | None) -> Operation | list[GraphQLError]:
    """Coerce the variables of an operation.

    Returns:
        The operation, or the request errors that the executor would report for its variables.
    """
    values = get_variable_values(
        definition.schema,
        definition.node.variable_definitions or (),
        dict(given or {}),
        max_errors=MAX_COERCION_ERRORS,
        hide_suggestions=True,
    )
    return values if isinstance(values, list) else Operation(definition, values)


@dataclass(frozen=True, slots=True)
class RootField:
    """A root field: its response key, its name, and where the document has it."""

    key: str
    name: str
    nodes: tuple[FieldNode, ...]


def root_fields(operation: Operation) -> tuple[RootField, ...]:
    """The root fields of an operation, in the order of the response."""
    return tuple(
        RootField(key, details[0].node.name.value, tuple(detail.node for detail in details))
        for key, details in _collected(operation).items()
    )


def root_selection(operation: Operation, key: str) -> Selection:
    """The root field of a response key, with a trace of its own.

    Raises:
        GraphQLError: when its arguments can't be coerced.
    """
    root = operation.schema.get_root_type(operation.definition.kind)
    if root is None:
        raise KeyError(key)
    return _selection(replace(operation, trace=Trace()), root, key, _collected(operation)[key])


def _collected(operation: Operation) -> GroupedFieldSet:
    definition = operation.definition
    root = operation.schema.get_root_type(definition.kind)
    if root is None:
        return {}
    return collect_fields(
        operation.schema, definition.fragments, operation.variables, root, definition.node
    ).grouped_field_set


class _Switches(Visitor):
    """Finds the variables that decide which fields are selected."""

    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, None] = {}

    def enter_directive(self, node: DirectiveNode, *_: Any) -> None:
        for argument in node.arguments or ():
            if isinstance(argument.value, VariableNode):
                self.found[argument.value.name.value] = None


def _switches(document: DocumentNode) -> tuple[str, ...]:
    visitor = _Switches()
    visit(document, visitor)
    return tuple(visitor.found)


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
    arguments: dict[str, Given] = {}
    if definition is not None and definition.args:
        values = get_argument_values(definition, node, operation.variables, hide_suggestions=True)
        written = {argument.name.value: argument.value for argument in node.arguments or ()}
        for value_node in written.values():
            _remember_variable(operation, value_node)
        arguments = {name: _given(operation, written.get(name), value) for name, value in values.items()}
    return Selection(key, node.name.value, Arguments(arguments), operation, details)


def _given(operation: Operation, node: ValueNode | None, value: Any) -> Given:
    """A coerced value with the place in the variables that each of its parts comes from."""
    trace = operation.trace
    if isinstance(node, VariableNode):
        name = node.name.value
        if name not in operation.variables.coerced:
            return Given(value, None, trace)
        return Given(value, lambda inputs: inputs.variables[name], trace)
    if isinstance(value, list) and node is not None:
        nodes = node.values if isinstance(node, ListValueNode) else (node,)
        return composed(value, dict(enumerate(_members(operation, zip(nodes, value, strict=True)))), trace)
    if isinstance(node, ObjectValueNode) and isinstance(value, Mapping):
        written = {member.name.value: member.value for member in node.fields}
        for member in written.values():
            _remember_variable(operation, member)
        return composed(value, {key: _given(operation, written.get(key), inner) for key, inner in value.items()}, trace)
    return Given(value, None, trace)


def _members(operation: Operation, pairs: Any) -> Iterator[Given]:
    for node, value in pairs:
        _remember_variable(operation, node)
        yield _given(operation, node, value)


def _remember_variable(operation: Operation, node: ValueNode) -> None:
    """Whether a variable was given, and given as null, decides whether a default stands in or an error is due."""
    if not isinstance(node, VariableNode):
        return
    name = node.name.value
    operation.trace.remember(lambda inputs: _state(inputs.variables, name), _state(operation.variables.coerced, name))


def _state(variables: Mapping[str, Any], name: str) -> str:
    if name not in variables:
        return "absent"
    return "null" if variables[name] is None else "there"


def return_type(operation: Operation, type_name: str, field_name: str) -> str:
    """The name of the type that a field returns, without list and non-null."""
    return str(get_named_type(_object_type(operation.schema, type_name).fields[field_name].type).name)
