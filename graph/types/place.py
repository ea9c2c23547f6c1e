"""What many records share: addresses and tags."""

from __future__ import annotations

import strawberry

from graph.fields import choice, prop
from graph.model import Kind
from graph.types.enums import AddressType
from graph.types.record import Node, Record


@strawberry.type
class Address(Node):
    """A postal address; part of the record that has it."""

    type: AddressType | None = choice("What it is used for.", AddressType)
    is_primary: bool | None = prop("Whether it is the main one.", Kind.BOOLEAN)
    street: str | None = prop("Street and number.")
    city: str | None = prop("City.")
    region: str | None = prop("State, province or region.")
    postal_code: str | None = prop("Postal code.")
    country: str | None = prop("Country as the source names it.")
    country_code: str | None = prop("Country code of ISO 3166-1, two letters.")


@strawberry.type
class Tag(Record):
    """A word to find records by."""

    name: str | None = prop("The word.")
