"""Relay connections: a page of records with its edges, its page info and the total count."""

from __future__ import annotations

from typing import Generic, TypeVar

import strawberry

T = TypeVar("T")


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
