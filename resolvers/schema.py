"""Builds the schema: Strawberry's types, with resolvers that pick what the compiled statements brought."""

from __future__ import annotations

import inspect
from functools import cache, partial
from typing import Any

import strawberry
from graphql import (
    GraphQLError,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLResolveInfo,
    GraphQLUnionType,
    lexicographic_sort_schema,
    print_schema,
)
from strawberry.extensions import ParserCache, ValidationCache
from strawberry.schema.config import StrawberryConfig
from strawberry.types import ExecutionContext
from strawberry.types.base import StrawberryObjectDefinition

from graph.scalars import SCALARS
from graph.types import RECORDS
from resolvers.execution import GraphExecution
from resolvers.limits import DocumentLimits, LimitDocument
from resolvers.query import Query

CACHED = 500
"""Documents whose syntax tree and validation result are remembered."""


class Schema(strawberry.Schema):
    """A schema that leaves the logging of errors to the one who answers the request."""

    def process_errors(self, errors: list[GraphQLError], execution_context: ExecutionContext | None = None) -> None:
        """Log nothing here: most errors are the caller's, the others are logged with the request's id."""


@cache
def load_schema(limits: DocumentLimits = DocumentLimits()) -> strawberry.Schema:  # noqa: B008 - frozen
    """Build the schema once for the given limits of documents."""
    schema = Schema(
        query=Query,
        types=[entry.cls for entry in RECORDS],
        extensions=[
            partial(LimitDocument, limits),
            partial(ParserCache, CACHED),
            partial(ValidationCache, CACHED),
            GraphExecution,
        ],
        config=StrawberryConfig(scalar_map=SCALARS),
    )
    _attach_resolvers(schema)
    _describe(schema)
    return schema


def schema_text() -> str:
    """The schema in the schema definition language, sorted."""
    return print_schema(lexicographic_sort_schema(load_schema()._schema)) + "\n"  # noqa: SLF001 - its own printer does not sort


def _describe(schema: strawberry.Schema) -> None:
    """A type that says no description has its docstring."""
    for type_ in schema._schema.type_map.values():  # noqa: SLF001 - as above
        definition = type_.extensions.get("strawberry-definition")
        if type_.description is None and isinstance(definition, StrawberryObjectDefinition):
            type_.description = inspect.getdoc(definition.origin)


def _attach_resolvers(schema: strawberry.Schema) -> None:
    """Results are keyed by response key, so that aliases of one field with other arguments just work."""
    for type_ in schema._schema.type_map.values():  # noqa: SLF001 - resolvers are set on the built schema
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
