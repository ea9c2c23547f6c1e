"""Lanes: requests of one shape that come while others of it are under way go out together, as one statement.

A lone request never waits. While a shape's statements are in flight, further requests of it wait in their lane; when
one returns, those that wait go out together. What befalls one request never harms another: one that leaves gives up
its place, and when a shared statement fails or takes too long, each request in it is run again alone. A request that
must see a certain state of the database always goes alone.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeAlias

from cypher.compiler import Compiled
from cypher.printer import Batch, Statement
from graph.causality import reads_after

Rows: TypeAlias = list[Any]

IN_FLIGHT = 2
"""Statements of a shape under way at once: one is worked on while the other travels."""
TOGETHER = 32
"""Most requests in one statement."""
SHARED_SECONDS = 2.0
"""Until a shared statement is given up, so that its requests have time left to run alone."""


class GraphReader(Protocol):
    """Reads from the graph."""

    async def read(self, statements: Sequence[Statement], *, within: float | None = None) -> list[Rows]:
        """Run statements in order in one read transaction, and give the rows of each."""
        ...


@dataclass(frozen=True, slots=True)
class Bound:
    """A root field ready to run: its plan, and the statement of this request."""

    plan: Compiled
    statement: Statement


@dataclass(frozen=True, slots=True)
class Waiting:
    """A request in a lane, and where its rows are awaited."""

    statement: Statement
    rows: asyncio.Future[Rows]


@dataclass(slots=True)
class Lane:
    """The requests of one shape."""

    key: tuple[Any, ...]
    batch: Batch
    waiting: deque[Waiting] = field(default_factory=deque)
    in_flight: int = 0


@dataclass(frozen=True, slots=True)
class Lanes:
    """Sends the statements of requests, alone or together with others of their shape."""

    graph: GraphReader
    _lanes: dict[Any, Lane] = field(default_factory=dict)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    async def read(self, asking: Sequence[Bound]) -> list[Rows]:
        """The rows of each root field of one request.

        Raises:
            C360Error: what went wrong in the database.
        """
        if len(asking) != 1 or asking[0].plan.batch is None or reads_after():
            return await self.graph.read([bound.statement for bound in asking])
        batch, statement = asking[0].plan.batch, asking[0].statement
        key = (batch.text, *(statement.values[name] for name in batch.shared))
        lane = self._lanes.setdefault(key, Lane(key, batch))
        if lane.in_flight < IN_FLIGHT:
            return [await self._alone(lane, statement)]
        waiting = Waiting(statement, asyncio.get_running_loop().create_future())
        lane.waiting.append(waiting)
        return [await waiting.rows]

    async def _alone(self, lane: Lane, statement: Statement) -> Rows:
        lane.in_flight += 1
        try:
            (rows,) = await self.graph.read([statement])
            return rows
        finally:
            self._returned(lane)

    def _returned(self, lane: Lane) -> None:
        """A statement is back: send those that wait together, in a task that none of them ends by leaving."""
        lane.in_flight -= 1
        while lane.waiting and lane.in_flight < IN_FLIGHT:
            going: list[Waiting] = []
            while lane.waiting and len(going) < TOGETHER:
                waiting = lane.waiting.popleft()
                if not waiting.rows.done():
                    going.append(waiting)
            if going:
                lane.in_flight += 1
                task = asyncio.get_running_loop().create_task(self._together(lane, going))
                self._tasks.add(task)
                task.add_done_callback(self._tasks.discard)
        if not lane.in_flight:
            del self._lanes[lane.key]

    async def _together(self, lane: Lane, going: list[Waiting]) -> None:
        try:
            if len(going) == 1:
                await self._again(going[0])
            else:
                await self._shared(lane.batch, going)
        finally:
            self._returned(lane)

    async def _shared(self, batch: Batch, going: list[Waiting]) -> None:
        try:
            statement = batch.bind([waiting.statement for waiting in going])
            (rows,) = await self.graph.read([statement], within=SHARED_SECONDS)
        except Exception:  # noqa: BLE001 - whatever it is, each request is told its own fault and none waits for ever
            await asyncio.gather(*(self._again(waiting) for waiting in going))
            return
        found: list[Rows] = [[] for _ in going]
        for place, row in rows:
            found[place].append(row)
        for waiting, own in zip(going, found, strict=True):
            if not waiting.rows.done():
                waiting.rows.set_result(own)

    async def _again(self, waiting: Waiting) -> None:
        """Run one that waited alone; one that left in the meantime not at all."""
        if waiting.rows.done():
            return
        try:
            (rows,) = await self.graph.read([waiting.statement])
        except Exception as error:  # noqa: BLE001 - it belongs to the request, which tells what it means
            if not waiting.rows.done():
                waiting.rows.set_exception(error)
        else:
            if not waiting.rows.done():
                waiting.rows.set_result(rows)
