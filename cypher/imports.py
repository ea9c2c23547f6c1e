"""Statements of imports: channels, runs, accounts, contacts and relationships between customers.

All have constant text and take rows as a parameter. Those that change something return only what they changed, so
that a second run of the same import can be seen to change nothing.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from cypher.fragment import Fragment, cypher, name, param
from cypher.printer import Statement, print_fragment

Row = Mapping[str, Any]


def ensure_channel(
    channel: Row, channel_type: Row, owner_id: str, *, organization_id: str, now: dt.datetime
) -> Statement:
    """Find a channel by its key, or create it with its type and its default owner.

    Returns:
        A statement that gives one row: the channel's properties, and `defaultOwnerId`, null where there is none.
    """
    organization, moment = param(organization_id), param(now)
    return print_fragment(
        cypher(
            *("MERGE (t:ChannelType {organizationId: ", organization, ", name: ", param(channel_type["name"]), "})"),
            *("\nON CREATE SET t:Record, t += ", param(channel_type), ", t.createdAt = ", moment, ", t.updatedAt = "),
            *(moment, ", t.version = 1"),
            *("\nMERGE (c:Channel {organizationId: ", organization, ", key: ", param(channel["key"]), "})"),
            *("\nON CREATE SET c:Record, c += ", param(channel), ", c.createdAt = ", moment, ", c.updatedAt = "),
            *(moment, ", c.version = 1"),
            "\nWITH c, t, EXISTS { (c)-[:OF_TYPE]->() } AS known",
            *("\nOPTIONAL MATCH (o:User {organizationId: ", organization, ", id: ", param(owner_id), "})"),
            "\nFOREACH (_ IN CASE WHEN known THEN [] ELSE [1] END | MERGE (c)-[:OF_TYPE]->(t))",
            "\nFOREACH (_ IN CASE WHEN known OR o IS NULL THEN [] ELSE [1] END | MERGE (c)-[:HAS_DEFAULT_OWNER]->(o))",
            "\nRETURN c {.*, defaultOwnerId: head([(c)-[:HAS_DEFAULT_OWNER]->(x:User|BusinessUnit) | x.id])} AS row",
        )
    )


def lock_imports(organization_id: str, now: dt.datetime) -> Statement:
    """Let one import at a time write to an organisation: the others wait for its transaction."""
    organization = param(organization_id)
    return print_fragment(
        cypher("MERGE (l:ImportRun {organizationId: ", organization, ", key: 'lock'}) SET l.lockedAt = ", param(now))
    )


def lock_channel(organization_id: str, channel_id: str, owner_id: str) -> Statement:
    """Let nobody close or delete a channel, or delete who owns what is new, until the transaction ends.

    Returns:
        A statement that gives one row, the channel's status and whether the owner is there; none without the channel.
    """
    organization = param(organization_id)
    return print_fragment(
        cypher(
            *("MATCH (c:Channel {organizationId: ", organization, ", id: ", param(channel_id), "})"),
            " SET c.locked = true REMOVE c.locked",
            *("\nWITH c OPTIONAL MATCH (o:User|BusinessUnit {organizationId: ", organization),
            # Who was deleted while this waited has no label of the kind any more.
            *(", id: ", param(owner_id), "}) SET o.locked = true REMOVE o.locked"),
            "\nRETURN [c.status, coalesce(o:User OR o:BusinessUnit, false)] AS row",
        )
    )


def find_run(organization_id: str, key: str) -> Statement:
    """The properties of a run, if there is one."""
    return print_fragment(
        cypher(
            *("MATCH (r:ImportRun {organizationId: ", param(organization_id), ", key: ", param(key), "})"),
            "\nRETURN properties(r) AS run",
        )
    )


def record_run(organization_id: str, key: str, properties: Row) -> Statement:
    """Write down how far a run is."""
    return print_fragment(
        cypher(
            *("MERGE (r:ImportRun {organizationId: ", param(organization_id), ", key: ", param(key), "})"),
            *("\nSET r += ", param(properties)),
        )
    )


def name_products(rows: Sequence[Row], *, organization_id: str, now: dt.datetime) -> Statement:
    """Create products; a product without a name takes the first one that comes, and keeps it.

    Returns:
        A statement that gives one row: how many products were `[created, updated, unchanged]`.
    """
    moment = param(now)
    return print_fragment(
        cypher(
            *("UNWIND ", param(list(rows)), " AS row"),
            *("\nMERGE (p:Product {organizationId: ", param(organization_id), ", sku: row.sku})"),
            *("\nON CREATE SET p:Record, p.id = row.id, p.displayName = row.sku, p.createdAt = ", moment),
            ", p.version = 0",
            "\nWITH p, row, p.version = 0 AS created, p.name IS NULL AND row.name IS NOT NULL AS named",
            "\nFOREACH (_ IN CASE WHEN named THEN [1] ELSE [] END | SET p.name = row.name, p.displayName = row.name)",
            "\nFOREACH (_ IN CASE WHEN created OR named THEN [1] ELSE [] END |",
            *("\n  SET p.updatedAt = ", moment, ", p.version = p.version + 1)"),
            "\nRETURN [sum(CASE WHEN created THEN 1 ELSE 0 END), ",
            "\n  sum(CASE WHEN named AND NOT created THEN 1 ELSE 0 END),",
            "\n  sum(CASE WHEN created OR named THEN 0 ELSE 1 END)] AS counts",
        )
    )


def create_accounts(rows: Sequence[Row], *, channel_id: str, organization_id: str, now: dt.datetime) -> Statement:
    """Give every customer that has no account one of its own.

    Args:
        rows: `{originId, account: {id, …}}`.
        channel_id: the customers' channel.
        organization_id: whose they are.
        now: the time of the write.

    Returns:
        A statement that gives one row: how many accounts were created, and how many found.
    """
    organization = param(organization_id)
    return print_fragment(
        cypher(
            *("UNWIND ", param(list(rows)), " AS row"),
            *("\nMATCH (c:Customer {organizationId: ", organization, ", channelId: ", param(channel_id)),
            ", originId: row.originId}) WHERE NOT EXISTS { (c)-[:BELONGS_TO]->() }",
            *("\n", _owner(organization)),
            "\nCREATE (c)-[:BELONGS_TO]->(a:Account:Record)",
            *("\n", _new_account(organization, now)),
            "\nRETURN [count(*), 0] AS counts",
        )
    )


def match_accounts(groups: Sequence[Row], *, channel_id: str, organization_id: str, now: dt.datetime) -> Statement:
    """Give customers the account of another one with the same match key, else a new one, one for each group.

    A group is `{matchKey, originIds, account: {id, …}}`: customers of the channel that share their match key.

    Returns:
        A statement that gives one row: how many accounts were created, and how many customers joined another's.
    """
    organization = param(organization_id)
    alike = cypher("(:Customer {organizationId: ", organization, ", matchKey: row.matchKey})")
    return print_fragment(
        cypher(
            *("UNWIND ", param(list(groups)), " AS row"),
            *("\nMATCH (c:Customer {organizationId: ", organization, ", channelId: ", param(channel_id), "})"),
            "\nWHERE c.originId IN row.originIds AND NOT EXISTS { (c)-[:BELONGS_TO]->() }",
            "\nWITH row, collect(c) AS customers",
            "\nCALL (row) {",
            *("\n  MATCH ", alike, "-[:BELONGS_TO]->(a:Account)"),
            "\n  RETURN a AS found ORDER BY a.createdAt, a.id LIMIT 1",
            "\n  UNION ALL",
            *("\n  WITH row WHERE NOT EXISTS { ", alike, "-[:BELONGS_TO]->(:Account) }"),
            *("\n  ", _owner(organization)),
            *("\n  CREATE (a:Account:Record) ", _new_account(organization, now)),
            "\n  RETURN a AS found",
            "\n}",
            "\nWITH row, customers, found, found.id = row.account.id AS created",
            "\nFOREACH (c IN customers | MERGE (c)-[:BELONGS_TO]->(found))",
            "\nRETURN [sum(CASE WHEN created THEN 1 ELSE 0 END),",
            "\n  sum(size(customers) - CASE WHEN created THEN 1 ELSE 0 END)] AS counts",
        )
    )


def _owner(organization: Any) -> Fragment:
    return cypher("MATCH (owner:User|BusinessUnit {organizationId: ", organization, ", id: row.account.ownerId})")


def _new_account(organization: Any, now: dt.datetime) -> Fragment:
    moment = param(now)
    return cypher(
        *("SET a += row.account, a.organizationId = ", organization, ", a.createdAt = ", moment),
        *(", a.updatedAt = ", moment, ", a.version = 1 CREATE (a)-[:OWNED_BY]->(owner)"),
    )


def attach_contacts(rows: Sequence[Row], *, channel_id: str, organization_id: str) -> Statement:
    """Link new contacts to their customers and the customers' accounts; the first one becomes the account's default.

    Args:
        rows: `{originId, contactId, role, position}`.
        channel_id: the customers' channel.
        organization_id: whose they are.
    """
    organization = param(organization_id)
    return print_fragment(
        cypher(
            *("UNWIND ", param(list(rows)), " AS row"),
            *("\nMATCH (c:Customer {organizationId: ", organization, ", channelId: ", param(channel_id)),
            ", originId: row.originId})-[:BELONGS_TO]->(a:Account)",
            *("\nMATCH (p:Contact {organizationId: ", organization, ", id: row.contactId})"),
            "\nCALL (c, p, row) {",
            "\n  WITH p WHERE NOT EXISTS { (c)-[:HAS_CONTACT]->(p) }",
            "\n  CREATE (c)-[:HAS_CONTACT {role: row.role, position: row.position}]->(p)",
            "\n}",
            "\nCALL (a, p, row) {",
            "\n  WITH p WHERE NOT EXISTS { (:Account)-[:HAS_CONTACT]->(p) }",
            "\n  WITH EXISTS { (a)-[:HAS_DEFAULT_CONTACT]->() } AS hasDefault",
            "\n  CREATE (a)-[:HAS_CONTACT {role: row.role, position: row.position, isDefault: NOT hasDefault}]->(p)",
            "\n  FOREACH (_ IN CASE WHEN hasDefault THEN [] ELSE [1] END | CREATE (a)-[:HAS_DEFAULT_CONTACT]->(p))",
            "\n}",
            "\nRETURN count(*) AS attached",
        )
    )


def choose_primary_addresses(owner: str, ids: Sequence[str], *, organization_id: str) -> Statement:
    """Make addresses the primary ones of the records that have none yet."""
    return print_fragment(
        cypher(
            *("UNWIND ", param(list(ids)), " AS id"),
            *("\nMATCH (x:", name(owner), ")-[:HAS_ADDRESS]->(a:Address {organizationId: ", param(organization_id)),
            ", id: id})",
            "\nWHERE NOT EXISTS { (x)-[:HAS_ADDRESS]->(:Address {isPrimary: true}) }",
            "\nSET a.isPrimary = true",
        )
    )


def adopt(rows: Sequence[Row], *, channel_id: str, organization_id: str) -> Statement:
    """Make customers children of others, one after the other, unless that is not possible.

    A customer that has another parent keeps it: somebody may have moved it. A parent that is below the child already
    would close a cycle: that one is kept as an affiliation.

    Args:
        rows: `{row, child, parent}`, the latter two origin ids.
        channel_id: the customers' channel.
        organization_id: whose they are.

    Returns:
        A statement that gives, for each row, `[row, outcome]`: CREATED, UNCHANGED, KEPT, CYCLE or UNKNOWN.
    """
    organization, channel = param(organization_id), param(channel_id)
    return print_fragment(
        cypher(
            *("UNWIND ", param(list(rows)), " AS row"),
            *("\nOPTIONAL MATCH (c:Customer {organizationId: ", organization, ", channelId: ", channel),
            ", originId: row.child})",
            *("\nOPTIONAL MATCH (p:Customer {organizationId: ", organization, ", channelId: ", channel),
            ", originId: row.parent})",
            "\nCALL (c, p) {",
            "\n  WITH CASE WHEN c IS NULL OR p IS NULL THEN 'UNKNOWN'",
            "\n    WHEN EXISTS { (c)-[:CHILD_OF]->(p) } THEN 'UNCHANGED'",
            "\n    WHEN EXISTS { (c)-[:CHILD_OF]->() } THEN 'KEPT'",
            "\n    WHEN c = p OR EXISTS { (p)-[:CHILD_OF*1..]->(c) } THEN 'CYCLE' ELSE 'CREATED' END AS outcome",
            "\n  FOREACH (_ IN CASE WHEN outcome = 'CREATED' THEN [1] ELSE [] END | CREATE (c)-[:CHILD_OF]->(p))",
            "\n  FOREACH (_ IN CASE WHEN outcome = 'CYCLE' AND c <> p AND NOT EXISTS { (c)-[:AFFILIATED_WITH]->(p) }",
            "\n    THEN [1] ELSE [] END | CREATE (c)-[:AFFILIATED_WITH {kind: 'PARENT'}]->(p))",
            "\n  RETURN outcome",
            "\n}",
            "\nRETURN [row.row, outcome] AS outcome",
        )
    )


def relate(
    relationship: str, rows: Sequence[Row], properties: Row, *, channel_id: str, organization_id: str
) -> Statement:
    """Relate customers of a channel to one another; those who are so related already stay as they are.

    Args:
        relationship: the type.
        rows: `{row, source, target}`, the latter two origin ids.
        properties: the properties of every one of the relationships.
        channel_id: the customers' channel.
        organization_id: whose they are.

    Returns:
        A statement that gives, for each row, `[row, outcome]`: CREATED, UNCHANGED or UNKNOWN.
    """
    organization, channel = param(organization_id), param(channel_id)
    kind = name(relationship)
    return print_fragment(
        cypher(
            *("UNWIND ", param(list(rows)), " AS row"),
            *("\nOPTIONAL MATCH (s:Customer {organizationId: ", organization, ", channelId: ", channel),
            ", originId: row.source})",
            *("\nOPTIONAL MATCH (t:Customer {organizationId: ", organization, ", channelId: ", channel),
            ", originId: row.target})",
            "\nCALL (s, t) {",
            "\n  WITH CASE WHEN s IS NULL OR t IS NULL THEN 'UNKNOWN'",
            *("\n    WHEN EXISTS { (s)-[:", kind, "]->(t) } THEN 'UNCHANGED' ELSE 'CREATED' END AS outcome"),
            "\n  FOREACH (_ IN CASE WHEN outcome = 'CREATED' THEN [1] ELSE [] END |",
            *("\n    CREATE (s)-[r:", kind, "]->(t) SET r += ", param(dict(properties)), ")"),
            "\n  RETURN outcome",
            "\n}",
            "\nRETURN [row.row, outcome] AS outcome",
        )
    )
