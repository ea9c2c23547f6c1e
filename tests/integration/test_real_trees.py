"""The real trees of the Research Organization Registry, whole and right, beside a computation from its files."""

from __future__ import annotations

import csv
import gzip
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest

from app.organizations import slug
from app.viewers import Identity, find_viewer
from graph.database import Database
from graph.viewer import Viewer
from tests.asking import Asker
from tests.conftest import Registry

CNRS = "02feahw73"
LARGEST = "02rcrvv70"

TREE = """
query Tree($channel: ID!, $origin: String!) {
  customerByOrigin(channelId: $channel, originId: $origin) {
    id
    descendantCount
    children(first: 200) { totalCount }
    descendants { totalCount edges { depth parentId node { id originId name depth } } pageInfo { hasNextPage } }
  }
}
"""


@pytest.fixture
async def reader(registry: Registry, database: Database) -> Viewer:
    """Who may see the registry: the administrator that came with it."""
    return await find_viewer(database, Identity("staff", f"admin@{slug(registry.summary.organization.name)}.example"))


def trees(folder: Path) -> tuple[dict[str, str], dict[str, list[str]]]:
    """Parents and children by the rule: in the order of the file, the first parent that closes no cycle."""
    parents: dict[str, str] = {}
    children: dict[str, list[str]] = defaultdict(list)
    with gzip.open(folder / "parent_child.csv.gz", "rt", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            child, parent = row["child_ror_id"], row["parent_ror_id"]
            if child == parent or child in parents:
                continue
            above = parent
            while above != child and above in parents:
                above = parents[above]
            if above != child:
                parents[child] = parent
                children[parent].append(child)
    return parents, children


def below(children: dict[str, list[str]], root: str) -> dict[str, tuple[int, str]]:
    """Depth and parent of everything below a root."""
    found: dict[str, tuple[int, str]] = {}
    level, depth = [root], 0
    while level:
        depth += 1
        found |= {child: (depth, parent) for parent in level for child in children[parent]}
        level = [child for parent in level for child in children[parent]]
    return found


async def channel_of(ask: Asker, viewer: Viewer) -> str:
    """The id of the registry's channel."""
    channels: Any = await ask.data(viewer, "{ channels { nodes { id } } }")
    return str(channels["channels"]["nodes"][0]["id"])


@pytest.mark.parametrize("root", [CNRS, LARGEST])
async def test_a_real_tree_comes_back_whole(root: str, reader: Viewer, ask: Asker, c360_data: Path) -> None:
    """Every organisation below the root is there once, with its depth and its parent, in one statement."""
    parents, children = trees(c360_data / "ror")
    expected = below(children, root)

    variables = {"channel": await channel_of(ask, reader), "origin": root}
    answer = await ask(reader, TREE, **variables)

    found = answer.data["customerByOrigin"]
    edges = found["descendants"]["edges"]
    origins = {edge["node"]["id"]: edge["node"]["originId"] for edge in edges} | {found["id"]: root}
    got = {edge["node"]["originId"]: (edge["depth"], origins[edge["parentId"]]) for edge in edges}
    assert [] == answer.errors
    assert 1 == len(answer.statements)
    assert expected == got
    assert len(expected) == len(edges) == found["descendantCount"] == found["descendants"]["totalCount"]
    assert not found["descendants"]["pageInfo"]["hasNextPage"]
    assert len(children[root]) == found["children"]["totalCount"]
    assert [edge["depth"] for edge in edges] == sorted(edge["depth"] for edge in edges)
    assert root not in parents
    assert all(edge["node"]["depth"] == edge["depth"] for edge in edges)


async def test_every_organisation_is_there(reader: Viewer, ask: Asker) -> None:
    """56,521 customers, and the largest tree is the largest."""
    data = await ask.data(reader, "{ customers { totalCount } }")

    assert 56_521 == data["customers"]["totalCount"]
