"""Shows how far a long task is: a bar on a terminal, a line now and then elsewhere."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock
from typing import Literal, Protocol

from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    MofNCompleteColumn,
    ProgressColumn,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
    TransferSpeedColumn,
)
from rich.progress import Progress as Bar

Unit = Literal["", "bytes"]
LINE_SECONDS = 5.0
MEGABYTE = 1_000_000

console = Console(stderr=True)


class Progress(Protocol):
    """Counts the work that is done."""

    def advance(self, amount: float = 1) -> None:
        """Add to what is done."""


@contextmanager
def progress(label: str, *, total: float | None = None, unit: Unit = "") -> Iterator[Progress]:
    """Show a task until the context ends, and then how long it took.

    Args:
        label: What is done, such as `Loading orders`.
        total: How much there is to do, where that is known.
        unit: What is counted; bytes are shown as megabytes.
    """
    begun = time.monotonic()
    with _bar(label, total, unit) if console.is_terminal else _lines(label, total, unit) as shown:
        yield shown
    console.print(f"{label}: done in {time.monotonic() - begun:.1f} s", highlight=False)


class _BarTask:
    def __init__(self, bar: Bar, label: str, total: float | None) -> None:
        self._bar = bar
        self._task = bar.add_task(label, total=total)

    def advance(self, amount: float = 1) -> None:
        self._bar.advance(self._task, amount)


class _Lines:
    def __init__(self, label: str, total: float | None, unit: Unit) -> None:
        self._label, self._total, self._unit = label, total, unit
        self._done = 0.0
        self._next = time.monotonic() + LINE_SECONDS
        self._lock = Lock()

    def advance(self, amount: float = 1) -> None:
        with self._lock:
            self._done += amount
            if time.monotonic() < self._next:
                return
            self._next = time.monotonic() + LINE_SECONDS
        console.print(f"{self._label}: {self._amount(self._done)}{self._share()}", highlight=False)

    def _share(self) -> str:
        return f" of {self._amount(self._total)}" if self._total else ""

    def _amount(self, amount: float) -> str:
        return f"{amount / MEGABYTE:.0f} MB" if self._unit == "bytes" else f"{amount:,.0f}"


@contextmanager
def _bar(label: str, total: float | None, unit: Unit) -> Iterator[Progress]:
    with Bar(*_columns(total, unit), console=console, transient=True) as bar:
        yield _BarTask(bar, label, total)


@contextmanager
def _lines(label: str, total: float | None, unit: Unit) -> Iterator[Progress]:
    console.print(f"{label} …", highlight=False)
    yield _Lines(label, total, unit)


def _columns(total: float | None, unit: Unit) -> list[ProgressColumn]:
    text = TextColumn("{task.description}")
    if total is None:
        return [SpinnerColumn(), text, TimeElapsedColumn()]
    if unit == "bytes":
        return [text, BarColumn(), DownloadColumn(), TransferSpeedColumn()]
    return [text, BarColumn(), MofNCompleteColumn(), TimeElapsedColumn()]
