"""`where` inputs as predicates. Every related node that a filter looks at carries its access predicate too."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from enum import Enum
from typing import Any

from cypher.access import Access
from cypher.fragment import Fragment, Param, Variable, cypher, joined, of, param
from cypher.patterns import match_fragment, relation_match
from graph.errors import BadInput
from graph.ids import parse_global_id
from graph.inputs import common_fields
from graph.model import Embedded, Kind, Mapped, Property, Relation
from graph.money import to_minor

MAX_FILTER_DEPTH = 12
MAX_LIST = 1000


def filterable_fields(access: Access, type_name: str) -> dict[str, Mapped]:
    """The fields that a type's `where` and `orderBy` know: its own and those of its embedded objects."""
    fields = common_fields(access.model, type_name)
    for mapped in tuple(fields.values()):
        if isinstance(mapped, Embedded):
            fields |= access.model.embedded[mapped.type_name]
    return fields


def where_predicates(
    access: Access, type_name: str, where: Mapping[str, Any] | None, row: Variable, depth: int = 0
) -> tuple[Fragment, ...]:
    """The predicates that a `where` input means for the node in `row`; all must hold.

    Raises:
        BadInput: when it nests deeper than is allowed, or a value can't be compared.
    """
    if not where:
        return ()
    if depth > MAX_FILTER_DEPTH:
        raise BadInput(f"`where` nests deeper than {MAX_FILTER_DEPTH}.", hint="Filter in fewer steps.")
    fields = filterable_fields(access, type_name)
    found: list[Fragment] = []
    for name, condition in where.items():
        if condition is None:
            continue
        if name in ("AND", "OR", "NOT"):
            found.append(_combined(access, type_name, name, condition, row, depth))
        else:
            found += _field_predicates(access, fields[name], condition, row, depth)
    return tuple(found)


def all_of(predicates: tuple[Fragment, ...]) -> Fragment:
    """One predicate that holds when all of them do; true when there are none."""
    return cypher("(", joined(" AND ", predicates), ")") if predicates else cypher("true")


def _combined(access: Access, type_name: str, word: str, condition: Any, row: Variable, depth: int) -> Fragment:
    if word == "NOT":
        return _negated(all_of(where_predicates(access, type_name, condition, row, depth + 1)))
    if len(condition) > MAX_LIST:
        raise BadInput(f"`{word}` has more than {MAX_LIST} members.", hint="Split the question.")
    members = [all_of(where_predicates(access, type_name, member, row, depth + 1)) for member in condition]
    if word == "AND":
        return all_of(tuple(members))
    return cypher("(", joined(" OR ", members), ")") if members else cypher("false")


def _negated(predicate: Fragment) -> Fragment:
    # A comparison with nothing is null, and NOT null is null: nothing must count as "does not hold".
    return cypher("NOT coalesce(", predicate, ", false)")


def _field_predicates(
    access: Access, mapped: Mapped, condition: Mapping[str, Any], row: Variable, depth: int
) -> list[Fragment]:
    if isinstance(mapped, Relation):
        return _relation_predicates(access, mapped, condition, row, depth)
    if not isinstance(mapped, Property):
        raise TypeError("only properties and relations have filters")
    options = {key: value for key, value in condition.items() if key not in ("ignoreCase", "currency")}
    currency = condition.get("currency") or access.viewer.currency
    found = [
        _operator(mapped, operator, value, row, currency, ignore_case=bool(condition.get("ignoreCase")))
        for operator, value in options.items()
        if value is not None or operator in ("eq", "ne")
    ]
    if mapped.kind is Kind.MONEY and mapped.currency and found:
        found.append(cypher(of(row, mapped.currency), " = ", param(currency)))
    return found


def _relation_predicates(
    access: Access, relation: Relation, condition: Mapping[str, Any], row: Variable, depth: int
) -> list[Fragment]:
    if relation.shape == "one":
        return [_exists(access, relation, condition, row, depth)]
    found = []
    for quantifier, inner in condition.items():
        if inner is None:
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
    condition: Mapping[str, Any],
    row: Variable,
    depth: int,
    *,
    negated: bool = False,
) -> Fragment:
    return cypher("EXISTS ", _block(access, relation, condition, row, depth, negated=negated))


def _block(
    access: Access,
    relation: Relation,
    condition: Mapping[str, Any],
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


def _operator(
    mapped: Property, operator: str, value: Any, row: Variable, currency: str, *, ignore_case: bool
) -> Fragment:
    stored: Fragment = of(row, mapped.name)
    if operator == "has":
        return cypher(param(value), " IN ", stored)
    if operator == "isNull":
        return cypher(stored, " IS NULL" if value else " IS NOT NULL")
    if value is None:
        return cypher(stored, " IS NULL" if operator == "eq" else " IS NOT NULL")
    if operator in ("in", "notIn"):
        return _membership(mapped, operator, value, stored, currency, ignore_case=ignore_case)
    left = _left(mapped, stored, ignore_case=ignore_case)
    right = param(_stored_value(mapped, value, currency, ignore_case=ignore_case))
    if operator == "eq":
        return cypher(left, " = ", right)
    if operator == "ne":
        return cypher("(", stored, " IS NULL OR ", left, " <> ", right, ")")
    return _compared(operator, left, right)


def _compared(operator: str, left: Fragment, right: Param) -> Fragment:
    match operator:
        case "lt":
            return cypher(left, " < ", right)
        case "lte":
            return cypher(left, " <= ", right)
        case "gt":
            return cypher(left, " > ", right)
        case "gte":
            return cypher(left, " >= ", right)
        case "startsWith":
            return cypher(left, " STARTS WITH ", right)
        case "endsWith":
            return cypher(left, " ENDS WITH ", right)
        case _:
            return cypher(left, " CONTAINS ", right)


def _membership(
    mapped: Property, operator: str, values: list[Any], stored: Fragment, currency: str, *, ignore_case: bool
) -> Fragment:
    if len(values) > MAX_LIST:
        raise BadInput(f"`{operator}` has more than {MAX_LIST} values.", hint="Split the question.")
    wanted = param([_stored_value(mapped, value, currency, ignore_case=ignore_case) for value in values])
    left = _left(mapped, stored, ignore_case=ignore_case)
    if operator == "in":
        return cypher(left, " IN ", wanted)
    return cypher("(", stored, " IS NULL OR NOT ", left, " IN ", wanted, ")")


def _left(mapped: Property, stored: Fragment, *, ignore_case: bool) -> Fragment:
    if mapped.kind is Kind.DECIMAL:
        return cypher("toFloat(", stored, ")")
    return cypher("toLower(", stored, ")") if ignore_case else stored


def _stored_value(mapped: Property, value: Any, currency: str, *, ignore_case: bool) -> Any:
    """An argument as it is stored."""
    match mapped.kind:
        case Kind.ID:
            return parse_global_id(value)[1]
        case Kind.MONEY:
            return _minor(value, currency)
        case Kind.DECIMAL:
            return float(value)
        case Kind.ENUM:
            return value.value if isinstance(value, Enum) else value
        case Kind.STRING if ignore_case:
            return value.lower()
        case _:
            return value


def _minor(value: Decimal, currency: str) -> int:
    try:
        minor = to_minor(value, currency)
    except ArithmeticError as error:
        raise BadInput(f"{value} is not an amount of money.", hint="Pass an amount such as 12.30.") from error
    if not -(2**63) <= minor < 2**63:
        raise BadInput(f"{value} is out of range for an amount of money.", hint="Pass a smaller amount.")
    return minor
