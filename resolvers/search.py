"""What search answers with."""

from __future__ import annotations

from typing import Any

import strawberry

from graph.connection import Page, aggregate_of
from graph.types.record import Record


@strawberry.type
class SearchEdge:
    """A record that the text found."""

    cursor: str = strawberry.field(description="Opaque place of this record in the result.")
    node: Record = strawberry.field(description="The record.")
    score: int = strawberry.field(description="How well it fits, 100 for its very name down to 40.")


@strawberry.type
class SearchConnection(Page):
    """A page of what a text found, best first; at most 1,000 records are looked at."""

    nodes: list[Record] = strawberry.field(description="The records of this page, without their edges.")
    edges: list[SearchEdge] = strawberry.field(description="The records of this page with their edges.")
    aggregate: list[Any] = aggregate_of("Record")
