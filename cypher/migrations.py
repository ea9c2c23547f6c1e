"""Statements that keep count of which migrations a database has had."""

from __future__ import annotations

import datetime as dt

from cypher.fragment import cypher, param
from cypher.printer import Statement, print_fragment


def applied_versions() -> Statement:
    """The versions applied so far, each a row, oldest first."""
    return print_fragment(cypher("MATCH (n:Migration) RETURN n.version AS version ORDER BY version"))


def record_version(version: int, title: str, now: dt.datetime) -> Statement:
    """Remember that a migration was applied."""
    return print_fragment(
        cypher(
            *("MERGE (n:Migration {version: ", param(version), "})"),
            *("\nON CREATE SET n.title = ", param(title), ", n.appliedAt = ", param(now)),
            "\nRETURN n.version AS version",
        )
    )
