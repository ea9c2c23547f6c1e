"""What many records share: addresses and tags."""

from __future__ import annotations

import strawberry

from graph.fields import choice, prop
from graph.model import Kind
from graph.permissions import Sensitive
from graph.types.enums import AddressType
from graph.types.record import Node, Record


@strawberry.type
class Address(Node):
    """A postal address; part of the record that has it."""

    type: AddressType | None = choice("What it is used for.", AddressType)
    is_primary: bool | None = prop("Whether it is the main one.", Kind.BOOLEAN)
    street: str | None = prop("Street and number.", sensitive=Sensitive.ADDRESS)
    city: str | None = prop("City.", sensitive=Sensitive.ADDRESS)
    region: str | None = prop("State, province or region.", sensitive=Sensitive.ADDRESS)
    postal_code: str | None = prop("Postal code.", sensitive=Sensitive.ADDRESS)
    country: str | None = prop("Country as the source names it.", sensitive=Sensitive.ADDRESS)
    country_code: str | None = prop("Country code of ISO 3166-1, two letters.", sensitive=Sensitive.ADDRESS)


@strawberry.type
class Tag(Record):
    """A word to find records by."""

    name: str | None = prop("The word.")
