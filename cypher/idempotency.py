"""Statements that keep idempotency keys with what was written under them."""

from __future__ import annotations

import datetime as dt

from cypher.fragment import cypher, param
from cypher.printer import Statement, print_fragment


def claim_key(organization_id: str, viewer_id: str, key: str, now: dt.datetime, *, since: dt.datetime) -> Statement:
    """Claim an idempotency key, or wait for whoever claimed it before.

    Returns:
        A statement that gives one row: `[digest of the input, what was written]` of the run that used the key since
        then, nulls when none did.
    """
    known = cypher("CASE WHEN k.at >= ", param(since), " THEN ")
    return print_fragment(
        cypher(
            *("MERGE (k:IdempotencyKey {organizationId: ", param(organization_id), ", viewerId: ", param(viewer_id)),
            *(", key: ", param(key), "})\nON CREATE SET k.at = ", param(now)),
            # One that is there is not locked by finding it: two that use an old one at once would both be the first.
            "\nSET k.locked = true REMOVE k.locked",
            *("\nRETURN [", known, "k.digest END, ", known, "k.written END] AS row"),
        )
    )


def keep_key(
    organization_id: str, viewer_id: str, key: str, now: dt.datetime, *, digest: str, written: str
) -> Statement:
    """Remember what a run with an idempotency key has written."""
    kept = {"digest": digest, "written": written, "at": now}
    return print_fragment(
        cypher(
            *("MATCH (k:IdempotencyKey {organizationId: ", param(organization_id), ", viewerId: ", param(viewer_id)),
            *(", key: ", param(key), "}) SET k += ", param(kept)),
        )
    )


def sweep_keys(before: dt.datetime, most: int) -> Statement:
    """Delete some of the idempotency keys that were last used before a moment: one row, how many."""
    return print_fragment(
        cypher(
            *("MATCH (k:IdempotencyKey) WHERE k.at < ", param(before), " WITH k LIMIT ", param(most)),
            " DELETE k RETURN count(*) AS row",
        )
    )
