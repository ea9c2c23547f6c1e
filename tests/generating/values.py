"""Invents values for the types of arguments: constants for variables, and what a document writes."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLScalarType,
    get_nullable_type,
)

from graph.aggregates import FITTING, aggregated_fields
from graph.ids import global_id
from graph.model import Model, Property
from graph.scalars import MAX_DECIMAL

TEXTS = ("", "a", "A", "Ada", "ada%", "O'Brien", 'quote " and \\', "ß", "É", "東京", "a_b", " x ")
NESTED_WHERE = 3
"""Levels of a filter, beyond which it names only plain properties."""


@dataclass(frozen=True, slots=True)
class ValueMaker:
    """Invents JSON values that fit a type of an argument; `name` is the argument or member, which says what it is."""

    rng: Random
    model: Model

    def chance(self, probability: float) -> bool:
        """True so often."""
        return self.rng.random() < probability

    def constant(self, type_: GraphQLInputType, name: str, depth: int = 0) -> Any:
        """A value of a type; null now and then where the type allows it."""
        if isinstance(type_, GraphQLNonNull):
            return self.present(type_.of_type, name, depth)
        return None if self.chance(0.15) else self.present(type_, name, depth)

    def present(self, type_: GraphQLInputType, name: str, depth: int = 0) -> Any:
        """A value of a nullable type that is not null."""
        type_ = bare(type_)
        if isinstance(type_, GraphQLList):
            return [self.constant(type_.of_type, name, depth) for _ in range(self.length(name))]
        if isinstance(type_, GraphQLInputObjectType):
            return {
                member: self.constant(_asked(type_, member), member, depth + 1) for member in self.members(type_, depth)
            }
        if isinstance(type_, GraphQLEnumType):
            return self.rng.choice(self._fitting(type_, name) or sorted(type_.values))
        assert isinstance(type_, GraphQLScalarType)
        return self.scalar(type_.name, name)

    def give(
        self, given: dict[str, Any], variable: str, type_: GraphQLInputType, *, required: bool, optional: bool
    ) -> None:
        """Give a variable a value, null, or nothing, as its declaration allows; its name tells what it means."""
        if (optional or not required) and self.chance(0.3):
            return
        null = not required and self.chance(0.1)
        given[variable] = None if null else self.present(type_, variable.rstrip("0123456789"))

    def _fitting(self, type_: GraphQLEnumType, function: str) -> list[str]:
        """The fields that a function of aggregates takes; now and then any."""
        if function not in FITTING or self.chance(0.05):
            return []
        target = type_.name.removesuffix("Field").replace("Timeline", "Dated")
        fields = aggregated_fields(self.model, target).items()
        return [field for field, found in fields if isinstance(found, Property) and found.kind in FITTING[function]]

    def length(self, name: str) -> int:
        """How many entries a list has: few, and hardly ever none where something is asked for."""
        return self.rng.choice((1, 1, 2, 3)) if name == "ids" else self.rng.choice((0, 1, 1, 2))

    def members(self, type_: GraphQLInputObjectType, depth: int) -> list[str]:
        """Which members of an object to give: exactly one of those of which only one may be given."""
        known = [name for name in sorted(type_.fields) if depth < NESTED_WHERE or not _nests(type_, name)]
        known = known or sorted(type_.fields)
        required = [name for name, field in type_.fields.items() if isinstance(field.type, GraphQLNonNull)]
        if one_of(type_):
            return [self.rng.choice(known)]
        most = 3 if depth == 0 else 2
        return list(dict.fromkeys([*required, *self.rng.sample(known, min(len(known), self.rng.randint(0, most)))]))

    def scalar(self, type_name: str, name: str) -> Any:
        """A value of a scalar."""
        return SCALARS[type_name](self, name)

    def integer(self, name: str) -> int:
        """A whole number; sizes of pages are small, and rarely out of range."""
        if name in ("first", "last", "maxDepth", "maxHops", "limit", "days"):
            return self.rng.choice((-1, 0, 5000)) if self.chance(0.02) else self.rng.randint(1, 4)
        return self.rng.choice((0, 1, -1, 7, 2**31 - 1, -(2**31), self.rng.randint(-1000, 1000)))

    def identifier(self, name: str) -> str:
        """A global id: of the type that the argument's name tells, now and then of another, rarely none at all."""
        if self.chance(0.01):
            return self.rng.choice(TEXTS)
        told = name.removesuffix("Id")
        wanted = told[0].upper() + told[1:] if told else ""
        if wanted not in self.model.records or self.chance(0.02):
            wanted = self.rng.choice(sorted(self.model.records))
        return global_id(wanted, self.uuid())

    def uuid(self) -> str:
        """One of few UUIDs, so that two of them are now and then the same."""
        return f"0190a000-0000-7000-8000-{self.rng.randint(0, 30):012x}"

    def text(self, name: str) -> str:
        """A text; a cursor that is given is no cursor, and refused."""
        return self.rng.choice(TEXTS) + (self.rng.choice(TEXTS) if name == "text" else "")

    def decimal(self) -> str:
        """A decimal number as text."""
        number = f"{self.rng.randint(-10_000, 10_000) / 100:.{self.rng.randint(0, 3)}f}"
        return number[:MAX_DECIMAL]

    def moment(self) -> str:
        """An RFC 3339 moment."""
        offset = self.rng.choice(("Z", "+02:00", "-11:30"))
        return f"20{self.rng.randint(10, 40)}-0{self.rng.randint(1, 9)}-1{self.rng.randint(0, 9)}T12:30:00.123{offset}"

    def day(self) -> str:
        """An ISO 8601 date."""
        return f"{self.rng.randint(1900, 2040)}-0{self.rng.randint(1, 9)}-1{self.rng.randint(0, 9)}"


SCALARS: dict[str, Callable[[ValueMaker, str], Any]] = {
    "Boolean": lambda maker, _: maker.chance(0.5),
    "Currency": lambda maker, _: maker.rng.choice(("EUR", "USD", "JPY", "BHD")),
    "Date": lambda maker, _: maker.day(),
    "DateTime": lambda maker, _: maker.moment(),
    "Decimal": lambda maker, _: maker.decimal(),
    "Float": lambda maker, _: maker.rng.uniform(-10, 10),
    "ID": lambda maker, name: maker.identifier(name),
    "Int": lambda maker, name: maker.integer(name),
    "Long": lambda maker, name: str(maker.integer(name)),
    "String": lambda maker, name: maker.text(name),
}


def bare(type_: Any) -> Any:
    """A type without its non-null."""
    return get_nullable_type(type_)


def one_of(type_: GraphQLInputObjectType) -> bool:
    """Whether exactly one member must be given; Strawberry knows, graphql-core does not."""
    definition = type_.extensions.get("strawberry-definition")
    return bool(getattr(definition, "is_one_of", False))


def _asked(type_: GraphQLInputObjectType, member: str) -> GraphQLInputType:
    asked = type_.fields[member].type
    return GraphQLNonNull(asked) if one_of(type_) and not isinstance(asked, GraphQLNonNull) else asked


def _nests(type_: GraphQLInputObjectType, member: str) -> bool:
    """Whether a member is a filter of records again."""
    inner = bare(type_.fields[member].type)
    inner = bare(inner.of_type) if isinstance(inner, GraphQLList) else inner
    if not isinstance(inner, GraphQLInputObjectType):
        return False
    return one_of(inner) or "AND" in {*inner.fields, *_members_of(inner)}


def _members_of(type_: GraphQLInputObjectType) -> set[str]:
    found: set[str] = set()
    for field in type_.fields.values():
        inner = bare(field.type)
        if isinstance(inner, GraphQLInputObjectType):
            found |= set(inner.fields)
    return found


def literal(type_: GraphQLInputType, value: Any) -> str:
    """A JSON value as a document writes it for a type."""
    type_ = bare(type_)
    if value is None:
        return "null"
    if isinstance(type_, GraphQLList):
        return "[" + ", ".join(literal(type_.of_type, item) for item in value) + "]"
    if isinstance(type_, GraphQLInputObjectType):
        written = (f"{member}: {literal(type_.fields[member].type, inner)}" for member, inner in value.items())
        return "{" + ", ".join(written) + "}"
    if isinstance(type_, GraphQLEnumType):
        return str(value)
    return json.dumps(value)
