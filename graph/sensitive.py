"""Which fields are hidden from whom: what roles hide, by type of record and group of sensitive fields.

A field is hidden where its type hides its group, and where a type does of whose records the field is made. A part
follows its wholes: one that consists of a group (an address, an email address) is hidden where each whole hides it,
and the records themselves are not seen through one that does; the other parts' fields where any whole hides them.
"""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from typing import TypeAlias

from graph.model import Computed, Embedded, Mapped, Model, Property, RecordType, Relation, Tree, Whole
from graph.permissions import Sensitive

Hidden: TypeAlias = AbstractSet[tuple[str, str]]
"""Types of records with groups of their sensitive fields, such as `("Contact", "EMAIL")`."""


def group_of(mapped: Mapped) -> Sensitive | None:
    """The group that roles hide a field with; None for what they can't hide."""
    return mapped.sensitive if isinstance(mapped, Property | Relation | Computed | Tree) else None


def hides(model: Model, hidden: Hidden, type_name: str, mapped: Mapped) -> bool:
    """Whether a field of a type is hidden; of an abstract type, whether any of its members hides it.

    Args:
        model: the types of records.
        hidden: what is hidden.
        type_name: a concrete type, an abstract one, or that of an embedded object.
        mapped: the field.
    """
    group = group_of(mapped)
    if not hidden or group is None:
        return False
    sources = mapped.sources if isinstance(mapped, Relation | Computed) else ()
    if any((source, group.name) in hidden for source in sources):
        return True
    return any(_hides_group(model, hidden, record, group) for record in _holders(model, type_name))


def hides_parts(model: Model, hidden: Hidden, whole: Whole) -> bool:
    """Whether a whole's field that leads to its parts is hidden, so that none is seen through it."""
    return hides(model, hidden, whole.type_name, _field_of_parts(model, whole))


def hidden_names(model: Model, hidden: Hidden, type_name: str) -> set[str]:
    """The stored properties of a type's nodes that are hidden, with those that are made of them.

    These are the names under which records, changes and indexes hold what the viewer may not see.
    """
    found: set[str] = set()
    for mapped in _stored(model, model.records[type_name]):
        if hides(model, hidden, type_name, mapped):
            found |= {mapped.name, *mapped.copies, *([mapped.currency] if mapped.currency else [])}
    return found


def hidden_fields(model: Model, hidden: Hidden, type_name: str, names: AbstractSet[str]) -> Iterator[tuple[str, ...]]:
    """The way to each hidden field of a type, such as `("person", "birthday")`.

    Args:
        model: the types of records.
        hidden: what is hidden.
        type_name: a concrete type.
        names: which fields: the stored properties and the relations among them that count.
    """
    for name, mapped in model.records[type_name].fields.items():
        inner = model.embedded[mapped.type_name].items() if isinstance(mapped, Embedded) else ()
        for way, found in (((name,), mapped), *(((name, own), one) for own, one in inner)):
            stored = found.name if isinstance(found, Property) else way[-1]
            if stored in names and hides(model, hidden, type_name, found):
                yield way


def _stored(model: Model, record: RecordType) -> Iterator[Property]:
    """The properties of a type with those of its embedded objects."""
    for mapped in record.fields.values():
        inner = model.embedded[mapped.type_name].values() if isinstance(mapped, Embedded) else (mapped,)
        yield from (found for found in inner if isinstance(found, Property))


def _holders(model: Model, type_name: str) -> tuple[RecordType, ...]:
    """The types of the records that hold a type's fields."""
    if type_name not in model.embedded:
        return model.possible(type_name)
    return tuple(
        record
        for record in model.records.values()
        if any(isinstance(mapped, Embedded) and mapped.type_name == type_name for mapped in record.fields.values())
    )


def _hides_group(model: Model, hidden: Hidden, record: RecordType, group: Sensitive) -> bool:
    if record.scope is not None:
        return (record.name, group.name) in hidden
    wholes = model.wholes(record.name)
    if all(group_of(_field_of_parts(model, whole)) is group for whole in wholes):
        return all(hides_parts(model, hidden, whole) for whole in wholes)
    return any((whole.type_name, group.name) in hidden for whole in wholes)


def _field_of_parts(model: Model, whole: Whole) -> Mapped:
    return model.records[whole.type_name].fields[whole.field]
