"""Undo takes the rights of doing it by hand, also where it only looks."""

from __future__ import annotations

import pytest

from tests.company import ERRORS, SET, Company, permission
from tests.integration.test_merging import firm
from tests.integration.test_undo import UPDATE, done, expect, undone

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
