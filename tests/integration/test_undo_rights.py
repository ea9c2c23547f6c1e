"""Undo takes the rights of doing it by hand, also where it only looks."""

from __future__ import annotations

import asyncio

import pytest

from cypher.fragment import cypher, param
from cypher.printer import print_fragment
from graph.database import Database, Run
from tests.company import ERRORS, SET, Company, codes, permission
from tests.integration.test_merging import firm
from tests.integration.test_undo import UNDO, UPDATE, done, expect, undone

__all__ = ["firm"]

CONTACT = f"mutation($input: UpdateContactInput!) {{ updateContact(input: $input) {{ writeId {ERRORS} }} }}"
STAFF = """query($ids: [ID!]!) { nodes(ids: $ids) {
  ... on Customer { salesRepresentatives { displayName } } ... on Contact { assignedTo { displayName } } } }"""
NAMED = [{"salesRepresentatives": [{"displayName": "Sam"}]}, {"assignedTo": {"displayName": "Sam"}}]


@pytest.fixture
async def named(firm: Company) -> list[dict[str, str]]:
    """Writes that name staff at a customer and at a contact."""
    await done(firm, "ada", UPDATE, id=firm.id("head"), salesRepresentativeIds=[firm.id("ada")])
    sam = firm.id("sam")
    return [
        await done(firm, "ada", UPDATE, id=firm.id("head"), salesRepresentativeIds=[sam], phone="1"),
        await done(firm, "ada", CONTACT, id=firm.id("jo"), assignedToId=sam, jobTitle="Chief"),
    ]


async def test_who_sees_no_staff_takes_none_away(firm: Company, named: list[dict[str, str]]) -> None:
    """As by hand; the rest is taken back, and who sees staff takes these back too."""
    given = [permission("User", "VIEW", "NONE"), permission("Contact", "EDIT", "ORGANIZATION")]
    await done(firm, "ada", SET, roleId=firm.id("sales"), permissions=given, hiddenFields=[])
    ids = [firm.id("head"), firm.id("jo")]
    for payload, uuid, field in zip(named, ids, ("salesRepresentatives", "assignedTo"), strict=True):
        expect((await undone(firm, payload, "sue"))["left"], (uuid, field, "FORBIDDEN"))
    stayed = (await firm.query("ada", STAFF, ids=ids))["nodes"]
    for payload in named:
        await undone(firm, payload)
    back = (await firm.query("ada", STAFF, ids=ids))["nodes"]

    assert NAMED == stayed
    assert [{"salesRepresentatives": [{"displayName": "Ada"}]}, {"assignedTo": None}] == back


async def test_what_is_out_of_reach_is_not_locked(
    firm: Company, named: list[dict[str, str]], database: Database
) -> None:
    """While somebody else holds the record, those who may not change it are answered all the same."""
    given = [permission("Customer", "VIEW", "USER"), permission("Customer", "EDIT", "NONE")]
    await done(firm, "ada", SET, roleId=firm.id("sales"), permissions=given, hiddenFields=[])
    key = cypher("{organizationId: ", param(firm.world.organization_id), ", id: ", param(firm.world.uuid("head")), "}")
    held = cypher("MATCH (n:Customer ", key, ") SET n.locked = true REMOVE n.locked")

    async def work(run: Run) -> list[object]:
        await run(print_fragment(held))
        asked = [firm.do(who, UNDO, writeId=named[0]["writeId"]) for who in ("sue", "sam")]
        return [codes(payload) for payload in await asyncio.wait_for(asyncio.gather(*asked), 5)]

    seen, unseen = await database.transact(work)
    assert [("FORBIDDEN", ["writeId"])] == seen
    assert [("NOT_FOUND", ["writeId"])] == unseen
