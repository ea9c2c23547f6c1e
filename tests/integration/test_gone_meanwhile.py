"""Links to records that are deleted at the same moment: of the two that meet, one waits and sees the other."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from app.verification import verify
from graph.database import Database, Run
from graph.ids import new_id
from resolvers.execution import Engine
from tests.asking import Asker
from tests.company import Company, codes, company
from tests.world import World

WAIT_SECONDS = 0.2
"""How long the second of two has to come to where it waits for the first."""
Given = Mapping[str, Any]


def text_of(mutation: str) -> str:
    """The document of a mutation by its name."""
    input_type = f"{mutation[0].upper()}{mutation[1:]}Input"
    return f"mutation($input: {input_type}!) {{ {mutation}(input: $input) {{ errors {{ code field }} }} }}"


@dataclass(frozen=True, slots=True)
class Pair:
    """A mutation that links something to a record, the one that deletes the record, and what the loser is told.

    `target` names the kind of record, `late` is the error of the link that comes after the deletion, `kept` whether
    the deletion that comes after the link is refused.
    """

    link: str
    given: Callable[[Company, str], dict[str, Any]]
    delete: str
    target: str
    late: tuple[str, list[str]]
    kept: bool = True


def row(firm: Company, **more: Any) -> dict[str, Any]:
    """One row of many customers."""
    return {"channelId": firm.id("outlet"), "customers": [{"name": "New", **more}]}


PAIRS = {
    "customer and channel": Pair(
        "createCustomer",
        lambda _, target: {"channelId": target, "name": "New"},
        "deleteChannel",
        "Channel",
        ("NOT_FOUND", ["channelId"]),
    ),
    "many customers and channel": Pair(
        "createCustomers",
        lambda firm, target: {**row(firm), "channelId": target},
        "deleteChannel",
        "Channel",
        ("NOT_FOUND", ["channelId"]),
    ),
    "customer and account": Pair(
        "createCustomer",
        lambda firm, target: {"channelId": firm.id("outlet"), "name": "New", "account": {"id": target}},
        "deleteAccount",
        "Account",
        ("NOT_FOUND", ["account", "id"]),
    ),
    "many customers and account": Pair(
        "createCustomers",
        lambda firm, target: row(firm, account={"id": target}),
        "deleteAccount",
        "Account",
        ("NOT_FOUND", ["customers", "0", "account", "id"]),
    ),
    "customer that moves and account": Pair(
        "setCustomerAccount",
        lambda firm, target: {"customerId": firm.id("branch"), "account": {"id": target}},
        "deleteAccount",
        "Account",
        ("NOT_FOUND", ["account", "id"]),
    ),
    "child and customer": Pair(
        "setCustomerParent",
        lambda firm, target: {"customerId": firm.id("branch"), "parentId": target},
        "deleteCustomer",
        "Customer",
        ("NOT_FOUND", ["parentId"]),
    ),
    "many children and customer": Pair(
        "createCustomers",
        lambda firm, target: row(firm, parentId=target),
        "deleteCustomer",
        "Customer",
        ("NOT_FOUND", ["customers", "0", "parentId"]),
    ),
    "customer user and customer": Pair(
        "createCustomerUser",
        lambda firm, target: {
            "customerId": target,
            "email": f"{new_id()}@new.example",
            "roleIds": [firm.id("customer-buyer")],
        },
        "deleteCustomer",
        "Customer",
        ("NOT_FOUND", ["customerId"]),
    ),
    "many customers and group": Pair(
        "createCustomers",
        lambda firm, target: row(firm, groupId=target),
        "deleteCustomerGroup",
        "CustomerGroup",
        ("NOT_FOUND", ["customers", "0", "groupId"]),
        kept=False,
    ),
    "default contact and contact": Pair(
        "createAccount",
        lambda _, target: {"name": "New", "defaultContactId": target},
        "deleteContact",
        "Contact",
        ("NOT_FOUND", ["defaultContactId"]),
        kept=False,
    ),
    "account and contact": Pair(
        "linkContact",
        lambda firm, target: {"recordId": firm.id("some"), "contactId": target},
        "deleteContact",
        "Contact",
        ("NOT_FOUND", ["contactId"]),
        kept=False,
    ),
    "contact and manager": Pair(
        "createContact",
        lambda _, target: {"firstName": "New", "reportsToId": target},
        "deleteContact",
        "Contact",
        ("NOT_FOUND", ["reportsToId"]),
        kept=False,
    ),
    "record and tag": Pair(
        "tagRecord",
        lambda firm, target: {"recordId": firm.id("branch"), "addIds": [target]},
        "deleteTag",
        "Tag",
        ("NOT_FOUND", ["addIds", "0"]),
        kept=False,
    ),
    "channel and type": Pair(
        "createChannel",
        lambda _, target: {"name": "New", "typeId": target},
        "deleteChannelType",
        "ChannelType",
        ("NOT_FOUND", ["typeId"]),
    ),
    "owned record and owner": Pair(
        "assign",
        lambda firm, target: {"recordId": firm.id("branch"), "ownerId": target},
        "deleteUser",
        "User",
        ("NOT_FOUND", ["ownerId"]),
    ),
}
ORDERS = ("deleted first", "linked first")
CASES = [(name, dense) for name in PAIRS for dense in (False, True) if not dense or "many" in name or "tag" in name]
"""Pairs, and whether the record has so many relationships that the database makes more of them without its lock."""
IDS = [f"{name}{', dense' * dense}" for name, dense in CASES]
DENSE = """MATCH (n:Record {organizationId: $org}) WHERE n.id IN $ids UNWIND range(1, 60) AS number
CREATE (b:Beside)-[:IN_CHANNEL]->(n), (b)-[:BELONGS_TO]->(n), (b)-[:CHILD_OF]->(n), (b)-[:MEMBER_OF]->(n),
  (b)-[:TAGGED]->(n) RETURN count(*)"""
BESIDE = "MATCH (n:Record|Deleted {organizationId: $org})<--(b:Beside) DETACH DELETE b RETURN count(*)"


@dataclass(slots=True)
class Held:
    """A database whose transactions stop before they are committed, until they are let go."""

    database: Database
    written: asyncio.Event = field(default_factory=asyncio.Event)
    let_go: asyncio.Event = field(default_factory=asyncio.Event)

    async def transact(self, work: Callable[[Run], Awaitable[Any]]) -> Any:
        """Run the work and wait."""

        async def held(run: Run) -> Any:
            found = await work(run)
            self.written.set()
            await self.let_go.wait()
            return found

        return await self.database.transact(held)


@dataclass(frozen=True, slots=True)
class Asked:
    """A statement of this test's own."""

    text: str
    parameters: Mapping[str, Any]


@pytest.fixture(scope="module")
async def firm(database: Database) -> AsyncIterator[Company]:
    """An organisation with a record of its own to delete for each test; nothing is wrong with it in the end."""
    world = company()
    world.node("Account", "some", name="Some")
    world.link("some", "OWNED_BY", "ada")
    for name, dense in CASES:
        for order in ORDERS:
            _target(world, PAIRS[name].target, f"{name} {dense} {order}")
    for row in world.nodes["Customer"]:
        row["set"]["channelId"] = world.uuid("outlet")
    for name in [name for name, type_name in world.types.items() if type_name == "Customer"]:
        world.link(name, "BELONGS_TO", "some")
        world.link(name, "IN_CHANNEL", "outlet")
    await database.write(list(world.statements()))
    ids = [world.uuid(f"{name} True {order}") for name, dense in CASES if dense for order in ORDERS]
    await database.write([Asked(DENSE, {"org": world.organization_id, "ids": ids})])
    yield Company(database, Asker.of(database), world)
    await database.write([Asked(BESIDE, {"org": world.organization_id})])
    found = verify(database, [(world.organization_id, world.key)])
    assert [] == [one async for one in found]


def _target(world: World, kind: str, ref: str) -> None:
    """A record to delete."""
    match kind:
        case "Channel":
            world.node("Channel", ref, name=ref, status="ACTIVE", key=ref, lifetimeRule="NONE")
        case "User":
            world.node("User", ref, name=ref, username=ref)
        case "Account" | "Customer" | "Contact":
            world.node(kind, ref, name=ref, firstName=ref)
            world.link(ref, "OWNED_BY", "ada")
        case _:
            world.node(kind, ref, name=ref, key=ref)


async def both(firm: Company, first: tuple[str, Given], second: tuple[str, Given]) -> tuple[Any, Any]:
    """The payloads of two mutations, of which the second begins when the first has written and not yet committed."""
    held = Held(firm.database)
    early = Company(firm.database, Asker(firm.database, Engine.of(firm.database, writer=held)), firm.world)
    begun = asyncio.create_task(early.do("ada", text_of(first[0]), **first[1]))
    written = asyncio.create_task(held.written.wait())
    await asyncio.wait({begun, written}, return_when=asyncio.FIRST_COMPLETED)
    meeting = asyncio.create_task(firm.do("ada", text_of(second[0]), **second[1]))
    await asyncio.wait({meeting}, timeout=WAIT_SECONDS)
    held.let_go.set()
    return await begun, await meeting


@pytest.mark.parametrize(("name", "dense"), CASES, ids=IDS)
async def test_what_is_deleted_first_is_not_linked(firm: Company, name: str, dense: bool) -> None:  # noqa: FBT001
    """The link waits for the deletion, and is refused as if it had come later."""
    pair, target = PAIRS[name], firm.id(f"{name} {dense} {ORDERS[0]}")

    deletion, link = await both(firm, (pair.delete, {"id": target}), (pair.link, pair.given(firm, target)))

    assert [] == deletion["errors"]
    assert [pair.late] == codes(link)


@pytest.mark.parametrize(("name", "dense"), CASES, ids=IDS)
async def test_what_is_linked_first_is_seen(firm: Company, name: str, dense: bool) -> None:  # noqa: FBT001
    """The deletion waits for the link, and is refused or takes it into account."""
    pair, target = PAIRS[name], firm.id(f"{name} {dense} {ORDERS[1]}")

    link, deletion = await both(firm, (pair.link, pair.given(firm, target)), (pair.delete, {"id": target}))

    assert [] == link["errors"]
    assert [("IN_USE", ["id"])] * pair.kept == codes(deletion)
