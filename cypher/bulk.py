"""Statements that write many customers at once: constant text, rows as one parameter.

What became of the rows comes back as one list, since the driver takes long to read a thousand records. What was found
before and is gone by then is left out of it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from cypher.access import Access
from cypher.arguments import Inputs
from cypher.bulk_records import Row, found, owned
from cypher.fragment import Fragment, Param, Variable, cypher, joined, of, param
from cypher.printer import Statement, print_fragment
from graph.model import RecordType


def find_customers_by_origin(
    record: RecordType, channel_id: str, origin_ids: Sequence[str], seen: Access, reached: Access, inputs: Inputs
) -> Statement:
    """Customers of a channel by their keys, as `found` gives them."""
    key, node = Variable("key"), Variable("n")
    match = cypher(
        *("(", node, ":Customer {organizationId: ", seen.organization, ", channelId: ", param(channel_id)),
        *(", originId: ", key, "})"),
    )
    matched = cypher("UNWIND ", param(list(origin_ids)), " AS ", key, "\nMATCH ", match)
    return found(record, node, matched, seen, reached, inputs)


def customers_by_origin(keys: Sequence[tuple[str | None, str]], seen: Access, inputs: Inputs) -> Statement:
    """Customers that the viewer sees by channel and key in its source: a row `[channel, key, UUID]` each."""
    key, node = Variable("key"), Variable("n")
    return print_fragment(
        cypher(
            *("UNWIND ", param([list(one) for one in keys]), " AS ", key, "\nMATCH (", node, ":Customer"),
            *(" {organizationId: ", seen.organization, ", channelId: ", key, "[0], originId: ", key, "[1]})"),
            *("\nWHERE ", seen.predicate("Customer", node)),
            *("\nRETURN [", key, "[0], ", key, "[1], ", of(node, "id"), "] AS row"),
        ),
        inputs,
    )


def claim_keys(keys: Sequence[tuple[str, str]], organization_id: str) -> Statement:
    """Keep keys of channels for customers that are to have them, from all others and until the transaction ends.

    A customer that is made and deleted keeps the place in the unique index, and is never stored.

    Returns:
        A statement that gives a row `[channel, key]` for each that no customer has.
    """
    return print_fragment(
        cypher(
            *("UNWIND ", param(sorted([list(one) for one in keys])), " AS key"),
            *("\nMERGE (n:Customer {organizationId: ", param(organization_id), ", channelId: key[0]"),
            *(", originId: key[1]})\nON CREATE SET n.claimed = true"),
            "\nWITH n, key WHERE n.claimed DELETE n RETURN key AS row",
        )
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
            *("\n", owned(rows, organization), "\n"),
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
            *(owned(rows, organization), "\n", _customer(organization)),
            "\nCREATE (n)-[:BELONGS_TO]->(a:Account:Record)-[:OWNED_BY]->(owner)",
            *("\nSET a = row.set, a.organizationId = ", organization, ", a.version = 1"),
            *(", a.createdAt = ", moment, ", a.updatedAt = ", moment),
        )
    )


def join_accounts(rows: Sequence[Row], organization_id: str) -> Statement:
    """Give customers that have no account one that is there: `{customer, end}`; one row, the UUIDs that have it."""
    organization = param(organization_id)
    return print_fragment(
        cypher(
            *("UNWIND ", param(list(rows)), " AS row\n", _customer(organization)),
            *("\nMATCH (end:Account {organizationId: ", organization, ", id: row.end})"),
            "\nCREATE (n)-[:BELONGS_TO]->(end)\nRETURN collect(n.id) AS row",
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


def contacts_that_match(asked: Sequence[tuple[str, str]], seen: Access, inputs: Inputs) -> Statement:
    """The contacts of accounts by their match keys, the oldest for each of those that the viewer sees.

    The contacts of an account are looked at once, however many of them are asked for.

    Args:
        asked: UUIDs of accounts with a match key each, which is given once for an account.
        seen: what the viewer sees.
        inputs: of the request.

    Returns:
        A statement that gives a row `[place in what is asked, UUID]` for each that is known.
    """
    contact, row = Variable("contact"), Variable("row")
    places: dict[str, dict[str, int]] = {}
    for place, (account_id, key) in enumerate(asked):
        places.setdefault(account_id, {})[key] = place
    account = cypher("(a:Account {organizationId: ", seen.organization, ", id: ", row, "[0]})")
    parts = [cypher("toLower(", of(contact, stored), ")") for stored in ("firstName", "lastName", "email")]
    return print_fragment(
        cypher(
            *("UNWIND ", param([[uuid, keys] for uuid, keys in places.items()]), " AS ", row, "\nCALL (", row, ") {"),
            *("\n  MATCH ", account, "-[:HAS_CONTACT]->(", contact, ":Contact)"),
            *("\n  WHERE ", seen.predicate("Contact", contact)),
            *("\n  WITH ", contact, ", ", row, "[1][", joined(" + '\\u001f' + ", parts), "] AS place"),
            "\n  WHERE place IS NOT NULL",
            *("\n  WITH ", contact, ", place ORDER BY ", of(contact, "createdAt"), ", ", of(contact, "id")),
            *("\n  RETURN place, head(collect(", of(contact, "id"), ")) AS found"),
            "\n}\nRETURN [place, found] AS row",
        ),
        inputs,
    )


def _customer(organization: Param) -> Fragment:
    return cypher("MATCH (n:Customer {organizationId: ", organization, ", id: row.customer})")
