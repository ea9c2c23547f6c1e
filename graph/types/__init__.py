"""The hand-written types: each carries its mapping to the graph in the metadata of its fields."""

from __future__ import annotations

from dataclasses import dataclass

from graph.types.account import Account, LifetimeValue
from graph.types.activity import Call, Email, Event, Note, Task
from graph.types.channel import Channel, ChannelType
from graph.types.contact import Contact, ContactEmail, ContactGroup, ContactPhone
from graph.types.customer import BusinessDetails, Customer, CustomerGroup, PersonDetails
from graph.types.customer_user import CustomerUser, CustomerUserRole
from graph.types.order import Cart, CartItem, Order, OrderItem, Product
from graph.types.organization import BusinessUnit, Organization, User
from graph.types.place import Address, Tag
from graph.types.sales import Case, Lead, Opportunity

__all__ = ["ABSTRACT", "EMBEDDED", "RECORDS", "Entry"]


@dataclass(frozen=True, slots=True)
class Entry:
    """A type of the model and the keys, beside its id, that are unique within an organisation."""

    cls: type
    unique: tuple[tuple[str, ...], ...] = ()


RECORDS: tuple[Entry, ...] = (
    Entry(Organization),
    Entry(BusinessUnit),
    Entry(User, unique=(("username",),)),
    Entry(ChannelType, unique=(("name",),)),
    Entry(Channel, unique=(("key",),)),
    Entry(CustomerGroup, unique=(("key",),)),
    Entry(Customer, unique=(("channelId", "originId"),)),
    Entry(CustomerUser, unique=(("emailKey",),)),
    Entry(CustomerUserRole),
    Entry(Account),
    Entry(Contact),
    Entry(ContactGroup, unique=(("label",),)),
    Entry(ContactEmail),
    Entry(ContactPhone),
    Entry(Address),
    Entry(Product, unique=(("sku",),)),
    Entry(Order, unique=(("channelId", "originId"), ("channelId", "number"))),
    Entry(OrderItem),
    Entry(Cart, unique=(("channelId", "originId"),)),
    Entry(CartItem),
    Entry(Lead, unique=(("channelId", "originId"),)),
    Entry(Opportunity, unique=(("channelId", "originId"),)),
    Entry(Case, unique=(("channelId", "originId"),)),
    Entry(Call),
    Entry(Email),
    Entry(Task),
    Entry(Note),
    Entry(Event),
    Entry(Tag, unique=(("name",),)),
    Entry(LifetimeValue),
)

EMBEDDED: tuple[type, ...] = (PersonDetails, BusinessDetails)

ABSTRACT: dict[str, tuple[str, ...]] = {
    "Owner": ("User", "BusinessUnit"),
    "Party": ("Customer", "Account"),
    "Claimant": ("Customer", "Account", "Contact"),
    "Dated": ("Order", "Cart", "Lead", "Opportunity", "Case", "Call", "Email", "Task", "Note", "Event"),
}
"""Unions, and the `Dated` records of timelines, by member; interfaces follow from the classes."""
