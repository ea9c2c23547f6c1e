"""Builds the frozen model from the hand-written types, and refuses a mapping that leads nowhere."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache
from typing import Any

from strawberry.utils.str_converters import to_camel_case

from graph.errors import ModelInvalid
from graph.fields import GRAPH
from graph.model import Embedded, Hop, Mapped, Model, Property, RecordType, Relation, Timeline
from graph.types import ABSTRACT, EMBEDDED, RECORDS, Entry

LABELLED_INTERFACES = ("Record", "Activity")
"""Interfaces whose name is also a label of their records' nodes."""


@cache
def load_model() -> Model:
    """Build the model once.

    Raises:
        ModelInvalid: when a field's target or a unique key's property does not exist, or when a record has neither
            a scope nor a whole.
    """
    return build_model(RECORDS, EMBEDDED, ABSTRACT)


def build_model(entries: tuple[Entry, ...], embedded: tuple[type, ...], unions: Mapping[str, tuple[str, ...]]) -> Model:
    """Build and check a model from the given types."""
    records = {entry.cls.__name__: _record(entry) for entry in entries}
    abstract = dict(unions)
    for record in records.values():
        for interface in record.interfaces:
            abstract[interface] = (*abstract.get(interface, ()), record.name)
    model = Model(records, abstract, {cls.__name__: _mapped(cls) for cls in embedded})
    _check(model)
    return model


def _record(entry: Entry) -> RecordType:
    interfaces = tuple(base.__name__ for base in entry.cls.__mro__[1:-1])
    labels = tuple(name for name in LABELLED_INTERFACES if name in interfaces)
    return RecordType(
        name=entry.cls.__name__,
        label=entry.cls.__name__,
        labels=(entry.cls.__name__, *labels),
        interfaces=interfaces,
        fields=_mapped(entry.cls),
        unique=entry.unique,
        scope=entry.scope,
        part_of=entry.part_of,
    )


def _mapped(cls: Any) -> dict[str, Mapped]:
    found: dict[str, Mapped] = {}
    for field in cls.__strawberry_definition__.fields:
        mapped = field.metadata.get(GRAPH)
        if mapped is not None:
            name = to_camel_case(field.python_name)
            found[name] = _named(mapped, name)
    return found


def _named(mapped: Mapped, name: str) -> Mapped:
    """A stored property is named like its field unless it says otherwise."""
    return replace(mapped, name=name) if isinstance(mapped, Property) and not mapped.name else mapped


def _hops(mapped: Mapped) -> Iterator[Hop]:
    if isinstance(mapped, Relation):
        yield from mapped.hops
    elif isinstance(mapped, Timeline):
        for way in (*mapped.direct, *mapped.related):
            yield from way


def _check(model: Model) -> None:
    for name, members in model.abstract.items():
        for member in members:
            if member not in model.records:
                raise ModelInvalid(f"{name} has the member {member}, which is not a record type.")
    for record in model.records.values():
        if record.scope is None and not record.part_of:
            raise ModelInvalid(f"{record.name} has no scope, and is part of nothing that has one.")
        if {whole.type_name for whole in model.wholes(record.name)} != set(record.part_of):
            raise ModelInvalid(f"{record.name} is part of a type that has no field of such parts.")
        for field, mapped in record.fields.items():
            _check_field(model, record, field, mapped)


def _check_field(model: Model, record: RecordType, field: str, mapped: Mapped) -> None:
    for step in _hops(mapped):
        if step.target not in model.records and step.target not in model.abstract:
            raise ModelInvalid(f"{record.name}.{field} leads to {step.target}, which is not a type of the model.")
    if isinstance(mapped, Embedded) and mapped.type_name not in model.embedded:
        raise ModelInvalid(f"{record.name}.{field} embeds {mapped.type_name}, which is not a type of the model.")
