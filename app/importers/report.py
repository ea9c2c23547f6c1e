"""The report of an import: one line for each row that has something about it, with its number and the reason."""

from __future__ import annotations

import csv
import errno
import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TextIO

import orjson

from app.importers.batch import Problem
from graph.errors import DiskFull, ImportFailed

COLUMNS = ("file", "row", "loaded", "code", "message", "key")


class Report:
    """A file that takes problems as they come: CSV, or JSON lines when its name ends in `.jsonl`."""

    def __init__(self, path: Path, file: TextIO) -> None:
        self.path = path
        self._file = file
        self._json = path.suffix == ".jsonl"
        if not self._json:
            self._write([",".join(COLUMNS) + "\r\n"])

    def add(self, problems: Sequence[Problem]) -> None:
        """Write problems to the disk.

        Raises:
            DiskFull: there is no room for them.
        """
        self._write([self._line(problem) for problem in problems])

    def _line(self, problem: Problem) -> str:
        found = asdict(problem)
        found["loaded"] = not found.pop("lost")
        if self._json:
            return orjson.dumps({column: found[column] for column in COLUMNS}).decode() + "\n"
        line = io.StringIO()
        found["loaded"] = "yes" if found["loaded"] else "no"
        csv.writer(line).writerow([found[column] for column in COLUMNS])
        return line.getvalue()

    def _write(self, lines: list[str]) -> None:
        if lines:
            with _writing(self.path):
                self._file.writelines(lines)
                self._file.flush()


NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
"""A full disk, a used-up quota, a file that may not grow further."""


@contextmanager
def open_report(path: Path) -> Iterator[Report]:
    """Open a report before anything is imported, so that one that can't be written stops the import at once.

    Raises:
        DiskFull: there is no room for it.
        ImportFailed: it can't be written.
    """
    with _writing(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        file = path.open("w", encoding="utf-8", newline="")
    try:
        yield Report(path, file)
    finally:
        with _writing(path):
            _close(file)


def _close(file: TextIO) -> None:
    try:
        file.close()
    except OSError as error:
        # What could not be written was said when it was tried.
        if error.errno not in NO_ROOM:
            raise


@contextmanager
def _writing(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno in NO_ROOM:
            raise DiskFull(
                f"There is no room for the report {path}.", hint="Make room, or name another --report."
            ) from error
        raise ImportFailed(
            f"The report {path} can't be written: {error.strerror or error}.", hint="Name another file with --report."
        ) from error
