"""Customers: the record of a buyer in one channel, in a tree of parents and children."""

from __future__ import annotations

from typing import Any

import strawberry

from graph.connection import Connection, Page, aggregate_of
from graph.fields import IN, OUT, choice, connected, embedded, hop, listed, money, one, prop, timeline, tree
from graph.model import Kind, Property
from graph.permissions import Sensitive
from graph.scalars import Date, DateTime, Decimal
from graph.types.enums import AffiliationKind, CustomerStatus, Gender, PartyKind
from graph.types.record import Money, Owner, Record
from graph.types.references import (
    AccountRef,
    ActivityRef,
    AddressRef,
    CartRef,
    CaseRef,
    ChannelRef,
    ContactRef,
    CustomerGroupRef,
    CustomerRef,
    CustomerUserRef,
    LeadRef,
    OpportunityRef,
    OrderRef,
    ProductRef,
    TagRef,
    UserRef,
)
from graph.types.timeline import TimelineConnection


@strawberry.type
class PersonDetails:
    """What a customer who is a person has."""

    first_name: str | None = prop("First name.", searchable=True)
    last_name: str | None = prop("Last name.", searchable=True)
    birthday: Date | None = prop("Date of birth.", Kind.DATE, sensitive=Sensitive.BIRTHDAY)
    gender: Gender | None = choice("Gender.", Gender)
    is_guest: bool | None = prop("Whether the person bought without signing up.", Kind.BOOLEAN)


@strawberry.type
class BusinessDetails:
    """What a customer that is a business has."""

    vat_id: str | None = prop("VAT id.")
    tax_code: str | None = prop("Tax code; falls back to the group's.")
    payment_term: str | None = prop("Payment term; falls back to the group's.")
    price_list: str | None = prop("Price list; falls back to the group's.")
    internal_rating: str | None = prop("Internal rating.")
    employees: int | None = prop("How many people work there.", Kind.INT)


@strawberry.type
class CustomerGroup(Record):
    """A group of customers with the same terms, independent of the tree."""

    name: str | None = prop("Name of the group.", searchable=True)
    tax_code: str | None = prop("Tax code.")
    payment_term: str | None = prop("Payment term.")
    price_list: str | None = prop("Price list.")
    discount_percent: Decimal | None = prop("Discount in percent.", Kind.DECIMAL)
    location: str | None = prop("Location.")
    customers: Connection[CustomerRef] = connected("Its customers.", hop("MEMBER_OF", IN, "Customer"))


@strawberry.type
class DescendantEdge:
    """A customer below another one in the tree, with its place there."""

    cursor: str = strawberry.field(description="Opaque place of this customer in the connection's order.")
    node: CustomerRef = strawberry.field(description="The customer.")
    depth: int = strawberry.field(description="How many steps below the customer that was asked; 1 for a child.")
    parent_id: strawberry.ID = strawberry.field(description="Id of its parent.")


@strawberry.type
class DescendantConnection(Page):
    """A page of a customer's descendants, by depth, then id."""

    nodes: list[CustomerRef] = strawberry.field(description="The customers of this page, without their edges.")
    edges: list[DescendantEdge] = strawberry.field(description="The customers of this page with their edges.")
    aggregate: list[Any] = aggregate_of("Customer")


@strawberry.type
class AffiliationEdge:
    """A customer affiliated with another one."""

    cursor: str = strawberry.field(description="Opaque place of this customer in the connection's order.")
    node: CustomerRef = strawberry.field(description="The affiliated customer.")
    kind: AffiliationKind | None = strawberry.field(description="What the affiliation says.")


@strawberry.type
class AffiliationConnection(Page):
    """A page of affiliations."""

    nodes: list[CustomerRef] = strawberry.field(description="The customers of this page, without their edges.")
    edges: list[AffiliationEdge] = strawberry.field(description="The customers of this page with their edges.")
    aggregate: list[Any] = aggregate_of("Customer")


@strawberry.type
class CustomerContactEdge:
    """A contact of a customer, with what it is there."""

    cursor: str = strawberry.field(description="Opaque place of this contact in the connection's order.")
    node: ContactRef = strawberry.field(description="The contact.")
    role: str | None = strawberry.field(description="Role of the contact at the customer.")
    position: str | None = strawberry.field(description="Position of the contact at the customer.")


@strawberry.type
class CustomerContactConnection(Page):
    """A page of contacts of a customer."""

    nodes: list[ContactRef] = strawberry.field(description="The contacts of this page, without their edges.")
    edges: list[CustomerContactEdge] = strawberry.field(description="The contacts of this page with their edges.")
    aggregate: list[Any] = aggregate_of("Contact")


@strawberry.type
class ViewedProductEdge:
    """A product that a customer looked at."""

    cursor: str = strawberry.field(description="Opaque place of this product in the connection's order.")
    node: ProductRef = strawberry.field(description="The product.")
    at: DateTime | None = strawberry.field(description="When the customer last looked at it.")
    times: int | None = strawberry.field(description="How often the customer looked at it.")


@strawberry.type
class ViewedProductConnection(Page):
    """A page of products that a customer looked at."""

    nodes: list[ProductRef] = strawberry.field(description="The products of this page, without their edges.")
    edges: list[ViewedProductEdge] = strawberry.field(description="The products of this page with their edges.")
    aggregate: list[Any] = aggregate_of("Product")


_AFFILIATION = {"kind": Property("kind", Kind.ENUM, enum=AffiliationKind)}


@strawberry.type
class Customer(Record):
    """The record of a buyer in one channel."""

    name: str | None = prop("Name as the channel knows it.", searchable=True)
    kind: PartyKind | None = choice("Person or business.", PartyKind)
    origin_id: str | None = prop("Its key in the source, unique per channel.", searchable=True)
    email: str | None = prop("Email address.", searchable=True, sensitive=Sensitive.EMAIL, copies=("matchKey",))
    phone: str | None = prop("Phone number.", searchable=True, sensitive=Sensitive.PHONE)
    website: str | None = prop("Website.")
    status: CustomerStatus | None = choice("Where it stands.", CustomerStatus)
    person: PersonDetails | None = embedded(
        "What it has as a person; null for a business.", "PersonDetails", when="kind", value="PERSON"
    )
    business: BusinessDetails | None = embedded(
        "What it has as a business; null for a person.", "BusinessDetails", when="kind", value="BUSINESS"
    )
    channel: ChannelRef | None = one("The channel that it is a customer of.", "IN_CHANNEL", OUT, "Channel")
    account: AccountRef | None = one("The account that it belongs to, exactly one.", "BELONGS_TO", OUT, "Account")
    group: CustomerGroupRef | None = one("Its group.", "MEMBER_OF", OUT, "CustomerGroup")
    owner: Owner | None = one("Who owns the customer.", "OWNED_BY", OUT, "Owner")
    sales_representatives: list[UserRef] = listed(
        "The members of staff who sell to it.", "HAS_SALES_REPRESENTATIVE", OUT, "User"
    )
    lifetime_value: Money | None = money(
        "What it brought by the rule of its channel, in the base currency.", currency=None, sortable=True
    )
    parent: CustomerRef | None = one("Its parent in the tree.", "CHILD_OF", OUT, "Customer")
    children: Connection[CustomerRef] = connected("Its children in the tree.", hop("CHILD_OF", IN, "Customer"))
    siblings: Connection[CustomerRef] = connected(
        "The other children of its parent.", hop("CHILD_OF", OUT, "Customer"), hop("CHILD_OF", IN, "Customer")
    )
    ancestors: list[CustomerRef] = tree("The way up, nearest first, visible root last.", "ancestors")
    root: CustomerRef | None = tree("The top of its visible tree; itself when it has no visible parent.", "root")
    depth: int | None = tree("Steps below the visible root; 0 for a root.", "depth")
    descendants: DescendantConnection = tree(
        "All customers below it, by depth, then id, unless `orderBy` is given.", "descendants"
    )
    descendant_count: int | None = tree("How many customers are below it.", "descendantCount")
    subtree_lifetime_value: Money | None = tree(
        "Sum of the lifetime values of itself and all below it.", "subtreeLifetimeValue", sensitive=Sensitive.MONEY
    )
    affiliations: AffiliationConnection = connected(
        "What the strict tree can't hold: further parents, clients, partners.",
        hop("AFFILIATED_WITH", OUT, "Customer"),
        edge=_AFFILIATION,
    )
    affiliated_by: AffiliationConnection = connected(
        "Customers that name this one in an affiliation.", hop("AFFILIATED_WITH", IN, "Customer"), edge=_AFFILIATION
    )
    successors: Connection[CustomerRef] = connected("Who took its place.", hop("SUCCEEDED_BY", OUT, "Customer"))
    predecessors: Connection[CustomerRef] = connected("Whose place it took.", hop("SUCCEEDED_BY", IN, "Customer"))
    contacts: CustomerContactConnection = connected(
        "Its contacts.",
        hop("HAS_CONTACT", OUT, "Contact"),
        edge={"role": Property("role", Kind.STRING), "position": Property("position", Kind.STRING)},
    )
    users: Connection[CustomerUserRef] = connected("Its customer users.", hop("USER_OF", IN, "CustomerUser"))
    addresses: list[AddressRef] | None = listed(
        "Its addresses.", "HAS_ADDRESS", OUT, "Address", sensitive=Sensitive.ADDRESS
    )
    orders: Connection[OrderRef] = connected("Its orders.", hop("PLACED", OUT, "Order"))
    carts: Connection[CartRef] = connected("Its carts.", hop("HAS_CART", OUT, "Cart"))
    leads: Connection[LeadRef] = connected("Its leads.", hop("LEAD_OF", IN, "Lead"))
    opportunities: Connection[OpportunityRef] = connected(
        "Its opportunities.", hop("OPPORTUNITY_OF", IN, "Opportunity")
    )
    cases: Connection[CaseRef] = connected("Its cases.", hop("CASE_OF", IN, "Case"))
    activities: Connection[ActivityRef] = connected("Activities regarding it.", hop("REGARDING", IN, "Activity"))
    timeline: TimelineConnection = timeline(
        "Everything dated, newest first.",
        direct=(
            (hop("REGARDING|LEAD_OF|OPPORTUNITY_OF|CASE_OF", IN, "Dated"),),
            (hop("PLACED|HAS_CART", OUT, "Dated"),),
        ),
        related=((hop("HAS_CONTACT", OUT, "Contact"), hop("REGARDING|CASE_OF", IN, "Dated")),),
    )
    viewed_products: ViewedProductConnection = connected(
        "Products that it looked at.",
        hop("VIEWED", OUT, "Product"),
        edge={"at": Property("at", Kind.DATETIME), "times": Property("times", Kind.INT)},
    )
    tags: list[TagRef] = listed("Its tags.", "TAGGED", OUT, "Tag")
