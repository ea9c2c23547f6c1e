"""Undo: what is taken or gone by now, what is too much, and undo at the same time as other writes."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from app.verification import verify
from graph.database import Database
from resolvers import merging, undoing
from tests.asking import Asker
from tests.company import ERRORS, Company, codes
from tests.generating.histories import History, beginning
from tests.integration.test_undo import CREATE, PARENT, TO_ACCOUNT, UNDO, UPDATE, done, expect, undone

MERGE = f"""mutation($input: MergeAccountsInput!) {{ mergeAccounts(input: $input) {{ undoable writeId {ERRORS} }} }}"""
MANY = f"""mutation($input: CreateCustomersInput!) {{ createCustomers(input: $input) {{
  counts {{ created }} writeId {ERRORS} }} }}"""
RACES = 4


def deleting(noun: str) -> str:
    """The mutation that deletes a record of a type."""
    return f"mutation($input: Delete{noun}Input!) {{ delete{noun}(input: $input) {{ writeId {ERRORS} }} }}"


LINK = f"mutation($input: LinkContactInput!) {{ linkContact(input: $input) {{ writeId {ERRORS} }} }}"
TAG = f"mutation($input: CreateTagInput!) {{ createTag(input: $input) {{ tag {{ id }} writeId {ERRORS} }} }}"


@pytest.fixture
async def history(database: Database) -> History:
    """A new organisation."""
    return await beginning(database)


@pytest.fixture
def firm(history: History) -> Company:
    """How its people ask."""
    return history.firm


async def wrong(firm: Company) -> list[Any]:
    """What the verification finds."""
    return [one async for one in verify(firm.database, [(firm.world.organization_id, firm.world.key)])]


async def test_a_key_that_is_taken_by_now_stays(firm: Company) -> None:
    """A field that had it keeps what it has; a record that had it stays deleted."""
    head, outlet = firm.id("head"), firm.id("outlet")
    await done(firm, "ada", UPDATE, id=head, originId="A")
    changed = await done(firm, "ada", UPDATE, id=head, originId="B", phone="1")
    await done(firm, "ada", CREATE, channelId=outlet, name="New", originId="A")
    tag = await done(firm, "ada", deleting("Tag"), id=firm.id("red"))
    await done(firm, "ada", TAG, name="red")

    field, record = await undone(firm, changed), await undone(firm, tag)

    expect(field["left"], (head, "originId", "TAKEN"))
    expect(record["left"], (firm.id("red"), None, "TAKEN"))
    found = await firm.query("ada", "query($id: ID!) { customer(id: $id) { originId phone } }", id=head)
    assert {"originId": "B", "phone": None} == found["customer"]
    assert [] == await wrong(firm)


async def test_what_has_gone_by_now_stays(firm: Company) -> None:
    """A changed record that was deleted since, a parent that was, and the account of a customer that comes back."""
    made = [await done(firm, "ada", CREATE, channelId=firm.id("outlet"), name=f"New {n}") for n in range(2)]
    child, parent = (one["customer"]["id"] for one in made)
    await done(firm, "ada", PARENT, customerId=child, parentId=parent)
    moved = await done(firm, "ada", PARENT, customerId=child, parentId=None)
    changed = await done(firm, "ada", UPDATE, id=parent, phone="1")
    await done(firm, "ada", deleting("Customer"), id=parent)
    orphaned = await undone(firm, moved)
    deleted = await done(firm, "ada", deleting("Customer"), id=child)
    await done(firm, "ada", deleting("Account"), id=made[0]["account"]["id"])

    gone, homeless = await undone(firm, changed), await undone(firm, deleted)

    expect(orphaned["left"], (child, "parent", "GONE"))
    expect(gone["left"], (parent, None, "GONE"))
    expect(homeless["left"], (child, "account", "GONE"))
    assert [] == await wrong(firm)


async def test_a_write_of_too_many_records_stays(firm: Company) -> None:
    """More than 1,000 records are not taken back at once."""
    rows = [{"name": f"New {number}"} for number in range(501)]
    made = await done(firm, "ada", MANY, channelId=firm.id("outlet"), customers=rows)

    refused = await firm.do("ada", UNDO, writeId=made["writeId"])

    assert [("INVALID", ["writeId"])] == codes(refused)
    assert "1002" in refused["errors"][0]["message"]


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """A limit of moves that is easily exceeded."""
    for module in (merging, undoing):
        monkeypatch.setattr(module, "UNDOABLE", 1)


@pytest.mark.usefixtures("few")
async def test_a_merge_that_moved_too_much_stays(firm: Company) -> None:
    """It says beforehand that it can't be undone."""
    given = {"masterId": firm.id("ash"), "ids": [firm.id("oak")]}
    preview = await done(firm, "ada", MERGE, **given, dryRun=True)
    merged = await done(firm, "ada", MERGE, **given)
    refused = await firm.do("ada", UNDO, writeId=merged["writeId"])

    assert (False, False) == (preview["undoable"], merged["undoable"])
    assert [("INVALID", None)] == codes(refused)


async def test_an_undo_meets_other_writes(firm: Company, database: Database) -> None:
    """Whoever comes first, no customer is without its account or at two, and nothing else is wrong."""
    merged = await done(firm, "ada", MERGE, masterId=firm.id("ash"), ids=[firm.id("oak"), firm.id("elm")])
    write = merged["writeId"]
    for turn in range(RACES):
        targets = ("ash", "oak", "elm") if turn % 2 else ("ash",)
        askers = [Company(database, Asker.of(database), firm.world) for _ in range(4)]
        account, contact = firm.id(targets[turn % len(targets)]), firm.id("jo")
        payloads = await asyncio.gather(
            askers[0].do("ada", UNDO, writeId=write),
            askers[1].do("ada", TO_ACCOUNT, customerId=firm.id("branch"), account={"id": account}),
            askers[2].do("ada", TO_ACCOUNT, customerId=firm.id("other"), account={"create": {}}),
            askers[3].do("ada", LINK, recordId=account, contactId=contact, role=f"Role {turn}"),
        )
        assert {code for payload in payloads for code, _ in codes(payload)} <= {"NOT_FOUND", "CONFLICT"}
        write = payloads[0]["writeId"] or write
        assert [] == await wrong(firm)
