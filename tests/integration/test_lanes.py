"""Requests of one shape go out together, and what befalls one never harms another."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest

from cypher.printer import Statement
from graph.database import Database
from graph.errors import DatabaseUnavailable
from graph.ids import global_id
from resolvers.execution import Engine, Request, Result
from tests.world import World, small_world

ONE = "query One($id: ID!) { customer(id: $id) { id name channel { name } orders(first: 2) { nodes { number } } } }"


@dataclass
class Gate:
    """A real database whose shared statements can be made to fail, and whose answers can be held back."""

    database: Database
    sent: list[Statement] = field(default_factory=list)
    open: asyncio.Event = field(default_factory=asyncio.Event)
    shared_fails: Exception | None = None

    @property
    def shared(self) -> list[Statement]:
        """The statements that answered several requests."""
        return [statement for statement in self.sent if "UNWIND $values.rows" in statement.text]

    async def read(self, statements: Sequence[Statement], *, within: float | None = None) -> list[list[Any]]:
        """Read, once the gate is open."""
        self.sent += statements
        await self.open.wait()
        if self.shared_fails and self.shared and statements[0] is self.shared[-1]:
            raise self.shared_fails
        return await self.database.read(statements, within=within)


@pytest.fixture
def gate(database: Database) -> Gate:
    """The run's database behind a gate."""
    return Gate(database)


@pytest.fixture
def ids(world: World) -> list[str]:
    """Customers of the small world, again and again, and one that is not there."""
    there = [row["id"] for row in world.nodes["Customer"]]
    nowhere = small_world("nowhere").nodes["Customer"][0]["id"]
    return [*(global_id("Customer", there[place % len(there)]) for place in range(39)), global_id("Customer", nowhere)]


def asking(engine: Engine, world: World, identifier: str) -> asyncio.Task[Result]:
    """A request that is under way."""
    return asyncio.ensure_future(engine.execute(Request(ONE, {"id": identifier}, None, world.viewer(), "request")))


async def alone(gate: Gate, world: World, ids: list[str]) -> list[Any]:
    """What each request is answered when it is the only one."""
    gate.open.set()
    engine = Engine.of(gate.database)
    found = [(await asking(engine, world, identifier)).data for identifier in ids]
    gate.open.clear()
    return found


async def test_together_and_alone_answer_the_same(gate: Gate, world: World, ids: list[str]) -> None:
    """Forty requests at once are answered by a few statements, each exactly as when it is alone."""
    expected = await alone(gate, world, ids)
    engine = Engine.of(gate)
    tasks = [asking(engine, world, identifier) for identifier in ids]
    await asyncio.sleep(0.05)
    gate.open.set()
    answers = await asyncio.gather(*tasks)

    assert expected == [answer.data for answer in answers]
    assert {"customer": None} == answers[-1].data
    assert len(gate.sent) <= 5
    assert gate.shared


async def test_a_lone_request_never_waits(gate: Gate, world: World, ids: list[str]) -> None:
    """The first two requests of a shape are sent at once, each as a statement of its own."""
    engine = Engine.of(gate)
    tasks = [asking(engine, world, identifier) for identifier in ids[:2]]
    await asyncio.sleep(0.05)

    assert 2 == len(gate.sent)
    assert not gate.shared
    gate.open.set()
    await asyncio.gather(*tasks)


async def test_one_that_leaves_harms_nobody(gate: Gate, world: World, ids: list[str]) -> None:
    """Requests that are given up while they wait or are under way leave the answers of the others as they are."""
    expected = await alone(gate, world, ids)
    engine = Engine.of(gate)
    tasks = [asking(engine, world, identifier) for identifier in ids]
    await asyncio.sleep(0.05)
    leaving = [0, 2, 5, 20]
    for place in leaving:
        tasks[place].cancel()
    gate.open.set()
    answers = await asyncio.gather(*tasks, return_exceptions=True)

    for place, answer in enumerate(answers):
        if place in leaving:
            assert isinstance(answer, asyncio.CancelledError)
        else:
            assert isinstance(answer, Result)
            assert expected[place] == answer.data
    rows = sum(len(statement.values.get("rows", [1])) for statement in gate.sent if "values" in statement.parameters)
    assert 37 == rows, "the three that waited gave up their rows, the one under way had been sent"


@pytest.mark.parametrize("fault", [DatabaseUnavailable("away"), RuntimeError("a fault of ours")], ids=repr)
async def test_a_failed_statement_is_run_again_for_each(
    fault: Exception, gate: Gate, world: World, ids: list[str]
) -> None:
    """When a shared statement fails, each of its requests is answered by a statement of its own."""
    expected = await alone(gate, world, ids)
    gate.shared_fails = fault
    engine = Engine.of(gate)
    tasks = [asking(engine, world, identifier) for identifier in ids]
    await asyncio.sleep(0.05)
    gate.open.set()
    answers = await asyncio.gather(*tasks)

    assert expected == [answer.data for answer in answers]
    assert all(not answer.errors for answer in answers)


async def test_viewers_of_other_organisations_share_a_statement_and_nothing_else(
    gate: Gate, world: World, ids: list[str]
) -> None:
    """A shared statement reads each request's organisation from its own row."""
    other = small_world("other", "§other§")
    engine = Engine.of(gate)
    tasks = [asking(engine, other if place % 2 else world, identifier) for place, identifier in enumerate(ids[:30])]
    await asyncio.sleep(0.05)
    gate.open.set()
    answers = await asyncio.gather(*tasks)

    assert gate.shared
    for place, answer in enumerate(answers):
        assert answer.data is not None
        assert (answer.data["customer"] is None) is bool(place % 2)


async def test_lanes_are_cleared_away(gate: Gate, world: World, ids: list[str]) -> None:
    """Nothing is kept of a shape once nothing of it is under way."""
    engine = Engine.of(gate)
    gate.open.set()
    await asyncio.gather(*(asking(engine, world, identifier) for identifier in ids))
    await asyncio.sleep(0)

    assert {} == engine.lanes._lanes
    assert set() == engine.lanes._tasks
