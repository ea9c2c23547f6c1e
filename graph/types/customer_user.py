"""Customer users: people of a customer who sign in, and their roles."""

from __future__ import annotations

import strawberry

from graph.connection import Connection
from graph.fields import IN, OUT, connected, hop, listed, one, prop
from graph.model import Kind
from graph.permissions import Sensitive
from graph.types.record import Record
from graph.types.references import (
    AddressRef,
    CartRef,
    CaseRef,
    ContactRef,
    CustomerRef,
    CustomerUserRef,
    CustomerUserRoleRef,
    OrderRef,
)


@strawberry.type
class CustomerUserRole(Record):
    """A role of customer users: predefined, or of one customer."""

    name: str | None = prop("Name of the role.")
    self_managed: bool | None = prop("Whether the customer's administrators manage it.", Kind.BOOLEAN)
    is_public: bool | None = prop("Whether customers see it.", Kind.BOOLEAN)
    permissions: list[str] = prop("Its permissions: entity, action and level, such as `Order VIEW USER`.", Kind.STRINGS)
    hidden_fields: list[str] = prop("What it hides: entity and fields, such as `Contact EMAIL`.", Kind.STRINGS)
    customer: CustomerRef | None = one("The customer whose own role it is.", "ROLE_OF", OUT, "Customer")
    users: Connection[CustomerUserRef] = connected("Who holds it.", hop("HAS_ROLE", IN, "CustomerUser"))


@strawberry.type
class CustomerUser(Record):
    """A person of a customer who signs in."""

    first_name: str | None = prop("First name.", searchable=True)
    last_name: str | None = prop("Last name.", searchable=True)
    email: str | None = prop(
        "Email address, unique among those who are no guests.",
        searchable=True,
        sensitive=Sensitive.EMAIL,
        copies=("emailKey",),
    )
    enabled: bool | None = prop("Whether the user may sign in.", Kind.BOOLEAN)
    is_guest: bool | None = prop("Whether it is a guest.", Kind.BOOLEAN)
    customer: CustomerRef | None = one("The customer it belongs to.", "USER_OF", OUT, "Customer")
    roles: list[CustomerUserRoleRef] = listed("Its roles.", "HAS_ROLE", OUT, "CustomerUserRole")
    contact: ContactRef | None = one("The contact who is the same person.", "SAME_PERSON_AS", OUT, "Contact")
    addresses: list[AddressRef] | None = listed(
        "Addresses.", "HAS_ADDRESS", OUT, "Address", sensitive=Sensitive.ADDRESS
    )
    orders: Connection[OrderRef] = connected("Orders it placed.", hop("OWNED_BY_CUSTOMER_USER", IN, "Order"))
    carts: Connection[CartRef] = connected("Carts it filled.", hop("OWNED_BY_CUSTOMER_USER", IN, "Cart"))
    cases: Connection[CaseRef] = connected("Cases it reported.", hop("OWNED_BY_CUSTOMER_USER", IN, "Case"))
