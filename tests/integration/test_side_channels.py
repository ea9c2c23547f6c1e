"""A write tells nothing of what its viewer may not see: no numbers, no values, and it holds up nobody."""

from __future__ import annotations

import asyncio

import pytest

from cypher.fragment import cypher, param
from cypher.printer import print_fragment
from graph.database import Database, Run
from graph.permissions import Role
from tests.asking import Asker
from tests.company import ASSIGN, DELETE_UNIT, UPDATE_CUSTOMER_USER, Company, codes, company


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


async def test_what_is_out_of_reach_is_not_locked(firm: Company, database: Database) -> None:
    """While somebody else holds the record, those who may not change it are answered all the same."""
    held = cypher(
        *("MATCH (n:Record {organizationId: ", param(firm.world.organization_id)),
        *("}) WHERE n.id IN ", param([firm.world.uuid("head"), firm.world.uuid("boss")])),
        " SET n.locked = true REMOVE n.locked",
    )

    async def work(run: Run) -> list[object]:
        await run(print_fragment(held))
        asked = (
            firm.do("sam", ASSIGN, recordId=firm.id("head"), ownerId=firm.id("sam")),
            firm.do("olga", UPDATE_CUSTOMER_USER, id=firm.id("boss"), firstName="Mine"),
            firm.do("bea", UPDATE_CUSTOMER_USER, id=firm.id("boss"), firstName="Mine"),
        )
        return [codes(payload) for payload in await asyncio.wait_for(asyncio.gather(*asked), 5)]

    unseen, foreign, seen = await database.transact(work)
    assert [("NOT_FOUND", ["recordId"])] == unseen
    assert [("NOT_FOUND", ["id"])] == foreign
    assert [("FORBIDDEN", ["id"])] == seen
