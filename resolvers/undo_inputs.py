"""The input and the payload of undo."""

from __future__ import annotations

from enum import Enum

import strawberry
from strawberry import enum_value as value

from resolvers.verbs import Payload, WriteInput, given, needed


@strawberry.enum(description="Why undo left something as it is.")
class LeftReason(Enum):
    """Why undo left something as it is."""

    CHANGED = value("CHANGED", description="It was changed since, or is so already.")
    GONE = value("GONE", description="The record, or one that it led to, was deleted since.")
    IN_USE = value("IN_USE", description="Others depend on the record.")
    TAKEN = value("TAKEN", description="Another record has the unique key now.")
    CYCLE = value("CYCLE", description="It would be above itself.")
    FORBIDDEN = value("FORBIDDEN", description="You may not do this to the record, or don't see it, or not the field.")


@strawberry.input
class UndoInput(WriteInput):
    """What to take back: one change, or all changes of one write."""

    change_id: strawberry.ID | None = given("Id of a change, as `changes` tells it; a merge is undone as a whole.")
    write_id: strawberry.ID | None = given("The `writeId` of a mutation's payload, or of a change.")


@strawberry.type
class LeftAsItIs:
    """Something that undo did not take back."""

    record_id: strawberry.ID | None = strawberry.field(description="The record; null when it is not yours to see.")
    field: str | None = strawberry.field(description="The field; null for the whole record.")
    reason: LeftReason = strawberry.field(description="Why.")


@strawberry.type
class UndoPayload(Payload):
    """What undo did: its own `writeId`, since an undo can be undone, and what it left."""

    left: list[LeftAsItIs] | None = needed("What is as it was before the undo, and why.")
