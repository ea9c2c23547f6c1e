"""Mutations of customer groups: terms, who is in them, and who sees them."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from graph.database import Database
from tests.asking import Asker
from tests.company import ERRORS, Company, codes, company

SHOWN = """customerGroup { id displayName name taxCode paymentTerm priceList discountPercent location version
  customers { totalCount } }"""
CREATE = f"""mutation($input: CreateCustomerGroupInput!) {{ createCustomerGroup(input: $input) {{
  {SHOWN} {ERRORS} }} }}"""
UPDATE = f"""mutation($input: UpdateCustomerGroupInput!) {{ updateCustomerGroup(input: $input) {{
  {SHOWN} {ERRORS} }} }}"""
DELETE = f"""mutation($input: DeleteCustomerGroupInput!) {{ deleteCustomerGroup(input: $input) {{
  deletedId {ERRORS} }} }}"""
ASSIGN = f"""mutation($input: AssignCustomersToGroupInput!) {{ assignCustomersToGroup(input: $input) {{
  {SHOWN} assigned {ERRORS} }} }}"""
GROUPS = "{ customers(orderBy: [{ displayName: ASC }]) { nodes { displayName group { name } } } }"
SEEN = "{ customerGroups { nodes { name } } }"


@pytest.fixture
async def firm(database: Database, ask: Asker) -> Company:
    """A new organisation with two groups."""
    world = company()
    for name in ("gold", "silver"):
        world.node("CustomerGroup", name, name=name.title(), discountPercent="5", key=name)
    await database.write(list(world.statements()))
    return Company(database, ask, world)


async def groups(firm: Company) -> dict[str, str | None]:
    """The group of each customer."""
    found = (await firm.query("ada", GROUPS))["customers"]["nodes"]
    return {one["displayName"]: one["group"] and one["group"]["name"] for one in found}


async def test_a_group_has_terms(firm: Company) -> None:
    """All of them, exact; what is absent stays, null clears."""
    made = await firm.do("ada", CREATE, name=" Resellers ", discountPercent="12.50", taxCode="T1", location="Oslo")
    ask = {"id": made["customerGroup"]["id"]}
    changed = await firm.do("ada", UPDATE, **ask, discountPercent=100, taxCode=None, name="Trade", expectedVersion=1)
    stale = await firm.do("ada", UPDATE, **ask, priceList="A", expectedVersion=1)

    shown = ("displayName", "discountPercent", "taxCode", "location", "version")
    assert ("Resellers", "12.5", "T1", "Oslo", 1) == tuple(made["customerGroup"][key] for key in shown)
    assert ("Trade", "100", None, "Oslo", 2) == tuple(changed["customerGroup"][key] for key in shown)
    assert [("CONFLICT", ["expectedVersion"])] == codes(stale)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"name": None}, ["name"]),
        ({"discountPercent": "-0.01"}, ["discountPercent"]),
        ({"discountPercent": "100.01"}, ["discountPercent"]),
        ({"discountPercent": "1.00001"}, ["discountPercent"]),
        ({"taxCode": "x" * 256}, ["taxCode"]),
    ],
)
async def test_what_is_wrong_is_told(firm: Company, given: dict[str, Any], expected: list[str]) -> None:
    """At its field, and nothing is written."""
    assert [("INVALID", expected)] == codes(await firm.do("ada", UPDATE, id=firm.id("gold"), **given))
    assert 0 == await firm.written()


async def test_customers_change_their_group(firm: Company) -> None:
    """In place of the one before, each with a change of its own; null leaves none."""
    both = await firm.do("ada", ASSIGN, customerIds=[firm.id("head"), firm.id("branch")], groupId=firm.id("gold"))
    one = await firm.do("ada", ASSIGN, customerIds=[firm.id("head")] * 2, groupId=firm.id("silver"))
    again = await firm.do("ada", ASSIGN, customerIds=[firm.id("head")], groupId=firm.id("silver"))
    seen = await groups(firm)
    none = await firm.do("ada", ASSIGN, customerIds=[firm.id("branch"), firm.id("other")], groupId=None)

    assert (2, 1, 0, 1) == tuple(payload["assigned"] for payload in (both, one, again, none))
    assert {"totalCount": 2} == both["customerGroup"]["customers"]
    assert {"Branch": "Gold", "Head": "Silver", "Other": None} == seen
    assert None is none["customerGroup"]
    assert {"Branch": None, "Head": "Silver", "Other": None} == await groups(firm)
    assert [firm.id("gold"), firm.id("silver")] == [
        change["after"].split('"')[3] for change in await firm.changes("head")
    ]


async def test_an_assignment_is_all_or_nothing(firm: Company) -> None:
    """What is not there, not seen or not a customer is told by its place; more than 100 are too many."""
    ids = [firm.id(name) for name in ("gold", "head", "other")]
    wrong = await firm.do("sue", ASSIGN, customerIds=ids, groupId=firm.id("head"))
    many = await firm.do("ada", ASSIGN, customerIds=[firm.id("head")] * 101, groupId=None)
    buyer = await firm.do("boss", ASSIGN, customerIds=[firm.id("head")], groupId=None)

    assert {("INVALID", "0"), ("NOT_FOUND", "2"), ("INVALID", "groupId")} == {
        (code, field[-1]) for code, field in codes(wrong)
    }
    assert [("INVALID", ["customerIds"])] == codes(many)
    assert [("FORBIDDEN", ["groupId"])] == codes(buyer)
    assert {"Branch": None, "Head": None, "Other": None} == await groups(firm)


async def test_assignments_at_once_end(firm: Company) -> None:
    """Whatever order the customers are named in, no two wait for each other; each customer is in one group."""
    ids = [firm.id("head"), firm.id("branch"), firm.id("other")]
    given = [(ids if turn % 2 else ids[::-1], firm.id("gold" if turn % 3 else "silver")) for turn in range(8)]
    payloads = await asyncio.gather(
        *(firm.do("ada", ASSIGN, customerIds=customers, groupId=group) for customers, group in given)
    )
    counts = [
        (await firm.do("ada", UPDATE, id=firm.id(name)))["customerGroup"]["customers"]["totalCount"]
        for name in ("gold", "silver")
    ]

    assert [[]] * 8 == [codes(payload) for payload in payloads]
    assert 3 == sum(counts)


async def test_a_group_goes_and_its_customers_stay(firm: Company) -> None:
    """Without a group, until they get another one."""
    await firm.do("ada", ASSIGN, customerIds=[firm.id("head"), firm.id("other")], groupId=firm.id("gold"))
    gone = await firm.do("ada", DELETE, id=firm.id("gold"), expectedVersion=1)
    left = await groups(firm)
    again = await firm.do("ada", DELETE, id=firm.id("gold"))
    other = await firm.do("ada", ASSIGN, customerIds=[firm.id("head")], groupId=firm.id("silver"))

    assert firm.id("gold") == gone["deletedId"]
    assert {"Branch": None, "Head": None, "Other": None} == left
    assert [("NOT_FOUND", ["id"])] == codes(again)
    assert {"totalCount": 1} == other["customerGroup"]["customers"]


async def test_customer_users_see_their_own_group(firm: Company) -> None:
    """From the next request on, and never another one; sellers see groups and change none."""
    before = await firm.query("bea", SEEN)
    await firm.do("ada", ASSIGN, customerIds=[firm.id("head")], groupId=firm.id("gold"))
    after = await firm.query("bea", SEEN)
    seller = await firm.do("sue", UPDATE, id=firm.id("gold"), name="Mine")

    assert {"customerGroups": {"nodes": []}} == before
    assert {"customerGroups": {"nodes": [{"name": "Gold"}]}} == after
    assert [("FORBIDDEN", ["id"])] == codes(seller)
    assert [("FORBIDDEN", None)] == codes(await firm.do("sue", CREATE, name="Mine"))
    assert [("NOT_FOUND", ["id"])] == codes(await firm.do("bea", UPDATE, id=firm.id("silver"), name="Mine"))
