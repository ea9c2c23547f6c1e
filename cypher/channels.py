"""Statements about channels: the records in them, a page at a time, and what becomes of these when a channel goes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import LiteralString

from cypher.fragment import Fragment, Param, Variable, cypher, joined, name, param
from cypher.printer import Statement, print_fragment
from cypher.writes import Place
from graph.model import Model

IN_CHANNEL = ("Customer", "Order", "Cart", "Lead", "Opportunity", "Case")
"""The types of records that are in a channel, customers first: what is of them goes with them."""
OF_CUSTOMERS = ("CustomerUser", "CustomerUserRole")
"""The types of records that only customers have."""
PARTS = ("OrderItem", "CartItem", "Address")
"""What goes with its whole."""


def count_in_channel(channel: Place) -> Statement:
    """How many records of a channel there are: one row, a number for each of `IN_CHANNEL` and `OF_CUSTOMERS`."""
    node = Variable("channel")
    direct = [cypher("COUNT { (", node, ")<-[:IN_CHANNEL]-(:", name(label), ") }") for label in IN_CHANNEL]
    theirs = [
        cypher("COUNT { (", node, ")<-[:IN_CHANNEL]-(:Customer)<-[:USER_OF]-(:CustomerUser) }"),
        cypher("COUNT { (", node, ")<-[:IN_CHANNEL]-(:Customer)<-[:ROLE_OF]-(:CustomerUserRole) }"),
    ]
    counts = joined(", ", [*direct, *theirs])
    return print_fragment(cypher("MATCH ", channel.pattern(node), " RETURN [", counts, "] AS row"))


def properties_of(place: Place) -> Statement:
    """What a record holds: one row."""
    node = Variable("n")
    return print_fragment(cypher("MATCH ", place.pattern(node), " RETURN properties(", node, ") AS row"))


def page_of_channel(channel: Place, label: str, after: str, size: int) -> Statement:
    """The next records of a label in a channel by their UUIDs: a row `[UUID, how many records are of it]` each."""
    organization = param(channel.organization_id)
    weight = cypher(
        "COUNT { (n)-[:PLACED|HAS_CART]->(:Order|Cart) } + ",
        "COUNT { (n)<-[:CASE_OF|LEAD_OF|OPPORTUNITY_OF|USER_OF|ROLE_OF]-",
        "(:Case|Lead|Opportunity|CustomerUser|CustomerUserRole) }",
    )
    return print_fragment(
        cypher(
            *("MATCH (n:", name(label), ") WHERE n.organizationId = ", organization, " AND n.id > ", param(after)),
            *(" AND EXISTS { (n)-[:IN_CHANNEL]->(:Channel {organizationId: ", organization, ", id: "),
            *(param(channel.uuid), "}) }"),
            # The order of the index, all of it, so that nothing is sorted.
            *("\nWITH n ORDER BY n.organizationId, n.id LIMIT ", param(size)),
            *("\nRETURN [n.id, ", weight if label == "Customer" else "0", "] AS row"),
        )
    )


def records_of_customers(customer_ids: Sequence[str], most: int, *, organization_id: str) -> Statement:
    """The UUIDs of records that are of customers, at most so many, a row each."""
    ways = (
        "(c)-[:PLACED]->(r:Order)",
        "(c)-[:HAS_CART]->(r:Cart)",
        "(c)<-[:CASE_OF]-(r:Case)",
        "(c)<-[:LEAD_OF]-(r:Lead)",
        "(c)<-[:OPPORTUNITY_OF]-(r:Opportunity)",
        "(c)<-[:USER_OF]-(r:CustomerUser)",
        "(c)<-[:ROLE_OF]-(r:CustomerUserRole)",
    )
    found = joined("\n  UNION ", [cypher("MATCH ", way, " RETURN r") for way in ways])
    return print_fragment(
        cypher(
            *(_customers(customer_ids, organization_id), "\nCALL (c) {\n  ", found, "\n}"),
            *("\nRETURN r.id AS row LIMIT ", param(most)),
        )
    )


def accounts_of_customers(customer_ids: Sequence[str], *, organization_id: str) -> Statement:
    """The UUIDs of the accounts of customers, a row each."""
    customers = _customers(customer_ids, organization_id)
    return print_fragment(cypher(customers, "-[:BELONGS_TO]->(a:Account) RETURN DISTINCT a.id AS row ORDER BY row"))


def have_users(customer_ids: Sequence[str], *, organization_id: str) -> Statement:
    """Whether customers have users: one row."""
    customers = _customers(customer_ids, organization_id)
    return print_fragment(cypher(customers, "<-[:USER_OF]-(:CustomerUser) RETURN count(*) > 0 AS row"))


def customers_of_records(ids: Sequence[str], *, organization_id: str) -> Statement:
    """The UUIDs of the customers whom orders and deals are of, a row each."""
    organization = param(organization_id)
    return print_fragment(
        cypher(
            _records(ids, organization),
            "\nMATCH (r)-[:PLACED|OPPORTUNITY_OF]-(c:Customer)",
            " RETURN DISTINCT c.id AS row ORDER BY row",
        )
    )


def orphan_children(customer_ids: Sequence[str], now: dt.datetime, *, organization_id: str) -> Statement:
    """Make the children of customers roots, but those that are among these customers themselves.

    Returns:
        A statement that gives a row for each: `[its UUID, the UUID of its parent]`.
    """
    return print_fragment(
        cypher(
            *(_customers(customer_ids, organization_id), "<-[tie:CHILD_OF]-(child:Customer)"),
            *(" WHERE NOT child.id IN ", param(list(customer_ids))),
            *("\nDELETE tie SET child.updatedAt = ", param(now), ", child.version = child.version + 1"),
            "\nRETURN [child.id, c.id] AS row ORDER BY child.id",
        )
    )


def bury_records(ids: Sequence[str], model: Model, now: dt.datetime, *, organization_id: str) -> Statement:
    """Delete records with their parts: they keep what they held, and nothing finds them.

    Returns:
        A statement that gives a row for each record: `[its labels, its UUID, its properties before]`.
    """
    organization, moment = param(organization_id), param(now)
    return print_fragment(
        cypher(
            _records(ids, organization),
            "\nWITH r, labels(r) AS labels, properties(r) AS before",
            "\nCALL (r) {",
            "\n  MATCH (r)-[:HAS_ITEM|HAS_ADDRESS]->(p:OrderItem|CartItem|Address)",
            "\n  WHERE COUNT { (p)<-[:HAS_ITEM|HAS_ADDRESS]-(:Record) } = 1",
            *("\n  SET p.deletedType = [label IN labels(p) WHERE label IN ", param(list(PARTS)), "][0],"),
            *(" p.deletedAt = ", moment, " ", _bury("p", PARTS, model)),
            "\n  RETURN count(*) AS parts",
            "\n}",
            *("\nSET r.deletedType = [label IN labels WHERE label IN ", param([*IN_CHANNEL, *OF_CUSTOMERS]), "][0],"),
            *(" r.deletedAt = ", moment, " ", _bury("r", (*IN_CHANNEL, *OF_CUSTOMERS), model)),
            "\nRETURN [labels, r.id, before] AS row",
        )
    )


def detach_records(ids: Sequence[str], channel: Place, now: dt.datetime) -> Statement:
    """Take records out of a channel: a row `[its labels, its UUID]` each."""
    organization = param(channel.organization_id)
    return print_fragment(
        cypher(
            _records(ids, organization),
            *("-[tie:IN_CHANNEL]->(:Channel {id: ", param(channel.uuid), "})"),
            *("\nDELETE tie REMOVE r.channelId SET r.updatedAt = ", param(now), ", r.version = r.version + 1"),
            "\nRETURN [labels(r), r.id] AS row",
        )
    )


def _customers(ids: Sequence[str], organization_id: str) -> Fragment:
    organization = param(organization_id)
    return cypher(
        *("UNWIND ", param(sorted(ids)), " AS id\nMATCH (c:Customer {organizationId: ", organization, ", id: id})")
    )


def _records(ids: Sequence[str], organization: Param) -> Fragment:
    return cypher(
        *("UNWIND ", param(list(ids)), " AS id\nMATCH (r:Record {organizationId: ", organization, ", id: id})")
    )


def _bury(node: LiteralString, types: Sequence[str], model: Model) -> Fragment:
    """Take every label away that nodes of some types have."""
    labels = dict.fromkeys(label for of in types for label in model.records[of].labels)
    return cypher("REMOVE ", node, ":", joined(":", [name(label) for label in labels]), " SET ", node, ":Deleted")
