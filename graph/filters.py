"""The filter inputs that all record types share, one for each kind of value."""

from __future__ import annotations

from enum import Enum
from typing import Generic, TypeVar

import strawberry
from strawberry import UNSET

from graph.model import Kind
from graph.scalars import Currency, Date, DateTime, Decimal

T = TypeVar("T")


@strawberry.enum(description="The direction of an order.")
class SortDirection(Enum):
    """The direction of an order; what has no value comes last in both."""

    ASC = strawberry.enum_value("ASC", description="Smallest first, nothing last.")
    DESC = strawberry.enum_value("DESC", description="Greatest first, nothing last.")


@strawberry.input(one_of=True, description="By how many related records there are.")
class CountOrder:
    """Orders by a number of related records."""

    count: SortDirection | None = strawberry.field(description="By their number.", default=UNSET)


def _operator(description: str, name: str | None = None) -> object:
    return strawberry.field(description=description, name=name, default=UNSET)


@strawberry.input(description="Filters by equality. All operators given must hold; one that is absent does not count.")
class EqualityFilter(Generic[T]):
    """Filters by equality."""

    eq: T | None = _operator("Equal; null: nothing is stored.")  # type: ignore[assignment]
    ne: T | None = _operator("Not equal, or nothing stored; null: something is stored.")  # type: ignore[assignment]
    in_: list[T] | None = _operator("One of these.", "in")  # type: ignore[assignment]
    not_in: list[T] | None = _operator("None of these, or nothing stored.")  # type: ignore[assignment]
    is_null: bool | None = _operator("Whether nothing is stored.")  # type: ignore[assignment]


@strawberry.input(description="Filters by equality and order.")
class OrderedFilter(EqualityFilter[T], Generic[T]):
    """Filters by equality and order."""

    lt: T | None = _operator("Less than.")  # type: ignore[assignment]
    lte: T | None = _operator("Less than or equal.")  # type: ignore[assignment]
    gt: T | None = _operator("Greater than.")  # type: ignore[assignment]
    gte: T | None = _operator("Greater than or equal.")  # type: ignore[assignment]


@strawberry.input
class StringFilter(OrderedFilter[str]):
    """Filters a text."""

    starts_with: str | None = _operator("Begins with.")  # type: ignore[assignment]
    ends_with: str | None = _operator("Ends with.")  # type: ignore[assignment]
    contains: str | None = _operator("Contains.")  # type: ignore[assignment]
    ignore_case: bool | None = _operator("Compare without regard to case.")  # type: ignore[assignment]


@strawberry.input
class IdFilter(EqualityFilter[strawberry.ID]):
    """Filters by global id."""


@strawberry.input
class IntFilter(OrderedFilter[int]):
    """Filters a whole number."""


@strawberry.input
class DecimalFilter(OrderedFilter[Decimal]):
    """Filters an exact decimal number."""


@strawberry.input
class DateFilter(OrderedFilter[Date]):
    """Filters a date."""


@strawberry.input
class DateTimeFilter(OrderedFilter[DateTime]):
    """Filters a moment."""


@strawberry.input
class MoneyFilter(OrderedFilter[Decimal]):
    """Filters an amount of money in major units, such as `12.30`."""

    currency: Currency | None = _operator(
        "Currency of the amounts, the base currency unless given; alone: amounts in it."
    )  # type: ignore[assignment]


@strawberry.input
class BooleanFilter:
    """Filters yes or no."""

    eq: bool | None = _operator("Equal; null: nothing is stored.")  # type: ignore[assignment]
    ne: bool | None = _operator("Not equal, or nothing stored.")  # type: ignore[assignment]
    is_null: bool | None = _operator("Whether nothing is stored.")  # type: ignore[assignment]


@strawberry.input
class StringsFilter:
    """Filters a list of texts."""

    has: str | None = _operator("Has this text among its texts.")  # type: ignore[assignment]


FILTERS: dict[Kind, type] = {
    Kind.ID: IdFilter,
    Kind.STRING: StringFilter,
    Kind.INT: IntFilter,
    Kind.DECIMAL: DecimalFilter,
    Kind.BOOLEAN: BooleanFilter,
    Kind.DATE: DateFilter,
    Kind.DATETIME: DateTimeFilter,
    Kind.MONEY: MoneyFilter,
    Kind.STRINGS: StringsFilter,
}
