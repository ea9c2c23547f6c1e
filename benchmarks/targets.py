"""What the project wants to reach, and whether it does."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from benchmarks.driver import FORMS
from benchmarks.load import Figures
from benchmarks.measuring import Results
from benchmarks.systems import NEO4J_GRAPHQL, OURS, STRAWBERRY

VIEW, TREE = "customer_360", "tree"


@dataclass(frozen=True, slots=True)
class Target:
    """A target: its words, the limit, what was measured, and whether more is better."""

    title: str
    limit: float
    found: float
    unit: str = "×"
    more: bool = False

    @property
    def passed(self) -> bool:
        """Whether it is reached."""
        return self.found >= self.limit if self.more else self.found <= self.limit

    @property
    def wanted(self) -> str:
        """The limit as one reads it."""
        return f"{'≥' if self.more else '≤'} {self.limit:g} {self.unit}"

    @property
    def measured(self) -> str:
        """What was measured as one reads it."""
        return "not measured" if math.isnan(self.found) else f"{self.found:.2f} {self.unit}"


def targets(results: Results, share: float | None) -> list[Target]:
    """Every target for which there are figures; the bare driver counts in the better of its two forms."""
    return [*_latencies(results), *_rates(results), *_shares(share)]


def _best(results: Results, question: str, connections: int, better: Callable[[list[float]], float]) -> float | None:
    figures = [results[question, connections, form] for form in FORMS if (question, connections, form) in results]
    if not figures:
        return None
    return better([found.p50 if better is min else found.rate for found in figures])


def _latencies(results: Results) -> Iterator[Target]:
    for title, question, limit in (
        ("customer 360 alone, p50 beside the bare driver's", VIEW, 1.3),
        ("largest tree alone, p50 beside the bare driver's", TREE, 1.5),
    ):
        bare, ours = _best(results, question, 1, min), results.get((question, 1, OURS))
        if bare and ours:
            yield Target(title, limit, _times(ours, bare))
    first = results.get(("page_1", 1, OURS))
    for name, title in (("page_300", "page 300 alone, p50 beside page 1's"), ("page_tie", "late in a tie, the same")):
        deep = results.get((name, 1, OURS))
        if first and deep:
            yield Target(title, 1.2, _times(deep, first.p50))


def _times(found: Figures, beside: float) -> float:
    """How many times as long; nothing when there was no answer in time."""
    return found.p50 / beside if found.rate and beside else math.nan


def _rates(results: Results) -> Iterator[Target]:
    for connections, system, limit in ((16, NEO4J_GRAPHQL, 6), (16, STRAWBERRY, 4), (64, NEO4J_GRAPHQL, 10)):
        yield from _rate(results, connections, system, limit, results.get((VIEW, connections, system)))
    bare = _best(results, VIEW, 64, max)
    if bare:
        yield from _rate(results, 64, "the bare driver", 1.5, Figures(0, 0, bare))


def _rate(results: Results, connections: int, system: str, limit: float, theirs: Figures | None) -> Iterator[Target]:
    ours = results.get((VIEW, connections, OURS))
    if ours and theirs:
        title = f"customer 360 at {connections} connections, requests/s beside {system}"
        yield Target(title, limit, ours.rate / theirs.rate if theirs.rate else math.nan, more=True)


def _shares(share: float | None) -> Iterator[Target]:
    if share is not None:
        yield Target("c360's own share of a customer 360, without database and HTTP server", 0.5, share, "ms")
