"""Jobs: how they are shown, and the statements by which workers share them.

A job is a node that says what is to do. Whoever works on it holds a lease, which ends by itself when the worker is
gone; each batch renews it in its own transaction, so that a worker that has lost it writes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cypher.context import Context
from cypher.fragment import Fragment, Variable, cypher, of, param
from cypher.plan import Branch, Columns, Match, NodePattern, Rows, StatementPlan, Value
from cypher.printer import Statement, print_fragment
from cypher.root_plan import RootPlan, record_uuid
from cypher.selection import Selection
from cypher.shape import FirstRow, Form, GlobalId, Leaf, ObjectShape, Shape, Typename

MOMENTS = ("createdAt", "startedAt", "finishedAt")


def plan_job(context: Context, selection: Selection) -> RootPlan:
    """A job by its id; null when it is not there, and for customer users."""
    job, columns = Variable("job"), Columns()
    node = NodePattern(job, ("Job",), cypher(of(job, "organizationId"), " = ", context.access.organization))
    staff = () if context.access.kind.staff else (cypher("false"),)
    found = (cypher(of(job, "id"), " = ", record_uuid(selection.arguments["id"])), *staff)
    shape = ObjectShape(tuple((field.key, _field(field.name, job, columns)) for field in selection.fields("Job")))
    rows = Rows((Branch(Match(node, (), found)),), (job,))
    return RootPlan(StatementPlan(columns.projection(), rows), FirstRow(shape, "Job"))


def _field(name: str, job: Variable, columns: Columns) -> Shape:
    if name == "__typename":
        return Typename("Job")
    if name == "id":
        return GlobalId(columns.add(Value(of(job, "id"))), "Job")
    if name in MOMENTS:
        return Leaf(columns.add(Value(cypher(of(job, name), ".epochMillis"))), Form.MOMENT)
    return Leaf(columns.add(Value(of(job, name))), Form.PLAIN)


def create_job(organization_id: str, properties: Mapping[str, Any]) -> Statement:
    """Make a job that waits."""
    made = {**properties, "organizationId": organization_id, "status": "WAITING", "done": 0, "open": True}
    return print_fragment(cypher("CREATE (j:Job) SET j = ", param(made)))


def open_jobs() -> Statement:
    """The jobs of all organisations that somebody should work on: a row `[organisation, UUID]` each, oldest first."""
    return print_fragment(
        cypher(
            "MATCH (j:Job {open: true}) WHERE coalesce(j.leasedUntil < datetime(), true)",
            "\nRETURN [j.organizationId, j.id] AS row ORDER BY j.id",
        )
    )


def jobs_of_channel(organization_id: str, channel_id: str) -> Statement:
    """How many jobs of a channel are not finished, those included that were given up: one row."""
    return print_fragment(
        cypher(
            *("MATCH (j:Job) WHERE j.organizationId = ", param(organization_id), " AND j.id IS NOT NULL"),
            *(" AND j.channelId = ", param(channel_id), " AND j.status <> 'FINISHED' RETURN count(j) AS row"),
        )
    )


def reopen_jobs() -> Statement:
    """Let jobs that were given up be worked on again: one row, how many."""
    return print_fragment(
        cypher(
            "MATCH (j:Job) WHERE j.organizationId IS NOT NULL AND j.status = 'FAILED'",
            "\nSET j.open = true, j.status = 'RUNNING' REMOVE j.failures, j.finishedAt RETURN count(j) AS row",
        )
    )


def take_lease(organization_id: str, job_id: str, worker: str, seconds: float) -> Statement:
    """Let a worker have a job, or keep it: one row, its properties; none when another one has it or it is done."""
    return print_fragment(
        cypher(
            _job(organization_id, job_id),
            "\nSET j.locked = true REMOVE j.locked",
            *("\nWITH j WHERE j.open AND (j.worker = ", param(worker)),
            " OR coalesce(j.leasedUntil < datetime(), true))",
            *("\nSET j.worker = ", param(worker), ", j.status = 'RUNNING', j.leasedUntil = datetime() + "),
            *("duration({milliseconds: ", param(round(seconds * 1000)), "})"),
            "\nSET j.startedAt = coalesce(j.startedAt, datetime())",
            "\nRETURN properties(j) AS row",
        )
    )


def advance_job(organization_id: str, job_id: str, done: int, cursor: str) -> Statement:
    """Say how many records more are done, and where to go on."""
    return print_fragment(
        cypher(
            _job(organization_id, job_id),
            *("\nSET j.done = j.done + ", param(done), ", j.cursor = ", param(cursor), " REMOVE j.error, j.failures"),
        )
    )


def finish_job(organization_id: str, job_id: str) -> Statement:
    """Say that all is done."""
    return print_fragment(
        cypher(
            _job(organization_id, job_id),
            "\nSET j.status = 'FINISHED', j.finishedAt = datetime()",
            "\nREMOVE j.open, j.worker, j.leasedUntil, j.error, j.failures",
        )
    )


def fail_job(organization_id: str, job_id: str, worker: str, error: str, *, most: int) -> Statement:
    """Note what went wrong, and let go of the job; after so many failures in a row it is given up."""
    return print_fragment(
        cypher(
            _job(organization_id, job_id),
            *(" WHERE j.worker = ", param(worker)),
            *("\nSET j.error = ", param(error), ", j.failures = coalesce(j.failures, 0) + 1"),
            "\nREMOVE j.worker, j.leasedUntil",
            *("\nFOREACH (_ IN CASE WHEN j.failures >= ", param(most), " THEN [1] ELSE [] END |"),
            "\n  SET j.status = 'FAILED', j.finishedAt = datetime() REMOVE j.open)",
        )
    )


def leave_job(organization_id: str, job_id: str, worker: str) -> Statement:
    """Let another worker have a job."""
    return print_fragment(
        cypher(
            _job(organization_id, job_id),
            *(" WHERE j.worker = ", param(worker), " REMOVE j.worker, j.leasedUntil"),
        )
    )


def _job(organization_id: str, job_id: str) -> Fragment:
    return cypher("MATCH (j:Job {organizationId: ", param(organization_id), ", id: ", param(job_id), "})")
