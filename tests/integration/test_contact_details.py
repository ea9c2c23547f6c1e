"""How contacts are reached and by whom: method, profiles on social networks, and who is assigned to them."""

from __future__ import annotations

from typing import Any

import pytest

from graph.database import Database
from graph.ids import parse_global_id
from graph.permissions import Role
from tests.asking import Asker
from tests.company import ERRORS, SET, Company, codes, company, permission

CONTACT = """contact { id version displayName method source assignedTo { id displayName }
  socials { id network handle url } }"""
CREATE = f"mutation($input: CreateContactInput!) {{ createContact(input: $input) {{ {CONTACT} writeId {ERRORS} }} }}"
UPDATE = f"mutation($input: UpdateContactInput!) {{ updateContact(input: $input) {{ {CONTACT} writeId {ERRORS} }} }}"
MANY = f"results {{ outcome {CONTACT} errors {{ code field }} }} {ERRORS}"
CREATE_MANY = f"mutation($input: CreateContactsInput!) {{ createContacts(input: $input) {{ {MANY} }} }}"
UPDATE_MANY = f"mutation($input: UpdateContactsInput!) {{ updateContacts(input: $input) {{ {MANY} }} }}"
DELETE = f"mutation($input: DeleteContactInput!) {{ deleteContact(input: $input) {{ deletedId writeId {ERRORS} }} }}"
MERGE = f"mutation($input: MergeContactsInput!) {{ mergeContacts(input: $input) {{ {CONTACT} writeId {ERRORS} }} }}"
LOOK = f"query($id: ID!) {{ {CONTACT.replace('contact', 'contact(id: $id)', 1)} }}"
FIND = """query($where: ContactWhere) { contacts(where: $where) { nodes { displayName } } }"""
UNDO = "mutation($input: UndoInput!) { undo(input: $input) { left { reason } errors { code field } } }"
DELETE_USER = f"mutation($input: DeleteUserInput!) {{ deleteUser(input: $input) {{ deletedId {ERRORS} }} }}"
LINKED_IN = {"network": "LINKEDIN", "handle": "ann-lee"}
PAGE = {"network": "OTHER", "url": "https://ann.example"}


@pytest.fixture
async def firm(database: Database, ask: Asker) -> Company:
    """A new organisation with a contact of the head office, and somebody who sees contacts and no staff."""
    world = company()
    world.node("Contact", "eve", name="Eve", firstName="Eve", method="PHONE")
    world.link("eve", "OWNED_BY", "sue")
    world.link("eve", "ASSIGNED_TO", "sue")
    world.link("head", "HAS_CONTACT", "eve", role="Contact")
    role = Role("Clerk", {("Contact", action): "ORGANIZATION" for action in ("VIEW", "EDIT")})
    world.node("Role", "clerk", name=role.name, permissions=role.stored_permissions(), hiddenFields=[])
    email = f"cleo@{world.key}.example"
    world.node("User", "cleo", name="Cleo", username=email, email=email)
    world.link("cleo", "HAS_ROLE", "clerk")
    await database.write(list(world.statements()))
    return Company(database, ask, world)


def profiles(contact: dict[str, Any]) -> set[tuple[Any, ...]]:
    """Network, handle and address of each profile."""
    return {(one["network"], one["handle"], one["url"]) for one in contact["socials"]}


async def test_a_contact_says_how_and_by_whom_it_is_reached(firm: Company) -> None:
    """When it is made and when it is changed; an absent field stays, null clears; and it is found by all of it."""
    made = await firm.do(
        "sue", CREATE, firstName="Ann", method="POST", socials=[LINKED_IN, PAGE], assignedToId=firm.id("sam")
    )
    ann = made["contact"]
    assert [] == made["errors"]
    assert ("POST", "Sam") == (ann["method"], ann["assignedTo"]["displayName"])
    assert {("LINKEDIN", "ann-lee", None), ("OTHER", None, "https://ann.example")} == profiles(ann)
    kept = next(one["id"] for one in ann["socials"] if one["network"] == "LINKEDIN")

    same = await firm.do("sue", UPDATE, id=ann["id"], source="Fair")
    assert {**ann, "source": "Fair", "version": 2} == same["contact"]
    found = [
        await firm.query("ada", FIND, where=where)
        for where in (
            {"method": {"eq": "POST"}},
            {"socials": {"some": {"network": {"eq": "LINKEDIN"}, "handle": {"startsWith": "ann"}}}},
            {"assignedTo": {"id": {"eq": firm.id("sam")}}},
        )
    ]
    assert [{"contacts": {"nodes": [{"displayName": "Ann"}]}}] * 3 == found

    changed = await firm.do(
        "sue",
        UPDATE,
        id=ann["id"],
        method=None,
        assignedToId=None,
        socials=[{"id": kept, "url": "HTTPS://www.linkedin.example/in/ann"}, {"network": "X", "handle": "ann"}],
    )
    assert (None, None) == (changed["contact"]["method"], changed["contact"]["assignedTo"])
    assert {("LINKEDIN", "ann-lee", "HTTPS://www.linkedin.example/in/ann"), ("X", "ann", None)} == profiles(
        changed["contact"]
    )
    assert kept in {one["id"] for one in changed["contact"]["socials"]}


@pytest.mark.parametrize(
    ("socials", "field"),
    [
        ([{"handle": "ann"}], ["socials", "0", "network"]),
        ([{"network": "X"}], ["socials", "0"]),
        ([{"network": "X", "handle": " "}], ["socials", "0"]),
        ([LINKED_IN, {**LINKED_IN, "handle": "Ann-Lee"}], ["socials", "1"]),
        ([{**PAGE, "url": "javascript:alert(1)"}], ["socials", "0", "url"]),
        ([{**PAGE, "url": "https://a b"}], ["socials", "0", "url"]),
        ([{**PAGE, "url": f"https://{'a' * 2048}"}], ["socials", "0", "url"]),
        ([LINKED_IN] * 101, ["socials"]),
    ],
)
async def test_what_no_profile_can_be(firm: Company, socials: list[Any], field: list[str]) -> None:
    """It has a network, a handle or an address of the web, and stands in the list once."""
    found = await firm.do("sue", UPDATE, id=firm.id("eve"), socials=socials)

    assert ("INVALID", field) in codes(found)
    assert 0 == await firm.written()


async def test_only_staff_say_who_looks_after_a_contact(firm: Company) -> None:
    """Users of the customer neither see nor change it, and nobody takes away whom they do not see."""
    administrator = await firm.do("boss", UPDATE, id=firm.id("eve"), assignedToId=None)
    method = await firm.do("boss", UPDATE, id=firm.id("eve"), method="EMAIL", socials=[LINKED_IN])
    clerk = await firm.do("cleo", UPDATE, id=firm.id("eve"), assignedToId=None)
    unit = await firm.do("ada", UPDATE, id=firm.id("eve"), assignedToId=firm.id("shops"))
    unknown = await firm.do("ada", UPDATE, id=firm.id("eve"), assignedToId=firm.id("boss"))

    assert [("FORBIDDEN", ["assignedToId"])] == codes(administrator)
    assert ([], None, "EMAIL") == (method["errors"], method["contact"]["assignedTo"], method["contact"]["method"])
    assert [("FORBIDDEN", ["assignedToId"])] == codes(clerk)
    assert [[("INVALID", ["assignedToId"])]] * 2 == [codes(unit), codes(unknown)]
    seen = (await firm.query("ada", LOOK, id=firm.id("eve")))["contact"]
    assert ("Sue", "EMAIL") == (seen["assignedTo"]["displayName"], seen["method"])


async def test_many_contacts_say_it_too(firm: Company) -> None:
    """New ones and those that are there, each as its row says; what a row does not say stays."""
    row = {"method": "EMAIL", "assignedToId": firm.id("sam"), "socials": [LINKED_IN]}
    made = await firm.do("sue", CREATE_MANY, contacts=[{"firstName": "Ann", **row}, {"firstName": "Bob"}])
    ann, bob = (one["contact"] for one in made["results"])
    changes = [{"id": ann["id"], "assignedToId": None}, {"id": bob["id"], **row}, {"id": firm.id("eve"), "source": "F"}]
    changed = await firm.do("sue", UPDATE_MANY, contacts=changes)
    wrong = await firm.do("sue", UPDATE_MANY, contacts=[{"id": ann["id"], "assignedToId": firm.id("shops")}])

    assert [[], []] == [made["errors"], changed["errors"]]
    assert ("EMAIL", "Sam", {("LINKEDIN", "ann-lee", None)}) == (
        ann["method"],
        ann["assignedTo"]["displayName"],
        profiles(ann),
    )
    assert (None, None, set()) == (bob["method"], bob["assignedTo"], profiles(bob))
    after = [one["contact"] for one in changed["results"]]
    assert [None, {"id": firm.id("sam"), "displayName": "Sam"}, {"id": firm.id("sue"), "displayName": "Sue"}] == [
        one["assignedTo"] for one in after
    ]
    assert [profiles(ann), profiles(ann), set()] == [profiles(one) for one in after]
    assert [("INVALID", ["contacts", "0", "assignedToId"])] == codes(wrong)


@pytest.mark.parametrize("policy", ["REJECT_ALL", "REJECT_FAILED_ROWS", "IGNORE_FAILED"])
async def test_a_row_that_takes_away_whom_one_does_not_see_fails_alone(firm: Company, policy: str) -> None:
    """Its error is at its field, and what else is wrong with it is told too."""
    await firm.do("ada", SET, roleId=firm.id("clerk"), permissions=[permission("Contact", "CREATE", "ORGANIZATION")])
    wrong = {"assignedToId": None, "birthday": "2999-01-01"}
    changes = [{"id": firm.id("nora"), "source": "Fair"}, {"id": firm.id("eve"), **wrong}]
    new = [{"firstName": "Ann"}, {"firstName": "Bob", **wrong}]
    changed = await firm.do("cleo", UPDATE_MANY, contacts=changes, errorPolicy=policy)
    made = await firm.do("cleo", CREATE_MANY, contacts=new, errorPolicy=policy)

    for payload, good in ((changed, "UPDATED"), (made, "CREATED")):
        told = [one for result in payload["results"] or () for one in result["errors"]] + payload["errors"]
        assert {("FORBIDDEN", "assignedToId"), ("INVALID", "birthday")} == {
            (one["code"], one["field"][2]) for one in told
        }
        assert {"1"} == {one["field"][1] for one in told}
        if policy != "REJECT_ALL":
            assert [good, "FAILED"] == [one["outcome"] for one in payload["results"]]


async def test_nobody_leaves_contacts_behind(firm: Company) -> None:
    """Who looks after a contact is not deleted."""
    world = firm.world
    world.node("User", "tim", name="Tim", username=f"tim@{world.key}.example")
    await firm.database.write(list(world.statements()))
    await firm.do("ada", UPDATE, id=firm.id("eve"), assignedToId=firm.id("tim"))

    refused = await firm.do("ada", DELETE_USER, id=firm.id("tim"))
    await firm.do("ada", UPDATE, id=firm.id("eve"), assignedToId=firm.id("ada"))

    assert [("IN_USE", ["id"])] == codes(refused)
    assert [] == codes(await firm.do("ada", DELETE_USER, id=firm.id("tim")))


async def test_all_of_it_is_taken_back(firm: Company) -> None:
    """A change, and a contact that was deleted with its profiles."""
    before = (await firm.query("ada", LOOK, id=firm.id("eve")))["contact"]
    given = {"method": "EMAIL", "assignedToId": firm.id("max"), "socials": [LINKED_IN, PAGE]}
    changed = await firm.do("ada", UPDATE, id=firm.id("eve"), **given)
    gone = await firm.do("ada", DELETE, id=firm.id("eve"))
    (made,) = [one for one in changed["contact"]["socials"] if one["network"] == "OTHER"]
    (deleted,) = [one for one in await firm.changes(parse_global_id(made["id"])[1]) if one["action"] == "DELETE"]

    back = await firm.do("ada", UNDO, writeId=gone["writeId"])
    there = (await firm.query("ada", LOOK, id=firm.id("eve")))["contact"]
    undone = await firm.do("ada", UNDO, writeId=changed["writeId"])
    after = (await firm.query("ada", LOOK, id=firm.id("eve")))["contact"]

    assert deleted["recordType"] == "ContactSocial"
    assert [[], [], [], []] == [back["left"], back["errors"], undone["left"], undone["errors"]]
    assert {**there, "version": 0} == {**changed["contact"], "version": 0}
    assert {**after, "version": 0} == {**before, "version": 0}


async def test_merged_contacts_keep_each_profile_once(firm: Company) -> None:
    """Method and assigned user come from whom the input names; undo brings each its own."""
    given = {"method": "EMAIL", "assignedToId": firm.id("max")}
    twin = {"network": "LINKEDIN", "handle": "ANN-LEE", "url": "https://www.linkedin.example/in/ann"}
    await firm.do("ada", UPDATE, id=firm.id("eve"), socials=[LINKED_IN])
    made = (await firm.do("sue", CREATE, firstName="Ann", **given, socials=[twin, PAGE]))["contact"]
    fields = [{"field": field, "sourceId": made["id"]} for field in ("METHOD", "ASSIGNED_TO")]

    plain = await firm.do("ada", MERGE, masterId=firm.id("eve"), ids=[made["id"]], dryRun=True)
    merged = await firm.do("ada", MERGE, masterId=firm.id("eve"), ids=[made["id"]], fields=fields)
    undone = await firm.do("ada", UNDO, writeId=merged["writeId"])

    assert ("PHONE", "Sue") == (plain["contact"]["method"], plain["contact"]["assignedTo"]["displayName"])
    assert ([], "EMAIL", "Max") == (
        merged["errors"],
        merged["contact"]["method"],
        merged["contact"]["assignedTo"]["displayName"],
    )
    assert {("LINKEDIN", "ann-lee", None), ("OTHER", None, "https://ann.example")} == profiles(merged["contact"])
    assert [] == undone["left"]
    eve, ann = [(await firm.query("ada", LOOK, id=id_))["contact"] for id_ in (firm.id("eve"), made["id"])]
    assert ("PHONE", "Sue", {("LINKEDIN", "ann-lee", None)}) == (
        eve["method"],
        eve["assignedTo"]["displayName"],
        profiles(eve),
    )
    assert ("EMAIL", "Max", profiles(made)) == (ann["method"], ann["assignedTo"]["displayName"], profiles(ann))
