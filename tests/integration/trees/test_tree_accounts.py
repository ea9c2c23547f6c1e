"""The account of a tree: under ROOT all customers of a tree have that of its root, whoever moves what."""

from __future__ import annotations

import json
from typing import Any

from tests.company import SET, Company, codes, permission
from tests.integration.test_undo import UNDO, graph
from tests.trees import (
    ACCOUNT,
    CREATE,
    DELETE,
    MANY,
    MERGE,
    ORGANIZATION,
    PARENT,
    SETTING,
    TREES,
    UPDATE_MANY,
    UPSERT,
    accounts,
    differences,
    done,
    moving,
    putting,
)


async def test_the_setting_is_read_and_changed(each: Company) -> None:
    """By who may change the organisation; it is on record and can be undone; it is one of the two."""
    before = await each.query("sue", ORGANIZATION)
    refused = [codes(await each.do(who, SETTING, treeAccounts="ROOT")) for who in ("sue", "max", "boss")]
    null = await each.do("ada", SETTING, treeAccounts=None)
    stale = await each.do("ada", SETTING, treeAccounts="ROOT", expectedVersion=7)
    changed = await done(each, SETTING, treeAccounts="ROOT", expectedVersion=1)
    nothing = await done(each, SETTING)
    after = await each.query("sue", ORGANIZATION)
    await done(each, UNDO, writeId=changed["writeId"])

    assert {"name": "Access", "treeAccounts": None, "version": 1} == before["organization"]
    assert [[("FORBIDDEN", None)]] * 3 == refused
    assert [("INVALID", ["treeAccounts"])] == codes(null)
    assert [("CONFLICT", ["expectedVersion"])] == codes(stale)
    assert {"treeAccounts": "ROOT", "version": 2} == changed["organization"] == nothing["organization"]
    assert None is nothing["writeId"]
    assert "ROOT" == after["organization"]["treeAccounts"]
    assert None is (await each.query("sue", ORGANIZATION))["organization"]["treeAccounts"]
    assert None is (await each.query("boss", ORGANIZATION))["organization"]


async def test_under_each_nobody_follows(each: Company) -> None:
    """A move leaves all accounts as they are; a customer below another one has an account of its own."""
    moved = await done(each, PARENT, **moving(each, "branch", "other"))
    put = await done(each, ACCOUNT, **putting(each, "branch", "spare"))
    made = await done(each, CREATE, channelId=each.id("outlet"), name="New", parentId=each.id("head"))

    assert ({"name": "acme"}, None, 0) == (moved["account"], moved["accountOutcome"], moved["movedCustomers"])
    assert ({"name": "spare"}, "GIVEN", 1) == (put["account"], put["accountOutcome"], put["movedCustomers"])
    assert ({"name": "New"}, "CREATED") == (made["account"], made["accountOutcome"])
    assert {**TREES, "branch": "spare", "new": "New"} == await accounts(each)
    assert [] == await differences(each)


async def test_a_branch_comes_to_the_account_of_its_new_root(firm: Company) -> None:
    """With all below it, each on record with the account before; an undo and its undo bring all back."""
    before = await graph(firm)
    moved = await done(firm, PARENT, **moving(firm, "branch", "annex"))
    after = await graph(firm)

    assert ({"name": "rival"}, "ROOT", 2) == (moved["account"], moved["accountOutcome"], moved["movedCustomers"])
    assert {**TREES, "branch": "rival", "leaf": "rival"} == await accounts(firm)
    (change,) = await firm.changes("leaf")
    told = {"account": firm.id("acme")}, {"account": firm.id("rival")}
    assert told == (json.loads(change["before"]), json.loads(change["after"]))
    assert [] == await differences(firm)
    back = await done(firm, UNDO, writeId=moved["writeId"])
    assert ([], before) == (back["left"], await graph(firm))
    again = await done(firm, UNDO, writeId=back["writeId"])
    assert ([], after) == (again["left"], await graph(firm))
    assert [] == await differences(firm)


async def test_changes_tell_the_old_account(firm: Company) -> None:
    """Of one that followed too; the undo of one change of a move takes all of it back."""
    query = """query($id: ID!) { changes(id: $id) { nodes { id writeId mutation fields { name before after } } } }"""
    before = await graph(firm)
    await done(firm, PARENT, **moving(firm, "branch", "annex"))

    (change,) = (await firm.query("ada", query, id=firm.id("leaf")))["changes"]["nodes"]
    back = await done(firm, UNDO, changeId=change["id"])

    assert "setCustomerParent" == change["mutation"]
    assert [{"name": "account", "before": firm.id("acme"), "after": firm.id("rival")}] == change["fields"]
    assert ([], before) == (back["left"], await graph(firm))


async def test_a_new_root_keeps_its_account(firm: Company) -> None:
    """It shares it with the tree that it left until it gets another one, and then its tree comes along."""
    root = await done(firm, PARENT, **moving(firm, "branch", None))
    put = await done(firm, ACCOUNT, **putting(firm, "branch", "spare"))

    assert ({"name": "acme"}, None, 0) == (root["account"], root["accountOutcome"], root["movedCustomers"])
    assert ({"name": "spare"}, "GIVEN", 2) == (put["account"], put["accountOutcome"], put["movedCustomers"])
    assert {**TREES, "branch": "spare", "leaf": "spare"} == await accounts(firm)
    for payload in (put, root):
        assert [] == (await done(firm, UNDO, writeId=payload["writeId"]))["left"]
    assert TREES == await accounts(firm)
    assert [] == await differences(firm)


async def test_the_account_of_a_tree_is_that_of_its_root(firm: Company) -> None:
    """It is set at the root and takes all along; below the root it is refused, and the message says what to do."""
    before = await graph(firm)
    below = await firm.do("ada", ACCOUNT, **putting(firm, "leaf", "spare"))
    made = await done(firm, ACCOUNT, customerId=firm.id("head"), account={"create": {"name": "New"}})

    assert [("CONFLICT", ["customerId"])] == codes(below)
    assert "root" in below["errors"][0]["message"]
    assert ({"name": "New"}, "CREATED", 3) == (made["account"], made["accountOutcome"], made["movedCustomers"])
    assert {**TREES, "head": "New", "branch": "New", "leaf": "New"} == await accounts(firm)
    back = await done(firm, UNDO, writeId=made["writeId"])
    assert ([], TREES) == (back["left"], await accounts(firm))
    gone = {dict(properties)["id"] for labels, properties in (await graph(firm))[0] if "Deleted" in labels}
    assert before[1] == [one for one in (await graph(firm))[1] if not {one[0], one[2]} & gone]


async def test_a_customer_below_another_one_gets_the_account_of_the_root(firm: Company) -> None:
    """Alone and among many; the input says nothing of it."""
    below: dict[str, Any] = {"channelId": firm.id("outlet"), "parentId": firm.id("leaf")}
    made = await done(firm, CREATE, name="New", **below)
    given = await firm.do("ada", CREATE, name="No", account={"match": True}, **below)
    rows = [
        {"name": "A", "parentId": firm.id("annex")},
        {"name": "B"},
        {"name": "C", "parentId": firm.id("leaf"), "account": {"create": {}}},
    ]
    many: dict[str, Any] = {"channelId": firm.id("outlet"), "customers": rows}
    refused = await firm.do("ada", MANY, **many)
    told = (await done(firm, MANY, **many, errorPolicy="IGNORE_FAILED"))["results"]

    assert ({"name": "acme"}, "ROOT") == (made["account"], made["accountOutcome"])
    assert [("INVALID", ["account"])] == codes(given)
    assert [("INVALID", ["customers", "2", "account"])] == codes(refused)
    assert [("ROOT", "rival"), ("CREATED", "B"), ("ROOT", "acme")] == [
        (one["accountOutcome"], one["customer"]["account"]["name"]) for one in told
    ]
    assert {**TREES, "new": "acme", "a": "rival", "b": "B", "c": "acme"} == await accounts(firm)
    assert [] == await differences(firm)


async def test_rows_that_move_customers_take_all_along(firm: Company) -> None:
    """Whatever stands below whatever in the same call; an undo brings all back."""
    before = await graph(firm)
    rows = [
        {"id": firm.id("other"), "parentId": firm.id("leaf")},
        {"id": firm.id("annex"), "parentId": firm.id("branch")},
        {"id": firm.id("branch"), "parentId": None},
    ]
    moved = await done(firm, UPDATE_MANY, customers=rows)

    assert ["ROOT", "ROOT", None] == [one["accountOutcome"] for one in moved["results"]]
    assert dict.fromkeys(TREES, "acme") == await accounts(firm)
    assert [] == await differences(firm)
    back = await done(firm, UNDO, writeId=moved["writeId"])
    assert ([], before) == (back["left"], await graph(firm))
    assert [] == (await done(firm, UNDO, writeId=back["writeId"]))["left"]
    assert dict.fromkeys(TREES, "acme") == await accounts(firm)


async def test_rows_below_each_other_share_the_account_of_the_first(firm: Company) -> None:
    """Of a root that is new in the same call, and of one to which they move in the next."""
    rows = [
        {"originId": "C", "name": "C", "parentOriginId": "B"},
        {"originId": "B", "name": "B", "parentOriginId": "A"},
        {"originId": "A", "name": "A"},
    ]
    made = await done(firm, UPSERT, channelId=firm.id("outlet"), customers=rows)
    rows[2] = {"originId": "A", "parentId": firm.id("annex")}
    again = await done(firm, UPSERT, channelId=firm.id("outlet"), customers=rows)

    assert [("ROOT", "A"), ("ROOT", "A"), ("CREATED", "A")] == [
        (one["accountOutcome"], one["customer"]["account"]["name"]) for one in made["results"]
    ]
    assert [("UPDATED", "ROOT", "rival")] * 3 == [
        (one["outcome"], one["accountOutcome"], one["customer"]["account"]["name"]) for one in again["results"]
    ]
    assert [] == await differences(firm)


async def test_an_account_that_a_row_may_not_say_is_left_out(firm: Company) -> None:
    """Also when its parent is left out as well, so that the row makes a root: that gets an account of its own."""
    choices = [{"id": firm.id("acme")}, {"create": {"name": "Mine", "kind": "HOUSEHOLD"}}, {"match": True}]
    rows = [{"name": f"New {place}", "account": one, "parentOriginId": "?"} for place, one in enumerate(choices)]
    made = await done(firm, MANY, channelId=firm.id("outlet"), customers=rows, errorPolicy="IGNORE_FAILED")

    assert [("CREATED", "CREATED", f"New {place}") for place in range(3)] == [
        (one["outcome"], one["accountOutcome"], one["customer"]["account"]["name"]) for one in made["results"]
    ]
    wrong = [{(error["code"], error["field"][2]) for error in one["errors"]} for one in made["results"]]
    assert [{("INVALID", "account"), ("NOT_FOUND", "parentOriginId")}] * 3 == wrong


async def test_what_is_not_seen_follows_and_is_not_counted(firm: Company) -> None:
    """Who sees one of three moves all; the others tell who sees them."""
    given = [permission("Customer", action, "USER") for action in ("VIEW", "EDIT")]
    await done(firm, SET, roleId=firm.id("sales"), permissions=given, hiddenFields=[])
    await done(firm, PARENT, **moving(firm, "other", None))
    put = await done(firm, ACCOUNT, "sue", **putting(firm, "head", "spare"))
    foreign = await firm.do("sue", ACCOUNT, **putting(firm, "other", "spare"))

    assert 2 == put["movedCustomers"]
    assert {**TREES, "head": "spare", "branch": "spare", "leaf": "spare"} == await accounts(firm)
    assert [("NOT_FOUND", ["customerId"])] == codes(foreign)
    assert [] == (await done(firm, UNDO, "sue", writeId=put["writeId"]))["left"]
    assert TREES == await accounts(firm)


async def test_a_hidden_parent_is_not_told(firm: Company) -> None:
    """Who sees a customer as a root reads what anybody reads who may not change it."""
    given = [permission("Customer", action, "USER") for action in ("VIEW", "EDIT")]
    await done(firm, SET, roleId=firm.id("sales"), permissions=given, hiddenFields=[])
    leaf = await firm.query("sam", "query($id: ID!) { customer(id: $id) { parent { id } depth } }", id=firm.id("leaf"))
    put = await firm.do("sam", ACCOUNT, customerId=firm.id("leaf"), account={"create": {"name": "X"}})
    await done(
        firm, SET, roleId=firm.id("sales"), permissions=[permission("Customer", "EDIT", "NONE")], hiddenFields=[]
    )
    unable = await firm.do("sam", ACCOUNT, customerId=firm.id("leaf"), account={"create": {"name": "X"}})

    assert {"parent": None, "depth": 0} == leaf["customer"]
    assert [("FORBIDDEN", ["customerId"])] == codes(put)
    assert put["errors"] == unable["errors"]
    assert TREES == await accounts(firm)


async def test_a_company_moves_its_own_branches(firm: Company) -> None:
    """Its administrator never sees the account, and may not set it."""
    moved = await done(firm, PARENT, "boss", **moving(firm, "leaf", "head"))
    put = await firm.do("boss", ACCOUNT, **putting(firm, "head", "spare"))

    assert (None, "ROOT", 0) == (moved["account"], moved["accountOutcome"], moved["movedCustomers"])
    assert ("FORBIDDEN", ["account"]) in codes(put)
    assert TREES == await accounts(firm)


async def test_trees_of_before_are_named_and_brought_together(each: Company) -> None:
    """The change to ROOT moves nobody; the root's own account given to it again brings its tree there."""
    await done(each, ACCOUNT, **putting(each, "leaf", "spare"))
    await done(each, SETTING, treeAccounts="ROOT")
    apart = await differences(each)
    together = await done(each, ACCOUNT, **putting(each, "head", "acme"))
    whole = await accounts(each)
    await done(each, UNDO, writeId=together["writeId"])

    assert [(each.id("leaf"), "account of its tree")] == apart
    assert 1 == together["movedCustomers"]
    assert TREES == whole
    await done(each, SETTING, treeAccounts="EACH")
    assert [] == await differences(each)


async def test_an_undo_under_each_puts_back_what_followed(firm: Company) -> None:
    """What is under another account since stays there and is told."""
    before = await graph(firm)
    first = await done(firm, PARENT, **moving(firm, "branch", "annex"))
    await done(firm, SETTING, treeAccounts="EACH")
    await done(firm, UNDO, writeId=first["writeId"])
    assert before == await graph(firm)
    await done(firm, SETTING, treeAccounts="ROOT")
    second = await done(firm, PARENT, **moving(firm, "branch", "annex"))
    await done(firm, SETTING, treeAccounts="EACH")
    await done(firm, ACCOUNT, **putting(firm, "leaf", "spare"))

    back = await done(firm, UNDO, writeId=second["writeId"])

    assert [{"recordId": firm.id("leaf"), "field": "account", "reason": "CHANGED"}] == back["left"]
    assert {**TREES, "leaf": "spare"} == await accounts(firm)


async def test_what_came_below_since_follows_an_undo(firm: Company) -> None:
    """Of a move, and of a merge of accounts; what was deleted comes back with the account that its root has now."""
    moved = await done(firm, PARENT, **moving(firm, "branch", "annex"))
    await done(firm, CREATE, channelId=firm.id("outlet"), name="New", parentId=firm.id("leaf"))
    back = await done(firm, UNDO, writeId=moved["writeId"])
    assert ([], {**TREES, "new": "acme"}) == (back["left"], await accounts(firm))

    late = {"channelId": firm.id("outlet"), "name": "Late", "parentId": firm.id("annex")}
    merged = await done(firm, MERGE, masterId=firm.id("spare"), ids=[firm.id("rival")])
    made = await done(firm, CREATE, **late)
    assert [] == (await done(firm, UNDO, writeId=merged["writeId"]))["left"]
    assert {**TREES, "new": "acme", "late": "rival"} == await accounts(firm)
    await done(firm, DELETE, id=made["customer"]["id"])

    deleted = await done(firm, DELETE, id=firm.id("annex"))
    await done(firm, ACCOUNT, **putting(firm, "other", "spare"))
    assert [] == (await done(firm, UNDO, writeId=deleted["writeId"]))["left"]
    assert "spare" == (await accounts(firm))["annex"]
    assert [] == await differences(firm)


async def test_what_was_moved_on_stays_where_it_is(firm: Company) -> None:
    """With the account that it has there."""
    first = await done(firm, PARENT, **moving(firm, "leaf", "annex"))
    await done(firm, PARENT, **moving(firm, "leaf", "other"))
    left = (await done(firm, UNDO, writeId=first["writeId"]))["left"]
    assert {("parent", "CHANGED"), ("account", "CHANGED")} == {(one["field"], one["reason"]) for one in left}
    assert "rival" == (await accounts(firm))["leaf"]
    assert [] == await differences(firm)
