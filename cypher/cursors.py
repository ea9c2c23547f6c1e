"""Cursors: the sort keys of a row, opaque, bound to the order that they were made for.

A cursor holds nothing but sort keys and an id, so a forged one can only start a page of visible rows elsewhere.
"""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import hashlib
import re
from collections.abc import Sequence
from typing import Any

import orjson

from graph.errors import BadInput
from graph.model import Kind

MAX_CURSOR_LENGTH = 100_000
"""Longer than any text that is sorted by in earnest: a cursor that we gave must not be too long to take."""
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_MIN_MILLIS = int(dt.datetime(1, 1, 1, tzinfo=dt.UTC).timestamp() * 1000)
_MAX_MILLIS = int(dt.datetime(9999, 12, 31, tzinfo=dt.UTC).timestamp() * 1000)


def order_mark(*parts: str) -> str:
    """A short digest of an order; a cursor carries it, so that it fits no other order."""
    return hashlib.blake2b("|".join(parts).encode(), digest_size=4).hexdigest()


def encode_cursor(mark: str, values: Sequence[Any]) -> str:
    """Make a cursor of the sort keys of a row, the id last."""
    return base64.urlsafe_b64encode(orjson.dumps([mark, *values])).rstrip(b"=").decode()


def decode_cursor(text: str, mark: str, kinds: Sequence[Kind]) -> tuple[Any, ...]:
    """The sort keys in a cursor, as values to compare with.

    Raises:
        BadInput: when it is no cursor, or one of another order.
    """
    if len(text) > MAX_CURSOR_LENGTH:
        raise unusable()
    try:
        raw = orjson.loads(base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True))
    except (binascii.Error, ValueError) as error:
        raise unusable() from error
    if not isinstance(raw, list) or len(raw) != len(kinds) + 1 or raw[0] != mark:
        raise unusable()
    return tuple(_value(value, kind) for value, kind in zip(raw[1:], kinds, strict=True))


def _value(value: Any, kind: Kind) -> Any:
    if value is None:
        return None
    if kind is Kind.BOOLEAN:
        return value if isinstance(value, bool) else _refuse()
    if kind in (Kind.INT, Kind.MONEY):
        return value if _is_integer(value) else _refuse()
    if kind is Kind.DECIMAL:
        return value if isinstance(value, list) and len(value) == 2 and all(map(_is_integer, value)) else _refuse()  # noqa: PLR2004
    if kind is Kind.DATETIME:
        if type(value) is not int or not _MIN_MILLIS <= value < _MAX_MILLIS:
            return _refuse()
        return dt.datetime(1970, 1, 1, tzinfo=dt.UTC) + dt.timedelta(milliseconds=value)
    if not isinstance(value, str):
        return _refuse()
    if kind is Kind.ID:
        return value if _UUID.fullmatch(value) else _refuse()
    if kind is Kind.DATE:
        try:
            return dt.date.fromisoformat(value)
        except ValueError:
            return _refuse()
    return value


def _is_integer(value: Any) -> bool:
    return type(value) is int and -(2**63) <= value < 2**63


def _refuse() -> Any:
    raise unusable()


def unusable() -> BadInput:
    """What is wrong with a cursor that can't be used."""
    return BadInput(
        "This cursor does not belong to this connection in this order.",
        hint="Pass a cursor that this field returned with the same orderBy.",
    )
