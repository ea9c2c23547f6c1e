"""Derives what `aggregate` computes with: an enum of fields and a type of figures for each type of records.

They are derived because their fields must equal the model's. Everything that a field of the enum stands for is said
in `aggregated_fields` alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from functools import cache
from typing import Any, Optional, TypeAlias

import strawberry

from graph.inputs import argument, common_fields
from graph.model import Embedded, Kind, Model, Property, Relation
from graph.scalars import AggregateValue, Currency, Decimal

ADDED = frozenset({Kind.INT, Kind.DECIMAL, Kind.MONEY})
"""Kinds of values that `sum` and `avg` take."""

COMPARED = ADDED | {Kind.STRING, Kind.DATE, Kind.DATETIME, Kind.ENUM}
"""Kinds of values that `min` and `max` take."""

FITTING = {"sum": ADDED, "avg": ADDED, "min": COMPARED, "max": COMPARED}
"""The functions, with the kinds of values that each takes."""


DUPLICATE = "Duplicate"
"""Pairs of accounts that may be one: no type of the graph, but a connection holds them."""

CHANGE = "Change"
"""What was done to records: no type of the graph either."""


@dataclass(frozen=True, slots=True)
class TypeName:
    """The name of a record's type, where records of several types stand together."""


Aggregated: TypeAlias = Property | Relation | TypeName


def aggregated_fields(model: Model, target: str) -> dict[str, Aggregated]:
    """What aggregates of `target` records can group by and compute with, by the name of the field.

    Stored properties with those of embedded objects, the currency of amounts, and relations to one record. Left out
    are ids, which make each record a group of its own, lists, which have no order, and versions, which mean nothing
    together.
    """
    if target == DUPLICATE:
        return {"score": Property("score", Kind.INT)}
    if target == CHANGE:
        kinds = {"action": Kind.STRING, "mutation": Kind.STRING, "at": Kind.DATETIME}
        return {name: Property(name, kind) for name, kind in kinds.items()}
    fields = common_fields(model, target)
    for mapped in tuple(fields.values()):
        if isinstance(mapped, Embedded):
            fields |= model.embedded[mapped.type_name]
    found: dict[str, Aggregated] = {}
    for name, mapped in fields.items():
        stored = isinstance(mapped, Property) and mapped.kind not in (Kind.ID, Kind.STRINGS) and name != "version"
        if stored or (isinstance(mapped, Relation) and mapped.shape == "one"):
            found[name] = mapped  # type: ignore[assignment]
    for amount in tuple(found.values()):
        if isinstance(amount, Property) and amount.currency:
            # Only amounts of one currency have a sum, so theirs must be a key.
            found.setdefault(amount.currency, Property(amount.currency, Kind.STRING, sensitive=amount.sensitive))
    if target in model.abstract:
        found["recordType"] = TypeName()
    if target == "Dated":
        # The moment of an entry, whichever date that is for its type.
        found["at"] = Property("at", Kind.DATETIME)
    return found


def aggregate_type(target: str) -> str:
    """The name of the type of a group's figures."""
    return f"{_shown(target)}Aggregate"


def _shown(target: str) -> str:
    return "Timeline" if target == "Dated" else target


@strawberry.enum(description="Size of a group of dates, in UTC.")
class DateBucket(Enum):
    """Size of a group of dates, in UTC."""

    DAY = strawberry.enum_value("DAY", description="A day.")
    WEEK = strawberry.enum_value("WEEK", description="A week of ISO 8601, from Monday on.")
    MONTH = strawberry.enum_value("MONTH", description="A month.")
    QUARTER = strawberry.enum_value("QUARTER", description="A quarter of a year.")
    YEAR = strawberry.enum_value("YEAR", description="A year.")


@strawberry.type
class GroupKey:
    """What the records of a group have in common in one field."""

    field: str = strawberry.field(description="The field.")
    value: AggregateValue | None = strawberry.field(
        description="Its value; of a date the first day of the bucket, of a related record its id."
    )
    label: str | None = strawberry.field(
        description="`displayName` of a related record, or the currency of an amount of money."
    )


@strawberry.type
class Figure:
    """An exact number or amount of money.

    There is none where no record has a value, or where amounts are in several currencies: group by `currency` then.
    """

    amount: Decimal = strawberry.field(
        description="In major units. Only an average is rounded, half even: money to two digits more than its currency "
        "has, other numbers to six."
    )
    currency: Currency | None = strawberry.field(description="Currency of an amount of money; null for a number.")


DERIVED: dict[str, type] = {}
"""The derived types by name; also attributes of this module."""


@cache
def derive_aggregates(model_source: Any) -> dict[str, type]:
    """Derive the field enum and the figures of every type that a connection may hold.

    Args:
        model_source: the function that gives the model, so that deriving is done once for it.
    """
    model: Model = model_source()
    for target in (*model.records, *model.abstract, DUPLICATE, CHANGE):
        fields = _field_enum(model, target)
        _keep(aggregate_type(target), _figures(_shown(target), fields))
    return DERIVED


def _keep(name: str, derived: type) -> type:
    DERIVED[name] = globals()[name] = derived
    return derived


def _field_enum(model: Model, target: str) -> Any:
    name = f"{_shown(target)}Field"
    # Members are in upper case, since an Enum has attributes of its own called `name` and `value`.
    members = {
        field.upper(): strawberry.enum_value(field, name=field, description=f"`{field}`.")
        for field in aggregated_fields(model, target)
    }
    made: Any = Enum(name, members)  # type: ignore[misc]
    return _keep(name, strawberry.enum(made, name=name, description="Fields to group by and compute with."))


_DESCRIPTIONS = {
    "sum": "Exact sum.",
    "avg": "Average.",
    "min": "Smallest value.",
    "max": "Greatest value.",
}


def _figures(shown: str, fields: Any) -> type:
    annotations: dict[str, Any] = {"key": list[GroupKey], "count": int}
    namespace: dict[str, Any] = {
        "__module__": __name__,
        "__annotations__": annotations,
        "key": strawberry.field(description="What they share."),
        "count": strawberry.field(description="How many records."),
    }
    for function, description in _DESCRIPTIONS.items():
        given: Any = Figure if FITTING[function] is ADDED else AggregateValue
        annotations[function] = Optional[given]
        declared: Any = strawberry.field(description=description)
        declared.arguments = [argument("field", fields, "Of this field.")]
        namespace[function] = declared
    name = f"{shown}Aggregate"
    return strawberry.type(type(name, (), namespace), name=name, description="Figures of a group of records.")
