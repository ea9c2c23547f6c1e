"""Statements that write many customers at once: constant text, rows as one parameter.

What became of the rows comes back as one list, since the driver takes long to read a thousand records. What was found
before and is gone by then is left out of it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from cypher.access import Access
from cypher.arguments import Inputs
from cypher.fragment import Fragment, Param, Variable, cypher, joined, name, of, param
from cypher.printer import Statement, print_fragment
from graph.model import RecordType

Row = Mapping[str, Any]


def seen_among(record: RecordType, uuids: Sequence[str], seen: Access, inputs: Inputs) -> Statement:
    """Those of some records of a type that the viewer sees, or may do something to: a row each, its UUID."""
    node, uuid = Variable("n"), Variable("uuid")
    return print_fragment(
        cypher(
            *("UNWIND ", param(list(uuids)), " AS ", uuid, "\nMATCH (", node, ":", name(record.label)),
            *(" {organizationId: ", seen.organization, ", id: ", uuid, "}) WHERE ", seen.predicate(record.name, node)),
            *("\nRETURN ", of(node, "id"), " AS row"),
        ),
        inputs,
    )


def find_customers(uuids: Sequence[str], seen: Access, reached: Access, inputs: Inputs) -> Statement:
    """Customers by their UUIDs, as `_found` gives them."""
    key = Variable("key")
    match = cypher("(", _CUSTOMER, ":Customer {organizationId: ", seen.organization, ", id: ", key, "})")
    return _found(cypher("UNWIND ", param(list(uuids)), " AS ", key, "\nMATCH ", match), seen, reached, inputs)


def find_customers_by_origin(
    channel_id: str, origin_ids: Sequence[str], seen: Access, reached: Access, inputs: Inputs
) -> Statement:
    """Customers of a channel by their keys, as `_found` gives them."""
    key = Variable("key")
    match = cypher(
        *("(", _CUSTOMER, ":Customer {organizationId: ", seen.organization, ", channelId: ", param(channel_id)),
        *(", originId: ", key, "})"),
    )
    return _found(cypher("UNWIND ", param(list(origin_ids)), " AS ", key, "\nMATCH ", match), seen, reached, inputs)


_CUSTOMER = Variable("n")


def _found(match: Fragment, seen: Access, reached: Access, inputs: Inputs) -> Statement:
    """Customers, those that the viewer may change locked in the order of their UUIDs, and then read.

    Returns:
        A statement that gives a row `[whether it is seen, whether it is reached, its properties, UUID of its group]`
        for each.
    """
    node, group = _CUSTOMER, Variable("group")
    asked = [cypher("coalesce(", access.predicate("Customer", node), ", false)") for access in (seen, reached)]
    grouped = cypher("head(COLLECT { MATCH (", node, ")-[:MEMBER_OF]->(", group, ":CustomerGroup) RETURN ")
    columns = joined(", ", [*asked, cypher("properties(", node, ")"), cypher(grouped, of(group, "id"), " })")])
    allowed = joined(" AND ", [access.predicate("Customer", node) for access in (seen, reached)])
    return print_fragment(
        cypher(
            *(match, "\nWITH ", node, ", CASE WHEN ", allowed, " THEN [1] ELSE [] END AS locking"),
            *(" ORDER BY ", of(node, "id")),
            # A property that is set and removed locks without reading.
            *("\nFOREACH (_ IN locking | SET ", of(node, "locked"), " = true REMOVE ", of(node, "locked"), ")"),
            *("\nWITH ", node, " WHERE ", node, ":Customer\nRETURN [", columns, "] AS row"),
        ),
        inputs,
    )


def create_customers(rows: Sequence[Row], shared: Row, *, keyed: bool) -> Statement:
    """Make customers of one channel, each with its owner.

    Args:
        rows: `{set: {id, …}, key, owner}`: properties, key in the source, UUID of the owner.
        shared: the properties that all have in common, `organizationId` and `channelId` among them.
        keyed: whether they have keys. One whose key is in use is left out, whoever took it and when.

    Returns:
        A statement that gives one row: the UUIDs of those that were made.
    """
    organization, channel = param(shared["organizationId"]), param(shared["channelId"])
    made = (
        *("MERGE (n:Customer {organizationId: ", organization, ", channelId: ", channel, ", originId: row.key})"),
        "\nON CREATE SET n:Record, n += ",
    )
    return print_fragment(
        cypher(
            *("MATCH (channel:Channel {organizationId: ", organization, ", id: ", channel, "})"),
            *("\n", _owned(rows, organization), "\n"),
            *(made if keyed else ("CREATE (n:Customer:Record) SET n += ",)),
            *(param(dict(shared)), ", n += row.set"),
            "\nWITH n, row, channel, owner WHERE n.id = row.set.id",
            "\nCREATE (channel)<-[:IN_CHANNEL]-(n)-[:OWNED_BY]->(owner)\nRETURN collect(n.id) AS row",
        )
    )


def create_accounts(rows: Sequence[Row], organization_id: str, now: dt.datetime) -> Statement:
    """Make accounts for customers that have none: `{customer, set: {id, …}, owner}`."""
    organization, moment = param(organization_id), param(now)
    return print_fragment(
        cypher(
            *(_owned(rows, organization), "\n", _customer(organization)),
            "\nCREATE (n)-[:BELONGS_TO]->(a:Account:Record)-[:OWNED_BY]->(owner)",
            *("\nSET a = row.set, a.organizationId = ", organization, ", a.version = 1"),
            *(", a.createdAt = ", moment, ", a.updatedAt = ", moment),
        )
    )


def join_accounts(rows: Sequence[Row], organization_id: str) -> Statement:
    """Give customers that have no account one that is there: `{customer, end}`; one row, the UUIDs that have it."""
    return _linked("BELONGS_TO", "Account", rows, organization_id)


def join_groups(rows: Sequence[Row], organization_id: str) -> Statement:
    """Put customers that are in no group into one: `{customer, end}`; one row, the UUIDs of those that are in."""
    return _linked("MEMBER_OF", "CustomerGroup", rows, organization_id)


def join_parents(rows: Sequence[Row], organization_id: str) -> Statement:
    """Put new customers below others in the tree: `{customer, end}`; one row, the UUIDs of those that are."""
    return _linked("CHILD_OF", "Customer", rows, organization_id)


def _linked(relationship: str, label: str, rows: Sequence[Row], organization_id: str) -> Statement:
    organization = param(organization_id)
    return print_fragment(
        cypher(
            *("UNWIND ", param(list(rows)), " AS row\n", _customer(organization)),
            *("\nMATCH (end:", name(label), " {organizationId: ", organization, ", id: row.end})"),
            *("\nCREATE (n)-[:", name(relationship), "]->(end)\nRETURN collect(n.id) AS row"),
        )
    )


def leave_groups(uuids: Sequence[str], organization_id: str) -> Statement:
    """Take customers out of their groups."""
    return print_fragment(
        cypher(
            *("UNWIND ", param(list(uuids)), " AS uuid"),
            *("\nMATCH (:Customer {organizationId: ", param(organization_id), ", id: uuid})"),
            "-[old:MEMBER_OF]->(:CustomerGroup) DELETE old",
        )
    )


def change_customers(rows: Sequence[Row], organization_id: str, now: dt.datetime) -> Statement:
    """Set properties of customers: `{customer, set}`; null takes one away."""
    return print_fragment(
        cypher(
            *("UNWIND ", param(list(rows)), " AS row\n", _customer(param(organization_id))),
            *("\nSET n += row.set, n.updatedAt = ", param(now), ", n.version = n.version + 1"),
        )
    )


def unmake_customers(uuids: Sequence[str], organization_id: str) -> Statement:
    """Take back customers that were made in the same transaction."""
    return print_fragment(
        cypher(
            *("UNWIND ", param(list(uuids)), " AS uuid"),
            *("\nMATCH (n:Customer {organizationId: ", param(organization_id), ", id: uuid}) DETACH DELETE n"),
        )
    )


def accounts_that_match(keys: Sequence[str], seen: Access, inputs: Inputs) -> Statement:
    """The accounts of customers by their match keys, the oldest for each of those that the viewer sees.

    Both the customer and the account must be seen, so that nobody learns of others by trying.

    Returns:
        A statement that gives one row: `[match key, UUID]` of each key that is known.
    """
    customer, account, key = Variable("customer"), Variable("account"), Variable("key")
    return print_fragment(
        cypher(
            *("UNWIND ", param(list(keys)), " AS ", key, "\nCALL (", key, ") {"),
            *("\n  MATCH (", customer, ":Customer)-[:BELONGS_TO]->(", account, ":Account)"),
            *("\n  WHERE ", seen.predicate("Customer", customer), " AND ", of(customer, "matchKey"), " = ", key),
            *(" AND ", seen.predicate("Account", account)),
            *("\n  RETURN ", of(account, "id"), " AS found ORDER BY ", of(account, "createdAt"), ", found LIMIT 1"),
            *("\n}\nRETURN collect([", key, ", found]) AS row"),
        ),
        inputs,
    )


def _owned(rows: Sequence[Row], organization: Param) -> Fragment:
    """Each of some rows as `row` with its `owner`, who is looked for once for all rows that have the same."""
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(row["owner"], []).append(row)
    groups = [{"owner": owner, "rows": own} for owner, own in found.items()]
    return cypher(
        *("UNWIND ", param(groups), " AS owned\nMATCH (owner:User|BusinessUnit {organizationId: ", organization),
        ", id: owned.owner})\nUNWIND owned.rows AS row",
    )


def _customer(organization: Param) -> Fragment:
    return cypher("MATCH (n:Customer {organizationId: ", organization, ", id: row.customer})")
