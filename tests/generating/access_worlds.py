"""Invents organisations with units, roles, customers in trees and customer users, to try who sees what.

Each has one member of staff and one customer user of every profile. Profiles are few, since what a role lets its
holders do is part of a statement's text; units, owners, trees and identities differ from world to world.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from random import Random

from graph.ids import derived_id
from graph.model import Kind
from graph.registry import load_model
from tests.generating.worlds import BEGINNING, CURRENCY, Bond, Graph, Node, link_nodes, make_node

OWNED = (
    *("Account", "Call", "Cart", "Case", "Contact", "Customer", "CustomerUser", "Email", "Event", "Lead", "Note"),
    *("Opportunity", "Order", "Task"),
)
SHARED = (
    *("BusinessUnit", "Channel", "ChannelType", "ContactGroup", "CustomerGroup", "CustomerUserRole", "Organization"),
    *("Product", "Role", "Tag", "User"),
)
SOLD = ("Cart", "Case", "Order")
COMPANY = ("Contact", "Customer", "CustomerUser")
THINGS = ("Channel", "CustomerGroup", "Product")


def views(entities: Iterable[str], level: str) -> list[str]:
    """Permissions as a role stores them."""
    return [f"{entity} VIEW {level}" for entity in entities]


STAFF: dict[str, tuple[list[str], ...]] = {
    "own": (views(OWNED, "USER") + views(("Channel", "Product", "Tag"), "ORGANIZATION"),),
    "unit": (views(OWNED, "UNIT") + views(SHARED, "ORGANIZATION"),),
    "division": (views(OWNED, "DIVISION") + views(SHARED, "ORGANIZATION"),),
    "all": (views(OWNED[::2], "SYSTEM") + views((*OWNED[1::2], *SHARED), "ORGANIZATION"),),
    "mixed": (
        views(("Customer", "CustomerUser", "Lead", "Call"), "UNIT")
        + views(("Order", "Opportunity", "Cart", "Note"), "DIVISION")
        + views(("Contact", "Task"), "USER")
        + views(("Account", "User", "Channel", "CustomerUserRole", "Tag"), "ORGANIZATION"),
    ),
    # The highest level counts; what no such record can have gives nothing.
    "several": (
        [*views(("Customer", "Order", "Account"), "USER"), "Contact VIEW CORPORATE", "Product VIEW UNIT"],
        views(("Customer", "CustomerUser", "Contact"), "DIVISION") + views(("Channel", "BusinessUnit"), "SYSTEM"),
        ["Order VIEW UNIT", "Order EDIT ORGANIZATION", "Account VIEW DEPARTMENT", "Case VIEW UNIT", "User VIEW USER"],
    ),
    "narrow": (views(("Account", "Contact", "Order", "Email", "Event"), "UNIT") + views(("Product",), "SYSTEM"),),
}
"""The roles of members of staff, by profile."""

CUSTOMERS: dict[str, tuple[list[str], ...]] = {
    "corporate": (views((*COMPANY, *SOLD, "CustomerUserRole"), "CORPORATE") + views(THINGS, "FULL"),),
    "department": (views((*COMPANY, *SOLD, "CustomerUserRole"), "DEPARTMENT") + views(THINGS, "FULL"),),
    "buyer": (
        views((*SOLD, "CustomerUser"), "USER") + views(("Customer", "Contact"), "DEPARTMENT") + ["Product VIEW FULL"],
    ),
    "several": (
        ["Customer VIEW CORPORATE", "Order VIEW USER", "Cart VIEW DEPARTMENT", "Contact VIEW FULL", "Lead VIEW FULL"],
        ["Customer VIEW DEPARTMENT", "Order VIEW CORPORATE", "Case VIEW USER", "CustomerUserRole VIEW CORPORATE"],
        [*views(("Account", "User", "Tag", "Organization"), "CORPORATE"), "Order VIEW FULL", "Channel VIEW CORPORATE"],
    ),
    "narrow": ([*views(("Order", "Contact", "CustomerUser"), "CORPORATE"), "Case VIEW DEPARTMENT"],),
}
"""The roles of customer users, by profile."""

COUNTS = {
    "BusinessUnit": (3, 5),
    "Role": (sum(map(len, STAFF.values())) + 1,) * 2,
    "User": (len(STAFF) + 1,) * 2,
    "ChannelType": (1, 2),
    "Channel": (2, 4),
    "CustomerGroup": (1, 3),
    "Account": (3, 6),
    "Customer": (8, 12),
    "CustomerUserRole": (sum(map(len, CUSTOMERS.values())) + 3,) * 2,
    "CustomerUser": (len(CUSTOMERS) + 2,) * 2,
    "Contact": (4, 8),
    "ContactGroup": (1, 2),
    "Product": (2, 3),
    "Order": (6, 11),
    "Cart": (2, 5),
    "Lead": (2, 4),
    "Opportunity": (3, 6),
    "Case": (3, 6),
    "Call": (1, 3),
    "Email": (1, 2),
    "Task": (1, 2),
    "Note": (1, 3),
    "Event": (1, 2),
    "Tag": (1, 2),
    "ContactEmail": (2, 5),
    "ContactPhone": (1, 3),
    "ContactSocial": (1, 3),
    "Address": (3, 7),
    "OrderItem": (4, 10),
    "CartItem": (2, 5),
    "LifetimeValue": (2, 4),
}
"""Fewest and most records of each type."""

BONDS = (
    Bond("BusinessUnit", "PART_OF", "BusinessUnit"),
    Bond("User", "MEMBER_OF_UNIT", "BusinessUnit", most=2),
    Bond("User", "REPORTS_TO", "User"),
    Bond("Channel", "OF_TYPE", "ChannelType"),
    Bond("Customer", "BELONGS_TO", "Account", sure=True),
    Bond("Customer", "MEMBER_OF", "CustomerGroup"),
    Bond("Customer", "CHILD_OF", "Customer", sure=True),
    Bond("Customer", "PLACED", "Order", most=3, each=1),
    Bond("Customer", "HAS_CART", "Cart", most=2, each=1),
    Bond("Customer", "HAS_CONTACT", "Contact", most=2, edge=("role", "position")),
    Bond("Customer", "AFFILIATED_WITH", "Customer", most=2, edge=("kind",)),
    Bond("Customer", "SUCCEEDED_BY", "Customer"),
    Bond("Customer", "HAS_SALES_REPRESENTATIVE", "User", most=2),
    Bond("Customer", "VIEWED", "Product", most=2),
    Bond("Account", "REFERRED_BY", "Account"),
    Bond("Account", "HAS_CONTACT", "Contact", most=3, edge=("role", "position", "isDefault")),
    Bond("Account", "HAS_DEFAULT_CONTACT", "Contact"),
    Bond("Lead", "HAS_CONTACT", "Contact", most=2, edge=("role", "position")),
    Bond("Opportunity", "HAS_CONTACT", "Contact", most=2, edge=("role", "position")),
    Bond("Opportunity", "FROM_LEAD", "Lead"),
    Bond("Contact", "REPORTS_TO", "Contact"),
    Bond("Contact", "IN_CONTACT_GROUP", "ContactGroup", most=2),
    Bond("CustomerUser", "USER_OF", "Customer", sure=True),
    Bond("CustomerUser", "SAME_PERSON_AS", "Contact"),
    Bond("Order", "OWNED_BY_CUSTOMER_USER", "CustomerUser"),
    Bond("Cart", "OWNED_BY_CUSTOMER_USER", "CustomerUser"),
    Bond("Case", "OWNED_BY_CUSTOMER_USER", "CustomerUser"),
    Bond("Order", "FROM_CART", "Cart", each=1),
    Bond("Case", "ABOUT", "Order"),
    Bond("Case", "ABOUT", "Product"),
    Bond("Case", "ASSIGNED_TO", "User"),
    Bond("Contact", "ASSIGNED_TO", "User"),
    Bond("OrderItem", "OF_PRODUCT", "Product"),
    Bond("CartItem", "OF_PRODUCT", "Product"),
    Bond("LifetimeValue", "IN_CHANNEL", "Channel"),
    *(Bond(kind, "IN_CHANNEL", "Channel") for kind in ("Customer", "Order", "Cart", "Lead", "Opportunity", "Case")),
    *(Bond(kind, "TAGGED", "Tag", most=2) for kind in ("Customer", "Contact", "Account", "Order", "Case")),
)

OWNERS = ("User", "User", "BusinessUnit")
REGARDED = ("Customer", "Contact", "Account", "Order", "Case", "Lead", "Product")


@dataclass(frozen=True, slots=True)
class OneOf:
    """A relationship to one or several records of one of several types."""

    source: str
    type: str
    targets: tuple[str, ...]
    least: int = 0
    most: int = 1
    back: bool = False


CHOICES = (
    *(OneOf(kind, "OWNED_BY", OWNERS) for kind in OWNED if kind != "CustomerUser"),
    OneOf("Channel", "HAS_DEFAULT_OWNER", OWNERS),
    OneOf("Lead", "LEAD_OF", ("Customer", "Account")),
    OneOf("Opportunity", "OPPORTUNITY_OF", ("Customer", "Account")),
    OneOf("Case", "CASE_OF", ("Customer", "Customer", "Account", "Contact")),
    *(OneOf(kind, "REGARDING", REGARDED, most=3) for kind in ("Call", "Email", "Task", "Note", "Event")),
    # A part is of something, and an address now and then of two.
    OneOf("OrderItem", "HAS_ITEM", ("Order",), least=1, back=True),
    OneOf("CartItem", "HAS_ITEM", ("Cart",), least=1, back=True),
    OneOf("ContactEmail", "HAS_EMAIL", ("Contact",), least=1, back=True),
    OneOf("ContactPhone", "HAS_PHONE", ("Contact",), least=1, back=True),
    OneOf("ContactSocial", "HAS_SOCIAL", ("Contact",), least=1, back=True),
    OneOf("Address", "HAS_ADDRESS", ("Customer", "Contact", "Order", "CustomerUser"), least=1, most=2, back=True),
    OneOf("LifetimeValue", "VALUE_OF", ("Account",), least=1),
)

WORDS = ("amber", "birch", "cedar", "dune", "elm", "fjord", "grove")

LEAKING = tuple(bond for bond in BONDS if bond.type not in ("MEMBER_OF_UNIT", "PART_OF", "USER_OF"))
"""What may lead into another organisation by mistake; whom a viewer belongs to is what access starts from."""


@dataclass(slots=True)
class AccessWorld(Graph):
    """One organisation."""

    organization: str = ""

    @property
    def organization_id(self) -> str:
        """The organisation's UUID, which its own node has too."""
        return self.organization

    @property
    def key(self) -> str:
        """Its key."""
        return f"access-{self.organization}"


def make_access_world(seed: int) -> AccessWorld:
    """A world, always the same for a seed."""
    world = AccessWorld(seed, Random(f"access {seed}"), load_model())  # noqa: S311 - repeatable, not secret
    for type_name, (least, most) in COUNTS.items():
        count = world.rng.randint(least, most)
        world.nodes[type_name] = [_worded(world, make_node(world, type_name, number)) for number in range(count)]
    for bond in BONDS:
        link_nodes(world, bond)
    for choice in CHOICES:
        _choose(world, choice)
    for node in world.nodes["Customer"]:
        channels = [other.uuid for _, kind, _, _, other in node.bonds if kind == "IN_CHANNEL"]
        node.values |= {"channelId": next(iter(channels), None), "originId": f"C-{node.uuid}"}
    _hire(world)
    _sign_up(world)
    # Another one as soon as anything in the world is another.
    told = [repr(link) for link in world.links] + [repr(node) for nodes in world.nodes.values() for node in nodes]
    world.organization = derived_id(BEGINNING, "access", str(seed), *told)
    named = {"displayName": "Golden", "name": "Golden", "currency": CURRENCY, "key": world.key}
    world.nodes["Organization"] = [Node("Organization", world.organization, {**named, "createdAt": BEGINNING})]
    return world


def _worded(world: AccessWorld, node: Node) -> Node:
    """Names of plain words, to search for."""
    record = world.model.records[node.type]
    unique = {key for keys in record.unique for key in keys}
    names = {mapped.name for mapped in record.properties().values() if mapped.searchable and mapped.kind is Kind.STRING}
    for name in [*sorted(names - unique), "displayName"]:
        if name in node.values:
            node.values[name] = " ".join(world.rng.sample(WORDS, world.rng.choice((1, 1, 2))))
    return node


def _choose(world: AccessWorld, choice: OneOf) -> None:
    for node in world.nodes[choice.source]:
        chosen: list[Node] = []
        for _ in range(max(choice.least, world.rng.randint(choice.least, choice.most))):
            target = world.rng.choice(world.nodes[world.rng.choice(choice.targets)])
            if target in chosen or (choice.least == 0 and world.rng.random() < 0.2):
                continue
            chosen.append(target)
            source, end = (target, node) if choice.back else (node, target)
            world.link(Bond(source.type, choice.type, end.type), source, end, {})
            if choice.type == "OWNED_BY":
                node.values["ownerId"] = target.uuid


def _hire(world: AccessWorld) -> None:
    """Give a user of each profile its roles; the last role and the last user have nothing."""
    roles = iter(world.nodes["Role"])
    for user, (profile, held) in zip(world.nodes["User"], STAFF.items(), strict=False):
        user.values |= {"username": f"{profile}@staff.example", "enabled": True}
        _grant(world, user, held, roles)
    for role in roles:
        role.values |= {"permissions": [], "hiddenFields": []}


def _sign_up(world: AccessWorld) -> None:
    """The same for customer users; roles are predefined, public or not, or of a customer."""
    roles = world.nodes["CustomerUserRole"]
    free = iter(roles)
    for user, (profile, held) in zip(world.nodes["CustomerUser"], CUSTOMERS.items(), strict=False):
        email = f"{profile}@buyer.example"
        user.values |= {"email": email, "emailKey": email, "enabled": True}
        _grant(world, user, held, free)
    for role in free:
        role.values |= {"permissions": [], "hiddenFields": []}
    for role in roles:
        if world.rng.random() < 0.6:
            customer = world.rng.choice(world.nodes["Customer"])
            world.link(Bond("CustomerUserRole", "ROLE_OF", "Customer"), role, customer, {})


def _grant(world: AccessWorld, user: Node, held: tuple[list[str], ...], roles: Iterable[Node]) -> None:
    for permissions, role in zip(held, roles, strict=False):
        role.values |= {"permissions": permissions, "hiddenFields": []}
        world.link(Bond(user.type, "HAS_ROLE", role.type), user, role, {})
