"""Mutations that manage access: their rules, their errors, who may, and that they hold from the next request on."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from typing import Any

import pytest

from app.organizations import default_roles
from app.viewers import Identity, find_viewer
from cypher.access import Viewer
from cypher.fragment import cypher, param
from cypher.printer import print_fragment
from graph.database import Database
from graph.default_roles import customer_roles, staff_roles
from graph.ids import new_id
from graph.registry import load_model
from tests.asking import Asker
from tests.world import World

SET = """mutation($input: SetPermissionsInput!) { setPermissions(input: $input) {
  role { id version displayName
    ... on Role { permissions hiddenFields } ... on CustomerUserRole { permissions hiddenFields customer { id } } }
  errors { code message field __typename ... on LevelTooHigh { entity action level held }
    ... on VersionConflict { currentVersion } }
  replayed } }"""


def company() -> World:
    """An organisation with all default roles: staff in three units, two companies one above the other, and strangers."""
    world = World(f"access-{new_id()}")
    world.node("Organization", "organization", name="Access", currency="USD", key=world.key)
    for name, parent in (("office", None), ("north", "office"), ("shops", "north")):
        world.node("BusinessUnit", name, name=name.title())
        if parent:
            world.link(name, "PART_OF", parent)
    for key, role in staff_roles(load_model()).items():
        _role(world, "Role", key, role)
    for key, role in customer_roles().items():
        _role(world, "CustomerUserRole", f"customer-{key}", role, key=key, isPublic=True, selfManaged=key != "guest")
    for name, role, unit in (
        ("ada", "administrator", "office"),
        ("max", "manager", "north"),
        ("sue", "sales", "shops"),
        ("sam", "sales", "north"),
    ):
        email = f"{name}@{world.key}.example"
        world.node("User", name, name=name.title(), username=email, email=email)
        world.link(name, "HAS_ROLE", role)
        world.link(name, "MEMBER_OF_UNIT", unit)
    for name, parent, owner in (("head", None, "sue"), ("branch", "head", "sue"), ("other", None, "sam")):
        world.node("Customer", name, name=name.title(), kind="BUSINESS", ownerId=world.uuid(owner))
        world.link(name, "OWNED_BY", owner)
        if parent:
            world.link(name, "CHILD_OF", parent)
    for name, customer, role in (
        ("boss", "head", "administrator"),
        ("bea", "head", "buyer"),
        ("ben", "branch", "buyer"),
        ("ove", "other", "administrator"),
        ("olga", "other", "buyer"),
    ):
        email = f"{name}@{world.key}.example"
        world.node("CustomerUser", name, name=name.title(), email=email, emailKey=email, enabled=True)
        world.link(name, "USER_OF", customer)
        world.link(name, "HAS_ROLE", f"customer-{role}")
    return world


def _role(world: World, label: str, ref: str, role: Any, **more: Any) -> None:
    given = {"permissions": role.stored_permissions(), "hiddenFields": role.stored_hidden()}
    world.node(label, ref, name=role.name, **given, **more)


class Company:
    """The organisation of one test, and how its people ask."""

    def __init__(self, database: Database, ask: Asker, world: World) -> None:
        self.database, self.ask, self.world = database, ask, world

    def id(self, name: str) -> str:
        """The global id of a record by its name in this world."""
        return self.world.id(name)

    async def viewer(self, name: str) -> Viewer:
        """Somebody as the graph says now."""
        kind = "staff" if self.world.types[name] == "User" else "customer"
        identity = Identity(kind, f"{name}@{self.world.key}.example", self.world.key)  # type: ignore[arg-type]
        return await find_viewer(self.database, identity)

    async def do(self, name: str, mutation: str, **given: Any) -> dict[str, Any]:
        """The payload of a mutation by somebody."""
        data = await self.ask.data(await self.viewer(name), mutation, input=given)
        payload: dict[str, Any] = next(iter(data.values()))
        return payload

    async def query(self, name: str, query: str, **variables: Any) -> Any:
        """What somebody is answered now."""
        return await self.ask.data(await self.viewer(name), query, **variables)

    async def changes(self, name_or_id: str) -> list[Mapping[str, Any]]:
        """The change records of a record, oldest first."""
        uuid = self.world.uuid(name_or_id) if name_or_id in self.world.types else name_or_id
        statement = print_fragment(
            cypher(
                *("MATCH (c:Change {organizationId: ", param(self.world.organization_id)),
                *(", recordId: ", param(uuid), "}) RETURN properties(c) AS row ORDER BY c.id"),
            )
        )
        return (await self.database.read([statement]))[0]


@pytest.fixture
async def firm(database: Database, ask: Asker) -> Company:
    """A new organisation for each test that writes."""
    world = company()
    await database.write(list(world.statements()))
    return Company(database, ask, world)


def codes(payload: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """Code and field of each error."""
    return [(error["code"], error["field"]) for error in payload["errors"]]


def permission(entity: str, action: str, level: str) -> dict[str, str]:
    """A permission as inputs have it."""
    return {"entity": entity, "action": action, "level": level}


async def test_permissions_are_set_and_hold_at_once(firm: Company) -> None:
    """What a role gives changes in its holders' next request, and the change is on record."""
    assert 3 == (await firm.query("max", "{ customers { totalCount } }"))["customers"]["totalCount"]

    payload = await firm.do(
        "ada",
        SET,
        roleId=firm.id("manager"),
        permissions=[permission("Customer", "VIEW", "USER")],
        hiddenFields=[{"entity": "Contact", "fields": ["EMAIL"]}],
    )

    assert [] == payload["errors"]
    assert "Customer VIEW USER" in payload["role"]["permissions"]
    assert ["Contact EMAIL"] == payload["role"]["hiddenFields"]
    assert 2 == payload["role"]["version"]
    assert 0 == (await firm.query("max", "{ customers { totalCount } }"))["customers"]["totalCount"]
    (change,) = await firm.changes("manager")
    assert ("EDIT", "Role", "User", "request") == tuple(
        change[key] for key in ("action", "recordType", "byType", "requestId")
    )
    assert {"permissions", "hiddenFields"} == set(json.loads(change["before"]))
    assert ["Contact EMAIL"] == json.loads(change["after"])["hiddenFields"]


_ = (asyncio, default_roles)
