"""Mutations of channels: what the type brings, what may be given, what follows, and who may."""

from __future__ import annotations

from typing import Any

import pytest

from graph.database import Database
from graph.ids import parse_global_id
from tests.asking import Asker
from tests.company import ERRORS, Company, codes, company
from tests.world import BEGINNING

CHANNEL = "channel { id name type { id } source status customerIdentity entities lifetimeRule accountPolicy version }"
TYPE = "channelType { id name customerIdentity entities lifetimeRule }"
CREATE = f"mutation($input: CreateChannelInput!) {{ createChannel(input: $input) {{ {CHANNEL} {ERRORS} }} }}"
UPDATE = f"mutation($input: UpdateChannelInput!) {{ updateChannel(input: $input) {{ {CHANNEL} {ERRORS} }} }}"
STATUS = f"mutation($input: SetChannelStatusInput!) {{ setChannelStatus(input: $input) {{ {CHANNEL} {ERRORS} }} }}"
CREATE_TYPE = f"mutation($input: CreateChannelTypeInput!) {{ createChannelType(input: $input) {{ {TYPE} {ERRORS} }} }}"
UPDATE_TYPE = f"mutation($input: UpdateChannelTypeInput!) {{ updateChannelType(input: $input) {{ {TYPE} {ERRORS} }} }}"
DELETE_TYPE = (
    f"mutation($input: DeleteChannelTypeInput!) {{ deleteChannelType(input: $input) {{ deletedId {ERRORS} }} }}"
)
CUSTOMER = (
    f"mutation($input: CreateCustomerInput!) {{ createCustomer(input: $input) {{ customer {{ id }} {ERRORS} }} }}"
)
SECTIONS = """query($id: ID!) { account(id: $id) { lifetimeValue { amount } channelSections { channel { name } }
  closed: channelSections(status: INACTIVE) { channel { name } lifetimeValue { amount } }
  lifetimeHistory { nodes { value { amount } channel { name } } } } }"""


@pytest.fixture
async def firm(database: Database, ask: Asker) -> Company:
    """An organisation with a customer in a shop whose orders differ by what each rule counts."""
    world = company()
    world.node("Account", "home", name="Home", ownerId=world.uuid("ada"))
    world.node("Channel", "shop", name="Shop", status="ACTIVE", lifetimeRule="NONE", key="shop", entities=["Till"])
    world.node("Customer", "iris", name="Iris", channelId=world.uuid("shop"), ownerId=world.uuid("ada"))
    world.link("iris", "IN_CHANNEL", "shop")
    world.link("iris", "BELONGS_TO", "home")
    for name, status, paid, subtotal in (("one", "OPEN", "PAID", 500), ("two", "COMPLETED", "PENDING", 70)):
        world.node("Order", name, status=status, paymentStatus=paid, subtotal=subtotal, placedAt=BEGINNING)
        world.link("iris", "PLACED", name)
    await database.write(list(world.statements()))
    return Company(database, ask, world)


async def test_a_type_brings_what_the_input_does_not_say(firm: Company) -> None:
    """Identity, entities, rule; status and account policy have a default of their own."""
    made = await firm.do("ada", CREATE, name=" Harbour ", typeId=firm.id("web"), source="Stores")

    channel = made["channel"]
    assert [] == made["errors"]
    assert ("Harbour", firm.id("web"), "Stores", "ACTIVE", "CREATE") == (
        channel["name"],
        channel["type"]["id"],
        channel["source"],
        channel["status"],
        channel["accountPolicy"],
    )
    assert ("Web customer", ["Web customer", "Cart", "Order"], "ORDERS_NET") == (
        channel["customerIdentity"],
        channel["entities"],
        channel["lifetimeRule"],
    )
    (change,) = await firm.changes(parse_global_id(channel["id"])[1])
    assert "CREATE" == change["action"]


async def test_a_channel_differs_from_its_type(firm: Company) -> None:
    """Another identity takes the place of the type's among the entities; names need not be unique."""
    made = await firm.do("ada", CREATE, name="Outlet", typeId=firm.id("web"), customerIdentity="Guest")
    own = await firm.do(
        "ada", CREATE, name="Own", typeId=firm.id("web"), entities=["Web customer", "Case"], lifetimeRule="NONE"
    )

    assert ["Guest", "Web customer", "Cart", "Order"] == made["channel"]["entities"]
    assert (["Web customer", "Case"], "NONE") == (own["channel"]["entities"], own["channel"]["lifetimeRule"])


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"name": " "}, [("INVALID", ["name"])]),
        ({"name": "x" * 251}, [("INVALID", ["name"])]),
        ({"typeId": "outlet"}, [("INVALID", ["typeId"])]),
        ({"entities": ["Order"]}, [("INVALID", ["entities"])]),
        ({"entities": ["Web customer", ""]}, [("INVALID", ["entities", "1"])]),
        ({"entities": ["Web customer", *map(str, range(50))]}, [("INVALID", ["entities"])]),
        ({"lifetimeRule": "FIELD", "name": ""}, [("INVALID", ["name"]), ("INVALID", ["lifetimeRule"])]),
        ({"customerIdentity": " "}, [("INVALID", ["customerIdentity"])]),
    ],
)
async def test_bad_channels(firm: Company, given: dict[str, Any], expected: list[Any]) -> None:
    """All that is wrong is said at once, and nothing is written."""
    named = {"name": "New", "typeId": "web", **given}
    named["typeId"] = firm.id(named["typeId"])

    made = await firm.do("ada", CREATE, **named)

    assert (None, expected) == (made["channel"], codes(made))
    assert 0 == await firm.written()


async def test_the_identity_stays_among_the_entities(firm: Company) -> None:
    """It can't be removed, and a new one must be there."""
    made = (await firm.do("ada", CREATE, name="New", typeId=firm.id("web")))["channel"]

    removed = await firm.do("ada", UPDATE, id=made["id"], entities=["Order"])
    unknown = await firm.do("ada", UPDATE, id=made["id"], customerIdentity="Guest")
    both = await firm.do("ada", UPDATE, id=made["id"], customerIdentity="Guest", entities=["Guest"], source="Quay")
    cleared = await firm.do("ada", UPDATE, id=made["id"], name=None, entities=None, lifetimeRule=None)

    assert [("INVALID", ["entities"])] == codes(removed) == codes(unknown)
    assert ("Guest", ["Guest"], "Quay", 2) == tuple(
        both["channel"][key] for key in ("customerIdentity", "entities", "source", "version")
    )
    assert {"name", "entities", "lifetimeRule"} == {field[0] for _, field in codes(cleared)}


async def test_another_rule_values_all_customers_anew(firm: Company) -> None:
    """Each change enters the history of their accounts."""
    amounts = []
    for rule in ("ORDERS_NET", "ORDERS_PAID", "WON"):
        changed = await firm.do("ada", UPDATE, id=firm.id("shop"), lifetimeRule=rule)
        found = (await firm.query("ada", SECTIONS, id=firm.id("home")))["account"]
        amounts.append(found["lifetimeValue"]["amount"])
        assert ([], rule) == (changed["errors"], changed["channel"]["lifetimeRule"])

    assert ["5.70", "5.00", "0.00"] == amounts
    assert sorted(amounts) == sorted(entry["value"]["amount"] for entry in found["lifetimeHistory"]["nodes"])


async def test_a_closed_channel(firm: Company) -> None:
    """It takes no customers and leaves the 360 view; what it has counts on."""
    await firm.do("ada", UPDATE, id=firm.id("shop"), lifetimeRule="ORDERS_NET")

    closed = await firm.do("ada", STATUS, id=firm.id("shop"), status="INACTIVE")
    refused = await firm.do("ada", CUSTOMER, channelId=firm.id("shop"), name="Late")
    found = (await firm.query("ada", SECTIONS, id=firm.id("home")))["account"]
    opened = await firm.do("ada", STATUS, id=firm.id("shop"), status="ACTIVE")

    assert ("INACTIVE", "ACTIVE") == (closed["channel"]["status"], opened["channel"]["status"])
    assert [("CONFLICT", ["channelId"])] == codes(refused)
    assert "inactive" in refused["errors"][0]["message"]
    assert ([], "5.70") == (found["channelSections"], found["lifetimeValue"]["amount"])
    assert [{"channel": {"name": "Shop"}, "lifetimeValue": {"amount": "5.70"}}] == found["closed"]
    assert not (await firm.do("ada", CUSTOMER, channelId=firm.id("shop"), name="Late"))["errors"]


async def test_types_have_names_of_their_own_and_stay_while_used(firm: Company) -> None:
    """A second type of a name is TAKEN; a type with a channel is IN_USE, without one it goes."""
    made = await firm.do("ada", CREATE_TYPE, name="Stall")
    again = await firm.do("ada", CREATE_TYPE, name="Stall")
    changed = await firm.do("ada", UPDATE_TYPE, id=made["channelType"]["id"], name="Kiosk", lifetimeRule="WON")
    await firm.do("ada", CREATE, name="New", typeId=made["channelType"]["id"])
    used = await firm.do("ada", DELETE_TYPE, id=made["channelType"]["id"])
    unused = await firm.do("ada", DELETE_TYPE, id=firm.id("web"))

    assert ("Customer", ["Customer"], "NONE") == tuple(
        made["channelType"][key] for key in ("customerIdentity", "entities", "lifetimeRule")
    )
    assert [("TAKEN", ["name"])] == codes(again)
    assert ("Kiosk", "WON") == (changed["channelType"]["name"], changed["channelType"]["lifetimeRule"])
    assert [("IN_USE", ["id"])] == codes(used)
    assert ([], firm.id("web")) == (unused["errors"], unused["deletedId"])


@pytest.mark.parametrize("who", ["max", "sue", "boss", "bea"])
async def test_who_may_not(firm: Company, who: str) -> None:
    """Channels are for administrators; others are refused, and nothing changes."""
    naming = [
        (CREATE, {"name": "New", "typeId": firm.id("web")}),
        (UPDATE, {"id": firm.id("outlet"), "name": "New"}),
        (STATUS, {"id": firm.id("outlet"), "status": "INACTIVE"}),
        (CREATE_TYPE, {"name": "New"}),
        (UPDATE_TYPE, {"id": firm.id("web"), "name": "New"}),
        (DELETE_TYPE, {"id": firm.id("web")}),
    ]

    for document, given in naming:
        found = await firm.do(who, document, **given)
        assert {code for code, _ in codes(found)} <= {"FORBIDDEN", "NOT_FOUND"}, document
        assert found["errors"], document

    assert 0 == await firm.written()


async def test_the_later_of_two_writers_reads_again(firm: Company) -> None:
    """A channel that has another version is left as it is."""
    for document, given in ((UPDATE, {"name": "New"}), (STATUS, {"status": "INACTIVE"})):
        found = await firm.do("ada", document, id=firm.id("shop"), expectedVersion=7, **given)
        assert [("CONFLICT", ["expectedVersion"])] == codes(found)
