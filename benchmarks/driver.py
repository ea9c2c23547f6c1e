"""The bare driver: the statements of c360's compiler with their parameters, in a process of its own.

Two forms: `execute_query`, as the driver's manual recommends, and an auto-commit `session.run`, which saves a round
trip. One statement a request; as many asyncio tasks as connections.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import random
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection as Pipe
from typing import Any, LiteralString, TypeAlias

import neo4j

from benchmarks.load import Figures
from graph.local import Connection

DATABASE = "neo4j"
STOP_SECONDS = 10
EXECUTE_QUERY, SESSION_RUN = "bare execute_query", "bare session.run"
FORMS = (EXECUTE_QUERY, SESSION_RUN)

Sent: TypeAlias = tuple[str, dict[str, Any]]
"""Text and parameters."""


@dataclass(frozen=True, slots=True)
class Task:
    """One measurement."""

    form: str
    statements: Sequence[Sent]
    connections: int
    seconds: float
    seed: int


async def _execute_query(driver: neo4j.AsyncDriver, text: LiteralString, parameters: dict[str, Any]) -> None:
    await driver.execute_query(text, parameters, routing_=neo4j.RoutingControl.READ, database_=DATABASE)


async def _session_run(driver: neo4j.AsyncDriver, text: LiteralString, parameters: dict[str, Any]) -> None:
    async with driver.session(database=DATABASE, default_access_mode=neo4j.READ_ACCESS) as session:
        result = await session.run(text, parameters)
        await result.values()


_ASK: dict[str, Callable[[neo4j.AsyncDriver, LiteralString, dict[str, Any]], Awaitable[None]]] = {
    EXECUTE_QUERY: _execute_query,
    SESSION_RUN: _session_run,
}


async def _measure(driver: neo4j.AsyncDriver, task: Task) -> Figures:
    ask, chance = _ASK[task.form], random.Random(task.seed)  # noqa: S311 - a choice of questions, no secret
    latencies: list[float] = []
    begun = time.perf_counter()
    until = begun + task.seconds

    async def client() -> None:
        while (sent := time.perf_counter()) < until:
            text, parameters = chance.choice(task.statements)
            await ask(driver, text, parameters)
            latencies.append(time.perf_counter() - sent)

    await asyncio.gather(*(client() for _ in range(task.connections)))
    latencies.sort()
    return Figures(
        p50=latencies[len(latencies) // 2] * 1000,
        p99=latencies[len(latencies) * 99 // 100] * 1000,
        rate=len(latencies) / (time.perf_counter() - begun),
    )


async def _serve(connection: Connection, pipe: Pipe) -> None:
    async with neo4j.AsyncGraphDatabase.driver(
        connection.uri, auth=(connection.user, connection.password), notifications_min_severity="OFF"
    ) as driver:
        while (task := await asyncio.to_thread(pipe.recv)) is not None:
            pipe.send(await _measure(driver, task))


def _work(connection: Connection, pipe: Pipe) -> None:
    try:
        asyncio.run(_serve(connection, pipe))
    except (EOFError, OSError, KeyboardInterrupt):
        return


@dataclass(frozen=True, slots=True)
class BareDriver:
    """Asks the process of the driver."""

    pipe: Pipe

    def measure(self, task: Task) -> Figures:
        """Measure in that process."""
        self.pipe.send(task)
        found: Figures = self.pipe.recv()
        return found


@contextmanager
def bare_driver(connection: Connection) -> Iterator[BareDriver]:
    """Have the process while the context lasts."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_work, args=(connection, theirs), daemon=True)
    process.start()
    theirs.close()
    try:
        yield BareDriver(ours)
    finally:
        ours.close()
        process.join(STOP_SECONDS)
        if process.is_alive():
            process.kill()
            process.join()
