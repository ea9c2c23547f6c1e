"""Statements that the demo needs beside those of every import: its own run, and records that are all new."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, LiteralString

from cypher.fragment import Fragment, Param, Variable, cypher, name, of, param
from cypher.printer import Statement, print_fragment

KEY = "demo"


def read_run(organization_id: str) -> Statement:
    """What the demo's run says about itself: one row of its properties, none before the first run."""
    return print_fragment(
        cypher(
            *("MATCH (r:ImportRun {organizationId: ", param(organization_id), ", key: ", param(KEY), "})"),
            "\nRETURN properties(r) AS run",
        )
    )


def write_run(organization_id: str, run: Mapping[str, Any], now: dt.datetime) -> Statement:
    """Remember how far the demo is; belongs into the transaction of what it speaks of."""
    return print_fragment(
        cypher(
            *("MERGE (r:ImportRun {organizationId: ", param(organization_id), ", key: ", param(KEY), "})"),
            *("\nON CREATE SET r.startedAt = ", param(now)),
            *("\nSET r += ", param(dict(run)), "\nRETURN r.key AS key"),
        )
    )


def create_records(
    rows: Sequence[Mapping[str, Any]], moments: Sequence[str], *, organization_id: str, now: dt.datetime
) -> Statement:
    """Create records that are not there yet, of any type, and link them to one another.

    Labels and types of relationships come with the rows, so that one text does for all of them and is planned once;
    they are checked against the model by whoever makes the rows.

    Args:
        rows: `{"labels": […], "set": {…}, "moments": {…}, "out": […], "in": […]}`; each link is `[type, id,
            properties]`, to or from a record of this statement or an earlier one.
        moments: the properties that are times. They travel as milliseconds, since the driver takes longer to pack a
            time than the database to store a record.
        organization_id: whose records they are.
        now: the time of the write.

    Returns:
        A statement that gives one row: how many records were created.
    """
    node, row, organization = Variable("n"), Variable("row"), param(organization_id)
    times = [_time(of(node, moment), cypher(row, ".moments.", name(moment))) for moment in moments]
    return print_fragment(
        cypher(
            *("UNWIND ", param(list(rows)), " AS ", row, "\nCREATE (", node, ":$(", row, ".labels))"),
            *("\nSET ", node, " = ", row, ".set, ", of(node, "organizationId"), " = ", organization, ", "),
            *(of(node, "updatedAt"), " = ", param(now)),
            *times,
            *("\nWITH ", node, ", ", row),
            _links(node, row, organization, "out", ("]->", "-[")),
            _links(node, row, organization, "in", ("]-", "<-[")),
            "\nRETURN count(*) AS created",
        )
    )


def _time(prop: Fragment, millis: Fragment) -> Fragment:
    return cypher(
        *(",\n  ", prop, " = CASE WHEN ", millis, " IS NULL THEN null ELSE datetime({epochMillis: ", millis, "}) END")
    )


def _links(
    node: Variable, row: Variable, organization: Param, entry: LiteralString, arrow: tuple[LiteralString, LiteralString]
) -> Fragment:
    link, target, relationship = Variable("link"), Variable("target"), Variable("rel")
    tail, head = arrow
    return cypher(
        *("\nCALL (", node, ", ", row, ") { UNWIND ", row, ".", entry, " AS ", link),
        *("\n  MATCH (", target, ":Record {organizationId: ", organization, ", id: ", link, "[1]})"),
        *("\n  CREATE (", node, ")", head, relationship, ":$(", link, "[0])", tail, "(", target, ")"),
        *("\n  SET ", relationship, " = ", link, "[2] }"),
    )


def record_is_there(organization_id: str, record_id: str) -> Statement:
    """Whether a record is there: one row, true or false."""
    return print_fragment(
        cypher(
            *("RETURN EXISTS { (:Record {organizationId: ", param(organization_id), ", id: ", param(record_id), "}) }"),
            " AS there",
        )
    )


def keep_plan(statement: Statement) -> Statement:
    """Keep the plan of a statement while the database grows.

    Neo4j plans anew whenever its counts have changed a lot, which loading does all the time: without this it would
    plan for longer than it writes. Every end is found by a unique key, so the first plan stays the right one.
    """
    return replace(statement, text="CYPHER replan=skip " + statement.text)
