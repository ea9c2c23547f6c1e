"""Mutations of customers: made with exactly one account, changed, deleted when nothing depends on them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import Enum
from typing import Any

from strawberry import UNSET
from strawberry.utils.str_converters import to_camel_case

from cypher.customers import account_that_matches
from cypher.viewers import raise_access_version
from graph.matching import match_key
from graph.model import Direction, Hop
from resolvers.customer_inputs import (
    AccountChoiceInput,
    AccountOutcome,
    BusinessDetailsInput,
    CreateCustomerInput,
    DeleteCustomerInput,
    NewAccountInput,
    PersonDetailsInput,
    SetCustomerAccountInput,
    UpdateCustomerInput,
)
from resolvers.lifetime import revalue
from resolvers.ownership import choose_owner
from resolvers.uses import expect_unused
from resolvers.writing import Found, Write, Written

TEXTS = {"name": 255, "email": 320, "phone": 64, "website": 2048, "origin_id": 255}
"""The texts of a customer and their most characters."""
DETAILS = {"person": ("PERSON", PersonDetailsInput), "business": ("BUSINESS", BusinessDetailsInput)}
ACCOUNT_KINDS = {"PERSON": "PERSON", "BUSINESS": "COMPANY"}
USES = {
    "orders": Hop(("PLACED",), Direction.OUT, "Order"),
    "users": Hop(("USER_OF",), Direction.IN, "CustomerUser"),
    "children": Hop(("CHILD_OF",), Direction.IN, "Customer"),
}
"""What keeps a customer from being deleted."""


async def create_customer(write: Write, given: CreateCustomerInput) -> Written:
    """Make a customer, and its account unless one is named or matches."""
    write.expect_level("Customer", "CREATE")
    channel = await write.find(given.channel_id, "Channel", "channelId")
    if channel and channel.properties.get("status") != "ACTIVE":
        write.refuse("CONFLICT", f"The channel {channel.shown} is inactive and takes no new data.", "channelId")
    kind = _kind(write, given)
    properties = _properties(write, given, kind)
    group = await write.find(given.group_id, "CustomerGroup", "groupId") if given.group_id else None
    parent = await write.find(given.parent_id, "Customer", "parentId") if given.parent_id else None
    owner = await choose_owner(write, given.owner_id)
    write.settle()
    if channel is None or owner is None:
        return Written()
    properties |= {"channelId": channel.uuid, "ownerId": owner}
    properties["displayName"] = display_name(properties)
    account, outcome = await choose_account(write, given.account or None, properties, owner)
    links = {"channel": [channel.uuid], "account": [account], "owner": [owner]}
    links |= {name: [found.uuid] for name, found in (("group", group), ("parent", parent)) if found}
    made = await write.create("Customer", properties, links, follows={"lifetimeValue": 0})
    return _written(made, account, outcome)


async def update_customer(write: Write, given: UpdateCustomerInput) -> Written:
    """Change a customer; its name for people and what it matches by follow."""
    customer = await write.find(given.id, "Customer", "id", action="EDIT")
    write.expect(customer, given.expected_version)
    group = await write.find(given.group_id, "CustomerGroup", "groupId") if given.group_id else None
    if customer is None:
        return Written()
    told = _properties(write, given, str(customer.properties.get("kind")))
    for name in ("origin_id", "status", "business", "group_id"):
        if not write.viewer.staff and getattr(given, name) is not UNSET:
            write.refuse("FORBIDDEN", "This is for those who sell to you.", to_camel_case(name))
    write.settle()
    there = {**customer.properties, **{key: value for key, value in told.items() if value is not UNSET}}
    follows = {"displayName": display_name(there), "matchKey": _match_key(there)}
    links = {} if given.group_id is UNSET else {"group": [group.uuid] if group else []}
    await write.change(customer, {**told, **follows}, links)
    if links:
        # Customer users see the group of their own customer.
        await write.run(raise_access_version(write.viewer.organization_id))
    return Written.one("customer", customer)


async def delete_customer(write: Write, given: DeleteCustomerInput) -> Written:
    """Delete a customer on which nothing depends."""
    customer = await write.find(given.id, "Customer", "id", action="DELETE")
    write.expect(customer, given.expected_version)
    if customer is None:
        return Written()
    await expect_unused(write, customer, USES, "Delete or move them first.")
    write.settle()
    accounts = await write.linked(customer.place, "account")
    await write.delete(customer)
    await revalue(write, accounts=accounts)
    return Written(values={"deletedId": customer.id})


async def set_customer_account(write: Write, given: SetCustomerAccountInput) -> Written:
    """Put a customer under another account, or a new one made after it; an emptied account stays."""
    customer = await write.find(given.customer_id, "Customer", "customerId", action="EDIT")
    write.expect(customer, given.expected_version)
    if not write.viewer.staff:
        write.refuse("FORBIDDEN", "Accounts are for those who sell to you.", "account")
    write.settle()
    if customer is None:
        return Written()
    owner = customer.properties.get("ownerId") or write.viewer.id
    account, outcome = await choose_account(write, given.account, customer.properties, str(owner))
    before = await write.linked(customer.place, "account")
    await write.change(customer, {}, {"account": [account]})
    await revalue(write, accounts={*before, account})
    return _written(customer, account, outcome)


async def choose_account(
    write: Write, choice: AccountChoiceInput | None, customer: Mapping[str, Any], owner: str
) -> tuple[str, AccountOutcome]:
    """The UUID of the account for a customer of these properties, and where it came from.

    Raises:
        Refused: the account that is named is not there for the viewer.
    """
    if choice is not None and choice.id:
        account = await write.find(choice.id, "Account", "account", "id")
        write.settle()
        return (account.uuid if account else ""), AccountOutcome.GIVEN
    # Where email addresses are hidden nobody finds out whose they are by trying.
    hidden = ("Customer", "EMAIL") in write.viewer.grants.hidden
    if choice is not None and choice.match and not hidden and (key := _match_key(customer)):
        # Of two who match each other at once, the second finds what the first has made.
        await write.lock("match", key)
        found = await write.run(account_that_matches(key, write.access("VIEW"), write.inputs))
        if found:
            return str(found[0]), AccountOutcome.MATCHED
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


def display_name(customer: Mapping[str, Any]) -> str:
    """The name of a customer for people: its name, else the person's, else its email, else its key."""
    person = " ".join(part for part in (customer.get("firstName"), customer.get("lastName")) if part)
    key = f"Customer {customer.get('originId') or ''}".strip()
    return str(customer.get("name") or person or customer.get("email") or key)


def _written(customer: Found, account: str, outcome: AccountOutcome) -> Written:
    records = {"customer": (customer.type_name, customer.uuid), "account": ("Account", account)}
    return Written(records, {"accountOutcome": outcome.name})


def _match_key(customer: Mapping[str, Any]) -> str | None:
    return match_key(customer.get("firstName"), customer.get("lastName"), customer.get("email"))


def _kind(write: Write, given: CreateCustomerInput) -> str:
    """Person or business, as the input says or its details tell."""
    kind = given.kind.name if given.kind else "PERSON" if given.person else "BUSINESS"
    if kind not in ACCOUNT_KINDS:
        write.refuse("INVALID", "A customer is a PERSON or a BUSINESS.", "kind")
    return kind


def _properties(write: Write, given: CreateCustomerInput | UpdateCustomerInput, kind: str) -> dict[str, Any]:
    """What is stored of the details of an input; UNSET where it says nothing."""
    stored: dict[str, Any] = {
        to_camel_case(name): write.optional(getattr(given, name), to_camel_case(name), most=most)
        for name, most in TEXTS.items()
    }
    stored["status"] = given.status.name if given.status else given.status
    if isinstance(given, CreateCustomerInput):
        stored |= {"kind": kind, "status": stored["status"] or "ACTIVE"}
    for name, (of, cls) in DETAILS.items():
        details = getattr(given, name)
        if details and kind != of:
            write.refuse("INVALID", f"Only a {of} has this, and the customer is a {kind}.", name)
        elif details:
            stored |= dict(_details(write, name, cls, details))
    if isinstance(given, CreateCustomerInput):
        stored["matchKey"] = _match_key({key: value for key, value in stored.items() if value is not UNSET})
    return stored


def _details(write: Write, name: str, cls: type, details: Any) -> Iterator[tuple[str, Any]]:
    for attribute in cls.__annotations__:
        value, key = getattr(details, attribute), to_camel_case(attribute)
        match value:
            case str():
                yield key, write.optional(value, name, key)
            case Enum():
                yield key, value.name
            case int() if not isinstance(value, bool) and value < 0:
                write.refuse("INVALID", "It is 0 or more.", name, key)
            case _ if key == "birthday" and value and value is not UNSET and value > write.now.date():
                write.refuse("INVALID", "A date of birth is not in the future.", name, key)
            case _:
                yield key, value
