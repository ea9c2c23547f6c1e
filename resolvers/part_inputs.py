"""The parts that inputs list: email addresses, phone numbers, postal addresses, profiles on social networks.

A list stands for all parts of its kind: an item with an id changes that one, one without is new, and the others go.
"""

from __future__ import annotations

import strawberry

from graph.types.enums import AddressType, SocialNetwork
from resolvers.verbs import given

ID = "Id of the one to change; a new one is made without it."
PRIMARY = "Whether it is the main one, of which there is exactly one: as before, else the first, unless it is said."


@strawberry.input
class ContactEmailInput:
    """An email address of a contact."""

    id: strawberry.ID | None = given(ID)
    email: str | None = given("The address.")
    is_primary: bool | None = given(PRIMARY)


@strawberry.input
class ContactPhoneInput:
    """A phone number of a contact."""

    id: strawberry.ID | None = given(ID)
    phone: str | None = given("The number.")
    is_primary: bool | None = given(PRIMARY)


@strawberry.input
class ContactSocialInput:
    """Where a contact is found on a social network."""

    id: strawberry.ID | None = given(ID)
    network: SocialNetwork | None = given("The network, always there.")
    handle: str | None = given("What the contact is called there; this or the address is there.")
    url: str | None = given("Web address of the profile, http or https.")


@strawberry.input
class AddressInput:
    """A postal address; at least one field beside its type says where it is."""

    id: strawberry.ID | None = given(ID)
    type: AddressType | None = given("What it is used for; BILLING and SHIPPING each stand on one address only.")
    is_primary: bool | None = given(PRIMARY)
    street: str | None = given("Street and number.")
    city: str | None = given("City.")
    region: str | None = given("State, province or region.")
    postal_code: str | None = given("Postal code.")
    country: str | None = given("Country.")
    country_code: str | None = given("Country code of ISO 3166-1, two letters.")
