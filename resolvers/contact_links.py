"""Mutations that link contacts to accounts, customers, leads and opportunities, with what they are there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

from strawberry import UNSET

from graph.errors import BadInput
from graph.ids import parse_global_id, uuid_in
from resolvers.accounts import default_contact
from resolvers.contact_inputs import ContactLinkDetails, LinkContactInput, NewContactLinkInput, UnlinkContactInput
from resolvers.links import Links, Properties
from resolvers.records import Found, Written
from resolvers.writing import MOST_IDS, Write

HOLDERS = ("Account", "Customer", "Lead", "Opportunity")
"""Records that contacts are linked to."""


async def link_contact(write: Write, given: LinkContactInput) -> Written:
    """Link a contact to a record, or change what the link says."""
    # Users of a customer see its contacts, and may change them as their roles let them.
    record, contact = await _both(write, given, action="EDIT" if _names_customer(given.record_id) else "VIEW")
    write.expect(record, given.expected_version)
    if record:
        check_link(write, record, given)
    if record is None or contact is None:
        return Written()
    write.settle()
    await attach(write, record, contact.uuid, given)
    return _written(record, contact)


async def unlink_contact(write: Write, given: UnlinkContactInput) -> Written:
    """Take away the link of a contact to a record."""
    record, contact = await _both(write, given)
    write.expect(record, given.expected_version)
    if record is None or contact is None:
        return Written()
    links = await write.links(record.place, "contacts")
    if contact.uuid not in links:
        write.refuse("NOT_FOUND", f"{contact.shown} is not linked to {record.shown}.", "contactId")
    write.settle()
    del links[contact.uuid]
    was_default = contact.uuid in await _default(write, record)
    await write.change(record, {}, default_contact(links, None) if was_default else {"contacts": links})
    return Written(_written(record, contact).records, {"wasDefault": was_default})


def check_link(write: Write, record: Found, given: ContactLinkDetails, *where: str) -> None:
    """Refuse what can't be said of a contact at a record."""
    if given.is_default is not UNSET and record.type_name != "Account":
        write.refuse("INVALID", "Only accounts have a default contact.", *where, "isDefault")
    for name in ("role", "position"):
        write.optional(getattr(given, name), *where, name)


async def attach(write: Write, record: Found, contact: str, given: ContactLinkDetails) -> None:
    """Link a contact to a locked record as `check_link` has let pass."""
    links: Links = {"contacts": await write.links(record.place, "contacts")}
    if record.type_name == "Account":
        links = {**links, "defaultContact": await _default(write, record)}
    await write.change(record, {}, with_contact(write, links, contact, given))


def with_contact(write: Write, links: Links, contact: str, given: ContactLinkDetails) -> Links:
    """The links of a record, of an account with `defaultContact`, when a contact is one of its `contacts`."""
    contacts: dict[str, Properties] = dict(links["contacts"])  # type: ignore[arg-type]
    said = {name: write.optional(getattr(given, name), name) for name in ("role", "position")}
    there = contacts.get(contact)
    contacts[contact] = {**(there or {}), **{name: value for name, value in said.items() if value is not UNSET}}
    if "defaultContact" not in links:
        return {"contacts": contacts}
    default = links["defaultContact"]
    contacts[contact] = {"isDefault": False, **contacts[contact]}
    # As imports have it, the first one becomes the default.
    wanted = given.is_default if isinstance(given.is_default, bool) else there is None and not default
    if wanted and contact not in default:
        return default_contact(contacts, contact)
    if given.is_default is False and contact in default:
        return default_contact(contacts, None)
    return {"contacts": contacts, "defaultContact": default}


async def links_of_new(
    write: Write, given: Sequence[NewContactLinkInput] | None
) -> list[tuple[Found, NewContactLinkInput]]:
    """The records that a new contact is to be linked to, locked in the order of their UUIDs, with what it is there."""
    if given is UNSET or given is None:
        return []
    if len(given) > MOST_IDS:
        write.refuse("INVALID", f"Name at most {MOST_IDS} records.", "links")
        return []
    found = []
    for place, link in sorted(enumerate(given), key=lambda one: uuid_in(one[1].record_id)):
        record = await write.find(link.record_id, HOLDERS, "links", str(place), "recordId", action="EDIT")
        if record:
            check_link(write, record, link, "links", str(place))
            found.append((record, link))
    return found


async def find_locked(write: Write, asked: Mapping[str, tuple[str, tuple[str, ...], str]]) -> dict[str, Found | None]:
    """The records at both ends of a link, locked in the order of their UUIDs.

    Args:
        write: the mutation.
        asked: by the field of the input: the id, the types that it can be of, and what is to be done.
    """
    return {
        where: await write.find(text, types, where, action=action)
        for where, (text, types, action) in sorted(asked.items(), key=lambda one: uuid_in(one[1][0]))
    }


async def _both(write: Write, given: Any, *, action: str = "VIEW") -> tuple[Found | None, Found | None]:
    """The record and the contact that an input names."""
    asked = {"recordId": (given.record_id, HOLDERS, "EDIT"), "contactId": (given.contact_id, ("Contact",), action)}
    found = await find_locked(write, asked)
    return found["recordId"], found["contactId"]


def _names_customer(text: str) -> bool:
    with suppress(BadInput):
        return parse_global_id(text)[0] == "Customer"
    return False


async def _default(write: Write, record: Found) -> list[str]:
    return await write.linked(record.place, "defaultContact") if record.type_name == "Account" else []


def _written(record: Found, contact: Found) -> Written:
    return Written({"contact": (contact.type_name, contact.uuid), "record": (record.type_name, record.uuid)})
