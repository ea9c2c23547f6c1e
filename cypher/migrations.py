"""Statements that keep count of which migrations a database has had, and change what older programs stored."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from cypher.fragment import cypher, param
from cypher.organizations import DefaultRole
from cypher.printer import Statement, print_fragment


def applied_versions() -> Statement:
    """The versions applied so far, each a row, oldest first."""
    return print_fragment(cypher("MATCH (n:Migration) RETURN n.version AS version ORDER BY version"))


def record_version(version: int, title: str, now: dt.datetime) -> Statement:
    """Remember that a migration was applied."""
    return print_fragment(
        cypher(
            *("MERGE (n:Migration {version: ", param(version), "})"),
            *("\nON CREATE SET n.title = ", param(title), ", n.appliedAt = ", param(now)),
            "\nRETURN n.version AS version",
        )
    )


def organizations() -> Statement:
    """All organisations, each a row: `[id, key]`."""
    return print_fragment(
        cypher(
            "MATCH (o:Organization) RETURN [o.organizationId, coalesce(o.key, o.organizationId)] AS row ORDER BY row"
        )
    )


def adopt_customer_roles(roles: Sequence[DefaultRole], *, organization_id: str, now: dt.datetime) -> Statement:
    """Make predefined roles that were names alone the ones that an organisation begins with, holders and all."""
    organization = param(organization_id)
    role = cypher("(r:CustomerUserRole {organizationId: ", organization, "})")
    return print_fragment(
        cypher(
            *("UNWIND ", param([role.properties() for role in roles]), " AS row"),
            *("\nMATCH ", role, " WHERE r.name = row.name AND r.permissions IS NULL"),
            " AND NOT EXISTS { (r)-[:ROLE_OF]->() }",
            *(" AND NOT EXISTS { (:CustomerUserRole {organizationId: ", organization, ", id: row.id}) }"),
            "\nWITH row, r ORDER BY r.createdAt, r.id",
            "\nWITH row, head(collect(r)) AS r",
            *("\nSET r += row, r.updatedAt = ", param(now), ", r.version = coalesce(r.version, 0) + 1"),
        )
    )


def give_staff_roles(administrator_id: str, *, organization_id: str) -> Statement:
    """Give a role to the users that have none: the first one is an administrator, who leads others a manager.

    Of several that were made at the same time the first one is who reports to nobody.
    """
    organization = param(organization_id)
    return print_fragment(
        cypher(
            *("MATCH (u:User {organizationId: ", organization, "}) WHERE NOT EXISTS { (u)-[:HAS_ROLE]->() }"),
            *("\nWITH u, head(COLLECT { MATCH (first:User {organizationId: ", organization, "})"),
            " RETURN first.id ORDER BY first.createdAt, EXISTS { (first)-[:REPORTS_TO]->() }, first.id LIMIT 1 })",
            " AS first",
            *("\nWITH u, CASE WHEN u.id IN [first, ", param(administrator_id), "] THEN 'Administrator'"),
            " WHEN EXISTS { (u)<-[:REPORTS_TO]-() } THEN 'Manager' ELSE 'Sales' END AS name",
            *("\nMATCH (r:Role {organizationId: ", organization, ", name: name})"),
            "\nMERGE (u)-[:HAS_ROLE]->(r)",
        )
    )


def give_customer_roles(role_ids: Mapping[str, str]) -> Statement:
    """Give a role to the customer users that have none, by the id of their organisation; in transactions of its own."""
    return print_fragment(
        cypher(
            "MATCH (u:CustomerUser)",
            "\nCALL (u) {",
            # Inside, so that no row waits for all others to be read.
            "\n  WITH u WHERE NOT EXISTS { (u)-[:HAS_ROLE]->() }",
            "\n  MATCH (r:CustomerUserRole {organizationId: u.organizationId, id: ",
            *(param(dict(role_ids)), "[u.organizationId]})"),
            "\n  CREATE (u)-[:HAS_ROLE]->(r)",
            "\n} IN TRANSACTIONS OF 10000 ROWS",
        )
    )


def store_owners() -> Statement:
    """Store the id of its owner on each record that lacks it; in transactions of its own."""
    return print_fragment(
        cypher(
            "MATCH (n)-[:OWNED_BY]->(owner)",
            "\nCALL (n, owner) {",
            "\n  WITH n, owner WHERE n.ownerId IS NULL AND n.organizationId = owner.organizationId",
            "\n  SET n.ownerId = owner.id",
            "\n} IN TRANSACTIONS OF 10000 ROWS",
        )
    )


def link_default_owners() -> Statement:
    """Lead each channel to the default owner whose id it stores, and forget the id."""
    return print_fragment(
        cypher(
            "MATCH (c:Channel) WHERE c.defaultOwnerId IS NOT NULL",
            "\nOPTIONAL MATCH (o:User|BusinessUnit {organizationId: c.organizationId, id: c.defaultOwnerId})",
            "\nFOREACH (_ IN CASE WHEN o IS NULL THEN [] ELSE [1] END | MERGE (c)-[:HAS_DEFAULT_OWNER]->(o))",
            "\nREMOVE c.defaultOwnerId",
        )
    )
