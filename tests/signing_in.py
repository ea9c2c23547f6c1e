"""Who signs in to what: the organisations of the tests, a server that trusts a provider, and what a refusal is."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, TypeAlias

import httpx2

from app.server import create_app
from app.settings import Settings
from graph.database import Database
from graph.default_roles import customer_roles, staff_roles
from graph.registry import load_model
from tests.keys import AUDIENCE, Provider
from tests.world import World

QUERY = "{ viewer { displayName currency } customers { nodes { name } } }"
GRAPHQL = {"content-type": "application/json", "accept": "application/graphql-response+json"}
HOME, ABROAD = "token-home", "token-abroad"
Ask: TypeAlias = Callable[..., Any]


def world_of(key: str, currency: str) -> World:
    """An administrator, somebody with a permission in every organisation, a buyer, and two customers."""
    world = World(key, currency=currency)
    world.node("Organization", "organization", name=key, currency=currency, key=key)
    world.node("Channel", "shop", name="Shop", status="ACTIVE", lifetimeRule="NONE", entities=["Order"], key="shop")
    administrator = staff_roles(load_model())["administrator"].stored_permissions()
    system = ["Customer VIEW SYSTEM", "Channel VIEW ORGANIZATION"]
    for who, permissions in (("ada", administrator), ("syd", system)):
        world.node("User", who, name=who.title(), username=f"{who}@{key}.example", email=f"{who}@{key}.example")
        world.node("Role", f"{who}-role", name=who, permissions=permissions)
        world.link(who, "HAS_ROLE", f"{who}-role")
    world.node("CustomerUserRole", "buyer", name="Buyer", permissions=customer_roles()["buyer"].stored_permissions())
    allowed = customer_roles()["guest"].stored_permissions()
    world.node("CustomerUserRole", "guest", name="Guest", key="guest", permissions=allowed)
    world.node(
        "CustomerUser", "cleo", name="Cleo", email=f"Cleo@{key}.example", emailKey=f"cleo@{key}.example", enabled=True
    )
    for name in ("acme", "other"):
        world.node("Customer", name, name=f"{name} of {key}", status="ACTIVE", channelId=world.uuid("shop"))
        world.link(name, "IN_CHANNEL", "shop")
    world.link("cleo", "USER_OF", "acme")
    world.link("cleo", "HAS_ROLE", "buyer")
    return world


def settings_of(provider: Provider, **more: Any) -> Settings:
    """Settings of a server that trusts the provider."""
    named = {"token_issuer": provider.url, "token_audience": AUDIENCE, "home": Path("nowhere")}
    return Settings.model_validate({**named, **more})


@asynccontextmanager
async def asking(settings: Settings, database: Database) -> AsyncIterator[Ask]:
    """A function that asks the application with a token or with headers."""
    transport = httpx2.ASGITransport(app=create_app(settings, database))
    async with httpx2.AsyncClient(transport=transport, base_url="http://api.example", timeout=30) as client:

        async def ask(token: str | None = None, *, query: str = QUERY, headers: Any = ()) -> httpx2.Response:
            sent = [*GRAPHQL.items(), *headers, *([("authorization", f"Bearer {token}")] if token else [])]
            return await client.post("/graphql", json={"query": query}, headers=sent)

        yield ask


def staff(who: str = "ada") -> dict[str, Any]:
    """The claims of a member of staff."""
    return {"c360_kind": "staff", "preferred_username": f"{who}@{HOME}.example"}


def refused(answer: httpx2.Response, *, credentials: bool = True) -> bool:
    """Whether an answer is 401 as RFC 6750 says, with a code, without data and without a detail."""
    error = answer.json()["errors"][0]
    challenge = 'Bearer realm="c360"' + (', error="invalid_token"' if credentials else "")
    return (
        401 == answer.status_code
        and challenge == answer.headers["www-authenticate"]
        and "UNAUTHENTICATED" == error["extensions"]["code"]
        and "hint" in error["extensions"]
        and "data" not in answer.json()
    )
