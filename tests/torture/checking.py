"""What must hold afterwards: each acknowledged write is there exactly once with its records of changes, none half."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from app.verification import chosen_organizations, verify
from cypher.printer import Statement
from tests.torture.load import Load

# An index seek needs a predicate on every property of the index: on the id of a change too.
CUSTOMERS = """MATCH (c:Customer {organizationId: $org})
RETURN {key: c.originId, version: c.version, phone: c.phone, accounts: COUNT { (c)-[:BELONGS_TO]->(:Account) },
  owners: COUNT { (c)-[:OWNED_BY]->() }, channels: COUNT { (c)-[:IN_CHANNEL]->(:Channel) },
  parents: COUNT { (c)-[:CHILD_OF]->(:Customer) },
  changes: COUNT { MATCH (h:Change {organizationId: $org, recordId: c.id}) WHERE h.id IS NOT NULL }} AS row"""
ACCOUNTS = """MATCH (a:Account {organizationId: $org})
RETURN {customers: COUNT { (a)<-[:BELONGS_TO]-(:Customer) }, owners: COUNT { (a)-[:OWNED_BY]->() },
  changes: COUNT { MATCH (h:Change {organizationId: $org, recordId: a.id}) WHERE h.id IS NOT NULL }} AS row"""
WRITES = "MATCH (h:Change {organizationId: $org}) RETURN count(DISTINCT h.writeId) AS row"
CIRCLES = "MATCH (c:Customer {organizationId: $org})-[:CHILD_OF*1..]->(c) RETURN count(*) AS row"


async def faults(load: Load) -> list[str]:
    """What is not as it must be."""
    database = load.stage.opened()
    try:
        organization = load.stage.organization.id
        statements = [Statement(text, {"org": organization}) for text in (CUSTOMERS, ACCOUNTS, WRITES, CIRCLES)]
        customers, accounts, (writes,), (circles,) = await database.read(statements)
        found = [*load.faults, *_customers(load, customers), *_accounts(load, accounts)]
        if writes != load.acknowledged:
            found.append(f"{load.acknowledged} writes were acknowledged, and {writes} are on record")
        if circles:
            found.append("customers are below themselves")
        chosen = [one for one in await chosen_organizations(database, None) if one[0] == organization]
        return [*found, *[f"c360 verify: {difference}" async for difference in verify(database, chosen)]]
    finally:
        await database.close()


def _customers(load: Load, rows: list[dict[str, Any]]) -> Iterator[str]:
    there: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        there.setdefault(row["key"], []).append(row)
    for key in there.keys() - load.customers.keys():
        yield f"customer {key} is there, and no write of it was acknowledged"
    for key, known in load.customers.items():
        expected = {
            "key": key,
            "version": known.writes,
            "phone": known.phone,
            "accounts": 1,
            "owners": 1,
            "channels": 1,
            "parents": int(known.parent),
            "changes": known.writes,
        }
        if [expected] != there.get(key, []):
            yield f"customer {key} should be {expected}, and is {there.get(key, [])}"


def _accounts(load: Load, rows: list[dict[str, Any]]) -> Iterator[str]:
    if len(rows) != len(load.customers):
        yield f"there are {len(rows)} accounts for {len(load.customers)} customers"
    for row in rows:
        if row != {"customers": 1, "owners": 1, "changes": 1}:
            yield f"an account is {row}"
