"""Money: integers of minor units, digits by ISO 4217, rounded half even."""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Decimal
from functools import lru_cache

import moneyed

from graph.errors import BadInput


@lru_cache(maxsize=512)
def digits(currency: str) -> int:
    """Digits after the decimal point of an ISO 4217 currency, such as 2 for USD and 0 for JPY."""
    try:
        sub_unit = moneyed.get_currency(currency).sub_unit
    except moneyed.CurrencyDoesNotExist as error:
        raise BadInput(f"There is no currency {currency!r}.", hint="Use a code of ISO 4217, such as EUR.") from error
    return len(str(sub_unit)) - 1


def to_minor(amount: Decimal, currency: str) -> int:
    """An amount in major units as an integer of minor units, rounded half even."""
    return int(amount.scaleb(digits(currency)).to_integral_value(rounding=ROUND_HALF_EVEN))


def to_major(minor: int, currency: str) -> str:
    """An integer of minor units as a decimal string with the currency's digits, such as `-12.30`."""
    return to_decimal(minor, digits(currency))


def to_decimal(number: int, places: int) -> str:
    """An integer as a decimal string with its last `places` digits after the point."""
    if places == 0:
        return str(number)
    sign, text = ("-", str(-number)) if number < 0 else ("", str(number))
    text = text.rjust(places + 1, "0")
    return f"{sign}{text[:-places]}.{text[-places:]}"
