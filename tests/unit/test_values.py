"""Ids, money, cursors, scalars and search words: what goes in comes out, and nothing else does."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cypher.cursors import decode_cursor, encode_cursor, order_mark
from cypher.fragment import cypher, name, param
from cypher.printer import print_fragment
from cypher.search import lucene_query, search_tokens
from cypher.shaper import moment
from graph.errors import BadInput
from graph.ids import derived_id, global_id, new_id, parse_global_id
from graph.model import Kind
from graph.money import digits, to_major, to_minor
from graph.scalars import SCALARS, Date, DateTime, Long
from graph.scalars import Decimal as DecimalScalar

NOW = dt.datetime(2026, 5, 4, 3, 2, 1, tzinfo=dt.UTC)


def test_ids_are_uuids_of_version_7() -> None:
    """New and derived ids have the version and the variant in their place."""
    for found in (new_id(), derived_id(NOW, "a")):
        assert "7" == found[14]
        assert found[19] in "89ab"


def test_derived_ids_depend_on_their_key_alone() -> None:
    """The same moment and key give the same id, another key another one, a later moment a greater one."""
    assert derived_id(NOW, "a", "b") == derived_id(NOW, "a", "b")
    assert derived_id(NOW, "a", "b") != derived_id(NOW, "ab")
    assert derived_id(NOW, "z") < derived_id(NOW + dt.timedelta(milliseconds=1), "a")


@given(st.text(max_size=80))
def test_what_is_no_id_is_refused(text: str) -> None:
    """Any text is either an id that prints as itself or BAD_USER_INPUT."""
    try:
        type_name, uuid = parse_global_id(text)
    except BadInput:
        return
    assert text == global_id(type_name, uuid)


def test_ids_come_back() -> None:
    """Type and UUID survive the way out and back."""
    uuid = new_id()

    assert ("Customer", uuid) == parse_global_id(global_id("Customer", uuid))


@pytest.mark.parametrize(("currency", "places"), [("USD", 2), ("GBP", 2), ("JPY", 0), ("BHD", 3)])
def test_currencies_have_the_digits_of_iso_4217(currency: str, places: int) -> None:
    """Two for most, none for the yen, three for the Bahraini dinar."""
    assert places == digits(currency)


@given(st.integers(-(10**18), 10**18), st.sampled_from(["USD", "JPY", "BHD"]))
def test_money_comes_back(minor: int, currency: str) -> None:
    """Minor units survive the way to major units and back."""
    assert minor == to_minor(Decimal(to_major(minor, currency)), currency)


@pytest.mark.parametrize(
    ("amount", "minor"), [("0.005", 0), ("0.015", 2), ("0.025", 2), ("-0.015", -2), ("1.004", 100)]
)
def test_money_is_rounded_half_even(amount: str, minor: int) -> None:
    """A half goes to the even neighbour."""
    assert minor == to_minor(Decimal(amount), "USD")


def test_an_unknown_currency_is_refused() -> None:
    """A code that ISO 4217 lacks is BAD_USER_INPUT."""
    with pytest.raises(BadInput):
        digits("XXQ")


KINDS = {
    Kind.STRING: st.text(max_size=40).filter(lambda text: text.isprintable()),
    Kind.INT: st.integers(-(2**63), 2**63 - 1),
    Kind.BOOLEAN: st.booleans(),
    Kind.DATE: st.dates().map(str),
}


@given(st.sampled_from(sorted(KINDS, key=str)).flatmap(lambda kind: st.tuples(st.just(kind), st.none() | KINDS[kind])))
def test_cursors_come_back(pair: tuple[Kind, Any]) -> None:
    """Sort keys survive the way into a cursor and back, null included."""
    kind, value = pair
    mark, uuid = order_mark("T", "k+"), new_id()

    back, last = decode_cursor(encode_cursor(mark, [value, uuid]), mark, [kind, Kind.ID])

    assert (str(value), uuid) == (str(back), last)


@given(st.text(max_size=60) | st.binary(max_size=60).map(lambda raw: raw.hex()))
def test_a_forged_cursor_is_refused(text: str) -> None:
    """Whatever is no cursor of this order is BAD_USER_INPUT."""
    with pytest.raises(BadInput):
        decode_cursor(text, order_mark("T", "k+"), [Kind.INT, Kind.ID])


def test_a_cursor_fits_its_own_order_only() -> None:
    """The cursor of another order is refused."""
    cursor = encode_cursor(order_mark("T", "a+"), [new_id()])

    with pytest.raises(BadInput):
        decode_cursor(cursor, order_mark("T", "b+"), [Kind.ID])


@pytest.mark.parametrize(
    ("scalar", "value"),
    [
        (DateTime, "2026-01-01"),
        (DateTime, "2026-01-01T00:00:00"),
        (DateTime, "0001-01-01T00:00:00+14:00"),
        (DateTime, 5),
        (Date, "31.1.2026"),
        (DecimalScalar, "NaN"),
        (DecimalScalar, "1" * 41),
        (DecimalScalar, True),
        (Long, 2**63),
    ],
)
def test_scalars_refuse_what_they_are_not(scalar: object, value: object) -> None:
    """A value that does not fit is a ValueError, which GraphQL shows as the caller's."""
    with pytest.raises(ValueError, match=r".+"):
        SCALARS[scalar].parse_value(value)  # type: ignore[misc]


def test_moments_are_cut_to_milliseconds() -> None:
    """An argument keeps what a stored time can hold, and prints in UTC."""
    parsed = SCALARS[DateTime].parse_value("2026-01-31T12:00:00.123456+02:00")  # type: ignore[misc]

    assert dt.datetime(2026, 1, 31, 10, 0, 0, 123000, tzinfo=dt.UTC) == parsed
    assert "2026-01-31T10:00:00.123Z" == moment(int(parsed.timestamp() * 1000))


@given(st.text(max_size=100))
def test_search_words_are_never_syntax(text: str) -> None:
    """No word holds a character that means something to Lucene, nor a blank."""
    for token in search_tokens(text):
        assert token
        assert not set(token) & set('+-&|!(){}[]^"~*?:\\/<>= \t\n')
    assert lucene_query(search_tokens(text), "o", ["name"]).startswith(("+organizationId:", "organizationId:"))


def test_identifiers_are_plain() -> None:
    """A name is a plain identifier; anything else can't become text."""
    with pytest.raises(ValueError, match="not an identifier"):
        name("a`b")


@given(st.text())
def test_values_never_become_text(value: str) -> None:
    """Whatever a value is, the text of the statement is the same."""
    printed = print_fragment(cypher("RETURN ", param(value), " AS x"))

    assert "RETURN $p0 AS x" == printed.text
    assert {"p0": value} == printed.parameters
