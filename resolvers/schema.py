"""Builds the schema: Strawberry's types, with resolvers that pick what the compiled statements brought."""

from __future__ import annotations

import inspect
from functools import cache
from typing import Any

import strawberry
from graphql import (
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLResolveInfo,
    GraphQLSchema,
    GraphQLUnionType,
    lexicographic_sort_schema,
    print_schema,
)
from strawberry.schema.config import StrawberryConfig
from strawberry.types.base import StrawberryObjectDefinition

from graph.scalars import SCALARS
from graph.types import RECORDS
from graph.user_errors import ERROR_TYPES
from resolvers.mutation import Mutation
from resolvers.query import Query


@cache
def load_schema() -> GraphQLSchema:
    """Build the schema once."""
    types = [*(entry.cls for entry in RECORDS), *ERROR_TYPES]
    built = strawberry.Schema(query=Query, mutation=Mutation, types=types, config=StrawberryConfig(scalar_map=SCALARS))
    schema = built._schema  # noqa: SLF001 - documents are read by graphql-core and answered by our own plans
    _attach_resolvers(schema)
    _describe(schema)
    return schema


def schema_text() -> str:
    """The schema in the schema definition language, sorted."""
    schema = load_schema()
    text = print_schema(lexicographic_sort_schema(schema)) + "\n"
    for type_ in schema.type_map.values():
        # Strawberry tells introspection, and graphql-core prints nothing of it.
        definition = type_.extensions.get("strawberry-definition")
        if isinstance(definition, StrawberryObjectDefinition) and definition.is_one_of:
            text = text.replace(f"\ninput {type_.name} {{", f"\ninput {type_.name} @oneOf {{")
    return text


def _describe(schema: GraphQLSchema) -> None:
    """A type that says no description has its docstring."""
    for type_ in schema.type_map.values():
        definition = type_.extensions.get("strawberry-definition")
        if type_.description is None and isinstance(definition, StrawberryObjectDefinition):
            type_.description = inspect.getdoc(definition.origin)


def _attach_resolvers(schema: GraphQLSchema) -> None:
    """Results are keyed by response key, so that aliases of one field with other arguments just work."""
    for type_ in schema.type_map.values():
        if type_.name.startswith("__"):
            continue
        if isinstance(type_, GraphQLObjectType):
            type_.is_type_of = None
            for field in type_.fields.values():
                field.resolve = _resolve_root if type_.name == "Query" else _resolve
        elif isinstance(type_, (GraphQLInterfaceType, GraphQLUnionType)):
            type_.resolve_type = _resolve_type


def _resolve_root(_: Any, info: GraphQLResolveInfo[Any], **_arguments: Any) -> Any:
    """The result of a root field's statement, or the error that it ended with."""
    found = info.context.roots[info.path.key]
    if isinstance(found, Exception):
        raise found
    return found


def _resolve(source: dict[str, Any], info: GraphQLResolveInfo[Any], **_arguments: Any) -> Any:
    return source[str(info.path.key)]


def _resolve_type(value: Any, _info: GraphQLResolveInfo[Any], _type: Any) -> str:
    return str(value.type_name)
