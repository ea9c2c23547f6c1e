"""The account of a tree: where the organisation says ROOT, all customers of a tree are under the account of its root.

The rule is about the data: customers that the viewer does not see follow their root too, and are not counted. Whatever
puts a customer into a tree, or a root under another account, holds the lock of the trees meanwhile.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TypeAlias

from cypher.bulk_records import seen_among
from cypher.tree_accounts import accounts_of_roots, apart_below, lock_tree, put_under
from cypher.writes import Place, lock_all
from graph.database import Run
from graph.ids import global_id, uuid_in
from graph.types.enums import TreeAccounts
from graph.user_errors import Overtaken, Problem, Refused
from resolvers.lifetime import revalue
from resolvers.records import Found
from resolvers.writing import Write

MOST = 10_000
"""Customers that one write takes to another account because their root is there."""
FOLLOWS = "A customer below another one has the account of the root of its tree here: leave it out."
BATCH = 1_000
"""Customers of one statement."""

Followed: TypeAlias = Sequence[tuple[str, str | None, str, str]]
"""Customers that come to the account of their root: the UUIDs of each, of its account before and now, and of the
customer above it that was moved."""


async def is_one_account(write: Write) -> bool:
    """Whether a tree has one account; then no other write changes trees or their accounts until this one ends."""
    organization = await write.read("Organization", write.viewer.organization_id)
    if organization.properties.get("treeAccounts") != TreeAccounts.ROOT.name:
        return False
    await write.lock("tree")
    return True


async def find_top(write: Write, text: str, *where: str, follows: bool) -> Found | None:
    """The customer that a global id names, locked, with all below it where they follow it; None after a refusal."""
    if not follows:
        return await write.find(text, "Customer", *where, action="EDIT")
    place = Place(write.model.records["Customer"], uuid_in(text), write.viewer.organization_id)
    seen, reached = write.access("VIEW"), write.access("EDIT")
    await write.run(lock_tree(place, seen, reached, write.inputs, most=MOST + 1))
    return await write.find(text, "Customer", *where, action="EDIT")


async def accounts_of_trees(write: Write, uuids: Collection[str]) -> Mapping[str, str]:
    """The UUIDs of the accounts of the roots of customers' trees, locked, by the UUIDs of the customers.

    Raises:
        Overtaken: an account was merged into another one meanwhile.
    """
    return await lock_accounts(write.run, write.viewer.organization_id, uuids)


async def lock_accounts(run: Run, organization_id: str, uuids: Collection[str]) -> Mapping[str, str]:
    """What `accounts_of_trees` does, for any transaction that holds the lock of the organisation's trees."""
    statement = accounts_of_roots(list(uuids), organization_id)
    found = _of_roots(*await run(statement))
    await run(lock_all(["Account"], list(set(found.values())), organization_id))
    if found != _of_roots(*await run(statement)):
        raise Overtaken
    return found


def _of_roots(rows: Sequence[tuple[str, str | None, str | None]]) -> dict[str, str]:
    """The accounts of roots by customers, of which each tells the next one above it, or the account."""
    above = {customer: following for customer, following, _ in rows}
    found = {customer: account for customer, following, account in rows if following is None}
    for customer in above:
        way, one = dict[str, None](), customer
        while one not in found and one not in way:
            way[one] = None
            one = above.get(one) or one
        found |= dict.fromkeys(way, found.get(one))
    return {customer: account for customer, account in found.items() if account}


async def gather(write: Write, top: Found, account: str, *where: str) -> Followed:
    """Put all below a customer under its account, as `gather_below` does; those that came there."""
    followed = await gather_below(write, [(top.uuid, account)], *where)
    if followed and top.uuid not in {change.place.uuid for change in write.changes if not change.follows}:
        # It stays itself; an undo asks for the right to change it.
        write.note(top.place, "EDIT", {}, {})
    return followed


async def gather_below(write: Write, tops: Sequence[tuple[str, str]], *where: str) -> Followed:
    """Put some customers and all below them under accounts: the UUIDs of a customer and its account each.

    Returns:
        Those that came there.

    Raises:
        Refused: they are too many.
        Overtaken: an account was deleted meanwhile.
    """
    (rows,) = await write.run(apart_below(tops, write.viewer.organization_id, most=MOST + 1))
    if len(rows) > MOST:
        message = (
            f"More than {MOST:,} customers would come to another account. Take branches out of the tree first, and "
            "put them back afterwards, one after the other."
        )
        raise Refused(Problem("INVALID", message, where))
    followed: list[tuple[str, str | None, str, str]] = [tuple(row) for row in rows]
    if len(await follow(write, followed)) < len(followed):
        raise Overtaken
    return followed


async def follow(write: Write, followed: Followed) -> set[str]:
    """Put customers under the accounts of their roots and note it; the UUIDs of those whose accounts are there."""
    organization, moved = write.viewer.organization_id, set[str]()
    for start in range(0, len(followed), BATCH):
        rows = [(customer, now) for customer, _, now, _ in followed[start : start + BATCH]]
        moved.update(*await write.run(put_under(rows, organization, write.now)))
    accounts = set[str]()
    noted = {one.place.uuid: at for at, one in enumerate(write.changes) if one.action == "EDIT" and not one.follows}
    for customer, was, now, top in followed:
        if customer not in moved:
            continue
        accounts |= {now, was or now}
        told = ("account", global_id("Account", was) if was else None, global_id("Account", now))
        if top == customer and customer in noted:
            # Where it stands and the account that comes with that are taken back together.
            at = noted[customer]
            write.changes[at] = write.changes[at].led(*told)
        else:
            # What is above the others is taken back as such, not as one of them.
            place = Place(write.model.records["Customer"], customer, organization)
            write.note(place, "EDIT", {}, {}, [told], follows=top if top != customer else "")
    await revalue(write, accounts=accounts)
    return moved


async def count_seen(write: Write, customers: Collection[str]) -> int:
    """How many of some customers the viewer sees."""
    seen = write.access("VIEW")
    if not customers or seen.sees_all("Customer"):
        return len(customers)
    record = write.model.records["Customer"]
    return len(await write.run(seen_among(record, list(customers), seen, write.inputs)))
