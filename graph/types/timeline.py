"""Timelines: everything dated about a record, in one order."""

from __future__ import annotations

from typing import Any

import strawberry

from graph.connection import Page, aggregate_of
from graph.scalars import DateTime
from graph.types.enums import TimelineKind
from graph.types.record import Record


@strawberry.type
class TimelineEntry:
    """Something dated: the record and when it happened."""

    kind: TimelineKind | None = strawberry.field(description="Kind of the entry.")
    at: DateTime | None = strawberry.field(description="When it happened.")
    record: Record | None = strawberry.field(description="What happened: the activity, order, cart, case or deal.")


@strawberry.type
class TimelineEdge:
    """An entry of a timeline with its cursor."""

    cursor: str = strawberry.field(description="Opaque place of this entry in the timeline.")
    node: TimelineEntry = strawberry.field(description="The entry.")


@strawberry.type
class TimelineConnection(Page):
    """A page of a timeline, newest first."""

    nodes: list[TimelineEntry] = strawberry.field(description="The entries of this page, without their edges.")
    edges: list[TimelineEdge] = strawberry.field(description="The entries of this page with their cursors.")
    aggregate: list[Any] = aggregate_of("Timeline")
