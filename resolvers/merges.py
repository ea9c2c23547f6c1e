"""The mutations that merge accounts and contacts."""

from __future__ import annotations

from typing import Any

from strawberry.utils.str_converters import to_camel_case

from resolvers.accounts import default_contact
from resolvers.lifetime import revalue
from resolvers.merge_inputs import MergeAccountsInput
from resolvers.merging import Merge, begin_merge
from resolvers.records import Found, Written
from resolvers.writing import Write

CONTACTS, TAGS, ACTIVITIES = ("HAS_CONTACT", True), ("TAGGED", True), ("REGARDING", False)


async def merge_accounts(write: Write, given: MergeAccountsInput) -> Written:
    """Merge accounts into one."""
    merge = await begin_merge(write, given, "Account")
    if merge is None:
        return Written()
    chosen = chosen_fields(merge, given.fields or [])
    source = merge.choose(CONTACTS, given.contacts, "contacts")
    merge.choose(TAGS, given.tags, "tags")
    merge.choose(ACTIVITIES, given.activities, "activities")
    assigned = await expect_assignable(merge, chosen.get("owner"))
    properties, links = await taken_over(merge, chosen, ("name", "kind", "description"), "referredBy")
    default = await _default(merge, chosen.get("defaultContact") or source)
    write.settle()
    await merge.move()
    contacts = await write.links(merge.master.place, "contacts")
    links |= default_contact(contacts, default)
    await merge.change(properties, links, assigned=assigned)
    await revalue(write, accounts=[merge.master.uuid])
    return await merge.written("account", preview=given.dry_run)


def chosen_fields(merge: Merge, given: Any) -> dict[str, Found]:
    """The record that each field is taken from, by the name of the field."""
    chosen: dict[str, Found] = {}
    for place, one in enumerate(given):
        name = to_camel_case(one.field.name.lower())
        found = merge.source(one.source_id, "fields", str(place), "sourceId")
        if name in chosen:
            merge.write.refuse("INVALID", "The field is in the list already.", "fields", str(place), "field")
        elif found:
            chosen[name] = found
    return chosen


async def expect_assignable(merge: Merge, source: Found | None) -> bool:
    """Whether the master gets another owner, which takes the right to assign it."""
    if source is None or source.properties.get("ownerId") == merge.master.properties.get("ownerId"):
        return False
    await merge.write.find(merge.master.id, merge.record.name, "fields", action="ASSIGN")
    return True


async def taken_over(
    merge: Merge, chosen: dict[str, Found], properties: tuple[str, ...], above: str
) -> tuple[dict[str, Any], dict[str, Any]]:
    """What the master takes over: properties and links. A link to one that is merged into it would lead to itself."""
    write, master = merge.write, merge.master
    taken = {name: chosen[name].properties.get(name) for name in properties if name in chosen}
    if "name" in taken:
        taken["displayName"] = chosen["name"].properties["displayName"]
    links: dict[str, Any] = {}
    if "owner" in chosen:
        taken["ownerId"] = chosen["owner"].properties.get("ownerId")
        links["owner"] = await write.linked(chosen["owner"].place, "owner")
    there = await write.linked(master.place, above)
    ends = await write.linked(chosen[above].place, above) if above in chosen else there
    kept = [uuid for uuid in ends if uuid not in merge.group]
    if kept != there:
        links[above] = kept
    return taken, links


async def _default(merge: Merge, source: Found | None) -> str | None:
    """The default contact: that of the source, else the master's, else that of the first account that has one."""
    sources = [source] if source else [merge.master, *merge.others]
    for found in sources:
        if defaults := await merge.write.linked(found.place, "defaultContact"):
            return defaults[0]
    return None
