"""Mutations of channels and their types: what customers are there, what they can have, and how they are valued."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Any

from strawberry import UNSET

from cypher.channels import IN_CHANNEL, OF_CUSTOMERS, count_in_channel
from graph.model import Direction, Hop
from resolvers.channel_deletion import BATCH, do_all
from resolvers.channel_inputs import (
    ChannelTraits,
    CreateChannelInput,
    CreateChannelTypeInput,
    DeleteChannelInput,
    DeleteChannelMode,
    DeleteChannelTypeInput,
    SetChannelStatusInput,
    UpdateChannelInput,
    UpdateChannelTypeInput,
)
from resolvers.deletion import deleted, find_to_delete
from resolvers.jobs import begin_job, expect_no_job
from resolvers.ownership import OWNERS
from resolvers.records import Written
from resolvers.uses import expect_unused
from resolvers.writing import Write

KINDS = {
    DeleteChannelMode.RESTRICT: "DELETE_CHANNEL",
    DeleteChannelMode.DETACH: "DETACH_CHANNEL",
    DeleteChannelMode.CASCADE: "DELETE_CHANNEL",
}
"""What does it, by the mode; under RESTRICT nothing is left but the channel itself."""
RECORDS = {
    f"{name.lower()}s" if name != "Opportunity" else "opportunities": Hop(("IN_CHANNEL",), Direction.IN, name)
    for name in IN_CHANNEL
}
"""What keeps a channel from being deleted."""
WHOLE = ("ORGANIZATION", "SYSTEM")
LONGEST_NAME = 250
LONGEST_ENTITY = 100
MOST_ENTITIES = 50
USES = {"channels": Hop(("OF_TYPE",), Direction.IN, "Channel")}
"""What keeps a type of channels from being deleted."""


async def create_channel(write: Write, given: CreateChannelInput) -> Written:
    """Make a channel as its type says, but where the input says otherwise."""
    write.expect_level("Channel", "CREATE")
    kind = await write.find(given.type_id, "ChannelType", "typeId")
    defaults = kind.properties if kind else {}
    properties = {
        **_named(write, given.name),
        "source": write.optional(given.source, "source"),
        "status": given.status.name if given.status else "ACTIVE",
        "accountPolicy": given.account_policy.name if given.account_policy else "CREATE",
        **_traits(write, given, defaults),
    }
    owner = await _default_owner(write, given.default_owner_id)
    write.settle()
    if kind is None:
        return Written()
    return Written.one("channel", await write.create("Channel", properties, {"type": [kind.uuid], **owner}))


async def update_channel(write: Write, given: UpdateChannelInput) -> Written:
    """Change a channel; another rule values its customers anew."""
    channel = await write.find(given.id, "Channel", "id", action="EDIT")
    write.expect(channel, given.expected_version)
    before = channel.properties if channel else {}
    properties = {
        **({} if given.name is UNSET else _named(write, given.name)),
        "source": write.optional(given.source, "source"),
        "accountPolicy": _chosen(write, given.account_policy, "accountPolicy"),
        **_changes(write, given, before),
    }
    owner = await _default_owner(write, given.default_owner_id)
    if channel is None:
        return Written()
    if given.lifetime_rule is not UNSET:
        await expect_no_job(write, channel)
    write.settle()
    await write.change(channel, properties, owner)
    told = Written.one("channel", channel)
    if properties.get("lifetimeRule", UNSET) in (UNSET, before.get("lifetimeRule")):
        return told
    [[customers, *_]] = await write.run(count_in_channel(channel.place))
    if customers > BATCH:
        return Written(told.records, {"job": await begin_job(write, "REVALUE_CHANNEL", channel, customers)})
    await do_all(write, "REVALUE_CHANNEL", channel.place)
    return told


async def set_channel_status(write: Write, given: SetChannelStatusInput) -> Written:
    """Open a channel for new data, or close it."""
    channel = await write.find(given.id, "Channel", "id", action="EDIT")
    write.expect(channel, given.expected_version)
    if channel is None:
        return Written()
    await expect_no_job(write, channel)
    write.settle()
    await write.change(channel, {"status": given.status.name})
    return Written.one("channel", channel)


async def delete_channel(write: Write, given: DeleteChannelInput) -> Written:
    """Delete a channel, or begin a job that does; or count what would go with it."""
    channel = await find_to_delete(write, given, "Channel")
    await expect_no_job(write, channel)
    mode = given.mode or DeleteChannelMode.RESTRICT
    if mode is DeleteChannelMode.RESTRICT:
        await expect_unused(write, channel, RECORDS, "Delete them first, or choose DETACH or CASCADE.")
    write.settle()
    [numbers] = await write.run(count_in_channel(channel.place))
    counts = {name: n for name, n in zip((*IN_CHANNEL, *OF_CUSTOMERS), numbers, strict=True) if n}
    _expect_levels(write, mode, counts)
    write.settle()
    rows = [Written(values={"__typename": "RecordCount", "type": name, "count": n}) for name, n in counts.items()]
    if given.dry_run:
        return Written(rows={"counts": rows})
    kind, total = KINDS[mode], sum(counts.values())
    if total > BATCH:
        # Nothing new comes in while it goes on.
        await write.change(channel, {"status": "INACTIVE"})
        return Written(values={"job": await begin_job(write, kind, channel, total)}, rows={"counts": rows})
    await do_all(write, kind, channel.place)
    return Written(values={"deletedId": channel.id}, rows={"counts": rows})


async def create_channel_type(write: Write, given: CreateChannelTypeInput) -> Written:
    """Make a type of channels."""
    write.expect_level("ChannelType", "CREATE")
    properties = {**write.named(given.name), **_traits(write, given, {})}
    write.settle()
    return Written.one("channelType", await write.create("ChannelType", properties))


async def update_channel_type(write: Write, given: UpdateChannelTypeInput) -> Written:
    """Change a type of channels; the channels that are there stay as they are."""
    kind = await write.find(given.id, "ChannelType", "id", action="EDIT")
    write.expect(kind, given.expected_version)
    properties = {**write.named(given.name), **_changes(write, given, kind.properties if kind else {})}
    write.settle()
    if kind is None:
        return Written()
    await write.change(kind, properties)
    return Written.one("channelType", kind)


async def delete_channel_type(write: Write, given: DeleteChannelTypeInput) -> Written:
    """Delete a type of channels that no channel has."""
    kind = await find_to_delete(write, given, "ChannelType")
    await expect_unused(write, kind, USES, "Delete them first.")
    return await deleted(write, kind)


def _expect_levels(write: Write, mode: DeleteChannelMode, counts: Mapping[str, int]) -> None:
    """Refuse to touch records of a type unless the viewer may do so with all of them."""
    action = "DELETE" if mode is DeleteChannelMode.CASCADE else "EDIT"
    names = counts if mode is DeleteChannelMode.CASCADE else [name for name in counts if name in IN_CHANNEL]
    for name in names:
        if write.level(name, action) not in WHOLE:
            done = "delete" if action == "DELETE" else "change"
            write.refuse("FORBIDDEN", f"You may not {done} every {name} of the organisation.", "mode")


async def _default_owner(write: Write, text: str | None) -> dict[str, list[str]]:
    """Who is to own what imports make in a channel, as its link; nothing where the input says nothing."""
    if text is UNSET:
        return {}
    owner = await write.find(text, OWNERS, "defaultOwnerId") if text is not None else None
    return {"defaultOwner": [owner.uuid] if owner else []}


def _named(write: Write, name: str | None) -> dict[str, str]:
    shown = write.text(name, "name", most=LONGEST_NAME)
    return {"name": shown, "displayName": shown}


def _traits(write: Write, given: ChannelTraits, defaults: Mapping[str, Any]) -> dict[str, Any]:
    """All that a new channel or type says of its customers; what is not given is as the defaults say."""
    identity = _identity(write, given, str(defaults.get("customerIdentity") or "Customer"))
    stored = defaults.get("entities") or []
    entities = _entities(write, given) if given.entities else [identity, *(one for one in stored if one != identity)]
    _expect_identity(write, identity, entities)
    rule = _rule(write, given) if given.lifetime_rule else defaults.get("lifetimeRule") or "NONE"
    return {"customerIdentity": identity, "entities": entities, "lifetimeRule": rule}


def _changes(write: Write, given: ChannelTraits, before: Mapping[str, Any]) -> dict[str, Any]:
    """What changes of what a channel or type says of its customers; the identity stays among the entities."""
    identity, entities = before.get("customerIdentity"), before.get("entities")
    if given.customer_identity is not UNSET:
        identity = _identity(write, given, "")
    if given.entities is not UNSET:
        entities = _entities(write, given)
    if (given.customer_identity, given.entities) == (UNSET, UNSET):
        return {"lifetimeRule": _rule(write, given)}
    _expect_identity(write, identity, entities or [])
    return {"customerIdentity": identity, "entities": entities, "lifetimeRule": _rule(write, given)}


def _identity(write: Write, given: ChannelTraits, default: str) -> str:
    if default and (given.customer_identity is UNSET or given.customer_identity is None):
        return default
    return write.text(given.customer_identity, "customerIdentity", most=LONGEST_ENTITY)


def _entities(write: Write, given: ChannelTraits) -> list[str]:
    found = given.entities or []
    if not 1 <= len(found) <= MOST_ENTITIES:
        write.refuse("INVALID", f"Name 1 to {MOST_ENTITIES} entities, one of which is a customer.", "entities")
        return []
    texts = [write.text(one, "entities", str(place), most=LONGEST_ENTITY) for place, one in enumerate(found)]
    return list(dict.fromkeys(texts))


def _expect_identity(write: Write, identity: str | None, entities: list[str]) -> None:
    if entities and identity not in entities:
        message = f"The entities must have {identity}, since that is what a customer is. Add it."
        write.refuse("INVALID", message, "entities")


def _rule(write: Write, given: ChannelTraits) -> Any:
    rule = _chosen(write, given.lifetime_rule, "lifetimeRule")
    if rule == "FIELD":
        write.refuse("INVALID", "There is no custom entity yet whose field could be added up.", "lifetimeRule")
    return rule


def _chosen(write: Write, given: Enum | None, where: str) -> Any:
    """The name of a value of an enum that can't be cleared."""
    if given is None:
        write.refuse("INVALID", "It can be another one, but not none.", where)
    return given.name if isinstance(given, Enum) else UNSET
