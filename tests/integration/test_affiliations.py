"""Affiliations of customers: further parents, clients and partners, by hand, with their rules, access and undo."""

from __future__ import annotations

import asyncio
from typing import Any

import orjson
import pytest

from cypher.imports import relate
from graph.database import Database
from tests.asking import Asker
from tests.company import ERRORS, Company, codes, company

AFFILIATE = f"""mutation($input: AffiliateCustomersInput!) {{ affiliateCustomers(input: $input) {{
  customer {{ id version }} affiliated {{ id }} writeId {ERRORS} }} }}"""
END = f"""mutation($input: EndAffiliationInput!) {{ endAffiliation(input: $input) {{
  customer {{ id version }} affiliated {{ id }} writeId {ERRORS} }} }}"""
UNDO = "mutation($input: UndoInput!) { undo(input: $input) { writeId left { reason } errors { code field } } }"
DELETE = f"mutation($input: DeleteCustomerInput!) {{ deleteCustomer(input: $input) {{ deletedId writeId {ERRORS} }} }}"
TOLD = """query($id: ID!) { customer(id: $id) { version
  affiliations { edges { kind node { id } } } affiliatedBy { nodes { id } } } }"""


@pytest.fixture
async def firm(database: Database, ask: Asker) -> Company:
    """A new organisation for each test."""
    world = company()
    world.node("Account", "account", name="Account")
    world.node("Customer", "loose", name="Loose", kind="BUSINESS", channelId=world.uuid("outlet"))
    world.link("loose", "BELONGS_TO", "account")
    world.link("loose", "IN_CHANNEL", "outlet")
    for name in ("account", "loose"):
        world.link(name, "OWNED_BY", "sue")
    await database.write(list(world.statements()))
    return Company(database, ask, world)


async def affiliate(firm: Company, one: str, other: str, kind: str, who: str = "ada", **given: Any) -> dict[str, Any]:
    """Affiliate a customer with another one."""
    ids = {"customerId": firm.id(one), "affiliatedId": firm.id(other)}
    return await firm.do(who, AFFILIATE, **ids, kind=kind, **given)


async def end(firm: Company, one: str, other: str, who: str = "ada", **given: Any) -> dict[str, Any]:
    """End an affiliation."""
    return await firm.do(who, END, customerId=firm.id(one), affiliatedId=firm.id(other), **given)


async def kinds(firm: Company, name: str) -> dict[str, str]:
    """What the affiliations of a customer say, by the id of the other one."""
    found = await firm.query("ada", TOLD, id=firm.id(name))
    return {edge["node"]["id"]: edge["kind"] for edge in found["customer"]["affiliations"]["edges"]}


async def test_a_customer_is_affiliated_once_with_another_one(firm: Company) -> None:
    """A second time changes the kind; the other way round is another affiliation; what changed is on record."""
    made = await affiliate(firm, "head", "other", "CLIENT")
    same = await affiliate(firm, "head", "other", "CLIENT")
    changed = await affiliate(firm, "head", "other", "PARTNER", expectedVersion=made["customer"]["version"])
    back = await affiliate(firm, "other", "head", "CLIENT")
    branch = await affiliate(firm, "head", "branch", "CLIENT")

    assert [[]] * 5 == [one["errors"] for one in (made, same, changed, back, branch)]
    assert (firm.id("head"), firm.id("other")) == (made["customer"]["id"], made["affiliated"]["id"])
    assert made["customer"]["version"] == same["customer"]["version"] < changed["customer"]["version"]
    assert {firm.id("other"): "PARTNER", firm.id("branch"): "CLIENT"} == await kinds(firm, "head")
    assert {firm.id("head"): "CLIENT"} == await kinds(firm, "other")
    first, second, _ = await firm.changes("head")
    said = {"id": firm.id("other"), "properties": {"kind": "CLIENT"}}
    assert ({"affiliations": []}, {"affiliations": [said]}) == tuple(
        orjson.loads(first[key]) for key in ("before", "after")
    )
    assert {"affiliations": [said]} == orjson.loads(second["before"])


async def test_what_no_affiliation_can_be(firm: Company) -> None:
    """Not with oneself, not the parent that the tree has already, nothing but customers, no version of before."""
    itself = await affiliate(firm, "head", "head", "PARTNER")
    parent = await affiliate(firm, "branch", "head", "PARENT")
    contact = await firm.do("ada", AFFILIATE, customerId=firm.id("head"), affiliatedId=firm.id("nora"), kind="CLIENT")
    late = await affiliate(firm, "head", "other", "CLIENT", expectedVersion=7)

    assert [("INVALID", ["affiliatedId"])] == codes(itself)
    assert [("INVALID", ["kind"])] == codes(parent)
    assert [("INVALID", ["affiliatedId"])] == codes(contact)
    assert [("CONFLICT", ["expectedVersion"])] == codes(late)
    assert [] == codes(await affiliate(firm, "branch", "other", "PARENT"))
    assert 1 == await firm.written()


async def test_an_affiliation_ends_once(firm: Company) -> None:
    """Only the one from the customer that is named; what is not there is NOT_FOUND."""
    await affiliate(firm, "head", "other", "PARTNER")
    await affiliate(firm, "other", "head", "PARTNER")

    ended, again = await end(firm, "head", "other"), await end(firm, "head", "other")

    assert ([], firm.id("other")) == (ended["errors"], ended["affiliated"]["id"])
    assert [("NOT_FOUND", ["affiliatedId"])] == codes(again)
    assert ({}, {firm.id("head"): "PARTNER"}) == (await kinds(firm, "head"), await kinds(firm, "other"))


async def test_both_ends_are_there_for_the_one_who_affiliates(firm: Company) -> None:
    """The customer is to be changed and the other one to be seen; what one does not see is not there."""
    theirs = await affiliate(firm, "head", "other", "CLIENT", who="sue")
    ends = await affiliate(firm, "other", "head", "CLIENT", who="sue"), await end(firm, "other", "head", who="sue")
    own = await affiliate(firm, "head", "branch", "CLIENT", who="sue")
    manager = await affiliate(firm, "branch", "other", "CLIENT", who="max")

    assert [("NOT_FOUND", ["affiliatedId"])] == codes(theirs)
    assert [[("NOT_FOUND", ["customerId"])]] * 2 == [codes(one) for one in ends]
    assert [] == codes(own)
    assert [("FORBIDDEN", ["customerId"])] == codes(manager)
    assert {firm.id("branch"): "CLIENT"} == await kinds(firm, "head")


async def test_affiliations_are_the_business_of_staff(firm: Company) -> None:
    """Customer users neither make, change nor end them, not even administrators within their company."""
    await affiliate(firm, "head", "branch", "CLIENT")
    written = await firm.written()

    told = [
        await affiliate(firm, "head", "branch", "PARTNER", who="boss"),
        await affiliate(firm, "branch", "head", "CLIENT", who="boss"),
        await affiliate(firm, "head", "other", "PARTNER", who="boss"),
        await affiliate(firm, "head", "branch", "PARTNER", who="bea"),
        await end(firm, "head", "branch", who="boss"),
    ]

    assert [[("FORBIDDEN", None)]] * 5 == [codes(one) for one in told]
    assert {firm.id("branch"): "CLIENT"} == await kinds(firm, "head")
    assert written == await firm.written()


async def test_affiliations_are_taken_back(firm: Company) -> None:
    """Made, changed and ended ones; a newer one stays."""
    made = await affiliate(firm, "head", "other", "CLIENT")
    changed = await affiliate(firm, "head", "other", "PARTNER")
    await affiliate(firm, "head", "branch", "CLIENT")

    conflicting = await firm.do("ada", UNDO, writeId=made["writeId"])
    undone = await firm.do("ada", UNDO, writeId=changed["writeId"])
    assert ["CHANGED"] == [one["reason"] for one in conflicting["left"]]
    assert ([], []) == (undone["left"], undone["errors"])
    assert {firm.id("other"): "CLIENT", firm.id("branch"): "CLIENT"} == await kinds(firm, "head")

    ended = await end(firm, "head", "other")
    assert [] == (await firm.do("ada", UNDO, writeId=ended["writeId"]))["left"]
    assert [] == (await firm.do("ada", UNDO, writeId=made["writeId"]))["left"]
    assert {firm.id("branch"): "CLIENT"} == await kinds(firm, "head")


async def test_an_affiliation_goes_with_a_customer_and_comes_back_with_it(firm: Company) -> None:
    """Who is deleted is nobody's client; undo brings back both."""
    await affiliate(firm, "head", "loose", "CLIENT")

    gone = await firm.do("ada", DELETE, id=firm.id("loose"))
    assert ([], {}) == (gone["errors"], await kinds(firm, "head"))

    assert [] == (await firm.do("ada", UNDO, writeId=gone["writeId"]))["left"]
    assert {firm.id("loose"): "CLIENT"} == await kinds(firm, "head")


async def test_imports_leave_alone_what_was_said_by_hand(firm: Company) -> None:
    """A customer that is affiliated with another one stays what it is to it; all others become further parents."""
    world = firm.world
    for key in ("A", "B", "C"):
        world.node("Customer", f"imported-{key}", name=key, originId=key, channelId=world.uuid("outlet"))
    await firm.database.write(list(world.statements()))
    await affiliate(firm, "imported-A", "imported-B", "PARTNER")
    rows = [{"row": place, "source": "A", "target": target} for place, target in enumerate("BC")]
    within = {"channel_id": world.uuid("outlet"), "organization_id": world.organization_id}

    (told,) = await firm.database.write([relate("AFFILIATED_WITH", rows, {"kind": "PARENT"}, **within)])

    assert [[0, "UNCHANGED"], [1, "CREATED"]] == sorted(told)
    assert {firm.id("imported-B"): "PARTNER", firm.id("imported-C"): "PARENT"} == await kinds(firm, "imported-A")


async def test_two_at_once_are_one_affiliation(firm: Company) -> None:
    """Whoever comes later changes what the first one said."""
    made = await asyncio.gather(*(affiliate(firm, "head", "other", kind) for kind in ("CLIENT", "PARTNER") * 4))

    assert [[]] * 8 == [one["errors"] for one in made]
    assert 1 == len(await kinds(firm, "head"))
