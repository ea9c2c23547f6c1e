"""The accounts of customers whose rows say who is above them, where all customers of a tree have that of its root."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from cypher import bulk
from resolvers.bulk_accounts import give_accounts
from resolvers.bulk_inputs import RowOutcome
from resolvers.bulk_rows import Row, Rows
from resolvers.bulk_writing import Moved
from resolvers.customer_inputs import AccountOutcome
from resolvers.tree_accounts import FOLLOWS, accounts_of_trees, gather_below, is_one_account


async def expect_no_accounts(new: Sequence[Row]) -> None:
    """Refuse what rows of new customers below others say of their accounts, where these are those of their roots."""
    saying = [row for row in new if row.given.account and (row.given.parent_id or row.given.parent_origin_id)]
    if saying and await is_one_account(saying[0].write):
        for row in saying:
            row.write.refuse("INVALID", FOLLOWS, "account")


async def give_roots(rows: Rows, new: Sequence[Row], *, match: bool) -> Mapping[str, str]:
    """Give new customers, which lead to their parents, the accounts of their roots, or those of `give_accounts`.

    Returns:
        The UUIDs of the accounts by those of the customers.
    """
    below = [row for row in new if row.links.get("parent")]
    if not below or not await is_one_account(rows.write):
        return await give_accounts(rows, new, match=match)
    # Roots that are new themselves have theirs first.
    given = await give_accounts(rows, [row for row in new if not row.links.get("parent")], match=match)
    roots = await accounts_of_trees(rows.write, [row.uuid for row in below])
    joining = [{"customer": row.uuid, "end": roots[row.uuid]} for row in below if row.uuid in roots]
    await rows.write.run(bulk.join_accounts(joining, rows.write.viewer.organization_id))
    for row in below:
        row.account = AccountOutcome.ROOT if row.uuid in roots else None
    return {**given, **roots, **await give_accounts(rows, [row for row in below if not row.account], match=match)}


async def follow_roots(rows: Rows, some: Sequence[Row], moved: Mapping[str, Sequence[Moved]]) -> None:
    """Take customers that rows have moved to the accounts of their roots, with all below them, where a tree has one.

    Args:
        rows: of the bulk write.
        some: those that stand.
        moved: the links of customers that lead elsewhere now, by UUID.
    """
    tops = [uuid for uuid, links in moved.items() if any(name == "parent" for name, _, _ in links)]
    if tops and await is_one_account(rows.write):
        there = {row.uuid: row for row in some if row.found}
        accounts = await accounts_of_trees(rows.write, tops)
        for customer, *_ in await gather_below(rows.write, list(accounts.items())):
            if customer in there:
                there[customer].account, there[customer].outcome = AccountOutcome.ROOT, RowOutcome.UPDATED
