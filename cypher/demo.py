"""Statements about the demo's own run: how much of it is loaded."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from cypher.fragment import cypher, param
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
