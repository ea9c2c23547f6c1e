"""Migrations: what a database needs before this program uses it, by version, each safe to run again.

Constraints and indexes are derived from the model, and every run makes those that are missing, so that a new type needs
no migration of its own; a version is added when stored data must change.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from cypher.ddl import await_indexes, existing_names, schema_statements
from cypher.migrations import applied_versions, record_version
from graph.database import Database
from graph.errors import ModelInvalid
from graph.registry import load_model


@dataclass(frozen=True, slots=True)
class Migration:
    """One step: its number, what it is for, and the function that takes it."""

    version: int
    title: str
    apply: Callable[[Database], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class MigrationReport:
    """What a run did: the versions applied now; the model's constraints and indexes, and those made now."""

    applied: tuple[int, ...]
    version: int
    schema_items: int
    created: int


async def _first(_: Database) -> None:
    """The first version: nothing stored has to change."""


MIGRATIONS: tuple[Migration, ...] = (Migration(1, "Constraints and indexes of the model", _first),)


async def migrate(database: Database) -> MigrationReport:
    """Bring a database up to this program's version and wait for its indexes.

    Raises:
        ModelInvalid: the database was used by a newer program.
    """
    done = await _versions(database)
    latest = MIGRATIONS[-1].version
    if done and done[-1] > latest:
        raise ModelInvalid(
            f"The database has version {done[-1]}, this program knows {latest}.", hint="Use a newer c360 with it."
        )
    statements = schema_statements(load_model())
    (there,) = await database.read([existing_names()])
    missing = [statement for name, statement in statements.items() if name not in there]
    for statement in missing:
        await database.change_schema(statement)
    await database.change_schema(await_indexes())
    applied = []
    for migration in MIGRATIONS:
        if migration.version not in done:
            await migration.apply(database)
            await database.write([record_version(migration.version, migration.title, now())])
            applied.append(migration.version)
    return MigrationReport(tuple(applied), latest, len(statements), len(missing))


async def _versions(database: Database) -> list[int]:
    (versions,) = await database.read([applied_versions()])
    return [int(version) for version in versions]


def now() -> dt.datetime:
    """The present moment in UTC, cut to milliseconds as stored times are."""
    moment = dt.datetime.now(dt.UTC)
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)
