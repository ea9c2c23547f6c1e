"""Measures all systems in short rounds, one system after the other, so that the machine's noise hits all alike."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import orjson

from app.progress import progress
from benchmarks.driver import FORMS, BareDriver, Task
from benchmarks.load import Figures, medians, wrk
from benchmarks.preparation import Asked
from benchmarks.questions import Question
from benchmarks.systems import Servers

WARM_SECONDS = 3.0

Results: TypeAlias = Mapping[tuple[str, int, str], Figures]
"""Figures by question, number of connections and system."""


@dataclass(frozen=True, slots=True)
class Effort:
    """How much is measured."""

    rounds: int
    seconds: float
    connections: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Bench:
    """What measures: the servers, the process of the bare driver, and a folder for the bodies of requests."""

    servers: Servers
    bare: BareDriver
    folder: Path

    def run(self, asked: Sequence[Asked], effort: Effort) -> Results:
        """Warm everything up, then measure every question; the medians of the rounds."""
        bodies = {one.question.name: self._write_bodies(one.question) for one in asked}
        pairs = [(one, system) for one in asked for system in _systems(one.question)]
        with progress("Warming up", total=len(pairs)) as shown:
            for one, system in pairs:
                seconds = min(WARM_SECONDS, effort.seconds)
                self._measure(system, one, bodies[one.question.name], max(effort.connections), seconds, 0)
                shown.advance()
        rounds: dict[tuple[str, int, str], list[Figures]] = defaultdict(list)
        with progress("Measuring", total=len(pairs) * effort.rounds * len(effort.connections)) as shown:
            for one, connections, number in itertools.product(asked, effort.connections, range(effort.rounds)):
                name = one.question.name
                for system in _turned(_systems(one.question), number):
                    found = self._measure(system, one, bodies[name], connections, effort.seconds, number + 1)
                    rounds[name, connections, system].append(found)
                    shown.advance()
        return {key: medians(rounds[key]) for key in _in_order(asked, effort)}

    def _measure(
        self, system: str, one: Asked, bodies: Mapping[str, Path], connections: int, seconds: float, seed: int
    ) -> Figures:
        if system in FORMS:
            statements = [recorded.sent for recorded in one.recorded]
            return self.bare.measure(Task(system, statements, connections, seconds, seed))
        server = self.servers[system, one.question.company]
        return wrk(server.url, bodies[system], connections, seconds, seed)

    def _write_bodies(self, question: Question) -> Mapping[str, Path]:
        found: dict[str, Path] = {}
        for system in question.systems():
            found[system] = self.folder / f"{question.name}-{system}.jsonl"
            text = question.text(system)
            lines = [
                orjson.dumps({"query": text, "variables": dict(question.variables(system, case))})
                for case in question.cases
            ]
            found[system].write_bytes(b"\n".join(lines) + b"\n")
        return found


def _systems(question: Question) -> Sequence[str]:
    return (*FORMS, *question.systems())


def _in_order(asked: Sequence[Asked], effort: Effort) -> Iterator[tuple[str, int, str]]:
    for one, connections in itertools.product(asked, effort.connections):
        yield from ((one.question.name, connections, system) for system in _systems(one.question))


def _turned(systems: Sequence[str], number: int) -> Sequence[str]:
    """Another order in every round, so that no system always comes after the same one."""
    first = number % len(systems)
    return [*systems[first:], *systems[:first]]
