"""A write tells nothing of what its viewer may not see: no numbers, no values, and it holds up nobody."""

from __future__ import annotations

import asyncio
import datetime as dt
from typing import Any

import pytest

from cypher.fragment import cypher, param
from cypher.printer import print_fragment
from graph.database import Database, Run
from graph.permissions import Role, Sensitive
from tests.asking import Asker
from tests.company import ASSIGN, CREATE_USER, DELETE_UNIT, ERRORS, UPDATE_CUSTOMER_USER, Company, codes, company
from tests.world import World

SHOWN = "customer { id displayName version }"
CREATE = f"mutation($input: CreateCustomerInput!) {{ createCustomer(input: $input) {{ {SHOWN} {ERRORS} }} }}"
UPDATE_MANY = f"mutation($input: UpdateCustomersInput!) {{ updateCustomers(input: $input) {{ {ERRORS} }} }}"
UPDATE = f"mutation($input: UpdateCustomerInput!) {{ updateCustomer(input: $input) {{ {SHOWN} {ERRORS} }} }}"


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
    _hider(world)
    await database.write(list(world.statements()))
    return Company(database, ask, world)


def _hider(world: World) -> None:
    """Hal, who changes customers, users and contacts, and from whom everything of them is hidden that can be."""
    entities = ("Customer", "User", "Contact", "Channel", "Account", "Role")
    levels = {(entity, action): "ORGANIZATION" for entity in entities for action in ("VIEW", "CREATE", "EDIT")}
    hidden = {("Customer", group.name) for group in Sensitive} | {("User", "EMAIL"), ("Contact", "EMAIL")}
    role = Role("Hidden", levels, frozenset(hidden))
    told = {"permissions": role.stored_permissions(), "hiddenFields": role.stored_hidden()}
    world.node("Role", "hiding", name=role.name, **told)
    email = f"hal@{world.key}.example"
    world.node("User", "hal", name="Hal", username=email, email=email)
    world.link("hal", "HAS_ROLE", "hiding")
    iris = {"firstName": "Iris", "email": "iris@oak.example", "birthday": dt.date(1990, 4, 1)}
    world.node("Customer", "iris", name="Iris", kind="PERSON", **iris)
    world.link("iris", "OWNED_BY", "hal")


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
            firm.do("sam", UPDATE_MANY, customers=[{"id": firm.id("head"), "name": "Mine"}]),
        )
        return [codes(payload) for payload in await asyncio.wait_for(asyncio.gather(*asked), 5)]

    unseen, foreign, seen, many = await database.transact(work)
    assert [("NOT_FOUND", ["recordId"])] == unseen
    assert [("NOT_FOUND", ["id"])] == foreign
    assert [("FORBIDDEN", ["id"])] == seen
    assert [("NOT_FOUND", ["customers", "0", "id"])] == many


@pytest.mark.parametrize(
    ("given", "fields"),
    [
        ({"email": "iris@oak.example"}, [["email"]]),
        ({"email": "other@oak.example", "phone": None}, [["email"], ["phone"]]),
        ({"person": {"birthday": "1990-04-01", "lastName": "Oak"}}, [["person", "birthday"]]),
    ],
)
async def test_what_is_hidden_is_not_written(firm: Company, given: dict[str, Any], fields: list[Any]) -> None:
    """Whether it is what is there or not: a new version would tell."""
    changed = await firm.do("hal", UPDATE, id=firm.id("iris"), **given)
    made = await firm.do("hal", CREATE, channelId=firm.id("outlet"), **{"name": "New", **given})

    assert [("FORBIDDEN", field) for field in fields] == codes(changed)
    assert [("FORBIDDEN", field) for field in fields if field != ["phone"]] == codes(made)
    assert 0 == await firm.written()


async def test_the_rest_is_written_beside_what_is_hidden(firm: Company) -> None:
    """Names are; but not so that a record is called by what is hidden."""
    changed = await firm.do("hal", UPDATE, id=firm.id("iris"), person={"lastName": "Oak"}, name=None)
    nameless = await firm.do("hal", UPDATE, id=firm.id("iris"), person={"firstName": None, "lastName": None})
    made = await firm.do("hal", CREATE, channelId=firm.id("outlet"), name="New")
    user = await firm.do("hal", CREATE_USER, email="new@oak.example", roleIds=[firm.id("hiding")])

    assert ([], "Iris Oak") == (codes(changed), changed["customer"]["displayName"])
    assert [("FORBIDDEN", None)] == codes(nameless)
    assert ([], "New") == (codes(made), made["customer"]["displayName"])
    assert [("FORBIDDEN", ["username"]), ("FORBIDDEN", ["email"])] == codes(user)
