"""Statements that give many new customers their contacts at once, and those to their accounts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from cypher.access import Access
from cypher.arguments import Inputs
from cypher.fragment import Variable, cypher, joined, of, param
from cypher.printer import Statement, print_fragment

Row = Mapping[str, Any]


def lock_accounts(uuids: Sequence[str], organization_id: str) -> Statement:
    """Lock accounts in the order of their UUIDs.

    Returns:
        A statement that gives a row for each: `[UUID, its contacts, UUID of the default one]`, where a contact is
        `[UUID, properties of the link]`.
    """
    return print_fragment(
        cypher(
            *("UNWIND ", param(sorted(uuids)), " AS id"),
            *("\nMATCH (a:Account {organizationId: ", param(organization_id), ", id: id})"),
            # A property that is set and removed locks without reading.
            "\nSET a.locked = true REMOVE a.locked\nWITH a WHERE a:Account",
            "\nRETURN [a.id, COLLECT { MATCH (a)-[r:HAS_CONTACT]->(c:Contact) RETURN [c.id, properties(r)] }",
            ", head(COLLECT { MATCH (a)-[:HAS_DEFAULT_CONTACT]->(c:Contact) RETURN c.id })] AS row",
        )
    )


def contacts_that_match(rows: Sequence[Sequence[str]], seen: Access, inputs: Inputs) -> Statement:
    """The contacts of accounts by their match keys, the oldest for each of those that the viewer sees.

    Args:
        rows: `[UUID of the account, first name, last name, email address]`, in small letters.
        seen: what the viewer sees.
        inputs: of the request.

    Returns:
        A statement that gives a row `[place in the rows, UUID]` for each that is known.
    """
    contact, row = Variable("contact"), Variable("row")
    account = cypher("(a:Account {organizationId: ", seen.organization, ", id: ", row, "[1]})")
    same = [
        cypher("toLower(", of(contact, stored), ") = ", row, place)
        for stored, place in (("firstName", "[2]"), ("lastName", "[3]"), ("email", "[4]"))
    ]
    placed = [[place, *one] for place, one in enumerate(rows)]
    return print_fragment(
        cypher(
            *("UNWIND ", param(placed), " AS ", row, "\nCALL (", row, ") {"),
            *("\n  MATCH ", account, "-[:HAS_CONTACT]->(", contact, ":Contact)"),
            *("\n  WHERE ", seen.predicate("Contact", contact), " AND ", joined(" AND ", same)),
            *("\n  RETURN ", of(contact, "id"), " AS found ORDER BY ", of(contact, "createdAt"), ", found LIMIT 1"),
            *("\n}\nRETURN [", row, "[0], found] AS row"),
        ),
        inputs,
    )


def create_contacts(rows: Sequence[Row], shared: Row) -> Statement:
    """Make contacts with their owners and parts.

    Args:
        rows: `{set: {id, …}, owner, emails, phones}`: properties, UUID of the owner, properties of the parts.
        shared: the properties that all contacts and parts have in common, `organizationId` among them.
    """
    organization, common = param(shared["organizationId"]), param(dict(shared))
    return print_fragment(
        cypher(
            *("UNWIND ", param(list(rows)), " AS row"),
            *("\nMATCH (owner:User|BusinessUnit {organizationId: ", organization, ", id: row.owner})"),
            *("\nCREATE (c:Contact:Record)-[:OWNED_BY]->(owner) SET c += ", common, ", c += row.set"),
            "\nFOREACH (part IN row.emails | CREATE (c)-[:HAS_EMAIL]->(e:ContactEmail)",
            *(" SET e += ", common, ", e += part)"),
            "\nFOREACH (part IN row.phones | CREATE (c)-[:HAS_PHONE]->(p:ContactPhone)",
            *(" SET p += ", common, ", p += part)"),
        )
    )


def attach_contacts(rows: Sequence[Row], role: str, organization_id: str) -> Statement:
    """Link new customers to their contacts, and these to the accounts where they are not linked yet.

    Args:
        rows: `{customer, contact, account, default}`: UUIDs, that of the account null where the contact is one of it.
        role: what the contacts are there.
        organization_id: whose they are.
    """
    organization, shown = param(organization_id), param(role)
    return print_fragment(
        cypher(
            *("UNWIND ", param(list(rows)), " AS row"),
            *("\nMATCH (n:Customer {organizationId: ", organization, ", id: row.customer})"),
            *("\nMATCH (c:Contact {organizationId: ", organization, ", id: row.contact})"),
            *("\nCREATE (n)-[:HAS_CONTACT {role: ", shown, "}]->(c)"),
            *("\nWITH row, c MATCH (a:Account {organizationId: ", organization, ", id: row.account})"),
            *("\nCREATE (a)-[:HAS_CONTACT {role: ", shown, ", isDefault: row.default}]->(c)"),
            "\nFOREACH (_ IN CASE WHEN row.default THEN [1] ELSE [] END | CREATE (a)-[:HAS_DEFAULT_CONTACT]->(c))",
        )
    )


def touch_accounts(uuids: Sequence[str], organization_id: str, now: dt.datetime) -> Statement:
    """Give accounts that have other contacts now a new version."""
    return print_fragment(
        cypher(
            *("UNWIND ", param(list(uuids)), " AS id"),
            *("\nMATCH (a:Account {organizationId: ", param(organization_id), ", id: id})"),
            *("\nSET a.updatedAt = ", param(now), ", a.version = a.version + 1"),
        )
    )
