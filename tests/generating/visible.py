"""Who sees what, worked out by hand from what is stored: the table "whose is what", and nothing of the compiler.

A dump holds the nodes and relationships of one organisation as plain Cypher reads them. What a viewer may see of it
is a smaller graph, on which every question has the answer that the viewer must get.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from random import Random
from typing import Any

from cypher.printer import Statement
from graph.database import Database
from graph.model import Direction
from graph.registry import load_model
from tests.generating.access_worlds import AccessWorld
from tests.generating.worlds import Node

STAFF_SCALE = ("NONE", "USER", "UNIT", "DIVISION", "ORGANIZATION", "SYSTEM")
CUSTOMER_SCALE = ("NONE", "USER", "DEPARTMENT", "CORPORATE", "FULL")

BY_OWNER = {
    *("Account", "Call", "Cart", "Case", "Contact", "Customer", "Email", "Event", "Lead", "Note", "Opportunity"),
    *("Order", "Task"),
}
"""Members of staff see them by their owner."""
PARTS = {
    "Address": "HAS_ADDRESS",
    "CartItem": "HAS_ITEM",
    "ContactEmail": "HAS_EMAIL",
    "ContactPhone": "HAS_PHONE",
    "ContactSocial": "HAS_SOCIAL",
    "LifetimeValue": "VALUE_OF",
    "OrderItem": "HAS_ITEM",
}
"""Parts, with the relationship to what they are part of."""
SOLD = {"Order": "PLACED", "Cart": "HAS_CART", "Case": "CASE_OF"}
"""What is of a customer and owned by a customer user, with the relationship to the customer."""
CUSTOMER_LEVELS = {
    "Customer": ("DEPARTMENT", "CORPORATE"),
    "CustomerUser": ("USER", "DEPARTMENT", "CORPORATE"),
    "Contact": ("DEPARTMENT", "CORPORATE"),
    "CustomerUserRole": ("DEPARTMENT", "CORPORATE"),
    "Product": ("FULL",),
    "Channel": ("FULL",),
    "CustomerGroup": ("FULL",),
    **dict.fromkeys(SOLD, ("USER", "DEPARTMENT", "CORPORATE")),
}
"""What customer users can see at all, and the levels that there are."""


async def dump(database: Database, organization: str) -> AccessWorld:
    """Everything that an organisation has stored."""
    found = AccessWorld(0, Random(0), load_model(), organization=organization)  # noqa: S311 - unused
    texts = [
        f"MATCH (n:{label} {{organizationId: $o}}) WHERE n.id IS NOT NULL RETURN [properties(n), "
        "[(n)-[r]->(m) | [type(r), properties(r), m.organizationId, m.id]]] AS row"
        for label in found.model.records
    ]
    answers = await database.read([Statement(text, {"o": organization}) for text in texts])
    places: dict[str, Node] = {}
    for label, rows in zip(found.model.records, answers, strict=True):
        found.nodes[label] = [Node(label, stored["id"], _native(stored)) for stored, _ in rows]
        places |= {node.uuid: node for node in found.nodes[label]}
    number = 0
    for rows in answers:
        for stored, links in rows:
            for kind, values, owner, uuid in links:
                number += 1
                if owner == organization:
                    source, target = places[stored["id"]], places[uuid]
                    source.bonds.append((number, kind, Direction.OUT, _native(values), target))
                    target.bonds.append((number, kind, Direction.IN, _native(values), source))
    return found


def _native(stored: dict[str, Any]) -> dict[str, Any]:
    """Properties as Python keeps them."""
    return {name: value.to_native() if hasattr(value, "to_native") else value for name, value in stored.items()}


def near(node: Node, kind: str) -> Iterator[Node]:
    """The records at the other ends of a node's relationships of a type."""
    return (other for _, found, _, _, other in node.bonds if found == kind)


def out(node: Node, kind: str) -> Iterator[Node]:
    """The records that a node's relationships of a type lead to."""
    return (other for _, found, way, _, other in node.bonds if found == kind and way is Direction.OUT)


def upwards(node: Node, kind: str) -> Iterator[Node]:
    """A record and all above it."""
    yield node
    for above in out(node, kind):
        yield from upwards(above, kind)


def downwards(node: Node, kind: str) -> Iterator[Node]:
    """A record and all below it."""
    yield node
    for _, found, way, _, other in node.bonds:
        if found == kind and way is Direction.IN:
            yield from downwards(other, kind)


@dataclass(slots=True)
class Sight:
    """What one person sees: a user or a customer user of the dump."""

    person: Node
    levels: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for role in out(self.person, "HAS_ROLE"):
            for text in role.values.get("permissions", ()):
                entity, action, level = text.split()
                scale = self.scale(entity)
                if action == "VIEW" and level in scale:
                    best = max(scale.index(level), scale.index(self.levels.get(entity, scale[0])))
                    self.levels[entity] = scale[best]

    @property
    def staff(self) -> bool:
        """Whether the person is a member of staff."""
        return self.person.type == "User"

    def scale(self, entity: str) -> tuple[str, ...]:
        """The levels that a permission can have, lowest first."""
        if not self.staff:
            return ("NONE", *CUSTOMER_LEVELS.get(entity, ()))
        if entity in BY_OWNER or entity == "CustomerUser":
            return STAFF_SCALE
        return ("NONE", "ORGANIZATION", "SYSTEM")

    def sees(self, node: Node) -> bool:
        """Whether the person sees a record."""
        if node.type in PARTS:
            return any(self.sees(whole) for whole in near(node, PARTS[node.type]))
        level = self.levels.get(node.type, "NONE")
        if level == "NONE":
            return False
        return self._staff_sees(node, level) if self.staff else self._customer_sees(node, level)

    def _staff_sees(self, node: Node, level: str) -> bool:
        if level in ("ORGANIZATION", "SYSTEM"):
            return True
        owned = out(node, "USER_OF") if node.type == "CustomerUser" else iter((node,))
        owners = {owner.uuid for one in owned for owner in out(one, "OWNED_BY")}
        return not owners.isdisjoint(self._owners(level))

    def _owners(self, level: str) -> set[str]:
        """The users and units whose records are within a level."""
        own = {self.person.uuid}
        if level == "USER":
            return own
        units = list(out(self.person, "MEMBER_OF_UNIT"))
        if level == "DIVISION":
            units = [below for unit in units for below in downwards(unit, "PART_OF")]
        members = [user for unit in units for user in near(unit, "MEMBER_OF_UNIT")]
        return own | {one.uuid for one in (*units, *members)}

    def _customer_sees(self, node: Node, level: str) -> bool:
        own = next(out(self.person, "USER_OF"), None)

        def within(customers: Iterator[Node]) -> bool:
            if level == "CORPORATE":
                return any(above is own for customer in customers for above in upwards(customer, "CHILD_OF"))
            return any(customer is own for customer in customers)

        match node.type:
            case "Product":
                return True
            case "Channel":
                return within(customer for customer in near(node, "IN_CHANNEL") if customer.type == "Customer")
            case "CustomerGroup":
                return within(near(node, "MEMBER_OF"))
            case "Customer":
                return within(iter((node,)))
            case "CustomerUser":
                return node is self.person if level == "USER" else within(out(node, "USER_OF"))
            case "CustomerUserRole":
                of = list(out(node, "ROLE_OF"))
                return within(iter(of)) or (not of and node.values.get("isPublic") is True)
            case "Contact":
                return within(customer for customer in near(node, "HAS_CONTACT") if customer.type == "Customer")
        if level == "USER":
            return any(user is self.person for user in out(node, "OWNED_BY_CUSTOMER_USER"))
        return within(customer for customer in near(node, SOLD[node.type]) if customer.type == "Customer")

    def of(self, world: AccessWorld) -> AccessWorld:
        """The part of a world that the person sees."""
        copies = {
            node.uuid: replace(node, bonds=[]) for nodes in world.nodes.values() for node in nodes if self.sees(node)
        }
        seen = AccessWorld(world.seed, world.rng, world.model, organization=world.organization)
        for type_name, nodes in world.nodes.items():
            seen.nodes[type_name] = [copies[node.uuid] for node in nodes if node.uuid in copies]
            for node in nodes:
                if node.uuid in copies:
                    copies[node.uuid].bonds += [
                        (number, kind, way, values, copies[other.uuid])
                        for number, kind, way, values, other in node.bonds
                        if other.uuid in copies
                    ]
        return seen
