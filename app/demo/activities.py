"""Writes down what was said and done: calls, emails, tasks, notes, events."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from app.demo.book import Book


def write_activity(
    book: Book,
    kind: str,
    key: str,
    subject: str,
    at: dt.datetime,
    regarding: Sequence[str],
    *,
    owner: str,
    **properties: Any,
) -> str:
    """Write down an activity of a kind: Call, Email, Task, Note or Event."""
    ends = {"owner": owner, "regarding": regarding[0]}
    found = book.record(kind, key, subject, at, to=ends, subject=subject, at=at, **properties)
    for record in regarding[1:]:
        book.rows.link("regarding", found, record)
    return found


def call(
    book: Book, key: str, subject: str, at: dt.datetime, regarding: Sequence[str], *, owner: str, notes: str = ""
) -> str:
    """Write down a call that somebody made to us."""
    seconds = 60 + len(subject) * 17 % 600
    said = {"direction": "INCOMING", "durationSeconds": seconds, "status": "DONE", "notes": notes or subject}
    return write_activity(book, "Call", key, subject, at, regarding, owner=owner, **said)


def email(
    book: Book, key: str, subject: str, at: dt.datetime, regarding: Sequence[str], *, owner: str, to: str, body: str
) -> str:
    """Write down an email that we sent."""
    sent = {"sender": f"service@{book.domain}", "recipients": [to], "body": body, "status": "SENT"}
    return write_activity(book, "Email", key, subject, at, regarding, owner=owner, **sent)


def task(
    book: Book,
    key: str,
    subject: str,
    at: dt.datetime,
    regarding: Sequence[str],
    *,
    owner: str,
    status: str = "PLANNED",
    priority: str = "NORMAL",
) -> str:
    """Write down a task, due on the day that it stands on."""
    due = {"dueAt": at, "priority": priority, "status": status, "description": subject}
    return write_activity(book, "Task", key, subject, at, regarding, owner=owner, **due)


def note(
    book: Book, key: str, subject: str, at: dt.datetime, regarding: Sequence[str], *, owner: str, text: str
) -> str:
    """Write down a note."""
    return write_activity(book, "Note", key, subject, at, regarding, owner=owner, text=text)


def event(  # noqa: PLR0913 - as above
    book: Book,
    key: str,
    subject: str,
    at: dt.datetime,
    regarding: Sequence[str],
    *,
    owner: str,
    location: str,
    attendees: Sequence[str],
    recurrence: str | None = None,
) -> str:
    """Write down an event of an hour and a half."""
    ends = at + dt.timedelta(minutes=90)
    held = {"endsAt": ends, "location": location, "attendees": list(attendees), "recurrence": recurrence}
    return write_activity(book, "Event", key, subject, at, regarding, owner=owner, **held)
