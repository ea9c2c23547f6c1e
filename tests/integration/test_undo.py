"""Undo: everything is as it was, what is newer stays and is told, and it takes the rights of doing it by hand."""

from __future__ import annotations

from typing import Any

import pytest

from cypher.fragment import cypher, joined, name, param
from cypher.printer import print_fragment
from graph.ids import global_id, new_id
from graph.registry import load_model
from tests.company import ASSIGN, CREATE_ROLE, ERRORS, SET, Company, codes, permission
from tests.integration.test_merging import MERGE, MERGE_CONTACTS, firm, merging

__all__ = ["firm"]

UNDO = f"""mutation($input: UndoInput!) {{ undo(input: $input) {{
  writeId left {{ recordId field reason }} {ERRORS} }} }}"""
CREATE = f"""mutation($input: CreateCustomerInput!) {{ createCustomer(input: $input) {{
  customer {{ id }} account {{ id }} writeId {ERRORS} }} }}"""
UPDATE = f"mutation($input: UpdateCustomerInput!) {{ updateCustomer(input: $input) {{ writeId {ERRORS} }} }}"
PARENT = f"mutation($input: SetCustomerParentInput!) {{ setCustomerParent(input: $input) {{ writeId {ERRORS} }} }}"
TO_ACCOUNT = (
    f"mutation($input: SetCustomerAccountInput!) {{ setCustomerAccount(input: $input) {{ writeId {ERRORS} }} }}"
)
DELETE_CONTACT = f"mutation($input: DeleteContactInput!) {{ deleteContact(input: $input) {{ writeId {ERRORS} }} }}"
UPDATE_CONTACT = f"mutation($input: UpdateContactInput!) {{ updateContact(input: $input) {{ writeId {ERRORS} }} }}"
ACCOUNT = f"mutation($input: UpdateAccountInput!) {{ updateAccount(input: $input) {{ writeId {ERRORS} }} }}"
LEFT_OUT = ("LifetimeValue", "Organization")
"""What a write leaves behind for good: the history of values, and the version of the organisation's access."""


async def graph(firm: Company) -> tuple[Any, Any]:
    """All records and relationships of the organisation, but for versions and what writes leave behind."""
    # Each label has an index that begins with the organisation.
    labels = joined("|", [name(label) for label in (*load_model().records, "Deleted") if label not in LEFT_OUT])
    organization = param(firm.world.organization_id)
    node = cypher("MATCH (n:", labels, ") WHERE n.organizationId = ", organization, " AND n.id IS NOT NULL ")
    nodes = cypher(node, "AND coalesce(n.deletedType, '') <> 'LifetimeValue' RETURN [labels(n), properties(n)] AS row")
    links = cypher(
        *(node, "AND coalesce(n.deletedType, '') <> 'LifetimeValue' MATCH (n)-[r]->(m)"),
        " RETURN [n.id, type(r), m.id, properties(r)] AS row",
    )
    found = await firm.database.read([print_fragment(nodes), print_fragment(links)])
    beside = ("version", "updatedAt", "deletedAt")
    records = [
        (sorted(labels), sorted((key, str(value)) for key, value in properties.items() if key not in beside))
        for labels, properties in found[0]
    ]
    return sorted(records), sorted((*ends, sorted(map(str, properties.items()))) for *ends, properties in found[1])


async def done(firm: Company, who: str, mutation: str, **given: Any) -> dict[str, Any]:
    """The payload of a mutation that must not fail."""
    payload = await firm.do(who, mutation, **given)
    assert [] == payload["errors"]
    return payload


def with_write(mutation: str) -> str:
    """A mutation whose payload also tells the write."""
    return mutation.replace("errors {", "writeId errors {", 1)


async def undone(firm: Company, payload: dict[str, Any], who: str = "ada") -> dict[str, Any]:
    """The payload of the undo of a write."""
    return await done(firm, who, UNDO, writeId=payload["writeId"])


def expect(left: Any, *expected: tuple[str, str | None, str]) -> None:
    """What an undo has left."""
    assert sorted(expected, key=str) == sorted(
        ((one["recordId"], one["field"], one["reason"]) for one in left), key=str
    )


@pytest.mark.parametrize("more", [{}, {"contacts": {"mode": "REPLACE"}, "tags": {"mode": "REPLACE"}}], ids=str)
async def test_a_merge_is_undone_and_done_again(firm: Company, more: Any) -> None:
    """The graph is as before, and after an undo of the undo as the merge had left it."""
    fields = [{"field": field, "sourceId": firm.id("acme-inc")} for field in ("NAME", "OWNER", "DEFAULT_CONTACT")]
    more = more or {"contacts": {"mode": "REPLACE", "sourceId": firm.id("acme-inc")}}
    before = await graph(firm)
    merged = await done(firm, "ada", with_write(MERGE), **merging(firm, fields=fields, **more))
    after = await graph(firm)

    back = await undone(firm, merged)
    again = await undone(firm, back) if before == await graph(firm) else None

    assert again is not None
    assert ([], []) == (back["left"], again["left"])
    assert after == await graph(firm)
    assert [] == (await undone(firm, again))["left"]
    assert before == await graph(firm)


async def test_a_merge_of_contacts_is_undone(firm: Company) -> None:
    """With their emails and addresses."""
    before = await graph(firm)
    fields = [{"field": "EMAIL", "sourceId": firm.id("kim")}]
    merged = await done(
        firm, "ada", with_write(MERGE_CONTACTS), masterId=firm.id("jo"), ids=[firm.id("kim")], fields=fields
    )
    after = await graph(firm)
    back = await undone(firm, merged)

    assert [] == back["left"]
    assert before == await graph(firm)
    assert [] == (await undone(firm, back))["left"]
    assert after == await graph(firm)


async def test_what_came_after_a_merge_stays(firm: Company) -> None:
    """A customer that was moved on, a name that was changed again: they are left and told, the rest comes back."""
    rename = [{"field": "NAME", "sourceId": firm.id("acme-inc")}, {"field": "OWNER", "sourceId": firm.id("acme-inc")}]
    merged = await done(firm, "ada", with_write(MERGE), **merging(firm, fields=rename))
    await done(firm, "ada", TO_ACCOUNT, customerId=firm.id("branch"), account={"id": firm.id("friend")})
    await done(firm, "ada", ACCOUNT, id=firm.id("acme"), name="Newer")
    await done(firm, "ada", UPDATE, id=firm.id("other"), phone="77")

    back = await undone(firm, merged)

    expect(
        back["left"],
        (firm.id("branch"), None, "CHANGED"),
        (firm.id("acme"), "name", "CHANGED"),
        (firm.id("acme"), "displayName", "CHANGED"),
    )
    found = await firm.query(
        "ada",
        """query($ids: [ID!]!) { nodes(ids: $ids) { ... on Customer { phone account { name } }
        ... on Account { name owner { ... on Record { displayName } } } } }""",
        ids=[firm.id(name) for name in ("branch", "other", "acme", "acme-inc")],
    )
    assert [
        {"phone": None, "account": {"name": "friend"}},
        {"phone": "77", "account": {"name": "acme-ltd"}},
        {"name": "Newer", "owner": {"displayName": "Sue"}},
        {"name": "acme-inc", "owner": {"displayName": "Sam"}},
    ] == found["nodes"]


async def test_what_was_made_changed_and_deleted_comes_back(firm: Company) -> None:
    """Creates, updates, assignments and deletes, and the undo of each undo."""
    states, writes = [await graph(firm)], []
    for mutation, given in (
        (CREATE, {"channelId": firm.id("outlet"), "person": {"firstName": "Iris", "birthday": "1990-04-01"}}),
        (UPDATE, {"id": firm.id("head"), "name": "Mill", "email": "head@mill.example"}),
        (with_write(ASSIGN), {"recordId": firm.id("head"), "ownerId": firm.id("sam")}),
        (PARENT, {"customerId": firm.id("branch"), "parentId": firm.id("other")}),
        (UPDATE_CONTACT, {"id": firm.id("jo"), "birthday": "1990-02-03", "emails": [{"email": "new@acme.example"}]}),
        (DELETE_CONTACT, {"id": firm.id("jo")}),
    ):
        writes.append(await done(firm, "ada", mutation, **given))
        states.append(await graph(firm))

    for payload, before, after in zip(reversed(writes), states[-2::-1], states[:0:-1], strict=True):
        back = await undone(firm, payload)
        assert [] == back["left"]
        found = await graph(firm)
        assert live(before) == live(found)
        again = await undone(firm, back)
        assert ([], live(after)) == (again["left"], live(await graph(firm)))
        await undone(firm, again)


def live(found: tuple[Any, Any]) -> Any:
    """What is not deleted: what was made and taken back stays as a deleted record."""
    gone = {dict(properties)["id"] for labels, properties in found[0] if "Deleted" in labels}
    records = [one for one in found[0] if "Deleted" not in one[0]]
    return records, [one for one in found[1] if not {one[0], one[2]} & gone]


async def test_what_others_depend_on_is_left(firm: Company) -> None:
    """A customer that has a child since, one that was changed, a parent that would close a circle."""
    made = await done(firm, "ada", CREATE, channelId=firm.id("outlet"), person={"firstName": "Iris"})
    new = made["customer"]["id"]
    await done(firm, "ada", PARENT, customerId=firm.id("branch"), parentId=new)
    needed = await undone(firm, made)
    moved = await done(firm, "ada", PARENT, customerId=firm.id("branch"), parentId=None)
    await done(firm, "ada", PARENT, customerId=new, parentId=firm.id("branch"))
    circle = await undone(firm, moved)
    changed = await undone(firm, made)

    expect(needed["left"], (new, None, "IN_USE"), (made["account"]["id"], None, "IN_USE"))
    expect(circle["left"], (firm.id("branch"), "parent", "CYCLE"))
    expect(changed["left"], (new, None, "CHANGED"), (made["account"]["id"], None, "IN_USE"))


async def test_it_takes_the_rights_of_doing_it_by_hand(firm: Company) -> None:
    """Without them it is FORBIDDEN; what is not seen is not there; access is changed back by hand."""
    moved = await done(firm, "ada", UPDATE, id=firm.id("other"), phone="1", email="o@mill.example")
    role = await done(firm, "ada", with_write(CREATE_ROLE), name="Some")
    given = [permission("Customer", "VIEW", "ORGANIZATION"), permission("Customer", "EDIT", "USER")]
    await done(firm, "ada", SET, roleId=firm.id("sales"), permissions=given, hiddenFields=[])
    forbidden = await firm.do("sue", UNDO, writeId=moved["writeId"])
    given = [permission("Customer", "VIEW", "USER")]
    await done(firm, "ada", SET, roleId=firm.id("sales"), permissions=given, hiddenFields=[])
    unseen = await firm.do("sue", UNDO, writeId=moved["writeId"])
    buyer = await firm.do("ove", UNDO, writeId=moved["writeId"])
    access = await firm.do("ada", UNDO, writeId=role["writeId"])
    hide = [{"entity": "Customer", "fields": ["EMAIL"]}]
    given = [permission("Customer", action, "ORGANIZATION") for action in ("VIEW", "EDIT")]
    await done(firm, "ada", SET, roleId=firm.id("sales"), permissions=given, hiddenFields=hide)
    hidden = await done(firm, "sue", UNDO, writeId=moved["writeId"])

    assert [("FORBIDDEN", ["writeId"])] == codes(forbidden)
    assert [("NOT_FOUND", ["writeId"])] == codes(unseen) == codes(buyer)
    assert [("INVALID", ["writeId"])] == codes(access)
    expect(hidden["left"], (firm.id("other"), "email", "FORBIDDEN"))


async def test_it_names_one_change_or_one_write(firm: Company) -> None:
    """One change of several is undone alone; nonsense is told; a second undo finds nothing to do."""
    made = await done(firm, "ada", CREATE, channelId=firm.id("outlet"), person={"firstName": "Iris"})
    query = "query($id: ID!) { changes(id: $id) { nodes { id } } }"
    (change,) = (await firm.query("ada", query, id=made["customer"]["id"]))["changes"]["nodes"]
    alone = await done(firm, "ada", UNDO, changeId=change["id"])
    twice = await done(firm, "ada", UNDO, changeId=change["id"])
    account = await firm.query("ada", "query($id: ID!) { account(id: $id) { name } }", id=made["account"]["id"])
    both = await firm.do("ada", UNDO, changeId=change["id"], writeId=made["writeId"])
    neither = await firm.do("ada", UNDO)
    other = await firm.do("ada", UNDO, changeId=made["writeId"])
    none = await firm.do("ada", UNDO, writeId=global_id("Write", new_id()))

    assert ([], {"name": "Iris"}) == (alone["left"], account["account"])
    expect(twice["left"], (made["customer"]["id"], None, "GONE"))
    assert twice["writeId"] is None
    assert [("INVALID", None)] == codes(both) == codes(neither)
    assert [("INVALID", ["changeId"])] == codes(other)
    assert [("NOT_FOUND", ["writeId"])] == codes(none)


async def test_one_is_the_primary_one_after_an_undo(firm: Company) -> None:
    """The first of two choices is not taken back alone; the second is, and then the first."""
    jo, emails = firm.id("jo"), [firm.id(f"jo-email-{number}") for number in range(2)]

    def chosen(place: int, *more: dict[str, Any]) -> dict[str, Any]:
        listed = [{"id": email, "isPrimary": at == place} for at, email in enumerate(emails)]
        return {"id": jo, "emails": [*listed, *more]}

    first = await done(firm, "ada", UPDATE_CONTACT, **chosen(1))
    second = await done(firm, "ada", UPDATE_CONTACT, **chosen(2, {"email": "third@acme.example", "isPrimary": True}))
    before = await graph(firm)
    refused = await firm.do("ada", UNDO, writeId=first["writeId"])

    assert [("CONFLICT", None)] == codes(refused)
    assert before == await graph(firm)
    for payload in (second, first):
        assert [] == (await undone(firm, payload))["left"]
