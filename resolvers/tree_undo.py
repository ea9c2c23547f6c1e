"""What an undo does with customers that followed the root of their tree to its account."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from cypher.tree_accounts import accounts_of
from cypher.writes import lock_all
from graph.ids import parse_global_id
from resolvers.records import Change
from resolvers.reverting import Changed
from resolvers.tree_accounts import accounts_of_trees, follow, gather_below
from resolvers.writing import Write


def split(changes: Sequence[Changed]) -> tuple[list[Changed], list[Changed]]:
    """Changes that were asked for, and those of customers that followed."""
    return [one for one in changes if not one.follows], [one for one in changes if one.follows]


async def put_back(write: Write, changes: Sequence[Changed]) -> dict[str, str]:
    """Put customers back under the accounts that they had before they followed.

    Returns:
        The UUIDs of those that stay where they are, with the reason.
    """
    uuids, organization = [change.record_id for change in changes], write.viewer.organization_id
    await write.run(lock_all(["Customer"], uuids, organization))
    current: dict[str, str] = dict(*await write.run(accounts_of(uuids, organization)))
    back, left = [], dict[str, str]()
    for change in changes:
        was, now = (_account(told.get("account")) for told in (change.after, change.before))
        if now is not None and current.get(change.record_id) == was:
            back.append((change.record_id, was, now, change.follows))
        else:
            left[change.record_id] = "CHANGED" if change.record_id in current else "GONE"
    moved = await follow(write, back)
    return left | {customer: "GONE" for customer, *_ in back if customer not in moved}


def placed(changes: Sequence[Change]) -> set[str]:
    """The UUIDs of customers that changes have put elsewhere in a tree, under another account, or back."""
    return {
        change.place.uuid
        for change in changes
        if change.place.record.name == "Customer"
        if change.action == "RESTORE" or {"parent", "account"} & {*change.before, *change.after}
    }


async def align(write: Write, customers: Collection[str]) -> None:
    """Put customers and all below them under the accounts of the roots that they have now."""
    if customers:
        await gather_below(write, list((await accounts_of_trees(write, customers)).items()))


def _account(told: str | None) -> str | None:
    return parse_global_id(told)[1] if told else None
