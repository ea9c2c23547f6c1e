"""The mutation that merges contacts, with their email addresses, phone numbers, addresses and profiles."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from cypher.trees import way_down
from resolvers.contacts import PRIMARIES, display_name
from resolvers.merge_inputs import MergeContactsInput
from resolvers.merges import ACTIVITIES, TAGS, chosen_fields, expect_assignable, taken_over
from resolvers.merging import Merge, begin_merge
from resolvers.parts import ONE_ONLY, PRIMARY, parts_of, social_key
from resolvers.records import Found, Written
from resolvers.writing import Write

TAKEN = ("namePrefix", "firstName", "lastName", "nameSuffix", "gender", "birthday", "jobTitle", "source", "method")


async def merge_contacts(write: Write, given: MergeContactsInput) -> Written:
    """Merge contacts into one."""
    # One move at a time in an organisation: of two that close a circle together the second sees the first.
    await write.lock("reports")
    merge = await begin_merge(write, given, "Contact")
    if merge is None:
        return Written()
    chosen = chosen_fields(merge, given.fields or [])
    merge.choose(TAGS, given.tags, "tags")
    merge.choose(ACTIVITIES, given.activities, "activities")
    assigned = await expect_assignable(merge, chosen.get("owner"))
    properties, links = await taken_over(merge, chosen, TAKEN, "reportsTo")
    if "assignedTo" in chosen:
        links["assignedTo"] = await write.linked(chosen["assignedTo"].place, "assignedTo")
    await _expect_no_circle(merge, links)
    write.settle()
    parts = {field: await _parts(merge, field) for field in (*PRIMARIES, "addresses", "socials")}
    for field, key in PRIMARIES.items():
        primary = _unite_texts(merge, parts[field], key, chosen.get(key, merge.master))
        await _mark(write, parts[field].values(), primary)
        properties[key] = primary.properties.get(key) if primary else merge.master.properties.get(key)
    await _unite_addresses(write, parts["addresses"])
    _unite_socials(merge, parts["socials"])
    properties["displayName"] = display_name({**merge.master.properties, **properties})
    await merge.move()
    told = {name: value for name, value in properties.items() if merge.master.properties.get(name) != value}
    await merge.change(told, links, assigned=assigned)
    return await merge.written("contact", preview=given.dry_run)


Lists = dict[str, list[Found]]
"""The parts of one kind, by the UUID of the contact that has them, the master first."""


async def _parts(merge: Merge, field: str) -> Lists:
    return {uuid: await parts_of(merge.write, found, field) for uuid, found in merge.group.items()}


def _unite_texts(merge: Merge, parts: Lists, key: str, source: Found) -> Found | None:
    """Leave out the texts that the master has already; the part that is the primary one then."""
    kept: dict[str, Found] = {}
    for own in parts.values():
        for part in own:
            text = str(part.properties.get(key)).casefold()
            if kept.setdefault(text, part) is not part:
                merge.staying.add(part.uuid)
        own[:] = [part for part in own if part.uuid not in merge.staying]
    wanted = str(source.properties.get(key)).casefold()
    marked = (part for part in kept.values() if part.properties.get(PRIMARY))
    return kept.get(wanted) or next(marked, next(iter(kept.values()), None))


async def _unite_addresses(write: Write, parts: Lists) -> None:
    """One of them is primary, and a type that stands on one address only is taken from the others."""
    every = [part for own in parts.values() for part in own]
    primary = next((part for part in every if part.properties.get(PRIMARY)), next(iter(every), None))
    seen: set[Any] = set()
    for part in every:
        type_name = part.properties.get("type")
        taken = type_name in ONE_ONLY and type_name in seen
        seen.add(type_name)
        await write.change(part, {PRIMARY: part is primary, **({"type": None} if taken else {})}, within="")


def _unite_socials(merge: Merge, parts: Lists) -> None:
    """Leave out the profiles that the master has already."""
    seen: set[tuple[str, str]] = set()
    for part in (part for own in parts.values() for part in own):
        profile = social_key(part.properties)
        if profile in seen:
            merge.staying.add(part.uuid)
        seen.add(profile)


async def _mark(write: Write, parts: Iterable[list[Found]], primary: Found | None) -> None:
    for own in parts:
        for part in own:
            await write.change(part, {PRIMARY: part is primary}, within="")


async def _expect_no_circle(merge: Merge, links: dict[str, Any]) -> None:
    """Refuse a merge after which the master would report to itself through those who reported to the others."""
    write, master = merge.write, merge.master
    managers = links.get("reportsTo", await write.linked(master.place, "reportsTo"))
    for uuid in managers:
        manager = await write.read("Contact", uuid)
        for found in merge.group.values():
            ways = await write.run(
                way_down(found.place, manager.place, "REPORTS_TO", write.access("VIEW"), write.inputs)
            )
            if ways:
                message = f"{found.shown} would report to itself: {', '.join(ways[0])}. Move one of them first."
                write.refuse("CYCLE", message, "fields")
                return
