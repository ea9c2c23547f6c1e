"""Customers that an import puts below others, in an organisation where all of a tree have the account of its root."""

from __future__ import annotations

import sys
from collections.abc import Sequence

import orjson

from app.importers.target import Target
from app.organizations import now_in_millis
from cypher.lifetime_values import enter_values
from cypher.printer import Statement
from cypher.tree_accounts import apart_below, customers_of_trees, put_under
from cypher.writes import note_changes
from graph.database import Run
from graph.ids import global_id, new_id
from graph.user_errors import Overtaken
from resolvers.tree_accounts import lock_accounts


async def follow_roots(run: Run, children: Sequence[str], target: Target) -> None:
    """Put customers and all below them under the accounts of their roots, where a tree has one account.

    The transaction holds the lock of the organisation's trees.

    Args:
        run: runs a statement in the transaction of the import.
        children: the origin ids of customers of the channel that came below others.
        target: what the import writes into.

    Raises:
        Overtaken: an account was merged into another one meanwhile.
    """
    organization = target.organization_id
    (customers,) = await run(customers_of_trees(children, target.channel_id, organization))
    if not customers:
        return
    accounts = await lock_accounts(run, organization, customers)
    (apart,) = await run(apart_below(list(accounts.items()), organization, most=sys.maxsize))
    if not apart:
        return
    (moved,) = await run(put_under([(one, account) for one, _, account, _ in apart], organization, now_in_millis()))
    if len(moved) < len(apart):
        raise Overtaken
    for statement in _note([(one, was, account) for one, was, account, _ in apart], target):
        await run(statement)


def _note(followed: Sequence[tuple[str, str | None, str]], target: Target) -> list[Statement]:
    """What notes that customers came to another account, and enters into the history what the accounts are worth now.

    Args:
        followed: the UUIDs of each customer, of its account before and now.
        target: what the import writes into.
    """
    now, accounts = now_in_millis(), {account for _, *both in followed for account in both if account}
    rows = [
        {
            "id": new_id(),
            "recordId": customer,
            "recordType": "Customer",
            "action": "EDIT",
            "named": sorted({was or account, account}),
            "before": orjson.dumps({"account": global_id("Account", was) if was else None}).decode(),
            "after": orjson.dumps({"account": global_id("Account", account)}).decode(),
        }
        for customer, was, account in followed
    ]
    return [
        enter_values(list(accounts), organization_id=target.organization_id, now=now),
        note_changes(rows, {"organizationId": target.organization_id, "at": now}),
    ]
