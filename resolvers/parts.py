"""Parts of a record that an input lists: email addresses, phone numbers, postal addresses, profiles.

Of those that can be primary one is. The record that has them is locked when they are read, so that two lists at once
come one after the other.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

from strawberry import UNSET
from strawberry.utils.str_converters import to_camel_case

from cypher.writes import Place, properties_at_ends
from graph.model import Relation
from resolvers.checks import LONGEST_EMAIL, LONGEST_PHONE, LONGEST_URL, expect_email, expect_url
from resolvers.links import Links
from resolvers.records import Found
from resolvers.writing import MOST_IDS, Write

MOST = {"email": LONGEST_EMAIL, "phone": LONGEST_PHONE, "countryCode": 2, "url": LONGEST_URL}
"""The most characters of texts that may have another number of them than others."""
PLACE = ("street", "city", "region", "postalCode", "country", "countryCode")
ONE_ONLY = ("BILLING", "SHIPPING")
"""Types that stand on one address only."""
PRIMARY = "isPrimary"


@dataclass(frozen=True, slots=True)
class Part:
    """A part as it is to be: the one that is there, and the properties that the input gives it; null clears."""

    found: Found | None
    given: dict[str, Any]

    @property
    def after(self) -> dict[str, Any]:
        """Its properties then."""
        return {**(self.found.properties if self.found else {}), **self.given}


@dataclass(frozen=True, slots=True)
class Parts:
    """The parts that a field of a record is to lead to, and those that go."""

    field: str
    type_name: str
    kept: Sequence[Part]
    gone: Sequence[Found]

    @property
    def primary(self) -> Mapping[str, Any]:
        """The properties of the primary one; empty when there are no parts."""
        return next((part.after for part in self.kept if part.after.get(PRIMARY)), {})

    async def save(self, write: Write) -> list[str]:
        """Make and change them; the UUIDs of all."""
        return [await self._save(write, part) for part in self.kept]

    async def _save(self, write: Write, part: Part) -> str:
        if part.found is None:
            return (await write.create(self.type_name, part.given, within="")).uuid
        await write.change(part.found, part.given, within="")
        return part.found.uuid


async def read_parts(write: Write, type_name: str, whole: Found | None, field: str, items: Any) -> list[Parts]:
    """What a list of an input wants of the parts of a record: nothing when it is absent, all gone when it is null.

    Args:
        write: the mutation.
        type_name: the type of the record.
        whole: the record, locked; None when it is new.
        field: its field that leads to the parts, and the input's that lists them.
        items: the list.
    """
    there = {part.uuid: part for part in await parts_of(write, whole, field)} if whole and items is not UNSET else {}
    return parts_in(write, type_name, field, items, there)


def parts_in(write: Write, type_name: str, field: str, items: Any, there: Mapping[str, Found]) -> list[Parts]:
    """What a list of an input wants of the parts that a record has, by their UUIDs; all else is as in `read_parts`."""
    if items is UNSET:
        return []
    relation = write.model.records[type_name].fields[field]
    if not isinstance(relation, Relation):
        raise TypeError(f"{type_name}.{field} is no relation")
    if write.access("VIEW").hides(type_name, relation):
        # The list would replace what the viewer does not see.
        write.refuse("FORBIDDEN", "This is hidden from you: leave it out.", field)
        return []
    if items and len(items) > MOST_IDS:
        write.refuse("INVALID", f"List at most {MOST_IDS}.", field)
        return []
    parts = [_read(write, relation.target, there, item, field, str(at)) for at, item in enumerate(items or ())]
    _expect_once(write, parts, field)
    CHECKS[relation.target](write, parts, field)
    if PRIMARY in write.model.records[relation.target].fields:
        _choose_primary(write, parts, field)
    kept = [part.found.uuid for part in parts if part.found]
    return [Parts(field, relation.target, parts, [part for uuid, part in there.items() if uuid not in kept])]


async def parts_of(write: Write, whole: Found, field: str) -> list[Found]:
    """The parts that a field of a record leads to, in the order of their UUIDs."""
    relation = write.relation(whole.place, field)
    rows = await write.run(properties_at_ends(whole.place, relation, write.model))
    record = write.model.records[relation.target]
    return [Found(Place(record, row["id"], whole.place.organization_id), row) for row in rows]


async def create_with(
    write: Write,
    type_name: str,
    properties: Mapping[str, Any],
    links: Links,
    parts: Sequence[Parts],
    *,
    follows: Mapping[str, Any] | None = None,
) -> Found:
    """Make a record with its parts; all else is as in `Write.create`."""
    made = {one.field: await one.save(write) for one in parts}
    return await write.create(type_name, properties, {**links, **made}, follows=follows)


async def change_with(
    write: Write, whole: Found, properties: Mapping[str, Any], links: Links, parts: Sequence[Parts]
) -> None:
    """Change a record and its parts; it gets a new version when only a part has changed."""
    before = len(write.changes)
    saved = {one.field: await one.save(write) for one in parts}
    await write.change(whole, properties, {**links, **saved}, touched=len(write.changes) > before)
    for one in parts:
        for part in one.gone:
            await write.delete(part)


async def delete_with(write: Write, whole: Found, *fields: str) -> None:
    """Delete a record, with the parts that its fields lead to."""
    parts = [part for field in fields for part in await parts_of(write, whole, field)]
    await write.delete(whole)
    for part in parts:
        await write.delete(part)


def _read(write: Write, type_name: str, there: Mapping[str, Found], item: Any, *where: str) -> Part:
    """An item of a list."""
    found = None if item.id is UNSET or item.id is None else _named(write, type_name, there, item.id, *where)
    values: dict[str, Any] = {}
    for attribute in type(item).__annotations__:
        value, key = getattr(item, attribute), to_camel_case(attribute)
        if key == "id" or value is UNSET or (key == PRIMARY and value is None):
            continue
        if isinstance(value, str):
            value = write.optional(value, *where, key, most=MOST.get(key, 255))
        values[key] = value.name if isinstance(value, Enum) else value
    return Part(found, values)


def _named(write: Write, type_name: str, there: Mapping[str, Found], text: str, *where: str) -> Found | None:
    named = write.identify(text, (type_name,), *where, "id")
    if named and named[1] not in there:
        write.refuse("NOT_FOUND", f"The record has no such {type_name}.", *where, "id")
    return there.get(named[1]) if named else None


def _choose_primary(write: Write, parts: Sequence[Part], field: str) -> None:
    """Exactly one is primary: the one that is said, else the one that was, else the first."""
    said = [at for at, part in enumerate(parts) if part.given.get(PRIMARY)]
    for at in said[1:]:
        write.refuse("INVALID", "One is the primary one, and an earlier one is it already.", field, str(at), PRIMARY)
    was = [at for at, part in enumerate(parts) if PRIMARY not in part.given and part.after.get(PRIMARY)]
    primary = next(iter([*said, *was]), 0)
    for at, part in enumerate(parts):
        part.given[PRIMARY] = at == primary


def _expect_once(write: Write, parts: Sequence[Part], field: str) -> None:
    """Refuse a list that names a part twice."""
    named = [part.found.uuid if part.found else None for part in parts]
    for at, uuid in enumerate(named):
        if uuid is not None and uuid in named[:at]:
            write.refuse("INVALID", "This one is in the list already.", field, str(at), "id")


def _check_texts(key: str) -> Callable[[Write, Sequence[Part], str], None]:
    """Each has its text, and no two have the same in any case."""

    def check(write: Write, parts: Sequence[Part], field: str) -> None:
        seen: set[str] = set()
        for at, part in enumerate(parts):
            where, text = (field, str(at), key), part.after.get(key)
            if not text:
                write.refuse("INVALID", "Give it, or leave the item out of the list.", *where)
            elif text.casefold() in seen:
                write.refuse("INVALID", "This one is in the list already.", *where)
            elif key == "email" and key in part.given:
                expect_email(write, text, *where)
            seen.add((text or "").casefold())

    return check


def _check_addresses(write: Write, parts: Sequence[Part], field: str) -> None:
    """Each says where it is, and a type stands on one only."""
    seen: set[Any] = set()
    for at, part in enumerate(parts):
        where, type_ = (field, str(at)), part.after.get("type")
        code = part.given.get("countryCode")
        if not any(part.after.get(key) for key in PLACE):
            write.refuse("INVALID", f"Give at least one of {', '.join(PLACE)}.", *where)
        if code and not (len(code) == MOST["countryCode"] and code.isascii() and code.isalpha() and code.isupper()):
            write.refuse("INVALID", "A country code is two capital letters, such as DE.", *where, "countryCode")
        if type_ in ONE_ONLY and type_ in seen:
            write.refuse("INVALID", f"Another address is the {type_} one already.", *where, "type")
        seen.add(type_)


def _check_socials(write: Write, parts: Sequence[Part], field: str) -> None:
    """Each says on which network it is, and by which name or address; no two say the same."""
    seen: set[Any] = set()
    for at, part in enumerate(parts):
        where, after = (field, str(at)), part.after
        profile = social_key(after)
        if not after.get("network"):
            write.refuse("INVALID", "Say which network it is.", *where, "network")
        if not profile[1]:
            write.refuse("INVALID", "Give a handle or a url.", *where)
        elif profile in seen:
            write.refuse("INVALID", "This one is in the list already.", *where)
        if part.given.get("url"):
            expect_url(write, part.given["url"], *where, "url")
        seen.add(profile)


def social_key(profile: Mapping[str, Any]) -> tuple[str, str]:
    """What two profiles share that are the same: the network, and the handle or else the address, in any case."""
    return str(profile.get("network")), str(profile.get("handle") or profile.get("url") or "").casefold()


CHECKS: Mapping[str, Callable[[Write, Sequence[Part], str], None]] = {
    "ContactEmail": _check_texts("email"),
    "ContactPhone": _check_texts("phone"),
    "ContactSocial": _check_socials,
    "Address": _check_addresses,
}
"""What the parts of a type have to be together."""
