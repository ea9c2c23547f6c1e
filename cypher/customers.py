"""Statements about customers that mutations need: whose account matches, and which contact of it."""

from __future__ import annotations

from cypher.access import Access
from cypher.arguments import Inputs
from cypher.fragment import Variable, cypher, joined, of, param
from cypher.printer import Statement, print_fragment


def account_that_matches(key: str, seen: Access, inputs: Inputs) -> Statement:
    """The account of a customer with a match key, the oldest of those that the viewer sees: one row, its UUID, or none.

    Both the customer and the account must be seen, so that nobody learns of others by trying.
    """
    customer, account = Variable("customer"), Variable("account")
    return print_fragment(
        cypher(
            *("MATCH (", customer, ":Customer)-[:BELONGS_TO]->(", account, ":Account)"),
            *("\nWHERE ", seen.predicate("Customer", customer), " AND ", of(customer, "matchKey"), " = ", param(key)),
            *(" AND ", seen.predicate("Account", account)),
            *("\nRETURN ", of(account, "id"), " AS row ORDER BY ", of(account, "createdAt"), ", row LIMIT 1"),
        ),
        inputs,
    )


def contact_that_matches(account_id: str, key: str, seen: Access, inputs: Inputs) -> Statement:
    """The oldest contact of an account with a match key that the viewer sees: one row, its UUID, or none."""
    contact, account = Variable("contact"), Variable("account")
    found = cypher("(", account, ":Account {organizationId: ", seen.organization, ", id: ", param(account_id), "})")
    same = [
        cypher("toLower(", of(contact, stored), ") = ", param(part))
        for stored, part in zip(("firstName", "lastName", "email"), key.split("\x1f"), strict=True)
    ]
    return print_fragment(
        cypher(
            *("MATCH ", found, "-[:HAS_CONTACT]->(", contact, ":Contact)"),
            *("\nWHERE ", seen.predicate("Contact", contact), " AND ", joined(" AND ", same)),
            *("\nRETURN ", of(contact, "id"), " AS row ORDER BY ", of(contact, "createdAt"), ", row LIMIT 1"),
        ),
        inputs,
    )
