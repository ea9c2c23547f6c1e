"""Writes down who the customers are: accounts, contacts, customers, addresses, customer users."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.demo.book import FIRST_DAY, Book, Buyer, Channel, Person
from graph.matching import match_key


@dataclass(frozen=True, slots=True)
class Place:
    """Where somebody lives or works in the United States."""

    street: str
    city: str
    region: str
    postal_code: str


def write_account(
    book: Book, key: str, name: str, at: dt.datetime = FIRST_DAY, *, to: Mapping[str, str | None], **properties: Any
) -> str:
    """Write down an account."""
    return book.record("Account", key, name, at, to=to, name=name, **properties)


def write_contact(
    book: Book,
    key: str,
    name: str,
    at: dt.datetime = FIRST_DAY,
    *,
    to: Mapping[str, str | None],
    email: str,
    phone: str | None = None,
    **properties: Any,
) -> Person:
    """Write down a contact with a primary email address and phone number."""
    first, _, last = name.partition(" ")
    contact = book.record(
        *("Contact", key, name, at), to=to, firstName=first, lastName=last, email=email, phone=phone, **properties
    )
    book.part("ContactEmail", key, at, {"contact": contact}, email=email, isPrimary=True)
    if phone:
        book.part("ContactPhone", key, at, {"contact": contact}, phone=phone, isPrimary=True)
    return Person(contact, name, email)


def write_address(book: Book, key: str, at: dt.datetime, whole: str, place: Place, kind: str = "BILLING") -> None:
    """Write down the main address of a record."""
    book.part(
        *("Address", key, at, {"whole": whole}),
        type=kind,
        isPrimary=True,
        street=place.street,
        city=place.city,
        region=place.region,
        postalCode=place.postal_code,
        country="United States",
        countryCode="US",
    )


def write_customer(  # noqa: PLR0913 - a customer has that much
    book: Book,
    key: str,
    name: str,
    channel: Channel,
    since: dt.datetime,
    *,
    account: str,
    owner: str,
    kind: str = "BUSINESS",
    origin_id: str = "",
    to: Mapping[str, str | None] | None = None,
    status: str = "ACTIVE",
    **properties: Any,
) -> Buyer:
    """Write down a customer of a channel; a person's first and last name are taken from its name."""
    if kind == "PERSON":
        first, _, last = name.partition(" ")
        properties = {"firstName": first, "lastName": last, "isGuest": False, **properties}
    if key_of_party := match_key(*(properties.get(part) for part in ("firstName", "lastName", "email"))):
        properties["matchKey"] = key_of_party
    customer = book.record(
        *("Customer", key, name, since),
        to={"owner": owner, "channel": channel.id, "account": account, **(to or {})},
        name=name,
        kind=kind,
        originId=origin_id or key,
        channelId=channel.id,
        status=status,
        **properties,
    )
    book.ledger.open(customer, book.rows.last("Customer"))
    return Buyer(customer, name, channel, account, owner, since)


def write_customer_user(
    book: Book,
    name: str,
    email: str,
    at: dt.datetime,
    *,
    customer: Buyer,
    role: str,
    contact: str | None = None,
    guest: bool = False,
) -> Person:
    """Write down somebody who signs in for a customer."""
    first, _, last = name.partition(" ")
    user = book.record(
        *("CustomerUser", email, name, at),
        to={"customer": customer.id, "role": role, "contact": contact},
        firstName=first,
        lastName=last,
        email=email,
        emailKey=email.casefold(),
        enabled=True,
        isGuest=guest,
    )
    return Person(user, name, email)


def stand_at_account(book: Book, account: str, contact: Person, role: str, position: str, *, default: bool) -> None:
    """Link a contact to an account."""
    book.rows.link("accountContact", account, contact.id, role=role, position=position, isDefault=default)


def stand_at_customer(book: Book, customer: Buyer, contact: Person, role: str, position: str) -> None:
    """Link a contact to a customer."""
    book.rows.link("customerContact", customer.id, contact.id, role=role, position=position)
