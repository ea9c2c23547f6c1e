"""What inputs say of a customer, as it is stored: for one customer and for many."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import Enum
from typing import Any

from strawberry import UNSET
from strawberry.utils.str_converters import to_camel_case

from graph.matching import match_key
from graph.types.enums import PartyKind
from resolvers.checks import LONGEST_EMAIL, LONGEST_PHONE, birthday, expect_email
from resolvers.customer_inputs import BusinessDetailsInput, CustomerDetails, PersonDetailsInput
from resolvers.writing import Write

TEXTS = {"name": 255, "email": LONGEST_EMAIL, "phone": LONGEST_PHONE, "website": 2048, "origin_id": 255}
"""The texts of a customer and their most characters."""
DETAILS = {"person": ("PERSON", PersonDetailsInput), "business": ("BUSINESS", BusinessDetailsInput)}
ACCOUNT_KINDS = {"PERSON": "PERSON", "BUSINESS": "COMPANY"}
"""The kinds of a customer, and the kind of an account that is made for one."""


def party_kind(write: Write, said: PartyKind | None, given: CustomerDetails) -> str:
    """Person or business, as the input says or its details tell."""
    told = "PERSON" if given.person else "BUSINESS"
    if said and said.name not in ACCOUNT_KINDS:
        write.refuse("INVALID", "A customer is a PERSON or a BUSINESS.", "kind")
        return told
    return said.name if said else told


def stored_details(write: Write, given: CustomerDetails, kind: str, *, new: bool = False) -> dict[str, Any]:
    """What is stored of the details of an input; UNSET where it says nothing."""
    stored: dict[str, Any] = {
        to_camel_case(name): write.optional(getattr(given, name), to_camel_case(name), most=most)
        for name, most in TEXTS.items()
        if hasattr(given, name)
    }
    if stored["email"]:
        expect_email(write, stored["email"], "email")
    stored["status"] = given.status.name if given.status else given.status
    if new:
        stored |= {"kind": kind, "status": stored["status"] or "ACTIVE"}
    for name, (of, cls) in DETAILS.items():
        details = getattr(given, name)
        if details and kind != of:
            write.refuse("INVALID", f"Only a {of} has this, and the customer is a {kind}.", name)
        elif details:
            stored |= dict(_details(write, name, cls, details))
    return stored


def following(customer: Mapping[str, Any]) -> dict[str, Any]:
    """What follows from the details of a customer: its name for people, and what it matches by."""
    there = {key: value for key, value in customer.items() if value is not UNSET}
    return {"displayName": display_name(there), "matchKey": customer_match_key(there)}


def display_name(customer: Mapping[str, Any]) -> str:
    """The name of a customer for people: its name, else the person's, else its email, else its key."""
    person = " ".join(part for part in (customer.get("firstName"), customer.get("lastName")) if part)
    key = f"Customer {customer.get('originId') or ''}".strip()
    return str(customer.get("name") or person or customer.get("email") or key)


def customer_match_key(customer: Mapping[str, Any]) -> str | None:
    """What customers share that are one party."""
    return match_key(customer.get("firstName"), customer.get("lastName"), customer.get("email"))


def match_lock(key: str) -> str:
    """The lock that is held while an account is looked for by a match key."""
    return f"match {key}"


def _details(write: Write, name: str, cls: type, details: Any) -> Iterator[tuple[str, Any]]:
    for attribute in cls.__annotations__:
        value, key = getattr(details, attribute), to_camel_case(attribute)
        match value:
            case str():
                yield key, write.optional(value, name, key)
            case Enum():
                yield key, value.name
            case int() if not isinstance(value, bool) and value < 0:
                write.refuse("INVALID", "It is 0 or more.", name, key)
            case _ if key == "birthday":
                yield key, birthday(write, value, name, key)
            case _:
                yield key, value
