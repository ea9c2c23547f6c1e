"""Activities: calls, emails, tasks, notes and events, on any record."""

from __future__ import annotations

import strawberry

from graph.connection import Connection
from graph.fields import OUT, choice, connected, hop, one, prop
from graph.model import Kind
from graph.permissions import Sensitive
from graph.scalars import DateTime
from graph.types.enums import ActivityStatus, CallDirection, EmailStatus, Priority
from graph.types.record import Owner, Record


@strawberry.interface
class Activity(Record):
    """What any activity shows: what it was about and when it was."""

    subject: str | None = prop("What it is about.", searchable=True)
    at: DateTime | None = prop("When it was or will be.", Kind.DATETIME, sortable=True, dated=True)
    owner: Owner | None = one("Who owns the activity.", "OWNED_BY", OUT, "Owner")
    regarding: Connection[Record] = connected("The records that it is about.", hop("REGARDING", OUT, "Record"))


@strawberry.type
class Call(Activity):
    """A phone call."""

    direction: CallDirection | None = choice("Who called.", CallDirection)
    duration_seconds: int | None = prop("Length in seconds.", Kind.INT)
    status: ActivityStatus | None = choice("Where it stands.", ActivityStatus)
    notes: str | None = prop("What was said.")


@strawberry.type
class Email(Activity):
    """An email."""

    sender: str | None = prop("Address that it came from.", sensitive=Sensitive.EMAIL)
    recipients: list[str] | None = prop(
        "Addresses that it went to; empty when there is none.", Kind.STRINGS, sensitive=Sensitive.EMAIL
    )
    body: str | None = prop("Its text.")
    status: EmailStatus | None = choice("Where it stands.", EmailStatus)


@strawberry.type
class Task(Activity):
    """Something to do."""

    due_at: DateTime | None = prop("When it is due.", Kind.DATETIME)
    priority: Priority | None = choice("How urgent it is.", Priority)
    status: ActivityStatus | None = choice("Where it stands.", ActivityStatus)
    description: str | None = prop("What to do.")


@strawberry.type
class Note(Activity):
    """A note."""

    text: str | None = prop("Its text.")


@strawberry.type
class Event(Activity):
    """A meeting or another event."""

    ends_at: DateTime | None = prop("When it ends.", Kind.DATETIME)
    location: str | None = prop("Where it is.")
    attendees: list[str] | None = prop(
        "Who takes part, by name or email address; empty when there is none.", Kind.STRINGS, sensitive=Sensitive.EMAIL
    )
    recurrence: str | None = prop("How it recurs, a recurrence rule of RFC 5545.")
