"""Migrations: what a database needs before this program uses it, by version, each safe to run again.

Constraints and indexes are derived from the model, and every run makes those that are missing, so that a new type needs
no migration of its own; a version is added when stored data must change.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass

from app.organizations import administrator_id, default_roles, role_id
from cypher.ddl import await_indexes, existing_names, schema_statements
from cypher.migrations import (
    adopt_customer_roles,
    applied_versions,
    give_customer_roles,
    give_staff_roles,
    link_default_owners,
    organizations,
    record_version,
    store_owners,
)
from cypher.organizations import ensure_roles
from cypher.viewers import raise_access_version
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


async def _access(database: Database) -> None:
    """Let those who are there see what they saw before."""
    (found,) = await database.read([organizations()])
    await give_access(database, found)


async def give_access(database: Database, organizations: Iterable[Sequence[str]]) -> None:
    """Give roles to who is there, and to each owned record the id of its owner: nobody sees anything without.

    Args:
        database: where.
        organizations: id and key of each organisation whose people get roles.
    """
    buyers = {}
    for organization_id, key in organizations:
        staff, customers = default_roles(key)
        buyers[organization_id] = role_id("CustomerUserRole", key, "buyer")
        await database.write(
            [
                adopt_customer_roles(customers, organization_id=organization_id, now=now()),
                ensure_roles("CustomerUserRole", customers, organization_id=organization_id, now=now()),
                ensure_roles("Role", staff, organization_id=organization_id, now=now()),
                give_staff_roles(administrator_id(key), organization_id=organization_id),
                raise_access_version(organization_id),
            ]
        )
    await database.run_alone(give_customer_roles(buyers))
    await database.run_alone(store_owners())


async def _default_owners(database: Database) -> None:
    """Let channels lead to their default owners, of whom they had the ids alone."""
    await database.run_alone(link_default_owners())


MIGRATIONS: tuple[Migration, ...] = (
    Migration(1, "Constraints and indexes of the model", _first),
    Migration(2, "Roles, and owners by id", _access),
    Migration(3, "Default owners of channels", _default_owners),
)


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
        await database.run_alone(statement)
    await database.run_alone(await_indexes())
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
