"""Relay connections: a page of records with its edges, its page info, the total count and aggregates."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Any, Generic, Optional, TypeVar

import strawberry
from strawberry.annotation import StrawberryAnnotation
from strawberry.types.arguments import StrawberryArgument
from strawberry.types.field import StrawberryField

T = TypeVar("T")
TARGET = "target"


@strawberry.type
class PageInfo:
    """Where a page stands in its connection."""

    has_next_page: bool = strawberry.field(description="Whether there is a record after this page.")
    has_previous_page: bool = strawberry.field(
        description="Whether there is a record before this page, as far as its cursor tells."
    )
    start_cursor: str | None = strawberry.field(description="Cursor of the first edge, for `before`.")
    end_cursor: str | None = strawberry.field(description="Cursor of the last edge, for `after`.")


@strawberry.type
class Page:
    """What every connection has beside its records."""

    page_info: PageInfo = strawberry.field(description="Where this page stands in the connection.")
    total_count: int = strawberry.field(
        description="How many records the connection has in all, counted over what the viewer may see."
    )


class AggregateField(StrawberryField):
    """`aggregate`: its type and arguments follow the records of its connection, which its metadata names."""

    def resolve_type(self, **_: Any) -> Any:
        """A list of the figures of the target's records."""
        target = self.metadata.get(TARGET)
        figures: Any = _lazy(f"{target}Aggregate") if target else str
        return StrawberryAnnotation(list[figures]).resolve()

    def copy_with(self, type_var_map: Mapping[str, Any]) -> AggregateField:
        """The field of a connection of certain records."""
        node = type_var_map[T.__name__]
        definition = getattr(node, "__strawberry_definition__", None)
        return self.of(node.type_name if definition is None else definition.name)

    def of(self, target: str) -> AggregateField:
        """The field of a connection of `target` records."""
        found = copy.copy(self)
        found.metadata = MappingProxyType({TARGET: target})
        field: Any = _lazy(f"{target}Field")
        found.arguments = [
            _argument("groupBy", Optional[list[field]], "Without it one entry for all."),
            _argument("bucket", _lazy("DateBucket"), "For dates.", default="MONTH"),
            _argument("first", Optional[int], "At most 1,000 groups, the default."),
        ]
        return found


def _lazy(name: str) -> Any:
    return Annotated[name, strawberry.lazy("graph.aggregates")]


def _argument(name: str, annotation: Any, description: str, **options: Any) -> StrawberryArgument:
    return StrawberryArgument(name, name, StrawberryAnnotation(annotation), description=description, **options)


_AGGREGATE = AggregateField(description="Figures of all that match, in groups by key, null last.")


def aggregate_of(target: str) -> Any:
    """The `aggregate` of a connection of `target` records; of a generic one, of what it is made for."""
    return _AGGREGATE.of(target) if target else _AGGREGATE


@strawberry.type(description="One record in a page, with its cursor.")
class Edge(Generic[T]):
    """One record in a page, with its cursor."""

    cursor: str = strawberry.field(description="Opaque place of this record in the connection's order.")
    node: T = strawberry.field(description="The record.")


@strawberry.type(description="A page of records.")
class Connection(Page, Generic[T]):
    """A page of records."""

    nodes: list[T] = strawberry.field(description="The records of this page, without their edges.")
    edges: list[Edge[T]] = strawberry.field(description="The records of this page with their cursors.")
    aggregate: list[Any] = aggregate_of("")
