"""The customers of a bulk write that are there already: what their rows say of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from strawberry import UNSET

from cypher import bulk
from cypher.viewers import raise_access_version
from resolvers.bulk_rows import Row, Rows
from resolvers.bulk_writing import Moved, change, expect_shown
from resolvers.customer_details import following, stored_details


def check_changes(row: Row, rows: Rows) -> None:
    """Read what a row says of its customer; what is wrong with it is told."""
    there = row.found.properties if row.found else {}
    kind, said = str(there.get("kind")), getattr(row.given, "kind", None)
    if said and said.name != kind:
        row.write.refuse("INVALID", f"The customer is a {kind} and stays one.", "kind")
    row.stored = row.keep(stored_details(row.write, row.given, kind))
    told = {name: value for name, value in row.stored.items() if value is not UNSET}
    row.stored |= following({**there, **told})
    group = row.ends.get("groupId")
    if row.given.group_id is not UNSET and (group or not row.given.group_id):
        row.links["group"] = [group[1]] if group else []
    expect_shown(rows, row)


async def claim_keys(rows: Rows) -> None:
    """Keep the new keys of customers for them, which nobody else may have."""
    first: dict[tuple[str, str], Row] = {}
    for row in rows.standing():
        there, key = (row.found.properties if row.found else {}), row.stored.get("originId")
        if not key or key == there.get("originId") or not there.get("channelId"):
            continue
        if (earlier := first.setdefault((there["channelId"], key), row)) is not row:
            row.write.refuse("TAKEN", f"Row {earlier.place} has this already. Choose another one.", "originId")
    if first:
        free = await rows.write.run(bulk.claim_keys(list(first), rows.write.viewer.organization_id))
        for key in first.keys() - {(channel, key) for channel, key in free}:
            first[key].write.refuse("TAKEN", "Another record has this already. Choose another one.", "originId")


async def change_customers(rows: Rows, some: Sequence[Row]) -> Mapping[str, Sequence[Moved]]:
    """Change customers by their rows; their links that lead elsewhere now, by UUID."""
    moved = await change(rows, some)
    if any(name == "group" for links in moved.values() for name, _, _ in links):
        # Customer users see the group of their own customer.
        await rows.write.run(raise_access_version(rows.write.viewer.organization_id))
    return moved
