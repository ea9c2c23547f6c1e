"""A customer made by hand in a channel of type WEB gets a contact: the person who buys there."""

from __future__ import annotations

import asyncio
import datetime as dt
import json
from collections.abc import Mapping
from typing import Any

import pytest

from cypher.access import Access
from cypher.arguments import Inputs
from cypher.bulk import contacts_that_match
from graph.database import Database
from graph.ids import global_id, parse_global_id
from graph.permissions import Role
from graph.registry import load_model
from tests.asking import Asker
from tests.company import ERRORS, Company, codes, company

CONTACT = """id displayName firstName lastName birthday gender email phone emails { email isPrimary }
  phones { phone isPrimary } addresses { id city isPrimary } owner { ... on Record { displayName } }"""
CREATE = f"""mutation($input: CreateCustomerInput!) {{ createCustomer(input: $input) {{
  customer {{ id version addresses {{ id city }} contacts {{ edges {{ role node {{ id }} }} }} }}
  account {{ id version defaultContact {{ id }} contacts {{ edges {{ role isDefault node {{ id }} }} }} }}
  contact {{ {CONTACT} }} accountOutcome {ERRORS} }} }}"""
BULK = f"""mutation($input: CreateCustomersInput!) {{ createCustomers(input: $input) {{ results {{ accountOutcome
  customer {{ version contacts {{ edges {{ role node {{ {CONTACT} }} }} }}
    account {{ id version defaultContact {{ id }} contacts {{ edges {{ role isDefault node {{ id }} }} }} }} }} }}
  {ERRORS} }} }}"""
LEAN = """mutation($input: CreateCustomersInput!) { createCustomers(input: $input) {
  results { customer { contacts(first: 1) { nodes { id } } } } } }"""
IRIS: dict[str, Any] = {
    "email": "iris@oak.example",
    "phone": "555 0100",
    "person": {"firstName": "Iris", "lastName": "Oak", "birthday": "1990-04-01", "gender": "FEMALE"},
}


@pytest.fixture
async def firm(database: Database, ask: Asker) -> Company:
    """A new organisation with two shops of type WEB, an account with contacts that only Sam sees, and Hal's role."""
    world = company()
    for name in ("shop", "stall"):
        world.node("Channel", name, name=name.title(), status="ACTIVE", key=name, lifetimeRule="NONE")
        world.link(name, "OF_TYPE", "web")
    world.node("Account", "house", name="House")
    world.link("house", "OWNED_BY", "shops")
    world.node("Contact", "cem", name="Iris Oak", firstName="Iris", lastName="Oak", email="iris@oak.example")
    world.link("cem", "OWNED_BY", "sam")
    world.link("house", "HAS_CONTACT", "cem", role="manager", isDefault=True)
    world.link("house", "HAS_DEFAULT_CONTACT", "cem")
    levels = {("Customer", "CREATE"): "USER", **{(name, "VIEW"): "UNIT" for name in ("Customer", "Account", "Contact")}}
    role = Role("Clerk", {**levels, ("Channel", "VIEW"): "ORGANIZATION"}, frozenset({("Contact", "EMAIL")}))
    told = {"permissions": role.stored_permissions(), "hiddenFields": role.stored_hidden()}
    world.node("Role", "clerk", name=role.name, **told)
    email = f"hal@{world.key}.example"
    world.node("User", "hal", name="Hal", username=email, email=email)
    world.link("hal", "HAS_ROLE", "clerk")
    world.link("hal", "MEMBER_OF_UNIT", "shops")
    await database.write(list(world.statements()))
    return Company(database, ask, world)


async def make(firm: Company, who: str = "sue", channel: str = "shop", **given: Any) -> dict[str, Any]:
    """The payload of a new customer."""
    return await firm.do(who, CREATE, **{"channelId": firm.id(channel), **given})


async def test_who_buys_in_a_shop_is_a_contact(firm: Company) -> None:
    """With names, email address, phone number, birthday and addresses; the default of the account; all made at once."""
    made = await make(firm, **IRIS, addresses=[{"city": "Oslo", "type": "BILLING"}])

    contact = made["contact"]
    assert [] == made["errors"]
    shown = ("displayName", "firstName", "lastName", "birthday", "gender", "email", "phone")
    assert ("Iris Oak", "Iris", "Oak", "1990-04-01", "FEMALE", "iris@oak.example", "555 0100") == tuple(
        contact[key] for key in shown
    )
    assert [{"email": "iris@oak.example", "isPrimary": True}] == contact["emails"]
    assert [{"phone": "555 0100", "isPrimary": True}] == contact["phones"]
    assert {"displayName": "Sue"} == contact["owner"]
    ((own,), (copy,)) = made["customer"]["addresses"], contact["addresses"]
    assert (own["city"], True) == (copy["city"], copy["isPrimary"])
    assert own["id"] != copy["id"]
    node = {"id": contact["id"]}
    assert [{"role": "Contact", "node": node}] == made["customer"]["contacts"]["edges"]
    assert [{"role": "Contact", "isDefault": True, "node": node}] == made["account"]["contacts"]["edges"]
    assert (node, 1) == (made["account"]["defaultContact"], made["customer"]["version"])


async def test_one_person_is_one_contact(firm: Company) -> None:
    """In a second shop under the same account, by match or by id; somebody else is another one, and not the default."""
    first = await make(firm, **IRIS)
    matched = await make(firm, channel="stall", **{**IRIS, "email": "IRIS@oak.example"}, account={"match": True})
    given = await make(firm, **IRIS, account={"id": first["account"]["id"]})
    other = await make(firm, person={"firstName": "Ida"}, account={"id": first["account"]["id"]})

    assert "MATCHED" == matched["accountOutcome"]
    assert first["contact"]["id"] == matched["contact"]["id"] == given["contact"]["id"]
    assert first["contact"]["id"] != other["contact"]["id"]
    assert {"id": first["contact"]["id"]} == other["account"]["defaultContact"]
    assert {True: 1, False: 1} == {
        default: [edge["isDefault"] for edge in other["account"]["contacts"]["edges"]].count(default)
        for default in (True, False)
    }


async def test_at_once_an_account_gets_one_default_contact(firm: Company) -> None:
    """Several customers who are made at once under one account."""
    account = (await make(firm, name="Head office", channel="outlet"))["account"]["id"]
    made = await asyncio.gather(
        *(make(firm, person={"firstName": f"N{number}"}, account={"id": account}) for number in range(6))
    )
    last = await make(firm, person={"firstName": "Last"}, account={"id": account})

    assert [[]] * 6 == [codes(payload) for payload in made]
    assert [False] * 6 + [True] == sorted(edge["isDefault"] for edge in last["account"]["contacts"]["edges"])


@pytest.mark.parametrize(
    "given",
    [{"channel": "outlet", **IRIS}, {"name": "Walk-in"}, {"originId": "C-1", "person": {"isGuest": True}}],
)
async def test_without_a_shop_or_a_person_there_is_none(firm: Company, given: dict[str, Any]) -> None:
    """Another channel, or nothing that says who it is."""
    made = await make(firm, **given)

    assert ([], None) == (codes(made), made["contact"])
    assert ([], None) == (made["account"]["contacts"]["edges"], made["account"]["defaultContact"])


async def test_nobody_finds_contacts_by_trying(firm: Company) -> None:
    """One that is not seen, or whose address is hidden, is not taken; that it is there nobody tells."""
    house: dict[str, Any] = {"account": {"id": firm.id("house")}}
    unseen = await make(firm, **IRIS, **house)
    seen = await make(firm, "ada", **IRIS, **house)
    answer = await firm.ask(await firm.viewer("hal"), CREATE, input={"channelId": firm.id("shop"), **IRIS, **house})
    hidden = answer.data["createCustomer"]

    assert [] == codes(unseen) == codes(seen) == codes(hidden)
    assert firm.id("cem") == seen["contact"]["id"]
    assert None is hidden["contact"]["emails"]
    assert 3 == len({unseen["contact"]["id"], seen["contact"]["id"], hidden["contact"]["id"]})


async def make_many(firm: Company, *rows: dict[str, Any], who: str = "sue", channel: str = "shop") -> Any:
    """The customers of the payload of a bulk write."""
    payload = await firm.do(who, BULK, channelId=firm.id(channel), customers=list(rows))
    assert [] == payload["errors"]
    return [result["customer"] for result in payload["results"]]


def contact_ids(customer: dict[str, Any]) -> list[str]:
    """The contacts of a customer."""
    return [edge["node"]["id"] for edge in customer["contacts"]["edges"]]


async def test_many_customers_get_the_same_contacts_as_single_ones(firm: Company) -> None:
    """One contact a person and account, one default contact an account, none where nothing says who it is."""
    single = await make(firm, **IRIS)
    house, own = {"account": {"id": firm.id("house")}}, {"account": {"id": single["account"]["id"]}}
    iris, same, again, ida, nobody, new = await make_many(
        firm, {**IRIS, **own}, {**IRIS, **house}, {**IRIS, **house}, {"phone": "555", **own}, {"name": "Bar"}, IRIS
    )

    assert [single["contact"]["id"]] == contact_ids(iris)
    assert contact_ids(same) == contact_ids(again) != contact_ids(new)
    # The contact that is there already is not Sue's to see.
    assert firm.id("cem") not in contact_ids(same)
    assert ([], 1, 1) == (contact_ids(nobody), nobody["account"]["version"], nobody["version"])
    assert ("555", [{"phone": "555", "isPrimary": True}]) == tuple(
        ida["contacts"]["edges"][0]["node"][key] for key in ("phone", "phones")
    )
    assert {"id": single["contact"]["id"]} == ida["account"]["defaultContact"]
    assert [False, True] == sorted(edge["isDefault"] for edge in ida["account"]["contacts"]["edges"])
    shown = {key: value for key, value in single["contact"].items() if key not in ("id", "addresses")}
    (edge,) = new["contacts"]["edges"]
    assert ("Contact", shown) == (edge["role"], {key: edge["node"][key] for key in shown})
    assert [{"role": "Contact", "isDefault": True, "node": {"id": edge["node"]["id"]}}] == (
        new["account"]["contacts"]["edges"]
    )


async def test_changes_tell_of_contacts_made_with_many(firm: Company) -> None:
    """Of the contact, its parts, the customer and the account, as with single ones."""
    (new,) = await make_many(firm, IRIS)
    single = await make(firm, **{**IRIS, "email": "ida@oak.example"})

    for of_many, of_one in (
        (contact_ids(new)[0], single["contact"]["id"]),
        (new["account"]["id"], single["account"]["id"]),
    ):
        many, one = [await firm.changes(parse_global_id(record)[1]) for record in (of_many, of_one)]
        assert [change["action"] for change in one] == [change["action"] for change in many]
        assert [set(json.loads(change["after"])) for change in one] == [
            set(json.loads(change["after"])) for change in many
        ]


async def test_in_other_channels_many_get_none(firm: Company) -> None:
    """As single ones do."""
    (made,) = await make_many(firm, IRIS, channel="outlet")

    assert ([], 1) == (contact_ids(made), made["account"]["version"])


async def test_the_contacts_of_an_account_are_looked_at_once(firm: Company) -> None:
    """However many of them are asked for; the oldest of those that are alike is found, in any case."""
    people = [(f"person {place}", "oak", f"p{place}@oak.example") for place in range(40)]
    house = {"account": {"id": firm.id("house")}}
    rows: list[dict[str, Any]] = [
        {"person": {"firstName": first.title(), "lastName": "OAK"}, "email": email, **house}
        for first, _, email in people
    ]
    told = (await firm.do("sue", LEAN, channelId=firm.id("shop"), customers=rows))["results"]
    made = [one["customer"]["contacts"]["nodes"][0]["id"] for one in told]
    viewer, account = await firm.viewer("sue"), firm.world.uuid("house")
    seen, inputs = Access(load_model(), viewer.kind_for("VIEW")), Inputs(viewer, {}, dt.datetime.now(dt.UTC))
    asked = [(account, "\x1f".join(person)) for person in (*people, ("no", "such", "one"))]
    one, all_ = (contacts_that_match(some, seen, inputs) for some in (asked[:1], asked))

    found = await firm.database.read([all_])
    costs = [accesses(await firm.database.plan_of(statement, profile=True)) for statement in (one, all_)]

    assert list(enumerate(made)) == sorted((place, global_id("Contact", uuid)) for place, uuid in found[0])
    assert costs[1] < 3 * costs[0]


def accesses(plan: Mapping[str, Any]) -> int:
    """How often a plan that was run looked into the store."""
    return int(plan.get("dbHits", 0)) + sum(map(accesses, plan.get("children", ())))
