"""Runs the load while connections are cut and processes are killed, and checks what is there afterwards."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

from tests.torture.checking import faults
from tests.torture.cutting import Cut
from tests.torture.load import WORKERS, Load
from tests.torture.stage import Stage, staged

Tell: TypeAlias = Callable[[str], None]
STUCK = 120.0


@dataclass(frozen=True, slots=True)
class Plan:
    """How often what happens."""

    cuts: int
    api_kills: int
    neo4j_kills: int


WHOLE = Plan(20, 20, 20)


@dataclass(frozen=True, slots=True)
class Summary:
    """What a run did, and what was wrong afterwards."""

    plan: Plan
    seconds: float
    counts: dict[str, int]
    faults: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        done = f"{self.plan.cuts} cuts, {self.plan.api_kills} kills of the API, {self.plan.neo4j_kills} of Neo4j"
        told = "\n".join(f"  {what}: {count:,}" for what, count in sorted(self.counts.items()))
        wrong = "\n".join(self.faults[:20]) or "each write is there exactly once, and c360 verify finds nothing"
        return f"{done} in {self.seconds:.0f} s\n{told}\n{len(self.faults)} faults: {wrong}"


async def torture(
    folder: Path,
    plan: Plan,
    *,
    cache: Path | None = None,
    version: str | None = None,
    tell: Tell = lambda _: None,
) -> Summary:
    """Torture a Neo4j and an API that are started in a folder."""
    begun = time.monotonic()
    async with staged(folder, cache, version) as stage:
        load = Load(stage)
        running = asyncio.create_task(load.run())
        try:
            for number in range(plan.cuts):
                await _progress(load, running)
                await _cut(stage, Cut.BEFORE if number % 2 else Cut.AFTER)
                tell(f"cut {number + 1} of {plan.cuts}: {load.acknowledged:,} writes")
            await _blows(load, running, stage.kill_api, plan.api_kills, "kill of the API", tell)
            await _blows(load, running, stage.kill_neo4j, plan.neo4j_kills, "kill of Neo4j", tell)
            await _progress(load, running)
        finally:
            load.stopping = True
            await asyncio.gather(running, return_exceptions=True)
        return Summary(plan, time.monotonic() - begun, dict(load.counts), await faults(load))


async def _blows(
    load: Load, running: asyncio.Task[None], blow: Callable[[], Awaitable[None]], times: int, what: str, tell: Tell
) -> None:
    for number in range(times):
        await _progress(load, running)
        await asyncio.sleep(random.uniform(0, 0.3))  # noqa: S311 - any moment will do
        await blow()
        tell(f"{what} {number + 1} of {times}: {load.acknowledged:,} writes")


async def _cut(stage: Stage, where: Cut) -> None:
    before, stage.proxy.armed = stage.proxy.cuts, where
    async with asyncio.timeout(STUCK):
        while stage.proxy.cuts == before:  # noqa: ASYNC110 - the load goes on meanwhile
            await asyncio.sleep(0.01)


async def _progress(load: Load, running: asyncio.Task[None]) -> None:
    """Wait until each worker has had a write acknowledged, so that a blow falls into work and nobody is starved."""
    before, until = load.done.copy(), time.monotonic() + STUCK
    while any(load.done[worker] <= before[worker] for worker in WORKERS) and not running.done():
        if time.monotonic() > until:
            raise AssertionError(f"nothing was acknowledged for {STUCK:g} s: {load.counts}")
        await asyncio.sleep(0.02)
