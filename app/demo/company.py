"""Writes down what an organisation has before its first customer: channels, staff, groups, tags, products."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from app.demo.book import Book, Channel, Company, Group, Person, Product
from app.organizations import channel_type_id, contact_group_id, default_roles, role_id
from graph.default_channel_types import CHANNEL_TYPES, CONTACT_GROUPS


@dataclass(frozen=True, slots=True)
class ChannelPlan:
    """A channel to be: key, name, type, source, the key of the unit that owns what comes in, what its customer is."""

    key: str
    name: str
    type: str
    source: str
    owner: str
    identity: str = ""
    active: bool = True


@dataclass(frozen=True, slots=True)
class UserPlan:
    """A member of staff to be; unit, role and manager by their keys."""

    key: str
    name: str
    title: str
    unit: str
    role: str
    manager: str | None = None


@dataclass(frozen=True, slots=True)
class GroupPlan:
    """A group of customers to be."""

    key: str
    name: str
    discount: str | None = None
    payment_term: str | None = None
    price_list: str | None = None
    location: str | None = None


@dataclass(frozen=True, slots=True)
class Blueprint:
    """Everything of an organisation that its customers need.

    `units` are key, name and key of the parent; `products` are name, category and price; parents come first.
    """

    channels: tuple[ChannelPlan, ...]
    units: tuple[tuple[str, str, str | None], ...]
    users: tuple[UserPlan, ...]
    groups: tuple[GroupPlan, ...]
    tags: tuple[str, ...]
    products: tuple[tuple[str, str, str], ...]


def found_company(book: Book, plan: Blueprint) -> Company:
    """Write down the organisation of a blueprint; the same blueprint gives the same ids."""
    units = _units(book, plan)
    return Company(
        channels=_channels(book, plan, units),
        products=tuple(_product(book, place, *entry) for place, entry in enumerate(plan.products, start=1)),
        groups={group.key: _group(book, group) for group in plan.groups},
        tags={name: book.record("Tag", name, name, name=name) for name in plan.tags},
        contact_groups={label: contact_group_id(book.organization.id, label) for label in CONTACT_GROUPS},
        users=_users(book, plan, units),
        units=units,
        roles={role.role.name: role.id for role in default_roles(book.key)[1]},
    )


def _channels(book: Book, plan: Blueprint, units: Mapping[str, str]) -> dict[str, Channel]:
    found = {}
    for channel in plan.channels:
        defaults = CHANNEL_TYPES[channel.type]
        identity = channel.identity or defaults.customer_identity
        channel_id = book.record(
            *("Channel", channel.key, channel.name),
            to={"type": channel_type_id(book.organization.id, channel.type), "defaultOwner": units[channel.owner]},
            key=channel.key,
            name=channel.name,
            source=channel.source,
            accountPolicy="CREATE",
            status="ACTIVE" if channel.active else "INACTIVE",
            lifetimeRule=defaults.lifetime_rule,
            customerIdentity=identity,
            entities=[identity, *defaults.beside],
        )
        found[channel.key] = Channel(channel_id, channel.key, channel.type, defaults.lifetime_rule, channel.active)
    return found


def _units(book: Book, plan: Blueprint) -> dict[str, str]:
    found: dict[str, str] = {}
    for key, name, parent in plan.units:
        above = {"parent": found[parent] if parent else None}
        found[key] = book.record("BusinessUnit", key, name, to=above, name=name)
    return found


def _users(book: Book, plan: Blueprint, units: Mapping[str, str]) -> dict[str, Person]:
    found: dict[str, Person] = {}
    for place, user in enumerate(plan.users, start=1):
        first, _, last = user.name.partition(" ")
        address = f"{first}.{last}@{book.domain}".casefold()
        user_id = book.record(
            *("User", user.key, user.name),
            to={
                "unit": units[user.unit],
                "manager": found[user.manager].id if user.manager else None,
                "role": role_id("Role", book.key, user.role),
            },
            username=address,
            email=address,
            firstName=first,
            lastName=last,
            title=user.title,
            phone=f"+1 617 555 {100 + place:04d}",
        )
        found[user.key] = Person(user_id, user.name, address)
    return found


def _group(book: Book, group: GroupPlan) -> Group:
    group_id = book.record(
        *("CustomerGroup", group.key, group.name),
        key=group.key,
        name=group.name,
        discountPercent=group.discount,
        location=group.location,
        paymentTerm=group.payment_term,
        priceList=group.price_list,
        taxCode="US-STD",
    )
    return Group(group_id, Decimal(group.discount) if group.discount else None)


def _product(book: Book, place: int, name: str, category: str, price: str) -> Product:
    product = book.record(
        *("Product", name, name),
        sku=f"{category[:3].upper()}-{place:03d}",
        name=name,
        category=category,
        unitPrice=price,
        currency=book.currency,
        discontinued=place % 17 == 0,
    )
    return Product(product, name, Decimal(price))
