"""`c360 verify`: nothing is found where all is well, and each kind of fault is."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any

import orjson
import pytest

from app import settings
from app.cli import build
from app.verification import Difference, chosen_organizations, verify
from graph.database import Database
from graph.errors import NotFound
from graph.ids import new_id
from graph.local import Connection
from tests.world import BEGINNING, World

TYPES = ("BILLING", "SHIPPING")


@dataclass(frozen=True, slots=True)
class Planted:
    """A change that somebody makes in the database itself."""

    text: str
    parameters: dict[str, Any]


@pytest.fixture
async def world(database: Database) -> World:
    """A shop with two customers of two accounts, a contact with its parts, a customer user, and a change."""
    world = World(f"verify-{new_id()}")
    world.node("Organization", "organization", name="Verify", currency="USD", key=world.key)
    world.node("User", "ada", name="Ada", username=f"ada@{world.key}.example")
    for rule in ("ORDERS_NET", "WON", "NONE"):
        world.node("Channel", rule, name=rule, status="ACTIVE", lifetimeRule=rule, key=rule)
    for name, rule, value in (("iris", "ORDERS_NET", 450), ("olga", "WON", 700), ("paul", "NONE", 0)):
        world.node("Account", f"{name}-account", name=name, ownerId=world.uuid("ada"))
        world.node("Customer", name, name=name, channelId=world.uuid(rule), lifetimeValue=value)
        for end in ((name, "IN_CHANNEL", rule), (name, "BELONGS_TO", f"{name}-account")):
            world.link(*end)
        for owned in (name, f"{name}-account"):
            world.link(owned, "OWNED_BY", "ada")
        if value:
            entry = world.node("LifetimeValue", f"{name}-value", at=BEGINNING, value=value, channelId=world.uuid(rule))
            world.link(entry, "VALUE_OF", f"{name}-account")
            world.link(entry, "IN_CHANNEL", rule)
    world.link("olga", "CHILD_OF", "iris")
    world.node("Order", "order", status="OPEN", subtotal=500, discount=50, placedAt=BEGINNING)
    world.link("iris", "PLACED", "order")
    world.node("OrderItem", "item", amount=500)
    world.link("order", "HAS_ITEM", "item")
    world.node("Opportunity", "deal", status="WON", baseRevenue=700, closedAt=BEGINNING)
    world.link("deal", "OPPORTUNITY_OF", "olga")
    world.node("Contact", "carl", name="Carl", firstName="Carl", email="carl@oak.example", phone="555")
    world.node("Contact", "dora", name="Dora", firstName="Dora")
    world.link("carl", "REPORTS_TO", "dora")
    for unit, above in (("office", None), ("sales", "office")):
        world.node("BusinessUnit", unit, name=unit)
        if above:
            world.link(unit, "PART_OF", above)
    world.link("iris-account", "HAS_CONTACT", "carl", isDefault=True)
    world.link("iris-account", "HAS_DEFAULT_CONTACT", "carl")
    for label, kind in (("ContactEmail", "HAS_EMAIL"), ("ContactPhone", "HAS_PHONE"), ("Address", "HAS_ADDRESS")):
        for place in range(2):
            said = {"email": f"{'carl' * (1 - place)}@oak.example", "phone": "5" * (3 + place), "type": TYPES[place]}
            world.node(label, f"{label}-{place}", isPrimary=place == 0, **said)
            world.link("carl", kind, f"{label}-{place}")
    email = f"Boss@{world.key}.example"
    world.node("CustomerUser", "boss", name="Boss", email=email, emailKey=email.casefold())
    world.link("boss", "USER_OF", "iris")
    world.node("CustomerUserRole", "buyer", name="Buyer", permissions=[])
    world.link("boss", "HAS_ROLE", "buyer")
    await database.write(list(world.statements()))
    await plant(
        database, world, "CREATE (c:Change {organizationId: $org, id: $ada, recordId: $ada, recordType: 'User'})"
    )
    return world


async def plant(database: Database, world: World, text: str) -> None:
    """Change something in the database itself; the names of the world are parameters."""
    names = {name.replace("-", "_"): world.uuid(name) for name in world.types}
    await database.write([Planted(text, {**names, "org": world.organization_id})])


async def found(database: Database, world: World, **options: Any) -> list[Difference]:
    """What differs in the world."""
    organizations = await chosen_organizations(database, world.key)
    return [difference async for difference in verify(database, organizations, **options)]


async def test_all_is_well(database: Database, world: World) -> None:
    """Nothing differs, however small the pages; each record is counted."""
    advanced: list[int] = []

    assert [] == await found(database, world, page=2, advance=advanced.append)
    assert {1, 2} == set(advanced)


FAULTS: dict[str, tuple[str, list[tuple[str, str, str]]]] = {
    "lifetime value by orders": (
        "MATCH (n:Order {id: $order}) SET n.status = 'CANCELLED'",
        [("lifetime value", "450", "0")],
    ),
    "lifetime value by deals": (
        "MATCH (n:Opportunity {id: $deal}) SET n.baseRevenue = 701",
        [("lifetime value", "700", "701")],
    ),
    "lifetime value of the unvalued": (
        "MATCH (n:Customer {id: $paul}) SET n.lifetimeValue = 1",
        [("lifetime value", "1", "0"), ("last entry of the lifetime history", "0", "1")],
    ),
    "history": (
        "MATCH (n:LifetimeValue {id: $iris_value}) SET n.value = 449",
        [("last entry of the lifetime history", "449", "450")],
    ),
    "no account": ("MATCH (:Customer {id: $paul})-[b:BELONGS_TO]->() DELETE b", [("account", "0", "1")]),
    "two accounts": (
        "MATCH (n:Customer {id: $paul}), (a:Account {id: $iris_account}) CREATE (n)-[:BELONGS_TO]->(a)",
        [("account", "2", "1")],
    ),
    "account that is deleted": (
        "MATCH (n:Account {id: $paul_account}) REMOVE n:Account:Record SET n:Deleted, n.deletedType = 'Account'",
        [("account", "0", "1"), ("link to a deleted record", "BELONGS_TO Account $paul-account", "none")],
    ),
    "customer of a user that is deleted": (
        """MATCH (n:Customer {id: $iris})<-[u:USER_OF]-(b) MATCH (p:Customer {id: $paul})
        REMOVE p:Customer:Record SET p:Deleted, p.deletedType = 'Customer' DELETE u CREATE (b)-[:USER_OF]->(p)""",
        [("customer", "0", "1"), ("link to a deleted record", "USER_OF Customer $paul", "none")],
    ),
    "circle": (
        "MATCH (n:Customer {id: $iris}), (m:Customer {id: $olga}) CREATE (n)-[:CHILD_OF]->(m)",
        [("place in the tree", "below itself", "not below itself")] * 2,
    ),
    "two parents": (
        "MATCH (n:Customer {id: $olga}), (m:Customer {id: $paul}) CREATE (n)-[:CHILD_OF]->(m)",
        [("field that leads to one record", "parent: 2", "at most 1")],
    ),
    "copy of the channel": (
        "MATCH (n:Customer {id: $paul}) SET n.channelId = null",
        [("copy of the channel", "none", "$NONE")],
    ),
    "no primary email": (
        "MATCH (n:ContactEmail {id: $ContactEmail_0}) SET n.isPrimary = false",
        [("primary email address", "0", "1")],
    ),
    "two primary phones": (
        "MATCH (n:ContactPhone {id: $ContactPhone_1}) SET n.isPrimary = true",
        [("primary phone number", "2", "1")],
    ),
    "two primary addresses": (
        "MATCH (n:Address {id: $Address_1}) SET n.isPrimary = true",
        [("primary address", "2", "1")],
    ),
    "copy of the primary email": (
        "MATCH (n:Contact {id: $carl}) SET n.email = 'old@oak.example'",
        [("copy of the primary email address", "old@oak.example", "carl@oak.example")],
    ),
    "email without emails": (
        "MATCH (n:Contact {id: $dora}) SET n.email = 'dora@oak.example'",
        [("copy of the primary email address", "dora@oak.example", "none")],
    ),
    "copy of the primary phone": (
        "MATCH (n:ContactPhone {id: $ContactPhone_0}) SET n.phone = '777'",
        [("copy of the primary phone number", "555", "777")],
    ),
    "two billing addresses": (
        "MATCH (n:Address {id: $Address_1}) SET n.type = 'BILLING'",
        [("address of a type", "BILLING: 2", "at most 1")],
    ),
    "circle of those who report": (
        "MATCH (n:Contact {id: $dora}), (m:Contact {id: $carl}) CREATE (n)-[:REPORTS_TO]->(m)",
        [("place among those who report", "below itself", "not below itself")] * 2,
    ),
    "circle of units": (
        "MATCH (n:BusinessUnit {id: $office}), (m:BusinessUnit {id: $sales}) CREATE (n)-[:PART_OF]->(m)",
        [("place among the units", "below itself", "not below itself")] * 2,
    ),
    "match key": (
        "MATCH (n:Customer {id: $paul}) SET n.firstName = 'Paul', n.lastName = 'Oak', n.email = ' Straße@Oak.example'",
        [("match key", "none", "paul oak strasse@oak.example")],
    ),
    "match key of nobody": (
        "MATCH (n:Customer {id: $paul}) SET n.matchKey = 'some'",
        [("match key", "some", "none")],
    ),
    "name of a customer": (
        "MATCH (n:Customer {id: $paul}) SET n.name = null, n.firstName = 'Paul', n.lastName = 'Oak'",
        [("name for people", "paul", "Paul Oak")],
    ),
    "name of a contact": (
        "MATCH (n:Contact {id: $carl}) SET n.firstName = null",
        [("name for people", "Carl", "carl@oak.example")],
    ),
    "two wholes": (
        """MATCH (n:Address {id: $Address_1}), (c:Customer {id: $paul}) CREATE (c)-[:HAS_ADDRESS]->(n)
        WITH n SET n.isPrimary = true WITH n MATCH (p:Address {id: $Address_0}) SET p.isPrimary = false""",
        [("whole", "2", "1")],
    ),
    "no whole": ("MATCH (:Order)-[i:HAS_ITEM]->({id: $item}) DELETE i", [("whole", "0", "1")]),
    "role": ("MATCH (:CustomerUser {id: $boss})-[r:HAS_ROLE]->() DELETE r", [("role", "none", "at least 1")]),
    "fewer versions than changes": (
        """UNWIND ['CREATE', 'EDIT', 'DELETE'] AS action CREATE (:Change {organizationId: $org, id: $paul + action,
        recordId: $paul, recordType: 'Customer', action: action})""",
        [("version", "1", "at least 2")],
    ),
    "default contact": (
        "MATCH (:Account {id: $iris_account})-[h:HAS_CONTACT]->() SET h.isDefault = false",
        [("default contact", "$carl /", "at most one, chosen and marked alike")],
    ),
    "version": ("MATCH (n:Contact {id: $carl}) SET n.version = 0", [("version", "0", "1 or more")]),
    "copy of the owner": (
        "MATCH (n:Account {id: $paul_account}) SET n.ownerId = $carl",
        [("copy of the owner", "$carl", "$ada")],
    ),
    "no customer": ("MATCH (:CustomerUser {id: $boss})-[u:USER_OF]->() DELETE u", [("customer", "0", "1")]),
    "email key": (
        "MATCH (n:CustomerUser {id: $boss}) SET n.emailKey = $boss",
        [("key of the email address", "$boss", "$email")],
    ),
    "deleted record with a label": (
        "MATCH (n:Contact {id: $carl}) SET n:Deleted, n.deletedType = 'Contact'",
        [("labels of a deleted record", "…", "Deleted")],
    ),
    "change of nothing": (
        "MATCH (c:Change {organizationId: $org}) SET c.recordId = $carl",
        [("record of a change", "none", "$carl")],
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
async def test_each_fault_is_found(database: Database, world: World, fault: str) -> None:
    """What is stored and what is expected are told, and nothing else differs."""
    text, expected = FAULTS[fault]
    await plant(database, world, text)

    differences = await found(database, world)

    names = {f"${name}": world.uuid(name) for name in world.types}
    names["$email"] = f"boss@{world.key}.example"

    def filled(value: str) -> str:
        return " ".join(names.get(part, part) for part in value.split(" "))

    assert sorted((what, filled(stored), filled(should)) for what, stored, should in expected) == sorted(
        (one.what, "…" if one.what.startswith("labels") else one.stored, one.expected) for one in differences
    )
    assert {world.key} == {one.organization for one in differences}


async def test_an_unknown_organization(database: Database) -> None:
    """Nothing is verified in place of what was named."""
    with pytest.raises(NotFound):
        await chosen_organizations(database, "nowhere")


async def test_the_command(
    database: Database,
    world: World,
    neo4j_connection: Connection,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """It leaves with 1 when something differs, and tells what as a table or as lines of JSON."""
    monkeypatch.setenv("C360_NEO4J_URI", neo4j_connection.uri)
    monkeypatch.setenv("C360_NEO4J_USER", neo4j_connection.user)
    monkeypatch.setenv("C360_NEO4J_PASSWORD", neo4j_connection.password)
    settings.load.cache_clear()

    assert 0 == await left(world)
    assert "0 differences" in capsys.readouterr().out
    await plant(database, world, "MATCH (n:Contact {id: $carl}) SET n.version = 0")
    assert 1 == await left(world)
    assert "1 difference\n" in capsys.readouterr().out
    assert 1 == await left(world, "--json")
    assert {
        "organization": world.key,
        "id": world.id("carl"),
        "what": "version",
        "stored": "0",
        "expected": "1 or more",
    } == orjson.loads(capsys.readouterr().out)


async def left(world: World, *options: str) -> int:
    """The exit status of the command, run as the command line runs it."""

    def run() -> int:
        try:
            build()(["verify", "--organization", world.key, *options])
        except SystemExit as leaving:
            return int(leaving.code or 0)
        return 0

    return await asyncio.to_thread(run)
