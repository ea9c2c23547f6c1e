"""What a request must see of the graph, and what it has written: bookmarks, carried along with its context."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(slots=True)
class Causality:
    """What a request must see, and what it has written, as bookmarks of the database."""

    after: frozenset[str] = frozenset()
    written: frozenset[str] = frozenset()


_CAUSALITY: ContextVar[Causality | None] = ContextVar("causality", default=None)


@contextmanager
def causally(after: Iterable[str] = ()) -> Iterator[Causality]:
    """Let all that is read and written within see the states of some bookmarks, and tell what was written."""
    token = _CAUSALITY.set(causality := Causality(frozenset(after)))
    try:
        yield causality
    finally:
        _CAUSALITY.reset(token)


def current_causality() -> Causality | None:
    """That of the request that is being answered."""
    return _CAUSALITY.get()


def reads_after() -> bool:
    """Whether what is read now must see a certain state of the database."""
    causality = _CAUSALITY.get()
    return causality is not None and bool(causality.after)
