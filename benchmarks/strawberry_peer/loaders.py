"""Dataloaders: one statement for all records of a level of the answer."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any, LiteralString

import neo4j
from strawberry.dataloader import DataLoader

Row = dict[str, Any]

CUSTOMER: LiteralString = "{.id, .name, .email, .phone, .status, .lifetimeValue}"
ORDER: LiteralString = "{.id, .number, .status, .placedAt, .total}"

ONE: dict[str, LiteralString] = {
    "customer.channel": "MATCH (:Customer {organizationId: $org, id: key})-[:IN_CHANNEL]->(m) RETURN m {.id, .name}",
    "customer.group": "MATCH (:Customer {organizationId: $org, id: key})-[:MEMBER_OF]->(m) RETURN m {.id, .name}",
    "customer.parent": "MATCH (:Customer {organizationId: $org, id: key})-[:CHILD_OF]->(m) RETURN m {.id, .name}",
    "customer.account": (
        "MATCH (:Customer {organizationId: $org, id: key})-[:BELONGS_TO]->(m) RETURN m {.id, .name, .kind}"
    ),
    "item.product": "MATCH (:OrderItem {organizationId: $org, id: key})-[:OF_PRODUCT]->(m) RETURN m {.sku, .name}",
    "account.lifetimeValue": (
        "MATCH (a:Account {organizationId: $org, id: key}) "
        "RETURN COLLECT { MATCH (a)<-[:BELONGS_TO]-(c:Customer) RETURN c.lifetimeValue } + "
        "COLLECT { MATCH (a)<-[:OPPORTUNITY_OF]-(o:Opportunity {status: 'WON'}) RETURN o.baseRevenue } AS m"
    ),
}
"""The one record at the other end; `key` is the id of the record that asks."""

_FROM_CUSTOMER: LiteralString = "MATCH (:Customer {organizationId: $org, id: key})"
_FROM_ACCOUNT: LiteralString = "MATCH (:Account {organizationId: $org, id: key})"
_BY_ID: LiteralString = " WITH m ORDER BY m.id LIMIT $limit "
_CONTACT: LiteralString = (
    "-[r:HAS_CONTACT]->(m:Contact) WITH m, r ORDER BY m.id LIMIT $limit "
    "RETURN {role: r.role, position: r.position, node: m {.id, .displayName, .email, .phone}} AS m"
)

MANY: dict[str, LiteralString] = {
    "customer.children": _FROM_CUSTOMER + "<-[:CHILD_OF]-(m:Customer)" + _BY_ID + "RETURN m " + CUSTOMER,
    "customer.contacts": _FROM_CUSTOMER + _CONTACT,
    "customer.users": (
        _FROM_CUSTOMER + "<-[:USER_OF]-(m:CustomerUser)" + _BY_ID + "RETURN m {.id, .displayName, .email}"
    ),
    "customer.orders": (
        _FROM_CUSTOMER
        + "-[:PLACED]->(m:Order) WITH m ORDER BY m.placedAt DESC, m.id DESC LIMIT $limit RETURN m "
        + ORDER
    ),
    "customer.opportunities": (
        _FROM_CUSTOMER + "<-[:OPPORTUNITY_OF]-(m:Opportunity)" + _BY_ID + "RETURN m {.id, .name, .status, .budget}"
    ),
    "customer.cases": (
        _FROM_CUSTOMER + "<-[:CASE_OF]-(m:Case)" + _BY_ID + "RETURN m {.id, .subject, .status, .priority}"
    ),
    "account.customers": (
        _FROM_ACCOUNT
        + "<-[:BELONGS_TO]-(m:Customer) WHERE $status IS NULL OR EXISTS { (m)-[:IN_CHANNEL]->({status: $status}) }"
        + _BY_ID
        + "RETURN m "
        + CUSTOMER
    ),
    "account.contacts": _FROM_ACCOUNT + _CONTACT,
    "order.items": (
        "MATCH (:Order {organizationId: $org, id: key})-[:HAS_ITEM]->(m:OrderItem)"
        + _BY_ID
        + "RETURN m {.id, .quantity, .unitPrice, .amount}"
    ),
}
"""The records at the other end, in order, at most `$limit` for each record that asks."""


class Loaders:
    """The dataloaders of one request: one for each relationship and its arguments."""

    def __init__(self, driver: neo4j.AsyncDriver, database: str) -> None:
        self._driver = driver
        self._database = database
        self._known: dict[Hashable, DataLoader[str, Any]] = {}
        self.organization = ""

    async def rows(self, statement: LiteralString, **parameters: Any) -> list[Any]:
        """The first column of what a statement answers."""
        records, _, _ = await self._driver.execute_query(
            statement,
            {"org": self.organization, **parameters},
            database_=self._database,
            routing_=neo4j.RoutingControl.READ,
        )
        return [record[0] for record in records]

    async def one(self, field: str, key: str) -> Any:
        """The record that a field of a record leads to, or None."""
        found = await self._loader(field, ONE[field], {}).load(key)
        return found[0] if found else None

    async def many(self, field: str, key: str, limit: int, **arguments: Any) -> list[Row]:
        """The records that a field of a record leads to."""
        found: list[Row] = await self._loader(field, MANY[field], {"limit": limit, **arguments}).load(key)
        return found

    def _loader(self, field: str, statement: LiteralString, arguments: Row) -> DataLoader[str, Any]:
        name = (field, *arguments.values())
        if name not in self._known:

            async def load(keys: list[str]) -> list[Any]:
                text = "UNWIND $keys AS key RETURN COLLECT { " + statement + " } AS found"
                return await self.rows(text, keys=keys, **arguments)

            self._known[name] = DataLoader(load_fn=load)
        return self._known[name]
