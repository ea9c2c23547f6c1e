"""A small world by hand: every type and relationship of the model once or twice, with ids that never change."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from cypher.loading import Link, link_records, load_records
from cypher.printer import Statement
from graph.default_roles import customer_roles, staff_roles
from graph.ids import derived_id, global_id
from graph.model import Direction
from graph.permissions import everything
from graph.registry import load_model
from graph.viewer import Viewer

EVERYTHING = everything(load_model().entities())
"""What an administrator may."""
BEGINNING = dt.datetime(2026, 1, 1, 8, 0, tzinfo=dt.UTC)


@dataclass(slots=True)
class World:
    """Nodes and relationships of one organisation; every text carries `marker`, so that a leak shows."""

    key: str
    marker: str = ""
    currency: str = "USD"
    nodes: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    types: dict[str, str] = field(default_factory=dict)
    links: dict[tuple[str, str, str], list[dict[str, Any]]] = field(default_factory=dict)

    @property
    def organization_id(self) -> str:
        """The organisation's UUID."""
        return self.uuid("organization")

    def uuid(self, name: str) -> str:
        """The UUID of a node by its name in this world."""
        return derived_id(BEGINNING, "world", self.key, name)

    def id(self, name: str) -> str:
        """The global id of a node by its name in this world."""
        return global_id(self.types[name], self.uuid(name))

    def viewer(self) -> Viewer:
        """The one who sees all of this world."""
        return Viewer(self.uuid("uma"), "Uma Unger", self.organization_id, self.currency, EVERYTHING)

    def node(self, type_name: str, ref: str, /, **properties: Any) -> str:
        """Add a node."""
        shown = properties.get("name") or properties.get("subject") or ref
        values = {"displayName": shown, **properties, "createdAt": BEGINNING}
        marked = {
            key: f"{value}{self.marker}" if isinstance(value, str) and key not in UNMARKED else value
            for key, value in values.items()
        }
        row = {"key": {"id": self.uuid(ref)}, "id": self.uuid(ref), "set": marked}
        self.nodes.setdefault(type_name, []).append(row)
        self.types[ref] = type_name
        return ref

    def link(self, source: str, kind: str, target: str, /, **properties: Any) -> None:
        """Add a relationship; an owner is a property of what it owns too."""
        if kind == "OWNED_BY":
            (owned,) = (row for row in self.nodes[self.types[source]] if row["id"] == self.uuid(source))
            owned["set"]["ownerId"] = self.uuid(target)
        row = {
            "key": {"id": self.uuid(source)},
            "to": {"target": {"id": self.uuid(target)}},
            "properties": properties,
        }
        self.links.setdefault((self.types[source], kind, self.types[target]), []).append(row)

    def statements(self) -> Iterable[Statement]:
        """What loads the world."""
        model = load_model()
        for type_name, nodes in self.nodes.items():
            rows = [{**row, "digest": hashlib.blake2b(repr(row).encode()).hexdigest()} for row in nodes]
            yield load_records(
                model.records[type_name], ("id",), rows, organization_id=self.organization_id, now=BEGINNING
            )
        for (source, kind, target), rows in self.links.items():
            link = Link("target", kind, Direction.OUT, target, ("id",), properties="properties")
            yield link_records(link, source, ("id",), rows, organization_id=self.organization_id)


UNMARKED = {"status", "kind", "currency", "lifetimeRule", "originId", "channelId", "ownerId", "unitPrice", "direction"}


def small_world(key: str, marker: str = "") -> World:
    """Two active channels and one that is not, one account, a tree of seven customers, and what hangs on them."""
    world = World(key, marker)
    _people(world)
    _channels(world)
    _customers(world)
    _sales(world)
    _activities(world)
    return world


def _people(world: World) -> None:
    world.node("Organization", "organization", name="Golden", currency=world.currency, key=f"world-{world.key}")
    world.node("BusinessUnit", "office", name="Head office")
    world.node("BusinessUnit", "sales", name="Sales")
    world.link("sales", "PART_OF", "office")
    world.node("User", "uma", name="Uma Unger", username=f"uma@{world.key}.example", email="uma@golden.example")
    world.link("uma", "MEMBER_OF_UNIT", "office")
    allowed = staff_roles(load_model())["administrator"].stored_permissions()
    world.node("Role", "administrator", name="Administrator", permissions=allowed)
    world.link("uma", "HAS_ROLE", "administrator")


def _channels(world: World) -> None:
    world.node("ChannelType", "b2b", name="B2B", lifetimeRule="WON", entities=["Lead", "Opportunity", "Order"])
    for name, shown, status in (
        ("factory", "Factory", "ACTIVE"),
        ("retail", "Retail", "ACTIVE"),
        ("closed", "Closed", "INACTIVE"),
    ):
        world.node("Channel", name, name=shown, status=status, lifetimeRule="ORDERS_NET", entities=["Order"], key=name)
        world.link(name, "OF_TYPE", "b2b")


def _customers(world: World) -> None:
    world.node("Account", "house", name="House Decorations", kind="COMPANY")
    world.link("house", "OWNED_BY", "uma")
    world.node("CustomerGroup", "gold", name="Gold", discountPercent="5", key="gold")
    for number, (name, parent, channel, value) in enumerate(TREE):
        person = channel == "retail"
        details = {"firstName": name.title(), "isGuest": False} if person else {"vatId": f"VAT{number}", "employees": 9}
        world.node(
            "Customer",
            name,
            name=name.title(),
            kind="PERSON" if person else "BUSINESS",
            email=f"{name}@golden.example",
            originId=f"C-{number}",
            channelId=world.uuid(channel),
            status="ACTIVE",
            lifetimeValue=value,
            **details,
        )
        world.link(name, "BELONGS_TO", "house")
        world.link(name, "IN_CHANNEL", channel)
        world.link(name, "OWNED_BY", "uma" if number % 2 else "sales")
        if parent:
            world.link(name, "CHILD_OF", parent)
    world.link("head", "MEMBER_OF", "gold")
    world.link("shop", "AFFILIATED_WITH", "head", kind="CLIENT")
    world.link("mill", "SUCCEEDED_BY", "yard")
    world.node("Address", "address", city="Oslo", country="Norway", type="BILLING", isPrimary=True)
    world.link("head", "HAS_ADDRESS", "address")
    allowed = customer_roles()["buyer"].stored_permissions()
    world.node("CustomerUserRole", "buyer", name="Buyer", isPublic=True, selfManaged=False, permissions=allowed)
    world.node("CustomerUser", "amanda", name="Amanda Smith", email="amanda@golden.example", enabled=True)
    world.link("amanda", "USER_OF", "head")
    world.link("amanda", "HAS_ROLE", "buyer")


TREE = (
    ("head", None, "factory", 100_00),
    ("north", "head", "factory", 200_00),
    ("south", "head", "factory", 200_00),
    ("mill", "north", "factory", 50_50),
    ("yard", "mill", "factory", 0),
    ("shop", None, "retail", 75_25),
    ("stall", None, "closed", 999_99),
)
"""Name, parent, channel and lifetime value of each customer."""


def _sales(world: World) -> None:
    world.node("Product", "lamp", name="Lamp", sku="LAMP-1", unitPrice="10.50", currency="USD")
    world.link("shop", "VIEWED", "lamp", at=BEGINNING, times=3)
    for number in range(1, 5):
        order = f"order{number}"
        placed = BEGINNING + dt.timedelta(days=number)
        amounts = {"subtotal": 1050 * number, "total": 1050 * number, "discount": 0, "currency": "USD"}
        world.node(
            "Order", order, name=f"Order {number}", number=str(number), placedAt=placed, status="OPEN", **amounts
        )
        world.link("head" if number < 4 else "shop", "PLACED", order)
        world.link(order, "IN_CHANNEL", "factory" if number < 4 else "retail")
        world.node(
            "OrderItem", f"item{number}", quantity=number, unitPrice="10.50", amount=1050 * number, currency="USD"
        )
        world.link(order, "HAS_ITEM", f"item{number}")
        world.link(f"item{number}", "OF_PRODUCT", "lamp")
    world.node("Cart", "cart", status="PURCHASED", startedAt=BEGINNING, subtotal=1050, currency="USD")
    world.link("head", "HAS_CART", "cart")
    world.link("order1", "FROM_CART", "cart")
    world.node("Lead", "lead", name="New branch", status="QUALIFIED", receivedAt=BEGINNING)
    world.link("lead", "LEAD_OF", "head")
    won = {"status": "WON", "closeRevenue": 300_00, "baseRevenue": 300_00, "currency": "USD", "probability": 100}
    world.node("Opportunity", "deal", name="Big deal", openedAt=BEGINNING + dt.timedelta(days=3), **won)
    world.link("deal", "OPPORTUNITY_OF", "house")
    world.link("deal", "FROM_LEAD", "lead")
    world.node("Case", "case", subject="Broken lamp", status="OPEN", reportedAt=BEGINNING + dt.timedelta(days=6))
    world.link("case", "CASE_OF", "head")
    world.link("case", "ABOUT", "order1")


def _activities(world: World) -> None:
    world.node("Contact", "john", name="John Jackson", firstName="John", lastName="Jackson", email="j@golden.example")
    world.node("ContactEmail", "mail", email="j@golden.example", isPrimary=True)
    world.link("john", "HAS_EMAIL", "mail")
    world.node("ContactGroup", "marketing", name="Marketing", label="Marketing")
    world.link("john", "IN_CONTACT_GROUP", "marketing")
    world.link("house", "HAS_CONTACT", "john", role="manager", position="Head of purchase", isDefault=True)
    world.link("house", "HAS_DEFAULT_CONTACT", "john")
    world.link("head", "HAS_CONTACT", "john", role="buyer", position="Purchase")
    world.node("Account", "studio", name="Lamp Studio", kind="COMPANY")
    world.link("studio", "HAS_CONTACT", "john", role="owner")
    world.node("Contact", "ann", name="Ann Bell", lastName="Bell", phone="555 0100", birthday=dt.date(1980, 2, 29))
    world.link("studio", "HAS_CONTACT", "ann", role="designer")
    world.node("Tag", "vip", name="vip")
    world.link("house", "TAGGED", "vip")
    world.node("Call", "call", subject="First call", at=BEGINNING, direction="INCOMING", durationSeconds=60)
    world.link("call", "REGARDING", "head")
    world.node("Note", "note", subject="Likes lamps", at=BEGINNING + dt.timedelta(days=2), text="Really.")
    world.link("note", "REGARDING", "john")
    world.node("Email", "mailed", subject="Offer", at=BEGINNING + dt.timedelta(days=5), status="SENT")
    world.link("mailed", "REGARDING", "house")
    world.node("LifetimeValue", "value", at=BEGINNING, value=100_00, channelId=world.uuid("factory"))
    world.link("value", "VALUE_OF", "house")
    world.link("value", "IN_CHANNEL", "factory")
