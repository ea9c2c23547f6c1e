"""Deals and complaints: leads, opportunities and cases."""

from __future__ import annotations

from typing import Annotated, Any, TypeAlias

import strawberry

from graph.connection import Connection, Page, aggregate_of
from graph.fields import IN, OUT, choice, connected, hop, listed, money, one, prop
from graph.model import Kind, Property
from graph.permissions import Sensitive
from graph.scalars import DateTime
from graph.types.enums import CaseSource, CaseStatus, CloseReason, LeadSource, LeadStatus, OpportunityStatus, Priority
from graph.types.record import Money, Owner, Record
from graph.types.references import (
    AccountRef,
    ActivityRef,
    ChannelRef,
    ContactRef,
    CustomerRef,
    CustomerUserRef,
    LeadRef,
    OpportunityRef,
    OrderRef,
    ProductRef,
    TagRef,
    UserRef,
)

Party: TypeAlias = Annotated[
    CustomerRef | AccountRef, strawberry.union("Party", description="Whom a deal is with: a customer or an account.")
]
Claimant: TypeAlias = Annotated[
    CustomerRef | AccountRef | ContactRef,
    strawberry.union("Claimant", description="Whose a case is: a customer, an account or a contact."),
]


@strawberry.type
class DealContactEdge:
    """A contact of a lead or an opportunity, with what it is there."""

    cursor: str = strawberry.field(description="Opaque place of this contact in the connection's order.")
    node: ContactRef = strawberry.field(description="The contact.")
    role: str | None = strawberry.field(description="Role of the contact in the deal.")
    position: str | None = strawberry.field(description="Position of the contact in the deal.")


@strawberry.type
class DealContactConnection(Page):
    """A page of contacts of a lead or an opportunity."""

    nodes: list[ContactRef] = strawberry.field(description="The contacts of this page, without their edges.")
    edges: list[DealContactEdge] = strawberry.field(description="The contacts of this page with their edges.")
    aggregate: list[Any] = aggregate_of("Contact")


_CONTACT = {"role": Property("role", Kind.STRING), "position": Property("position", Kind.STRING)}


@strawberry.type
class Lead(Record):
    """Somebody who may become a customer."""

    name: str | None = prop("What it is about.", searchable=True)
    first_name: str | None = prop("First name.", searchable=True)
    last_name: str | None = prop("Last name.", searchable=True)
    company_name: str | None = prop("Company.", searchable=True)
    email: str | None = prop("Email address.", searchable=True, sensitive=Sensitive.EMAIL)
    phone: str | None = prop("Phone number.", sensitive=Sensitive.PHONE)
    status: LeadStatus | None = choice("Where it stands.", LeadStatus)
    source: LeadSource | None = choice("Where it came from.", LeadSource)
    received_at: DateTime | None = prop("When it came in.", Kind.DATETIME, dated=True)
    channel: ChannelRef | None = one("Its channel.", "IN_CHANNEL", OUT, "Channel")
    party: Party | None = one("The customer or account that it is of.", "LEAD_OF", OUT, "Party")
    owner: Owner | None = one("Who owns the lead.", "OWNED_BY", OUT, "Owner")
    contacts: DealContactConnection = connected("Its contacts.", hop("HAS_CONTACT", OUT, "Contact"), edge=_CONTACT)
    opportunities: Connection[OpportunityRef] = connected("What became of it.", hop("FROM_LEAD", IN, "Opportunity"))
    activities: Connection[ActivityRef] = connected("Activities regarding it.", hop("REGARDING", IN, "Activity"))
    tags: list[TagRef] = listed("Its tags.", "TAGGED", OUT, "Tag")


@strawberry.type
class Opportunity(Record):
    """A deal in the making."""

    name: str | None = prop("What it is about.", searchable=True)
    status: OpportunityStatus | None = choice("Stage.", OpportunityStatus)
    probability: int | None = prop("Chance in percent.", Kind.INT)
    budget: Money | None = money("What the customer can spend.", sortable=True)
    close_revenue: Money | None = money("What it brought.", copies=("baseRevenue",))
    customer_need: str | None = prop("What the customer needs.")
    proposed_solution: str | None = prop("What we propose.")
    close_reason: CloseReason | None = choice("Why it was closed.", CloseReason)
    opened_at: DateTime | None = prop("When it was opened.", Kind.DATETIME, dated=True)
    closed_at: DateTime | None = prop("When it was closed.", Kind.DATETIME)
    channel: ChannelRef | None = one("Its channel.", "IN_CHANNEL", OUT, "Channel")
    party: Party | None = one("The customer or account that it is of.", "OPPORTUNITY_OF", OUT, "Party")
    lead: LeadRef | None = one("The lead that it came from.", "FROM_LEAD", OUT, "Lead")
    owner: Owner | None = one("Who owns the opportunity.", "OWNED_BY", OUT, "Owner")
    contacts: DealContactConnection = connected("Its contacts.", hop("HAS_CONTACT", OUT, "Contact"), edge=_CONTACT)
    activities: Connection[ActivityRef] = connected("Activities regarding it.", hop("REGARDING", IN, "Activity"))
    tags: list[TagRef] = listed("Its tags.", "TAGGED", OUT, "Tag")


@strawberry.type
class Case(Record):
    """An after-sales request."""

    subject: str | None = prop("What it is about.", searchable=True)
    description: str | None = prop("What happened.")
    resolution: str | None = prop("How it was solved.")
    status: CaseStatus | None = choice("Where it stands.", CaseStatus)
    priority: Priority | None = choice("How urgent it is.", Priority)
    source: CaseSource | None = choice("How it was reported.", CaseSource)
    reported_at: DateTime | None = prop("When it was reported.", Kind.DATETIME, dated=True)
    closed_at: DateTime | None = prop("When it was closed.", Kind.DATETIME)
    channel: ChannelRef | None = one("Its channel.", "IN_CHANNEL", OUT, "Channel")
    claimant: Claimant | None = one("Whose it is.", "CASE_OF", OUT, "Claimant")
    customer_user: CustomerUserRef | None = one(
        "The customer user who reported it.", "OWNED_BY_CUSTOMER_USER", OUT, "CustomerUser"
    )
    order: OrderRef | None = one("The order that it is about.", "ABOUT", OUT, "Order")
    product: ProductRef | None = one("The product that it is about.", "ABOUT", OUT, "Product")
    assigned_to: UserRef | None = one("Who works on it.", "ASSIGNED_TO", OUT, "User")
    owner: Owner | None = one("Who owns the case.", "OWNED_BY", OUT, "Owner")
    activities: Connection[ActivityRef] = connected("Activities regarding it.", hop("REGARDING", IN, "Activity"))
    tags: list[TagRef] = listed("Its tags.", "TAGGED", OUT, "Tag")
