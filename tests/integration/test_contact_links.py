"""Links of contacts to accounts, customers, leads and opportunities, and groups of contacts."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import orjson
import pytest

from graph.database import Database, Run, Statement
from graph.ids import global_id
from resolvers.execution import Engine
from tests.asking import Asker
from tests.company import ERRORS, Company, codes, company

CREATE = f"""mutation($input: CreateContactInput!) {{ createContact(input: $input) {{
  contact {{ id customers {{ nodes {{ id }} }} owner {{ ... on Record {{ displayName }} }} }} {ERRORS} }} }}"""
LINK = f"""mutation($input: LinkContactInput!) {{ linkContact(input: $input) {{
  contact {{ id }} record {{ id version }} {ERRORS} }} }}"""
UNLINK = f"""mutation($input: UnlinkContactInput!) {{ unlinkContact(input: $input) {{
  contact {{ id }} record {{ id }} wasDefault {ERRORS} }} }}"""
DELETE = f"mutation($input: DeleteContactInput!) {{ deleteContact(input: $input) {{ deletedId {ERRORS} }} }}"
SET_GROUPS = f"""mutation($input: SetContactGroupsInput!) {{ setContactGroups(input: $input) {{
  contact {{ id groups {{ label }} }} {ERRORS} }} }}"""
ACCOUNT = """query($id: ID!) { account(id: $id) { defaultContact { id }
  contacts { edges { role position isDefault node { id } } } } }"""
CUSTOMER = "query($id: ID!) { customer(id: $id) { contacts { edges { role position node { id } } } } }"
DEAL = "query($id: ID!) { opportunity(id: $id) { contacts { edges { role position } } } }"
RACERS = 12
T = TypeVar("T")


@pytest.fixture
async def firm(database: Database, ask: Asker) -> Company:
    """A new organisation for each test, with contacts, an account, a lead and an opportunity of Sue's, and Sam's."""
    world = company()
    for name, owner in (("ann", "sue"), ("bob", "sue"), ("max-own", "max"), ("sam-own", "sam")):
        world.node("Contact", name, name=name.title(), firstName=name.title())
        world.link(name, "OWNED_BY", owner)
    for kind in ("Account", "Lead", "Opportunity"):
        world.node(kind, kind.lower(), name=kind)
        world.link(kind.lower(), "OWNED_BY", "sue")
    await database.write(list(world.statements()))
    return Company(database, ask, world)


async def account(firm: Company) -> tuple[Any, dict[str, tuple[Any, ...]]]:
    """The default contact of the account, and role, position and default of each contact."""
    found = (await firm.query("ada", ACCOUNT, id=firm.id("account")))["account"]
    edges = {
        edge["node"]["id"]: (edge["role"], edge["position"], edge["isDefault"]) for edge in found["contacts"]["edges"]
    }
    return found["defaultContact"] and found["defaultContact"]["id"], edges


async def link(firm: Company, contact: str, record: str, who: str = "sue", **given: Any) -> dict[str, Any]:
    """Link a contact to a record."""
    return await firm.do(who, LINK, contactId=firm.id(contact), recordId=firm.id(record), **given)


async def test_an_account_has_one_default_contact(firm: Company) -> None:
    """The first one, until another takes its place; linking again changes what the link says."""
    ann, bob = firm.id("ann"), firm.id("bob")

    first = await link(firm, "ann", "account", role="Buyer", position="Head")
    assert ([], ann, firm.id("account")) == (first["errors"], first["contact"]["id"], first["record"]["id"])
    assert (ann, {ann: ("Buyer", "Head", True)}) == await account(firm)
    assert [] == codes(await link(firm, "bob", "account"))
    assert (ann, {ann: ("Buyer", "Head", True), bob: (None, None, False)}) == await account(firm)
    assert [] == codes(await link(firm, "bob", "account", isDefault=True, role="Chief"))
    assert (bob, {ann: ("Buyer", "Head", False), bob: ("Chief", None, True)}) == await account(firm)
    assert [] == codes(await link(firm, "ann", "account", role=None, position="Lead"))
    assert (bob, {ann: (None, "Lead", False), bob: ("Chief", None, True)}) == await account(firm)
    assert [] == codes(await link(firm, "bob", "account", isDefault=False))
    assert (None, {ann: (None, "Lead", False), bob: ("Chief", None, False)}) == await account(firm)

    changes = await firm.changes("account")
    assert ann == orjson.loads(changes[2]["before"])["defaultContact"]
    assert bob == orjson.loads(changes[2]["after"])["defaultContact"]
    stale = await link(firm, "bob", "account", expectedVersion=first["record"]["version"])
    assert [("CONFLICT", ["expectedVersion"])] == codes(stale)


async def test_the_default_contact_can_go(firm: Company) -> None:
    """The account is left without one, and the payload says so; what is not linked is not there."""
    await link(firm, "ann", "account")
    await link(firm, "bob", "account")
    both = {"recordId": firm.id("account")}

    other = await firm.do("sue", UNLINK, contactId=firm.id("bob"), **both)
    default = await firm.do("sue", UNLINK, contactId=firm.id("ann"), **both)
    again = await firm.do("sue", UNLINK, contactId=firm.id("ann"), **both)

    assert ([], False) == (other["errors"], other["wasDefault"])
    assert ([], True) == (default["errors"], default["wasDefault"])
    assert [("NOT_FOUND", ["contactId"])] == codes(again)
    assert (None, {}) == await account(firm)


async def test_another_default_stays_when_a_deleted_one_was_replaced(firm: Company) -> None:
    """A deleted contact leaves no default behind, and the next one takes its place."""
    await link(firm, "ann", "account")
    assert [] == codes(await firm.do("sue", DELETE, id=firm.id("ann")))
    assert (None, {}) == await account(firm)

    await link(firm, "bob", "account")

    assert firm.id("bob") == (await account(firm))[0]


async def test_contacts_stand_at_customers_leads_and_opportunities(firm: Company) -> None:
    """With role and position, at several at once; only accounts have a default."""
    for record in ("head", "lead", "opportunity"):
        assert [] == codes(await link(firm, "ann", record, role="Buyer", position="Head"))
    deal = await firm.query("ada", DEAL, id=firm.id("opportunity"))
    assert {"opportunity": {"contacts": {"edges": [{"role": "Buyer", "position": "Head"}]}}} == deal
    refused = await link(firm, "ann", "head", isDefault=True)
    unlinked = await firm.do("sue", UNLINK, contactId=firm.id("ann"), recordId=firm.id("lead"))

    found = await firm.query("ada", CUSTOMER, id=firm.id("head"))
    edge = {"role": "Buyer", "position": "Head", "node": {"id": firm.id("ann")}}
    assert [edge] == found["customer"]["contacts"]["edges"]
    assert [("INVALID", ["isDefault"])] == codes(refused)
    assert ([], False) == (unlinked["errors"], unlinked["wasDefault"])
    found = await firm.query(
        "ada",
        """query($id: ID!) { contact(id: $id) {
          leads { totalCount } opportunities { totalCount } customers { totalCount } } }""",
        id=firm.id("ann"),
    )
    assert {"leads": 0, "opportunities": 1, "customers": 1} == {
        name: connection["totalCount"] for name, connection in found["contact"].items()
    }


async def test_who_may_link(firm: Company) -> None:
    """The record must be the viewer's to change; the contact to see, or to change where customers see it then."""
    assert [("NOT_FOUND", ["recordId"])] == codes(await link(firm, "sam-own", "account", "sam"))
    assert [("NOT_FOUND", ["contactId"])] == codes(await link(firm, "sam-own", "account"))
    assert [("FORBIDDEN", ["recordId"])] == codes(await link(firm, "max-own", "account", "max"))
    assert [("INVALID", ["recordId"])] == codes(await link(firm, "ann", "outlet"))
    assert [("NOT_FOUND", ["contactId"])] == codes(await link(firm, "ann", "head", "boss"))
    assert [] == codes(await link(firm, "ann", "head"))
    assert {("FORBIDDEN", "recordId"), ("FORBIDDEN", "contactId")} == {
        (code, *field) for code, field in codes(await link(firm, "ann", "head", "bea"))
    }
    assert [] == codes(await link(firm, "ann", "branch", "boss"))
    assert {("NOT_FOUND", "recordId"), ("NOT_FOUND", "contactId")} == {
        (code, *field) for code, field in codes(await link(firm, "ann", "head", "ove"))
    }


async def test_users_of_a_customer_see_a_contact_while_it_stands_there(firm: Company) -> None:
    """From the next request on, and no longer than that."""
    looked = "query($id: ID!) { contact(id: $id) { id } }"
    before = await firm.query("bea", looked, id=firm.id("ann"))
    await link(firm, "ann", "head")
    while_linked = await firm.query("bea", looked, id=firm.id("ann"))
    gone = await firm.do("boss", UNLINK, contactId=firm.id("ann"), recordId=firm.id("head"))
    after = await firm.query("bea", looked, id=firm.id("ann"))

    assert {"contact": None} == before == after
    assert {"contact": {"id": firm.id("ann")}} == while_linked
    assert ([], None, {"id": firm.id("head")}) == (gone["errors"], gone["contact"], gone["record"])


async def test_a_new_contact_is_linked_from_the_beginning(firm: Company) -> None:
    """So a customer's administrator can make one; without a link it would be out of reach."""
    made = await firm.do("boss", CREATE, lastName="New", links=[{"recordId": firm.id("branch"), "role": "Buyer"}])
    loose = await firm.do("boss", CREATE, lastName="New")
    foreign = await firm.do("boss", CREATE, lastName="New", links=[{"recordId": firm.id("other")}])
    staff = await firm.do(
        "sue",
        CREATE,
        lastName="New",
        links=[{"recordId": firm.id("account"), "position": "Chief"}, {"recordId": firm.id("lead")}],
    )
    wrong = await firm.do("sue", CREATE, lastName="New", links=[{"recordId": firm.id("lead"), "isDefault": True}])

    assert ([], [{"id": firm.id("branch")}]) == (made["errors"], made["contact"]["customers"]["nodes"])
    assert [("FORBIDDEN", None)] == codes(loose)
    assert [("NOT_FOUND", ["links", "0", "recordId"])] == codes(foreign)
    assert (staff["contact"]["id"], {staff["contact"]["id"]: (None, "Chief", True)}) == await account(firm)
    assert [("INVALID", ["links", "0", "isDefault"])] == codes(wrong)


async def test_one_default_whoever_links_at_once(firm: Company) -> None:
    """Of several contacts who each become the default at once, the last one is it."""
    made = [await firm.do("sue", CREATE, lastName=f"N{n}") for n in range(RACERS)]

    linked = await asyncio.gather(
        *(
            firm.do("sue", LINK, contactId=one["contact"]["id"], recordId=firm.id("account"), isDefault=True)
            for one in made
        )
    )

    default, edges = await account(firm)
    assert [[]] * RACERS == [one["errors"] for one in linked]
    last = max(linked, key=lambda one: one["record"]["version"])
    assert last["contact"]["id"] == default
    assert RACERS == len(edges)
    assert [default] == [contact for contact, (_, _, is_default) in edges.items() if is_default]


async def test_nothing_is_lost_while_a_default_contact_goes(firm: Company) -> None:
    """Who is linked to its account just before it loses its default contact stays linked."""
    await link(firm, "ann", "account")
    linking: list[asyncio.Task[dict[str, Any]]] = []

    @dataclass(frozen=True)
    class Interrupted:
        """Lets somebody else link a contact before the first relationship goes, as far as locks let them."""

        async def transact(self, work: Callable[[Run], Awaitable[T]]) -> T:
            """Run it all the same."""

            def interrupted(run: Run) -> Run:
                async def running(statement: Statement) -> list[Any]:
                    if "DELETE" in statement.text and not linking:
                        linking.append(asyncio.create_task(link(firm, "bob", "account")))
                        await asyncio.wait(linking, timeout=0.5)
                    return await run(statement)

                return running

            return await firm.database.transact(lambda run: work(interrupted(run)))

    ask = Asker(firm.database, Engine.of(firm.database, writer=Interrupted()))
    deleted = await ask.data(await firm.viewer("sue"), DELETE, input={"id": firm.id("ann")})
    linked = await linking[0]

    assert [[], []] == [deleted["deleteContact"]["errors"], linked["errors"]]
    assert (firm.id("bob"), {firm.id("bob"): (None, None, True)}) == await account(firm)


async def test_groups_of_contacts(firm: Company) -> None:
    """Labels are unique; a contact is in the groups that are named, and in none of a group that is deleted."""

    async def group(verb: str, who: str = "sue", **given: Any) -> dict[str, Any]:
        selected = "deletedId" if verb == "delete" else "contactGroup { id label displayName }"
        mutation = f"""mutation($input: {verb.title()}ContactGroupInput!) {{
          {verb}ContactGroup(input: $input) {{ {selected} {ERRORS} }} }}"""
        return await firm.do(who, mutation, **given)

    unknown = global_id("ContactGroup", firm.world.uuid("nobody"))

    async def put(who: str, *ids: str) -> dict[str, Any]:
        return await firm.do(who, SET_GROUPS, contactId=firm.id("ann"), groupIds=ids)

    vip = (await group("create", label=" VIP "))["contactGroup"]
    press = (await group("create", label="Press"))["contactGroup"]
    assert ("VIP", "VIP") == (vip["label"], vip["displayName"])
    assert [("TAKEN", ["label"])] == codes(await group("create", label="VIP"))
    assert [("TAKEN", ["label"])] == codes(await group("update", id=press["id"], label="VIP"))
    assert [("INVALID", ["label"])] == codes(await group("update", id=press["id"], label=None))
    assert [("FORBIDDEN", None)] == codes(await group("create", "boss", label="Own"))

    both = await put("sue", vip["id"], press["id"], vip["id"])
    assert ([], {"VIP", "Press"}) == (both["errors"], {one["label"] for one in both["contact"]["groups"]})
    assert [("NOT_FOUND", ["groupIds", "0"])] == codes(await put("sue", unknown))
    assert [("NOT_FOUND", ["contactId"])] == codes(await put("sam", vip["id"]))
    await link(firm, "ann", "head")
    assert [("FORBIDDEN", None)] == codes(await put("boss"))

    assert [("FORBIDDEN", ["id"])] == codes(await group("delete", id=vip["id"]))
    assert [] == codes(await group("delete", "ada", id=vip["id"]))
    renamed = await group("update", id=press["id"], label="VIP")
    assert ([], "VIP") == (renamed["errors"], renamed["contactGroup"]["label"])
    found = await firm.query("sue", "query($id: ID!) { contact(id: $id) { groups { id } } }", id=firm.id("ann"))
    assert {"contact": {"groups": [{"id": press["id"]}]}} == found
    assert [] == (await put("sue"))["contact"]["groups"]
