"""What was done to records: the audit trail."""

from __future__ import annotations

from enum import Enum
from typing import Any

import strawberry
from strawberry import enum_value as value

from graph.aggregates import CHANGE
from graph.connection import Page, aggregate_of
from graph.scalars import JSON, DateTime
from graph.types.record import Record


@strawberry.enum(description="What was done to a record.")
class ChangeAction(Enum):
    """What was done to a record."""

    CREATE = value("CREATE", description="It was made.")
    EDIT = value("EDIT", description="Its fields were changed.")
    ASSIGN = value("ASSIGN", description="It was given to another owner.")
    DELETE = value("DELETE", description="It was deleted.")
    MERGE = value("MERGE", description="Others were merged into it.")
    RESTORE = value("RESTORE", description="It was brought back after it had been deleted.")


@strawberry.type
class ChangedField:
    """A field of a record that was changed."""

    name: str = strawberry.field(description="Name of the field.")
    before: JSON | None = strawberry.field(description="What it was; null where it was nothing, or is hidden from you.")
    after: JSON | None = strawberry.field(description="What it became; null where that is nothing, or hidden from you.")
    is_hidden: bool = strawberry.field(description="Whether it is hidden from you, so that both are null.")


@strawberry.type
class Change:
    """What was done to a record in one write."""

    id: strawberry.ID = strawberry.field(description="Id of the change.")
    write_id: strawberry.ID | None = strawberry.field(description="The same for all changes of one mutation.")
    at: DateTime = strawberry.field(description="When it was asked for.")
    action: ChangeAction = strawberry.field(description="What was done.")
    mutation: str | None = strawberry.field(description="Name of the mutation that did it.")
    request_id: str | None = strawberry.field(description="The request that asked for it, as logs and answers name it.")
    by_id: strawberry.ID | None = strawberry.field(description="Id of the user or customer user who did it.")
    by: Record | None = strawberry.field(description="Who did it; null when they are gone, or not yours to see.")
    record_id: strawberry.ID = strawberry.field(
        description="The record that it was done to: the one that was asked for, or one that was merged into it."
    )
    fields: list[ChangedField] = strawberry.field(description="The fields that were changed; none of a deleted record.")


@strawberry.type
class ChangeEdge:
    """A change with its cursor."""

    cursor: str = strawberry.field(description="Opaque place of this change in the connection's order.")
    node: Change = strawberry.field(description="The change.")


@strawberry.type
class ChangeConnection(Page):
    """A page of the changes of a record, newest first."""

    nodes: list[Change] = strawberry.field(description="The changes of this page, without their edges.")
    edges: list[ChangeEdge] = strawberry.field(description="The changes of this page with their cursors.")
    aggregate: list[Any] = aggregate_of(CHANGE)
