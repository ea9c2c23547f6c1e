"""The roles that every organisation begins with, as `docs/access.md` has them in tables."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from graph.model import Model
from graph.permissions import ACTIONS, Role

CHANGES = ("CREATE", "EDIT", "DELETE", "ASSIGN")
PARTNERS = ("Account", "Call", "Case", "Cart", "Contact", "Customer", "Email", "Event", "Lead", "Note", "Opportunity")
OWNED = (*PARTNERS, "CustomerUser", "Order", "Task")
"""What members of staff own."""


def staff_roles(model: Model) -> Mapping[str, Role]:
    """Roles of members of staff by key."""
    entities = model.entities()
    shared = tuple(name for name in entities if name not in OWNED)
    seen = _levels(shared, ("VIEW",), "ORGANIZATION")
    # Tags and groups of contacts are made while one works.
    tagging = _levels(("ContactGroup", "Tag"), ("CREATE", "EDIT"), "ORGANIZATION")
    return {
        "administrator": Role("Administrator", _levels(entities, ACTIONS, "ORGANIZATION")),
        "manager": Role(
            "Manager", seen | tagging | _levels(OWNED, ("VIEW",), "DIVISION") | _levels(OWNED, CHANGES, "UNIT")
        ),
        "sales": Role("Sales", seen | tagging | _levels(OWNED, ("VIEW",), "UNIT") | _levels(OWNED, CHANGES, "USER")),
        "marketing": Role("Marketing", seen | tagging | _levels(OWNED, ("VIEW",), "UNIT")),
    }


def customer_roles() -> Mapping[str, Role]:
    """Predefined roles of customer users by key."""
    sales, company = ("Order", "Cart", "Case"), ("Customer", "CustomerUser", "Contact")
    things = _levels(("Product", "Channel", "CustomerGroup"), ("VIEW",), "FULL")
    return {
        "administrator": Role(
            "Administrator", things | _levels((*company, *sales, "CustomerUserRole"), ACTIONS, "CORPORATE")
        ),
        "buyer": Role(
            "Buyer",
            things
            | _levels((*company, *sales), ("VIEW",), "DEPARTMENT")
            | _levels(sales, CHANGES, "USER")
            | {("CustomerUser", "EDIT"): "USER"},
        ),
        "guest": Role(
            "Guest", _levels(("Product",), ("VIEW",), "FULL") | _levels(("Cart", "Order"), ("CREATE",), "USER")
        ),
    }


def _levels(entities: Iterable[str], actions: Iterable[str], level: str) -> dict[tuple[str, str], str]:
    wanted = tuple(actions)
    return {(entity, action): level for entity in entities for action in wanted}
