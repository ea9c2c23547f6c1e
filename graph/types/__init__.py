"""The hand-written types: each carries its mapping to the graph in the metadata of its fields."""

from __future__ import annotations

from dataclasses import dataclass

from graph import scope
from graph.scope import Scope
from graph.types.account import Account, LifetimeValue
from graph.types.activity import Call, Email, Event, Note, Task
from graph.types.channel import Channel, ChannelType
from graph.types.contact import Contact, ContactEmail, ContactGroup, ContactPhone, ContactSocial
from graph.types.customer import BusinessDetails, Customer, CustomerGroup, PersonDetails
from graph.types.customer_user import CustomerUser, CustomerUserRole
from graph.types.order import Cart, CartItem, Order, OrderItem, Product
from graph.types.organization import BusinessUnit, Organization, Role, User
from graph.types.place import Address, Tag
from graph.types.sales import Case, Lead, Opportunity

__all__ = ["ABSTRACT", "EMBEDDED", "RECORDS", "Entry"]


@dataclass(frozen=True, slots=True)
class Entry:
    """A type of the model: whose its records are, and the keys, beside its id, that are unique in an organisation.

    A part has no scope: `part_of` names the types that it is part of, of whose records it takes the access.
    """

    cls: type
    scope: Scope | None = None
    unique: tuple[tuple[str, ...], ...] = ()
    part_of: tuple[str, ...] = ()


RECORDS: tuple[Entry, ...] = (
    Entry(Organization, scope.OF_ORGANIZATION),
    Entry(BusinessUnit, scope.OF_ORGANIZATION),
    Entry(User, scope.OF_ORGANIZATION, unique=(("username",),)),
    Entry(Role, scope.OF_ORGANIZATION, unique=(("name",),)),
    Entry(ChannelType, scope.OF_ORGANIZATION, unique=(("name",),)),
    Entry(Channel, scope.CHANNEL, unique=(("key",),)),
    Entry(CustomerGroup, scope.CUSTOMER_GROUP, unique=(("key",),)),
    Entry(Customer, scope.CUSTOMER, unique=(("channelId", "originId"),)),
    Entry(CustomerUser, scope.CUSTOMER_USER, unique=(("emailKey",),)),
    Entry(CustomerUserRole, scope.CUSTOMER_USER_ROLE),
    Entry(Account, scope.OWNED),
    Entry(Contact, scope.CONTACT),
    Entry(ContactGroup, scope.OF_ORGANIZATION, unique=(("label",),)),
    Entry(ContactEmail, part_of=("Contact",)),
    Entry(ContactPhone, part_of=("Contact",)),
    Entry(ContactSocial, part_of=("Contact",)),
    Entry(Address, part_of=("Contact", "Customer", "CustomerUser", "Order")),
    Entry(Product, scope.PRODUCT, unique=(("sku",),)),
    Entry(Order, scope.ORDER, unique=(("channelId", "originId"), ("channelId", "number"))),
    Entry(OrderItem, part_of=("Order",)),
    Entry(Cart, scope.CART, unique=(("channelId", "originId"),)),
    Entry(CartItem, part_of=("Cart",)),
    Entry(Lead, scope.OWNED, unique=(("channelId", "originId"),)),
    Entry(Opportunity, scope.OWNED, unique=(("channelId", "originId"),)),
    Entry(Case, scope.CASE, unique=(("channelId", "originId"),)),
    Entry(Call, scope.OWNED),
    Entry(Email, scope.OWNED),
    Entry(Task, scope.OWNED),
    Entry(Note, scope.OWNED),
    Entry(Event, scope.OWNED),
    Entry(Tag, scope.OF_ORGANIZATION, unique=(("name",),)),
    Entry(LifetimeValue, part_of=("Account",)),
)

EMBEDDED: tuple[type, ...] = (PersonDetails, BusinessDetails)

ABSTRACT: dict[str, tuple[str, ...]] = {
    "Owner": ("User", "BusinessUnit"),
    "Party": ("Customer", "Account"),
    "Claimant": ("Customer", "Account", "Contact"),
    "Dated": ("Order", "Cart", "Lead", "Opportunity", "Case", "Call", "Email", "Task", "Note", "Event"),
}
"""Unions, and the `Dated` records of timelines, by member; interfaces follow from the classes."""
