"""Customers that an import puts below others, in an organisation where all of a tree have the account of its root."""

from __future__ import annotations

from collections.abc import Sequence

import orjson

from app.importers.target import Target
from app.organizations import now_in_millis
from cypher.lifetime_values import enter_values
from cypher.printer import Statement
from cypher.writes import note_changes
from graph.ids import global_id, new_id


def note_followers(followed: Sequence[tuple[str, str, str]], target: Target) -> list[Statement]:
    """What notes that customers came to another account, and enters into the history what the accounts are worth now.

    Args:
        followed: the UUIDs of each customer, of its account before and now.
        target: what the import writes into.
    """
    now, accounts = now_in_millis(), {account for _, *both in followed for account in both}
    rows = [
        {
            "id": new_id(),
            "recordId": customer,
            "recordType": "Customer",
            "action": "EDIT",
            "named": sorted((was, account)),
            "before": orjson.dumps({"account": global_id("Account", was)}).decode(),
            "after": orjson.dumps({"account": global_id("Account", account)}).decode(),
        }
        for customer, was, account in followed
    ]
    return [
        enter_values(list(accounts), organization_id=target.organization_id, now=now),
        note_changes(rows, {"organizationId": target.organization_id, "at": now}),
    ]
