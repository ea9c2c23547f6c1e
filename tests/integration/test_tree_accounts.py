"""The account of a tree: under ROOT all customers of a tree have that of its root, whoever moves what."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from app.verification import chosen_organizations, verify
from cypher.fragment import cypher, param
from cypher.printer import print_fragment
from graph.database import Database
from graph.ids import parse_global_id
from resolvers import tree_accounts
from tests.asking import Asker
from tests.company import ERRORS, SET, Company, codes, company, permission
from tests.integration.test_undo import UNDO, graph

SETTING = f"""mutation($input: UpdateOrganizationInput!) {{ updateOrganization(input: $input) {{
  organization {{ treeAccounts version }} writeId {ERRORS} }} }}"""
CREATE = f"""mutation($input: CreateCustomerInput!) {{ createCustomer(input: $input) {{
  customer {{ id account {{ name }} }} account {{ name }} accountOutcome writeId {ERRORS} }} }}"""
MANY = f"""mutation($input: CreateCustomersInput!) {{ createCustomers(input: $input) {{
  results {{ outcome accountOutcome customer {{ account {{ name }} }} errors {{ code field }} }} {ERRORS} }} }}"""
PARENT = f"""mutation($input: SetCustomerParentInput!) {{ setCustomerParent(input: $input) {{
  customer {{ id }} account {{ name }} accountOutcome movedCustomers writeId {ERRORS} }} }}"""
ACCOUNT = f"""mutation($input: SetCustomerAccountInput!) {{ setCustomerAccount(input: $input) {{
  account {{ name }} accountOutcome movedCustomers writeId {ERRORS} }} }}"""
UPDATE_MANY = f"""mutation($input: UpdateCustomersInput!) {{ updateCustomers(input: $input) {{
  results {{ outcome accountOutcome }} writeId {ERRORS} }} }}"""
UPSERT = f"""mutation($input: UpsertCustomersInput!) {{ upsertCustomers(input: $input) {{
  results {{ outcome accountOutcome customer {{ account {{ name }} }} }} writeId {ERRORS} }} }}"""
MERGE = f"mutation($input: MergeAccountsInput!) {{ mergeAccounts(input: $input) {{ writeId {ERRORS} }} }}"
ORGANIZATION = "{ organization { name treeAccounts version } }"
TREES = {"head": "acme", "branch": "acme", "leaf": "acme", "other": "rival", "annex": "rival"}
"""The customers of two trees, each below the one before it, and their accounts."""


@pytest.fixture
async def each(database: Database, ask: Asker) -> Company:
    """A new organisation for each test: two trees, each with one account."""
    world = company()
    for name, parent in (("leaf", "branch"), ("annex", "other")):
        world.node("Customer", name, name=name.title(), kind="BUSINESS")
        world.link(name, "OWNED_BY", "sam")
        world.link(name, "CHILD_OF", parent)
    for name in ("acme", "rival", "spare"):
        world.node("Account", name, name=name)
        world.link(name, "OWNED_BY", "sue")
    for customer, account in TREES.items():
        world.link(customer, "BELONGS_TO", account)
        world.link(customer, "IN_CHANNEL", "outlet")
        next(row for row in world.nodes["Customer"] if row["id"] == world.uuid(customer))["set"] |= {
            "channelId": world.uuid("outlet"),
            "lifetimeValue": 0,
        }
    await database.write(list(world.statements()))
    return Company(database, ask, world)


@pytest.fixture
async def firm(each: Company) -> Company:
    """One where a tree has one account."""
    await done(each, SETTING, treeAccounts="ROOT")
    return each


async def done(firm: Company, mutation: str, who: str = "ada", **given: Any) -> dict[str, Any]:
    """The payload of a mutation that must not fail."""
    payload = await firm.do(who, mutation, **given)
    assert [] == payload["errors"]
    return payload


async def accounts(firm: Company) -> dict[str, str]:
    """The names of the accounts of all customers."""
    found = await firm.query("ada", "{ customers { nodes { name account { name } } } }")
    return {one["name"].lower(): one["account"]["name"] for one in found["customers"]["nodes"]}


async def differences(firm: Company) -> list[tuple[str, str]]:
    """What `c360 verify` finds: which record, and what."""
    organizations = await chosen_organizations(firm.database, firm.world.key)
    return [(found.id, found.what) async for found in verify(firm.database, organizations)]


def moving(firm: Company, customer: str, parent: str | None) -> dict[str, Any]:
    """The input of a move."""
    return {"customerId": firm.id(customer), "parentId": parent and firm.id(parent)}


def putting(firm: Company, customer: str, account: str) -> dict[str, Any]:
    """The input that puts a customer under an account."""
    return {"customerId": firm.id(customer), "account": {"id": firm.id(account)}}


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
    """Of a move, and of a merge of accounts; what was moved on stays with its new parent and its account."""
    moved = await done(firm, PARENT, **moving(firm, "branch", "annex"))
    await done(firm, CREATE, channelId=firm.id("outlet"), name="New", parentId=firm.id("leaf"))
    back = await done(firm, UNDO, writeId=moved["writeId"])
    assert ([], {**TREES, "new": "acme"}) == (back["left"], await accounts(firm))

    merged = await done(firm, MERGE, masterId=firm.id("spare"), ids=[firm.id("rival")])
    await done(firm, CREATE, channelId=firm.id("outlet"), name="Late", parentId=firm.id("annex"))
    assert [] == (await done(firm, UNDO, writeId=merged["writeId"]))["left"]
    assert {**TREES, "new": "acme", "late": "rival"} == await accounts(firm)

    first = await done(firm, PARENT, **moving(firm, "leaf", "annex"))
    await done(firm, PARENT, **moving(firm, "leaf", "other"))
    left = (await done(firm, UNDO, writeId=first["writeId"]))["left"]
    assert {("parent", "CHANGED"), ("account", "CHANGED")} == {(one["field"], one["reason"]) for one in left}
    assert "rival" == (await accounts(firm))["leaf"]
    assert [] == await differences(firm)


async def test_too_many_are_refused(firm: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of it is written, and the message says what to do."""
    monkeypatch.setattr(tree_accounts, "MOST", 1)
    before = await graph(firm)
    put = await firm.do("ada", ACCOUNT, **putting(firm, "head", "spare"))

    assert [("INVALID", ["customerId"])] == codes(put)
    assert "branches" in put["errors"][0]["message"]
    assert before == await graph(firm)


@pytest.mark.parametrize(
    "rounds",
    [
        (("branch", "other"), ("leaf", "annex")),
        (("branch", "annex"), ("other", "head")),
        (("branch", "other"), "head"),
        (("leaf", "annex"), "other"),
    ],
    ids=str,
)
async def test_writes_at_once_keep_one_account(firm: Company, rounds: Any) -> None:
    """Two moves; a move, and another account for either root; and a customer made below both meanwhile."""

    def asked(one: Any) -> Any:
        if isinstance(one, str):
            return firm.do("ada", ACCOUNT, **putting(firm, one, "spare"))
        return firm.do("ada", PARENT, **moving(firm, *one))

    for number in range(3):
        making = firm.do("ada", CREATE, channelId=firm.id("outlet"), name=f"N{number}", parentId=firm.id("leaf"))
        told = await asyncio.gather(*map(asked, rounds), making)
        assert {"CYCLE"} >= {code for one in told for code, _ in codes(one)}
        assert [] == await differences(firm)
        await done(firm, PARENT, **moving(firm, "branch", "head"))
        await done(firm, PARENT, **moving(firm, "leaf", "branch"))


async def test_a_merge_at_once_leaves_no_tree_apart(firm: Company) -> None:
    """A branch moves into a tree whose account is merged into another one at the same moment."""
    merging = {"masterId": firm.id("spare"), "ids": [firm.id("rival")]}
    moved, merged = await asyncio.gather(
        firm.do("ada", PARENT, **moving(firm, "branch", "annex")), firm.do("ada", MERGE, **merging)
    )

    assert [] == merged["errors"]
    assert {("CONFLICT", None)} >= {(code, None) for code, _ in codes(moved)}
    assert [] == await differences(firm)


async def test_a_large_tree_moves_by_few_statements(firm: Company) -> None:
    """2,500 customers follow in three of them, and an undo brings them back."""
    parent, organization = firm.world.uuid("branch"), firm.world.organization_id
    rows = [f"0190{n:04x}-0000-7000-8000-{parse_global_id(firm.id('leaf'))[1][-12:]}" for n in range(2500)]
    await firm.database.write(
        [
            print_fragment(
                cypher(
                    *("MATCH (p:Customer {organizationId: ", param(organization), ", id: ", param(parent), "})"),
                    "-[:BELONGS_TO]->(a:Account) MATCH (p)-[:IN_CHANNEL]->(ch:Channel)",
                    *("\nUNWIND ", param(rows), " AS id"),
                    "\nCREATE (ch)<-[:IN_CHANNEL]-(c:Customer:Record {organizationId: p.organizationId, id: id,",
                    " channelId: ch.id, displayName: id, version: 1, lifetimeValue: 100})-[:BELONGS_TO]->(a)",
                    "\nCREATE (c)-[:CHILD_OF]->(p)",
                )
            )
        ]
    )
    answer = await firm.ask(await firm.viewer("ada"), PARENT, input=moving(firm, "branch", "annex"))
    moved = answer.data["setCustomerParent"]
    back = await done(firm, UNDO, writeId=moved["writeId"])

    assert ([], 2502) == (moved["errors"], moved["movedCustomers"])
    assert [] == back["left"]
    assert (3, True) == (sum("old:BELONGS_TO" in one for one in answer.statements), len(answer.statements) < 40)
