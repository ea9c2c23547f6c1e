"""Reads tables of an SQLite file, which is never written to, and turns faults into errors that say what to do."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

from app.importers.files import reading
from graph.errors import ImportFailed

HEADER = b"SQLite format 3\x00"

Row = Mapping[str, Any]


class Tables:
    """Tables of an open file: all reads see the same state of it."""

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        self._path = path
        self._connection = connection

    def check(self, tables: Mapping[str, Sequence[str]]) -> None:
        """Refuse a file that lacks one of the tables or columns.

        Raises:
            ImportFailed: what it lacks.
        """
        for table, columns in tables.items():
            with _asking(self._path):
                found = self._connection.execute("SELECT name FROM pragma_table_info(?)", (table,)).fetchall()
            if not found:
                raise ImportFailed(
                    f"{self._path} has no table {table}.", hint=f"Its tables must be {', '.join(tables)}."
                )
            missing = [column for column in columns if column.casefold() not in {name.casefold() for (name,) in found}]
            if missing:
                raise ImportFailed(
                    f"{self._path} has no {', '.join(missing)} in its table {table}.",
                    hint=f"{table} must have the columns {', '.join(columns)}.",
                )

    def rows(self, table: str, columns: Sequence[str]) -> Iterator[tuple[int, Row]]:
        """The rows of a table in the order of its first column, with their numbers from 1.

        Args:
            table: its name, and
            columns: those of its columns, which come from this program and never from a source.
        """
        chosen = ", ".join(f'"{column}"' for column in columns)
        with _asking(self._path):
            cursor = self._connection.execute(f'SELECT {chosen} FROM "{table}" ORDER BY "{columns[0]}"')  # noqa: S608
            for number, values in enumerate(cursor, 1):
                yield number, dict(zip(columns, values, strict=True))


@contextmanager
def open_tables(path: Path) -> Iterator[Tables]:
    """Open a file to read from.

    Raises:
        ImportFailed: there is none, or it is no SQLite database, or it can't be read.
    """
    with reading(path, lambda: 0), path.open("rb") as file:
        begin = file.read(len(HEADER))
    if begin != HEADER:
        raise ImportFailed(f"{path} is not an SQLite database.", hint="Name the SQLite file of the data set.")
    with _asking(path):
        # Batches are made by one worker thread after the other, never by two at once.
        connection = sqlite3.connect(
            f"file:{quote(str(path.absolute()))}?mode=ro", uri=True, isolation_level=None, check_same_thread=False
        )
    with closing(connection):
        with _asking(path):
            connection.execute("BEGIN")
        yield Tables(path, connection)


@contextmanager
def _asking(path: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        raise ImportFailed(
            f"{path} can't be read as an SQLite database: {error}.",
            hint="If another program is writing to it, wait; otherwise fetch it again.",
        ) from error
