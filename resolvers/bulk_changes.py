"""The customers of a bulk write that are there already: what their rows change of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from strawberry import UNSET

from cypher import bulk
from cypher.viewers import raise_access_version
from graph.ids import global_id
from resolvers.bulk_inputs import RowOutcome
from resolvers.bulk_rows import Row, Rows, expect_all
from resolvers.customer_details import following, stored_details
from resolvers.hidden_writes import hidden_problems, name_problems
from resolvers.records import Found


@dataclass(frozen=True, slots=True)
class Known:
    """A customer that is there, locked: whether the viewer sees and may change it, and what it holds."""

    seen: bool
    reached: bool
    properties: Mapping[str, Any]
    group: str | None


async def change(rows: Rows, found: Sequence[tuple[Row, Known]]) -> None:
    """Change customers by their rows; what is absent or as it was stays. Nothing here moves one out of reach."""
    told = {row.place: _told(rows, row, known) for row, known in found}
    standing = {row.place for row in rows.standing([row for row, _ in found])}
    changed, regrouped = [], []
    for row, known in found:
        if row.place in standing:
            row.uuid = known.properties["id"]
            given, moved = _differing(row, known, told[row.place])
            row.outcome = RowOutcome.UPDATED if given or moved else RowOutcome.UNCHANGED
            if given or moved:
                changed.append({"customer": row.uuid, "set": given})
                regrouped += [row] if moved else []
                old = {key: known.properties.get(key) for key in given}
                rows.write.note(rows.record("Customer", row.uuid), "EDIT", old, given, moved)
    write, organization = rows.write, rows.write.viewer.organization_id
    if changed:
        await write.run(bulk.change_customers(changed, organization, write.now))
    if regrouped:
        await write.run(bulk.leave_groups([row.uuid for row in regrouped], organization))
        joining = [{"customer": row.uuid, "end": row.ends["groupId"][1]} for row in regrouped if "groupId" in row.ends]
        expect_all(joining, *await write.run(bulk.join_groups(joining, organization)))
        # Customer users see the group of their own customer.
        await write.run(raise_access_version(organization))


def _told(rows: Rows, row: Row, known: Known) -> dict[str, Any]:
    """What the row says of the details; what is wrong with it is told."""
    found = Found(rows.record("Customer", known.properties["id"]), known.properties)
    row.write.expect(found, getattr(row.given, "expected_version", None))
    kind, said = str(known.properties.get("kind")), getattr(row.given, "kind", None)
    if said and said.name != kind:
        row.write.refuse("INVALID", f"The customer is a {kind} and stays one.", "kind")
    told = stored_details(row.write, row.given, kind)
    if hidden := row.write.viewer.grants.hidden:
        names = [name for name, value in told.items() if value is not UNSET]
        follows = following({**known.properties, **{name: told[name] for name in names}})
        model, name = row.write.model, follows["displayName"]
        row.write.problems += name_problems(model, hidden, "Customer", known.properties, name)
        row.write.problems += hidden_problems(model, hidden, "Customer", names)
    return told


def _differing(row: Row, known: Known, told: dict[str, Any]) -> tuple[dict[str, Any], list[tuple[str, Any, Any]]]:
    """The properties that differ from those that are there, and the group where it is another one."""
    values = row.keep(told)
    values |= following({**known.properties, **{key: one for key, one in values.items() if one is not UNSET}})
    given = {key: one for key, one in values.items() if one is not UNSET and known.properties.get(key) != one}
    _, group = row.ends.get("groupId", ("", None))
    asked = row.given.group_id is not UNSET and (group or not row.given.group_id)
    if not asked or group == known.group:
        return given, []
    was, now = (global_id("CustomerGroup", uuid) if uuid else None for uuid in (known.group, group))
    return given, [("group", was, now)]
