"""How long each stage of a request takes."""

from __future__ import annotations

import time
from dataclasses import dataclass, field


@dataclass(slots=True)
class Timings:
    """Seconds by stage, in the order in which the stages began."""

    stages: dict[str, float] = field(default_factory=dict)

    def stage(self, name: str) -> Stage:
        """Add the time of a block to a stage."""
        return Stage(self.stages, name)


@dataclass(slots=True)
class Stage:
    """A block that is timed; a class, since a generator costs more than what it times."""

    stages: dict[str, float]
    name: str
    start: float = 0.0

    def __enter__(self) -> None:
        self.start = time.perf_counter()

    def __exit__(self, *_: object) -> None:
        self.stages[self.name] = self.stages.get(self.name, 0.0) + time.perf_counter() - self.start
