"""Sales representatives of customers: several members of staff, who see no more by it."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from graph.database import Database
from graph.permissions import Role
from tests.asking import Asker
from tests.company import ERRORS, Company, codes, company

SOLD = "customer { id version salesRepresentatives { displayName } }"
CREATE = f"mutation($input: CreateCustomerInput!) {{ createCustomer(input: $input) {{ {SOLD} {ERRORS} }} }}"
UPDATE = f"mutation($input: UpdateCustomerInput!) {{ updateCustomer(input: $input) {{ {SOLD} writeId {ERRORS} }} }}"
LOOK = f"query($id: ID!) {{ {SOLD.replace('customer', 'customer(id: $id)', 1)} }}"
FIND = """query($id: ID!) { customers(where: { salesRepresentatives: { some: { id: { eq: $id } } } }) {
  nodes { displayName } } }"""
UNDO = "mutation($input: UndoInput!) { undo(input: $input) { left { reason } errors { code } } }"


@pytest.fixture
async def firm(database: Database, ask: Asker) -> Company:
    """A new organisation with somebody who changes customers and sees no staff."""
    world = company()
    role = Role("Clerk", {("Customer", action): "ORGANIZATION" for action in ("VIEW", "EDIT")})
    world.node("Role", "clerk", name=role.name, permissions=role.stored_permissions(), hiddenFields=[])
    email = f"cleo@{world.key}.example"
    world.node("User", "cleo", name="Cleo", username=email, email=email)
    world.link("cleo", "HAS_ROLE", "clerk")
    await database.write(list(world.statements()))
    return Company(database, ask, world)


def names(customer: dict[str, Any]) -> set[str]:
    """The names of a customer's sales representatives."""
    return {one["displayName"] for one in customer["salesRepresentatives"]}


async def give(firm: Company, *users: str, who: str = "ada") -> dict[str, Any]:
    """Give the head office sales representatives."""
    return await firm.do(who, UPDATE, id=firm.id("head"), salesRepresentativeIds=[firm.id(user) for user in users])


async def test_a_customer_has_several_sales_representatives(firm: Company) -> None:
    """From the beginning or later, each once; absent stays, a list replaces, null clears; they find customers."""
    ids = [firm.id("sue"), firm.id("sam"), firm.id("sue")]
    made = await firm.do("ada", CREATE, channelId=firm.id("outlet"), name="New", salesRepresentativeIds=ids)
    changed = await give(firm, "max", "sam")
    same = await firm.do("ada", UPDATE, id=firm.id("head"), phone="555 0100")

    assert [[]] * 3 == [one["errors"] for one in (made, changed, same)]
    assert [{"Sue", "Sam"}, {"Max", "Sam"}, {"Max", "Sam"}] == [names(one["customer"]) for one in (made, changed, same)]
    found = await firm.query("ada", FIND, id=firm.id("sam"))
    assert {"New", "Head"} == {one["displayName"] for one in found["customers"]["nodes"]}
    first, _ = await firm.changes("head")
    users = sorted(firm.id(name) for name in ("max", "sam"))
    assert ([], users) == tuple(sorted(orjson.loads(first[key])["salesRepresentatives"]) for key in ("before", "after"))
    cleared = await firm.do("ada", UPDATE, id=firm.id("head"), salesRepresentativeIds=None)
    assert set() == names(cleared["customer"])


async def test_they_are_the_business_of_those_who_see_them(firm: Company) -> None:
    """Users of the customer neither see nor change them, nobody takes away whom they do not see; only users sell."""
    await give(firm, "max")
    administrator = await give(firm, who="boss")
    clerk = await give(firm, who="cleo")
    unit = await firm.do("ada", UPDATE, id=firm.id("head"), salesRepresentativeIds=[firm.id("max"), firm.id("shops")])
    outside = await give(firm, "sue", who="sam")

    assert [("FORBIDDEN", ["salesRepresentativeIds"])] == codes(administrator)
    assert [("FORBIDDEN", ["salesRepresentativeIds"])] == codes(clerk)
    assert [("INVALID", ["salesRepresentativeIds", "1"])] == codes(unit)
    assert [("NOT_FOUND", ["id"])] == codes(outside)
    seen = [await firm.query(who, LOOK, id=firm.id("head")) for who in ("ada", "boss", "cleo")]
    assert [{"Max"}, set(), set()] == [names(one["customer"]) for one in seen]


async def test_who_sells_to_a_customer_sees_no_more_by_it(firm: Company) -> None:
    """The owner decides, as for everybody."""
    before = await firm.query("sam", LOOK, id=firm.id("head"))
    await give(firm, "sam")

    assert {"customer": None} == before == await firm.query("sam", LOOK, id=firm.id("head"))


async def test_they_are_taken_back(firm: Company) -> None:
    """Who was added since stays."""
    await give(firm, "max")
    changed = await give(firm, "sam")
    await give(firm, "sam", "sue")

    undone = await firm.do("ada", UNDO, writeId=changed["writeId"])

    assert ([], []) == (undone["left"], undone["errors"])
    assert {"Max", "Sue"} == names((await firm.query("ada", LOOK, id=firm.id("head")))["customer"])
