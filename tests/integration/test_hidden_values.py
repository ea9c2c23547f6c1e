"""Hidden values leave no trace where they are not selected: in search, among duplicates, after a role has changed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import orjson
import pytest

from app.viewers import Identity, find_viewer
from cypher.viewers import raise_access_version
from graph.database import Database
from graph.model import Kind, Property
from graph.permissions import Role
from graph.registry import load_model
from graph.sensitive import group_of
from graph.viewer import Viewer
from resolvers.execution import AccessChanged
from tests.asking import Asker
from tests.company import UPDATE_USER, Company, company
from tests.conftest import FULL
from tests.hiding import ALL_HIDDEN, LEVELS, told, viewer_hiding
from tests.integration.test_golden import CASES, read_case, resolve
from tests.world import World, small_world


async def found(ask: Asker, viewer: Viewer, text: str) -> dict[str, int]:
    """The types of the records that a text finds, with their scores."""
    query = "query S($text: String!) { search(text: $text) { totalCount edges { score node { __typename } } } }"
    data = (await ask.data(viewer, query, text=text))["search"]
    assert data["totalCount"] == len(data["edges"])
    return {edge["node"]["__typename"]: edge["score"] for edge in data["edges"]}


async def test_search_by_type(world: World, ask: Asker) -> None:
    """An email address finds contacts and no customers, where only those of customers are hidden; and the reverse."""
    customer, contact = "head@golden.example", "j@golden.example"
    of_customers = viewer_hiding(world, ("Customer", "EMAIL"))
    of_contacts = viewer_hiding(world, ("Contact", "EMAIL"))

    assert {"Customer": 90} == await found(ask, world.viewer(), customer)
    assert {"Contact": 90} == await found(ask, world.viewer(), contact)
    assert {} == await found(ask, of_customers, customer)
    assert {"Contact": 90} == await found(ask, of_customers, contact)
    assert {"Customer": 90} == await found(ask, of_contacts, customer)
    assert {} == await found(ask, of_contacts, contact)


async def test_a_hidden_value_raises_no_score(database: Database, ask: Asker) -> None:
    """Who is found by a name scores no higher because the hidden address is just what was searched."""
    world = World("scores")
    world.node("Organization", "organization", name="Scores", currency="USD", key="world-scores")
    world.node("Contact", "zed", firstName="Zed", lastName="zed.example", email="zed@zed.example")
    await database.write(list(world.statements()))

    assert {"Contact": 90} == await found(ask, world.viewer(), "zed@zed.example")
    assert {"Contact": 40} == await found(ask, viewer_hiding(world, ("Contact", "EMAIL")), "zed@zed.example")


async def test_duplicates_by_what_is_seen(database: Database, ask: Asker) -> None:
    """A key counts where its holder shows it; one that is hidden everywhere is refused when it is asked for."""
    world = World("twins")
    world.node("Organization", "organization", name="Twins", currency="USD", key="world-twins")
    for number in range(4):
        world.node("Account", f"account{number}", name=f"{number}")
        type_name, kind = ("Customer", "BELONGS_TO") if number < 2 else ("Contact", "HAS_CONTACT")
        world.node(type_name, f"one{number}", email=f"{type_name}@twins.example")
        ends = (f"one{number}", f"account{number}")
        world.link(*((ends[0], kind, ends[1]) if type_name == "Customer" else (ends[1], kind, ends[0])))
    await database.write(list(world.statements()))
    query = """{ duplicateAccounts { nodes { reasons first { name } second { name } } }
      byEmail: duplicateAccounts(by: [EMAIL]) { totalCount } }"""

    async def pairs(*hidden: str) -> tuple[list[str], int | None, list[tuple[str, tuple[str, ...]]]]:
        answer = await ask(viewer_hiding(world, *((entity, "EMAIL") for entity in hidden)), query)
        by_email = answer.data["byEmail"]
        nodes = answer.data["duplicateAccounts"]["nodes"]
        names = ["".join(sorted(node[end]["name"] for end in ("first", "second"))) for node in nodes]
        return sorted(names), by_email and by_email["totalCount"], told(answer)

    assert (["01", "23"], 2, []) == await pairs()
    assert (["23"], 1, []) == await pairs("Customer")
    assert (["01"], 1, []) == await pairs("Contact")
    assert ([], None, [("FORBIDDEN", ("byEmail",))]) == await pairs("Customer", "Contact")


async def test_a_change_of_the_role_counts_at_once(database: Database, ask: Asker) -> None:
    """What a stored role hides is hidden from its holder; once the role no longer does, it is there again.

    Who was read before is read again, also where nothing but a refusal was the answer.
    """
    query, identity = "{ customers { nodes { phone } } }", Identity("staff", "sam@roles.example")

    await database.write([*seller_world("Customer PHONE").statements()])
    before = await find_viewer(database, identity)
    hidden = await ask(before, query)
    changed = seller_world()
    await database.write([*changed.statements(), raise_access_version(changed.organization_id)])
    for question in (query, "{ customers(where: {phone: {isNull: true}}) { totalCount } }"):
        with pytest.raises(AccessChanged):
            await ask(before, question)
    shown = await ask(await find_viewer(database, identity), query)

    assert [("FORBIDDEN", ("customers", "nodes", "phone"))] == told(hidden)
    assert [{"phone": None}] == hidden.data["customers"]["nodes"]
    assert [] == shown.errors
    assert [{"phone": "555 0100"}] == shown.data["customers"]["nodes"]


def seller_world(*hidden: str) -> World:
    """One customer, and one user with a role that hides fields."""
    world = World("roles")
    world.node("Organization", "organization", name="Roles", currency="USD", key="world-roles")
    world.node("Customer", "customer", name="Customer", phone="555 0100")
    world.node("User", "sam", name="Sam", username="sam@roles.example")
    permissions = Role("Seller", LEVELS).stored_permissions()
    world.node("Role", "seller", name="Seller", permissions=permissions, hiddenFields=[*hidden])
    world.link("sam", "HAS_ROLE", "seller")
    return world


async def test_payloads_of_mutations_hide_too(database: Database, ask: Asker) -> None:
    """What a mutation answers about the record that it wrote is hidden as anywhere, with its path; it is written."""
    world = company()
    for row in world.nodes["Role"]:
        if row["id"] == world.uuid("administrator"):
            row["set"]["hiddenFields"] = ["User EMAIL"]
    await database.write(list(world.statements()))
    firm = Company(database, ask, world)
    change = {"id": world.id("max"), "title": "Head", "firstName": "Max"}

    answer = await ask(await firm.viewer("ada"), UPDATE_USER, input=change)

    assert [("FORBIDDEN", ("updateUser", "user", "username"))] == told(answer)
    user = answer.data["updateUser"]["user"]
    assert (None, "Head") == (user["username"], user["title"])


async def test_no_question_tells_a_hidden_value(database: Database, ask: Asker) -> None:
    """Of all golden questions, asked by somebody from whom everything sensitive is hidden, none brings such a value."""
    world = telling_world()
    await database.write(list(world.statements()))
    nothing = viewer_hiding(world, *ALL_HIDDEN)
    seen: set[str] = set()

    for path in CASES if FULL else CASES[3::5]:
        _, sections = read_case(path)
        variables = resolve(orjson.loads(sections.get("json variables", "{}")), world)
        everything = await ask(world.viewer(), sections["graphql"], **variables)
        hidden = await ask(nothing, sections["graphql"], **variables)
        seen |= {word for word in TELLING if word in orjson.dumps(everything.data).decode()}

        assert [] == [word for word in TELLING if word in orjson.dumps(hidden.data).decode()], path.stem
        assert {"FORBIDDEN"} >= {error.original_error.code for error in hidden.errors} - {"BAD_USER_INPUT"}, path.stem

    assert {"telling", "98765.43"} <= seen


TELLING = ("telling", "98765.43", "1987-06-05")
VALUES: Mapping[Kind, Any] = {
    Kind.STRING: "telling",
    Kind.STRINGS: ["telling"],
    Kind.MONEY: 98765_43,
    Kind.DECIMAL: "98765.43",
    Kind.DATE: dt.date(1987, 6, 5),
}


def telling_world() -> World:
    """The small world with values in all sensitive properties that can be told from any other."""
    world, model = small_world("telling"), load_model()
    for type_name, rows in world.nodes.items():
        fields = {
            **model.records[type_name].fields,
            **(model.embedded["PersonDetails"] if type_name == "Customer" else {}),
        }
        stored = [mapped for mapped in fields.values() if isinstance(mapped, Property) and group_of(mapped)]
        for row in rows:
            row["set"] |= {mapped.name: VALUES[mapped.kind] for mapped in stored if mapped.name != "currency"}
    return world
