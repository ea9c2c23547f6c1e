"""Migrations on a real Neo4j: what an older program stored is whole for this one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from app.migrations import give_access, migrate
from app.organizations import administrator_id, role_id
from app.viewers import Identity, find_viewer
from graph.database import Database
from graph.ids import new_id

OLD = """
CREATE (o:Organization:Record {id: $id, organizationId: $id, key: $key, name: 'Old', currency: 'EUR'})
CREATE (boss:User:Record {id: $id + '-x-boss', organizationId: $id, username: $key + '-boss'})
CREATE (lead:User:Record {id: $id + '-lead', organizationId: $id, username: $key + '-lead'})
CREATE (rep:User:Record {id: $id + '-rep', organizationId: $id, username: $key + '-rep'})
CREATE (admin:User:Record {id: $administrator, organizationId: $id, username: $key + '-admin', createdAt: datetime()})
SET boss.createdAt = datetime('2020-01-01'), lead.createdAt = boss.createdAt, rep.createdAt = boss.createdAt
CREATE (rep)-[:REPORTS_TO]->(lead)-[:REPORTS_TO]->(boss)
CREATE (c:Customer:Record {id: $id + '-c', organizationId: $id, name: 'Acme'})-[:OWNED_BY]->(rep)
CREATE (k:Contact:Record {id: $id + '-k', organizationId: $id, ownerId: 'kept'})-[:OWNED_BY]->(lead)
CREATE (own:CustomerUserRole:Record {id: $id + '-own', organizationId: $id, name: 'Administrator'})-[:ROLE_OF]->(c)
CREATE (role:CustomerUserRole:Record {id: $id + '-old', organizationId: $id, name: 'Buyer', version: 1})
CREATE (ann:CustomerUser:Record {id: $id + '-ann', organizationId: $id, emailKey: 'ann@' + $key})-[:HAS_ROLE]->(role)
CREATE (ben:CustomerUser:Record {id: $id + '-ben', organizationId: $id, emailKey: 'ben@' + $key})-[:USER_OF]->(c)
RETURN 1 AS made
"""
"""An organisation as the first version stored it: nobody of the staff has a role, the buyer's role says nothing."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A statement of a test's own."""

    text: str
    parameters: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Old:
    """An organisation of the older version."""

    database: Database
    id: str
    key: str

    async def rows(self, text: str) -> list[Any]:
        """The first column of the answer to a question about the organisation, `$id`."""
        [rows] = await self.database.read([Asked(text, {"id": self.id})])
        return rows

    async def roles(self, label: str) -> dict[str, list[str]]:
        """The names of the roles that people of a label have, by the end of their ids."""
        found = await self.rows(
            f"MATCH (u:{label} {{organizationId: $id}}) "
            "RETURN [replace(u.id, $id + '-', ''), COLLECT { MATCH (u)-[:HAS_ROLE]->(r) RETURN r.name }]"
        )
        return dict(found)

    async def dump(self) -> list[Any]:
        """All nodes and relationships."""
        nodes = await self.rows(
            "MATCH (n {organizationId: $id}) WITH n {.*, createdAt: null, updatedAt: null, accessVersion: null} AS n "
            "RETURN n ORDER BY n.id"
        )
        links = await self.rows(
            "MATCH (n {organizationId: $id})-[r]->(m) WITH [n.id, type(r), m.id] AS link RETURN link ORDER BY link"
        )
        return [nodes, links]


@pytest.fixture
async def old(database: Database) -> Old:
    """An organisation of the older version, in which roles and owners were never asked for."""
    organization, key = new_id(), f"old-{new_id()}"
    given = {"id": organization, "key": key, "administrator": administrator_id(key)}
    await database.write([Asked(OLD, given)])
    return Old(database, organization, key)


async def test_everybody_gets_a_role(old: Old) -> None:
    """The first user and the one of the beginning are administrators, who leads is a manager, others sell or buy."""
    await give_access(old.database, [(old.id, old.key)])

    staff = await old.roles("User")
    administrator = staff.pop(administrator_id(old.key))
    assert administrator == ["Administrator"]
    assert staff == {"x-boss": ["Administrator"], "lead": ["Manager"], "rep": ["Sales"]}
    assert await old.roles("CustomerUser") == {"ann": ["Buyer"], "ben": ["Buyer"]}


async def test_predefined_roles_are_no_duplicates(old: Old) -> None:
    """A role that was a name alone becomes the one that every organisation begins with; a company's own one stays."""
    await give_access(old.database, [(old.id, old.key)])

    roles = await old.rows(
        "MATCH (r:CustomerUserRole {organizationId: $id}) WITH r ORDER BY r.name, r.id "
        "RETURN [r.name, r.id, r.key, size(r.permissions) > 0]"
    )
    default = {key: role_id("CustomerUserRole", old.key, key) for key in ("administrator", "buyer", "guest")}
    assert {tuple(role) for role in roles} == {
        ("Administrator", default["administrator"], "administrator", True),
        ("Administrator", f"{old.id}-own", None, None),
        ("Buyer", default["buyer"], "buyer", True),
        ("Guest", default["guest"], "guest", True),
    }
    assert len(roles) == 4


async def test_owners_are_stored_on_what_they_own(old: Old) -> None:
    """A record without the id of its owner gets it; one that has it keeps it."""
    await give_access(old.database, [(old.id, old.key)])

    owners = await old.rows("MATCH (n {organizationId: $id})-[:OWNED_BY]->() RETURN [n.id, n.ownerId]")
    assert sorted(owners) == [[f"{old.id}-c", f"{old.id}-rep"], [f"{old.id}-k", "kept"]]


async def test_again_changes_nothing(old: Old) -> None:
    """A migration that was broken off can be run again; what somebody changed meanwhile stays."""
    await give_access(old.database, [(old.id, old.key)])
    taken = "MATCH (:User {organizationId: $id, id: $id + '-rep'})-[r:HAS_ROLE]->() DELETE r WITH count(*) AS x "
    given = (
        "MATCH (u {id: $id + '-rep'}), (m:Role {organizationId: $id, name: 'Marketing'}) CREATE (u)-[:HAS_ROLE]->(m)"
    )
    await old.database.write([Asked(taken + given + " RETURN 1", {"id": old.id})])
    before = await old.dump()

    await give_access(old.database, [(old.id, old.key)])

    assert await old.dump() == before


async def test_remembered_viewers_are_read_anew(old: Old) -> None:
    """The version of access is raised, and people are viewers with what their roles give."""
    await give_access(old.database, [(old.id, old.key)])

    boss = await find_viewer(old.database, Identity("staff", f"{old.key}-boss"))
    rep = await find_viewer(old.database, Identity("staff", f"{old.key}-rep"))
    assert boss.version == rep.version == 1
    assert [viewer.grants.level("Customer", "VIEW") for viewer in (boss, rep)] == ["ORGANIZATION", "UNIT"]


async def test_a_database_is_migrated_once(database: Database) -> None:
    """A database that is up to date has nothing applied to it."""
    again = await migrate(database)

    assert again.applied == ()
    assert again.version == 3
