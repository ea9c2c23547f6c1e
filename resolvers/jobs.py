"""Jobs: writes that are too large for one transaction, begun by a mutation and done in batches by workers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from cypher.jobs import advance_job, create_job, finish_job, jobs_of_channel, take_lease
from cypher.writes import Place
from graph.database import Run
from graph.ids import global_id, new_id
from graph.model import Model
from graph.permissions import Grants
from graph.viewer import Viewer
from resolvers.channel_deletion import BATCHES
from resolvers.records import Found
from resolvers.writing import Write


async def begin_job(write: Write, kind: str, channel: Found, total: int) -> dict[str, Any]:
    """Begin a job about a channel; what the payload tells of it."""
    uuid = new_id()
    properties = {
        "id": uuid,
        "kind": kind,
        "channelId": channel.uuid,
        "total": total,
        "createdAt": write.now,
        "byId": write.viewer.id,
        "byStaff": write.viewer.staff,
        "requestId": write.request_id,
        "mutation": write.mutation,
        "writeId": write.write_id,
    }
    await write.run(create_job(write.viewer.organization_id, properties))
    return {
        "__typename": "Job",
        "id": global_id("Job", uuid),
        "kind": kind,
        "status": "WAITING",
        "done": 0,
        "total": total,
        "createdAt": write.now.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "startedAt": None,
        "finishedAt": None,
        "error": None,
    }


async def expect_no_job(write: Write, channel: Found) -> None:
    """Refuse to change a channel about which a job goes on."""
    (count,) = await write.run(jobs_of_channel(write.viewer.organization_id, channel.uuid))
    if count:
        message = f"A job about {channel.shown} is not finished: `job(id)` tells how far it is."
        hint = "Wait for it; `c360 jobs run --failed` takes up what was given up."
        write.refuse("CONFLICT", f"{message} {hint}", "id")


async def next_batch(
    run: Run, model: Model, place: tuple[str, str], *, worker: str, lease: float, now: dt.datetime
) -> tuple[int, bool] | None:
    """Do the next batch of a job in the transaction of `run`, with its changes and the job's progress.

    Args:
        run: runs statements in the transaction.
        model: of the graph.
        place: the UUIDs of the organisation and the job.
        worker: who does it.
        lease: seconds until another worker may take over.
        now: the time of the write.

    Returns:
        How many records were done, and whether that was all; None when somebody else works on it, or nothing is left.
    """
    organization, uuid = place
    rows = await run(take_lease(organization, uuid, worker, lease))
    if not rows:
        return None
    job = rows[0]
    write = _write(run, model, organization, job, now)
    channel = Place(model.records["Channel"], job["channelId"], organization)
    done, cursor = await BATCHES[job["kind"]](write, channel, job.get("cursor") or "")
    await write.finish()
    await run(advance_job(organization, uuid, done, cursor))
    if not cursor:
        await run(finish_job(organization, uuid))
    return done, not cursor


def _write(run: Run, model: Model, organization: str, job: Mapping[str, Any], now: dt.datetime) -> Write:
    """A write in the name of whoever began the job, with the rights that were asked for then."""
    viewer = Viewer(job["byId"], "", organization, "", Grants(), staff=job["byStaff"])
    return Write(run, model, viewer, now, job["requestId"], job["mutation"], job["writeId"])
