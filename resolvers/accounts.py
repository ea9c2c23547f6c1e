"""Mutations of accounts: made, changed, deleted when nothing depends on them."""

from __future__ import annotations

from typing import Any

from strawberry import UNSET

from graph.model import Direction, Hop
from resolvers.account_inputs import AccountDetails, CreateAccountInput, DeleteAccountInput, UpdateAccountInput
from resolvers.deletion import deleted, find_to_delete
from resolvers.links import Links, Properties
from resolvers.ownership import choose_owner
from resolvers.records import Found, Written
from resolvers.uses import expect_unused
from resolvers.writing import Write

LONGEST_DESCRIPTION = 10_000
KINDS = ("PERSON", "HOUSEHOLD", "COMPANY", "GROUP")
USES = {
    "customers": Hop(("BELONGS_TO",), Direction.IN, "Customer"),
    "leads": Hop(("LEAD_OF",), Direction.IN, "Lead"),
    "opportunities": Hop(("OPPORTUNITY_OF",), Direction.IN, "Opportunity"),
    "cases": Hop(("CASE_OF",), Direction.IN, "Case"),
}
"""What keeps an account from being deleted."""


async def create_account(write: Write, given: CreateAccountInput) -> Written:
    """Make an account."""
    write.expect_level("Account", "CREATE")
    properties = {**write.named(given.name), **stored_details(write, given)}
    links = await _links(write, given, None)
    owner = await choose_owner(write, given.owner_id)
    write.settle()
    made = await write.create("Account", {**properties, "ownerId": owner}, {**links, "owner": [str(owner)]})
    return Written.one("account", made)


async def update_account(write: Write, given: UpdateAccountInput) -> Written:
    """Change an account."""
    account = await write.find(given.id, "Account", "id", action="EDIT")
    write.expect(account, given.expected_version)
    properties = {**write.named(given.name), **stored_details(write, given)}
    links = await _links(write, given, account)
    if account is None:
        return Written()
    write.settle()
    await write.change(account, properties, links)
    return Written.one("account", account)


async def delete_account(write: Write, given: DeleteAccountInput) -> Written:
    """Delete an account on which nothing depends."""
    account = await find_to_delete(write, given, "Account")
    await expect_unused(write, account, USES, "Move them to another account, or delete them, first.")
    return await deleted(write, account, "lifetimeHistory")


def default_contact(contacts: dict[str, Properties], contact: str | None) -> Links:
    """The links of an account with these contacts when another one of them, or a new one, or none is its default."""
    marked = {uuid: {**link, "isDefault": False} if link.get("isDefault") else link for uuid, link in contacts.items()}
    if contact:
        marked[contact] = {**marked.get(contact, {}), "isDefault": True}
    return {"contacts": marked, "defaultContact": [contact] if contact else []}


def stored_details(write: Write, given: AccountDetails) -> dict[str, Any]:
    """What is stored of the details of an input; UNSET where it says nothing."""
    if given.kind and given.kind.name not in KINDS:
        write.refuse("INVALID", f"An account is one of {', '.join(KINDS)}.", "kind")
    return {
        "kind": given.kind.name if given.kind else given.kind,
        "description": write.optional(given.description, "description", most=LONGEST_DESCRIPTION),
    }


async def _links(write: Write, given: AccountDetails, account: Found | None) -> dict[str, Any]:
    """The links of an account as its input says."""
    links: dict[str, Any] = {}
    if given.referred_by_id is not UNSET:
        referrer = await _found(write, given.referred_by_id, "Account", "referredById")
        links["referredBy"] = [referrer.uuid] if referrer else []
        if referrer and account and referrer.uuid == account.uuid:
            write.refuse("INVALID", "No account refers itself.", "referredById")
    if given.default_contact_id is not UNSET:
        contact = await _found(write, given.default_contact_id, "Contact", "defaultContactId")
        contacts = await write.links(account.place, "contacts") if account else {}
        links |= default_contact(contacts, contact.uuid if contact else None)
    return links


async def _found(write: Write, text: str | None, type_name: str, where: str) -> Found | None:
    """The record that an id names; None where there is no id."""
    return await write.find(text, type_name, where) if text is not None else None
