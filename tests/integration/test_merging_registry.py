"""Merges on real data: of duplicates that are found, and of organisations with their successors; all comes back."""

from __future__ import annotations

import csv
import gzip
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from app.organizations import slug
from app.viewers import Identity, find_viewer
from graph.database import Database
from graph.viewer import Viewer
from tests.asking import Asker
from tests.conftest import Registry
from tests.integration.test_real_trees import channel_of

DUPLICATES = """query { duplicateAccounts(by: [NAME], first: 3) {
  nodes { first { id customers { totalCount } } second { id customers { totalCount } } score reasons } } }"""
ACCOUNT = """query($channel: ID!, $origin: String!) { customerByOrigin(channelId: $channel, originId: $origin) {
  account { id customers { totalCount } } } }"""
MERGE = """mutation($input: MergeAccountsInput!) { mergeAccounts(input: $input) { writeId
  account { id customers { totalCount } } mergedIds moved { relationshipType count } errors { code message } } }"""
UNDO = "mutation($input: UndoInput!) { undo(input: $input) { left { reason } errors { code message } } }"
HELD = "query($ids: [ID!]!) { nodes(ids: $ids) { ... on Account { id name customers { nodes { id name } } } } }"
PAIRS = 10


@pytest.fixture
async def administrator(registry: Registry, database: Database) -> Viewer:
    """Who may change the registry: the administrator that came with it."""
    return await find_viewer(database, Identity("staff", f"admin@{slug(registry.summary.organization.name)}.example"))


async def merge_and_undo(ask: Asker, viewer: Viewer, master: dict[str, Any], other: dict[str, Any]) -> None:
    """Merge one account into another, see that its customers came along, and take it back."""
    ids = [master["id"], other["id"]]
    before = await ask.data(viewer, HELD, ids=ids)
    merged = (await ask.data(viewer, MERGE, input={"masterId": ids[0], "ids": ids[1:]}))["mergeAccounts"]
    held = (await ask.data(viewer, HELD, ids=ids))["nodes"]
    undone = (await ask.data(viewer, UNDO, input={"writeId": merged["writeId"]}))["undo"]

    assert ([], ids[1:]) == (merged["errors"], merged["mergedIds"])
    assert (
        sum(one["customers"]["totalCount"] for one in (master, other)) == merged["account"]["customers"]["totalCount"]
    )
    assert held[1] is None
    assert {"left": [], "errors": []} == undone
    assert before == await ask.data(viewer, HELD, ids=ids)


async def test_duplicates_that_are_found_are_merged(ask: Asker, administrator: Viewer) -> None:
    """Accounts of one name, the first as the master."""
    pairs = (await ask.data(administrator, DUPLICATES))["duplicateAccounts"]["nodes"]

    assert pairs
    for pair in pairs:
        await merge_and_undo(ask, administrator, pair["first"], pair["second"])


async def test_organisations_are_merged_with_their_successors(
    ask: Asker, administrator: Viewer, c360_data: Path
) -> None:
    """What the registry says was merged: the successor is the master."""
    with gzip.open(c360_data / "ror" / "successors.csv.gz", "rt", encoding="utf-8") as file:
        rows = list(islice(csv.DictReader(file), PAIRS))
    channel = await channel_of(ask, administrator)

    async def account(origin: str) -> Any:
        found = await ask.data(administrator, ACCOUNT, channel=channel, origin=origin)
        return found["customerByOrigin"] and found["customerByOrigin"]["account"]

    pairs = [[await account(origin) for origin in row.values()] for row in rows]
    known = [(old, successor) for old, successor in pairs if old and successor]
    assert known
    for old, successor in known:
        await merge_and_undo(ask, administrator, successor, old)
