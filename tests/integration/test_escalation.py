"""Nobody gains reach by moving others: who manages users, but sees customers of one unit, sees no more afterwards."""

from __future__ import annotations

from typing import Any

import pytest

from graph.database import Database
from graph.permissions import Role
from tests.asking import Asker
from tests.company import ROLES, SET_UNITS, UPDATE_UNIT, UPDATE_USER, Company, codes, company

MANAGES = {
    (entity, action): "ORGANIZATION" for entity in ("User", "BusinessUnit", "Role") for action in ("VIEW", "EDIT")
}


@pytest.fixture
async def firm(database: Database, ask: Asker) -> Company:
    """A new organisation with Hal, who manages users and sees what is owned in one unit, and a clerk of another one."""
    world = company()
    for name, unit, levels in (
        ("hal", "north", {**MANAGES, ("Customer", "VIEW"): "UNIT"}),
        ("clerk", "shops", {("User", "VIEW"): "ORGANIZATION"}),
    ):
        role = Role(f"{name}'s", levels)
        world.node("Role", f"{name}-role", name=role.name, permissions=role.stored_permissions(), hiddenFields=[])
        email = f"{name}@{world.key}.example"
        world.node("User", name, name=name.title(), username=email, email=email)
        world.link(name, "HAS_ROLE", f"{name}-role")
        world.link(name, "MEMBER_OF_UNIT", unit)
    await database.write(list(world.statements()))
    return Company(database, ask, world)


async def seen(firm: Company) -> Any:
    """The customers whom Hal sees."""
    found = await firm.query("hal", "{ customers { nodes { displayName } } }")
    return [customer["displayName"] for customer in found["customers"]["nodes"]]


async def test_who_manages_users_gains_nothing_by_it(firm: Company) -> None:
    """Foreign units, foreign people in one's own unit, reaching roles in foreign units, others' names to sign in."""
    before = await seen(firm)
    clerk, sue = firm.id("clerk"), firm.id("sue")

    unit = await firm.do("hal", UPDATE_UNIT, id=firm.id("shops"), parentId=firm.id("office"))
    pulled = await firm.do("hal", SET_UNITS, userId=sue, unitIds=[firm.id("north")])
    sent = await firm.do("hal", SET_UNITS, userId=firm.id("hal"), unitIds=[firm.id("north"), firm.id("shops")])
    given = await firm.do("hal", ROLES, userId=clerk, roleIds=[firm.id("hal-role")])
    taken = await firm.do("hal", UPDATE_USER, id=sue, email="hal-too@x.example", username="hal-too@x.example")

    assert [("FORBIDDEN", ["id"]), ("FORBIDDEN", ["parentId"])] == codes(unit)
    assert ("FORBIDDEN", ["userId"]) in codes(pulled)
    assert [("LEVEL_TOO_HIGH", ["unitIds"])] == codes(sent)
    assert [("LEVEL_TOO_HIGH", ["unitIds"])] == codes(given)
    assert {("FORBIDDEN", ("username",)), ("FORBIDDEN", ("email",))} <= {
        (code, tuple(field)) for code, field in codes(taken)
    }
    assert ["Other"] == before == await seen(firm)
    assert 0 == await firm.written()


async def test_an_administrator_moves_anybody(firm: Company) -> None:
    """Who sees everything gains nothing, and may do all of it."""
    assert [] == codes(await firm.do("ada", UPDATE_UNIT, id=firm.id("shops"), parentId=firm.id("office")))
    assert [] == codes(await firm.do("ada", SET_UNITS, userId=firm.id("sue"), unitIds=[firm.id("north")]))
    assert [] == codes(await firm.do("ada", ROLES, userId=firm.id("clerk"), roleIds=[firm.id("hal-role")]))
    assert [] == codes(await firm.do("ada", UPDATE_USER, id=firm.id("sue"), email="sue-2@x.example"))
