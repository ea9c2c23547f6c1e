"""Default owners of channels: chosen by hand, honoured by imports and bulk writes, taken back by undo."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from app.importers.online_retail import OnlineRetail
from cypher.fragment import cypher, param
from cypher.migrations import link_default_owners
from cypher.printer import print_fragment
from graph.database import Database
from graph.ids import parse_global_id
from tests.asking import Asker
from tests.company import ERRORS, Company, codes, company
from tests.importing import ONLINE_RETAIL, Importing

OWNER = "defaultOwner { ... on Record { id displayName } }"
CREATE = f"""mutation($input: CreateChannelInput!) {{ createChannel(input: $input) {{
  channel {{ id version {OWNER} }} writeId {ERRORS} }} }}"""
UPDATE = f"""mutation($input: UpdateChannelInput!) {{ updateChannel(input: $input) {{
  channel {{ id version {OWNER} }} writeId {ERRORS} }} }}"""
LOOK = f"query($id: ID!) {{ channel(id: $id) {{ id {OWNER} }} }}"
OWNED = "owner { ... on Record { displayName } }"
ROWS = f"""results {{ outcome customer {{ {OWNED} account {{ {OWNED} }} contacts {{ nodes {{ {OWNED} }} }} }}
  errors {{ code field }} }}"""
BULK = f"mutation($input: CreateCustomersInput!) {{ createCustomers(input: $input) {{ {ROWS} {ERRORS} }} }}"
UPSERT = f"mutation($input: UpsertCustomersInput!) {{ upsertCustomers(input: $input) {{ {ROWS} {ERRORS} }} }}"
ONE = (
    f"mutation($input: CreateCustomerInput!) {{ createCustomer(input: $input) {{ customer {{ {OWNED} }} {ERRORS} }} }}"
)
UNDO = "mutation($input: UndoInput!) { undo(input: $input) { left { reason } errors { code } } }"
DELETE_USER = f"mutation($input: DeleteUserInput!) {{ deleteUser(input: $input) {{ deletedId {ERRORS} }} }}"
DELETE_UNIT = (
    f"mutation($input: DeleteBusinessUnitInput!) {{ deleteBusinessUnit(input: $input) {{ deletedId {ERRORS} }} }}"
)
IRIS = {"person": {"firstName": "Iris", "lastName": "Oak"}}


@pytest.fixture
async def firm(database: Database, ask: Asker) -> Company:
    """A new organisation for each test."""
    world = company()
    world.link("outlet", "OF_TYPE", "web")
    world.node("BusinessUnit", "stores", name="Stores")
    world.node("User", "tim", name="Tim", username=f"tim@{world.key}.example")
    await database.write(list(world.statements()))
    return Company(database, ask, world)


async def owner(firm: Company, who: str = "ada") -> Any:
    """The name of the default owner of the outlet."""
    found = (await firm.query(who, LOOK, id=firm.id("outlet")))["channel"]["defaultOwner"]
    return found and found["displayName"]


async def choose(firm: Company, name: str | None, who: str = "ada") -> dict[str, Any]:
    """Choose the default owner of the outlet."""
    return await firm.do(who, UPDATE, id=firm.id("outlet"), defaultOwnerId=name and firm.id(name))


async def test_a_user_or_a_unit_is_the_default_owner(firm: Company) -> None:
    """Of a new channel or one that is there; an absent field stays, null clears, undo brings it back."""
    made = await firm.do("ada", CREATE, name="New", typeId=firm.id("web"), defaultOwnerId=firm.id("sue"))
    chosen = await choose(firm, "stores")
    other = await choose(firm, "sue")
    same = await firm.do("ada", UPDATE, id=firm.id("outlet"), source="Till")

    assert [[]] * 4 == [one["errors"] for one in (made, chosen, other, same)]
    assert ("Sue", "Stores", "Sue", "Sue") == tuple(
        one["channel"]["defaultOwner"]["displayName"] for one in (made, chosen, other, same)
    )
    assert [] == (await firm.do("ada", UNDO, writeId=other["writeId"]))["left"]
    assert "Stores" == await owner(firm)
    cleared = await choose(firm, None)
    assert ([], None) == (cleared["errors"], cleared["channel"]["defaultOwner"])


async def test_who_may_choose_and_who_sees(firm: Company) -> None:
    """Whoever may change the channel; nobody but staff is an owner; customer users see no staff."""
    assert [("INVALID", ["defaultOwnerId"])] == codes(await choose(firm, "boss"))
    assert [("INVALID", ["defaultOwnerId"])] == codes(await choose(firm, "head"))
    assert [("FORBIDDEN", ["id"])] == codes(await choose(firm, "sue", who="sue"))
    stranger = Company(firm.database, firm.ask, company())
    await firm.database.write(list(stranger.world.statements()))
    foreign = await firm.do("ada", UPDATE, id=firm.id("outlet"), defaultOwnerId=stranger.id("sue"))
    assert [("NOT_FOUND", ["defaultOwnerId"])] == codes(foreign)
    assert (None, None) == (await owner(firm), await owner(firm, "max"))


async def test_bulk_writes_give_what_they_make_to_the_default_owner(firm: Company) -> None:
    """Customers, accounts and contacts, unless the row names somebody; what one makes by hand is one's own."""
    await choose(firm, "stores")
    rows = [{"originId": "1", **IRIS}, {"originId": "2", "name": "Oak", "ownerId": firm.id("max")}]
    given = {"channelId": firm.id("outlet"), "customers": rows}

    made = await firm.do("ada", BULK, **given)
    upserted = await firm.do(
        "ada", UPSERT, channelId=firm.id("outlet"), customers=[{"originId": "2"}, {"originId": "3", **IRIS}]
    )
    by_hand = await firm.do("ada", ONE, channelId=firm.id("outlet"), **IRIS)

    found = [one["customer"] for one in (*made["results"], *upserted["results"])]
    assert ["Stores", "Max", "Max", "Stores"] == [one["owner"]["displayName"] for one in found]
    assert ["Stores", "Max", "Max", "Stores"] == [one["account"]["owner"]["displayName"] for one in found]
    assert {"Stores"} == {one["owner"]["displayName"] for one in found[0]["contacts"]["nodes"]}
    assert "Ada" == by_hand["customer"]["owner"]["displayName"]


async def test_nobody_makes_customers_of_an_owner_out_of_reach(firm: Company) -> None:
    """Who may make their own alone says that they are their own."""
    await choose(firm, "stores")
    row = {"originId": "1", **IRIS}

    refused = await firm.do("sue", BULK, channelId=firm.id("outlet"), customers=[row])
    own = await firm.do("sue", BULK, channelId=firm.id("outlet"), customers=[{**row, "ownerId": firm.id("sue")}])

    assert [("FORBIDDEN", ["customers", "0"])] == codes(refused)
    assert ([], "Sue") == (own["errors"], own["results"][0]["customer"]["owner"]["displayName"])


async def test_a_default_owner_does_not_leave(firm: Company) -> None:
    """Neither a user nor a unit, while a channel names it."""
    await choose(firm, "stores")
    unit = await firm.do("ada", DELETE_UNIT, id=firm.id("stores"))
    await choose(firm, "tim")
    user = await firm.do("ada", DELETE_USER, id=firm.id("tim"))
    await choose(firm, None)

    assert [[("IN_USE", ["id"])]] * 2 == [codes(unit), codes(user)]
    assert [] == codes(await firm.do("ada", DELETE_UNIT, id=firm.id("stores")))
    assert [] == codes(await firm.do("ada", DELETE_USER, id=firm.id("tim")))


async def test_imports_give_what_they_make_to_the_default_owner(database: Database, tmp_path: Path) -> None:
    """The administrator's, in a channel that the import made; then that of the unit which somebody chose."""
    importing = Importing.fresh(database, tmp_path)
    await importing(OnlineRetail(ONLINE_RETAIL))
    owners = "MATCH (n:Customer|Account {organizationId: $org})-[:OWNED_BY]->(o) RETURN DISTINCT labels(o)[0]"
    assert ["User"] == await importing.query(owners)
    default = (
        "MATCH (c:Channel {organizationId: $org})-[:HAS_DEFAULT_OWNER]->(o) RETURN [o.displayName, c.defaultOwnerId]"
    )
    assert [["Administrator", None]] == await importing.query(default)

    await importing.query(
        "MATCH (c:Channel {organizationId: $org})-[r:HAS_DEFAULT_OWNER]->(), (u:BusinessUnit {organizationId: $org}) "
        "DELETE r CREATE (c)-[:HAS_DEFAULT_OWNER]->(u)"
    )
    more = tmp_path / "more.csv"
    text = ONLINE_RETAIL.read_text(encoding="utf-8").splitlines()
    more.write_text(f"{text[0]}\n900001,A1,APPLE,2,2011-01-01 10:00:00,1.50,77777.0,Peru\n", encoding="utf-8")
    await importing(OnlineRetail(more))

    found = await importing.query(
        "MATCH (c:Customer {organizationId: $org, originId: '77777'})-[:BELONGS_TO]->(a) "
        "MATCH (n)-[:OWNED_BY]->(o) WHERE n IN [c, a] RETURN labels(o)[0]"
    )
    assert ["BusinessUnit", "BusinessUnit"] == found
    assert [] == await importing.without_owner()
    await importing.wipe()


async def test_older_channels_are_led_to_their_default_owners(firm: Company) -> None:
    """Which was an id on the channel."""
    organization, channel, tim = (parse_global_id(firm.id(name))[1] for name in ("organization", "outlet", "tim"))
    here = cypher("(c:Channel {organizationId: ", param(organization), ", id: ", param(channel), "})")
    set_ = cypher("MATCH ", here, " SET c.defaultOwnerId = ", param(tim))
    left = cypher("MATCH ", here, " RETURN c.defaultOwnerId AS row")
    await firm.database.write([print_fragment(set_)])

    await firm.database.run_alone(link_default_owners())
    await firm.database.run_alone(link_default_owners())

    assert "Tim" == await owner(firm)
    assert [[None]] == await firm.database.read([print_fragment(left)])
