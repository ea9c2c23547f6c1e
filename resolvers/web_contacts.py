"""The contact of a customer who is made by hand in a channel of type WEB: the person who buys there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from cypher.bulk import contacts_that_match
from graph.matching import match_key
from resolvers.accounts import default_contact
from resolvers.contacts import PRIMARIES, display_name
from resolvers.parts import Parts
from resolvers.records import Found
from resolvers.writing import Write

WEB = "WEB"
"""The name of the type of channels whose customers are persons."""
LINK = {"role": "Contact"}
"""What such a contact is at the customer and the account, as imports have it."""
PARTS = {"email": "ContactEmail", "phone": "ContactPhone"}
NAMING = ("firstName", "lastName", "email", "phone")
COPIED = ("firstName", "lastName", "birthday", "gender", "email", "phone")


async def web_contact(
    write: Write, channel: Found, customer: Mapping[str, Any], addresses: Sequence[Parts], account: str, owner: str
) -> str | None:
    """The UUID of the contact of a customer to be, which is one of the account's then; None where there is none.

    A contact of the account with the same names and email address is taken, else one is made. It is the default contact
    of an account that had none.

    Args:
        write: the mutation.
        channel: of the customer.
        customer: the properties of the customer.
        addresses: those of the customer; a contact that is made has the same.
        account: UUID of its account, locked or new.
        owner: UUID of the owner of what is made.
    """
    person = person_of(customer)
    if not person or not await is_web(write, channel):
        return None
    contact = await _there(write, person, account) or await _made(write, person, addresses, owner)
    holder = await write.read("Account", account)
    links = await write.links(holder.place, "contacts")
    if contact not in links:
        default = await write.linked(holder.place, "defaultContact")
        links[contact] = {**LINK, "isDefault": False}
        await write.change(holder, {}, {"contacts": links} if default else default_contact(links, contact), within="")
    return contact


def person_of(customer: Mapping[str, Any]) -> dict[str, Any]:
    """What the contact of a customer says; nothing where nothing says who it is."""
    person = {key: value for key in COPIED if (value := customer.get(key))}
    return person if any(key in person for key in NAMING) else {}


def contact_key(write: Write, customer: Mapping[str, Any]) -> str | None:
    """What a contact shares with a customer who is the same person; None where that matches nobody."""
    # Where email addresses are hidden nobody finds out whose they are by trying.
    if ("Contact", "EMAIL") in write.viewer.grants.hidden:
        return None
    return match_key(customer.get("firstName"), customer.get("lastName"), customer.get("email"))


async def is_web(write: Write, channel: Found) -> bool:
    """Whether a channel is of type WEB."""
    kinds = [await write.read("ChannelType", uuid) for uuid in await write.linked(channel.place, "type")]
    return any(kind.properties.get("name") == WEB for kind in kinds)


async def _there(write: Write, person: Mapping[str, Any], account: str) -> str | None:
    """The contact of the account who is the person, as far as the viewer sees."""
    key = contact_key(write, person)
    if key is None:
        return None
    rows = await write.run(contacts_that_match([(account, key)], write.access("VIEW"), write.inputs))
    return str(rows[0][1]) if rows else None


async def _made(write: Write, person: Mapping[str, Any], addresses: Sequence[Parts], owner: str) -> str:
    links: dict[str, Any] = {"owner": [owner], **{one.field: await one.save(write) for one in addresses}}
    for field, key in PRIMARIES.items():
        if key in person:
            part = await write.create(PARTS[key], {key: person[key], "isPrimary": True}, within="")
            links[field] = [part.uuid]
    properties = {**person, "displayName": display_name(person), "ownerId": owner}
    return (await write.create("Contact", properties, links, within="")).uuid
