"""Places in trees that many rows ask for at once: no circle can come about, also not among the rows of one call."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from strawberry import UNSET

from cypher import bulk
from cypher.trees import ways_up
from resolvers.bulk_rows import Row, Rows
from resolvers.bulk_writing import take_back

Above = dict[str, str | None]
"""The UUID of the record above each, by UUID; None where there is none."""


@dataclass(frozen=True, slots=True)
class Tree:
    """A tree of records: its lock, the type of its relationship, and the field of a row that names what is above."""

    lock: str
    kind: str
    where: str


CUSTOMERS = Tree("tree", "CHILD_OF", "parentId")
REPORTS = Tree("reports", "REPORTS_TO", "reportsToId")
NO_PARENT = "There is no such Customer for you."
LOST = "The row that was to make its parent has failed. Mend that one first."


async def lock_tree(rows: Rows) -> None:
    """Let customers move one call at a time in an organisation, where a row says who its parent is."""
    if any(_names_parent(row) for row in rows.every):
        await rows.write.lock(CUSTOMERS.lock)


async def place(rows: Rows, some: Sequence[Row], channel: str | None = None) -> list[Row]:
    """Decide where customers stand in the tree: their rows lead to their parents then, if they say so.

    Nothing of a row is written yet but the bare record of a new customer, which is taken back when the row fails here.

    Args:
        rows: of the bulk write.
        some: those that stand.
        channel: UUID of the channel of new customers.

    Returns:
        The rows that stand, in an order in which undo takes them back: it begins with the last one.
    """
    asking = [row for row in some if _names_parent(row)]
    if not asking:
        return list(some)
    wanted = await _parents(rows, asking, some, channel)
    new = {row.uuid for row in some if row.found is None}
    while True:
        there = await refuse_circles(rows, some, wanted, CUSTOMERS)
        standing = {row.uuid for row in rows.standing(some)}
        lost = [row for row in asking if row.uuid in wanted and wanted[row.uuid] in new - standing]
        for row in lost:
            row.write.refuse("NOT_FOUND", LOST, _where(row))
            del wanted[row.uuid]
        if not lost:
            break
    for row in asking:
        if row.uuid in wanted:
            parent = wanted[row.uuid]
            row.links["parent"] = [parent] if parent else []
    known = deepest_first(rows.standing([row for row in some if row.found]), there)
    return [*known, *await take_back(rows, [row for row in some if row.found is None])]


async def refuse_circles(rows: Rows, some: Sequence[Row], wanted: Above, tree: Tree) -> Above:
    """Refuse the rows that would close a circle together, and take them out of what is wanted.

    What is above others is as it will be: as the rows say, else as it is.

    Returns:
        What was above the records, and above those.
    """
    write, of = rows.write, {row.uuid: row for row in some}
    asked = sorted({*wanted, *(above for above in wanted.values() if above)})
    found = await write.run(ways_up(rows.type, asked, tree.kind, write.access("VIEW"), write.inputs))
    there: Above = {uuid: above for uuid, above, _ in found}
    names = {uuid: str(shown) for uuid, _, shown in found}
    # A row that is refused stays where it is, which may close another circle.
    while circles := [one for one in _circles({**there, **wanted}, wanted) if wanted.keys() & set(one)]:
        for circle in circles:
            for uuid in wanted.keys() & set(circle):
                up = [*circle[circle.index(uuid) :], *circle[: circle.index(uuid)]]
                way = ", ".join(names.get(one, "…") for one in [uuid, *reversed(up)])
                of[uuid].write.refuse("CYCLE", f"It would be above itself: {way}.", _where(of[uuid], tree))
                del wanted[uuid]
    return there


def deepest_first(some: Sequence[Row], above: Above) -> list[Row]:
    """Rows by the depth of their records as it was: going up again from the end, no way back closes a circle."""
    depths: dict[str | None, int] = {None: 0}
    for row in some:
        way, one = dict[str, None](), above.get(row.uuid)
        while one is not None and one not in depths and one not in way:
            way[one] = None
            one = above.get(one)
        depth = depths.get(one, 0)
        depths |= {step: depth + at for at, step in enumerate(reversed(way), 1)}
    return sorted(some, key=lambda row: depths[above.get(row.uuid)], reverse=True)


def _circles(above: Mapping[str, str | None], starts: Collection[str]) -> list[list[str]]:
    """The circles that ways up from some records run into, each from the bottom up."""
    done, found = set[str](), []
    for start in starts:
        way: dict[str, None] = {}
        one: str | None = start
        while one is not None and one not in done and one not in way:
            way[one] = None
            one = above.get(one)
        if one is not None and one in way:
            steps = list(way)
            found.append(steps[steps.index(one) :])
        done |= way.keys()
    return found


async def _parents(rows: Rows, asking: Sequence[Row], some: Sequence[Row], channel: str | None) -> Above:
    """The UUIDs of the parents that rows name, by those of their customers."""
    write, wanted = rows.write, Above()
    # A key means what it means after the call.
    keys = {(_channel(row, channel), _key(row)): row.uuid for row in some}
    changing = {row.uuid for row in some if row.found and _key(row) != row.found.properties.get("originId")}
    named = {row.uuid: (_channel(row, channel), key) for row in asking if (key := _parent_key(row))}
    asked = sorted({one for one in named.values() if one[0] and one not in keys})
    if asked:
        for at, key, uuid in await write.run(bulk.customers_by_origin(asked, write.access("VIEW"), write.inputs)):
            if uuid not in changing:
                keys[at, key] = uuid
    for row in asking:
        if row.uuid in named and named[row.uuid] not in keys:
            row.write.refuse("NOT_FOUND", NO_PARENT, _where(row))
        elif row.uuid in named:
            wanted[row.uuid] = keys[named[row.uuid]]
        elif "parentId" in row.ends:
            wanted[row.uuid] = row.ends["parentId"][1]
        elif not row.given.parent_id:
            wanted[row.uuid] = None
    return wanted


def check_parent(row: Row) -> None:
    """Refuse a row that names two parents."""
    if row.given.parent_id and (row.given.parent_origin_id or "").strip():
        row.write.refuse("INVALID", "Give either `parentId` or `parentOriginId`.", "parentOriginId")


def _names_parent(row: Row) -> bool:
    return row.given.parent_id is not UNSET or row.given.parent_origin_id is not UNSET


def _parent_key(row: Row) -> str:
    """The key that the row names its parent by; empty when it does not."""
    return "" if row.given.parent_id else (row.given.parent_origin_id or "").strip()


def _where(row: Row, tree: Tree = CUSTOMERS) -> str:
    return "parentOriginId" if tree is CUSTOMERS and _parent_key(row) else tree.where


def _channel(row: Row, channel: str | None) -> str | None:
    return row.found.properties.get("channelId") if row.found else channel


def _key(row: Row) -> str | None:
    """The key of a customer in its source after the call."""
    if row.found is None or row.given.origin_id is not UNSET:
        return row.key or None
    return row.found.properties.get("originId")
