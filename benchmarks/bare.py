"""Bare loaders: what one would write for one data set with the driver alone, to measure the importers against.

Each reads the file with `csv`, and sends UNWIND statements with the same rows, in batches of the same size, one
transaction each. They check nothing, report nothing, can't be run twice and can't be resumed.
"""

from __future__ import annotations

import csv
import datetime as dt
import gzip
import itertools
from collections import defaultdict
from collections.abc import Iterator, Sequence
from decimal import ROUND_HALF_EVEN, Decimal
from pathlib import Path
from typing import Any, LiteralString

import neo4j
from uuid_utils import uuid7

from app.importers.target import Target
from app.importers.trees import Forest, Verdict

Statements = list[tuple[LiteralString, list[dict[str, Any]]]]

_OWNED: LiteralString = (
    "MATCH (ch:Channel {organizationId: $org, id: $channel}) MATCH (u:User {organizationId: $org, id: $owner}) "
)
PRODUCTS: LiteralString = "UNWIND $rows AS r CREATE (p:Product:Record) SET p = r"
CUSTOMERS: LiteralString = (
    "UNWIND $rows AS r " + _OWNED + "CREATE (c:Customer:Record)-[:IN_CHANNEL]->(ch) SET c = r.customer "
    "CREATE (c)-[:OWNED_BY]->(u) CREATE (c)-[:BELONGS_TO]->(a:Account:Record)-[:OWNED_BY]->(u) SET a = r.account"
)
ADDRESSES: LiteralString = (
    "UNWIND $rows AS r MATCH (c:Customer {organizationId: $org, channelId: $channel, originId: r.of}) "
    "CREATE (c)-[:HAS_ADDRESS]->(a:Address) SET a = r.address"
)
ORDERS: LiteralString = (
    "UNWIND $rows AS r " + _OWNED + "CREATE (o:Order:Record)-[:IN_CHANNEL]->(ch) SET o = r.order "
    "CREATE (o)-[:OWNED_BY]->(u) WITH o, r "
    "MATCH (c:Customer {organizationId: $org, channelId: $channel, originId: r.of}) CREATE (c)-[:PLACED]->(o)"
)
GUEST_ORDERS: LiteralString = (
    "UNWIND $rows AS r " + _OWNED + "CREATE (o:Order:Record)-[:IN_CHANNEL]->(ch) SET o = r.order "
    "CREATE (o)-[:OWNED_BY]->(u) CREATE (o)-[:HAS_ADDRESS]->(a:Address) SET a = r.address"
)
ITEMS: LiteralString = (
    "UNWIND $rows AS r MATCH (o:Order {organizationId: $org, channelId: $channel, originId: r.of}) "
    "MATCH (p:Product {organizationId: $org, sku: r.sku}) "
    "CREATE (o)-[:HAS_ITEM]->(i:OrderItem)-[:OF_PRODUCT]->(p) SET i = r.item"
)
TOTALS: LiteralString = (
    "UNWIND $rows AS r MATCH (o:Order {organizationId: $org, channelId: $channel, originId: r.of}) "
    "SET o.subtotal = r.subtotal, o.total = r.subtotal"
)
VALUES: LiteralString = (
    "UNWIND $rows AS r MATCH (ch:Channel {organizationId: $org, id: $channel}) "
    "MATCH (c:Customer {organizationId: $org, channelId: $channel, originId: r.of})-[:BELONGS_TO]->(a) "
    "SET c.lifetimeValue = r.entry.value "
    "CREATE (a)<-[:VALUE_OF]-(v:LifetimeValue)-[:IN_CHANNEL]->(ch) SET v = r.entry"
)
GROUPS: LiteralString = (
    "UNWIND $rows AS r CREATE (g:CustomerGroup:Record) SET g = r.group CREATE (t:Tag:Record) SET t = r.tag"
)
GROUPED: LiteralString = (
    "UNWIND $rows AS r MATCH (c:Customer {organizationId: $org, channelId: $channel, originId: r.of}) "
    "MATCH (g:CustomerGroup {organizationId: $org, key: r.group}) CREATE (c)-[:MEMBER_OF]->(g)"
)
TAGGED: LiteralString = (
    "UNWIND $rows AS r MATCH (c:Customer {organizationId: $org, channelId: $channel, originId: r.of}) "
    "MATCH (t:Tag {organizationId: $org, name: r.tag}) CREATE (c)-[:TAGGED]->(t)"
)
_ENDS: LiteralString = (
    "UNWIND $rows AS r MATCH (a:Customer {organizationId: $org, channelId: $channel, originId: r.a}) "
    "MATCH (b:Customer {organizationId: $org, channelId: $channel, originId: r.b}) "
)
PARENTS: LiteralString = _ENDS + "CREATE (a)-[:CHILD_OF]->(b)"
FURTHER: LiteralString = _ENDS + "CREATE (a)-[:AFFILIATED_WITH {kind: 'PARENT'}]->(b)"
SUCCESSORS: LiteralString = _ENDS + "CREATE (a)-[:SUCCEEDED_BY]->(b)"

PENNY = Decimal("0.01")


class Maker:
    """Makes the properties of records."""

    def __init__(self, target: Target) -> None:
        self.target = target
        self.now = dt.datetime.now(dt.UTC)

    def record(self, shown: str, **properties: Any) -> dict[str, Any]:
        """A record's properties."""
        stored = {**properties, "displayName": shown, "createdAt": self.now, "updatedAt": self.now, "version": 1}
        return self.part(**stored)

    def part(self, **properties: Any) -> dict[str, Any]:
        """A node's properties."""
        return {"organizationId": self.target.organization_id, "id": str(uuid7()), **properties}

    def customer(self, origin: str, shown: str, kind: str, **properties: Any) -> dict[str, Any]:
        """A customer with its account."""
        owner = self.target.owner_id
        account = "PERSON" if kind == "PERSON" else "COMPANY"
        base = {"channelId": self.target.channel_id, "originId": origin, "ownerId": owner, "lifetimeValue": 0}
        return {
            "customer": self.record(shown, name=shown, kind=kind, **base, **properties),
            "account": self.record(shown, name=shown, kind=account, ownerId=owner),
        }


async def load(session: neo4j.AsyncSession, target: Target, batches: Iterator[Statements]) -> None:
    """Write each batch in a transaction."""
    scope = {"org": target.organization_id, "channel": target.channel_id, "owner": target.owner_id}
    for statements in batches:
        transaction = await session.begin_transaction()
        for text, rows in statements:
            if rows:
                await (await transaction.run(text, {**scope, "rows": rows})).consume()
        await transaction.commit()


def rows_of(path: Path) -> Iterator[list[str]]:
    """The rows of a CSV file without its header."""
    with gzip.open(path, "rt", encoding="utf-8", newline="") if path.suffix == ".gz" else path.open(newline="") as file:
        rows = csv.reader(file)
        next(rows)
        yield from rows


def cut(rows: Iterator[Any], size: int) -> Iterator[list[Any]]:
    """Batches of rows."""
    while batch := list(itertools.islice(rows, size)):
        yield batch


def online_retail(path: Path, target: Target, size: int) -> Iterator[Statements]:
    """The batches of UCI Online Retail."""
    made, loader = Maker(target), _OnlineRetail()
    for batch in cut(enumerate(rows_of(path), 2), size):
        yield loader.statements(batch, made)


class _OnlineRetail:
    def __init__(self) -> None:
        self.skus: set[str] = set()
        self.countries: dict[str, set[str]] = {}
        self.subtotals: dict[str, int] = {}
        self.values: dict[str, int] = defaultdict(int)

    def statements(self, batch: Sequence[tuple[int, list[str]]], made: Maker) -> Statements:
        found: dict[str, list[dict[str, Any]]] = defaultdict(list)
        changed: dict[str, dt.datetime] = {}
        again: set[str] = set()
        for number, (invoice, sku, description, count, when, price, customer, country) in batch:
            at = dt.datetime.strptime(when, "%Y-%m-%d %H:%M:%S").replace(tzinfo=dt.UTC)
            amount = int((int(count) * Decimal(price)).quantize(PENNY, ROUND_HALF_EVEN) * 100)
            self._product(found, made, sku, description)
            origin = customer.removesuffix(".0")
            if origin:
                self._customer(found, made, origin, country)
            self._order(found, made, invoice, origin, country, at)
            again.add(invoice)
            self.subtotals[invoice] += amount
            if origin and invoice[0] != "C":
                self.values[origin] += amount
                changed[origin] = at
            item = made.part(
                lineNumber=number,
                quantity=int(count),
                unitPrice=price,
                amount=amount,
                currency="GBP",
                description=description.strip() or None,
            )
            found["items"].append({"of": invoice, "sku": sku, "item": item})
        totals = [{"of": invoice, "subtotal": self.subtotals[invoice]} for invoice in again]
        entries = [
            {"of": origin, "entry": made.part(at=at, value=self.values[origin], channelId=made.target.channel_id)}
            for origin, at in changed.items()
        ]
        return [
            (PRODUCTS, found["products"]),
            (CUSTOMERS, found["customers"]),
            (ADDRESSES, found["addresses"]),
            (ORDERS, found["orders"]),
            (GUEST_ORDERS, found["guests"]),
            (ITEMS, found["items"]),
            (TOTALS, totals),
            (VALUES, entries),
        ]

    def _product(self, found: dict[str, list[dict[str, Any]]], made: Maker, sku: str, description: str) -> None:
        if sku not in self.skus:
            self.skus.add(sku)
            found["products"].append(made.record(description.strip() or sku, sku=sku, name=description.strip() or None))

    def _customer(self, found: dict[str, list[dict[str, Any]]], made: Maker, origin: str, country: str) -> None:
        if origin not in self.countries:
            self.countries[origin] = set()
            found["customers"].append(made.customer(origin, f"Customer {origin}", "PERSON", status="ACTIVE"))
        if country not in self.countries[origin]:
            primary = not self.countries[origin]
            self.countries[origin].add(country)
            found["addresses"].append({"of": origin, "address": made.part(country=country, isPrimary=primary)})

    def _order(
        self,
        found: dict[str, list[dict[str, Any]]],
        made: Maker,
        invoice: str,
        origin: str,
        country: str,
        at: dt.datetime,
    ) -> None:
        if invoice in self.subtotals:
            return
        self.subtotals[invoice] = 0
        order = made.record(
            f"Order {invoice}",
            number=invoice,
            originId=invoice,
            channelId=made.target.channel_id,
            currency="GBP",
            status="CANCELLED" if invoice[0] == "C" else "COMPLETED",
            paymentStatus="PAID",
            placedAt=at,
            ownerId=made.target.owner_id,
        )
        if origin:
            found["orders"].append({"of": origin, "order": order})
        else:
            found["guests"].append({"order": order, "address": made.part(country=country, isPrimary=True)})


def ror(folder: Path, target: Target, size: int) -> Iterator[Statements]:
    """The batches of the Research Organization Registry."""
    made, known, words = Maker(target), set[str](), set[str]()
    for batch in cut(rows_of(folder / "organizations.csv.gz"), size):
        yield _organizations(batch, made, known, words)
    forest = Forest()
    for batch in cut(rows_of(folder / "parent_child.csv.gz"), size):
        verdicts = [(forest.decide(child, parent), {"a": child, "b": parent}) for child, parent in batch]
        further = (Verdict.FURTHER, Verdict.CYCLE)
        yield [
            (PARENTS, [row for verdict, row in verdicts if verdict is Verdict.TREE]),
            (FURTHER, [row for verdict, row in verdicts if verdict in further]),
        ]
    for batch in cut(rows_of(folder / "successors.csv.gz"), size):
        yield [(SUCCESSORS, [{"a": a, "b": b} for a, b in batch if a != b and a in known and b in known])]


def _organizations(batch: list[list[str]], made: Maker, known: set[str], words: set[str]) -> Statements:
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for ror_id, name, types, status, _, country, region, city, _, _, website, _, _ in batch:
        known.add(ror_id)
        kinds = [kind for kind in types.split("|") if kind]
        for kind in set(kinds) - words:
            words.add(kind)
            shown = kind.capitalize()
            found["groups"].append(
                {"group": made.record(shown, key=kind, name=shown), "tag": made.record(kind, name=kind)}
            )
        customer = made.customer(ror_id, name, "BUSINESS", website=website or None, status=status.upper() or None)
        found["customers"].append(customer)
        if city or region or country:
            address = made.part(city=city or None, region=region or None, countryCode=country or None, isPrimary=True)
            found["addresses"].append({"of": ror_id, "address": address})
        if kinds:
            found["grouped"].append({"of": ror_id, "group": kinds[0]})
        found["tagged"] += [{"of": ror_id, "tag": kind} for kind in kinds]
    return [
        (GROUPS, found["groups"]),
        (CUSTOMERS, found["customers"]),
        (ADDRESSES, found["addresses"]),
        (GROUPED, found["grouped"]),
        (TAGGED, found["tagged"]),
    ]
