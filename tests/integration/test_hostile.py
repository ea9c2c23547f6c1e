"""Hostile requests over real HTTP: each ends soon with a code, and nobody else waits for it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest

from app.settings import Settings
from graph.ids import global_id, new_id
from graph.local import Connection
from tests.serving import serving
from tests.world import World

SECONDS = 1.0
HEADERS = {"accept": "application/graphql-response+json"}
WHERE = "query Q($w: CustomerWhere) { customers(where: $w) { totalCount } }"
IDS = "query Q($ids: [ID!]!) { nodes(ids: $ids) { id } }"
ON_CUSTOMERS = "{ customers(first: 1) { nodes { %s } } } "


@pytest.fixture(scope="module")
def address(neo4j_connection: Connection, world: World) -> Iterator[str]:
    """A server with the default limits."""
    with serving(Settings(viewer=f"uma@{world.key}.example"), neo4j_connection) as address:
        yield address


def nested(levels: int) -> str:
    """A selection of so many levels."""
    return ON_CUSTOMERS % ("parent { " * levels + "id" + " }" * levels)


def cycle(fragments: int) -> str:
    """Fragments that spread one another in a circle."""
    circle = (f"fragment F{n} on Customer {{ id ...F{(n + 1) % fragments} }}" for n in range(fragments))
    return ON_CUSTOMERS % "...F0" + " ".join(circle)


def bomb(levels: int) -> str:
    """Fragments that spread the next one twice."""
    doubling = (f"fragment F{n} on Customer {{ ...F{n + 1} ...F{n + 1} }}" for n in range(levels))
    return ON_CUSTOMERS % "...F0" + " ".join(doubling) + f" fragment F{levels} on Customer {{ id }}"


def beside(fragments: int) -> str:
    """Fragments beside each other, of which each has to be compared with each."""
    fields = "{ id name orders { nodes { id number } } }"
    spread = " ".join(f"...F{n}" for n in range(fragments))
    return ON_CUSTOMERS % spread + " ".join(f"fragment F{n} on Customer {fields}" for n in range(fragments))


def counts(levels: int) -> str:
    """Counts of related records on so many levels: none of them brings a record."""
    related = ("orders", "carts", "leads", "opportunities", "cases", "users", "activities")
    inner = " ".join(f"{name} {{ totalCount }}" for name in related) + " subtreeLifetimeValue { amount }"
    return ON_CUSTOMERS % (f"{inner} parent {{ " * levels + inner + " }" * levels)


def conditions(alternatives: int, members: int) -> dict[str, Any]:
    """A filter of so many alternatives of so many conditions."""
    inner = [{"name": {"eq": f"n{n}"}} for n in range(members)]
    return {"w": {"OR": [{"OR": inner} for _ in range(alternatives)]}}


def related(members: int) -> dict[str, Any]:
    """A filter that looks at related records so many times."""
    return {"w": {"AND": [{"orders": {"some": {"number": {"eq": f"n{n}"}}}} for n in range(members)]}}


REQUESTS: dict[str, tuple[str, dict[str, Any], str]] = {
    "200 deep": (nested(200), {}, "GRAPHQL_PARSE_FAILED"),
    "100 deep": (nested(100), {}, "COST_LIMIT_EXCEEDED"),
    "inline fragments 20,000 deep": ("{" + "... { " * 20_000 + "}" * 20_001, {}, "GRAPHQL_PARSE_FAILED"),
    "introspection 50 deep": (
        "{ __schema { types { " + "fields { type { " * 25 + "name" + " } }" * 25 + " } } }",
        {},
        "COST_LIMIT_EXCEEDED",
    ),
    "1,000 aliases": ("{" + " ".join(f"a{n}: __typename" for n in range(1000)) + "}", {}, "COST_LIMIT_EXCEEDED"),
    "500 directives": (ON_CUSTOMERS % ("id " + "@include(if: true) " * 500), {}, "COST_LIMIT_EXCEEDED"),
    "500 unknown directives": ("{ __typename " + "@aa " * 500 + "}", {}, "COST_LIMIT_EXCEEDED"),
    "500 operations": (
        " ".join(f"query Q{n} {{ viewer {{ displayName }} }}" for n in range(500)),
        {},
        "BAD_USER_INPUT",
    ),
    "3,000 overlapping fields": (ON_CUSTOMERS % ("id " * 3000), {}, "COST_LIMIT_EXCEEDED"),
    "1,400 overlapping fields": (ON_CUSTOMERS % ("id " * 1400), {}, "COST_LIMIT_EXCEEDED"),
    "200 fragments to compare": (beside(200), {}, "COST_LIMIT_EXCEEDED"),
    "fragment bomb": (bomb(25), {}, "COST_LIMIT_EXCEEDED"),
    "fragment cycle of 1": (cycle(1), {}, "COST_LIMIT_EXCEEDED"),
    "fragment cycle of 2": (cycle(2), {}, "COST_LIMIT_EXCEEDED"),
    "fragment cycle of 100": (cycle(100), {}, "COST_LIMIT_EXCEEDED"),
    "20,000 tokens": ("{" + "a " * 20_000 + "}", {}, "GRAPHQL_PARSE_FAILED"),
    "14,000 ids": (IDS, {"ids": [global_id("Customer", new_id()) for _ in range(14_000)]}, "BAD_USER_INPUT"),
    "100,000 nulls": (IDS, {"ids": [None] * 100_000}, "COST_LIMIT_EXCEEDED"),
    "24,000 nulls": (IDS, {"ids": [None] * 24_000}, "BAD_USER_INPUT"),
    "24,000 unknown members": (WHERE, {"w": {f"k{n}": 1 for n in range(24_000)}}, "BAD_USER_INPUT"),
    "10,000 conditions": (WHERE, conditions(100, 100), "COST_LIMIT_EXCEEDED"),
    "2,500 conditions": (WHERE, conditions(25, 100), "COST_LIMIT_EXCEEDED"),
    "a statement of 40,000 characters": (counts(16), {}, "COST_LIMIT_EXCEEDED"),
    "40 looks at related records": (WHERE, related(40), "COST_LIMIT_EXCEEDED"),
    "a pyramid of pages": (
        ON_CUSTOMERS.replace("1", "200") % "orders(first: 200) { nodes { items(first: 200) { nodes { id } } } }",
        {},
        "COST_LIMIT_EXCEEDED",
    ),
}


@pytest.mark.parametrize("name", REQUESTS)
async def test_hostile_requests_end_soon(name: str, address: str) -> None:
    """Each is refused within a second by a code, while others are answered within a second."""
    query, variables, code = REQUESTS[name]
    async with httpx2.AsyncClient(base_url=address, headers=HEADERS, timeout=30) as client:
        await client.post("/graphql", json={"query": "{ __typename }"})
        asking = asyncio.create_task(others(client))
        begun = time.perf_counter()
        answer = await client.post("/graphql", json={"query": query, "variables": variables})
        took = time.perf_counter() - begun
        asking.cancel()
        (slowest,) = await asyncio.gather(asking)

    (error, *_) = answer.json()["errors"]
    assert code == error["extensions"]["code"], error
    assert answer.json().get("data") in (None, {"nodes": None}, {"customers": None})
    assert took < SECONDS
    assert slowest < SECONDS


async def others(client: httpx2.AsyncClient) -> float:
    """Ask something small again and again; the longest that it took, once it is told to stop."""
    slowest, begun = 0.0, time.perf_counter()
    try:
        while True:
            answer = await client.post("/graphql", json={"query": "{ __typename }"})
            slowest = max(slowest, time.perf_counter() - begun)
            assert {"__typename": "Query"} == answer.json()["data"]
            await asyncio.sleep(0.01)
            begun = time.perf_counter()
    except asyncio.CancelledError:
        return max(slowest, time.perf_counter() - begun)
