"""Undo of writes after which customers followed the root of their tree, when nothing else is to be taken back."""

from __future__ import annotations

import json

import pytest

from resolvers import undoing
from tests.company import SET, Company, codes, permission
from tests.integration.test_undo import UNDO, graph
from tests.trees import (
    ACCOUNT,
    PARENT,
    SETTING,
    TREES,
    UPDATE_MANY,
    accounts,
    differences,
    done,
    moving,
    putting,
)

APART = {**TREES, "leaf": "spare"}
CHANGES = "query($id: ID!) { changes(id: $id) { nodes { id } } }"


async def test_a_change_of_a_tree_in_bulk_is_undone_with_its_tree(firm: Company) -> None:
    """Named by who followed or by who was followed; other rows of the call stay as they are."""
    before = await graph(firm)
    rows = [{"id": firm.id("branch"), "parentId": firm.id("annex")}, {"id": firm.id("head"), "phone": "1"}]
    for name in ("leaf", "branch"):
        await done(firm, UPDATE_MANY, customers=rows)
        (change, *_) = (await firm.query("ada", CHANGES, id=firm.id(name)))["changes"]["nodes"]
        back = await done(firm, UNDO, changeId=change["id"])

        assert ([], TREES) == (back["left"], await accounts(firm))
        phone = await firm.query("ada", "query($id: ID!) { customer(id: $id) { phone } }", id=firm.id("head"))
        assert "1" == phone["customer"]["phone"]
        assert [] == await differences(firm)
    (change,) = (await firm.query("ada", CHANGES, id=firm.id("head")))["changes"]["nodes"]
    await done(firm, UNDO, changeId=change["id"])
    assert before == await graph(firm)


async def only_followers(each: Company) -> str:
    """The write of an undo in which others went back, and the one that they had followed had nothing to go back to."""
    await done(each, ACCOUNT, **putting(each, "leaf", "spare"))
    await done(each, SETTING, treeAccounts="ROOT")
    put = await done(each, ACCOUNT, **putting(each, "head", "acme"))
    await done(each, SETTING, treeAccounts="EACH")
    back = await done(each, UNDO, writeId=put["writeId"])
    assert ([], APART) == (back["left"], await accounts(each))
    return str(back["writeId"])


async def test_a_write_that_others_only_followed_is_undone(each: Company) -> None:
    """Where a tree has one account they stay with their root; where each has its own they go back, and forth."""
    write = await only_followers(each)
    await done(each, SETTING, treeAccounts="ROOT")
    stays = await done(each, UNDO, writeId=write)
    left = [{"recordId": each.id("head"), "field": None, "reason": "CHANGED"}]
    assert (None, left, APART) == (stays["writeId"], stays["left"], await accounts(each))

    await done(each, SETTING, treeAccounts="EACH")
    for found in (TREES, APART, TREES):
        back = await done(each, UNDO, writeId=write)
        assert ([], found) == (back["left"], await accounts(each))
        write = back["writeId"]
    assert [] == await differences(each)


async def test_it_takes_the_right_to_change_whom_they_followed(each: Company) -> None:
    """Whoever does not see that one is told of no such change."""
    write = await only_followers(each)
    given = [permission("Customer", "VIEW", "USER"), permission("Customer", "EDIT", "NONE")]
    await done(each, SET, roleId=each.id("sales"), permissions=given, hiddenFields=[])
    for setting in ("ROOT", "EACH"):
        await done(each, SETTING, treeAccounts=setting)
        forbidden, unseen = [await each.do(who, UNDO, writeId=write) for who in ("sue", "sam")]
        assert [("FORBIDDEN", ["writeId"])] == codes(forbidden)
        assert [("NOT_FOUND", ["writeId"])] == codes(unseen)
    assert APART == await accounts(each)


async def test_one_change_of_a_move_is_the_move(firm: Company) -> None:
    """Of the customer that was moved, and of one that followed it."""
    for name in ("branch", "leaf"):
        await done(firm, PARENT, **moving(firm, "branch", "annex"))
        (change, *_) = (await firm.query("ada", CHANGES, id=firm.id(name)))["changes"]["nodes"]
        assert [] == (await done(firm, UNDO, changeId=change["id"]))["left"]
        assert TREES == await accounts(firm)


async def test_a_row_that_moves_a_customer_is_one_change(firm: Company) -> None:
    """Its parent, its account and what else the row says; so is what an undo of it does."""
    row = {"id": firm.id("branch"), "parentId": firm.id("annex"), "phone": "1"}
    moved = await done(firm, UPDATE_MANY, customers=[row, {"id": firm.id("leaf"), "phone": "2"}])
    changes = await firm.changes("branch"), await firm.changes("leaf")
    back = await done(firm, UNDO, writeId=moved["writeId"])

    assert [[{"parent", "account", "phone"}], [{"phone"}, {"account"}]] == [
        [set(json.loads(one["after"])) for one in some] for some in changes
    ]
    assert ([], TREES) == (back["left"], await accounts(firm))
    assert 2 == len(await firm.changes("branch"))


async def test_an_account_that_came_with_a_row_goes_with_it_only(firm: Company) -> None:
    """Who was moved on since stays, with all that followed."""
    moved = await done(firm, UPDATE_MANY, customers=[{"id": firm.id("branch"), "parentId": firm.id("annex")}])
    await done(firm, SETTING, treeAccounts="EACH")
    await done(firm, PARENT, **moving(firm, "branch", "other"))
    back = await done(firm, UNDO, writeId=moved["writeId"])

    left = {(one["recordId"], one["field"], one["reason"]) for one in back["left"]}
    assert {(firm.id("branch"), name, "CHANGED") for name in ("parent", "account")} == left
    assert {**TREES, "branch": "rival", "leaf": "rival"} == await accounts(firm)


async def test_who_followed_does_not_count(firm: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    """The limit is one of records that were asked for, and what is told of it too."""
    rows = [
        {"id": firm.id("branch"), "parentId": firm.id("annex"), "phone": "1"},
        {"id": firm.id("head"), "phone": "2"},
    ]
    moved = await done(firm, UPDATE_MANY, customers=rows)
    monkeypatch.setattr(undoing, "MOST", 1)
    refused = await firm.do("ada", UNDO, writeId=moved["writeId"])
    monkeypatch.setattr(undoing, "MOST", 2)
    back = await done(firm, UNDO, writeId=moved["writeId"])

    assert [("INVALID", ["writeId"])] == codes(refused)
    assert "It changed 2 records; 1 can be changed back at once." == refused["errors"][0]["message"]
    assert ([], TREES) == (back["left"], await accounts(firm))
