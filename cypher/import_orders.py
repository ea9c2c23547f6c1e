"""Statements that load orders with their lines, and value the customers by them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from cypher.fragment import Fragment, Param, cypher, param
from cypher.lifetime_values import valued
from cypher.printer import Statement, print_fragment

Row = Mapping[str, Any]


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


def release_orders(
    orders: Sequence[Row], rule: str, *, channel_id: str, organization_id: str, now: dt.datetime
) -> Statement:
    """Take orders from customers whom a changed source no longer names, and value those customers again.

    Args:
        orders: `{originId, digest, customer}`, the latter an origin id or null.
        rule: the channel's lifetime rule.
        channel_id: the orders' channel.
        organization_id: whose they are.
        now: the time of the import.
    """
    organization, channel = param(organization_id), param(channel_id)
    moved = cypher(
        *("UNWIND ", param(list(orders)), " AS row"),
        *("\nMATCH ", _order(organization, channel_id), "<-[placed:PLACED]-(c:Customer)"),
        "\nWHERE o.importDigest <> row.digest AND (row.customer IS NULL OR c.originId <> row.customer)",
        "\nDELETE placed",
        "\nWITH DISTINCT c",
    )
    return print_fragment(cypher(moved, valued(rule, organization=organization, channel=channel, now=now)))


def value_customers(
    origins: Sequence[str], rule: str, *, channel_id: str, organization_id: str, now: dt.datetime
) -> Statement:
    """Work out the lifetime value of customers from all their orders; each change enters their account's history.

    Returns:
        A statement that gives one row: how many entries of the history it wrote.
    """
    organization, channel = param(organization_id), param(channel_id)
    customers = cypher(
        *("UNWIND ", param(list(origins)), " AS originId"),
        *("\nMATCH (c:Customer {organizationId: ", organization, ", channelId: ", channel, ", originId: originId})"),
    )
    return print_fragment(cypher(customers, valued(rule, organization=organization, channel=channel, now=now)))


def _order(organization: Param, channel_id: str) -> Fragment:
    return cypher(
        *("(o:Order {organizationId: ", organization, ", channelId: ", param(channel_id), ", originId: row.originId})")
    )
