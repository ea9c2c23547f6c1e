"""Statements of the mutations that manage access: who holds what, and what moves along."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import LiteralString

from cypher.fragment import Fragment, cypher, name, param
from cypher.printer import Statement, print_fragment

PLACED: dict[str, tuple[LiteralString, LiteralString]] = {
    "Order": ("<-[old:PLACED]-", "<-[:PLACED]-"),
    "Cart": ("<-[old:HAS_CART]-", "<-[:HAS_CART]-"),
    "Case": ("-[old:CASE_OF]->", "-[:CASE_OF]->"),
}
"""What a customer user owns that is of the user's customer: the relationship to the customer, old and new."""


def count_administrators(organization_id: str, permissions: Sequence[str]) -> Statement:
    """How many users may sign in and hold a role with one of the permissions: one row."""
    return print_fragment(
        cypher(
            *("MATCH (r:Role) WHERE r.organizationId = ", param(organization_id), " AND r.id IS NOT NULL"),
            *(" AND any(given IN r.permissions WHERE given IN ", param(list(permissions)), ")"),
            "\nMATCH (r)<-[:HAS_ROLE]-(u:User) WHERE coalesce(u.enabled, true)",
            "\nRETURN count(DISTINCT u) AS row",
        )
    )


def copies_of_role(organization_id: str, role_id: str, customer_id: str) -> Statement:
    """The UUIDs of a customer's own copies of a predefined role, each a row."""
    return print_fragment(
        cypher(
            *("MATCH ", _keyed("c", "Customer", organization_id, customer_id), "<-[:ROLE_OF]-(r:CustomerUserRole)"),
            *("\nWHERE r.copyOf = ", param(role_id), " RETURN r.id AS row ORDER BY row"),
        )
    )


def move_holders(
    organization_id: str, role_id: str, copy_id: str, customer_id: str, now: dt.datetime, *, below: bool
) -> Statement:
    """Let a customer's users hold its copy of a role in place of the role.

    Args:
        organization_id: whose they are.
        role_id: the role.
        copy_id: its copy.
        customer_id: the customer.
        now: the time of the write.
        below: Also the users of all customers below it.

    Returns:
        A statement that gives the UUID of each user that it moved.
    """
    customers = "<-[:CHILD_OF*0..]-(:Customer)" if below else ""
    return print_fragment(
        cypher(
            *("MATCH ", _keyed("copy", "CustomerUserRole", organization_id, copy_id)),
            *("\nMATCH ", _keyed("top", "Customer", organization_id, customer_id), customers),
            *("<-[:USER_OF]-(u:CustomerUser)-[old:HAS_ROLE]->"),
            *("(:CustomerUserRole {organizationId: ", param(organization_id), ", id: ", param(role_id), "})"),
            "\nMERGE (u)-[:HAS_ROLE]->(copy) DELETE old",
            *("\nSET u.updatedAt = ", param(now), ", u.version = u.version + 1"),
            "\nRETURN u.id AS row ORDER BY row",
        )
    )


def roles_held_elsewhere(organization_id: str, customer_ids: Sequence[str]) -> Statement:
    """The roles of customers that users of others hold: a row `[UUID of the role, UUID of the other customer]` each."""
    ids = param(list(customer_ids))
    return print_fragment(
        cypher(
            *("UNWIND ", ids, " AS id\nMATCH (:Customer {organizationId: ", param(organization_id), ", id: id})"),
            "<-[:ROLE_OF]-(r:CustomerUserRole)<-[:HAS_ROLE]-(:CustomerUser)-[:USER_OF]->(other:Customer)",
            *("\nWHERE NOT other.id IN ", ids, " RETURN DISTINCT [r.id, other.id] AS row ORDER BY row"),
        )
    )


def roles_out_of_reach(organization_id: str, customer_id: str, role_ids: Sequence[str]) -> Statement:
    """Those of the roles, by UUID, which users of a customer can't hold: roles of customers that are not above it."""
    return print_fragment(
        cypher(
            *("MATCH (r:CustomerUserRole {organizationId: ", param(organization_id), "})"),
            # Nobody is below a customer that was deleted.
            *("-[:ROLE_OF]->(owner:Customer|Deleted) WHERE r.id IN ", param(list(role_ids))),
            *("\nAND NOT EXISTS { MATCH ", _keyed("c", "Customer", organization_id, customer_id)),
            *("-[:CHILD_OF*0..]->(owner) }", "\nRETURN r.id AS row ORDER BY row"),
        )
    )


def move_owned(organization_id: str, user_id: str, customer_id: str, label: str, now: dt.datetime) -> Statement:
    """Move a customer user's records of a label to another customer.

    Returns:
        A statement that gives a row for each: `[its UUID, the customers that it was of]`.
    """
    old, new = PLACED[label]
    return print_fragment(
        cypher(
            *("MATCH ", _keyed("target", "Customer", organization_id, customer_id)),
            *("\nMATCH ", _keyed("u", "CustomerUser", organization_id, user_id)),
            *("<-[:OWNED_BY_CUSTOMER_USER]-(n:", name(label), ")", old, "(c:Customer) WHERE c.id <> target.id"),
            "\nWITH target, n, collect(c.id) AS customers, collect(old) AS olds",
            "\nFOREACH (one IN olds | DELETE one)",
            *("\nMERGE (n)", new, "(target)"),
            *("\nSET n.updatedAt = ", param(now), ", n.version = n.version + 1"),
            "\nRETURN [n.id, customers] AS row ORDER BY n.id",
        )
    )


def hand_over(organization_id: str, user_id: str, heir_id: str, label: str, now: dt.datetime) -> Statement:
    """Give a customer user's records of a label to another one: a row for each, its UUID."""
    return print_fragment(
        cypher(
            *("MATCH ", _keyed("heir", "CustomerUser", organization_id, heir_id)),
            *("\nMATCH ", _keyed("u", "CustomerUser", organization_id, user_id)),
            *("<-[old:OWNED_BY_CUSTOMER_USER]-(n:", name(label), ")"),
            "\nDELETE old MERGE (n)-[:OWNED_BY_CUSTOMER_USER]->(heir)",
            *("\nSET n.updatedAt = ", param(now), ", n.version = n.version + 1"),
            "\nRETURN n.id AS row ORDER BY row",
        )
    )


def unit_is_above(organization_id: str, unit_id: str, other_id: str) -> Statement:
    """Whether a business unit is another one or above it: one row."""
    return print_fragment(
        cypher(
            *("MATCH ", _keyed("b", "BusinessUnit", organization_id, other_id)),
            "\nRETURN EXISTS { (b)-[:PART_OF*0..]->(top:BusinessUnit)",
            *(" WHERE top.id = ", param(unit_id), " } AS row"),
        )
    )


def _keyed(variable: LiteralString, label: LiteralString, organization_id: str, uuid: str) -> Fragment:
    organization = param(organization_id)
    return cypher("(", variable, ":", name(label), " {organizationId: ", organization, ", id: ", param(uuid), "})")
