"""Statements that load orders with their lines, and value the customers by them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any, LiteralString

from cypher.fragment import Fragment, Param, cypher, param
from cypher.printer import Statement, print_fragment

Row = Mapping[str, Any]

_COUNTED: dict[str, tuple[LiteralString, LiteralString]] = {
    "ORDERS_NET": ("o.status <> 'CANCELLED'", "o.subtotal - abs(coalesce(o.discount, 0))"),
    "ORDERS_PAID": ("o.paymentStatus = 'PAID'", "o.subtotal"),
}
"""For each rule that values customers by their orders: which orders count, and what each is worth."""

_ENTRY_ID = cypher(
    "reduce(hex = '', power IN [44, 40, 36, 32, 28, 24, 20, 16, 12, 8, 4, 0] | hex + ",
    "substring('0123456789abcdef', (at.epochMillis / toInteger(2 ^ power)) % 16, 1) + ",
    "CASE power WHEN 16 THEN '-' WHEN 0 THEN '-' ELSE '' END)",
    " + substring(a.id, 14, 15) + substring(ch.id, 29, 7)",
)
"""The UUIDv7 of the moment whose random bits are those of the account's and the channel's id.

The same account, channel and moment give the same entry, so that a second run writes no other one.
"""


def change_items(orders: Sequence[Row], *, channel_id: str, organization_id: str) -> Statement:
    """Change the lines, of orders that were there before with other lines, which differ from what is stored.

    Args:
        orders: `{originId, digest, lines: [{id, sku, set}]}`.
        channel_id: the orders' channel.
        organization_id: whose they are.

    Returns:
        A statement that gives one row: how many lines it changed.
    """
    organization = param(organization_id)
    return print_fragment(
        cypher(
            *("UNWIND ", param(list(orders)), " AS row"),
            *("\nMATCH ", _order(organization, channel_id)),
            "\nWHERE o.linesDigest IS NOT NULL AND o.linesDigest <> row.digest",
            "\nUNWIND row.lines AS line",
            *("\nMATCH (i:OrderItem {organizationId: ", organization, ", id: line.id})"),
            "\nWHERE any(key IN keys(line.set) WHERE NOT coalesce(i[key] = line.set[key], false))",
            "\n  OR NOT EXISTS { (i)-[:OF_PRODUCT]->(:Product {sku: line.sku}) }",
            "\nSET i += line.set",
            "\nWITH i, line",
            "\nCALL (i) { MATCH (i)-[old:OF_PRODUCT]->() DELETE old }",
            *("\nMATCH (p:Product {organizationId: ", organization, ", sku: line.sku})"),
            "\nMERGE (i)-[:OF_PRODUCT]->(p)",
            "\nRETURN count(*) AS changed",
        )
    )


def create_items(orders: Sequence[Row], *, channel_id: str, organization_id: str) -> Statement:
    """Create the lines that are not there yet; orders whose lines are stored already are passed over.

    Returns:
        A statement that gives one row: how many lines it created.
    """
    organization = param(organization_id)
    return print_fragment(
        cypher(
            *("UNWIND ", param(list(orders)), " AS row"),
            *("\nMATCH ", _order(organization, channel_id)),
            "\nWHERE o.linesDigest IS NULL OR o.linesDigest <> row.digest",
            "\nSET o.linesDigest = row.digest",
            "\nWITH o, row UNWIND row.lines AS line",
            *("\nOPTIONAL MATCH (old:OrderItem {organizationId: ", organization, ", id: line.id})"),
            "\nWITH o, line, old WHERE old IS NULL",
            *("\nMATCH (p:Product {organizationId: ", organization, ", sku: line.sku})"),
            "\nCREATE (o)-[:HAS_ITEM]->(i:OrderItem)-[:OF_PRODUCT]->(p) SET i = line.set",
            "\nRETURN count(*) AS created",
        )
    )


def total_orders(origins: Sequence[str], *, channel_id: str, organization_id: str, now: dt.datetime) -> Statement:
    """Work out the subtotal, the total and the time of orders from all their lines.

    Returns:
        A statement that gives one row: how many orders it changed.
    """
    moment = param(now)
    return print_fragment(
        cypher(
            *("UNWIND ", param([{"originId": origin} for origin in origins]), " AS row"),
            *("\nMATCH ", _order(param(organization_id), channel_id), "-[:HAS_ITEM]->(i:OrderItem)"),
            "\nWITH o, sum(i.amount) AS subtotal, min(i.at) AS at",
            "\nWITH o, subtotal, CASE WHEN at IS NULL THEN o.placedAt ELSE datetime({epochMillis: at}) END AS placedAt",
            "\nWITH o, subtotal, placedAt, subtotal - abs(coalesce(o.discount, 0)) + coalesce(o.tax, 0)",
            " + coalesce(o.shipping, 0) AS total",
            "\nWHERE o.subtotal IS NULL OR o.subtotal <> subtotal OR o.total <> total OR o.placedAt <> placedAt",
            *("\nSET o.version = o.version + CASE WHEN o.updatedAt = ", moment, " THEN 0 ELSE 1 END, o.updatedAt = "),
            *(moment, ", o.subtotal = subtotal, o.total = total, o.placedAt = placedAt"),
            "\nRETURN count(*) AS changed",
        )
    )


def release_orders(orders: Sequence[Row], rule: str, *, channel_id: str, organization_id: str) -> Statement:
    """Take orders from customers whom a changed source no longer names, and value those customers again.

    Args:
        orders: `{originId, digest, customer}`, the latter an origin id or null.
        rule: the channel's lifetime rule.
        channel_id: the orders' channel.
        organization_id: whose they are.
    """
    organization = param(organization_id)
    moved = cypher(
        *("UNWIND ", param(list(orders)), " AS row"),
        *("\nMATCH ", _order(organization, channel_id), "<-[placed:PLACED]-(c:Customer)"),
        "\nWHERE o.importDigest <> row.digest AND (row.customer IS NULL OR c.originId <> row.customer)",
        "\nDELETE placed",
        "\nWITH DISTINCT c",
    )
    return print_fragment(cypher(moved, *_valued(rule, organization, param(channel_id))))


def value_customers(origins: Sequence[str], rule: str, *, channel_id: str, organization_id: str) -> Statement:
    """Work out the lifetime value of customers from all their orders; each change enters their account's history.

    Returns:
        A statement that gives one row: how many entries of the history it wrote.
    """
    organization, channel = param(organization_id), param(channel_id)
    customers = cypher(
        *("UNWIND ", param(list(origins)), " AS originId"),
        *("\nMATCH (c:Customer {organizationId: ", organization, ", channelId: ", channel, ", originId: originId})"),
    )
    return print_fragment(cypher(customers, *_valued(rule, organization, channel)))


def value_customers_by_id(ids: Sequence[str], rule: str, *, channel_id: str, organization_id: str) -> Statement | None:
    """The same for customers by their UUIDs; None where the channel does not value them by orders."""
    if rule not in _COUNTED:
        return None
    organization, channel = param(organization_id), param(channel_id)
    customers = cypher(
        *("UNWIND ", param(list(ids)), " AS id"),
        *("\nMATCH (c:Customer {organizationId: ", organization, ", id: id})"),
    )
    return print_fragment(cypher(customers, *_valued(rule, organization, channel)))


def _order(organization: Param, channel_id: str) -> Fragment:
    return cypher(
        *("(o:Order {organizationId: ", organization, ", channelId: ", param(channel_id), ", originId: row.originId})")
    )


def _valued(rule: str, organization: Param, channel: Param) -> tuple[Fragment, ...]:
    """The lifetime value of each `c`, and the history of its account."""
    counts, worth = _COUNTED[rule]
    value = cypher(
        "\nCALL (c) {",
        *("\n  OPTIONAL MATCH (c)-[:PLACED]->(o:Order) WHERE ", counts),
        *("\n  RETURN coalesce(sum(", worth, "), 0) AS value"),
        "\n}",
        "\nWITH c, value WHERE coalesce(c.lifetimeValue, 0) <> value",
        "\nSET c.lifetimeValue = value",
        "\nWITH DISTINCT c MATCH (c)-[:BELONGS_TO]->(a:Account)",
        "\nWITH DISTINCT a",
    )
    history = cypher(
        *("\nMATCH (a)<-[:BELONGS_TO]-(m:Customer {channelId: ", channel, "})"),
        "\nCALL (m) {",
        "\n  OPTIONAL MATCH (m)-[:PLACED]->(o:Order)",
        *("\n  RETURN max(CASE WHEN ", counts, " THEN o.placedAt END) AS counted, max(o.placedAt) AS newest"),
        "\n}",
        "\nWITH a, sum(m.lifetimeValue) AS value, coalesce(max(counted), max(newest)) AS at WHERE at IS NOT NULL",
        *("\nMATCH (ch:Channel {organizationId: ", organization, ", id: ", channel, "})"),
        *("\nWITH a, ch, value, at, ", _ENTRY_ID, " AS id"),
        *("\nMERGE (v:LifetimeValue {organizationId: ", organization, ", id: id})"),
        *("\nON CREATE SET v.at = at, v.channelId = ", channel),
        "\nSET v.value = value",
        "\nMERGE (v)-[:VALUE_OF]->(a) MERGE (v)-[:IN_CHANNEL]->(ch)",
        "\nRETURN count(*) AS entries",
    )
    return value, history
