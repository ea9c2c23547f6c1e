"""Statements that keep the customers of a tree under the account of its root: about the data, not about who sees it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from cypher.access import Access
from cypher.arguments import Inputs
from cypher.fragment import Fragment, Variable, cypher, joined, param
from cypher.printer import Statement, print_fragment
from cypher.writes import Place

ABOVE = cypher(" (()-[:CHILD_OF]->(:Customer))* (root) WHERE NOT EXISTS { (root)-[:CHILD_OF]->(:Customer) }")
"""What follows a customer in a pattern, up to the `root` of its tree."""
BELOW = cypher(" (()<-[:CHILD_OF]-(:Customer))* (below)")
"""What follows a customer in a pattern, down to each customer `below` it, itself included."""


def lock_tree(top: Place, seen: Access, reached: Access, inputs: Inputs, *, most: int) -> Statement:
    """Let no other transaction change a customer and at most so many below it, if the viewer may do something to it.

    In the order of the UUIDs, so that no two wait for each other.
    """
    node = Variable("n")
    allowed = joined(" AND ", [found.predicate("Customer", node) for found in (seen, reached)])
    return print_fragment(
        cypher(
            *("MATCH ", top.pattern(node), " WHERE ", allowed, "\nMATCH (", node, ")", BELOW),
            *("\nWITH below LIMIT ", param(most), "\nWITH below ORDER BY below.id"),
            "\nSET below.locked = true REMOVE below.locked",
        ),
        inputs,
    )


def accounts_of_roots(uuids: Sequence[str], organization_id: str) -> Statement:
    """The accounts of the roots of customers' trees; each way up ends below the next one of them, and is walked once.

    Returns:
        A statement that gives one row: `[UUID of the customer, UUID of the next one of them above it or null, UUID of
        the account of the root where there is none]` of each.
    """
    known = param(sorted(uuids))
    return print_fragment(
        cypher(
            *("UNWIND ", known, " AS id\nMATCH (n:Customer {organizationId: ", param(organization_id), ", id: id})"),
            *("\nMATCH (n) (()-[:CHILD_OF]->(one:Customer WHERE NOT one.id IN ", known, "))* (top)"),
            "\nOPTIONAL MATCH (top)-[:CHILD_OF]->(next:Customer)",
            *("\nWITH n, top, next WHERE next IS NULL OR next.id IN ", known),
            "\nOPTIONAL MATCH (top)-[:BELONGS_TO]->(a:Account) WHERE next IS NULL",
            "\nRETURN collect([n.id, next.id, a.id]) AS row",
        )
    )


def accounts_of(uuids: Sequence[str], organization_id: str) -> Statement:
    """The accounts of customers: one row, `[UUID of the customer, UUID of the account]` of each."""
    return print_fragment(
        cypher(
            *(_customers(uuids, organization_id), "\nMATCH (n)-[:BELONGS_TO]->(a:Account)"),
            "\nRETURN collect([n.id, a.id]) AS row",
        )
    )


def apart_below(tops: Sequence[Sequence[str]], organization_id: str, *, most: int) -> Statement:
    """The customers that are under another account than it should be, of those below some, these included.

    Each is walked to once, from the next of them above it.

    Args:
        tops: `[UUID of a customer, UUID of the account]` each.
        organization_id: whose they are.
        most: how many are looked for.

    Returns:
        A statement that gives one row: `[UUID of the customer, UUID of its account or null, UUID of the account, UUID
        of the next customer above it among them, or its own if it is one of them]` of each, once.
    """
    others = cypher(" (()<-[:CHILD_OF]-(one:Customer WHERE NOT one.id IN ", param([uuid for uuid, _ in tops]), "))* ")
    return print_fragment(
        cypher(
            *("UNWIND ", param([list(top) for top in tops]), " AS top"),
            *("\nMATCH (n:Customer {organizationId: ", param(organization_id), ", id: top[0]})", others, "(below)"),
            "\nOPTIONAL MATCH (below)-[:BELONGS_TO]->(a:Account)",
            "\nWITH below.id AS id, a.id AS was, top WHERE coalesce(was, '') <> top[1]",
            *("\nWITH id, was, top LIMIT ", param(most), "\nRETURN collect([id, was, top[1], top[0]]) AS row"),
        )
    )


def put_under(rows: Sequence[Sequence[str]], organization_id: str, now: dt.datetime) -> Statement:
    """Put customers under other accounts: `[UUID of the customer, UUID of the account]` each.

    Returns:
        A statement that gives one row: the UUIDs of the customers; one whose account is gone is left out.
    """
    organization = param(organization_id)
    return print_fragment(
        cypher(
            *("UNWIND ", param(sorted(map(list, rows))), " AS row"),
            *("\nMATCH (n:Customer {organizationId: ", organization, ", id: row[0]})"),
            *("\nMATCH (a:Account {organizationId: ", organization, ", id: row[1]})"),
            "\nCALL (n) { MATCH (n)-[old:BELONGS_TO]->(:Account|Deleted) DELETE old }",
            "\nCREATE (n)-[:BELONGS_TO]->(a)",
            *("\nSET n.updatedAt = ", param(now), ", n.version = n.version + 1"),
            "\nRETURN collect(n.id) AS row",
        )
    )


def customers_of_trees(origin_ids: Sequence[str], channel_id: str, organization_id: str) -> Statement:
    """The UUIDs of customers of a channel: one row, an empty one unless a tree has one account in the organisation."""
    organization = param(organization_id)
    return print_fragment(
        cypher(
            *("MATCH (o:Organization {organizationId: ", organization, ", id: ", organization, "})"),
            *(" WHERE o.treeAccounts = 'ROOT'\nUNWIND ", param(sorted(origin_ids)), " AS key"),
            *("\nMATCH (n:Customer {organizationId: ", organization, ", channelId: ", param(channel_id)),
            ", originId: key})\nRETURN collect(DISTINCT n.id) AS row",
        )
    )


def _customers(uuids: Sequence[str], organization_id: str) -> Fragment:
    return cypher(
        *("UNWIND ", param(sorted(uuids)), " AS id"),
        *("\nMATCH (n:Customer {organizationId: ", param(organization_id), ", id: id})"),
    )
