"""The contacts of the new customers of a bulk write in a channel of type WEB, for all of them at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from cypher import bulk_contacts
from graph.ids import global_id, new_id
from resolvers.bulk_rows import Row, Rows
from resolvers.contacts import PRIMARIES, display_name
from resolvers.links import End
from resolvers.records import Found
from resolvers.web_contacts import LINK, PARTS, contact_key, is_web, person_of


@dataclass(slots=True)
class _Account:
    """An account that is locked: its contacts before and after, and the default one."""

    before: Mapping[str, Mapping[str, Any]]
    default_before: str | None
    after: dict[str, Mapping[str, Any]] = field(init=False)
    default: str | None = field(init=False)

    def __post_init__(self) -> None:
        self.after, self.default = dict(self.before), self.default_before

    def add(self, contact: str) -> bool:
        """Make somebody a contact, the default one where there is none; whether that is new."""
        if contact in self.after:
            return False
        is_first = self.default is None
        self.after[contact] = {**LINK, "isDefault": is_first}
        self.default = contact if is_first else self.default
        return True


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
    write, organization = rows.write, rows.write.viewer.organization_id
    # No two writes at once make different contacts the default one.
    locked = await write.run(bulk_contacts.lock_accounts(sorted({accounts[row.uuid] for row in people}), organization))
    held = {uuid: _Account(dict(contacts), default) for uuid, contacts, default in locked}
    found = await _find_or_make(rows, people, accounts)
    attached = []
    for row in people:
        account, contact = accounts[row.uuid], found[row.uuid]
        joins = held[account].add(contact)
        is_default = joins and held[account].default == contact
        link = {"account": account if joins else None, "default": is_default}
        attached.append({"customer": row.uuid, "contact": contact, **link})
    await write.run(bulk_contacts.attach_contacts(attached, LINK["role"], organization))
    await write.expect_there(found[row.uuid] for row in people)
    await _note_accounts(rows, held)
    return found


async def _find_or_make(rows: Rows, people: Sequence[Row], accounts: Mapping[str, str]) -> dict[str, str]:
    """The contacts of customers: those that are one person under one account have one."""
    write = rows.write
    keys = {row.uuid: contact_key(write, row.stored) for row in people}
    asked = list(dict.fromkeys((accounts[uuid], key) for uuid, key in keys.items() if key))
    named = [[account, *key.split("\x1f")] for account, key in asked]
    matched = await write.run(bulk_contacts.contacts_that_match(named, write.access("VIEW"), write.inputs))
    known = {asked[place]: uuid for place, uuid in matched}
    found, made = {}, []
    for row in people:
        key = keys[row.uuid]
        one = known.get((accounts[row.uuid], key)) if key else None
        if one is None:
            made.append(_made(rows, row))
            one = made[-1]["set"]["id"]
        if key:
            known[accounts[row.uuid], key] = one
        found[row.uuid] = one
    shared = {
        "organizationId": write.viewer.organization_id,
        "version": 1,
        "createdAt": write.now,
        "updatedAt": write.now,
    }
    await write.run(bulk_contacts.create_contacts(made, shared))
    return found


def _made(rows: Rows, row: Row) -> dict[str, Any]:
    """A contact to be, with its parts; each is noted as made."""
    person, owner = person_of(row.stored), row.ends["ownerId"]
    stored = {**person, "displayName": display_name(person), "ownerId": owner[1]}
    made: dict[str, Any] = {"set": {**stored, "id": new_id()}, "owner": owner[1]}
    links: list[tuple[str, Any, Any]] = [("owner", None, global_id(*owner))]
    for name, key in PRIMARIES.items():
        part = {key: person[key], "isPrimary": True} if key in person else None
        made[name] = [{**part, "id": new_id()}] if part else []
        for one in made[name]:
            rows.write.note(rows.record(PARTS[key], one["id"]), "CREATE", {}, part or {})
            links.append((name, None, [global_id(PARTS[key], one["id"])]))
    rows.write.note(rows.record("Contact", made["set"]["id"]), "CREATE", {}, stored, links)
    return made


async def _note_accounts(rows: Rows, held: Mapping[str, _Account]) -> None:
    changed = {uuid: account for uuid, account in held.items() if account.after != account.before}
    if not changed:
        return
    await rows.write.run(bulk_contacts.touch_accounts(list(changed), rows.write.viewer.organization_id, rows.write.now))
    for uuid, account in changed.items():
        moved: list[tuple[str, Any, Any]] = [("contacts", _shown(account.before), _shown(account.after))]
        if account.default != account.default_before:
            was, now = (one and global_id("Contact", one) for one in (account.default_before, account.default))
            moved.append(("defaultContact", was, now))
        rows.write.note(rows.record("Account", uuid), "EDIT", {}, {}, moved)


def _shown(contacts: Mapping[str, Mapping[str, Any]]) -> list[Any]:
    return [End(uuid, "Contact", link).shown for uuid, link in sorted(contacts.items())]
