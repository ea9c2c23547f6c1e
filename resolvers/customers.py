"""Mutations of customers: made with exactly one account, changed, deleted when nothing depends on them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from strawberry import UNSET
from strawberry.utils.str_converters import to_camel_case

from cypher.customers import account_that_matches
from cypher.viewers import raise_access_version
from cypher.writes import hold_locks
from graph.model import Direction, Hop
from resolvers.customer_details import (
    ACCOUNT_KINDS,
    customer_match_key,
    following,
    match_lock,
    party_kind,
    stored_details,
)
from resolvers.customer_inputs import (
    AccountChoiceInput,
    AccountOutcome,
    CreateCustomerInput,
    DeleteCustomerInput,
    NewAccountInput,
    SetCustomerAccountInput,
    UpdateCustomerInput,
)
from resolvers.deletion import deleted, find_to_delete
from resolvers.lifetime import revalue
from resolvers.links import Targets
from resolvers.ownership import choose_owner, may_name_staff
from resolvers.parts import change_with, create_with, read_parts
from resolvers.records import Found, Written
from resolvers.tree_accounts import FOLLOWS, accounts_of_trees, count_seen, find_top, gather, is_one_account
from resolvers.uses import expect_unused
from resolvers.web_contacts import LINK, web_contact
from resolvers.writing import Write

USES = {
    "orders": Hop(("PLACED",), Direction.OUT, "Order"),
    "users": Hop(("USER_OF",), Direction.IN, "CustomerUser"),
    "children": Hop(("CHILD_OF",), Direction.IN, "Customer"),
}
"""What keeps a customer from being deleted."""
COMMERCIAL = ("origin_id", "status", "business", "group_id", "account")
"""What customer users don't say of a customer."""


async def create_customer(write: Write, given: CreateCustomerInput) -> Written:
    """Make a customer, and its account unless one is named or matches."""
    write.expect_level("Customer", "CREATE")
    channel = await write.find(given.channel_id, "Channel", "channelId")
    if channel and channel.properties.get("status") != "ACTIVE":
        write.refuse("CONFLICT", f"The channel {channel.shown} is inactive and takes no new data.", "channelId")
    kind = party_kind(write, given.kind, given)
    properties = stored_details(write, given, kind, new=True)
    addresses = await read_parts(write, "Customer", None, "addresses", given.addresses)
    group = await write.find(given.group_id, "CustomerGroup", "groupId") if given.group_id else None
    parent = await write.find(given.parent_id, "Customer", "parentId") if given.parent_id else None
    _expect_own(write, given)
    owner = await choose_owner(write, given.owner_id)
    selling = await _representatives(write, given.sales_representative_ids)
    follows = parent is not None and await is_one_account(write)
    if follows and given.account:
        write.refuse("INVALID", FOLLOWS, "account")
    write.settle()
    if channel is None or owner is None:
        return Written()
    properties |= {"channelId": channel.uuid, "ownerId": owner, **following(properties)}
    root = (await accounts_of_trees(write, [parent.uuid])).get(parent.uuid) if parent and follows else None
    chosen = await choose_account(write, given.account or None, properties, owner) if not root else None
    account, outcome = chosen or (str(root), AccountOutcome.ROOT)
    links: dict[str, Targets] = {"channel": [channel.uuid], "account": [account], "owner": [owner], **selling}
    links |= {name: [found.uuid] for name, found in (("group", group), ("parent", parent)) if found}
    contact = await web_contact(write, channel, properties, addresses, account, owner)
    if contact:
        links["contacts"] = {contact: LINK}
    made = await create_with(write, "Customer", properties, links, addresses, follows={"lifetimeValue": 0})
    return _written(made, account, outcome, contact)


async def update_customer(write: Write, given: UpdateCustomerInput) -> Written:
    """Change a customer; its name for people and what it matches by follow."""
    customer = await write.find(given.id, "Customer", "id", action="EDIT")
    write.expect(customer, given.expected_version)
    group = await write.find(given.group_id, "CustomerGroup", "groupId") if given.group_id else None
    if customer is None:
        return Written()
    told = stored_details(write, given, str(customer.properties.get("kind")))
    addresses = await read_parts(write, "Customer", customer, "addresses", given.addresses)
    _expect_own(write, given)
    selling = await _representatives(write, given.sales_representative_ids)
    write.settle()
    follows = following({**customer.properties, **{key: value for key, value in told.items() if value is not UNSET}})
    links = {} if given.group_id is UNSET else {"group": [group.uuid] if group else []}
    await change_with(write, customer, {**told, **follows}, {**links, **selling}, addresses)
    if links:
        # Customer users see the group of their own customer.
        await write.run(raise_access_version(write.viewer.organization_id))
    return Written.one("customer", customer)


async def delete_customer(write: Write, given: DeleteCustomerInput) -> Written:
    """Delete a customer on which nothing depends."""
    customer = await find_to_delete(write, given, "Customer")
    await expect_unused(write, customer, USES, "Delete or move them first.")
    accounts = await write.linked(customer.place, "account")
    told = await deleted(write, customer, "addresses")
    await revalue(write, accounts=accounts)
    return told


async def set_customer_account(write: Write, given: SetCustomerAccountInput) -> Written:
    """Put a customer under another account, or a new one made after it; an emptied account stays."""
    follows = await is_one_account(write)
    customer = await find_top(write, given.customer_id, "customerId", follows=follows)
    write.expect(customer, given.expected_version)
    if not write.viewer.staff:
        write.refuse("FORBIDDEN", "Accounts are for those who sell to you.", "account")
    elif follows and customer:
        await _expect_root(write, customer)
    write.settle()
    if customer is None:
        return Written()
    owner = customer.properties.get("ownerId") or write.viewer.id
    account, outcome = await choose_account(write, given.account, customer.properties, str(owner))
    before = await write.linked(customer.place, "account")
    await write.change(customer, {}, {"account": [account]})
    moved = [customer.uuid] if before != [account] else []
    if follows:
        moved += [one for one, *_ in await gather(write, customer, account, "customerId")]
    await revalue(write, accounts={*before, account})
    told = _written(customer, account, outcome)
    return Written(told.records, {**told.values, "movedCustomers": await count_seen(write, moved)})


async def _expect_root(write: Write, customer: Found) -> None:
    """Refuse a customer below another one, which has the account of the root of its tree."""
    parents = await write.linked(customer.place, "parent")
    if parents and await count_seen(write, parents):
        message = "It has the account of the root of its tree. Set that of the root, or make it a root first."
        write.refuse("CONFLICT", message, "customerId")
    elif parents:
        # To the viewer it is a root: the reason would tell of a parent that is hidden.
        write.refuse("FORBIDDEN", "You may not change this Customer.", "customerId")


async def choose_account(
    write: Write, choice: AccountChoiceInput | None, customer: Mapping[str, Any], owner: str
) -> tuple[str, AccountOutcome]:
    """The UUID of the account for a customer of these properties, locked or new, and where it came from.

    Raises:
        Refused: the account that is named is not there for the viewer.
    """
    if choice is not None and choice.id:
        account = await write.find(choice.id, "Account", "account", "id", action="VIEW")
        write.settle()
        return (account.uuid if account else ""), AccountOutcome.GIVEN
    # Where email addresses are hidden nobody finds out whose they are by trying.
    hidden = ("Customer", "EMAIL") in write.viewer.grants.hidden
    if choice is not None and choice.match and not hidden and (key := customer_match_key(customer)):
        # Of two who match each other at once, the second finds what the first has made.
        await write.run(hold_locks(write.viewer.organization_id, [match_lock(key)]))
        found = await write.run(account_that_matches(key, write.access("VIEW"), write.inputs))
        account = await write.find_by_uuid("Account", found[0], "account", action="VIEW") if found else None
        write.settle()
        if account:
            return account.uuid, AccountOutcome.MATCHED
    new = (choice.create if choice is not None else None) or NewAccountInput()
    name = write.text(new.name, "account", "create", "name") if new.name else str(customer["displayName"])
    write.settle()
    kind = new.kind.name if new.kind else ACCOUNT_KINDS.get(str(customer.get("kind")))
    made = await write.create(
        "Account",
        {"name": name, "displayName": name, "kind": kind, "ownerId": owner},
        {"owner": [owner]},
        within="",
    )
    return made.uuid, AccountOutcome.CREATED


def _expect_own(write: Write, given: CreateCustomerInput | UpdateCustomerInput) -> None:
    """Refuse customer users what only those who sell to them say of a customer, new or not."""
    for name in COMMERCIAL if not write.viewer.staff else ():
        if getattr(given, name, UNSET) is not UNSET:
            write.refuse("FORBIDDEN", "This is for those who sell to you: leave it out.", to_camel_case(name))


async def _representatives(write: Write, texts: Sequence[str] | None) -> dict[str, Targets]:
    """Who is to sell to a customer, as its links; nothing where the input says nothing."""
    if texts is UNSET or not may_name_staff(write, "salesRepresentativeIds"):
        return {}
    found = await write.find_all(texts or (), "User", "salesRepresentativeIds")
    return {"salesRepresentatives": [user.uuid for user in found]}


def _written(customer: Found, account: str, outcome: AccountOutcome, contact: str | None = None) -> Written:
    records = {"customer": (customer.type_name, customer.uuid), "account": ("Account", account)}
    records |= {"contact": ("Contact", contact)} if contact else {}
    return Written(records, {"accountOutcome": outcome.name})
