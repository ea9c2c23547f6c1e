"""What it costs to keep the accounts of trees: each customer is walked to once, whatever rows name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from cypher.printer import Statement
from cypher.tree_accounts import accounts_of_roots, apart_below
from graph.ids import parse_global_id
from tests.company import Company
from tests.trees import UPSERT, accounts, differences, done

CHAIN = [{"originId": "c0", "name": "c0"}] + [
    {"originId": f"c{n}", "name": f"c{n}", "parentOriginId": f"c{n - 1}"} for n in range(1, 60)
]
"""Rows of customers, each below the one before it."""


@pytest.fixture
async def chain(firm: Company) -> list[str]:
    """The UUIDs of the customers of a chain, the root first."""
    await done(firm, UPSERT, channelId=firm.id("outlet"), customers=CHAIN)
    found = await firm.query("ada", "{ customers(first: 100) { nodes { id name } } }")
    ids = {one["name"]: parse_global_id(one["id"])[1] for one in found["customers"]["nodes"]}
    return [ids[str(row["originId"])] for row in CHAIN]


async def test_each_customer_is_walked_to_once(firm: Company, chain: list[str]) -> None:
    """However many of a chain are asked for: all of them cost a few times what one does."""
    organization, spare = firm.world.organization_id, firm.world.uuid("spare")

    async def cost(statement: Statement) -> int:
        return _accesses(await firm.database.plan_of(statement, profile=True))

    tops = [[uuid, spare] for uuid in chain]
    below = [await cost(apart_below(some, organization, most=100)) for some in (tops[:1], tops)]
    above = [await cost(accounts_of_roots(some, organization)) for some in (chain[-1:], chain)]

    assert below[1] < 5 * below[0]
    assert above[1] < 5 * above[0]


async def test_the_next_one_above_decides(firm: Company, chain: list[str]) -> None:
    """Of several in one tree: each customer is told once, with the next of them above it."""
    organization, spare = firm.world.organization_id, firm.world.uuid("spare")
    tops = [[chain[at], spare] for at in (40, 0, 20)]
    [told] = (await firm.database.read([apart_below(tops, organization, most=100)]))[0]

    assert sorted(chain) == sorted(customer for customer, *_ in told)
    above = {customer: top for customer, _, _, top in told}
    assert [chain[0], chain[0], chain[20], chain[20], chain[40]] == [above[chain[at]] for at in (0, 19, 20, 39, 59)]


async def test_rows_that_move_nobody_look_at_no_tree(firm: Company) -> None:
    """They name the parents that are there, or none; one that moves takes all along that stay below it."""
    rows: list[dict[str, Any]] = [*CHAIN[:3], {"originId": "x", "name": "x"}]
    await done(firm, UPSERT, channelId=firm.id("outlet"), customers=rows)
    viewer = await firm.viewer("ada")
    again = await firm.ask(viewer, UPSERT, input={"channelId": firm.id("outlet"), "customers": rows})
    rows[0] = {"originId": "c0", "parentId": firm.id("annex")}
    moved = await done(firm, UPSERT, channelId=firm.id("outlet"), customers=rows)

    assert ["UNCHANGED"] * 4 == [one["outcome"] for one in again.data["upsertCustomers"]["results"]]
    assert not [text for text in again.statements if "BELONGS_TO" in text and "CHILD_OF" in text]
    told = [(one["outcome"], one["accountOutcome"]) for one in moved["results"]]
    assert [*[("UPDATED", "ROOT")] * 3, ("UNCHANGED", None)] == told
    found = await accounts(firm)
    assert ["rival", "rival", "rival", "x"] == [found[name] for name in ("c0", "c1", "c2", "x")]
    assert [] == await differences(firm)


def _accesses(plan: Mapping[str, Any]) -> int:
    return int(plan.get("dbHits", 0)) + sum(map(_accesses, plan.get("children", ())))
