"""Reads CSV files row by row, and turns whatever is wrong with one into an error that says what to do."""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from graph.errors import ImportFailed

GZIP = b"\x1f\x8b"
CHUNK = 1 << 20
ADVANCE_ROWS = 1000
HEADER_ROW = 1

Advance = Callable[[int], None]
"""Told how many more bytes of the files have been read."""


def read_rows(path: Path, columns: Sequence[str], advance: Advance) -> Iterator[tuple[int, list[str]]]:
    """The rows of a CSV file, gzipped or not, with their numbers: the header is row 1, as a spreadsheet counts.

    Args:
        path: the file.
        columns: the columns that it must have, in order.
        advance: see `Advance`.

    Raises:
        ImportFailed: the file can't be read, is not what it should be, or ends too early.
    """
    number = 0
    with reading(path, lambda: number), path.open("rb") as raw:
        rows = csv.reader(io.TextIOWrapper(_plain(raw), encoding="utf-8-sig", newline=""))
        position = 0
        for number, row in enumerate(rows, HEADER_ROW):
            if number == HEADER_ROW:
                _check_columns(path, columns, row)
                continue
            if number % ADVANCE_ROWS == 0:
                advance(raw.tell() - position)
                position = raw.tell()
            if row:
                yield number, row
        advance(raw.tell() - position)
        if number == 0:
            _check_columns(path, columns, [])


def check_file(path: Path, columns: Sequence[str]) -> None:
    """Refuse a file that doesn't begin as it should, before anything is written.

    Raises:
        ImportFailed: see `read_rows`.
    """
    for _ in read_rows(path, columns, lambda _: None):
        break


def digest_of(paths: Sequence[Path]) -> str:
    """A digest of the files' content.

    Raises:
        ImportFailed: one can't be read.
    """
    found = hashlib.blake2b(digest_size=16)
    for path in paths:
        with reading(path, lambda: 0), path.open("rb") as file:
            while chunk := file.read(CHUNK):
                found.update(chunk)
        found.update(b"\x1f")
    return found.hexdigest()


@contextmanager
def reading(path: Path, row: Callable[[], int]) -> Iterator[None]:
    """Turn faults of reading into errors that name the file and the last row that was whole."""
    try:
        yield
    except UnicodeDecodeError as error:
        raise ImportFailed(
            f"{path} is not UTF-8 text after row {row()}.", hint="Save it as CSV in UTF-8, then import it."
        ) from error
    except EOFError as error:
        raise ImportFailed(
            f"{path} is cut off after row {row()}: its compressed data ends too early.",
            hint="Fetch it again and import it; what has been loaded is whole and is kept.",
        ) from error
    except (gzip.BadGzipFile, zlib.error) as error:
        raise ImportFailed(f"{path} is damaged after row {row()}: {error}.", hint="Fetch it again.") from error
    except csv.Error as error:
        raise ImportFailed(f"{path} is not a CSV file, after row {row()}: {error}.") from error
    except FileNotFoundError as error:
        raise ImportFailed(
            f"There is no file {path}.", hint="docs/import.md says where to get each data set."
        ) from error
    except IsADirectoryError as error:
        raise ImportFailed(f"{path} is a folder, not a file.", hint="Name the file in it.") from error
    except OSError as error:
        raise ImportFailed(f"{path} can't be read: {error.strerror or error}.") from error


def _plain(raw: BinaryIO) -> BinaryIO:
    begin = raw.read(len(GZIP))
    raw.seek(0)
    return gzip.GzipFile(fileobj=raw) if begin == GZIP else raw  # type: ignore[return-value]


def _check_columns(path: Path, columns: Sequence[str], found: Sequence[str]) -> None:
    if [column.strip() for column in found] != list(columns):
        shown = ", ".join(found)[:200] or "nothing"
        raise ImportFailed(
            f"{path} does not have the columns of this data set: it begins with {shown}.",
            hint=f"The first row must be {','.join(columns)}.",
        )
