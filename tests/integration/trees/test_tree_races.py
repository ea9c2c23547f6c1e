"""The account of a tree when several write at once, and when a tree is large."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from cypher.fragment import cypher, param
from cypher.printer import print_fragment
from graph.ids import parse_global_id
from resolvers import tree_accounts
from tests.company import Company, codes
from tests.integration.test_undo import UNDO, graph
from tests.trees import ACCOUNT, CREATE, MERGE, PARENT, differences, done, moving, putting


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
    """2,500 customers follow in three of them, an undo brings them back, and what accounts are worth follows."""
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
    history = "query($id: ID!) { account(id: $id) { lifetimeHistory { nodes { value { amount } } } } }"
    for account, worth in (("rival", {"2500.00", "0.00"}), ("acme", {"2500.00"})):
        told = (await firm.query("ada", history, id=firm.id(account)))["account"]["lifetimeHistory"]["nodes"]
        assert worth == {one["value"]["amount"] for one in told}
    assert (3, True) == (sum("old:BELONGS_TO" in one for one in answer.statements), len(answer.statements) < 40)
