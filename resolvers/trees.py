"""The mutation that moves customers in their tree: no circle can come about, whoever moves what at once."""

from __future__ import annotations

from cypher.trees import way_down
from resolvers.customer_inputs import AccountOutcome, SetCustomerParentInput
from resolvers.lifetime import revalue
from resolvers.links import Targets
from resolvers.records import Found, Written
from resolvers.tree_accounts import accounts_of_trees, count_seen, find_top, gather, is_one_account
from resolvers.writing import Write


async def set_customer_parent(write: Write, given: SetCustomerParentInput) -> Written:
    """Make a customer the child of another one, or a root."""
    # One move at a time in an organisation: of two that close a circle together the second sees the first.
    await write.lock("tree")
    follows = await is_one_account(write)
    customer = await find_top(write, given.customer_id, "customerId", follows=follows)
    write.expect(customer, given.expected_version)
    parent = await write.find(given.parent_id, "Customer", "parentId") if given.parent_id else None
    if given.parent_id is None and not write.viewer.staff:
        write.refuse("FORBIDDEN", "A root is made by those who sell to you.", "parentId")
    if customer is None:
        return Written()
    if parent:
        ways = await write.run(way_down(customer.place, parent.place, "CHILD_OF", write.access("VIEW"), write.inputs))
        if ways:
            message = f"{parent.shown} is {customer.shown} itself or below it: {', '.join(ways[0])}."
            write.refuse("CYCLE", message, "parentId")
    write.settle()
    return await _move(write, customer, parent, follows=follows)


async def _move(write: Write, customer: Found, parent: Found | None, *, follows: bool) -> Written:
    """Move a customer, where all follow to the account of its new root with all below it."""
    old = await write.linked(customer.place, "account")
    links: dict[str, Targets] = {"parent": [parent.uuid] if parent else []}
    # A root keeps the account that it has.
    root = list((await accounts_of_trees(write, [parent.uuid])).values()) if parent and follows else []
    account = root or old
    if root:
        links["account"] = root
    await write.change(customer, {}, links)
    moved = [customer.uuid] if account != old else []
    if follows and account:
        moved += [one for one, *_ in await gather(write, customer, account[0], "customerId")]
        await revalue(write, accounts={*old, *account} if moved else ())
    records = {"customer": (customer.type_name, customer.uuid)}
    records |= {"account": ("Account", account[0])} if account else {}
    outcome = AccountOutcome.ROOT.name if root else None
    return Written(records, {"accountOutcome": outcome, "movedCustomers": await count_seen(write, moved)})
