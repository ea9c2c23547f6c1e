"""Custom scalars. Results are already in their response form when they reach GraphQL; arguments are parsed here."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal as PythonDecimal
from decimal import InvalidOperation
from typing import Any, NewType

import moneyed
import strawberry
from strawberry.types.scalar import ScalarDefinition

DateTime = NewType("DateTime", str)
Date = NewType("Date", str)
Decimal = NewType("Decimal", str)
Currency = NewType("Currency", str)
Long = NewType("Long", str)
AggregateValue = NewType("AggregateValue", object)
JSON = NewType("JSON", object)

MAX_DECIMAL = 40


def _parse_datetime(value: Any) -> dt.datetime:
    """Parse an RFC 3339 date and time into UTC, cut to milliseconds as stored times are."""
    if not isinstance(value, str) or "T" not in value.upper():
        raise ValueError("a DateTime is an RFC 3339 string such as 2026-01-31T12:00:00Z")
    try:
        parsed = dt.datetime.fromisoformat(value.upper())
    except ValueError as error:
        raise ValueError(f"not an RFC 3339 date and time: {value!r}") from error
    if parsed.tzinfo is None:
        raise ValueError(f"a DateTime needs an offset or Z: {value!r}")
    try:
        utc = parsed.astimezone(dt.UTC)
    except OverflowError as error:
        raise ValueError(f"out of range: {value!r}") from error
    return utc.replace(microsecond=utc.microsecond // 1000 * 1000)


def _parse_date(value: Any) -> dt.date:
    try:
        return dt.date.fromisoformat(value)
    except (TypeError, ValueError) as error:
        raise ValueError(f"a Date is an ISO 8601 string such as 2026-01-31, not {value!r}") from error


def _parse_decimal(value: Any) -> PythonDecimal:
    if isinstance(value, bool) or not isinstance(value, (str, int, float)) or len(str(value)) > MAX_DECIMAL:
        raise ValueError(f"a Decimal is a string of at most {MAX_DECIMAL} characters such as 12.34")
    try:
        parsed = PythonDecimal(str(value))
    except InvalidOperation as error:
        raise ValueError(f"not a decimal number: {value!r}") from error
    if not parsed.is_finite():
        raise ValueError(f"not a finite number: {value!r}")
    return parsed


def _parse_currency(value: Any) -> str:
    if value not in moneyed.CURRENCIES:
        raise ValueError(f"not a currency code of ISO 4217: {value!r}")
    return str(value)


def _parse_long(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, (str, int)):
        raise ValueError("a Long is a whole number, as a string or a number")  # noqa: TRY004 - graphql-core shows it
    parsed = int(value)
    if not -(2**63) <= parsed < 2**63:
        raise ValueError("a Long has at most 64 bits")
    return parsed


def _no_input(_: Any) -> Any:
    raise ValueError("values of this scalar are only read")


def _identity(value: Any) -> Any:
    return value


SCALARS: dict[object, ScalarDefinition] = {
    DateTime: strawberry.scalar(
        name="DateTime",
        description="A moment in UTC as an RFC 3339 string with milliseconds, such as `2026-01-31T12:00:00.000Z`.",
        specified_by_url="https://scalars.graphql.org/andimarek/date-time",
        serialize=_identity,
        parse_value=_parse_datetime,
    ),
    Date: strawberry.scalar(
        name="Date",
        description="A calendar date as an ISO 8601 string, such as `2026-01-31`.",
        specified_by_url="https://scalars.graphql.org/andimarek/local-date",
        serialize=_identity,
        parse_value=_parse_date,
    ),
    Decimal: strawberry.scalar(
        name="Decimal",
        description="An exact decimal number as a string, such as `12.34`.",
        serialize=_identity,
        parse_value=_parse_decimal,
    ),
    Currency: strawberry.scalar(
        name="Currency",
        description="A currency code of ISO 4217, such as `EUR`.",
        specified_by_url="https://www.iso.org/iso-4217-currency-codes.html",
        serialize=_identity,
        parse_value=_parse_currency,
    ),
    Long: strawberry.scalar(
        name="Long",
        description="A whole number of up to 64 bits as a string.",
        serialize=str,
        parse_value=_parse_long,
    ),
    AggregateValue: strawberry.scalar(
        name="AggregateValue",
        description="A text, number or boolean: dates as ISO 8601, decimals and money as exact texts in major units. "
        "There is none where no record has a value, or where amounts are in several currencies.",
        serialize=_identity,
        parse_value=_no_input,
    ),
    JSON: strawberry.scalar(
        name="JSON",
        description="A value of a field as JSON: a text, number or boolean, a list, or what a link leads to: a global "
        "id, or an object of `id` and the `properties` of the link. Dates and times are texts of ISO 8601, amounts of "
        "money are in minor units.",
        serialize=_identity,
        parse_value=_no_input,
    ),
}
