"""A write tells nothing of what its viewer may not see: no numbers, no values, and it holds up nobody."""

from __future__ import annotations

import pytest

from graph.database import Database
from graph.permissions import Role
from tests.asking import Asker
from tests.company import DELETE_UNIT, Company, codes, company


@pytest.fixture
async def firm(database: Database, ask: Asker) -> Company:
    """A new organisation with Jan, who keeps units, sees customers of the own unit, and no users."""
    world = company()
    levels = {("BusinessUnit", action): "ORGANIZATION" for action in ("VIEW", "EDIT", "DELETE")}
    role = Role("Janitor", {**levels, ("Customer", "VIEW"): "UNIT"})
    world.node("Role", "janitor", name=role.name, permissions=role.stored_permissions(), hiddenFields=[])
    email = f"jan@{world.key}.example"
    world.node("User", "jan", name="Jan", username=email, email=email)
    world.link("jan", "HAS_ROLE", "janitor")
    world.link("jan", "MEMBER_OF_UNIT", "office")
    for name, unit in (("depot", "office"), ("annex", "shops")):
        world.node("Customer", name, name=name.title(), kind="BUSINESS")
        world.link(name, "OWNED_BY", unit)
    await database.write(list(world.statements()))
    return Company(database, ask, world)


async def test_what_is_in_use_tells_numbers_of_what_is_seen(firm: Company) -> None:
    """Of the rest it says that there is some."""
    some = await firm.do("jan", DELETE_UNIT, id=firm.id("office"))
    none = await firm.do("jan", DELETE_UNIT, id=firm.id("shops"))
    every = await firm.do("ada", DELETE_UNIT, id=firm.id("office"))

    assert [("IN_USE", ["id"])] == codes(some) == codes(none) == codes(every)
    assert (2, 0, 4) == tuple(payload["errors"][0]["uses"] for payload in (some, none, every))
    told = "Office has subordinate units (1), records (1) and others that you don't see. Move them first."
    assert told == some["errors"][0]["message"]
    assert "Shops has others that you don't see. Move them first." == none["errors"][0]["message"]
    assert (
        "Office has members (2), subordinate units (1) and records (1). Move them first."
        == (every["errors"][0]["message"])
    )
