"""Exact figures: what the database added up in parts becomes decimal text, without a float on the way.

Cypher's `sum` of whole numbers turns into a float beyond 2^63, and its `avg` always is one. So halves are added up, a
high and a low one of 32 bits, and an average is the exact sum divided here.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from fractions import Fraction

from graph.money import digits, to_decimal

HALF = 2**32
AVERAGE_DIGITS = 6
MONEY_AVERAGE_DIGITS = 2
"""Digits of an average of money beyond those of its currency."""
MOST_DIGITS = 1_000
"""Digits of a stored decimal number: a larger one can't be meant."""


def added(high: int, low: int, scale: int, others: Iterable[str]) -> Fraction | None:
    """The sum of whole numbers in halves, each scaled by `scale` digits, and of other decimal numbers as texts.

    None when one of those is too large to be meant.
    """
    total = Fraction(high * HALF + low, 10**scale)
    for text in others:
        if abs(Decimal(text).adjusted()) > MOST_DIGITS:
            return None
        total += Fraction(text)
    return total


def number_text(number: Fraction) -> str:
    """A decimal number in full, without zeros at its end."""
    places = _places(number.denominator)
    return _stripped(to_decimal(_rounded(number, places), places))


def average_text(total: Fraction, count: int) -> str:
    """An average of numbers, rounded half even to six digits."""
    return _stripped(to_decimal(_rounded(total / count, AVERAGE_DIGITS), AVERAGE_DIGITS))


def money_average_text(minor: Fraction, count: int, currency: str) -> str:
    """An average of minor units in major units, rounded half even to two digits more than the currency has."""
    places = digits(currency) + MONEY_AVERAGE_DIGITS
    return to_decimal(_rounded(minor * 10**MONEY_AVERAGE_DIGITS / count, 0), places)


def only_currency(found: Sequence[str]) -> str | None:
    """The currency that all amounts share; None when there is none, or one is unknown or another."""
    return found[0] or None if len(found) == 1 else None


def _places(denominator: int) -> int:
    """The digits after the point of a fraction of a power of ten."""
    places = 0
    while 10**places % denominator:
        places += 1
    return places


def _rounded(number: Fraction, places: int) -> int:
    # round() of a Fraction is exact and rounds half even.
    scale: int = 10**places
    return round(number * scale)


def _stripped(text: str) -> str:
    return text.rstrip("0").rstrip(".") if "." in text else text
