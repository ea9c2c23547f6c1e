"""The data that every system is asked about: the demo and the Research Organization Registry in one local Neo4j."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, LiteralString

import neo4j

from app.commands.neo4j import local_server
from app.demo import load_demo
from app.importers import ror
from app.importers.engine import Options, run_import
from app.migrations import migrate
from app.organizations import slug
from app.progress import progress
from app.settings import Settings
from cypher.search import search_tokens
from graph.database import Database
from graph.local import Connection

HEAP, PAGE_CACHE = "2g", "1g"
LOADING_SECONDS = 300.0
SAMPLE = 400
"""How many ids of each kind the requests choose from."""
PAGE_OF_SEARCH = 10


@dataclass(frozen=True, slots=True)
class Company:
    """An organisation in the data: its id and the user that requests come from."""

    id: str
    viewer: str


@dataclass(frozen=True, slots=True)
class Sample:
    """What the questions are about, chosen from what is there by a fixed seed."""

    company: Company
    registry: Company
    customers: tuple[str, ...]
    accounts: tuple[str, ...]
    channels: tuple[str, ...]
    words: tuple[str, ...]
    tree: str
    tree_size: int
    tree_depth: int
    customer_count: int
    worthless: int
    records: int
    relationships: int


@contextmanager
def neo4j_with_data(home: Path, customers: int, source: Path) -> Iterator[tuple[Connection, str]]:
    """Have a Neo4j with both data sets; what an earlier run left in the same folder is not loaded again.

    Yields:
        The connection, and the user who sees the demo's first organisation.
    """
    changed = {
        "home": home,
        "neo4j_uri": None,
        "neo4j_port": 0,
        "neo4j_heap": HEAP,
        "neo4j_pagecache": PAGE_CACHE,
    }
    with local_server(Settings().model_copy(update=changed)).running(progress) as connection:
        yield connection, asyncio.run(_load(connection, customers, source / "ror", home / "ror.csv"))


async def _load(connection: Connection, customers: int, registry: Path, report: Path) -> str:
    database = Database.open(connection.uri, (connection.user, connection.password), timeout=LOADING_SECONDS)
    try:
        with progress("Preparing constraints and indexes"):
            await migrate(database)
        summary = await load_demo(database, customers=customers, progress=progress)
        done = report.with_suffix(".done")
        if not done.exists():
            await run_import(
                *(database, ror.Ror(registry), Options(ror.ORGANIZATION, report, batch_size=2000)),
                lambda label, size: progress(label, total=size, unit="bytes"),
            )
            done.touch()
        return summary.viewer
    finally:
        await database.close()


def choose(connection: Connection, viewer: str) -> Sample:
    """Choose what the questions are about."""
    with neo4j.GraphDatabase.driver(connection.uri, auth=(connection.user, connection.password)) as driver:
        return _Chooser(driver).sample(viewer)


class _Chooser:
    def __init__(self, driver: neo4j.Driver) -> None:
        self._driver = driver
        self._chance = random.Random(360)  # noqa: S311 - a fixed choice, no secret

    def sample(self, viewer: str) -> Sample:
        user: LiteralString = "MATCH (u:User {username: $name}) RETURN u.organizationId AS row"
        company = Company(self._rows(user, name=viewer)[0], viewer)
        reader = f"admin@{slug(ror.ORGANIZATION)}.example"
        registry = Company(self._rows(user, name=reader)[0], reader)
        root, size, depth = self._rows(_LARGEST, org=registry.id)[0]
        return Sample(
            company=company,
            registry=registry,
            customers=self._some(_CUSTOMERS, org=company.id),
            accounts=self._some(_ACCOUNTS, org=company.id),
            channels=self._some(_CHANNELS, org=company.id),
            words=self._words(company.id),
            tree=root,
            tree_size=size,
            tree_depth=depth,
            customer_count=self._rows(_COUNT, org=company.id)[0],
            worthless=self._rows(_WORTHLESS, org=company.id)[0],
            records=self._rows("MATCH (n) RETURN count(*) AS row")[0],
            relationships=self._rows("MATCH ()-[r]->() RETURN count(*) AS row")[0],
        )

    def _some(self, statement: LiteralString, **parameters: Any) -> tuple[str, ...]:
        found = self._rows(statement, **parameters)
        return tuple(self._chance.sample(found, min(SAMPLE, len(found))))

    def _words(self, org: str) -> tuple[str, ...]:
        """Names that find a page of customers at most: the systems would choose others of more."""
        names = self._some(_NAMES, org=org)
        return tuple(name for name in names if self._rows(_FOUND, org=org, phrase=phrase(name))[0] <= PAGE_OF_SEARCH)

    def _rows(self, statement: LiteralString, **parameters: Any) -> list[Any]:
        records, _, _ = self._driver.execute_query(statement, parameters, database_="neo4j", routing_="r")
        return [record["row"] for record in records]


def phrase(text: str) -> str:
    """What a client of the peers sends to Lucene for the beginnings of words."""
    fields = ("name", "email", "phone", "originId")
    words = ("(" + " OR ".join(f"{field}:{token}*" for field in fields) + ")" for token in search_tokens(text))
    return " AND ".join(words)


_CUSTOMERS: LiteralString = "MATCH (c:Customer {organizationId: $org}) RETURN c.id AS row ORDER BY row"
_COUNT: LiteralString = "MATCH (c:Customer {organizationId: $org}) RETURN count(*) AS row"
_WORTHLESS: LiteralString = "MATCH (c:Customer {organizationId: $org, lifetimeValue: 0}) RETURN count(*) AS row"
_ACCOUNTS: LiteralString = (
    "MATCH (a:Account {organizationId: $org}) WHERE EXISTS { (a)<-[:BELONGS_TO]-() } RETURN a.id AS row ORDER BY row"
)
_CHANNELS: LiteralString = (
    "MATCH (h:Channel {organizationId: $org, status: 'ACTIVE'}) "
    "WHERE COUNT { (h)<-[:IN_CHANNEL]-(:Customer) } >= 50 RETURN h.id AS row ORDER BY row"
)
_NAMES: LiteralString = (
    "MATCH (c:Customer {organizationId: $org}) WITH c.name AS row, count(*) AS many WHERE many < 6 "
    "AND row =~ '[A-Za-z]+( [A-Za-z]+)+' RETURN row ORDER BY row"
)
_FOUND: LiteralString = (
    "CALL db.index.fulltext.queryNodes('search', $phrase) YIELD node "
    "WHERE node:Customer AND node.organizationId = $org RETURN count(*) AS row"
)
_LARGEST: LiteralString = (
    "MATCH (root:Customer {organizationId: $org}) WHERE NOT (root)-[:CHILD_OF]->() AND (root)<-[:CHILD_OF]-() "
    "MATCH p = (root)<-[:CHILD_OF*1..]-() WITH root, count(*) AS size, max(length(p)) AS depth "
    "ORDER BY size DESC, root.id LIMIT 1 RETURN [root.id, size, depth] AS row"
)
