"""Records as a mutation meets them: those that it found, what it did to them, and what its payload tells of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from cypher.writes import Place
from graph.ids import global_id


@dataclass(frozen=True, slots=True)
class Found:
    """A record that the input of a mutation names, or that it made: its place and what it held then."""

    place: Place
    properties: Mapping[str, Any]

    @property
    def type_name(self) -> str:
        """The name of its type."""
        return self.place.record.name

    @property
    def uuid(self) -> str:
        """Its UUID."""
        return self.place.uuid

    @property
    def id(self) -> str:
        """Its global id."""
        return global_id(self.type_name, self.uuid)

    @property
    def shown(self) -> str:
        """Its name for people."""
        return str(self.properties.get("displayName") or self.type_name)


@dataclass(frozen=True, slots=True)
class Written:
    """What a payload tells by field: records, each a type and a UUID; plain values; lists of objects that tell such.

    A plain value that is an object, and an object of a list, has its type in `values["__typename"]`.
    """

    records: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    values: Mapping[str, Any] = field(default_factory=dict)
    rows: Mapping[str, Sequence[Written]] = field(default_factory=dict)
    preview: bool = False
    """Whether the payload tells what would be: the transaction is rolled back once it is selected."""

    @classmethod
    def one(cls, name: str, found: Found) -> Written:
        """A payload with one record."""
        return cls({name: (found.type_name, found.uuid)})


@dataclass(frozen=True, slots=True)
class Change:
    """What was done to a record: the fields that changed, before and after.

    `within` is what the viewer must be able to do to it as it is now; empty for what only follows from the rest.
    `beside` are the stored properties that changed and are no fields: what was and what is, each by name.
    """

    place: Place
    action: str
    before: Mapping[str, Any]
    after: Mapping[str, Any]
    within: str = ""
    beside: Mapping[str, tuple[Any, Any]] = field(default_factory=dict)
    follows: str = ""
    """The UUID of the record that it follows; empty for what was asked for itself."""

    def led(self, name: str, was: Any, now: Any) -> Change:
        """The change when a field of the record leads elsewhere too; none of it where it leads to what it led to."""
        before, after = {**self.before}, {**self.after, name: now}
        if before.setdefault(name, was) == now:
            del before[name], after[name]
        return replace(self, before=before, after=after)
