"""Statements that work out lifetime values: what each customer brought by the rule of its channel.

Imports and mutations share them. A value that changes enters the history of its account, an entry a channel.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import LiteralString

from cypher.fragment import Fragment, Part, cypher, param
from cypher.printer import Statement, print_fragment


@dataclass(frozen=True, slots=True)
class Rule:
    """How a channel values a customer `c` by its facts `f`: which there are, which count, their worth, and when."""

    facts: LiteralString
    counts: LiteralString
    worth: LiteralString
    at: LiteralString


RULES: Mapping[str, Rule] = {
    "WON": Rule(
        "(c)<-[:OPPORTUNITY_OF]-(f:Opportunity)", "f.status = 'WON'", "coalesce(f.baseRevenue, 0)", "f.closedAt"
    ),
    "ORDERS_NET": Rule(
        "(c)-[:PLACED]->(f:Order)",
        "coalesce(f.status, '') <> 'CANCELLED'",
        "f.subtotal - abs(coalesce(f.discount, 0))",
        "f.placedAt",
    ),
    "ORDERS_PAID": Rule("(c)-[:PLACED]->(f:Order)", "f.paymentStatus = 'PAID'", "f.subtotal", "f.placedAt"),
}
"""The rules that have facts. NONE makes zero of every customer.

FIELD, the sum of a field of a custom entity, has none yet: what is stored by it stays as it is.
"""
ORDER_RULES = ("ORDERS_NET", "ORDERS_PAID")
"""The rules that value customers by their orders."""

_ENTRY_ID = cypher(
    "reduce(hex = '', power IN [44, 40, 36, 32, 28, 24, 20, 16, 12, 8, 4, 0] | hex + ",
    "substring('0123456789abcdef', (at.epochMillis / toInteger(2 ^ power)) % 16, 1) + ",
    "CASE power WHEN 16 THEN '-' WHEN 0 THEN '-' ELSE '' END)",
    " + substring(a.id, 14, 15) + substring(ch.id, 29, 7)",
)
"""The UUIDv7 of the moment whose random bits are those of the account's and the channel's id.

The same account, channel and moment give the same entry, so that a second run writes no other one.
"""


def value_of(rule: str) -> Fragment:
    """A subquery that gives the `value` of a customer `c` by its facts; by FIELD what is stored."""
    found = RULES.get(rule)
    if found is None:
        stored = "coalesce(c.lifetimeValue, 0)" if rule == "FIELD" else "0"
        return cypher("\nCALL (c) { RETURN ", stored, " AS value }")
    return cypher(
        "\nCALL (c) {",
        *("\n  OPTIONAL MATCH ", found.facts, " WHERE ", found.counts),
        *("\n  RETURN coalesce(sum(", found.worth, "), 0) AS value"),
        "\n}",
    )


def lock_customers(customer_ids: Sequence[str], *, organization_id: str) -> Statement:
    """Let no other transaction value customers until this one ends.

    Returns:
        A statement that gives a row for each rule of their channels: `[rule, UUIDs of its customers]`.
    """
    organization = param(organization_id)
    return print_fragment(
        cypher(
            *("UNWIND ", param(sorted(customer_ids)), " AS id"),
            *("\nMATCH (c:Customer {organizationId: ", organization, ", id: id}) SET c.locked = true REMOVE c.locked"),
            "\nWITH c MATCH (c)-[:IN_CHANNEL]->(ch:Channel)",
            "\nWITH coalesce(ch.lifetimeRule, 'NONE') AS rule, collect(c.id) AS customers",
            "\nRETURN [rule, customers] AS row ORDER BY rule",
        )
    )


def value_customers(customer_ids: Sequence[str], rule: str, *, organization_id: str) -> Statement:
    """Work out the lifetime values of customers, whose channels have a rule.

    Returns:
        A statement that gives the UUID of each account whose customers' values changed.
    """
    organization = param(organization_id)
    return print_fragment(
        cypher(
            *("UNWIND ", param(list(customer_ids)), " AS id"),
            *("\nMATCH (c:Customer {organizationId: ", organization, ", id: id})"),
            *(value_of(rule), _SET_VALUE, "\nRETURN a.id AS row ORDER BY row"),
        )
    )


def enter_values(account_ids: Sequence[str], *, organization_id: str, now: dt.datetime) -> Statement:
    """Enter into the history of accounts what they are worth now, for each channel in which that has changed.

    Returns:
        A statement that gives one row: how many entries it wrote.
    """
    organization = param(organization_id)
    accounts = cypher(
        *("UNWIND ", param(sorted(account_ids)), " AS id"),
        *("\nMATCH (a:Account {organizationId: ", organization, ", id: id}) SET a.locked = true REMOVE a.locked"),
        "\nWITH a CALL (a) {",
        "\n  MATCH (a)<-[:BELONGS_TO]-(:Customer)-[:IN_CHANNEL]->(ch:Channel) RETURN ch",
        "\n  UNION MATCH (a)<-[:VALUE_OF]-(:LifetimeValue)-[:IN_CHANNEL]->(ch:Channel|Deleted) RETURN ch",
        "\n}",
        "\nCALL (a, ch) {",
        "\n  OPTIONAL MATCH (a)<-[:BELONGS_TO]-(m:Customer) WHERE m.channelId = ch.id",
        "\n  RETURN coalesce(sum(m.lifetimeValue), 0) AS value, null AS counted",
        "\n}",
    )
    return print_fragment(cypher(accounts, _entries(organization, now)))


def valued(rule: str, *, organization: Part, channel: Part, now: dt.datetime) -> Fragment:
    """What follows a match of customers `c` of a channel: their values, and the history of their accounts.

    An entry stands at the newest fact that is counted in it, as long as the history has none after that.

    Returns:
        The end of a statement that gives one row: how many entries it wrote.
    """
    found = RULES[rule]
    return cypher(
        *("\nSET c.locked = true REMOVE c.locked WITH c", value_of(rule), _SET_VALUE),
        "\nSET a.locked = true REMOVE a.locked",
        *("\nWITH a MATCH (a)<-[:BELONGS_TO]-(c:Customer {channelId: ", channel, "})"),
        "\nCALL (c) {",
        *("\n  OPTIONAL MATCH ", found.facts),
        *("\n  RETURN max(CASE WHEN ", found.counts, " THEN ", found.at, " END) AS counted,"),
        *(" max(", found.at, ") AS newest"),
        "\n}",
        "\nWITH a, sum(c.lifetimeValue) AS value, coalesce(max(counted), max(newest)) AS counted",
        *("\nMATCH (ch:Channel {organizationId: ", organization, ", id: ", channel, "})"),
        _entries(organization, now),
    )


_SET_VALUE = cypher(
    "\nWITH c, value WHERE coalesce(c.lifetimeValue, 0) <> value",
    "\nSET c.lifetimeValue = value",
    "\nWITH DISTINCT c MATCH (c)-[:BELONGS_TO]->(a:Account)",
    "\nWITH DISTINCT a",
)


def _entries(organization: Part, now: dt.datetime) -> Fragment:
    """The entries for accounts `a` that are worth `value` in channels `ch`, by facts `counted` so far or null."""
    moment = param(now)
    return cypher(
        "\nCALL (a, ch) {",
        "\n  OPTIONAL MATCH (a)<-[:VALUE_OF]-(v:LifetimeValue) WHERE v.channelId = ch.id",
        "\n  RETURN v AS last ORDER BY v.at DESC, v.id DESC LIMIT 1",
        "\n}",
        "\nWITH a, ch, value, last, counted WHERE value <> coalesce(last.value, 0)",
        *("\nWITH a, ch, value, last, CASE WHEN counted >= coalesce(last.at, counted) THEN counted"),
        *(" WHEN last.at >= ", moment, " THEN last.at + duration({milliseconds: 1}) ELSE ", moment, " END AS at"),
        *("\nWITH a, ch, value, at, CASE WHEN last.at = at THEN last.id ELSE ", _ENTRY_ID, " END AS id"),
        *("\nMERGE (v:LifetimeValue {organizationId: ", organization, ", id: id})"),
        "\nON CREATE SET v.at = at, v.channelId = ch.id",
        "\nSET v.value = value",
        "\nMERGE (v)-[:VALUE_OF]->(a) MERGE (v)-[:IN_CHANNEL]->(ch)",
        "\nRETURN count(*) AS entries",
    )
