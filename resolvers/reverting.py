"""Takes back the fields of one change, as far as nothing newer contradicts it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson

from cypher.trees import way_down
from cypher.undoing import key_in_use
from cypher.writes import Place
from graph.ids import parse_global_id
from graph.model import Kind, Property, Relation
from resolvers.contacts import display_name
from resolvers.customer_details import following
from resolvers.hidden_writes import hidden_problems
from resolvers.links import Properties
from resolvers.merging import own_ways
from resolvers.ownership import may_name
from resolvers.records import Found
from resolvers.writing import OWN, Write

FOLLOWING: Mapping[str, Callable[[Mapping[str, Any]], dict[str, Any]]] = {
    "Customer": following,
    "Contact": lambda contact: {"displayName": display_name(contact)},
}
"""What follows from the fields of a record, by its type; of others it is taken back like a field."""

Left = list[tuple[str, str]]
"""Fields that are left as they are, each with the reason."""
Ends = dict[str, tuple[str, Properties]]
"""What a field leads to, by UUID: the type, and the properties of the link."""


@dataclass(slots=True)
class Reverted:
    """What is to be written to a record, and what is left."""

    properties: dict[str, Any] = field(default_factory=dict)
    links: dict[str, Any] = field(default_factory=dict)
    left: Left = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Changed:
    """A change as it is stored, read."""

    id: str
    write_id: str
    record_id: str
    record_type: str
    action: str
    before: Mapping[str, Any]
    after: Mapping[str, Any]
    beside: Mapping[str, Any]
    follows: str = ""
    """The UUID of the record that it follows."""

    @classmethod
    def read(cls, stored: Mapping[str, Any]) -> Changed:
        """A change by its stored properties."""
        told = {key: orjson.loads(stored[key]) for key in ("before", "after", "beside")}
        named = {"id": stored["id"], "write_id": stored["writeId"], "record_id": stored["recordId"]}
        named |= {"record_type": stored["recordType"], "follows": stored.get("follows", "")}
        return cls(**named, action=stored["action"], **told)


async def is_as_made(write: Write, found: Found, change: Changed) -> bool:
    """Whether a record is still as a change has made it, or brought it back; what it is worth follows from others."""
    for name, mapped in write.model.stored(found.place.record).items():
        follows = mapped.name in OWN or mapped.name == "lifetimeValue"
        if not follows and _plain(found.properties.get(mapped.name)) != change.after.get(name):
            return False
    if change.action != "CREATE":
        return True
    for name in own_ways(found.place.record):
        if set(await write.links(found.place, name)) - set(ends_in(change.after.get(name))):
            return False
    return True


async def revert(write: Write, found: Found, change: Changed) -> Reverted:
    """What brings the fields of a record back to what they were before a change."""
    result = Reverted()
    fields, stored = found.place.record.fields, write.model.stored(found.place.record)
    for name in {**change.before, **change.after}:
        hidden = hidden_problems(write.model, write.viewer.grants.hidden, found.type_name, [_stored_name(stored, name)])
        if any(hidden):
            result.left.append((name, "FORBIDDEN"))
        elif isinstance(relation := fields.get(name), Relation):
            # An account that came with a place in the tree is not named by anybody.
            if not may_name(write, relation.target) and not (name == "account" and "parent" in change.after):
                result.left.append((name, "FORBIDDEN"))
                continue
            await _revert_link(write, found, (name, relation), change, result)
        elif name in stored:
            _revert_property(found, name, stored[name], change, result)
    if "parent" in dict(result.left) and result.links.pop("account", None):
        # An account that came with a place in the tree goes with it only.
        result.left.append(("account", dict(result.left)["parent"]))
    for key, (old, new) in change.beside.items():
        if _plain(found.properties.get(key)) == new:
            result.properties[key] = old
    await _expect_free(write, found, stored, result)
    if result.properties and (follows := FOLLOWING.get(found.type_name)):
        result.left = [one for one in result.left if one[0] != "displayName"]
        result.properties |= follows({**found.properties, **result.properties})
    return result


def _stored_name(stored: Mapping[str, Property], name: str) -> str:
    return stored[name].name if name in stored else name


def _revert_property(found: Found, name: str, mapped: Property, change: Changed, result: Reverted) -> None:
    if _plain(found.properties.get(mapped.name)) != change.after.get(name):
        result.left.append((name, "CHANGED"))
    else:
        result.properties[mapped.name] = _typed(change.before.get(name), mapped.kind)


async def _revert_link(
    write: Write, found: Found, way: tuple[str, Relation], change: Changed, result: Reverted
) -> None:
    name, relation = way
    before, after = ends_in(change.before.get(name)), ends_in(change.after.get(name))
    current = dict(await write.links(found.place, name))
    if relation.shape == "one" and current != {uuid: properties for uuid, (_, properties) in after.items()}:
        result.left.append((name, "CHANGED"))
        return
    wanted = dict(current)
    for uuid in sorted({*before, *after}):
        was, now = before.get(uuid, ("", None))[1], after.get(uuid, ("", None))[1]
        if was == now:
            continue
        if current.get(uuid) != now:
            result.left.append((name, "CHANGED"))
            continue
        if was is None:
            del wanted[uuid]
        elif reason := await _obstacle(write, found, relation, before[uuid][0], uuid):
            result.left.append((name, reason))
        else:
            wanted[uuid] = was
    # Where it can't lead to what it led to, it stays with what it has now.
    stuck = relation.shape == "one" and before and not wanted
    if wanted != current and not stuck:
        result.links[name] = wanted


async def _obstacle(write: Write, found: Found, relation: Relation, type_name: str, uuid: str) -> str:
    """Why a record can't lead to another one again; empty when it can."""
    end = await write.read(type_name, uuid)
    if not end.properties:
        return "GONE"
    if relation.shape == "one" and type_name == found.type_name:
        kind = relation.hops[0].types[0]
        ways = await write.run(way_down(found.place, end.place, kind, write.access("VIEW"), write.inputs))
        return "CYCLE" if ways else ""
    return ""


async def _expect_free(write: Write, found: Found, stored: Mapping[str, Property], result: Reverted) -> None:
    """Leave a unique key that another record has taken since."""
    for keys in found.place.record.unique:
        if not any(key in result.properties for key in keys):
            continue
        if await in_use(write, found.place, keys, {**found.properties, **result.properties}):
            for key in keys:
                if key in result.properties:
                    del result.properties[key]
                    result.left += [(name, "TAKEN") for name, mapped in stored.items() if mapped.name == key]


async def in_use(write: Write, place: Place, keys: tuple[str, ...], properties: Mapping[str, Any]) -> bool:
    """Whether another record has the unique key of properties."""
    key = {name: properties.get(name) for name in keys}
    if any(value is None for value in key.values()):
        return False
    (taken,) = await write.run(key_in_use(place, key))
    return bool(taken)


def ends_in(value: Any) -> Ends:
    """What a field led to, as changes tell it."""
    return dict(_told(value if isinstance(value, list) else [value] if value is not None else []))


def _told(ends: list[Any]) -> Iterator[tuple[str, tuple[str, Properties]]]:
    for end in ends:
        text, properties = (end["id"], end["properties"]) if isinstance(end, dict) else (end, {})
        type_name, uuid = parse_global_id(text)
        yield uuid, (type_name, properties)


def _plain(value: Any) -> Any:
    """A stored value as changes tell it."""
    return orjson.loads(orjson.dumps(value, default=str))


def _typed(value: Any, kind: Kind) -> Any:
    if isinstance(value, str) and kind is Kind.DATE:
        return dt.date.fromisoformat(value)
    if isinstance(value, str) and kind is Kind.DATETIME:
        return dt.datetime.fromisoformat(value)
    return value
