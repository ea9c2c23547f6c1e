"""The mutation that takes back what another one has written, as far as nothing newer contradicts it.

It is a write like any other one, with changes of its own, so that an undo can be undone. Deleted records come back
first, then fields are put back, then what was made is deleted; relationships that a merge moved go back where the merge
had put them.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from cypher.undoing import changes_by, ends_of, is_needed, restore_record, state_of, wholes_of
from cypher.verification import finders
from cypher.viewers import raise_access_version
from cypher.writes import Place, lock_all, look_at
from graph.errors import BadInput
from graph.ids import global_id, parse_global_id
from graph.model import Hop, Relation
from resolvers import accounts, channels, customers
from resolvers import moves as moving
from resolvers.lifetime import revalue
from resolvers.merging import part_fields
from resolvers.moves import UNDOABLE, Move
from resolvers.parts import delete_with
from resolvers.records import Change, Found, Written
from resolvers.reverting import Changed, in_use, is_as_made, revert
from resolvers.tree_accounts import is_one_account
from resolvers.tree_undo import align, placed, put_back, split
from resolvers.undo_inputs import LeftAsItIs, UndoInput
from resolvers.undo_parts import is_hidden, lost, lost_by
from resolvers.writing import Write

MOST = 1_000
"""Records of a write that can be undone; those that followed another one don't count."""
ACCESS = ("User", "Role", "CustomerUser", "CustomerUserRole", "BusinessUnit")
"""Types of records that decide who may do what."""
NEEDED = {"Customer": ("account", "channel"), "Cart": ("channel",)}
"""Fields that always lead to a record, by type."""
PARTS, WHOLES = {"ContactEmail", "ContactPhone", "Address"}, {"Contact", "Customer", "Account"}
"""Types of records of which one is the chosen one, and those that have them."""
USES: Mapping[str, Mapping[str, Hop]] = {
    "Account": accounts.USES,
    "Channel": channels.RECORDS,
    "ChannelType": channels.USES,
    "Customer": customers.USES,
}
"""What keeps records from being deleted, by their type."""
RIGHTS = {"CREATE": "DELETE", "RESTORE": "DELETE", "DELETE": "CREATE", "ASSIGN": "ASSIGN"}
"""What it takes to take back an action; EDIT for all others."""


@dataclass(slots=True)
class Undo:
    """An undo under way."""

    write: Write
    changes: Sequence[Changed]
    followers: Sequence[Changed] = ()
    """Changes of customers that followed the root of their tree."""
    left: dict[tuple[str | None, str | None], str] = field(default_factory=dict)
    refused: set[str] = field(default_factory=set)
    """UUIDs of records that the viewer does not see."""
    kept: set[str] = field(default_factory=set)
    """UUIDs of records that are left altogether."""
    returned: set[str] = field(default_factory=set)
    """UUIDs of customers whose relationships are where they were before a merge."""
    holders: set[str] = field(default_factory=set)
    """UUIDs of the records that were merged, as far as relationships of theirs are where they were."""

    async def run(self) -> None:
        """Take back what can be."""
        changes = list(reversed(self.changes))
        moved, last = await moving.noted(self.write, [*changes, *self.followers][0].write_id)
        if len(moved) > UNDOABLE:
            self.write.refuse("INVALID", f"It moved more than {UNDOABLE} relationships: too many to move back.")
            self.write.settle()
        if last:
            await self._move_back(moved, last=False)
        deleted = [change for change in changes if change.action == "DELETE"]
        # Parts after their wholes, and what leads to others after them.
        for change in sorted(deleted, key=lambda one: (self._is_part(one), one.record_type in NEEDED)):
            await self._restore(change)
        for change in changes:
            if change.action not in ("CREATE", "RESTORE", "DELETE"):
                await self._revert(change)
        if not last:
            await self._move_back(moved, last=True)
        await self._follow_roots()
        await self._delete([change for change in changes if change.action in ("CREATE", "RESTORE")])
        await self._expect_one_chosen()
        await self._follow()

    def leave(self, change: Changed, name: str | None, reason: str) -> None:
        """Leave a field of a record, or all of it, as it is."""
        unseen = change.record_id in self.refused
        if name is None:
            self.kept.add(change.record_id)
        record_id = None if unseen else global_id(change.record_type, change.record_id)
        self.left[(record_id, None if unseen else name)] = reason

    def _is_part(self, change: Changed) -> bool:
        return bool(self.write.model.records[change.record_type].part_of)

    def _goes_along(self, change: Changed) -> bool:
        """Whether it is a part that follows its whole, which the same write has changed and which may be taken back."""
        wholes = {one.record_id for one in self.changes if not self._is_part(one)}
        return self._is_part(change) and bool(wholes) and not wholes & self.kept

    async def _look(self, change: Changed, *, deleted: bool) -> Found | None:
        """A record as it is now; None when it is not deleted, or is, or may not be changed back by the viewer."""
        write = self.write
        place = Place(write.model.records[change.record_type], change.record_id, write.viewer.organization_id)
        action = RIGHTS.get(change.action, "EDIT")
        asked = (write.access("VIEW"), write.access(action), write.inputs)
        along = self._goes_along(change)
        rows = await write.run(state_of(place, *asked, along=along, going=action == "DELETE"))
        gone, seen, reached, properties = rows[0] if rows else (True, False, False, {})
        if not (along or (seen and reached)):
            if not seen:
                self.refused.add(change.record_id)
            self.leave(change, None, "FORBIDDEN")
        elif gone is not deleted:
            self.leave(change, None, "GONE" if gone else "CHANGED")
        else:
            return Found(place, properties)
        return None

    async def _restore(self, change: Changed) -> None:
        """Bring a deleted record back."""
        write, found = self.write, await self._look(change, deleted=True)
        if found is None:
            return
        record = found.place.record
        if record.part_of and (reason := await self._lost(found)):
            self.leave(change, None, reason)
            return
        for name in NEEDED.get(change.record_type, ()):
            ends = await write.run(ends_of(found.place, write.relation(found.place, name).hops[0]))
            if not any(not gone for _, gone in ends):
                self.leave(change, name, "GONE")
                return
        for keys in record.unique:
            if await in_use(write, found.place, keys, found.properties):
                self.leave(change, None, "TAKEN")
                return
        await write.run(restore_record(found.place, write.now))
        shown = {mapped.name for mapped in write.model.stored(record).values()}
        told = {key: value for key, value in found.properties.items() if key in shown}
        write.note(found.place, "RESTORE", {}, told, within="" if self._is_part(change) else "CREATE")

    async def _lost(self, part: Found) -> str:
        """Why a deleted part has no whole to come back to; empty when it has one, or its whole is about to take it."""
        reason = await lost(self.write, part)
        if reason and (taken := lost_by(self.write, part, self.changes)):
            whole, name = taken
            if await self._look(whole, deleted=False):
                return "FORBIDDEN" if is_hidden(self.write, whole.record_type, name) else ""
            return self.left.get((global_id(whole.record_type, whole.record_id), None), "FORBIDDEN")
        return reason

    async def _revert(self, change: Changed) -> None:
        """Put the fields of a record back."""
        write, found = self.write, await self._look(change, deleted=False)
        if found is None:
            return
        reverted = await revert(write, found, change)
        for name, reason in reverted.left:
            self.leave(change, name, reason)
        action = change.action if change.action == "ASSIGN" else "EDIT"
        within = "" if action == "ASSIGN" or self._is_part(change) else "EDIT"
        await write.change(found, reverted.properties, reverted.links, action=action, within=within)

    async def _delete(self, made: Sequence[Changed]) -> None:
        """Delete what was made, unless somebody has changed it or something that stays depends on it."""
        going: dict[str, tuple[Changed, Found]] = {}
        for change in sorted(made, key=self._is_part):
            found = await self._look(change, deleted=False)
            if found and await is_as_made(self.write, found, change):
                going[change.record_id] = change, found
            elif found:
                self.leave(change, None, "CHANGED")
        # What stays may need others.
        while needed := [change for change, found in going.values() if await self._is_needed(change, found, going)]:
            for change in needed:
                del going[change.record_id]
                self.leave(change, None, "IN_USE")
        for _, found in reversed(going.values()):
            await delete_with(self.write, found, *part_fields(self.write.model, found.place.record))

    async def _is_needed(self, change: Changed, found: Found, going: Collection[str]) -> bool:
        """Whether a record that stays leads to one; what came back goes again as it may be deleted by hand."""
        by_hand = change.action == "RESTORE" and not self._is_part(change)
        hops = list(USES.get(found.type_name, {}).values()) if by_hand else self._needing(found.type_name)
        return bool(hops and (await self.write.run(is_needed(found.place, hops, list(going))))[0])

    def _needing(self, type_name: str) -> list[Hop]:
        """The steps from a record to those of which a field leads to it alone, or which it is part of."""
        model = self.write.model
        hops = [(whole.hop, whole.type_name) for whole in model.wholes(type_name)]
        hops += [
            (mapped.hops[0], record.name)
            for record in model.records.values()
            for mapped in record.fields.values()
            if isinstance(mapped, Relation) and mapped.shape == "one" and len(mapped.hops) == 1
            if any(end.name == type_name for end in model.possible(mapped.target))
        ]
        return [hop.back(end) for hop, end in hops]

    async def _move_back(self, moves: Sequence[Move], *, last: bool) -> None:
        """Put relationships back that are still where the merge put them."""
        types = [one.record_type for one in self.changes if not self._is_part(one)]
        if not moves or not types:
            return
        write, record = self.write, self.write.model.records[types[0]]
        holders = sorted({holder for move in moves for holder, _, _ in move.states})
        # Whoever moves one of the other ends elsewhere comes before or after.
        labels = {record.label, *(write.model.records[move.link.type_name].label for move in moves)}
        ends = {*holders, *(move.link.uuid for move in moves)}
        await write.run(lock_all(sorted(labels), list(ends), write.viewer.organization_id))
        held = await moving.links_of(write, record, holders, {move.link.kind for move in moves})
        back = []
        for move in reversed(moves):
            if all(held[holder].get(move.link) == after for holder, _, after in move.states):
                back.append(move.undone)
                self.returned |= {move.link.uuid} if move.link.type_name == "Customer" else set()
                for holder, before, _ in move.states:
                    if before is None:
                        held[holder].pop(move.link, None)
                    else:
                        held[holder][move.link] = before
            else:
                seen = await self._sees(move.link.type_name, move.link.uuid)
                self.left[(global_id(move.link.type_name, move.link.uuid) if seen else None, None)] = "CHANGED"
        self.holders |= {holder for move in back for holder, _, _ in move.states}
        await moving.make(write, record, back)
        await moving.note(write, back, last=last)

    async def _follow_roots(self) -> None:
        """Let customers follow the roots that they have again, or go back to the accounts from which they followed."""
        write = self.write
        if await is_one_account(write):
            await align(write, self.returned | placed(write.changes))
            if not write.changes and not self.left:
                # Their root is where it was: they stay with it.
                self.left |= {(global_id("Customer", top), None): "CHANGED" for top in await self._led_back()}
            return
        led = await self._led_back()
        back = [one for one in self.followers if one.follows in led]
        for uuid, reason in (await put_back(write, back) if back else {}).items():
            seen = await self._sees("Customer", uuid)
            self.left[(global_id("Customer", uuid), "account") if seen else (None, None)] = reason

    async def _led_back(self) -> list[str]:
        """The UUIDs of the customers whom others followed and who were taken back, or may be changed."""
        asked = {change.record_id for change in self.changes}
        stay = {found for found, name in self.left if name in (None, "account", "parent")}
        led = []
        for top, change in sorted({one.follows: one for one in self.followers}.items()):
            if top in asked:
                back = top not in self.refused and global_id("Customer", top) not in stay
            else:
                back = top in self.returned or bool(await self._look(replace(change, record_id=top), deleted=False))
            led += [top] if back else []
        return led

    async def _sees(self, type_name: str, uuid: str, action: str = "VIEW") -> bool:
        """Whether the viewer sees a record, and may do something to it."""
        write = self.write
        place = Place(write.model.records[type_name], uuid, write.viewer.organization_id)
        rows = await write.run(look_at(place, write.access("VIEW"), write.access(action), write.inputs))
        return bool(rows and rows[0][0] and rows[0][1])

    async def _expect_one_chosen(self) -> None:
        """Refuse what leaves a record with two primary parts, or none: another one was chosen since."""
        write, organization = self.write, self.write.viewer.organization_id
        touched: dict[str, set[str]] = {}
        for change in self._own:
            touched.setdefault(change.place.record.name, set()).add(change.place.uuid)
        for part in PARTS & touched.keys():
            for whole, uuid in await write.run(wholes_of(part, sorted(touched[part]), organization)):
                touched.setdefault(whole, set()).add(uuid)
        for label in WHOLES & touched.keys():
            for find in finders(label, chosen=True):
                for _, _, what, found, _ in await write.run(find(sorted(touched[label]), organization)):
                    message = f"Another {what} was chosen since: there would be {found}. Choose it by hand."
                    write.refuse("CONFLICT", message)
        write.settle()

    @property
    def _own(self) -> Sequence[Change]:
        """What the undo has done so far, but for customers that follow: nothing of these follows."""
        return [change for change in self.write.changes if not change.follows]

    async def _follow(self) -> None:
        """Work out anew what follows from what was taken back."""
        write = self.write
        touched = [(one.place.record.name, one.place.uuid) for one in self._own]
        customers = {uuid for type_name, uuid in touched if type_name == "Customer"}
        accounts = {uuid for type_name, uuid in touched if type_name == "Account"} | self.holders
        for change in self._own:
            for told in (change.before, change.after):
                if change.place.record.name == "Customer" and isinstance(told.get("account"), str):
                    accounts.add(parse_global_id(told["account"])[1])
        if customers or accounts:
            await revalue(write, customers=customers, accounts=accounts)
        if customers:
            # Customer users see the group and the channel of their own customer.
            await write.run(raise_access_version(write.viewer.organization_id))


async def undo(write: Write, given: UndoInput) -> Written:
    """Take back one change, or all changes of one write."""
    changes = await _named(write, given)
    write.settle()
    for key in ("tree", "reports"):
        await write.lock(key)
    undoing = Undo(write, *split(changes))
    await undoing.run()
    if not write.changes and set(undoing.left.values()) == {"FORBIDDEN"}:
        tops = {change.follows for change in undoing.followers}
        if undoing.refused >= tops | {change.record_id for change in undoing.changes}:
            write.refuse("NOT_FOUND", "There is no such change for you.", *_where(given))
        else:
            write.refuse("FORBIDDEN", "You may not take this back.", *_where(given))
        write.settle()
    told = {"__typename": LeftAsItIs.__name__}
    left = [
        {**told, "recordId": record_id, "field": name, "reason": why} for (record_id, name), why in undoing.left.items()
    ]
    return Written(values={"left": left})


def _where(given: UndoInput) -> tuple[str, ...]:
    return ("changeId",) if given.change_id else ("writeId",)


async def _named(write: Write, given: UndoInput) -> list[Changed]:
    """The changes that an input names; a merge as a whole."""
    if bool(given.change_id) == bool(given.write_id):
        write.refuse("INVALID", "Give either `changeId` or `writeId`.")
        return []
    organization, where = write.viewer.organization_id, _where(given)
    try:
        type_name, uuid = parse_global_id(str(given.change_id or given.write_id))
    except BadInput as error:
        write.refuse("INVALID", f"{error.message} {error.hint}", *where)
        return []
    if type_name != ("Change" if given.change_id else "Write"):
        write.refuse("INVALID", "This is an id of something else.", *where)
        return []
    rows = await write.run(changes_by(organization, "id" if given.change_id else "writeId", uuid))
    if given.change_id and rows and "writeId" in rows[0]:
        rows = _along(rows[0], await write.run(changes_by(organization, "writeId", rows[0]["writeId"])))
    if rows and not all("writeId" in row and "beside" in row for row in rows):
        write.refuse("INVALID", "It was noted by an older program, without what it takes to undo it.", *where)
        return []
    if not rows or not write.viewer.staff:
        write.refuse("NOT_FOUND", "There is no such change for you.", *where)
    elif (count := len({row["recordId"] for row in rows if "follows" not in row})) > MOST:
        write.refuse("INVALID", f"It changed {count} records; {MOST} can be changed back at once.", *where)
    elif any(row["recordType"] in ACCESS for row in rows):
        write.refuse("INVALID", "What decides who may do what is changed back by hand.", *where)
    return [Changed.read(row) for row in rows]


def _along(change: Mapping[str, Any], whole: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """A change of a write with those of the whole write that make no sense without it."""
    follow = any("follows" in one for one in whole)
    if change["mutation"] in WHOLE or (follow and change["mutation"] in FOLLOWED):
        return list(whole)
    top = change.get("follows") or change["recordId"]
    tree = [one for one in whole if top in (one["recordId"], one.get("follows"))]
    return tree if any("follows" in one for one in tree) else [change]


WHOLE = ("mergeAccounts", "mergeContacts", "undo")
"""Mutations of which one change makes no sense without the others."""
FOLLOWED = ("setCustomerParent", "setCustomerAccount")
"""Mutations of one customer, of which it makes none where others followed; of many, those of one tree do."""
