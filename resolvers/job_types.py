"""Jobs as they are shown: writes that are too large for one transaction."""

from __future__ import annotations

from enum import Enum

import strawberry
from strawberry import enum_value as value

from graph.scalars import DateTime


@strawberry.enum(description="What a job does.")
class JobKind(Enum):
    """What a job does."""

    DELETE_CHANNEL = value("DELETE_CHANNEL", description="Deletes a channel with all records in it.")
    DETACH_CHANNEL = value("DETACH_CHANNEL", description="Takes all records out of a channel and deletes it.")
    REVALUE_CHANNEL = value("REVALUE_CHANNEL", description="Values the customers of a channel by its rule.")


@strawberry.enum(description="Where a job stands.")
class JobStatus(Enum):
    """Where a job stands."""

    WAITING = value("WAITING", description="Nobody has begun it.")
    RUNNING = value("RUNNING", description="It has begun. If whoever works on it goes away, another one goes on.")
    FINISHED = value("FINISHED", description="All is done.")
    FAILED = value("FAILED", description="It was given up. What is done stays done; it can be run again.")


@strawberry.type
class Job:
    """A write that is too large for one transaction: it is done in batches, each of which is whole."""

    id: strawberry.ID = strawberry.field(description="Id of the job.")
    kind: JobKind = strawberry.field(description="What it does.")
    status: JobStatus = strawberry.field(description="Where it stands.")
    done: int = strawberry.field(description="Records that are done.")
    total: int = strawberry.field(description="Records that were to do when it was made.")
    created_at: DateTime = strawberry.field(description="When it was made.")
    started_at: DateTime | None = strawberry.field(description="When it was begun.")
    finished_at: DateTime | None = strawberry.field(description="When it was finished or given up.")
    error: str | None = strawberry.field(description="What went wrong last; null when nothing has since.")
