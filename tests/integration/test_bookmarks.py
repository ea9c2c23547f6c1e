"""Reading what was written: another process sees what a bookmark is of, and bookmarks that are none harm nothing."""

from __future__ import annotations

import base64
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Any

import httpx2
import pytest

from app.http_request import GRAPHQL_RESPONSE
from app.server import create_app
from app.settings import Settings
from graph.database import BOOKMARK_SECONDS, Database
from graph.local import Connection
from tests.asking import Asker
from tests.company import CREATE_ROLE, Company, company

READ = "query($id: ID!) { role: node(id: $id) { ... on Role { name } } }"
HEADER = "C360-Bookmark"


class Server:
    """One API process: an application with a driver of its own."""

    def __init__(self, client: httpx2.AsyncClient) -> None:
        self.client = client

    async def post(self, query: str, bookmark: str | None = None, **variables: Any) -> httpx2.Response:
        """Ask, with a bookmark where there is one."""
        headers = {"accept": GRAPHQL_RESPONSE} | ({HEADER: bookmark} if bookmark is not None else {})
        return await self.client.post("/graphql", json={"query": query, "variables": variables}, headers=headers)


@pytest.fixture
async def servers(database: Database, ask: Asker, neo4j_connection: Connection) -> AsyncIterator[tuple[Server, Server]]:
    """Two processes that share nothing but the database, with one administrator."""
    firm = Company(database, ask, company())
    await database.write(list(firm.world.statements()))
    settings = Settings(viewer=f"ada@{firm.world.key}.example")
    async with AsyncExitStack() as stack:
        found = []
        for _ in range(2):
            own = Database.open(neo4j_connection.uri, (neo4j_connection.user, neo4j_connection.password))
            stack.push_async_callback(own.close)
            transport = httpx2.ASGITransport(app=create_app(settings, own))
            client = httpx2.AsyncClient(transport=transport, base_url="http://api.example", timeout=30)
            found.append(Server(await stack.enter_async_context(client)))
        yield found[0], found[1]


async def test_another_process_sees_what_was_written(servers: tuple[Server, Server]) -> None:
    """200 records that one makes are there for the other at once, every one, with the bookmark of the answer."""
    one, other = servers
    missed = []
    for number in range(200):
        made = await one.post(CREATE_ROLE, input={"name": f"Role {number}"})
        role = made.json()["data"]["createRole"]["role"]
        found = await other.post(READ, made.headers[HEADER], id=role["id"])
        if found.json().get("data") != {"role": {"name": f"Role {number}"}}:
            missed.append(found.json())

    assert [] == missed


async def test_only_what_was_written_has_a_bookmark(servers: tuple[Server, Server]) -> None:
    """Queries and refused mutations have none; the last of several mutations includes those before."""
    one, other = servers
    read = await one.post("{ viewer { displayName } }")
    refused = await one.post(CREATE_ROLE, input={"name": " "})
    made = await one.post(CREATE_ROLE, input={"name": "Made"})
    both = await other.post(
        'mutation { a: createRole(input: {name: "A"}) { errors { code } } '
        'b: createRole(input: {name: "B"}) { role { id } } }',
        made.headers[HEADER],
    )
    several = ", ".join((made.headers[HEADER], both.headers[HEADER]))
    found = await one.post(READ, several, id=both.json()["data"]["b"]["role"]["id"])

    assert HEADER not in read.headers
    assert HEADER not in refused.headers
    assert 1 == len(both.headers[HEADER].split(","))
    assert {"data": {"role": {"name": "B"}}} == {"data": found.json()["data"]}


@pytest.mark.parametrize(
    "bookmark",
    [
        "x",
        "FB:",
        "FB:short",
        "FB:" + "A" * 2000,
        ",",
        "FB:kcwQRcRnooT6TSWuk+xGFAErcskW9JA=,",
        "FB:kcwQRcRnooT6TSWuk ';",
    ],
)
async def test_what_is_no_bookmark_is_refused(servers: tuple[Server, Server], bookmark: str) -> None:
    """With 400, before anything is asked."""
    answer = await servers[0].post("{ viewer { displayName } }", bookmark)

    assert 400 == answer.status_code
    assert "BAD_USER_INPUT" == answer.json()["errors"][0]["extensions"]["code"]


async def test_a_made_up_bookmark_does_not_wait_for_long(servers: tuple[Server, Server]) -> None:
    """One that can't be read is refused at once, one of a state that will never be within seconds; then all goes on."""
    one, other = servers
    made = (await one.post(CREATE_ROLE, input={"name": "Made"})).headers[HEADER]
    raw = base64.b64decode(made.removeprefix("FB:"))
    # The UUID of the database and the number of a transaction: one that will not come, however many tests ran before.
    future = "FB:" + base64.b64encode(raw[:19] + b"\xca\x7f\xff\xff\xff" + raw[-1:]).decode()

    begun = time.monotonic()
    garbage = await other.post("{ viewer { displayName } }", "FB:zzzzzzzzzzzz")
    at_once = time.monotonic() - begun
    never = await other.post("{ viewer { displayName } }", future)
    took = time.monotonic() - begun
    after = await other.post("{ viewer { displayName } }")

    assert [(400, "BAD_USER_INPUT")] * 2 == [
        (answer.status_code, answer.json()["errors"][0]["extensions"]["code"]) for answer in (garbage, never)
    ]
    assert at_once < 2
    assert took < BOOKMARK_SECONDS + 2
    assert 200 == after.status_code
