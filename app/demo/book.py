"""The book of one organisation: what the demo writes down, with ids and times that are the same every time."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from app.demo.ledger import Ledger
from app.demo.rows import Rows
from app.organizations import OrganizationRef, slug
from graph.ids import derived_id

FIRST_DAY = dt.datetime(2024, 1, 1, 9, tzinfo=dt.UTC)
LAST_DAY = dt.datetime(2026, 10, 31, 12, tzinfo=dt.UTC)
"""Between these two everything happens; the last one is also the time of the write."""


@dataclass(frozen=True, slots=True)
class Channel:
    """A channel as the demo knows it."""

    id: str
    key: str
    type: str
    rule: str
    active: bool = True

    @property
    def has_carts(self) -> bool:
        """Whether its customers have carts."""
        return self.type in {"WEB", "COMMERCE"}

    @property
    def has_deals(self) -> bool:
        """Whether its customers have leads and opportunities."""
        return self.type in {"B2B", "COMMERCE"}

    @property
    def has_orders(self) -> bool:
        """Whether its customers have orders."""
        return self.type != "CUSTOM"


@dataclass(frozen=True, slots=True)
class Product:
    """A product as the demo knows it."""

    id: str
    name: str
    price: Decimal


@dataclass(frozen=True, slots=True)
class Group:
    """A group of customers and its discount."""

    id: str
    discount: Decimal | None


@dataclass(frozen=True, slots=True)
class Person:
    """A contact or a user of the demo."""

    id: str
    name: str
    email: str


@dataclass(frozen=True, slots=True)
class Buyer:
    """A customer as the demo knows it."""

    id: str
    name: str
    channel: Channel
    account: str
    owner: str
    since: dt.datetime


@dataclass(frozen=True, slots=True)
class Company:
    """What an organisation has before its first customer; `roles` are those of customer users, by name."""

    channels: Mapping[str, Channel]
    products: tuple[Product, ...]
    groups: Mapping[str, Group]
    tags: Mapping[str, str]
    contact_groups: Mapping[str, str]
    users: Mapping[str, Person]
    units: Mapping[str, str]
    roles: Mapping[str, str]


@dataclass(slots=True)
class Book:
    """What is written about one organisation in one transaction."""

    organization: OrganizationRef
    rows: Rows = field(init=False)
    ledger: Ledger = field(init=False, default_factory=Ledger)

    def __post_init__(self) -> None:
        self.rows = Rows(self.organization.id)

    @property
    def currency(self) -> str:
        """The organisation's base currency."""
        return self.organization.currency

    @property
    def key(self) -> str:
        """The organisation's key."""
        return slug(self.organization.name)

    @property
    def domain(self) -> str:
        """The domain of the organisation's email addresses."""
        return f"{self.key}.example"

    def id(self, type_name: str, key: str, at: dt.datetime = FIRST_DAY) -> str:
        """The id of a record by its key, the same every time."""
        return derived_id(at, self.organization.id, type_name, key)

    def record(
        self,
        type_name: str,
        key: str,
        name: str,
        at: dt.datetime = FIRST_DAY,
        /,
        *,
        to: Mapping[str, str | None] | None = None,
        contact: Mapping[str, Any] | None = None,
        **properties: Any,
    ) -> str:
        """Write down a record that shows `name` and was made `at`.

        Returns:
            Its id.
        """
        record_id = self.id(type_name, key, at)
        properties |= {"displayName": name, "createdAt": at, "ownerId": (to or {}).get("owner")}
        self.rows.add(type_name, record_id, properties, to or {}, contact)
        return record_id

    def part(
        self, type_name: str, key: str, at: dt.datetime, to: Mapping[str, str | None], /, **properties: Any
    ) -> str:
        """Write down a part of a whole: an item, an address, an email address.

        Returns:
            Its id.
        """
        part_id = self.id(type_name, key, at)
        self.rows.add(type_name, part_id, {**properties, "createdAt": at}, to)
        return part_id

    def close(self) -> None:
        """Work out the lifetime values of what was written, and their history."""
        for entry in self.ledger.history():
            self.part(
                *("LifetimeValue", f"{entry.account}/{entry.channel}/{entry.at.isoformat()}", entry.at),
                {"account": entry.account, "channel": entry.channel},
                value=entry.value,
                at=entry.at,
                channelId=entry.channel,
            )


def day(text: str, hour: int = 10, minute: int = 0) -> dt.datetime:
    """A moment of the demo, such as `2025-03-14`."""
    return dt.datetime.fromisoformat(text).replace(hour=hour, minute=minute, tzinfo=dt.UTC)


def dice(*key: object) -> random.Random:
    """Chance that is the same for the same key."""
    return random.Random("/".join(map(str, key)))  # noqa: S311 - made-up data, no secret


def moment(chance: random.Random, earliest: dt.datetime, latest: dt.datetime = LAST_DAY) -> dt.datetime:
    """Any full second between two moments."""
    seconds = max(0, int((latest - earliest).total_seconds()))
    return earliest + dt.timedelta(seconds=chance.randint(0, seconds))


def happens(chance: random.Random, share: float) -> bool:
    """Whether something happens that does in this share of all cases."""
    return chance.random() < share
