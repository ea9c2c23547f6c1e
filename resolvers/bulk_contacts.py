"""The contacts of the new customers of a bulk write in a channel of type WEB, for all of them at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from cypher.bulk import contacts_that_match
from cypher.writes import lock_all
from resolvers.bulk_rows import Row, Rows
from resolvers.bulk_writing import link_all, make
from resolvers.contact_inputs import ContactLinkDetails
from resolvers.contact_row_links import join_contacts
from resolvers.contact_rows import CONTACTS
from resolvers.contacts import PRIMARIES, display_name
from resolvers.parts import PRIMARY, Part, Parts
from resolvers.records import Found
from resolvers.web_contacts import LINK, PARTS, contact_key, is_web, person_of


async def give_contacts(
    rows: Rows, channel: Found, new: Sequence[Row], accounts: Mapping[str, str]
) -> Mapping[str, str]:
    """Give new customers their contacts, as a single one gets one.

    Args:
        rows: of the bulk write.
        channel: of the customers.
        new: those whose customers were made, with accounts and without contacts so far.
        accounts: the UUIDs of the accounts by those of the customers.

    Returns:
        The UUIDs of the contacts by those of the customers, for those that have one.
    """
    people = [row for row in new if person_of(row.stored)]
    if not people or not await is_web(rows.write, channel):
        return {}
    # No two writes at once make different contacts the default one.
    held = {accounts[row.uuid] for row in people}
    await rows.write.run(lock_all(["Account"], list(held), rows.write.viewer.organization_id))
    found = await _find_or_make(rows, people, accounts)
    await link_all(rows, "Customer", "contacts", {customer: {one: LINK} for customer, one in found.items()}, found)
    link = ContactLinkDetails(role=LINK["role"])
    joining = [(accounts[row.uuid], found[row.uuid], link) for row in people]
    await join_contacts(rows, "Account", joining, again=False)
    return found


async def _find_or_make(rows: Rows, people: Sequence[Row], accounts: Mapping[str, str]) -> dict[str, str]:
    """The contacts of customers: those that are one person under one account have one."""
    write = rows.write
    keys = {row.uuid: contact_key(write, row.stored) for row in people}
    asked = list(dict.fromkeys((accounts[uuid], key) for uuid, key in keys.items() if key))
    matched = await write.run(contacts_that_match(asked, write.access("VIEW"), write.inputs))
    known: dict[tuple[str, str], str | Row] = {asked[place]: uuid for place, uuid in matched}
    found: dict[str, str | Row] = {}
    made: list[Row] = []
    for row in people:
        key = keys[row.uuid]
        one = known.get((accounts[row.uuid], key)) if key else None
        if one is None:
            one = _contact(row)
            made.append(one)
        if key:
            known[accounts[row.uuid], key] = one
        found[row.uuid] = one
    await make(Rows(write, CONTACTS, rows.policy, made), within="")
    return {uuid: one.uuid if isinstance(one, Row) else one for uuid, one in found.items()}


def _contact(row: Row) -> Row:
    """The contact of a customer, as a row of a bulk write would make it."""
    person = person_of(row.stored)
    write = replace(row.write, problems=[])
    contact = Row(row.place, row.within, row.given, write, ends={"ownerId": row.ends["ownerId"]})
    contact.stored = {**person, "displayName": display_name(person)}
    for field, key in PRIMARIES.items():
        if key in person:
            contact.parts.append(Parts(field, PARTS[key], [Part(None, {key: person[key], PRIMARY: True})], []))
    return contact
