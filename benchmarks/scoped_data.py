"""An organisation to measure access on: units of 50 and of 1,000 people, companies of 1,000 customers.

The customers of a company and everything around them are owned by people of one unit: the small one, the large one or a
third. So a viewer of a unit sees all of such a customer and of such a tree, and answers compare.
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from app.organizations import ensure_organization
from app.progress import progress
from cypher.loading import Link, link_records, load_records
from cypher.printer import Statement
from cypher.viewers import staff_viewer
from graph.database import Database
from graph.ids import derived_id
from graph.model import Direction
from graph.permissions import Role
from graph.registry import load_model

NAME, CURRENCY = "Scoped Bench", "USD"
SMALL, LARGE, OTHERS = 50, 1_000, 950
COMPANIES = ("small", "large", "small", "large", "others")
"""Which unit owns a company, in turns."""
COMPANY = 1_000
FAN_OUT = 6
ORDERS = 4
BATCH = 2_000
BEGINNING = dt.datetime(2024, 1, 1, tzinfo=dt.UTC)
SEES = ("Customer", "Order", "Account", "Contact", "Channel", "Product", "CustomerUser", "Opportunity", "CustomerGroup")


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody to ask as: the kind of identity and its name, and customers of which they see everything."""

    title: str
    kind: Literal["staff", "customer"]
    name: str
    customers: tuple[str, ...]
    top: str


@dataclass(frozen=True, slots=True)
class Scoped:
    """The organisation's key, its administrator, and those whose sight is narrower."""

    administrator: str
    people: tuple[Person, ...]


@dataclass(slots=True)
class _Book:
    """Rows to load: records by type, links by source, type and target."""

    organization_id: str
    records: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    links: dict[tuple[str, str, str], list[dict[str, Any]]] = field(default_factory=dict)

    def uuid(self, *key: str) -> str:
        return derived_id(BEGINNING, self.organization_id, *key)

    def record(self, type_name: str, key: str, /, **properties: Any) -> str:
        uuid = self.uuid(type_name, key)
        shown = {"displayName": properties.get("name", key), **properties}
        self.records.setdefault(type_name, []).append({"key": {"id": uuid}, "id": uuid, "set": shown, "digest": "1"})
        return uuid

    def link(self, source: tuple[str, str], kind: str, target: tuple[str, str]) -> None:
        row = {"key": {"id": source[1]}, "to": {"target": {"id": target[1]}}}
        self.links.setdefault((source[0], kind, target[0]), []).append(row)

    def statements(self) -> Iterator[Statement]:
        """Records first, then what links them, in batches."""
        model = load_model()
        for type_name, rows in self.records.items():
            for some in _batches(rows):
                yield load_records(
                    model.records[type_name], ("id",), some, organization_id=self.organization_id, now=BEGINNING
                )
        for (source, kind, target), rows in self.links.items():
            link = Link("target", kind, Direction.OUT, target, ("id",))
            for some in _batches(rows):
                yield link_records(link, source, ("id",), some, organization_id=self.organization_id)


def _batches(rows: Sequence[dict[str, Any]]) -> Iterator[Sequence[dict[str, Any]]]:
    for start in range(0, len(rows), BATCH):
        yield rows[start : start + BATCH]


async def load_scoped(database: Database, customers: int) -> Scoped:
    """Load the organisation unless it is there, and choose whom to ask as."""
    organization = await ensure_organization(database, NAME, CURRENCY, now=BEGINNING)
    book = _Book(organization.id)
    people = _people(book)
    owned = _customers(book, people, customers)
    statements = list(book.statements())
    # Links come last, the one of the role at the end: when somebody holds it, all of the data is there.
    (found,) = await database.read([staff_viewer(f"large-{LARGE - 1}@{organization.id}")])
    if not found or not found[0][6]:
        with progress("Loading an organisation of units and companies", total=len(statements)) as shown:
            for statement in statements:
                await database.write([statement])
                shown.advance()
    return Scoped("admin@scoped-bench.example", _asked(book, owned))


def _people(book: _Book) -> Mapping[str, list[str]]:
    """Units, their people, and the roles that let them see: UNIT for staff, CORPORATE for customers."""
    levels = {(entity, "VIEW"): "UNIT" for entity in SEES}
    unit = Role(
        "Unit", levels | {(entity, "VIEW"): "ORGANIZATION" for entity in ("Channel", "Product", "CustomerGroup")}
    )
    sees = book.record("Role", "unit", name=unit.name, permissions=unit.stored_permissions())
    found: dict[str, list[str]] = {}
    for name, size in (("small", SMALL), ("large", LARGE), ("others", OTHERS)):
        place = book.record("BusinessUnit", name, name=name)
        found[name] = []
        for number in range(size):
            username = f"{name}-{number}@{book.organization_id}"
            user = book.record("User", username, username=username, name=username)
            book.link(("User", user), "MEMBER_OF_UNIT", ("BusinessUnit", place))
            found[name].append(user)
        book.link(("User", found[name][-1]), "HAS_ROLE", ("Role", sees))
    return found


def _customers(book: _Book, people: Mapping[str, list[str]], customers: int) -> Mapping[str, list[str]]:
    """Companies of customers in trees with accounts, orders, items, contacts; by unit the customers of its people."""
    chance = random.Random(360)  # noqa: S311 - a fixed choice, no secret
    channel = book.record("Channel", "shop", name="Shop", status="ACTIVE", key="shop")
    products = [book.record("Product", f"p{n}", name=f"Product {n}", sku=f"P{n}") for n in range(50)]
    found: dict[str, list[str]] = {name: [] for name in people}
    for number in range(customers):
        company, place = divmod(number, COMPANY)
        unit = COMPANIES[company % len(COMPANIES)]
        owner = chance.choice(people[unit])
        key = f"{company}-{place}"
        account = ("Account", book.record("Account", key, name=f"Account {key}", ownerId=owner))
        customer = ("Customer", book.record(*("Customer", key), **_customer(key, chance, owner, channel)))
        found[unit].append(customer[1])
        book.link(customer, "BELONGS_TO", account)
        book.link(customer, "IN_CHANNEL", ("Channel", channel))
        if place:
            parent = book.uuid("Customer", f"{company}-{(place - 1) // FAN_OUT}")
            book.link(customer, "CHILD_OF", ("Customer", parent))
        _around(book, customer, owner, chance, products)
    _buyer(book)
    return found


def _customer(key: str, chance: random.Random, owner: str, channel: str) -> dict[str, Any]:
    value = chance.randrange(1_000_000)
    name = f"Customer {chance.randrange(10**9)}"
    return {
        "name": name,
        "originId": key,
        "channelId": channel,
        "kind": "BUSINESS",
        "status": "ACTIVE",
        "email": f"{key}@bench.example",
        "ownerId": owner,
        "lifetimeValue": value,
    }


def _around(book: _Book, customer: tuple[str, str], owner: str, chance: random.Random, products: Sequence[str]) -> None:
    for number in range(ORDERS):
        key, total = f"{customer[1]}-{number}", chance.randrange(100_000)
        placed = BEGINNING + dt.timedelta(minutes=chance.randrange(500_000))
        money = {"subtotal": total, "total": total, "currency": CURRENCY}
        state = chance.choice(("OPEN", "CLOSED", "CANCELLED"))
        order = book.record("Order", key, number=key, placedAt=placed, status=state, ownerId=owner, **money)
        book.link(customer, "PLACED", ("Order", order))
        item = book.record("OrderItem", key, quantity=1, unitPrice="1.00", amount=total, currency=CURRENCY)
        book.link(("Order", order), "HAS_ITEM", ("OrderItem", item))
        book.link(("OrderItem", item), "OF_PRODUCT", ("Product", chance.choice(products)))
    contact = book.record("Contact", customer[1], name=f"Contact {customer[1]}", ownerId=owner)
    book.link(customer, "HAS_CONTACT", ("Contact", contact))


def _buyer(book: _Book) -> None:
    """A customer user at the top of the first company, who sees it whole."""
    levels = {(entity, "VIEW"): "CORPORATE" for entity in ("Customer", "Order", "Contact", "CustomerUser")}
    things = {(entity, "VIEW"): "FULL" for entity in ("Channel", "Product", "CustomerGroup")}
    role = Role("Company", levels | things)
    sees = book.record("CustomerUserRole", "company", name=role.name, permissions=role.stored_permissions())
    email = f"buyer@{book.organization_id}"
    user = book.record("CustomerUser", email, name="Buyer", email=email, emailKey=email, enabled=True)
    book.link(("CustomerUser", user), "USER_OF", ("Customer", book.uuid("Customer", "0-0")))
    book.link(("CustomerUser", user), "HAS_ROLE", ("CustomerUserRole", sees))


def _asked(book: _Book, owned: Mapping[str, list[str]]) -> tuple[Person, ...]:
    top = book.uuid("Customer", "0-0")
    sizes = {"small": SMALL, "large": LARGE}
    staff = [
        Person(
            f"staff at UNIT, {size:,} people",
            "staff",
            f"{name}-{size - 1}@{book.organization_id}",
            tuple(owned[name][:200]),
            owned[name][0],
        )
        for name, size in sizes.items()
    ]
    company = tuple(book.uuid("Customer", f"0-{place}") for place in range(200))
    title = f"customer user at CORPORATE, {COMPANY:,} customers"
    return (*staff, Person(title, "customer", f"buyer@{book.organization_id}", company, top))
