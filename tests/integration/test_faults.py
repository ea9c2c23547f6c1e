"""Faults of a real database and of real processes while writes go on; `make torture` does the same for longer."""

from __future__ import annotations

from pathlib import Path

from tests.torture.cutting import Cut
from tests.torture.running import Plan, torture


async def test_nothing_is_lost_or_doubled(tmp_path: Path, neo4j_cache: Path, neo4j_version: str) -> None:
    """Connections are cut around commits, the API and Neo4j are killed: each acknowledged write is there once."""
    plan = Plan(cuts=2 * len(Cut), api_kills=1, neo4j_kills=1)

    summary = await torture(tmp_path, plan, cache=neo4j_cache, version=neo4j_version)

    assert [] == summary.faults, str(summary)
    assert summary.counts["acknowledged"] > 20
    assert summary.counts["replayed"] > 0
