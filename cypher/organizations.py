"""Statements about organisations themselves: the one place that looks for something across them, by its key."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cypher.fragment import cypher, name, param
from cypher.printer import Statement, print_fragment
from graph.permissions import Role


@dataclass(frozen=True, slots=True)
class DefaultRole:
    """A role that an organisation begins with."""

    id: str
    key: str
    role: Role

    def properties(self) -> dict[str, Any]:
        """What is stored."""
        return {
            "id": self.id,
            "key": self.key,
            "name": self.role.name,
            "displayName": self.role.name,
            "permissions": self.role.stored_permissions(),
            "hiddenFields": self.role.stored_hidden(),
        }


@dataclass(frozen=True, slots=True)
class Bootstrap:
    """What a new organisation begins with: itself, one business unit and one administrator."""

    key: str
    name: str
    currency: str
    id: str
    unit_id: str
    unit_name: str
    user_id: str
    user_name: str
    email: str


def ensure_organization(new: Bootstrap, now: dt.datetime) -> Statement:
    """Find an organisation by its key, or create it with its unit and its administrator.

    Returns:
        A statement that gives one row: the organisation's `[id, name, currency, administrator's id]`.
    """
    organization = {"id": new.id, "organizationId": new.id, "name": new.name, "displayName": new.name}
    organization |= {"currency": new.currency, "treeAccounts": "EACH"}
    unit = {"id": new.unit_id, "name": new.unit_name, "displayName": new.unit_name}
    user = {"id": new.user_id, "email": new.email, "displayName": new.user_name}
    moment = param(now)
    return print_fragment(
        cypher(
            *("MERGE (o:Organization {key: ", param(new.key), "})"),
            *("\nON CREATE SET o:Record, o += ", param(organization), ", o.createdAt = "),
            *(moment, ", o.updatedAt = ", moment, ", o.version = 1"),
            *("\nMERGE (u:User {organizationId: o.id, username: ", param(new.email), "})"),
            *("\nON CREATE SET u:Record, u += ", param(user), ", u.createdAt = ", moment, ", u.updatedAt = ", moment),
            ", u.version = 1",
            "\nFOREACH (_ IN CASE WHEN EXISTS { (u)-[:MEMBER_OF_UNIT]->() } THEN [] ELSE [1] END |",
            *("\n  MERGE (b:BusinessUnit {organizationId: o.id, id: ", param(new.unit_id), "})"),
            *("\n  ON CREATE SET b:Record, b += ", param(unit), ", b.createdAt = ", moment, ", b.updatedAt = ", moment),
            ", b.version = 1",
            "\n  MERGE (u)-[:MEMBER_OF_UNIT]->(b))",
            "\nRETURN [o.id, o.name, o.currency, u.id] AS organization",
        )
    )


def ensure_roles(label: str, roles: Sequence[DefaultRole], *, organization_id: str, now: dt.datetime) -> Statement:
    """Create the roles of a label that are not there, as `ensure_records` does; roles of one customer are no such."""
    beside = {"isPublic": True, "selfManaged": True} if label == "CustomerUserRole" else {}
    rows = [{**role.properties(), **beside} for role in roles]
    return ensure_records(label, rows, organization_id=organization_id, now=now)


def ensure_records(
    label: str, rows: Sequence[Mapping[str, Any]], *, organization_id: str, now: dt.datetime
) -> Statement:
    """Create records of a label that are not there; those that are stay as they are, and so does one of that name.

    What somebody has deleted stays deleted.

    Returns:
        A statement that gives one row: how many were created.
    """
    organization, moment = param(organization_id), param(now)
    return print_fragment(
        cypher(
            *("UNWIND ", param([dict(row) for row in rows]), " AS row\nWITH row WHERE NOT EXISTS {"),
            *("\n  MATCH (same:", name(label), " {organizationId: ", organization, "})"),
            "\n  WHERE same.id = row.id",
            " OR (same.displayName = row.displayName AND NOT EXISTS { (same)-[:ROLE_OF]->() })",
            *("\n} AND NOT EXISTS { (:Deleted {organizationId: ", organization, ", id: row.id}) }"),
            *("\nMERGE (r:", name(label), " {organizationId: ", organization, ", id: row.id})"),
            *("\nON CREATE SET r:Record, r += row, r.createdAt = ", moment, ", r.updatedAt = ", moment),
            ", r.version = 1",
            "\nRETURN count(*) AS created",
        )
    )


def ensure_holders(role_id: str, user_ids: Sequence[str], *, organization_id: str) -> Statement:
    """Give a role to the users that have none.

    Returns:
        A statement that gives one row: how many users got it.
    """
    organization = param(organization_id)
    return print_fragment(
        cypher(
            *("MATCH (r:Role {organizationId: ", organization, ", id: ", param(role_id), "})"),
            *("\nUNWIND ", param(list(user_ids)), " AS id"),
            *("\nMATCH (u:User {organizationId: ", organization, ", id: id}) WHERE NOT EXISTS { (u)-[:HAS_ROLE]->() }"),
            "\nMERGE (u)-[:HAS_ROLE]->(r)\nRETURN count(*) AS given",
        )
    )
