"""Values of a source's cells, as text or as a database gives them."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from typing import Any

from app.importers.amounts import price, quantity

SHOWN = 40
"""Characters of a bad value that a report repeats."""

FLOAT_DIGITS = 6
"""Digits after the point that a binary fraction is trusted for: it is 0.99 however it was stored."""

_MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}([ T][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?)?")


def text(value: Any) -> str | None:
    """A text without the blanks around it; None for null, for the word NULL, for nothing and for what is no text."""
    if not isinstance(value, str | int | float):
        return None
    found = str(value).strip()
    return found if found and found != "NULL" else None


def whole(value: Any) -> int | None:
    """A whole number that fits the API's Int, or None."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return quantity(str(value)) if isinstance(value, str | int) else None


def decimal(value: Any) -> Decimal | None:
    """A decimal number, or None."""
    if isinstance(value, float):
        value = f"{value:.{FLOAT_DIGITS}f}".rstrip("0").rstrip(".")
    return price(str(value)) if isinstance(value, str | int) else None


def moment(value: Any) -> dt.datetime | None:
    """A date, with a time or not, as UTC cut to milliseconds, or None."""
    found = text(value)
    if found is None or not _MOMENT.fullmatch(found):
        return None
    try:
        at = dt.datetime.fromisoformat(found).replace(tzinfo=dt.UTC)
    except ValueError:
        return None
    return at.replace(microsecond=at.microsecond // 1000 * 1000)


def millis(at: dt.datetime) -> int:
    """Milliseconds since 1970: the time of a line, from which its order takes its own."""
    return (at - dt.datetime(1970, 1, 1, tzinfo=dt.UTC)) // dt.timedelta(milliseconds=1)


def shown(value: Any) -> str:
    """A bad value as a report repeats it."""
    found = repr(value)
    return found if len(found) <= SHOWN else found[:SHOWN] + "…"
