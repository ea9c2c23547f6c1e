"""Warming: what a trusted document will send is planned before, and nothing that fails there is fatal."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx2
import pytest

from app import warming
from app.examples import load_examples
from app.settings import Settings
from app.trusted import TrustedDocument, trusted_examples
from app.viewers import Viewers, development_identity
from app.warming import Warming
from cypher.printer import Statement
from cypher.viewers import access_version
from graph.database import Database
from graph.errors import DatabaseUnavailable
from graph.local import Connection
from resolvers.documents import document_hash
from resolvers.execution import Engine
from tests.asking import Asker
from tests.serving import serving
from tests.world import World


@dataclass(slots=True)
class Recording:
    """Plans nothing and remembers what it was asked; is away as often as it is told."""

    away: int = 0
    statements: list[Statement] = field(default_factory=list)
    read_with: set[str] = field(default_factory=set)

    async def plan_of(self, statement: Statement, *, profile: bool = False) -> dict[str, Any]:
        """Remember a statement."""
        assert not profile
        if self.away:
            self.away -= 1
            raise DatabaseUnavailable("away")
        self.statements.append(statement)
        return {}

    async def read(self, statements: Sequence[Any], *, within: float | None = None) -> list[list[Any]]:
        """Remember the values."""
        assert within
        self.read_with |= {str(value) for one in statements for value in one.values.values()}
        return [[]]


def trusted(text: str, *operations: str | None) -> TrustedDocument:
    """A document without variables of its own."""
    return TrustedDocument("a file", text, document_hash(text), None, operations or (None,))


def warmed(database: Database, world: World, documents: Sequence[TrustedDocument], planner: Recording) -> Warming:
    """Warming for the world's user."""
    return Warming(
        Engine.of(database), planner, Viewers(database), development_identity(f"uma@{world.key}.example"), documents
    )


async def test_what_examples_send_is_planned(world: World, ask: Asker, database: Database) -> None:
    """Every statement that an example sends later was planned, as it is sent."""
    planner, examples = Recording(), load_examples()

    made = warmed(database, world, trusted_examples(examples, Settings()), planner)
    await made.run()
    # One short statement is the same for all: it is sent where an answer has no row.
    planned = {statement.text for statement in planner.statements} | {access_version(world.organization_id).text}

    assert {"done": len(examples), "failed": 0, "total": len(examples)} == made.progress()
    assert world.organization_id not in planner.read_with
    for example in examples:
        answer = await ask(world.viewer(), example.query, **example.variables)
        assert set(answer.statements) <= planned, example.name


DOCUMENTS = [
    "query Q($id: ID!) { customer(id: $id) { name } account(id: $id) @skip(if: true) { name } }",
    "query Q($a: ID!, $c: ID!) { account(id: $a) { name } contact(id: $c) { displayName } }",
    "query Q($ids: [ID!]!, $more: Int) { nodes(ids: $ids) { id } customers(first: $more) { totalCount } }",
    "query Q($text: String!, $types: [RecordType!]!) { search(text: $text, types: $types) { nodes { cursor: id } } }",
    "query Q($w: CustomerWhere!, $o: [CustomerOrder!]!) { customers(where: $w, orderBy: $o) { nodes { id } } }",
    "query Q($t: DateTime!, $n: String!) { orders(where: {placedAt: {gt: $t}, number: {eq: $n}}) { totalCount } }",
    "query Q($c: ID!, $k: String!) { customerByOrigin(channelId: $c, originId: $k) { name } }",
]


@pytest.mark.parametrize("text", DOCUMENTS)
async def test_variables_are_made_up(text: str, world: World, database: Database) -> None:
    """A document without variables beside it is planned with values that fit their types."""
    planner = Recording()
    made = warmed(database, world, [trusted(text, "Q")], planner)

    await made.run()

    assert {"done": 1, "failed": 0, "total": 1} == made.progress()
    assert planner.statements


async def test_lookups_are_planned_together_too(world: World, database: Database) -> None:
    """What is sent as one statement for several requests is planned too."""
    planner = Recording()

    await warmed(database, world, [trusted("query Q($id: ID!) { customer(id: $id) { name } }", "Q")], planner).run()

    assert [2] == [len(one.values["rows"]) for one in planner.statements if "rows" in one.values]


async def test_failures_are_logged_and_no_more(
    world: World, database: Database, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A document that can't be planned is counted and named; a database that is away is waited for."""
    monkeypatch.setattr(warming, "RETRY_SECONDS", 0.01)
    planner = Recording(away=3)
    strange = trusted('{ customers(after: "garbage") { nodes { id } } }')

    made = warmed(database, world, [strange, trusted("{ customers { totalCount } }")], planner)
    await made.run()

    assert {"done": 2, "failed": 1, "total": 2} == made.progress()
    assert (0, 1) == (planner.away, len(planner.statements))
    assert "a file can't be planned ahead" in caplog.text


async def test_a_server_is_ready_while_it_warms(neo4j_connection: Connection, world: World) -> None:
    """It answers from the start; /readyz tells how far the plans are, and in the end they all are made."""
    documents = trusted_examples(load_examples()[:3], Settings())
    settings = Settings(viewer=f"uma@{world.key}.example")
    with serving(settings, neo4j_connection, trusted=documents) as address:
        async with httpx2.AsyncClient(base_url=address, timeout=30) as client:
            first = await client.get("/readyz")
            deadline = time.monotonic() + 60
            while (state := (await client.get("/readyz")).json())["warming"]["done"] < 3:
                assert time.monotonic() < deadline
                await asyncio.sleep(0.1)

    assert 200 == first.status_code
    assert 3 == first.json()["warming"]["total"]
    assert {"status": "ok", "warming": {"done": 3, "failed": 0, "total": 3}} == state
