"""People who leave: not who owns something, not oneself, not the last administrator, not who has more."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from graph.database import Database
from graph.permissions import Role
from tests.asking import Asker
from tests.company import ASSIGN, CREATE_CUSTOMER_USER, CREATE_USER, ERRORS, ROLES, Company, codes, company

DELETE_USER = f"mutation($input: DeleteUserInput!) {{ deleteUser(input: $input) {{ deletedId {ERRORS} }} }}"
DELETE = f"""mutation($input: DeleteCustomerUserInput!) {{ deleteCustomerUser(input: $input) {{
  deletedId {ERRORS} }} }}"""
OWNED = """query($id: ID!) { customerUser(id: $id) { version addresses { id }
  orders { nodes { displayName version } } carts { totalCount } cases { totalCount } } }"""


@pytest.fixture
async def firm(database: Database, ask: Asker) -> Company:
    """A new organisation where Bea owns an order, a cart and a case, and Hal manages users but no roles."""
    world = company()
    for name, kind in (("order", "Order"), ("cart", "Cart"), ("case", "Case")):
        world.node(kind, name, name=name.title(), status="OPEN")
        world.link(name, "OWNED_BY", "sue")
        world.link(name, "OWNED_BY_CUSTOMER_USER", "bea")
    world.link("head", "PLACED", "order")
    world.link("head", "HAS_CART", "cart")
    world.link("case", "CASE_OF", "head")
    world.node("Address", "home", city="Oslo")
    world.link("bea", "HAS_ADDRESS", "home")
    world.node("CustomerUser", "bob", name="Bob", email="bob@x.example", enabled=True)
    world.link("bob", "USER_OF", "head")
    role = Role("Hirer", {("User", action): "ORGANIZATION" for action in ("VIEW", "EDIT", "DELETE")})
    world.node("Role", "hirer", name=role.name, permissions=role.stored_permissions(), hiddenFields=[])
    email = f"hal@{world.key}.example"
    world.node("User", "hal", name="Hal", username=email, email=email)
    world.link("hal", "HAS_ROLE", "hirer")
    await database.write(list(world.statements()))
    return Company(database, ask, world)


async def test_who_owns_nothing_goes(firm: Company) -> None:
    """The username is free again, and the role is held by one less."""
    given: dict[str, Any] = {"email": "new@oak.example", "roleIds": [firm.id("sales")]}
    made = await firm.do("ada", CREATE_USER, **given)
    viewer = await firm.viewer("sue")
    gone = await firm.do("ada", DELETE_USER, id=made["user"]["id"], expectedVersion=1)
    again = await firm.do("ada", DELETE_USER, id=made["user"]["id"])
    new = await firm.do("ada", CREATE_USER, **given)

    assert viewer.staff
    assert made["user"]["id"] == gone["deletedId"]
    assert [("NOT_FOUND", ["id"])] == codes(again)
    assert [] == codes(new)


async def test_who_owns_something_stays(firm: Company) -> None:
    """Until it is given to others; the message says what one sees of it."""
    used = await firm.do("ada", DELETE_USER, id=firm.id("sam"))
    hirer = await firm.do("hal", DELETE_USER, id=firm.id("sam"))
    await firm.do("ada", ASSIGN, recordId=firm.id("other"), ownerId=firm.id("sue"))
    gone = await firm.do("ada", DELETE_USER, id=firm.id("sam"))

    assert ([("IN_USE", ["id"])], 1) == (codes(used), used["errors"][0]["uses"])
    assert "Sam has records (1). " in used["errors"][0]["message"]
    assert ("IN_USE", ["id"]) in codes(hirer)
    assert {0} == {error["uses"] for error in hirer["errors"] if error["code"] == "IN_USE"}
    assert firm.id("sam") == gone["deletedId"]


async def test_nobody_deletes_themselves_or_who_has_more(firm: Company) -> None:
    """So an administrator is always left; of two who delete each other at once one is."""
    itself = await firm.do("ada", DELETE_USER, id=firm.id("ada"))
    above = await firm.do("hal", DELETE_USER, id=firm.id("ada"))
    seller = await firm.do("sue", DELETE_USER, id=firm.id("hal"))
    await firm.do("ada", ROLES, userId=firm.id("hal"), roleIds=[firm.id("administrator")])
    both = await asyncio.gather(
        firm.do("ada", DELETE_USER, id=firm.id("hal")),
        firm.do("hal", DELETE_USER, id=firm.id("ada")),
        return_exceptions=True,
    )

    assert [("FORBIDDEN", ["id"])] == codes(itself) == codes(seller)
    assert {"LEVEL_TOO_HIGH"} == {code for code, _ in codes(above)}
    assert 1 == sum(isinstance(one, dict) and one["errors"] == [] for one in both)


async def test_a_customer_user_leaves_what_it_owns_to_another_one(firm: Company) -> None:
    """Of the same customer, each with a change of its own; without one it is in use."""
    used = await firm.do("ada", DELETE, id=firm.id("bea"))
    wrong = [
        await firm.do("ada", DELETE, id=firm.id("bea"), handOverToId=firm.id(name)) for name in ("bea", "ben", "head")
    ]
    gone = await firm.do("boss", DELETE, id=firm.id("bea"), handOverToId=firm.id("bob"))
    left = (await firm.query("ada", OWNED, id=firm.id("bob")))["customerUser"]

    assert ([("IN_USE", ["id"])], 3) == (codes(used), used["errors"][0]["uses"])
    assert "Bea has orders (1), carts (1) and cases (1). " in used["errors"][0]["message"]
    assert [[("INVALID", ["handOverToId"])]] * 3 == [codes(payload) for payload in wrong]
    assert firm.id("bea") == gone["deletedId"]
    assert [{"displayName": "Order", "version": 2}] == left["orders"]["nodes"]
    assert (1, 1) == (left["carts"]["totalCount"], left["cases"]["totalCount"])
    (change,) = await firm.changes("order")
    assert (firm.id("bea") in change["before"], firm.id("bob") in change["after"]) == (True, True)
    assert ["DELETE"] == [change["action"] for change in await firm.changes("home")]


async def test_who_deletes_customer_users(firm: Company) -> None:
    """A company's administrator within the company and not themselves; a buyer nobody; the address is free again."""
    itself = await firm.do("boss", DELETE, id=firm.id("boss"))
    buyer = await firm.do("ben", DELETE, id=firm.id("ben"))
    foreign = await firm.do("ove", DELETE, id=firm.id("ben"))
    below = await firm.do("boss", DELETE, id=firm.id("ben"), expectedVersion=1)
    email = f"ben@{firm.world.key}.example"
    given = {"customerId": firm.id("branch"), "email": email, "roleIds": [firm.id("customer-buyer")]}
    new = await firm.do("boss", CREATE_CUSTOMER_USER, **given)

    assert [("FORBIDDEN", ["id"])] == codes(itself) == codes(buyer)
    assert [("NOT_FOUND", ["id"])] == codes(foreign)
    assert ([], []) == (codes(below), codes(new))
