"""Mutations of contacts: with their parts, in a tree of who reports to whom, and never nameless."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from strawberry import UNSET
from strawberry.utils.str_converters import to_camel_case

from cypher.trees import way_down
from cypher.writes import lock_at_ends
from resolvers.accounts import default_contact
from resolvers.checks import birthday
from resolvers.contact_inputs import ContactDetails, CreateContactInput, DeleteContactInput, UpdateContactInput
from resolvers.contact_links import attach, links_of_new
from resolvers.deletion import deleted, find_to_delete
from resolvers.ownership import choose_owner, may_name_staff
from resolvers.parts import Parts, change_with, create_with, read_parts
from resolvers.records import Found, Written
from resolvers.writing import Write

TEXTS = ("name_prefix", "first_name", "last_name", "name_suffix", "job_title", "source")
PARTS = ("emails", "phones", "addresses", "socials")
PRIMARIES = {"emails": "email", "phones": "phone"}
"""The fields of a contact that hold its primary email address and phone number."""


async def create_contact(write: Write, given: CreateContactInput) -> Written:
    """Make a contact."""
    write.expect_level("Contact", "CREATE")
    parts = await _parts(write, given, None)
    told = stored_details(write, given, parts)
    expect_named(write, told)
    manager = await _manager(write, None, given.reports_to_id)
    assigned = await _assigned(write, given)
    owner = await choose_owner(write, given.owner_id)
    linked = await links_of_new(write, given.links)
    write.settle()
    properties = {**told, "displayName": display_name(told), "ownerId": owner}
    links = {"owner": [str(owner)], "reportsTo": [manager.uuid] if manager else [], **assigned}
    contact = await create_with(write, "Contact", properties, links, parts)
    for record, link in linked:
        await attach(write, record, contact.uuid, link)
    return Written.one("contact", contact)


async def update_contact(write: Write, given: UpdateContactInput) -> Written:
    """Change a contact; its name for people follows."""
    if given.reports_to_id:
        # One move at a time in an organisation: of two that close a circle together the second sees the first.
        await write.lock("reports")
    contact = await write.find(given.id, "Contact", "id", action="EDIT")
    write.expect(contact, given.expected_version)
    parts = await _parts(write, given, contact)
    told = stored_details(write, given, parts)
    manager = await _manager(write, contact, given.reports_to_id)
    assigned = await _assigned(write, given)
    if contact is None:
        return Written()
    after = {**contact.properties, **{key: value for key, value in told.items() if value is not UNSET}}
    expect_named(write, after)
    write.settle()
    links = assigned if given.reports_to_id is UNSET else {"reportsTo": [manager.uuid] if manager else [], **assigned}
    await change_with(write, contact, {**told, "displayName": display_name(after)}, links, parts)
    return Written.one("contact", contact)


async def delete_contact(write: Write, given: DeleteContactInput) -> Written:
    """Delete a contact with its parts; an account has no default contact then where it was this one."""
    contact = await find_to_delete(write, given, "Contact")
    write.settle()
    await write.run(lock_at_ends(contact.place, write.relation(contact.place, "accounts"), write.model))
    for uuid, link in (await write.links(contact.place, "accounts")).items():
        if link.get("isDefault"):
            account = await write.read("Account", uuid)
            links = default_contact(await write.links(account.place, "contacts"), None)
            await write.change(account, {}, links, within="")
    return await deleted(write, contact, *PARTS)


def display_name(contact: Mapping[str, Any]) -> str:
    """The name of a contact for people: first and last name, else its email address, else its phone number."""
    names = [contact.get(key) for key in ("firstName", "lastName")]
    person = " ".join(name for name in names if name and name is not UNSET)
    return str(person or contact.get("email") or contact.get("phone"))


async def _parts(write: Write, given: ContactDetails, contact: Found | None) -> list[Parts]:
    """What the lists of an input want."""
    if contact is None and isinstance(given, UpdateContactInput):
        return []
    return [
        part for field in PARTS for part in await read_parts(write, "Contact", contact, field, getattr(given, field))
    ]


def stored_details(write: Write, given: ContactDetails, parts: Sequence[Parts]) -> dict[str, Any]:
    """What is stored of an input; UNSET where it says nothing."""
    told = {to_camel_case(name): write.optional(getattr(given, name), to_camel_case(name)) for name in TEXTS}
    told["gender"] = given.gender.name if given.gender else given.gender
    told["method"] = given.method.name if given.method else given.method
    told["birthday"] = birthday(write, given.birthday, "birthday")
    primary = {PRIMARIES[part.field]: part for part in parts if part.field in PRIMARIES}
    return {**told, **{key: part.primary.get(key) for key, part in primary.items()}}


def expect_named(write: Write, contact: Mapping[str, Any]) -> None:
    """Refuse a contact that nothing names."""
    names = [contact.get(key) for key in ("firstName", "lastName", "email", "phone")]
    if not any(name and name is not UNSET for name in names):
        write.refuse("INVALID", "A contact has at least one of first name, last name, email and phone.")


async def _assigned(write: Write, given: ContactDetails) -> dict[str, list[str]]:
    """Who is to look after a contact, as its link; nothing where the input says nothing."""
    if given.assigned_to_id is UNSET:
        return {}
    if not may_name_staff(write, "assignedToId"):
        return {}
    user = await write.find(given.assigned_to_id, "User", "assignedToId") if given.assigned_to_id else None
    return {"assignedTo": [user.uuid] if user else []}


async def _manager(write: Write, contact: Found | None, text: str | None) -> Found | None:
    """The contact whom another one is to report to, unless that closes a circle."""
    if text is UNSET or text is None:
        return None
    manager = await write.find(text, "Contact", "reportsToId")
    if contact and manager:
        ways = await write.run(way_down(contact.place, manager.place, "REPORTS_TO", write.access("VIEW"), write.inputs))
        if ways:
            message = f"{manager.shown} is {contact.shown} or reports to them already: {', '.join(ways[0])}."
            write.refuse("CYCLE", message, "reportsToId")
    return manager
