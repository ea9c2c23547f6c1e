"""Deleting channels: what goes, what stays, and jobs that survive whoever works on them."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pytest

from app.jobs import Jobs
from app.verification import Difference, verify
from graph.database import Database, Run
from graph.ids import new_id
from tests.asking import Asker
from tests.company import ERRORS, Company, codes, company
from tests.world import BEGINNING

DELETE = f"""mutation($input: DeleteChannelInput!) {{ deleteChannel(input: $input) {{
  deletedId counts {{ type count }} job {{ id kind status done total createdAt }} {ERRORS} }} }}"""
UPDATE = f"""mutation($input: UpdateChannelInput!) {{ updateChannel(input: $input) {{
  channel {{ lifetimeRule }} job {{ id kind total }} {ERRORS} }} }}"""
STATUS = f"mutation($input: SetChannelStatusInput!) {{ setChannelStatus(input: $input) {{ {ERRORS} }} }}"
JOB = """query($id: ID!) { job(id: $id) {
  id kind status done total createdAt startedAt finishedAt error } }"""
ACCOUNT = """query($id: ID!) { account(id: $id) { lifetimeValue { amount } customers { totalCount }
  lifetimeHistory(orderBy: [{at: ASC}]) { nodes { value { amount } } } } }"""
# Entries of a history take their ids from the middle of those of the accounts.
EACH = """UNWIND range(1, $count) AS n WITH n, right('00000000000' + n, 12) AS digits
WITH n, '019b7892-1c00-7' + substring(digits, 6, 3) + '-8' + substring(digits, 9, 3) + '-' + digits AS id """
CUSTOMERS = (
    EACH
    + """MATCH (ch:Channel {organizationId: $org, id: $shop})
CREATE (c:Record:Customer {organizationId: $org, id: id, name: 'C' + n, displayName: 'C' + n, channelId: $shop,
  originId: '' + n, lifetimeValue: 500, version: 1, createdAt: datetime(), updatedAt: datetime()})-[:IN_CHANNEL]->(ch)
CREATE (c)-[:BELONGS_TO]->(a:Record:Account {organizationId: $org, id: '1' + substring(id, 1), name: 'A' + n,
  displayName: 'A' + n, version: 1, createdAt: datetime(), updatedAt: datetime()})
CREATE (c)-[:PLACED]->(o:Record:Order {organizationId: $org, id: '2' + substring(id, 1), subtotal: 500,
  status: 'OPEN', paymentStatus: 'PAID', placedAt: datetime(), displayName: 'O' + n, channelId: $shop, originId: '' + n,
  version: 1, createdAt: datetime(), updatedAt: datetime()})-[:IN_CHANNEL]->(ch)
CREATE (v:LifetimeValue {organizationId: $org, id: '3' + substring(id, 1), value: 500, at: datetime('2026-01-01'),
  channelId: $shop}) CREATE (v)-[:VALUE_OF]->(a) CREATE (v)-[:IN_CHANNEL]->(ch)"""
)


@dataclass(frozen=True, slots=True)
class Asked:
    """A statement of a test's own."""

    text: str
    parameters: Mapping[str, Any]


@pytest.fixture
async def firm(database: Database, ask: Asker) -> Company:
    """A firm with a shop: a customer with a user, a role, an order and its item, a child elsewhere; a guest order."""
    world = company()
    for name in ("home", "away"):
        world.node("Account", name, name=name)
        world.link(name, "OWNED_BY", "ada")
    for name in ("shop", "mill"):
        world.node("Channel", name, name=name.title(), status="ACTIVE", lifetimeRule="ORDERS_NET", key=name)
    for name, channel, account, value in (("iris", "shop", "home", 500), ("olga-co", "mill", "away", 0)):
        world.node("Customer", name, name=name, channelId=world.uuid(channel), lifetimeValue=value, originId=name)
        world.link(name, "IN_CHANNEL", channel)
        world.link(name, "BELONGS_TO", account)
    world.node("LifetimeValue", "value", at=BEGINNING, value=500, channelId=world.uuid("shop"))
    world.link("value", "VALUE_OF", "home")
    world.link("value", "IN_CHANNEL", "shop")
    world.link("olga-co", "CHILD_OF", "iris")
    world.node(
        "CustomerUser", "user", name="User", email=f"user@{world.key}.example", emailKey=f"user@{world.key}.example"
    )
    world.link("user", "USER_OF", "iris")
    world.node("CustomerUserRole", "role", name="Own", permissions=[])
    world.link("role", "ROLE_OF", "iris")
    world.link("user", "HAS_ROLE", "role")
    for name in ("order", "guest-order"):
        placed = {"placedAt": BEGINNING, "channelId": world.uuid("shop"), "originId": name}
        world.node("Order", name, status="OPEN", subtotal=500, **placed)
        world.link(name, "IN_CHANNEL", "shop")
        world.node("OrderItem", f"{name}-item", amount=500)
        world.link(name, "HAS_ITEM", f"{name}-item")
    world.link("iris", "PLACED", "order")
    world.node("Contact", "carl", name="Carl")
    world.link("home", "HAS_CONTACT", "carl", isDefault=True)
    world.link("home", "HAS_DEFAULT_CONTACT", "carl")
    world.link("iris", "HAS_CONTACT", "carl")
    await database.write(list(world.statements()))
    return Company(database, ask, world)


COUNTS = {"Customer": 1, "Order": 2, "CustomerUser": 1, "CustomerUserRole": 1}


async def rows(firm: Company, text: str, **parameters: Any) -> list[Any]:
    """The first column of a statement of a test; `$org` and `$shop` are those of the firm."""
    named = {"org": firm.world.organization_id, "shop": firm.world.uuid("shop"), **parameters}
    return (await firm.database.write([Asked(text, named)]))[0]


async def labels(firm: Company, *names: str) -> list[list[str]]:
    """The labels of nodes, in order, without `Record`."""
    found = []
    for name in names:
        text = "MATCH (n:Record|Deleted|OrderItem {organizationId: $org, id: $id}) RETURN labels(n)"
        found += await rows(firm, text, id=firm.world.uuid(name))
    return [sorted(set(one) - {"Record"}) for one in found]


async def wrong(firm: Company) -> list[Difference]:
    """What the verification finds, but for the accounts that customers of the default company lack."""
    found = verify(firm.database, [(firm.world.organization_id, firm.world.key)])
    return [one async for one in found if one.what != "account"]


def counts(payload: Mapping[str, Any]) -> dict[str, int]:
    """Counts by type."""
    return {one["type"]: one["count"] for one in payload["counts"]}


async def test_a_dry_run_counts_and_writes_nothing(firm: Company) -> None:
    """Whatever the mode."""
    for mode in ("CASCADE", "DETACH"):
        found = await firm.do("ada", DELETE, id=firm.id("shop"), mode=mode, dryRun=True)
        assert (None, None, [], COUNTS) == (found["deletedId"], found["job"], found["errors"], counts(found))
    refused = await firm.do("ada", DELETE, id=firm.id("shop"), dryRun=True)
    empty = await firm.do("ada", DELETE, id=firm.id("outlet"), dryRun=True)

    assert [("IN_USE", ["id"])] == codes(refused)
    assert (None, []) == (empty["deletedId"], empty["counts"])
    assert 0 == await firm.written()


async def test_restrict_deletes_only_what_is_empty(firm: Company) -> None:
    """With records the channel is IN_USE, and the message says what they are."""
    refused = await firm.do("ada", DELETE, id=firm.id("shop"))
    deleted = await firm.do("ada", DELETE, id=firm.id("outlet"), mode="RESTRICT")

    assert [("IN_USE", ["id"])] == codes(refused)
    assert "customers (1) and orders (2)" in refused["errors"][0]["message"]
    assert ([], firm.id("outlet")) == (deleted["errors"], deleted["deletedId"])
    assert [["Channel"], ["Deleted"]] == await labels(firm, "shop", "outlet")


async def test_cascade_takes_all_records_along(firm: Company) -> None:
    """Accounts and contacts stay, a child becomes a root, and the account's history goes down to nothing."""
    deleted = await firm.do("ada", DELETE, id=firm.id("shop"), mode="CASCADE")

    assert ([], firm.id("shop"), COUNTS) == (deleted["errors"], deleted["deletedId"], counts(deleted))
    gone = ("shop", "iris", "user", "role", "order", "guest-order", "order-item", "guest-order-item")
    assert [["Deleted"]] * len(gone) == await labels(firm, *gone)
    assert [["Account"], ["Contact"], ["Customer"]] == await labels(firm, "home", "carl", "olga-co")
    account = (await firm.query("ada", ACCOUNT, id=firm.id("home")))["account"]
    assert ("0.00", 0, ["5.00", "0.00"]) == (
        account["lifetimeValue"]["amount"],
        account["customers"]["totalCount"],
        [one["value"]["amount"] for one in account["lifetimeHistory"]["nodes"]],
    )
    assert {"customer": {"parent": None}} == await firm.query(
        "ada", "query($id: ID!) { customer(id: $id) { parent { id } } }", id=firm.id("olga-co")
    )
    assert [] == await wrong(firm)
    for name in ("shop", "iris", "order", "user"):
        assert ["DELETE"] == [change["action"] for change in await firm.changes(name)], name
    (orphaned,) = await firm.changes("olga-co")
    assert firm.id("iris") in orphaned["before"]


async def test_who_held_a_role_of_a_customer_that_goes_keeps_it(firm: Company) -> None:
    """The customer below gets a copy of its own, which nobody else may hold."""
    await rows(
        firm,
        """MATCH (c:Customer {organizationId: $org, id: $child}), (r:CustomerUserRole {organizationId: $org, id: $role})
        CREATE (c)<-[:USER_OF]-(u:CustomerUser:Record {organizationId: $org, id: $id, version: 1})-[:HAS_ROLE]->(r)
        SET u.email = $id, u.emailKey = $id, u.displayName = 'Below' RETURN 1""",
        child=firm.world.uuid("olga-co"),
        role=firm.world.uuid("role"),
        id=(user := new_id()),
    )

    deleted = await firm.do("ada", DELETE, id=firm.id("shop"), mode="CASCADE")

    assert [] == deleted["errors"]
    assert [["Deleted"]] == await labels(firm, "role")
    (held,) = await rows(
        firm,
        """MATCH (:CustomerUser {organizationId: $org, id: $id})-[:HAS_ROLE]->(r:CustomerUserRole)
        RETURN [r.name, [(r)-[:ROLE_OF]->(c) | c.id]]""",
        id=user,
    )
    assert ["Own", [firm.world.uuid("olga-co")]] == held
    assert ["EDIT"] == [change["action"] for change in await firm.changes(user)]
    assert [] == await wrong(firm)


@pytest.mark.parametrize("mode", ["DETACH", "CASCADE"])
async def test_viewers_are_read_anew_when_users_are_concerned(firm: Company, mode: str) -> None:
    """Those of channels whose customers have no users stay as they are."""
    version = "MATCH (o:Organization {organizationId: $org}) RETURN coalesce(o.accessVersion, 0)"
    before = await rows(firm, version)
    await firm.do("ada", DELETE, id=firm.id("mill"), mode=mode)
    between = await rows(firm, version)
    await firm.do("ada", DELETE, id=firm.id("shop"), mode=mode)

    assert before == between
    assert between != await rows(firm, version)


async def test_detach_leaves_all_records(firm: Company) -> None:
    """They have no channel then, and customers keep the value that they have."""
    deleted = await firm.do("ada", DELETE, id=firm.id("shop"), mode="DETACH")

    assert ([], firm.id("shop")) == (deleted["errors"], deleted["deletedId"])
    assert [["Deleted"], ["Customer"], ["Order"], ["CustomerUser"]] == await labels(
        firm, "shop", "iris", "order", "user"
    )
    found = await firm.query(
        "ada",
        "query($id: ID!) { customer(id: $id) { channel { id } lifetimeValue { amount } version } }",
        id=firm.id("iris"),
    )
    assert {"channel": None, "lifetimeValue": {"amount": "5.00"}, "version": 2} == found["customer"]
    assert [] == await wrong(firm)
    (change,) = await firm.changes("order")
    assert ("EDIT", True) == (change["action"], firm.id("shop") in change["before"])


@pytest.mark.parametrize("who", ["max", "sue", "boss"])
async def test_who_may_not(firm: Company, who: str) -> None:
    """Channels are deleted by administrators."""
    for mode in ("RESTRICT", "DETACH", "CASCADE"):
        found = await firm.do(who, DELETE, id=firm.id("shop"), mode=mode)
        assert {code for code, _ in codes(found)} <= {"FORBIDDEN", "NOT_FOUND"}
        assert found["errors"]


async def test_all_records_must_be_the_viewers_to_delete(firm: Company) -> None:
    """Who may delete channels and not every order deletes no orders along with one."""
    await rows(
        firm,
        "MATCH (r:Role {organizationId: $org, id: $role}) SET r.permissions = r.permissions + [$permission]",
        permission="Channel DELETE ORGANIZATION",
        role=firm.world.uuid("sales"),
    )

    found = await firm.do("sue", DELETE, id=firm.id("shop"), mode="CASCADE")

    assert {("FORBIDDEN", ("mode",))} == {(code, tuple(field)) for code, field in codes(found)}
    assert [["Channel"], ["Order"]] == await labels(firm, "shop", "order")


@dataclass(slots=True)
class Counted:
    """A database that is killed in the middle of a transaction."""

    database: Database
    left: int

    async def transact(self, work: Any) -> Any:
        """Run the work; the last one does not come to its end."""

        async def counted(run: Run) -> Any:
            found = await work(run)
            if not self.left:
                raise KeyboardInterrupt
            self.left -= 1
            return found

        return await self.database.transact(counted)

    async def read(self, statements: Any) -> Any:
        """Read."""
        return await self.database.read(statements)


async def job(firm: Company, uuid: str, who: str = "ada") -> Any:
    """A job as somebody sees it."""
    return (await firm.query(who, JOB, id=uuid))["job"]


async def finished(firm: Company, uuid: str) -> Any:
    """A job when it is finished, perhaps by a server beside this test."""
    async with asyncio.timeout(60):
        while (found := await job(firm, uuid))["status"] != "FINISHED":  # noqa: ASYNC110 - nobody here tells
            await asyncio.sleep(0.1)
    return found


async def test_a_job_is_resumed_where_it_was_killed(firm: Company) -> None:
    """Of 5,000 customers, each batch is whole; another worker goes on when the lease of the killed one has ended."""
    await rows(firm, CUSTOMERS, count=5_000)
    begun = await firm.do("ada", DELETE, id=firm.id("shop"), mode="CASCADE", idempotencyKey="once")
    again = await firm.do("ada", DELETE, id=firm.id("shop"), mode="CASCADE", idempotencyKey="once")
    busy = await firm.do("ada", DELETE, id=firm.id("shop"), mode="CASCADE")
    opened = await firm.do("ada", STATUS, id=firm.id("shop"), status="ACTIVE")
    uuid = begun["job"]["id"]

    assert ([], None, "WAITING", 10_005) == (
        begun["errors"],
        begun["deletedId"],
        begun["job"]["status"],
        begun["job"]["total"],
    )
    assert (begun["job"], True) == (again["job"], again["replayed"])
    assert [("CONFLICT", ["id"])] == codes(busy) == codes(opened)
    killed = Jobs(Counted(firm.database, 4), lease=0.5)  # type: ignore[arg-type]
    with pytest.raises(KeyboardInterrupt):
        await killed.work()
    half = await job(firm, uuid)
    assert ("RUNNING", True) == (half["status"], 0 < half["done"] < half["total"])
    assert [] == await wrong(firm)
    assert half["done"] == sum(
        await rows(firm, "MATCH (n:Deleted {organizationId: $org}) WHERE n.deletedType <> 'OrderItem' RETURN count(n)")
    )
    assert await job(firm, uuid, "boss") is None
    await asyncio.sleep(0.6)

    await asyncio.gather(*(Jobs(firm.database).work() for _ in range(3)))
    done = await finished(firm, uuid)

    assert (10_005, 10_005, None) == (done["done"], done["total"], done["error"])
    assert [5_000] == await rows(
        firm, "MATCH (a:Account {organizationId: $org}) WHERE a.name STARTS WITH 'A' RETURN count(a)"
    )
    assert [["Deleted"], ["Deleted"]] == await labels(firm, "shop", "iris")
    assert [10_005 + 1] == await rows(
        firm, "MATCH (c:Change {organizationId: $org, action: 'DELETE'}) RETURN count(DISTINCT c.recordId)"
    )
    assert [] == await wrong(firm)


async def test_another_rule_of_many_customers_is_a_job(firm: Company) -> None:
    """The rule counts at once, the values follow."""
    await rows(firm, CUSTOMERS, count=1_500)
    changed = await firm.do("ada", UPDATE, id=firm.id("shop"), lifetimeRule="NONE")

    assert ("NONE", "REVALUE_CHANNEL", 1_501) == (
        changed["channel"]["lifetimeRule"],
        changed["job"]["kind"],
        changed["job"]["total"],
    )
    await Jobs(firm.database).work()
    await finished(firm, changed["job"]["id"])

    assert [0] == await rows(firm, "MATCH (c:Customer {organizationId: $org}) RETURN sum(c.lifetimeValue)")
    assert [] == await wrong(firm)
