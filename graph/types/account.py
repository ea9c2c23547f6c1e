"""Accounts: the whole relationship with a party, across channels."""

from __future__ import annotations

from typing import Any

import strawberry

from graph.connection import Connection, Page, aggregate_of
from graph.fields import IN, OUT, choice, connected, hop, listed, money, one, prop, sections, timeline, total
from graph.model import Kind, Property
from graph.permissions import Sensitive
from graph.scalars import DateTime
from graph.types.enums import PartyKind
from graph.types.record import Money, Node, Owner, Record
from graph.types.references import (
    AccountRef,
    ActivityRef,
    CartRef,
    CaseRef,
    ChannelRef,
    ContactRef,
    CustomerRef,
    LeadRef,
    LifetimeValueRef,
    OpportunityRef,
    OrderRef,
    TagRef,
)
from graph.types.timeline import TimelineConnection


@strawberry.type
class AccountContactEdge:
    """A contact of an account, with what it is there."""

    cursor: str = strawberry.field(description="Opaque place of this contact in the connection's order.")
    node: ContactRef = strawberry.field(description="The contact.")
    role: str | None = strawberry.field(description="Role of the contact at the account.")
    position: str | None = strawberry.field(description="Position of the contact at the account.")
    is_default: bool | None = strawberry.field(description="Whether it is the account's default contact.")


@strawberry.type
class AccountContactConnection(Page):
    """A page of contacts of an account."""

    nodes: list[ContactRef] = strawberry.field(description="The contacts of this page, without their edges.")
    edges: list[AccountContactEdge] = strawberry.field(description="The contacts of this page with their edges.")
    aggregate: list[Any] = aggregate_of("Contact")


@strawberry.type
class ChannelSection:
    """One section of a 360 view: what an account is in one channel."""

    channel: ChannelRef | None = strawberry.field(description="The channel.")
    lifetime_value: Money | None = strawberry.field(
        description="Sum of the lifetime values of the account's visible customers in the channel."
    )
    customers: Connection[CustomerRef] = connected(
        "The account's customers in the channel.", hop("BELONGS_TO", IN, "Customer")
    )


@strawberry.type
class LifetimeValue(Node):
    """One entry in the history of lifetime values: what an account was worth in a channel from a moment on."""

    at: DateTime | None = prop("From when on the value held: the newest order or deal counted in it.", Kind.DATETIME)
    value: Money | None = money("The account's value in the channel.", currency=None)
    channel: ChannelRef | None = one("The channel.", "IN_CHANNEL", OUT, "Channel")


_OF_CUSTOMERS = hop("BELONGS_TO", IN, "Customer")
_OWN_OR_CUSTOMERS = hop("BELONGS_TO", IN, "Customer", optional=True)


@strawberry.type
class Account(Record):
    """The whole relationship with a person, a household or a company, across channels."""

    name: str | None = prop("Name of the account.", searchable=True)
    kind: PartyKind | None = choice("What kind of party it is.", PartyKind)
    description: str | None = prop("Free text.")
    owner: Owner | None = one("Who owns the account.", "OWNED_BY", OUT, "Owner")
    lifetime_value: Money | None = total(
        "Sum over its visible customers, and its direct part.", "account.lifetimeValue", "Customer", "Opportunity"
    )
    direct_lifetime_value: Money | None = total(
        "Close revenue of won opportunities attached to the account itself.",
        "account.directLifetimeValue",
        "Opportunity",
    )
    channel_sections: list[ChannelSection] = sections(
        "The 360 view: one section for each channel of the given status in which the account has a customer."
    )
    customers: Connection[CustomerRef] = connected("Its customers in all channels.", _OF_CUSTOMERS)
    contacts: AccountContactConnection = connected(
        "Its contacts.",
        hop("HAS_CONTACT", OUT, "Contact"),
        edge={
            "role": Property("role", Kind.STRING),
            "position": Property("position", Kind.STRING),
            "isDefault": Property("isDefault", Kind.BOOLEAN),
        },
    )
    default_contact: ContactRef | None = one("Its default contact.", "HAS_DEFAULT_CONTACT", OUT, "Contact")
    lifetime_history: Connection[LifetimeValueRef] = connected(
        "How its value grew, per channel.",
        hop("VALUE_OF", IN, "LifetimeValue"),
        sensitive=Sensitive.MONEY,
        sources=("Customer", "Opportunity"),
    )
    leads: Connection[LeadRef] = connected(
        "Leads of its own and of its customers.", _OWN_OR_CUSTOMERS, hop("LEAD_OF", IN, "Lead")
    )
    opportunities: Connection[OpportunityRef] = connected(
        "Opportunities of its own and of its customers.", _OWN_OR_CUSTOMERS, hop("OPPORTUNITY_OF", IN, "Opportunity")
    )
    orders: Connection[OrderRef] = connected("Orders of its customers.", _OF_CUSTOMERS, hop("PLACED", OUT, "Order"))
    carts: Connection[CartRef] = connected("Carts of its customers.", _OF_CUSTOMERS, hop("HAS_CART", OUT, "Cart"))
    cases: Connection[CaseRef] = connected(
        "Cases of its own and of its customers.", _OWN_OR_CUSTOMERS, hop("CASE_OF", IN, "Case"), distinct=True
    )
    activities: Connection[ActivityRef] = connected(
        "Activities regarding the account itself.", hop("REGARDING", IN, "Activity")
    )
    timeline: TimelineConnection = timeline(
        "Everything dated, newest first.",
        direct=((hop("REGARDING|LEAD_OF|OPPORTUNITY_OF|CASE_OF", IN, "Dated"),),),
        related=(
            (_OF_CUSTOMERS, hop("REGARDING|LEAD_OF|OPPORTUNITY_OF|CASE_OF", IN, "Dated")),
            (_OF_CUSTOMERS, hop("PLACED|HAS_CART", OUT, "Dated")),
            (hop("HAS_CONTACT", OUT, "Contact"), hop("REGARDING|CASE_OF", IN, "Dated")),
        ),
    )
    referred_by: AccountRef | None = one("The account that referred this one.", "REFERRED_BY", OUT, "Account")
    tags: list[TagRef] = listed("Its tags.", "TAGGED", OUT, "Tag")
