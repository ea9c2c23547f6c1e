"""Links of a write: what relationships say themselves is set, kept, taken away and noted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson
import pytest

from graph.database import Database, Run
from graph.registry import load_model
from resolvers.links import Links
from resolvers.writing import Write
from tests.asking import NOW, Asker
from tests.company import Company, company

ANN = {"role": "Buyer", "position": "Head"}
CONTACTS = "query($id: ID!) { customer(id: $id) { contacts { edges { role position node { id } } } } }"


@pytest.fixture
async def firm(database: Database, ask: Asker) -> Company:
    """An organisation with two contacts."""
    world = company()
    for name in ("ann", "bob"):
        world.node("Contact", name)
        world.link(name, "OWNED_BY", "ada")
    await database.write(list(world.statements()))
    return Company(database, ask, world)


async def link(firm: Company, links: Links, type_name: str = "Customer") -> str:
    """Link a customer of the organisation, or a new record; its UUID."""
    viewer = await firm.viewer("ada")

    async def work(run: Run) -> str:
        write = Write(run, load_model(), viewer, NOW, "request")
        if type_name == "Customer":
            found = await write.find(firm.id("head"), "Customer", "id", action="EDIT")
            assert found
            await write.change(found, {}, links)
        else:
            found = await write.create(type_name, {"name": "New", "displayName": "New"}, links, within="")
        await write.finish()
        return found.uuid

    return await firm.database.transact(work)


async def contacts(firm: Company) -> dict[str, tuple[Any, Any]]:
    """Role and position of each contact."""
    data = await firm.query("ada", CONTACTS, id=firm.id("head"))
    return {edge["node"]["id"]: (edge["role"], edge["position"]) for edge in data["customer"]["contacts"]["edges"]}


def noted(change: Mapping[str, Any]) -> tuple[Any, Any]:
    """The contacts before and after a change."""
    before, after = orjson.loads(change["before"]), orjson.loads(change["after"])
    return before.get("contacts"), after["contacts"]


async def test_a_mapping_gives_what_links_say_and_a_list_leaves_it(firm: Company) -> None:
    """Changing only what a link says is a change; asking for what is there is none."""
    ann, bob = firm.world.uuid("ann"), firm.world.uuid("bob")
    ids = {"ann": firm.id("ann"), "bob": firm.id("bob")}

    await link(firm, {"contacts": {ann: ANN}})
    await link(firm, {"contacts": {ann: ANN}})
    await link(firm, {"contacts": [ann]})
    assert {ids["ann"]: ("Buyer", "Head")} == await contacts(firm)
    await link(firm, {"contacts": {ann: {"position": "Lead", "role": None}}})
    assert {ids["ann"]: (None, "Lead")} == await contacts(firm)
    await link(firm, {"contacts": [ann, bob]})
    assert {ids["ann"]: (None, "Lead"), ids["bob"]: (None, None)} == await contacts(firm)
    await link(firm, {"contacts": {bob: {}}})
    assert {ids["bob"]: (None, None)} == await contacts(firm)

    first = {"id": ids["ann"], "properties": ANN}
    second = {"id": ids["ann"], "properties": {"position": "Lead"}}
    changes = [noted(change) for change in await firm.changes("head")]
    assert [([], [first]), ([first], [second])] == changes[:2]
    assert [([second], True), (True, [ids["bob"]])] == [
        (changes[2][0], second in changes[2][1] and ids["bob"] in changes[2][1]),
        (changes[3][0] == changes[2][1], changes[3][1]),
    ]
    assert len(changes) == 4


async def test_a_new_record_has_links_that_say_something(firm: Company) -> None:
    """They are made with it, and noted with it."""
    account = await link(firm, {"contacts": {firm.world.uuid("ann"): {**ANN, "isDefault": True}}}, "Account")

    (change,) = await firm.changes(account)
    assert [{"id": firm.id("ann"), "properties": {**ANN, "isDefault": True}}] == orjson.loads(change["after"])[
        "contacts"
    ]
