"""Whom GraphiQL can look at the demo as: a list, and tokens for those in it, in a demo in development only."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from app.server import create_app
from app.settings import Settings
from graph.database import Database
from tests.world import World

QUERY = {"query": "{ viewer { displayName } }"}


@pytest.fixture
async def key(database: Database) -> str:
    """An organisation with two users, of whom one holds a role."""
    world = World("view-as")
    world.node("Organization", "organization", name="View As", currency="USD", key=world.key)
    for who in ("vera", "norole"):
        world.node("User", who, name=who.title(), username=f"{who}@view-as.example")
    world.node("Role", "seller", name="Seller", permissions=["Customer VIEW ORGANIZATION"])
    world.link("vera", "HAS_ROLE", "seller")
    await database.write(list(world.statements()))
    return world.key


def client_of(database: Database, settings: Settings, *people: str) -> httpx2.AsyncClient:
    """A client of a demo with these people."""
    transport = httpx2.ASGITransport(app=create_app(settings, database, people=people))
    return httpx2.AsyncClient(transport=transport, base_url="http://demo.example", timeout=30)


@pytest.fixture
async def client(database: Database, key: str, tmp_path: Path) -> AsyncIterator[httpx2.AsyncClient]:
    """A client of a demo."""
    people = (f"vera@{key}.example", f"norole@{key}.example", "gone@nowhere.example")
    async with client_of(database, Settings(home=tmp_path), *people) as made:
        yield made


async def test_people_with_roles_get_tokens(client: httpx2.AsyncClient, key: str) -> None:
    """The page says where people are; the list has those who hold a role, and a token makes one of them the viewer."""
    page = await client.get("/graphiql")
    listed = (await client.get("/graphiql/people.json")).json()
    made = await client.post(
        "/graphiql/token", json={name: listed[0][name] for name in ("kind", "name", "organization")}
    )
    headers = {"authorization": f"Bearer {made.json()['token']}"}
    answer = await client.post("/graphql", json=QUERY, headers=headers)

    assert '<meta name="c360-people" content="/graphiql/people.json"' in page.text
    vera = {
        "kind": "staff",
        "name": f"vera@{key}.example",
        "organization": key,
        "organizationName": "View As",
        "displayName": "Vera",
        "roles": ["Seller"],
    }
    assert [vera] == listed
    assert "no-store" == made.headers["cache-control"]
    assert "Vera" == answer.json()["data"]["viewer"]["displayName"]


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        ({"json": {"kind": "staff", "name": "uma@golden.example", "organization": "world-golden"}}, 422),
        ({"json": {"kind": "staff", "name": "gone@nowhere.example", "organization": "nowhere"}}, 422),
        ({"json": {"kind": "customer", "name": "vera@view-as.example", "organization": "view-as"}}, 422),
        ({"json": {"kind": ["staff"], "name": {}, "organization": None}}, 422),
        ({"json": []}, 422),
        ({"content": b"{", "headers": {"content-type": "application/json"}}, 422),
        ({"content": b" " * 20_000, "headers": {"content-type": "application/json"}}, 422),
        ({"data": {"kind": "staff", "name": "vera@view-as.example", "organization": "view-as"}}, 415),
    ],
)
async def test_nobody_else_gets_one(client: httpx2.AsyncClient, sent: dict[str, Any], status: int) -> None:
    """Only people of the list, asked for as no form of another site can ask."""
    answer = await client.post("/graphiql/token", **sent)

    assert status == answer.status_code
    assert {"error"} == set(answer.json())


@pytest.mark.parametrize("environment", ["development", "production"])
async def test_elsewhere_there_is_no_such_thing(database: Database, environment: str, tmp_path: Path) -> None:
    """Without people, and in production whatever there is, both addresses are 404 and the page names none."""
    named = {"neo4j_uri": "neo4j://db", "token_issuer": "https://login.example", "token_audience": "c360"}
    settings = Settings.model_validate({**named, "environment": environment, "home": tmp_path})
    people = ("vera@view-as.example",) if environment == "production" else ()
    async with client_of(database, settings, *people) as client:
        page = await client.get("/graphiql")
        answers = [await client.get("/graphiql/people.json"), await client.post("/graphiql/token", json={})]

    assert [404, 404] == [answer.status_code for answer in answers]
    assert "c360-people" not in page.text
    assert [] == list(tmp_path.iterdir())
