"""Exact figures: sums in halves, averages rounded half even, decimal text in full."""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Context, Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from cypher.figures import HALF, added, average_text, money_average_text, number_text, only_currency
from cypher.shape import FigureShape
from cypher.shaper import build_shaper
from graph.money import digits, to_major

WHOLE = st.integers(-(2**63), 2**63 - 1)
DECIMALS = st.decimals(-(10**15), 10**15, allow_nan=False, allow_infinity=False)
EXACT = Context(prec=500)


def halves(numbers: list[int]) -> tuple[int, int]:
    """What the database adds up: integer division and remainder there cut towards zero."""
    high = [abs(number) // HALF * (1 if number >= 0 else -1) for number in numbers]
    return sum(high), sum(number - part * HALF for number, part in zip(numbers, high, strict=True))


@given(st.lists(WHOLE))
def test_halves_add_up_to_the_sum(numbers: list[int]) -> None:
    """Whole numbers of 64 bits come back as their exact sum, however large it grows."""
    assert sum(numbers) == added(*halves(numbers), 0, ())


@given(st.lists(WHOLE, min_size=1, max_size=1000))
def test_halves_stay_small(numbers: list[int]) -> None:
    """A thousand of the largest numbers leave the halves' sums far below 64 bits, where they would become floats."""
    assert all(abs(part) < 2**43 for part in halves(numbers))


@given(st.lists(DECIMALS))
def test_decimal_numbers_add_up(numbers: list[Decimal]) -> None:
    """Decimal numbers as texts, with exponents too, have the sum that they have with endless digits."""
    total = added(0, 0, 9, [str(number) for number in numbers])

    expected = Decimal(0)
    for number in numbers:
        expected = EXACT.add(expected, number)
    assert total is not None
    assert expected == Decimal(number_text(total))
    assert "E" not in number_text(total)


def test_scaled_numbers_and_texts_add_up() -> None:
    """What was scaled and what was too long for it make one sum."""
    assert "1000.1" == number_text(added(*halves([100_000_000]), 9, ["1E+3"]) or Fraction())
    assert "-0.5" == number_text(added(*halves([-500_000_000]), 9, ()) or Fraction())


def test_a_number_that_cant_be_meant_has_no_sum() -> None:
    """An exponent that would fill the memory is not worked out."""
    assert added(0, 0, 0, ["1E+999999999"]) is None


@given(WHOLE, st.integers(1, 10**6))
def test_averages_round_half_even(total: int, count: int) -> None:
    """An average is the exact quotient, rounded half even to six digits."""
    exact = Context(prec=200).divide(Decimal(total), Decimal(count))

    expected = exact.quantize(Decimal("1E-6"), ROUND_HALF_EVEN, Context(prec=200))
    assert expected == Decimal(average_text(Fraction(total), count))


@given(WHOLE, st.integers(1, 10**6), st.sampled_from(["USD", "JPY", "KWD"]))
def test_averages_of_money_have_two_digits_more(minor: int, count: int, currency: str) -> None:
    """An average of money has always two digits more than its currency, so that it lines up."""
    text = money_average_text(Fraction(minor), count, currency)

    assert digits(currency) + 2 == len(text.partition(".")[2])
    exact = Context(prec=200).divide(Decimal(minor).scaleb(-digits(currency), Context(prec=200)), Decimal(count))
    assert exact.quantize(Decimal(1).scaleb(-digits(currency) - 2), ROUND_HALF_EVEN, Context(prec=200)) == Decimal(text)


def test_half_goes_to_the_even_digit() -> None:
    """A tie is rounded to the even neighbour, up and down."""
    assert "0.0002" == money_average_text(Fraction(3), 200, "USD")
    assert "0.0002" == money_average_text(Fraction(5), 200, "USD")
    assert "0.333333" == average_text(Fraction(1), 3)


def test_only_one_currency_is_one() -> None:
    """None, several and an unknown currency have no figure."""
    assert "EUR" == only_currency(["EUR"])
    assert [None, None, None] == [only_currency(found) for found in ([], ["EUR", "USD"], [""])]


@given(st.lists(WHOLE, min_size=1), st.sampled_from(["USD", "JPY"]))
def test_a_sum_of_money_is_exact(minor: list[int], currency: str) -> None:
    """A shaped sum is the sum in major units with the currency's digits."""
    shape = FigureShape(0, 1, 2, 0, None, 3, average=False, fields=(("a", "amount"), ("c", "currency")))

    shaped = build_shaper(shape)([*halves(minor), len(minor), [currency]])

    assert {"a": to_major(sum(minor), currency), "c": currency} == shaped
