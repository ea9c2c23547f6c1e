"""The statements of bulk writes: few, the same for any number of rows, and each seeks what it needs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from graph.database import Database
from tests.asking import Asker
from tests.company import Company, company
from tests.integration.test_plans import NEVER, operators

MOST = 50
"""Statements of one bulk write, the selection of its payload included."""
SCANS = {operator for operator in NEVER if operator.endswith("Scan")}
SHOWN = "results { outcome errors { code message } } errors { code message field }"
Row = dict[str, Any]


@dataclass(frozen=True)
class Sent:
    """A statement as it was sent, without its parameters."""

    text: str
    parameters: dict[str, Any] = field(default_factory=dict)


@pytest.fixture
async def firm(database: Database, ask: Asker) -> Company:
    """A new organisation for each test; its channels are of type WEB, and one of them matches accounts."""
    world = company()
    world.link("outlet", "OF_TYPE", "web")
    world.node("Account", "mill", name="Mill", ownerId=world.uuid("sue"))
    world.link("mill", "OWNED_BY", "sue")
    world.node("CustomerGroup", "vip", name="Vip")
    for label in ("Lead", "Opportunity"):
        world.node(label, label, name=label, ownerId=world.uuid("sue"))
        world.link(label, "OWNED_BY", "sue")
    await database.write(list(world.statements()))
    return Company(database, ask, world)


async def sent(firm: Company, verb: str, **given: Any) -> list[str]:
    """The texts of the statements of a bulk write that goes well."""
    kind = f"{verb[0].upper()}{verb[1:]}Input"
    document = f"mutation($input: {kind}!) {{ {verb}(input: $input) {{ {SHOWN} }} }}"
    answer = await firm.ask(await firm.viewer("ada"), document, input=given)
    assert [] == answer.errors
    assert [] == answer.data[verb]["errors"]
    return answer.statements


async def ids(firm: Company, plural: str, key: str) -> list[str]:
    """The ids of records in the order of what tells them apart."""
    where = f'where: {{ {key}: {{ startsWith: "k-" }} }}'
    found = await firm.query("ada", f"{{ {plural}(first: 100, {where}) {{ nodes {{ id {key} }} }} }}")
    return [node["id"] for node in sorted(found[plural]["nodes"], key=lambda node: node[key])]


def new_customer(firm: Company, number: int) -> Row:
    """A customer below the one before, whom the next one matches."""
    above = {"parentOriginId": f"k-{number - 1:03}"} if number % 10 else {"parentId": firm.id("head")}
    person = {"firstName": "Iris", "lastName": f"Oak {number // 2}"}
    return {
        **above,
        "originId": f"k-{number:03}",
        "person": person,
        "email": f"iris{number // 2}@oak.example",
        "account": {"match": True} if number % 3 else {"id": firm.id("mill")},
        "groupId": firm.id("vip"),
    }


def new_contact(firm: Company, number: int) -> Row:
    """A contact with all that one can have."""
    holders = ("mill", "head", "Lead", "Opportunity")
    return {
        "firstName": f"k-{number:03}",
        "emails": [{"email": f"{number}@oak.example"}, {"email": f"{number}@elm.example"}],
        "phones": [{"phone": f"555 {number}"}],
        "addresses": [{"city": "Oslo"}],
        "reportsToId": firm.id("nora"),
        "links": [{"recordId": firm.id(name), "role": "Buyer"} for name in holders],
    }


def changed_contact(firm: Company, number: int, id_: str) -> Row:
    """Changes of all that a contact can have."""
    return {
        "id": id_,
        "emails": [{"email": f"{number}@new.example"}],
        "phones": None,
        "addresses": [{"city": "Oslo"}],
        "reportsToId": None if number % 2 else firm.id("nora"),
    }


async def test_statements_are_few_constant_and_seek(firm: Company, database: Database) -> None:
    """However many rows there are the texts are the same; each seeks what it needs by an index."""
    texts: dict[str, None] = {}

    async def compare(verb: str, plural: str, row: Callable[[int], Row], **given: Any) -> None:
        few = await sent(firm, verb, **{plural: [row(number) for number in range(10)]}, **given)
        many = await sent(firm, verb, **{plural: [row(number) for number in range(10, 60)]}, **given)
        assert few == many, verb
        assert len(many) <= MOST, verb
        texts.update(dict.fromkeys(many))

    channel = {"channelId": firm.id("outlet")}
    await compare("createCustomers", "customers", lambda n: new_customer(firm, n), **channel)
    await compare("upsertCustomers", "customers", lambda n: {**new_customer(firm, n), "phone": "1"}, **channel)
    customers = await ids(firm, "customers", "originId")
    await compare(
        "updateCustomers",
        "customers",
        lambda n: {"id": customers[n], "originId": f"k-{n:03}-new", "parentId": None, "groupId": None},
    )
    referring = {"referredById": firm.id("mill"), "defaultContactId": firm.id("nora")}
    await compare("createAccounts", "accounts", lambda n: {"name": f"k-{n:03}", **referring})
    accounts = await ids(firm, "accounts", "name")
    cleared = dict.fromkeys(referring)
    await compare("updateAccounts", "accounts", lambda n: {"id": accounts[n], "description": "New", **cleared})
    await compare("createContacts", "contacts", lambda n: new_contact(firm, n))
    contacts = await ids(firm, "contacts", "firstName")
    await compare("updateContacts", "contacts", lambda n: changed_contact(firm, n, contacts[n]))

    plans = {text: set(operators(await database.plan_of(Sent(text)))) for text in texts}
    assert {} == {text: found & SCANS for text, found in plans.items() if found & SCANS}
