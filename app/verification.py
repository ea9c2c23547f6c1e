"""Compares what is stored with what the facts and the rules say, page by page."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from cypher.checks import checks, settled
from cypher.ddl import existing_names
from cypher.verification import (
    Finder,
    changes_of_nothing,
    count_records,
    finders,
    kinds_of_changes,
    missing_constraints,
    organizations,
    page_of_ids,
    versions_behind,
)
from graph.database import Database
from graph.errors import NotFound
from graph.ids import global_id
from graph.registry import load_model

PAGE = 2_000
CHANGES = "Change"

Advance = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Difference:
    """What is not as it should be: a record by organisation and id, what of it, what is stored, what is expected."""

    organization: str
    id: str
    what: str
    stored: str
    expected: str


async def chosen_organizations(database: Database, key: str | None) -> list[tuple[str, str]]:
    """UUID and key of the organisation of a key, or of all.

    Raises:
        NotFound: there is none of that key.
    """
    [rows] = await database.read([organizations()])
    found = [(uuid, name) for uuid, name in rows if key in (None, name)]
    if key is not None and not found:
        raise NotFound(f"There is no organisation {key!r}.", hint="Leave --organization out to verify all of them.")
    return found


async def count(database: Database, chosen: Sequence[tuple[str, str]]) -> int:
    """How many records there are to look at; one that is looked at in two ways counts twice."""
    counts = [await database.read([count_records(label, uuid) for label in _labels()]) for uuid, _ in chosen]
    return sum(rows[0] for found in counts for rows in found)


async def verify(
    database: Database,
    chosen: Sequence[tuple[str, str]],
    *,
    advance: Advance = lambda _: None,
    page: int = PAGE,
) -> AsyncIterator[Difference]:
    """Every difference in some organisations; memory does not grow with the data.

    Args:
        database: where.
        chosen: UUID and key of each organisation.
        advance: is told how many records more were looked at.
        page: records that are looked at at a time.
    """
    [existing] = await database.read([existing_names()])
    for name in missing_constraints(load_model(), existing):
        yield Difference("", name, "constraint or index", "none", "online")
    for uuid, key in chosen:
        for label in _labels():
            async for ids in _pages(database, label, uuid, page):
                for finder in await _finders(database, label, ids, uuid):
                    for row in await _confirmed(database, finder, ids, uuid):
                        yield _difference(key, row)
                advance(len(ids))


async def _finders(database: Database, label: str, ids: Sequence[str], uuid: str) -> list[Finder]:
    if label != CHANGES:
        return finders(label)
    [kinds] = await database.read([kinds_of_changes(ids, uuid)])
    records, looks = load_model().records, (changes_of_nothing, versions_behind)
    return [partial(look, records[kind].label, kind) for kind in kinds if kind in records for look in looks]


def _labels() -> tuple[str, ...]:
    """The labels whose records are looked at."""
    return (*checks(), CHANGES)


async def _pages(database: Database, label: str, uuid: str, size: int) -> AsyncIterator[list[str]]:
    after = ""
    while True:
        [ids] = await database.read([page_of_ids(label, uuid, after, size)])
        if not ids:
            return
        yield ids
        after = ids[-1]


async def _confirmed(database: Database, finder: Finder, ids: Sequence[str], uuid: str) -> list[list[Any]]:
    """What differs in both of two looks: what somebody changes meanwhile is read in parts, and differs only once."""
    [first] = await database.read([finder(ids, uuid)])
    if not first:
        return []
    [second] = await database.read([finder(ids, uuid)])
    return [told for row in second if row in first and (told := settled(row))]


def _difference(organization: str, row: Sequence[Any]) -> Difference:
    type_name, uuid, what, stored, expected = row
    known = load_model().records
    return Difference(organization, global_id(type_name, uuid) if type_name in known else uuid, what, stored, expected)
