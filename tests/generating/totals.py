"""Evaluates `aggregate` in Python: groups, exact sums, averages, smallest and greatest values."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal, localcontext
from typing import Any

from graph.model import Kind, Mapped, Property, Relation
from graph.money import digits, to_major
from tests.generating.evaluating import Evaluator, Found
from tests.generating.worlds import CURRENCY

BUCKETS = ("DAY", "WEEK", "MONTH", "QUARTER", "YEAR")


@dataclass(frozen=True, slots=True)
class Key:
    """A key of a group: what tells groups apart, what it is sorted by, and how it is shown."""

    identity: Any
    order: tuple[Any, ...]
    value: Any
    label: Any = None


@dataclass(frozen=True, slots=True)
class Totals:
    """Aggregates of records of a type."""

    evaluator: Evaluator
    type_name: str

    def groups(self, found: list[Found], group_by: Sequence[str], bucket: str) -> list[tuple[list[Key], list[Found]]]:
        """The groups in order of their keys, nothing last; one of all without keys."""
        if not group_by:
            return [([], found)]
        made: dict[tuple[Any, ...], tuple[list[Key], list[Found]]] = {}
        for each in found:
            keys = [self.key(each, name, bucket) for name in group_by]
            made.setdefault(tuple(key.identity for key in keys), (keys, []))[1].append(each)
        return sorted(made.values(), key=lambda group: [_last_null(part) for key in group[0] for part in key.order])

    def key(self, found: Found, name: str, bucket: str) -> Key:
        """The key of a record."""
        mapped: Mapped = self.evaluator.fields(self.type_name)[name]
        if isinstance(mapped, Relation):
            related = self.evaluator.related(found.node, mapped)
            if not related:
                return Key(None, (None, None), None)
            node = related[0].node
            shown = node.values.get("displayName")
            return Key(node.uuid, (shown, node.uuid), node.id, shown)
        assert isinstance(mapped, Property)
        stored = found.node.values.get(mapped.name)
        match mapped.kind:
            case Kind.MONEY:
                return _money_key(found, mapped, stored)
            case Kind.DATE | Kind.DATETIME:
                day = None if stored is None else truncated(stored, bucket).isoformat()
                return Key(day, (day,), day)
            case Kind.DECIMAL:
                return Key(stored, (None if stored is None else float(stored), stored), stored)
            case _:
                return Key(stored, (stored,), stored)

    def figure(self, found: list[Found], function: str, name: str) -> Any:
        """The answer of a function over the records of a group."""
        mapped = self.evaluator.fields(self.type_name)[name]
        assert isinstance(mapped, Property)
        having = [each for each in found if each.node.values.get(mapped.name) is not None]
        values = [each.node.values[mapped.name] for each in having]
        currency = _currency(having, mapped)
        if not values or (mapped.kind is Kind.MONEY and currency is None):
            return None
        if function in ("min", "max"):
            return _extreme(values, mapped, currency, greatest=function == "max")
        return {"amount": _amount(values, currency, average=function == "avg"), "currency": currency}


def _last_null(part: Any) -> tuple[bool, Any]:
    return (part is None, 0 if part is None else part)


def _money_key(found: Found, mapped: Property, stored: int | None) -> Key:
    if mapped.currency is None:
        return Key(stored, (stored,), None if stored is None else to_major(stored, CURRENCY))
    currency = found.node.values.get(mapped.currency)
    value = None if stored is None or currency is None else to_major(stored, currency)
    return Key((stored, currency), (stored, currency), value, currency)


def truncated(moment: dt.date, bucket: str) -> dt.date:
    """The first day of the bucket that a moment lies in, in UTC."""
    day = moment.date() if isinstance(moment, dt.datetime) else moment
    match bucket:
        case "DAY":
            return day
        case "WEEK":
            return day - dt.timedelta(days=day.weekday())
        case "MONTH":
            return day.replace(day=1)
        case "QUARTER":
            return day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1)
        case _:
            return day.replace(month=1, day=1)


def _currency(having: list[Found], mapped: Property) -> str | None:
    """The currency that all amounts share."""
    if mapped.kind is not Kind.MONEY:
        return None
    if mapped.currency is None:
        return CURRENCY
    found = {each.node.values.get(mapped.currency) for each in having}
    return found.pop() if len(found) == 1 else None


def _extreme(values: list[Any], mapped: Property, currency: str | None, *, greatest: bool) -> Any:
    pick = max if greatest else min
    match mapped.kind:
        case Kind.MONEY:
            assert currency is not None
            return to_major(pick(values), currency)
        case Kind.DECIMAL:
            return pick(values, key=lambda text: (float(text), text))
        case Kind.DATETIME:
            return pick(values).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        case Kind.DATE:
            return pick(values).isoformat()
        case _:
            return pick(values)


def _amount(values: list[Any], currency: str | None, *, average: bool) -> str:
    with localcontext() as context:
        context.prec = 100
        total = sum((Decimal(value) for value in values), Decimal(0))
        if currency is not None:
            total = total.scaleb(-digits(currency))
            places = digits(currency) + (2 if average else 0)
        else:
            places = 6 if average else 30
        if average:
            total /= len(values)
        shown = f"{total.quantize(Decimal(1).scaleb(-places), ROUND_HALF_EVEN):f}"
    if currency is not None:
        return shown if Decimal(shown) else shown.removeprefix("-")
    shown = shown.rstrip("0").rstrip(".")
    return "0" if shown in ("-0", "") else shown
