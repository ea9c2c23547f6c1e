"""Works on jobs: one batch after the other, each a transaction; of several workers one has a job at a time."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable
from dataclasses import dataclass, field

from app.organizations import now_in_millis
from cypher.jobs import fail_job, leave_job, open_jobs
from graph.database import Database
from graph.errors import C360Error, DatabaseUnavailable
from graph.ids import new_id
from graph.model import Model
from graph.registry import load_model
from resolvers.jobs import next_batch

LEASE_SECONDS = 60.0
"""A worker that has not come to the end of a batch for so long is gone."""
POLL_SECONDS = 3.0
UNFORESEEN = "Something went wrong that was not foreseen; the log of the server has it."
"""What a job tells of an error that may hold what not everybody may know."""
LEAVE_SECONDS = 2.0
MOST_FAILURES = 5

log = logging.getLogger("c360")


@dataclass(slots=True)
class Jobs:
    """A worker."""

    database: Database
    model: Model = field(default_factory=load_model)
    lease: float = LEASE_SECONDS
    poll: float = POLL_SECONDS
    worker: str = field(default_factory=new_id)

    async def run(self) -> None:
        """Work on whatever there is, now and every few seconds, until this is cancelled."""
        while True:
            try:
                await self.work()
            except DatabaseUnavailable:
                log.debug("no work on jobs: the database does not answer")
            except Exception:
                log.exception("no work on jobs")
            await asyncio.sleep(self.poll)

    async def work(self, advance: Callable[[int], None] = lambda _: None) -> int:
        """Work on all jobs that nobody else works on, each to its end.

        Args:
            advance: is told how many records more are done.

        Returns:
            How many jobs were finished.

        Raises:
            C360Error: the database does not answer.
        """
        [found] = await self.database.read([open_jobs()])
        return sum([await self._finish((organization, uuid), advance) for organization, uuid in found])

    async def _finish(self, place: tuple[str, str], advance: Callable[[int], None]) -> bool:
        try:
            while True:
                batch = await self.database.transact(
                    lambda run: next_batch(
                        run, self.model, place, worker=self.worker, lease=self.lease, now=now_in_millis()
                    )
                )
                if batch is None:
                    return False
                done, finished = batch
                advance(done)
                if finished:
                    return True
        except asyncio.CancelledError:
            # Another worker need not wait for the lease to end; that nobody can be told keeps nobody from stopping.
            with contextlib.suppress(TimeoutError, C360Error):
                async with asyncio.timeout(LEAVE_SECONDS):
                    await self.database.write([leave_job(*place, self.worker)])
            raise
        except DatabaseUnavailable:
            raise
        except Exception as error:
            log.exception("job %s failed", place[1])
            told = error.message if isinstance(error, C360Error) else UNFORESEEN
            await self.database.write([fail_job(*place, self.worker, told, most=MOST_FAILURES)])
            return False
