"""Statements about customers that mutations need: whose account matches."""

from __future__ import annotations

from cypher.access import Access
from cypher.arguments import Inputs
from cypher.fragment import Variable, cypher, of, param
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
