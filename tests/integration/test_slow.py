"""Slow statements on a real Neo4j and a real socket: they end when nobody waits for them any longer."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlparse

import httpx2
import pytest

from app.settings import Settings
from cypher.printer import Statement
from graph import database as graph_database
from graph.database import Database
from graph.local import Connection
from tests.serving import serving
from tests.world import World

MARK = str(10**13 + time.time_ns() % 10**12)
"""So large that counting up to it never ends; another run has another one."""
ENDLESS = Statement(f"UNWIND range(1, {MARK}) AS n WITH n WHERE n % 2 = 3 RETURN count(n)", {})
RUNNING = Statement(
    "SHOW TRANSACTIONS YIELD currentQuery WHERE currentQuery CONTAINS $mark RETURN currentQuery", {"mark": MARK}
)
QUERY = json.dumps({"query": "{ customers(first: 1) { nodes { name } } }"}).encode()
HEADERS = {"content-type": "application/json", "accept": "application/graphql-response+json"}


class SlowDatabase(Database):
    """Takes for ever for whatever is about customers."""

    async def read(self, statements: Sequence[graph_database.Statement], *, within: float | None = None) -> Any:
        """Run an endless statement first."""
        if any(":Customer)" in statement.text for statement in statements):
            statements = [ENDLESS]
        return await super().read(statements, within=within)


async def running(database: Database, *, until: int, seconds: float) -> float:
    """Wait until so many endless statements run; how long that took."""
    begun = time.monotonic()
    while True:
        (found,) = await database.read([RUNNING])
        if len(found) == until:
            return time.monotonic() - begun
        assert time.monotonic() - begun < seconds, found
        await asyncio.sleep(0.05)


async def test_a_client_that_leaves_ends_its_statement(
    neo4j_connection: Connection, database: Database, world: World
) -> None:
    """When the socket closes, the transaction is gone within two seconds; the server goes on."""
    settings = Settings(viewer=f"uma@{world.key}.example", request_timeout=60, transaction_timeout=60)
    with serving(settings, neo4j_connection, database=SlowDatabase) as address:
        host, port = urlparse(address).hostname, urlparse(address).port
        _, writer = await asyncio.open_connection(host, port)
        head = (
            f"POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: {len(QUERY)}\r\n"
        )
        writer.write(head.encode() + b"\r\n" + QUERY)
        await running(database, until=1, seconds=20)
        writer.close()
        took = await running(database, until=0, seconds=10)
        async with httpx2.AsyncClient(base_url=address, timeout=30) as client:
            after = await client.post("/graphql", json={"query": "{ viewer { displayName } }"})

    assert took < 2
    assert {"viewer": {"displayName": "Uma Unger"}} == after.json()["data"]


@pytest.mark.parametrize(
    ("of_transaction", "of_request"), [(1.0, 60.0), (60.0, 1.0)], ids=["of the transaction", "of the request"]
)
async def test_a_slow_statement_times_out(
    of_transaction: float, of_request: float, neo4j_connection: Connection, database: Database, world: World
) -> None:
    """Either timeout ends the statement with TIMEOUT and 504, and nothing of it goes on."""
    settings = Settings(
        viewer=f"uma@{world.key}.example", transaction_timeout=of_transaction, request_timeout=of_request
    )
    with serving(settings, neo4j_connection, database=SlowDatabase) as address:
        async with httpx2.AsyncClient(base_url=address, timeout=60) as client:
            begun = time.monotonic()
            answer = await client.post("/graphql", content=QUERY, headers=HEADERS)
            took = time.monotonic() - begun
            await running(database, until=0, seconds=10)
            other = await client.post("/graphql", json={"query": "{ viewer { displayName } }"})

    assert 504 == answer.status_code
    assert "TIMEOUT" == answer.json()["errors"][0]["extensions"]["code"]
    assert answer.headers["server-timing"]
    assert took < 10
    assert 200 == other.status_code
