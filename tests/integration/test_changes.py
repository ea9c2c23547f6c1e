"""The audit trail of a record: what it tells, in which order, and to whom."""

from __future__ import annotations

from typing import Any

import pytest

from graph.database import Database
from graph.ids import global_id
from graph.permissions import Role
from tests.asking import Asker
from tests.company import ASSIGN, ERRORS, SET, Company, company, permission

CHANGES = """query($id: ID!, $first: Int, $after: String, $last: Int) {
  changes(id: $id, first: $first, after: $after, last: $last) { totalCount pageInfo { hasNextPage endCursor } nodes {
    id writeId at action mutation requestId byId by { id displayName } recordId
    fields { name before after isHidden } } } }"""
UPDATE = f"mutation($input: UpdateCustomerInput!) {{ updateCustomer(input: $input) {{ customer {{ id }} {ERRORS} }} }}"
DELETE = f"mutation($input: DeleteCustomerInput!) {{ deleteCustomer(input: $input) {{ deletedId {ERRORS} }} }}"
ACCOUNT = f"""mutation($input: SetCustomerAccountInput!) {{ setCustomerAccount(input: $input) {{
  customer {{ id }} account {{ id }} {ERRORS} }} }}"""


@pytest.fixture
async def firm(database: Database, ask: Asker) -> Company:
    """A new organisation with Eve, who sees customers, accounts and no users."""
    world = company()
    levels = {("Customer", "VIEW"): "UNIT", ("Account", "VIEW"): "USER"}
    role = Role("Auditor", levels, frozenset({("Customer", "EMAIL")}))
    world.node(
        "Role", "auditor", name=role.name, permissions=role.stored_permissions(), hiddenFields=["Customer EMAIL"]
    )
    email = f"eve@{world.key}.example"
    world.node("User", "eve", name="Eve", username=email, email=email)
    world.link("eve", "HAS_ROLE", "auditor")
    world.link("eve", "MEMBER_OF_UNIT", "shops")
    world.node("Customer", "kiosk", name="Kiosk", kind="BUSINESS", ownerId=world.uuid("sue"))
    world.link("kiosk", "OWNED_BY", "sue")
    await database.write(list(world.statements()))
    return Company(database, ask, world)


async def do(firm: Company, who: str, mutation: str, **given: Any) -> None:
    """A mutation that must not fail."""
    assert [] == (await firm.do(who, mutation, **given))["errors"]


async def told(firm: Company, who: str, record: str, **page: Any) -> Any:
    """The changes of a record as somebody sees them."""
    return (await firm.query(who, CHANGES, id=record, **page))["changes"]


async def test_every_write_is_told_newest_first(firm: Company) -> None:
    """Who did what when in which request, and the fields before and after."""
    await do(firm, "sue", UPDATE, id=firm.id("head"), name="Mill", phone="1")
    await do(firm, "ada", UPDATE, id=firm.id("head"), phone=None)
    await do(firm, "ada", ASSIGN, recordId=firm.id("head"), ownerId=firm.id("sam"))

    found = await told(firm, "ada", firm.id("head"))

    assert 3 == found["totalCount"]
    assigned, cleared, renamed = found["nodes"]
    assert [("ASSIGN", "assign", "Ada"), ("EDIT", "updateCustomer", "Ada"), ("EDIT", "updateCustomer", "Sue")] == [
        (one["action"], one["mutation"], one["by"]["displayName"]) for one in found["nodes"]
    ]
    assert ("request", firm.id("ada"), firm.id("head"), "2026-02-25T12:00:00.000Z") == tuple(
        cleared[key] for key in ("requestId", "byId", "recordId", "at")
    )
    assert [{"name": "phone", "before": "1", "after": None, "isHidden": False}] == cleared["fields"]
    assert {"name": ("Head", "Mill"), "displayName": ("Head", "Mill"), "phone": (None, "1")} == {
        one["name"]: (one["before"], one["after"]) for one in renamed["fields"]
    }
    assert [{"name": "owner", "before": firm.id("sue"), "after": firm.id("sam"), "isHidden": False}] == (
        assigned["fields"]
    )
    assert 3 == len({one["writeId"] for one in found["nodes"]})


async def test_the_trail_is_read_in_pages(firm: Company) -> None:
    """A cursor goes on where a page ended, and the last ones are the oldest."""
    for number in range(4):
        await do(firm, "ada", UPDATE, id=firm.id("head"), phone=f"{number}")
    first = await told(firm, "ada", firm.id("head"), first=3)
    rest = await told(firm, "ada", firm.id("head"), first=3, after=first["pageInfo"]["endCursor"])
    last = await told(firm, "ada", firm.id("head"), last=1)

    numbers = [one["fields"][0]["after"] for page in (first, rest, last) for one in page["nodes"]]
    assert ["3", "2", "1", "0", "0"] == numbers
    assert (True, False, 4) == (first["pageInfo"]["hasNextPage"], rest["pageInfo"]["hasNextPage"], rest["totalCount"])


async def test_what_is_hidden_or_not_seen_is_masked(firm: Company) -> None:
    """Hidden fields have no values, and links lead only to what the reader sees."""
    await do(firm, "ada", UPDATE, id=firm.id("head"), email="head@mill.example", phone="1")
    await do(firm, "ada", ACCOUNT, customerId=firm.id("head"), account={"create": {"name": "Mill"}})

    moved, edited = (await told(firm, "eve", firm.id("head")))["nodes"]
    _, known = (await told(firm, "ada", firm.id("head")))["nodes"]

    fields = {one["name"]: one for one in edited["fields"]}
    assert {"name": "email", "before": None, "after": None, "isHidden": True} == fields["email"]
    assert ("1", False) == (fields["phone"]["after"], fields["phone"]["isHidden"])
    assert [{"name": "account", "before": None, "after": None, "isHidden": False}] == moved["fields"]
    assert (None, firm.id("ada")) == (moved["by"], moved["byId"])
    assert "head@mill.example" in [one["after"] for one in known["fields"]]


async def test_a_deleted_record_is_told_to_those_who_could_see_it(firm: Company) -> None:
    """By its owner as it was; nobody else learns that it was there."""
    await do(firm, "ada", UPDATE, id=firm.id("kiosk"), phone="1")
    await do(firm, "ada", DELETE, id=firm.id("kiosk"))
    await do(
        firm, "ada", SET, roleId=firm.id("sales"), permissions=[permission("Customer", "VIEW", "USER")], hiddenFields=[]
    )

    for who in ("ada", "sue", "eve"):
        found = await told(firm, who, firm.id("kiosk"))
        assert ["DELETE", "EDIT"] == [one["action"] for one in found["nodes"]], who
    assert await told(firm, "sam", firm.id("kiosk")) is None


async def test_it_is_for_staff_and_for_the_own_organisation(firm: Company, database: Database) -> None:
    """Customer users see no changes, not even of themselves; another organisation has none of these records."""
    other = Company(database, firm.ask, company())
    await database.write(list(other.world.statements()))
    await do(firm, "ada", UPDATE, id=firm.id("head"), phone="1")

    for who, ids in (("boss", ("head", "boss")), ("bea", ("head", "bea"))):
        for name in ids:
            assert await told(firm, who, firm.id(name)) is None
    assert await told(other, "ada", firm.id("head")) is None
    assert await told(firm, "ada", global_id("Customer", "0190a000-0000-7000-8000-000000000000")) is None
    assert {"totalCount": 0, "nodes": [], "pageInfo": {"hasNextPage": False, "endCursor": None}} == (
        await told(firm, "ada", firm.id("other"))
    )
