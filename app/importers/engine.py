"""Runs an import: one transaction a batch, each with the run's progress in it, while the next one is prepared."""

from __future__ import annotations

import asyncio
import datetime as dt
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Protocol, TypeVar

import orjson

from app.importers.batch import Batch, Problem
from app.importers.files import Advance, digest_of
from app.importers.followers import follow_roots
from app.importers.report import Report, open_report
from app.importers.target import ChannelSpec, Target, open_channel
from app.importers.writing import Counts, Outcome, Step, outcome, steps
from app.organizations import OrganizationRef, ensure_organization, now_in_millis
from app.progress import Progress
from cypher.imports import find_run, record_run
from cypher.viewers import raise_access_version
from graph.database import Database, Run
from graph.errors import Conflict
from graph.types.enums import AccountPolicy
from graph.user_errors import Overtaken

BATCH_SIZE = 5000
ATTEMPTS = 3
"""Times that a batch is written whose accounts are merged into others meanwhile."""
RUNNING, FINISHED = "RUNNING", "FINISHED"

T = TypeVar("T")
Shown = Callable[[str, float], AbstractContextManager[Progress]]
"""Shows the progress of a task by its label and its size in bytes."""


class Source(Protocol):
    """A data set: its files, the channel it belongs to, and its rows as batches."""

    name: str
    currency: str
    channel: ChannelSpec

    @property
    def files(self) -> tuple[Path, ...]:
        """The files, which together make the digest that tells one version of the data from another."""

    def check(self) -> None:
        """Refuse files that are not this data set.

        Raises:
            ImportFailed: the file and what it should be.
        """

    def batches(self, target: Target, size: int, advance: Advance) -> Iterator[Batch]:
        """All rows in batches of about `size` rows: the same files and size always give the same batches."""


@dataclass(frozen=True, slots=True)
class Options:
    """How to import."""

    organization: str
    report: Path
    policy: AccountPolicy | None = None
    batch_size: int = BATCH_SIZE


@dataclass(slots=True)
class Tally:
    """What has been done so far; it is stored with every batch."""

    batches: int = 0
    rows: int = 0
    lost: int = 0
    notes: int = 0
    counts: dict[str, Counts] = field(default_factory=dict)
    sums: Counter[str] = field(default_factory=Counter)

    def with_batch(self, batch: Batch, done: Outcome) -> Tally:
        """The tally when a batch is in; this one stays as it is, for the transaction may fail."""
        total = Tally.load(self.dump())
        total.batches += 1
        total.rows += batch.rows
        problems = [*batch.problems, *done.problems]
        total.lost += len({(problem.file, problem.row) for problem in problems if problem.lost})
        total.notes += sum(not problem.lost for problem in problems)
        for kind, counts in done.counts.items():
            total.counts.setdefault(kind, Counts()).add(counts)
        total.sums.update(batch.sums)
        return total

    def dump(self) -> str:
        """The tally as JSON."""
        return orjson.dumps(self).decode()

    @classmethod
    def load(cls, text: str) -> Tally:
        """A tally from its JSON."""
        found = orjson.loads(text)
        counts = {kind: Counts(**counts) for kind, counts in found.pop("counts").items()}
        return cls(**{**found, "counts": counts, "sums": Counter(found["sums"])})


@dataclass(frozen=True, slots=True)
class Summary:
    """What an import did in the end."""

    organization: OrganizationRef
    channel: str
    tally: Tally
    resumed_after: int
    report: Path
    seconds: float


@dataclass(slots=True)
class _Run:
    """A run that is under way."""

    key: str
    organization_id: str
    batch_size: int
    tally: Tally
    started_at: dt.datetime

    def state(self, tally: Tally, status: str) -> dict[str, Any]:
        """What the database remembers of it."""
        now = now_in_millis()
        return {
            "batchSize": self.batch_size,
            "batchesDone": tally.batches,
            "rowsDone": tally.rows,
            "tally": tally.dump(),
            "status": status,
            "startedAt": self.started_at,
            "updatedAt": now,
            "finishedAt": now if status == FINISHED else None,
        }


async def run_import(database: Database, source: Source, options: Options, shown: Shown) -> Summary:
    """Import a data set; an unfinished run of the same files goes on where it stopped.

    Args:
        database: where; its schema is there.
        source: what.
        options: how.
        shown: shows the progress.

    Raises:
        C360Error: what went wrong; every batch that was written is whole, and the next run goes on after it.
    """
    begun = time.monotonic()
    source.check()
    key = f"{source.name}:{digest_of(source.files)}"
    with open_report(options.report) as report:
        organization = await ensure_organization(database, options.organization, source.currency)
        target = await open_channel(database, organization, source.channel, options.policy)
        run = await _begin(database, organization.id, key, options.batch_size)
        resumed_after = run.tally.rows
        size = sum(path.stat().st_size for path in source.files)
        with shown(f"Importing {source.name}", size) as progress:
            await _write_batches(database, source, target, run, report, progress)
        await database.write([record_run(organization.id, key, run.state(run.tally, FINISHED))])
    return Summary(
        organization, source.channel.name, run.tally, resumed_after, options.report, time.monotonic() - begun
    )


async def _begin(database: Database, organization_id: str, key: str, batch_size: int) -> _Run:
    [found] = await database.read([find_run(organization_id, key)])
    run = _Run(key, organization_id, batch_size, Tally(), now_in_millis())
    if found and found[0]["status"] == RUNNING:
        # The batches of before: another size would cut them elsewhere.
        run.batch_size, run.tally = found[0]["batchSize"], Tally.load(found[0]["tally"])
    await database.write([record_run(organization_id, key, run.state(run.tally, RUNNING))])
    return run


async def _write_batches(
    database: Database, source: Source, target: Target, run: _Run, report: Report, progress: Progress
) -> None:
    batches = _prepared(source.batches(target, run.batch_size, progress.advance), run.tally.batches)
    following = asyncio.create_task(asyncio.to_thread(next, batches, None))
    try:
        while (prepared := await following) is not None:
            following = asyncio.create_task(asyncio.to_thread(next, batches, None))
            await _write(database, run, report, *prepared)
    finally:
        following.cancel()
        await asyncio.gather(following, return_exceptions=True)


Prepared = tuple[Batch, list[Step], bool]


def _prepared(batches: Iterator[Batch], done: int) -> Iterator[Prepared]:
    """Batches with their statements; those that are in already only say their problems again, for the report.

    Whether customers can be related is known to the database alone, so that relationships are tried again: that
    changes nothing.
    """
    for number, batch in enumerate(batches):
        known = number < done
        wanted = replace(_ties_of(batch), problems=batch.problems) if known else batch
        todo = steps(wanted, now_in_millis()) if not known or wanted.has_ties else []
        yield batch, todo, known


def _ties_of(batch: Batch) -> Batch:
    return Batch(batch.target, tree=batch.tree, affiliations=batch.affiliations, successors=batch.successors)


async def _write(database: Database, run: _Run, report: Report, batch: Batch, todo: list[Step], known: bool) -> None:  # noqa: FBT001
    async def work(send: Run) -> tuple[Tally, list[Problem]]:
        done = outcome(todo, [await send(step.statement) for step in todo])
        tally = run.tally if known else run.tally.with_batch(batch, done)
        if done.adopted:
            await follow_roots(send, done.adopted, batch.target)
        if done.changes_access():
            await send(raise_access_version(run.organization_id))
        await send(record_run(run.organization_id, run.key, run.state(tally, RUNNING)))
        return tally, done.problems

    found: list[Problem] = []
    if todo:
        run.tally, found = await _run_again(lambda: database.transact(work))
    report.add([*batch.problems, *found])


async def _run_again(attempt: Callable[[], Awaitable[T]]) -> T:
    """What an attempt gives, made again when an account was merged into another one meanwhile."""
    for _ in range(ATTEMPTS):
        with suppress(Overtaken):
            return await attempt()
    raise Conflict("Accounts are being merged that it needs.", hint="Import again: it goes on where it stopped.")
