"""Who hides which fields, for tests: every sensitive field of the model, a world that has them all, viewers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from graph.model import Embedded, Kind, Mapped, Model, Property, RecordType, Relation, Sections
from graph.permissions import ACTIONS, Role, Sensitive, granted
from graph.registry import load_model
from graph.sensitive import group_of
from graph.viewer import Viewer
from tests.asking import Answer
from tests.world import World

MODEL = load_model()
LEVELS = {(entity, action): "ORGANIZATION" for entity in MODEL.entities() for action in ACTIONS}
ALL_HIDDEN = [(entity, group.name) for entity in MODEL.entities() for group in Sensitive]
"""Everything that can be hidden."""
SAMPLES: Mapping[Kind, Any] = {
    Kind.STRING: "zed@zed.example",
    Kind.INT: 1,
    Kind.DECIMAL: "1.50",
    Kind.BOOLEAN: True,
    Kind.DATE: dt.date(1990, 2, 3),
    Kind.DATETIME: dt.datetime(2026, 1, 1, tzinfo=dt.UTC),
    Kind.MONEY: 100,
    Kind.STRINGS: ["zed@zed.example"],
}
KNOWN: Mapping[str, Mapping[str, Any]] = {
    "Customer": {"kind": "PERSON"},
    "Opportunity": {"status": "WON", "baseRevenue": 100},
}
"""Values on which others depend."""


@dataclass(frozen=True, slots=True)
class Field:
    """A sensitive field of a type of records: how it is selected there, its response keys, and what hides it."""

    type_name: str
    name: str
    mapped: Mapped
    selection: str
    keys: tuple[str, ...]
    hiding: frozenset[tuple[str, str]]

    def __str__(self) -> str:
        """The field, and whose hiding it is about."""
        return f"{self.type_name}.{'.'.join(self.keys)} {' '.join(sorted(name for name, _ in self.hiding))}"


def sensitive_fields(model: Model) -> Iterator[Field]:
    """Every sensitive field with every type that hides it, a part's with all its wholes."""
    for record in model.records.values():
        for name, mapped in record.fields.items():
            for keys, found in _inner(model, name, mapped):
                group = group_of(found)
                if group is None:
                    continue
                own = (record.name,) if record.scope is not None else record.part_of
                sources = found.sources if hasattr(found, "sources") else ()
                for holders in (own, *((source,) for source in sources)):
                    hiding = frozenset((holder, group.name) for holder in holders)
                    yield Field(record.name, keys[-1], found, _selected(keys, found), keys, hiding)


def _inner(model: Model, name: str, mapped: Mapped) -> Iterator[tuple[tuple[str, ...], Mapped]]:
    match mapped:
        case Embedded():
            for inner, found in model.embedded[mapped.type_name].items():
                yield (name, inner), found
        case Sections():
            yield (name, "lifetimeValue"), mapped.value
        case _:
            yield (name,), mapped


def _selected(keys: tuple[str, ...], mapped: Mapped) -> str:
    if isinstance(mapped, Relation):
        below = " { totalCount nodes { id } aggregate { count } }" if mapped.shape == "connection" else " { id }"
    else:
        below = "" if isinstance(mapped, Property) and mapped.kind is not Kind.MONEY else " { amount }"
    return " { ".join(keys) + below + " }" * (len(keys) - 1)


FIELDS = list(sensitive_fields(MODEL))


def full_world() -> World:
    """A record of each type with a value in every property, linked so that no sensitive field is empty."""
    world = World("full")
    world.node("Organization", "organization", name="Full", currency="USD", key="world-full")
    for record in MODEL.records.values():
        if record.name != "Organization":
            world.node(record.name, record.name, **_values(record))
    for part, whole, kind in (
        *(("Address", whole, "HAS_ADDRESS") for whole in MODEL.records["Address"].part_of),
        ("ContactEmail", "Contact", "HAS_EMAIL"),
        ("ContactPhone", "Contact", "HAS_PHONE"),
        ("ContactSocial", "Contact", "HAS_SOCIAL"),
        ("OrderItem", "Order", "HAS_ITEM"),
        ("CartItem", "Cart", "HAS_ITEM"),
        ("Account", "LifetimeValue", "VALUE_OF"),
        ("Account", "Customer", "BELONGS_TO"),
        ("Channel", "Customer", "IN_CHANNEL"),
        ("Account", "Opportunity", "OPPORTUNITY_OF"),
    ):
        world.link(whole, kind, part)
    return world


def _values(record: RecordType) -> dict[str, Any]:
    """A value for each property that the program itself does not write."""
    found: dict[str, Any] = {}
    for mapped in record.fields.values():
        inner = MODEL.embedded[mapped.type_name].values() if isinstance(mapped, Embedded) else (mapped,)
        for one in inner:
            if isinstance(one, Property) and one.name not in {"id", "createdAt", "updatedAt", "version", "displayName"}:
                found[one.name] = (one.enum and next(iter(one.enum)).name) or SAMPLES[one.kind]
                found |= {one.currency: "USD"} if one.currency else {}
    return {**found, "name": record.name, "currency": "USD", **KNOWN.get(record.name, {})}


def viewer_hiding(world: World, *hidden: tuple[str, str]) -> Viewer:
    """Somebody who sees every record of a world, but no such fields."""
    roles = [Role("Curious", LEVELS, frozenset(hidden))]
    return replace(world.viewer(), id=world.uuid("organization"), grants=granted(roles))


def told(answer: Answer) -> list[tuple[str, tuple[str, ...]]]:
    """The code and the path of each error."""
    return sorted((error.original_error.code, tuple(error.path)) for error in answer.errors)


def at(data: Any, keys: tuple[str, ...]) -> Any:
    """What stands at a path; of lists in the first entry."""
    for key in keys:
        data = data[0] if isinstance(data, list) else data
        data = None if data is None else data[key]
    return data
