"""Numbers of a source, read exactly; remembered, for the same few prices and quantities come again and again."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import lru_cache

from graph.money import to_minor

MOST_QUANTITY = 2**31 - 1
MOST_AMOUNT = 10**15
"""Minor units of a line; sums of lines stay far within 64 bits."""

_INTEGER = re.compile(r"[+-]?[0-9]{1,10}")
_DECIMAL = re.compile(r"[+-]?[0-9]{1,15}(\.[0-9]{1,9})?")


@lru_cache(maxsize=1 << 14)
def quantity(text: str) -> int | None:
    """A whole number that fits the API's Int, or None."""
    text = text.strip()
    number = int(text) if _INTEGER.fullmatch(text) else None
    return number if number is not None and abs(number) <= MOST_QUANTITY else None


@lru_cache(maxsize=1 << 14)
def price(text: str) -> Decimal | None:
    """A decimal number as it is written, or None."""
    text = text.strip()
    return Decimal(text) if _DECIMAL.fullmatch(text) else None


@lru_cache(maxsize=1 << 16)
def line_amount(count: int, unit_price: Decimal, currency: str, discount: Decimal = Decimal(0)) -> int | None:
    """What a line costs in minor units, after a discount of 0 to 1, rounded half even; None when that is too much."""
    amount = to_minor(count * unit_price * (1 - discount), currency)
    return amount if abs(amount) <= MOST_AMOUNT else None
