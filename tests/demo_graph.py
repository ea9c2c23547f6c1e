"""The demo's data, loaded into the tests' graph, and questions about it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

import orjson

from app.demo import DemoSummary
from graph.database import Database
from graph.ids import parse_global_id
from graph.registry import load_model

CUSTOMERS, BLOCK = 300, 100
LABELS = {label for record in load_model().records.values() for label in record.labels}
IN_DEMO = "n.organizationId IN $organizations"


@dataclass(frozen=True, slots=True)
class Asked:
    """A question of a test's own."""

    text: str
    parameters: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Demo:
    """A loaded demo, and questions about it."""

    database: Database
    summary: DemoSummary

    async def rows(self, text: str, **parameters: Any) -> list[Any]:
        """The first column of the answer to a question about the demo's two organisations."""
        organizations = [parse_global_id(found.id)[1] for found in (self.summary.furniture, self.summary.toys)]
        [rows] = await self.database.read([Asked(text, {"organizations": organizations, **parameters})])
        return rows

    async def dump(self) -> str:
        """A digest of every node and relationship, whatever the order and the internal ids."""
        said = (  # as text, since the driver takes long to unpack times; each load raises the version of access
            "[key IN keys({0}) WHERE key <> 'accessVersion' | "
            "[key, coalesce(toStringOrNull({0}[key]), reduce(s = '', x IN {0}[key] | s + ',' + x))]]"
        )
        nodes = await self.rows(f"MATCH (n) WHERE {IN_DEMO} AND NOT n:ImportRun RETURN [labels(n), {said.format('n')}]")
        links = await self.rows(
            f"MATCH (n)-[r]->(m) WHERE {IN_DEMO} RETURN [[n.id, type(r), m.id], {said.format('r')}]"
        )
        lines = sorted(
            orjson.dumps([sorted(head) if head[0] in LABELS else head, sorted(pairs)])
            for head, pairs in (*nodes, *links)
        )
        return hashlib.blake2b(b"\n".join(lines)).hexdigest()


async def forget(demo: Demo) -> None:
    """Take the demo out of the run's database."""
    organizations = [parse_global_id(found.id)[1] for found in (demo.summary.furniture, demo.summary.toys)]
    await demo.database.write(
        [Asked(f"MATCH (n) WHERE {IN_DEMO} DETACH DELETE n RETURN count(*)", {"organizations": organizations})]
    )
