"""What a mutation works with: one transaction, the viewer as of now, the guards, and the changes that it notes.

A mutation finds what its input names, says everything that is wrong with it, and only then writes. What the viewer may
not see is not there; what the viewer sees but may not do is forbidden; what was made or changed must afterwards still
be where the viewer may make or change such records. All of this stands here, once.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson
from strawberry import UNSET

from cypher.access import Access
from cypher.arguments import Inputs
from cypher.context import Limits
from cypher.writes import (
    Place,
    bury_record,
    change_record,
    count_there,
    create_record,
    link_to_records,
    linked_records,
    lock_record,
    look_at,
    note_changes,
    take_lock,
    unlink_records,
)
from graph.database import Run
from graph.errors import BadInput
from graph.ids import new_id, parse_global_id, uuid_in
from graph.model import Model, RecordType, Relation
from graph.user_errors import Overtaken, Problem, Refused, VersionConflict
from graph.viewer import Viewer
from resolvers.hidden_writes import hidden_problems, name_problems
from resolvers.links import End, Links, Properties, Targets, difference, named_in, shown
from resolvers.records import Change, Found

MOST_IDS = 100
"""Records that one list of an input may name."""
OWN = ("id", "version", "createdAt", "updatedAt")
"""What every record stores and every write changes by itself."""
DONE = {"EDIT": "change", "DELETE": "delete", "ASSIGN": "assign", "CREATE": "create", "VIEW": "see"}


@dataclass(slots=True)
class Write:
    """A mutation under way in its transaction; all its changes have its name and its `write_id`."""

    run: Run
    model: Model
    viewer: Viewer
    now: dt.datetime
    request_id: str
    mutation: str = ""
    limits: Limits = field(default_factory=Limits)
    write_id: str = field(default_factory=new_id)
    problems: list[Problem] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    _known: dict[str, Mapping[str, str]] = field(default_factory=dict)

    def refuse(self, code: str, message: str, *where: str, kind: type | None = None, **more: Any) -> None:
        """Say that something is wrong with a field of the input; `settle` ends the mutation then."""
        named = {"type_name": kind.__name__} if kind else {}
        self.problems.append(Problem(code, message, where, more=more, **named))

    def settle(self) -> None:
        """End the mutation when something was wrong.

        Raises:
            Refused: for all that was wrong so far.
        """
        if self.problems:
            raise Refused(*self.problems)

    def text(self, value: str | None, *where: str, most: int = 255) -> str:
        """A text that may not be blank."""
        found = (value or "").strip()
        if not found or len(found) > most or "\x00" in found:
            self.refuse("INVALID", f"Give 1 to {most} characters.", *where)
        return found

    def optional(self, value: str | None, *where: str, most: int = 255) -> Any:
        """A text that may be left out; null or a blank one clears."""
        if value is UNSET or value is None or not value.strip():
            return UNSET if value is UNSET else None
        return self.text(value, *where, most=most)

    def named(self, name: str | None) -> dict[str, Any]:
        """A new name of a record that has one, where it is given."""
        if name is UNSET:
            return {}
        shown = self.text(name, "name")
        return {"name": shown, "displayName": shown}

    def expect_level(self, type_name: str, action: str) -> None:
        """End the mutation when the viewer may do this to no record of a type.

        Raises:
            Refused: for this and all that was wrong before.
        """
        if self.level(type_name, action) == "NONE":
            self.refuse("FORBIDDEN", f"You may {DONE[action]} no {type_name}.")
            self.settle()

    def level(self, type_name: str, action: str) -> str:
        """How far the viewer may do something to records of a type."""
        return self.viewer.grants.level(type_name, action)

    async def lock(self, *key: str) -> None:
        """Let no other transaction that takes the same lock of the organisation go on until this one ends."""
        await self.run(take_lock(self.viewer.organization_id, " ".join(key)))

    def identify(self, text: str, types: Sequence[str], *where: str) -> tuple[str, str] | None:
        """Type and UUID of a global id that can be of some types; None after a refusal."""
        try:
            type_name, uuid = parse_global_id(text)
        except BadInput as error:
            self.refuse("INVALID", f"{error.message} {error.hint}", *where)
            return None
        if type_name not in types:
            self.refuse("INVALID", f"This is no id of {' or '.join(types)}.", *where)
            return None
        return type_name, uuid

    async def find(self, text: str, types: str | tuple[str, ...], *where: str, action: str = "") -> Found | None:
        """The record that a global id names, locked when something is to be done to it; None after a refusal."""
        named = self.identify(text, (types,) if isinstance(types, str) else types, *where)
        return await self.find_by_uuid(*named, *where, action=action) if named else None

    async def find_by_uuid(self, type_name: str, uuid: str, *where: str, action: str = "") -> Found | None:
        """The record of a type and a UUID, as `find` finds it."""
        place = Place(self.model.records[type_name], uuid, self.viewer.organization_id)
        seen, reached = self.access("VIEW"), self.access(action or "VIEW")
        if action:
            # What is read after the lock stays as it is read.
            await self.run(lock_record(place, seen, reached, self.inputs, going=action == "DELETE"))
        rows = await self.run(look_at(place, seen, reached, self.inputs))
        is_seen, is_reached, properties = rows[0] if rows else (False, False, {})
        if not is_seen:
            self.refuse("NOT_FOUND", f"There is no such {type_name} for you.", *where)
            return None
        if not is_reached:
            self.refuse("FORBIDDEN", f"You may not {DONE[action]} this {type_name}.", *where)
            return None
        return Found(place, properties)

    async def read(self, type_name: str, uuid: str) -> Found:
        """A record that is linked to one that was found, whether the viewer sees it or not."""
        place = Place(self.model.records[type_name], uuid, self.viewer.organization_id)
        seen = self.access("VIEW")
        rows = await self.run(look_at(place, seen, seen, self.inputs))
        return Found(place, rows[0][2] if rows else {})

    async def find_all(self, texts: Sequence[str], type_name: str, where: str, *, action: str = "") -> list[Found]:
        """The records that a list of global ids names, each once; locked in the order of their UUIDs."""
        if len(texts) > MOST_IDS:
            self.refuse("INVALID", f"Name at most {MOST_IDS} records.", where)
            return []
        # In an order that all share no two wait for each other.
        named = sorted(enumerate(texts), key=lambda one: uuid_in(one[1])) if action else enumerate(texts)
        found = [await self.find(text, type_name, where, str(place), action=action) for place, text in named]
        return list({one.uuid: one for one in found if one}.values())

    def expect(self, found: Found | None, version: int | None) -> None:
        """Refuse when a record is no longer as it was when it was read."""
        if found is None or version is None or version is UNSET or found.properties["version"] == version:
            return
        current = found.properties["version"]
        message = f"The record was changed: it has version {current}, not {version}. Read it again."
        self.refuse("CONFLICT", message, "expectedVersion", kind=VersionConflict, currentVersion=current)

    def expect_shown(self, type_name: str, names: Iterable[str]) -> None:
        """End the mutation when its input writes hidden fields.

        Raises:
            Refused: for each of them.
        """
        self.problems += hidden_problems(self.model, self.viewer.grants.hidden, type_name, names)
        self.settle()

    async def create(
        self,
        type_name: str,
        properties: Mapping[str, Any],
        links: Links | None = None,
        *,
        within: str = "CREATE",
        follows: Properties | None = None,
    ) -> Found:
        """Make a record with its links, where the viewer may do what `within` says.

        Without `within` the record itself, else what `follows` are properties that no input gives.
        """
        given = {key: value for key, value in properties.items() if value is not None and value is not UNSET}
        if within:
            self.expect_shown(type_name, (*given, *(links or {})))
        given |= follows or {}
        place = Place(self.model.records[type_name], new_id(), self.viewer.organization_id)
        await self.run(create_record(place, given, self.now))
        linked = [await self._link(place, name, targets) for name, targets in (links or {}).items()]
        self.note(place, "CREATE", {}, given, [one for one in linked if one[2]], within)
        return Found(place, {**given, "version": 1})

    async def change(
        self,
        found: Found,
        properties: Mapping[str, Any],
        links: Links | None = None,
        *,
        action: str = "EDIT",
        within: str = "EDIT",
        touched: bool = False,
    ) -> None:
        """Set properties and links of a record; what is absent or as it was stays, null clears.

        It stays where the viewer may do what `within` says. `touched` gives it a new version in any case: something
        of it has changed that is no field of its own.
        """
        told = {key: value for key, value in properties.items() if value is not UNSET}
        if within:
            name, stored, hidden = told.get("displayName"), found.properties, self.viewer.grants.hidden
            self.problems += name_problems(self.model, hidden, found.type_name, stored, name)
            self.expect_shown(found.type_name, (*told, *(links or {})))
        given = {key: value for key, value in told.items() if found.properties.get(key) != value}
        place = found.place
        linked = [await self._link(place, name, targets) for name, targets in (links or {}).items()]
        moved = [(name, old, new) for name, old, new in linked if old != new]
        if given or moved or touched:
            await self.run(change_record(place, given, self.now))
        if given or moved:
            old = {key: found.properties.get(key) for key in given}
            self.note(place, action, old, given, moved, within)

    async def delete(self, found: Found) -> None:
        """Delete a record."""
        await self.run(bury_record(found.place, self.now))
        self.note(found.place, "DELETE", found.properties, {})

    def note(
        self,
        place: Place,
        action: str,
        old: Properties,
        new: Properties,
        moved: Iterable[tuple[str, Any, Any]] = (),
        within: str = "",
        follows: str = "",
    ) -> None:
        """Note a change of stored properties, and of what fields lead to: the name, before and after of each."""
        fields = self._fields(place.record)
        before, after = ({fields[key]: one for key, one in values.items() if key in fields} for values in (old, new))
        for name, was, now in moved:
            after[name] = now
            if action != "CREATE":
                before[name] = was
        beside = {key: (old.get(key), value) for key, value in new.items() if key not in fields and key not in OWN}
        self.changes.append(Change(place, action, before, after, within, beside, follows))

    async def linked(self, place: Place, name: str) -> list[str]:
        """The UUIDs that a field of a record leads to, in order."""
        return list(await self.links(place, name))

    async def links(self, place: Place, name: str) -> dict[str, Properties]:
        """The UUIDs that a field of a record leads to, in order, with the properties of the relationships."""
        return {end.uuid: end.properties for end in await self._ends(place, self.relation(place, name))}

    def relation(self, place: Place, name: str) -> Relation:
        """The relation of a field."""
        found = place.record.fields[name]
        if not isinstance(found, Relation):
            raise TypeError(f"{place.record.name}.{name} is no relation")
        return found

    async def expect_there(self, uuids: Iterable[str]) -> None:
        """Look again for records that were linked: nobody deletes them any more until the transaction ends.

        Raises:
            Overtaken: one of them was deleted before it was linked.
        """
        linked = set(uuids)
        if linked and await self.run(count_there(sorted(linked), self.viewer.organization_id)) != [len(linked)]:
            raise Overtaken

    async def finish(self) -> None:
        """See that all is where the viewer may have it, and note the changes.

        Raises:
            Refused: when something was made or moved out of the viewer's reach.
        """
        deleted = {change.place.uuid for change in self.changes if change.action == "DELETE"}
        for change in self.changes:
            if change.within and change.place.uuid not in deleted:
                await self._expect_reach(change)
        if self.changes:
            shared = {
                "organizationId": self.viewer.organization_id,
                "writeId": self.write_id,
                "mutation": self.mutation,
                "at": self.now,
                "byId": self.viewer.id,
                "byType": "User" if self.viewer.staff else "CustomerUser",
                "requestId": self.request_id,
            }
            await self.run(note_changes([self._row(change) for change in self.changes], shared))

    async def _expect_reach(self, change: Change) -> None:
        reached = self.access(change.within)
        rows = await self.run(look_at(change.place, reached, reached, self.inputs))
        if not rows or not rows[0][0]:
            done = DONE[change.within]
            raise Refused(Problem("FORBIDDEN", f"You may not {done} a {change.place.record.name} there."))

    async def _link(self, place: Place, name: str, targets: Targets) -> tuple[str, Any, Any]:
        """Link a record; the name of the field, and what it led to before and leads to now."""
        relation = self.relation(place, name)
        old = new = await self._ends(place, relation)
        wanted = difference(old, targets)
        if wanted is not None:
            await self.run(unlink_records(place, relation, self.model, wanted.kept))
            await self.run(link_to_records(place, relation, self.model, wanted.other))
            new = await self._ends(place, relation)
            if len(new) < len(wanted.kept):
                # It was there when it was looked for, and was deleted before the link locked it.
                raise Overtaken
        return name, shown(relation, old), shown(relation, new)

    async def _ends(self, place: Place, relation: Relation) -> list[End]:
        """What a relation leads to, in the order of the UUIDs."""
        types = {record.label: record.name for record in self.model.possible(relation.target)}
        rows = await self.run(linked_records(place, relation, self.model))
        return [
            End(uuid, next(types[label] for label in labels if label in types), properties)
            for uuid, labels, properties in rows
        ]

    def _fields(self, record: RecordType) -> Mapping[str, str]:
        """The names of fields by the stored properties that they show; those that each write changes are left out."""
        if record.name not in self._known:
            stored = self.model.stored(record).items()
            self._known[record.name] = {mapped.name: name for name, mapped in stored if mapped.name not in OWN}
        return self._known[record.name]

    def _row(self, change: Change) -> dict[str, Any]:
        fields = change.place.record.fields
        links = [name for name in {**change.before, **change.after} if isinstance(fields.get(name), Relation)]
        return {
            "id": new_id(),
            "recordId": change.place.uuid,
            "recordType": change.place.record.name,
            "action": change.action,
            **({"follows": change.follows} if change.follows else {}),
            # Whoever reads of a change is told only of records that they may see.
            "named": named_in(values.get(name) for values in (change.before, change.after) for name in links),
            **{
                key: orjson.dumps(value, default=str).decode()
                for key, value in (("before", change.before), ("after", change.after), ("beside", change.beside))
            },
        }

    def access(self, action: str) -> Access:
        """What the viewer may do something to."""
        return Access(self.model, self.viewer.kind_for(action))

    @property
    def inputs(self) -> Inputs:
        """What the predicates of access are bound by."""
        return Inputs(self.viewer, {}, self.now)
