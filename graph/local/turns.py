"""Lets one c360 at a time through, and tells the others what they wait for."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from graph.local.progress import Reporter


@contextmanager
def turn(folder: Path, report: Reporter) -> Iterator[None]:
    """Hold the folder's lock; a crash lets go of it."""
    lock = FileLock(folder / ".lock")
    try:
        lock.acquire(timeout=0)
    except Timeout:
        with report(f"Waiting for another c360 that works in {folder}"):
            lock.acquire()
    try:
        yield
    finally:
        lock.release()
