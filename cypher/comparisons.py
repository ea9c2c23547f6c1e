"""The operators of filters as predicates on one value.

A comparison with nothing is null, and a record for which a filter is null is not found. What says "not" (`ne`,
`notIn`) holds wherever its opposite does not, so it holds for nothing too.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from typing import Any, LiteralString

from cypher.arguments import Given, Inputs, Reader
from cypher.fragment import Fragment, Param, cypher, joined, late
from graph.errors import BadInput
from graph.ids import parse_global_id
from graph.model import Kind, Property
from graph.money import to_major, to_minor

MAX_LIST = 1000
WHOLE_DIGITS = FRACTION_DIGITS = 18
"""Digits before and after the point that a decimal number is compared by; both parts fit 64 bits."""

WORDS: Mapping[str, LiteralString] = {
    "eq": " = ",
    "ne": " = ",
    "in": " IN ",
    "notIn": " IN ",
    "lt": " < ",
    "lte": " <= ",
    "gt": " > ",
    "gte": " >= ",
    "startsWith": " STARTS WITH ",
    "endsWith": " ENDS WITH ",
    "contains": " CONTAINS ",
}
"""Cypher's words for the operators; those that say "not" are negated as a whole."""

NEGATION: LiteralString = "NOT coalesce("
NEGATIVE = ("ne", "notIn")
SETTINGS = ("ignoreCase", "currency")
"""Members of a filter that say how to compare."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """What a filter compares: a value, and how the arguments become comparable with it.

    `currency` is the currency of the amounts; `coined` where the record keeps its own, None unless it does.
    """

    mapped: Property
    stored: Fragment
    currency: Reader | None = None
    coined: Fragment | None = None
    ignore_case: bool = False

    @property
    def left(self) -> Fragment:
        """The stored value as it is compared."""
        if self.mapped.kind is Kind.DECIMAL:
            return decimal_parts(self.stored)
        return cypher("toLower(", self.stored, ")") if self.ignore_case else self.stored

    def right(self, value: Any, inputs: Inputs) -> Any:
        """An argument as it is stored."""
        match self.mapped.kind:
            case Kind.ID:
                return parse_global_id(value)[1]
            case Kind.MONEY if self.currency is not None:
                return _minor(value, self.currency(inputs))
            case Kind.DECIMAL:
                return split_decimal(value)
            case Kind.ENUM:
                return stored_enum(value)
            case Kind.STRING if self.ignore_case:
                return value.lower()
            case _:
                return value

    def in_currency(self) -> tuple[Fragment, ...]:
        """The amount is in the currency that the filter speaks of."""
        return (cypher(self.coined, " = ", late(self.currency)),) if self.coined and self.currency else ()


def comparisons(comparison: Comparison, condition: Given) -> list[Fragment]:
    """The predicates of a filter: one for each operator, all must hold."""
    operators = operators_of(condition)
    found = [compared(comparison, operator, value) for operator, value in operators.items()]
    speaks = any(operator not in (*NEGATIVE, "isNull") and not value.is_null() for operator, value in operators.items())
    if speaks or (not operators and condition.get("currency") is not None):
        found += comparison.in_currency()
    return found


def operators_of(condition: Given) -> dict[str, Given]:
    """The operators that count: null is a value to compare with for `eq` and `ne`, else it is as good as absent."""
    return {
        operator: value
        for operator, value in condition.items()
        if operator not in SETTINGS and (operator in ("eq", "ne") or not value.is_null())
    }


def compared(comparison: Comparison, operator: str, value: Given) -> Fragment:
    """The predicate of one operator."""
    stored = comparison.stored
    if operator == "isNull":
        return cypher(stored, " IS NULL" if value.known() else " IS NOT NULL")
    if operator in ("eq", "ne") and value.is_null():
        return cypher(stored, " IS NULL" if operator == "eq" else " IS NOT NULL")
    right = _right(comparison, operator, value)
    if operator == "has":
        return cypher(right, " IN ", stored)
    holds = cypher(comparison.left, WORDS[operator], right)
    if operator in NEGATIVE:
        return negated(joined(" AND ", [holds, *comparison.in_currency()]))
    return holds


def negated(predicate: Fragment) -> Fragment:
    """It does not hold: a comparison with nothing is null, and NOT null is null, so null must count as false."""
    return cypher(NEGATION, predicate, ", false)")


def _right(comparison: Comparison, operator: str, value: Given) -> Param:
    if operator in ("in", "notIn"):
        return late(lambda inputs: _several(comparison, operator, value.read(inputs), inputs))
    return late(lambda inputs: comparison.right(value.read(inputs), inputs))


def _several(comparison: Comparison, operator: str, values: list[Any], inputs: Inputs) -> list[Any]:
    if len(values) > MAX_LIST:
        raise BadInput(f"`{operator}` has more than {MAX_LIST} values.", hint="Split the question.")
    return [comparison.right(value, inputs) for value in values]


def stored_enum(value: Any) -> Any:
    """The name that is stored for a value of an enum."""
    return value.value if isinstance(value, Enum) else value


def decimal_parts(stored: Fragment) -> Fragment:
    """A decimal number, stored as text, as a list that compares and sorts exactly as the number does.

    It holds the whole part, and the fraction in units of 10^-18 with the sign of the number; null for nothing.
    """
    sign = cypher("CASE WHEN ", stored, " STARTS WITH '-' THEN '-' ELSE '' END")
    fraction = cypher("left(coalesce(split(", stored, ", '.')[1], '') + '", "0" * FRACTION_DIGITS, "', 18)")
    whole = cypher("toInteger(split(", stored, ", '.')[0])")
    parts = cypher("[", whole, ", toInteger(", sign, " + ", fraction, ")]")
    return cypher("CASE WHEN ", stored, " IS NOT NULL THEN ", parts, " END")


def split_decimal(value: Decimal) -> list[int]:
    """The same two parts of an argument.

    Raises:
        BadInput: when it has more digits than are compared.
    """
    if not value:
        return [0, 0]
    if not -FRACTION_DIGITS <= value.adjusted() < WHOLE_DIGITS:
        raise _too_long(value)
    whole, _, fraction = f"{value.copy_abs():f}".partition(".")
    fraction = fraction.rstrip("0")
    if len(fraction) > FRACTION_DIGITS:
        raise _too_long(value)
    factor = -1 if value.is_signed() else 1
    return [factor * int(whole), factor * int(fraction.ljust(FRACTION_DIGITS, "0"))]


def _too_long(value: Decimal) -> BadInput:
    return BadInput(
        f"{value} has more digits than can be compared.",
        hint=f"Pass at most {WHOLE_DIGITS} digits before and {FRACTION_DIGITS} after the point.",
    )


def _minor(value: Decimal, currency: str) -> int:
    minor = to_minor(value, currency) if not value or value.adjusted() <= WHOLE_DIGITS else 2**63
    if not -(2**63) <= minor < 2**63:
        raise BadInput(f"{value} is out of range for an amount of money.", hint="Pass a smaller amount.")
    if value != Decimal(to_major(minor, currency)):
        # A rounded amount would find what is not equal and miss what is greater.
        raise BadInput(f"{value} has more digits than {currency} has.", hint="Pass an amount such as 12.30.")
    return minor
