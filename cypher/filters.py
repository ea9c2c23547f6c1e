"""`where` inputs as predicates. Every related node that a filter looks at carries its access predicate too."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from typing import Any, LiteralString

from cypher.access import Access
from cypher.arguments import Given, Inputs, Reader
from cypher.fragment import Fragment, Variable, cypher, joined, late, of
from cypher.patterns import match_fragment, relation_match
from graph.errors import BadInput
from graph.ids import parse_global_id
from graph.inputs import common_fields
from graph.model import Embedded, Kind, Mapped, Property, Relation
from graph.money import to_minor

MAX_FILTER_DEPTH = 12
MAX_LIST = 1000
MAX_MEMBERS = 100


def filterable_fields(access: Access, type_name: str) -> dict[str, Mapped]:
    """The fields that a type's `where` and `orderBy` know: its own and those of its embedded objects."""
    fields = common_fields(access.model, type_name)
    for mapped in tuple(fields.values()):
        if isinstance(mapped, Embedded):
            fields |= access.model.embedded[mapped.type_name]
    return fields


def where_predicates(
    access: Access, type_name: str, where: Given | None, row: Variable, depth: int = 0
) -> tuple[Fragment, ...]:
    """The predicates that a `where` input means for the node in `row`; all must hold.

    Raises:
        BadInput: when it nests deeper than is allowed, or a value can't be compared.
    """
    if where is None:
        return ()
    if depth > MAX_FILTER_DEPTH:
        raise BadInput(f"`where` nests deeper than {MAX_FILTER_DEPTH}.", hint="Filter in fewer steps.")
    fields = filterable_fields(access, type_name)
    found: list[Fragment] = []
    for name, condition in where.items():
        if condition.is_null():
            continue
        if name in ("AND", "OR", "NOT"):
            found.append(_combined(access, type_name, name, condition, row, depth))
        else:
            found += _field_predicates(access, fields[name], condition, row, depth)
    return tuple(found)


def all_of(predicates: tuple[Fragment, ...]) -> Fragment:
    """One predicate that holds when all of them do; true when there are none."""
    return cypher("(", joined(" AND ", predicates), ")") if predicates else cypher("true")


def _combined(access: Access, type_name: str, word: str, condition: Given, row: Variable, depth: int) -> Fragment:
    if word == "NOT":
        return _negated(all_of(where_predicates(access, type_name, condition, row, depth + 1)))
    alternatives = condition.entries()
    if len(alternatives) > MAX_MEMBERS:
        raise BadInput(f"`{word}` has more than {MAX_MEMBERS} members.", hint="Use `in`, or split the question.")
    members = [all_of(where_predicates(access, type_name, member, row, depth + 1)) for member in alternatives]
    if word == "AND":
        return all_of(tuple(members))
    return cypher("(", joined(" OR ", members), ")") if members else cypher("false")


def _negated(predicate: Fragment) -> Fragment:
    # A comparison with nothing is null, and NOT null is null: nothing must count as "does not hold".
    return cypher("NOT coalesce(", predicate, ", false)")


def _field_predicates(access: Access, mapped: Mapped, condition: Given, row: Variable, depth: int) -> list[Fragment]:
    if isinstance(mapped, Relation):
        return _relation_predicates(access, mapped, condition, row, depth)
    if not isinstance(mapped, Property):
        raise TypeError("only properties and relations have filters")
    ignored = condition.get("ignoreCase") if mapped.kind is Kind.STRING else None
    comparison = Comparison(
        mapped,
        of(row, mapped.name),
        _currency(access, condition) if mapped.kind is Kind.MONEY else _no_currency,
        ignore_case=ignored is not None and bool(ignored.known()),
    )
    found = [
        compared(comparison, operator, value)
        for operator, value in condition.items()
        if operator not in ("ignoreCase", "currency") and (operator in ("eq", "ne") or not value.is_null())
    ]
    if mapped.kind is Kind.MONEY and mapped.currency and found:
        found.append(cypher(of(row, mapped.currency), " = ", late(comparison.currency)))
    return found


def _currency(access: Access, condition: Given) -> Reader:
    """The currency of the amounts in a filter."""
    given = condition.get("currency")
    return given.read if given is not None else lambda _: access.currency


def _no_currency(_: Inputs) -> str:
    return ""


def _relation_predicates(
    access: Access, relation: Relation, condition: Given, row: Variable, depth: int
) -> list[Fragment]:
    if relation.shape == "one":
        return [_exists(access, relation, condition, row, depth)]
    found = []
    for quantifier, inner in condition.items():
        if inner.is_null():
            continue
        match quantifier:
            case "some":
                found.append(_exists(access, relation, inner, row, depth))
            case "none":
                found.append(cypher("NOT ", _exists(access, relation, inner, row, depth)))
            case "all":
                found.append(cypher("NOT ", _exists(access, relation, inner, row, depth, negated=True)))
            case _:
                found.append(cypher("COUNT ", _block(access, relation, inner, row, depth), " = 1"))
    return found


def _exists(
    access: Access,
    relation: Relation,
    condition: Given,
    row: Variable,
    depth: int,
    *,
    negated: bool = False,
) -> Fragment:
    return cypher("EXISTS ", _block(access, relation, condition, row, depth, negated=negated))


def _block(
    access: Access,
    relation: Relation,
    condition: Given,
    row: Variable,
    depth: int,
    *,
    negated: bool = False,
) -> Fragment:
    match, end, _ = relation_match(access, relation.hops, row)
    predicates = where_predicates(access, relation.target, condition, end, depth + 1)
    if negated:
        predicates = (_negated(all_of(predicates)),)
    return cypher("{ ", match_fragment(match, predicates), " }")


@dataclass(frozen=True, slots=True)
class Comparison:
    """What a filter compares with: a stored property, the currency of its amounts, whether case counts."""

    mapped: Property
    stored: Fragment
    currency: Reader
    ignore_case: bool

    @property
    def left(self) -> Fragment:
        """The stored value as it is compared."""
        if self.mapped.kind is Kind.DECIMAL:
            return cypher("toFloat(", self.stored, ")")
        return cypher("toLower(", self.stored, ")") if self.ignore_case else self.stored

    def right(self, value: Any, inputs: Inputs) -> Any:
        """An argument as it is stored."""
        match self.mapped.kind:
            case Kind.ID:
                return parse_global_id(value)[1]
            case Kind.MONEY:
                return _minor(value, self.currency(inputs))
            case Kind.DECIMAL:
                return float(value)
            case Kind.ENUM:
                return stored_enum(value)
            case Kind.STRING if self.ignore_case:
                return value.lower()
            case _:
                return value


def compared(comparison: Comparison, operator: str, value: Given) -> Fragment:
    """The predicate of one operator."""
    stored, left = comparison.stored, comparison.left
    if operator == "isNull":
        return cypher(stored, " IS NULL" if value.known() else " IS NOT NULL")
    if operator in ("eq", "ne") and value.is_null():
        return cypher(stored, " IS NULL" if operator == "eq" else " IS NOT NULL")
    if operator in ("in", "notIn"):
        wanted = late(lambda inputs: _several(comparison, operator, value.read(inputs), inputs))
        if operator == "in":
            return cypher(left, " IN ", wanted)
        return cypher("(", stored, " IS NULL OR NOT ", left, " IN ", wanted, ")")
    right = late(lambda inputs: comparison.right(value.read(inputs), inputs))
    match operator:
        case "has":
            return cypher(right, " IN ", stored)
        case "ne":
            return cypher("(", stored, " IS NULL OR ", left, " <> ", right, ")")
        case _:
            return cypher(left, WORDS[operator], right)


WORDS: Mapping[str, LiteralString] = {
    "eq": " = ",
    "lt": " < ",
    "lte": " <= ",
    "gt": " > ",
    "gte": " >= ",
    "startsWith": " STARTS WITH ",
    "endsWith": " ENDS WITH ",
    "contains": " CONTAINS ",
}
"""Cypher's words for the operators."""


def stored_enum(value: Any) -> Any:
    """The name that is stored for a value of an enum."""
    return value.value if isinstance(value, Enum) else value


def _several(comparison: Comparison, operator: str, values: list[Any], inputs: Inputs) -> list[Any]:
    if len(values) > MAX_LIST:
        raise BadInput(f"`{operator}` has more than {MAX_LIST} values.", hint="Split the question.")
    return [comparison.right(value, inputs) for value in values]


def _minor(value: Decimal, currency: str) -> int:
    try:
        minor = to_minor(value, currency)
    except ArithmeticError as error:
        raise BadInput(f"{value} is not an amount of money.", hint="Pass an amount such as 12.30.") from error
    if not -(2**63) <= minor < 2**63:
        raise BadInput(f"{value} is out of range for an amount of money.", hint="Pass a smaller amount.")
    return minor
