"""What the local Neo4j tells whoever waits for it; `app.progress.progress` is a Reporter."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Literal, Protocol

Unit = Literal["", "bytes"]


class Progress(Protocol):
    """Counts the work that is done."""

    def advance(self, amount: float = 1) -> None:
        """Add to what is done."""


class Reporter(Protocol):
    """Opens a progress display for one task."""

    def __call__(self, label: str, *, total: float | None = None, unit: Unit = "") -> AbstractContextManager[Progress]:
        """Show the task until the context ends."""


class _Silent:
    def advance(self, amount: float = 1) -> None:
        pass


@contextmanager
def silent(label: str, *, total: float | None = None, unit: Unit = "") -> Iterator[Progress]:  # noqa: ARG001 - a Reporter
    """Show nothing."""
    yield _Silent()
