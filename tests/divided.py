"""A small world of two companies and two units that know each other well: what is theirs must never show to us."""

from __future__ import annotations

import datetime as dt

from graph.default_roles import customer_roles
from graph.registry import load_model
from tests.world import BEGINNING, World

THEIRS = "§theirs§"
"""Every text of what is theirs carries it."""

OWNED = (
    *("Account", "Call", "Cart", "Case", "Contact", "Customer", "CustomerUser", "Email", "Event", "Lead", "Note"),
    *("Opportunity", "Order", "Task"),
)


def divided_world(key: str) -> World:
    """Our company, of our unit and of Nora; theirs, of their unit and of Sven; and relationships between the two."""
    world = World(key)
    _staff(world)
    world.node("Channel", "web", name="Web", key="web", status="ACTIVE")
    world.node("Product", "lamp", name="Lamp", sku="LAMP")
    world.node("Tag", "vip", name="vip")
    world.node("CustomerUserRole", "buyer", name="Buyer", isPublic=True, permissions=_buyer(), key="buyer")
    world.node("CustomerUserRole", "guest", name="Guest", key="guest", permissions=["Product VIEW FULL"])
    for side, owner, unit in (("our", "nora", "north"), ("their", "sven", "south")):
        world.marker = THEIRS if side == "their" else ""
        _company(world, side, owner, unit)
        _sales(world, side, owner, unit)
    world.marker = ""
    _between(world)
    return world


def _buyer() -> list[str]:
    return customer_roles()["buyer"].stored_permissions()


def _staff(world: World) -> None:
    world.node("Organization", "organization", name="Golden", currency=world.currency, key=f"world-{world.key}")
    shared = [f"{entity} VIEW ORGANIZATION" for entity in ("Channel", "Product", "Tag")]
    every = [f"{entity} VIEW ORGANIZATION" for entity in load_model().entities()]
    levels = {"unit": [*shared, *(f"{entity} VIEW UNIT" for entity in OWNED)], "every": every}
    for role, permissions in levels.items():
        world.node("Role", role, name=role.title(), permissions=permissions)
    for name, unit, role in (("nora", "north", "unit"), ("sven", "south", "unit"), ("ada", "south", "every")):
        if unit not in world.types:
            world.node("BusinessUnit", unit, name=f"{unit.title()} {THEIRS if unit == 'south' else ''}")
        shown = name.title() if name == "nora" else f"{name.title()} {THEIRS}"
        world.node("User", name, name=shown, username=f"{name}@{world.key}.example")
        world.link(name, "MEMBER_OF_UNIT", unit)
        world.link(name, "HAS_ROLE", role)


def _owned(world: World, kind: str, ref: str, owner: str, /, **properties: object) -> str:
    world.node(kind, ref, ownerId=world.uuid(owner), **properties)
    world.link(ref, "OWNED_BY", owner)
    return ref


def _company(world: World, side: str, owner: str, unit: str) -> None:
    house, head, leaf = f"{side}-account", f"{side}-head", f"{side}-leaf"
    _owned(world, "Account", house, unit, name=f"{side} house", kind="COMPANY")
    for number, name in enumerate((head, leaf)):
        origin = {"channelId": world.uuid("web"), "originId": f"{side}-{number}"}
        _owned(world, "Customer", name, owner, name=name, kind="BUSINESS", lifetimeValue=100_00, **origin)
        # What both have in common has no mark.
        world.nodes["Customer"][-1]["set"] |= {"vatId": "SAME1", "phone": "555 0100"}
        world.link(name, "BELONGS_TO", house)
        world.link(name, "IN_CHANNEL", "web")
        world.link(name, "TAGGED", "vip")
    for number in range(3):
        contact = f"{side}-contact{number}"
        told = {"email": f"{side}{number}@golden.example", "birthday": dt.date(1980, 3, number + 1), "jobTitle": side}
        _owned(world, "Contact", contact, owner, name=f"{side} John {number}", lastName=f"{side}{number}", **told)
        world.link(head, "HAS_CONTACT", contact, role="buyer")
        world.link(house, "HAS_CONTACT", contact, role="buyer")
        world.node("ContactEmail", f"{contact}-mail", email=f"{side}{number}@golden.example")
        world.link(contact, "HAS_EMAIL", f"{contact}-mail")
    world.node("Address", f"{side}-address", city=f"{side} city", type="BILLING")
    world.link(head, "HAS_ADDRESS", f"{side}-address")
    email = f"{side}@{world.key}.example"
    world.node("CustomerUser", f"{side}-user", name=f"{side} buyer", email=email, enabled=True, emailKey=email)
    world.link(f"{side}-user", "USER_OF", head)
    world.link(f"{side}-user", "HAS_ROLE", "buyer")
    world.node("CustomerUserRole", f"{side}-role", name=f"{side} role", isPublic=True)
    world.link(f"{side}-role", "ROLE_OF", head)


def _sales(world: World, side: str, owner: str, unit: str) -> None:
    head = f"{side}-head"
    for number in range(3):
        order, moment = f"{side}-order{number}", BEGINNING + dt.timedelta(days=number)
        money = {"total": 1000 + number, "subtotal": 1000, "currency": "USD"}
        _owned(world, "Order", order, owner, number=f"{side}{number}", placedAt=moment, status="OPEN", **money)
        world.link(head, "PLACED", order)
        world.node("OrderItem", f"{order}-item", quantity=1, amount=1000, currency="USD", description=f"{side} line")
        world.link(order, "HAS_ITEM", f"{order}-item")
        world.link(f"{order}-item", "OF_PRODUCT", "lamp")
    _owned(world, "Cart", f"{side}-cart", unit, status="PURCHASED", startedAt=BEGINNING)
    world.link(head, "HAS_CART", f"{side}-cart")
    _owned(world, "Lead", f"{side}-lead", owner, name=f"{side} lead", status="QUALIFIED", receivedAt=BEGINNING)
    world.link(f"{side}-lead", "LEAD_OF", head)
    _owned(world, "Opportunity", f"{side}-deal", owner, name=f"{side} deal", status="WON", baseRevenue=5000)
    world.link(f"{side}-deal", "OPPORTUNITY_OF", f"{side}-account")
    _owned(world, "Case", f"{side}-case", owner, subject=f"{side} case", status="OPEN", reportedAt=BEGINNING)
    world.link(f"{side}-case", "CASE_OF", head)
    for kind in ("Call", "Email", "Task", "Note", "Event"):
        ref = f"{side}-{kind.lower()}"
        _owned(world, kind, ref, owner, subject=f"{side} {kind}", at=BEGINNING)
        world.link(ref, "REGARDING", head)


def _between(world: World) -> None:
    """Wherever the model lets one record lead to another one, one of ours leads to theirs or theirs to ours."""
    for source, kind, target in (
        ("their-leaf", "CHILD_OF", "our-head"),
        ("our-leaf", "CHILD_OF", "their-leaf"),
        ("our-head", "AFFILIATED_WITH", "their-head"),
        ("their-head", "SUCCEEDED_BY", "our-head"),
        ("our-account", "REFERRED_BY", "their-account"),
        ("our-account", "HAS_DEFAULT_CONTACT", "their-contact0"),
        ("our-account", "HAS_CONTACT", "their-contact0"),
        ("their-account", "HAS_CONTACT", "our-contact0"),
        ("our-contact0", "REPORTS_TO", "their-contact1"),
        ("our-order0", "FROM_CART", "their-cart"),
        ("our-case", "ABOUT", "their-order0"),
        ("our-case", "ASSIGNED_TO", "sven"),
        ("their-deal", "FROM_LEAD", "our-lead"),
        ("our-lead", "HAS_CONTACT", "their-contact2"),
        ("our-note", "REGARDING", "their-head"),
        ("their-note", "REGARDING", "our-head"),
        ("our-user", "SAME_PERSON_AS", "their-contact0"),
        ("their-order1", "OWNED_BY_CUSTOMER_USER", "our-user"),
        ("our-order1", "OWNED_BY_CUSTOMER_USER", "their-user"),
    ):
        world.link(source, kind, target)
