"""Mutations of accounts: names, kinds, referrals, default contacts, owners, and what depends on them."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from graph.database import Database
from graph.ids import parse_global_id
from tests.asking import Asker
from tests.company import ASSIGN, ERRORS, Company, codes, company

SHOWN = """account { id displayName name kind description version referredBy { name }
  owner { ... on Record { displayName } }
  defaultContact { displayName } contacts { edges { role isDefault node { displayName } } } }"""
CREATE = f"mutation($input: CreateAccountInput!) {{ createAccount(input: $input) {{ {SHOWN} {ERRORS} }} }}"
UPDATE = f"mutation($input: UpdateAccountInput!) {{ updateAccount(input: $input) {{ {SHOWN} {ERRORS} }} }}"
CUSTOMER = (
    f"mutation($input: CreateCustomerInput!) {{ createCustomer(input: $input) {{ customer {{ id }} {ERRORS} }} }}"
)
DELETE = f"mutation($input: DeleteAccountInput!) {{ deleteAccount(input: $input) {{ deletedId {ERRORS} }} }}"


@pytest.fixture
async def firm(database: Database, ask: Asker) -> Company:
    """A new organisation with three accounts, of which one is in use, and three contacts."""
    world = company()
    for name, owner in (("house", "sue"), ("studio", "sam"), ("spare", "sue")):
        world.node("Account", name, name=name.title(), kind="COMPANY")
        world.link(name, "OWNED_BY", owner)
    for name, owner in (("john", "sue"), ("ann", "sue"), ("cem", "sam")):
        world.node("Contact", name, name=name.title(), firstName=name.title())
        world.link(name, "OWNED_BY", owner)
    world.link("house", "HAS_CONTACT", "john", role="manager", isDefault=True)
    world.link("house", "HAS_DEFAULT_CONTACT", "john")
    world.node("LifetimeValue", "value", value=100)
    world.link("value", "VALUE_OF", "spare")
    for name, kind, link, owner in (
        ("head", "Customer", "BELONGS_TO", "sue"),
        ("other", "Customer", "BELONGS_TO", "sam"),
        ("lead", "Lead", "LEAD_OF", "sue"),
        ("deal", "Opportunity", "OPPORTUNITY_OF", "sue"),
        ("case", "Case", "CASE_OF", "sam"),
    ):
        if kind != "Customer":
            world.node(kind, name, name=name.title(), status="OPEN")
            world.link(name, "OWNED_BY", owner)
        world.link(name, link, "house")
    await database.write(list(world.statements()))
    return Company(database, ask, world)


def contacts(payload: dict[str, Any]) -> list[tuple[Any, ...]]:
    """The contacts of the account in a payload with what their links say, by name."""
    edges = payload["account"]["contacts"]["edges"]
    return sorted((edge["node"]["displayName"], edge["role"], edge["isDefault"]) for edge in edges)


async def test_an_account_is_made_without_customers(firm: Company) -> None:
    """It is owned by who asks, or by who is named; its default contact is one of its contacts."""
    made = await firm.do(
        "sue",
        CREATE,
        name=" Mill ",
        kind="HOUSEHOLD",
        description="Two brothers.",
        referredById=firm.id("house"),
        defaultContactId=firm.id("ann"),
    )
    same = await firm.do("ada", CREATE, name="Mill", ownerId=firm.id("shops"))

    account = made["account"]
    assert [] == made["errors"] == same["errors"]
    assert ("Mill", "Mill", "HOUSEHOLD", "Two brothers.", 1) == tuple(
        account[key] for key in ("displayName", "name", "kind", "description", "version")
    )
    assert ({"name": "House"}, {"displayName": "Sue"}) == (account["referredBy"], account["owner"])
    assert ({"displayName": "Ann"}, [("Ann", None, True)]) == (account["defaultContact"], contacts(made))
    assert {"displayName": "Shops"} == same["account"]["owner"]
    (change,) = await firm.changes(parse_global_id(account["id"])[1])
    assert ("CREATE", True) == (change["action"], '"description":"Two brothers."' in change["after"])


async def test_an_account_is_changed(firm: Company) -> None:
    """What is absent stays, null clears; of two with one version the later one hears of it."""
    ask = {"id": firm.id("house")}
    changed = await firm.do("sue", UPDATE, **ask, name="Home", description="Old", kind=None, expectedVersion=1)
    cleared = await firm.do("sue", UPDATE, **ask, description=None)
    stale = await firm.do("sue", UPDATE, **ask, name="House", expectedVersion=1)

    assert ("Home", "Home", "Old", None, 2) == tuple(
        changed["account"][key] for key in ("displayName", "name", "description", "kind", "version")
    )
    assert ("Home", None) == (cleared["account"]["name"], cleared["account"]["description"])
    assert [("CONFLICT", ["expectedVersion"])] == codes(stale)


async def test_the_default_contact_is_one_at_most(firm: Company) -> None:
    """The one before stays a contact with its role; null leaves none; nothing to change changes nothing."""
    ask = {"id": firm.id("house")}
    other = await firm.do("sue", UPDATE, **ask, defaultContactId=firm.id("ann"))
    again = await firm.do("sue", UPDATE, **ask, defaultContactId=firm.id("ann"))
    none = await firm.do("sue", UPDATE, **ask, defaultContactId=None)

    assert {"displayName": "Ann"} == other["account"]["defaultContact"]
    assert [("Ann", None, True), ("John", "manager", False)] == contacts(other)
    assert other["account"]["version"] == again["account"]["version"]
    assert None is none["account"]["defaultContact"]
    assert [("Ann", None, False), ("John", "manager", False)] == contacts(none)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"name": None}, [("INVALID", ["name"])]),
        ({"name": "  "}, [("INVALID", ["name"])]),
        ({"name": "x" * 256, "kind": "BUSINESS"}, [("INVALID", ["name"]), ("INVALID", ["kind"])]),
        ({"description": "x" * 10_001}, [("INVALID", ["description"])]),
        ({"referredById": "house"}, [("INVALID", ["referredById"])]),
        ({"referredById": "studio"}, [("NOT_FOUND", ["referredById"])]),
        ({"defaultContactId": "cem", "name": "\0"}, [("INVALID", ["name"]), ("NOT_FOUND", ["defaultContactId"])]),
        ({"defaultContactId": "head"}, [("INVALID", ["defaultContactId"])]),
    ],
)
async def test_what_is_wrong_is_told(firm: Company, given: dict[str, Any], expected: list[Any]) -> None:
    """Everything at once, at its field; what one does not see is not there; and nothing is written."""
    ids = {key: firm.id(value) if value in firm.world.types else value for key, value in given.items()}

    assert expected == codes(await firm.do("sue", UPDATE, id=firm.id("house"), **ids))
    assert 0 == await firm.written()


async def test_who_may_make_and_change_accounts(firm: Company) -> None:
    """A seller one's own; customer users none at all."""
    unseen = await firm.do("sue", UPDATE, id=firm.id("studio"), name="Mine")
    foreign = await firm.do("max", CREATE, name="Foreign", ownerId=firm.id("ada"))
    given = await firm.do("ada", ASSIGN, recordId=firm.id("house"), ownerId=firm.id("shops"))
    seen = await firm.do("sue", UPDATE, id=firm.id("house"), name="Mine")
    buyer = await firm.do("boss", CREATE, name="Ours")

    assert [("NOT_FOUND", ["id"])] == codes(unseen)
    assert [("FORBIDDEN", None)] == codes(foreign) == codes(buyer)
    assert ([], [("FORBIDDEN", ["id"])]) == (codes(given), codes(seen))


async def test_an_account_goes_with_its_history(firm: Company) -> None:
    """What it was worth is not found either."""
    query = "query($id: ID!) { node(id: $id) { id } }"
    before = await firm.query("ada", query, id=firm.id("value"))
    gone = await firm.do("sue", DELETE, id=firm.id("spare"))
    after = await firm.query("ada", query, id=firm.id("value"))

    assert [] == codes(gone)
    assert ({"node": {"id": firm.id("value")}}, {"node": None}) == (before, after)
    assert ["DELETE"] == [change["action"] for change in await firm.changes("value")]


async def test_an_account_is_not_deleted_while_it_gets_a_customer(firm: Company) -> None:
    """Of the two at once one comes first: no customer is without an account."""
    spare = firm.id("spare")
    made, gone = await asyncio.gather(
        firm.do("sue", CUSTOMER, channelId=firm.id("outlet"), name="New", account={"id": spare}),
        firm.do("sue", DELETE, id=spare),
    )
    found = await firm.query("ada", "{ customers { nodes { displayName account { id } } } }")

    accounts = {one["displayName"]: one["account"] for one in found["customers"]["nodes"]}
    if made["errors"]:
        assert ([("NOT_FOUND", ["account", "id"])], spare) == (codes(made), gone["deletedId"])
        assert "New" not in accounts
    else:
        assert ([("IN_USE", ["id"])], {"id": spare}) == (codes(gone), accounts["New"])


async def test_an_account_in_use_is_not_deleted(firm: Company) -> None:
    """The message has what and how many of it one sees; without anything it goes, and is nobody's referrer."""
    used = await firm.do("ada", DELETE, id=firm.id("house"))
    partly = await firm.do("sue", DELETE, id=firm.id("house"))
    made = await firm.do("sue", CREATE, name="Brief", referredById=firm.id("house"))
    heir = await firm.do("sue", CREATE, name="Heir", referredById=made["account"]["id"])
    gone = await firm.do("sue", DELETE, id=made["account"]["id"], expectedVersion=1)
    again = await firm.do("sue", DELETE, id=made["account"]["id"])
    left = await firm.query(
        "ada", "query($id: ID!) { account(id: $id) { referredBy { id } } }", id=heir["account"]["id"]
    )

    assert ([("IN_USE", ["id"])], 5) == (codes(used), used["errors"][0]["uses"])
    assert "House has customers (2), leads (1), opportunities (1) and cases (1). " in used["errors"][0]["message"]
    assert ([("IN_USE", ["id"])], 3) == (codes(partly), partly["errors"][0]["uses"])
    assert "customers (1), leads (1), opportunities (1) and others that you don't see" in partly["errors"][0]["message"]
    assert made["account"]["id"] == gone["deletedId"]
    assert [("NOT_FOUND", ["id"])] == codes(again)
    assert {"account": {"referredBy": None}} == left
