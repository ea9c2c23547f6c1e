"""Mutations of contacts: their parts, one of each the primary one, their names, and whom they report to."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

import orjson
import pytest

from cypher.fragment import cypher, param
from cypher.printer import print_fragment
from graph.database import Database
from graph.ids import parse_global_id
from tests.asking import Asker
from tests.company import ERRORS, Company, codes, company

CONTACT = """contact { id version displayName namePrefix firstName lastName gender birthday jobTitle source email phone
  emails { id email isPrimary } phones { id phone isPrimary } reportsTo { id }
  addresses { id type isPrimary street city countryCode } owner { ... on Record { displayName } } }"""
CREATE = f"mutation($input: CreateContactInput!) {{ createContact(input: $input) {{ {CONTACT} {ERRORS} }} }}"
UPDATE = f"mutation($input: UpdateContactInput!) {{ updateContact(input: $input) {{ {CONTACT} {ERRORS} }} }}"
DELETE = f"mutation($input: DeleteContactInput!) {{ deleteContact(input: $input) {{ deletedId {ERRORS} }} }}"
RACERS = 20
HOME = {"city": "Oslo", "countryCode": "NO"}


@pytest.fixture
async def firm(database: Database, ask: Asker) -> Company:
    """A new organisation for each test, with a contact of a customer."""
    world = company()
    world.node("Contact", "eve", name="Eve Hill", firstName="Eve", lastName="Hill", email="eve@hill.example")
    world.node("ContactEmail", "eve-mail", email="eve@hill.example", isPrimary=True)
    world.link("eve", "HAS_EMAIL", "eve-mail")
    world.link("eve", "OWNED_BY", "sue")
    world.link("branch", "HAS_CONTACT", "eve", role="Contact")
    world.node("Account", "hill", name="Hill")
    world.link("hill", "OWNED_BY", "sue")
    world.link("hill", "HAS_CONTACT", "eve", role="Contact", isDefault=True)
    world.link("hill", "HAS_DEFAULT_CONTACT", "eve")
    await database.write(list(world.statements()))
    return Company(database, ask, world)


async def make(firm: Company, who: str = "ada", **given: Any) -> dict[str, Any]:
    """A new contact."""
    made = await firm.do(who, CREATE, **given)
    assert [] == made["errors"]
    contact: dict[str, Any] = made["contact"]
    return contact


def primaries(parts: list[Mapping[str, Any]], key: str) -> dict[str, bool]:
    """Whether each part is the primary one."""
    return {part[key]: part["isPrimary"] for part in parts}


async def test_a_contact_has_exactly_one_primary_of_each(firm: Company) -> None:
    """The first one, unless it is said; the contact shows it, as imported ones do, and its name follows."""
    made = await make(
        firm,
        "sue",
        namePrefix="Dr.",
        firstName=" Ann ",
        lastName="Lee",
        gender="FEMALE",
        birthday="1980-02-29",
        jobTitle="Buyer",
        source="Fair",
        emails=[{"email": "ann@lee.example"}, {"email": "a.lee@mail.example", "isPrimary": True}],
        phones=[{"phone": "555 0100"}, {"phone": "555 0101"}],
        addresses=[{"type": "SHIPPING", **HOME}, {"type": "BILLING", "street": "1 Main St"}, {"city": "Bergen"}],
    )

    assert ("Ann Lee", "Dr.", "FEMALE", "1980-02-29", "Buyer", "Fair", {"displayName": "Sue"}) == tuple(
        made[key] for key in ("displayName", "namePrefix", "gender", "birthday", "jobTitle", "source", "owner")
    )
    assert {"ann@lee.example": False, "a.lee@mail.example": True} == primaries(made["emails"], "email")
    assert {"555 0100": True, "555 0101": False} == primaries(made["phones"], "phone")
    assert {"SHIPPING": True, "BILLING": False, None: False} == primaries(made["addresses"], "type")
    assert ("a.lee@mail.example", "555 0100") == (made["email"], made["phone"])
    (change,) = await firm.changes(parse_global_id(made["id"])[1])
    after = orjson.loads(change["after"])
    assert {part["id"] for part in made["emails"]} == set(after["emails"])


async def test_a_list_replaces_the_list(firm: Company) -> None:
    """What has an id is changed, what has none is new, the rest goes; the version grows even for a part alone."""
    made = await make(
        firm,
        lastName="Lee",
        emails=[{"email": "one@lee.example"}, {"email": "two@lee.example"}],
        phones=[{"phone": "1"}],
    )
    one, two = made["emails"]

    changed = await firm.do(
        "ada",
        UPDATE,
        id=made["id"],
        expectedVersion=1,
        emails=[{"id": two["id"], "email": "second@lee.example"}, {"email": "three@lee.example"}],
    )
    kept = await firm.do(
        "ada",
        UPDATE,
        id=made["id"],
        emails=[{"id": part["id"]} for part in changed["contact"]["emails"]],
    )
    third = next(part for part in kept["contact"]["emails"] if part["email"] == "three@lee.example")
    moved = await firm.do(
        "ada",
        UPDATE,
        id=made["id"],
        emails=[{"id": two["id"], "email": "2@lee.example"}, {"id": third["id"], "isPrimary": True}],
    )
    part_only = await firm.do(
        "ada", UPDATE, id=made["id"], emails=[{"id": two["id"], "email": "02@lee.example"}, {"id": third["id"]}]
    )
    stale = await firm.do("ada", UPDATE, id=made["id"], expectedVersion=moved["contact"]["version"], jobTitle="X")
    none = await firm.do("ada", UPDATE, id=made["id"], emails=None, phones=[])

    assert {"second@lee.example": True, "three@lee.example": False} == primaries(changed["contact"]["emails"], "email")
    assert "second@lee.example" == changed["contact"]["email"]
    assert [{"id": made["phones"][0]["id"], "phone": "1", "isPrimary": True}] == changed["contact"]["phones"]
    assert (changed["contact"], []) == (kept["contact"], kept["errors"])
    assert {"2@lee.example": False, "three@lee.example": True} == primaries(moved["contact"]["emails"], "email")
    assert "three@lee.example" == part_only["contact"]["email"] == moved["contact"]["email"]
    assert moved["contact"]["version"] + 1 == part_only["contact"]["version"]
    assert [("CONFLICT", ["expectedVersion"])] == codes(stale)
    assert ([], [], None, None) == tuple(none["contact"][key] for key in ("emails", "phones", "email", "phone"))
    assert ["CREATE", "DELETE"] == [
        change["action"] for change in await firm.changes(parse_global_id(one["id"])[1]) if change["action"] != "EDIT"
    ]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, [None]),
        ({"firstName": " ", "jobTitle": "Boss"}, [None]),
        ({"lastName": "L", "birthday": "2026-02-26"}, [["birthday"]]),
        ({"lastName": "L" * 256}, [["lastName"]]),
        ({"emails": [{"email": "no address"}]}, [["emails", "0", "email"]]),
        ({"emails": [{"email": "a@b.example"}, {"email": "A@B.example"}]}, [["emails", "1", "email"]]),
        ({"phones": [{"phone": " "}]}, [["phones", "0", "phone"], None]),
        (
            {"phones": [{"phone": "1", "isPrimary": True}, {"phone": "2", "isPrimary": True}]},
            [["phones", "1", "isPrimary"]],
        ),
        ({"lastName": "L", "phones": [{"phone": str(n)} for n in range(101)]}, [["phones"]]),
        ({"lastName": "L", "addresses": [{"type": "BILLING"}]}, [["addresses", "0"]]),
        ({"lastName": "L", "addresses": [{"countryCode": "no"}]}, [["addresses", "0", "countryCode"]]),
        (
            {"lastName": "L", "addresses": [{"type": "BILLING", **HOME}, {"type": "BILLING", "city": "Bergen"}]},
            [["addresses", "1", "type"]],
        ),
        ({"lastName": "L", "emails": [{"id": "", "email": "a@b.example"}]}, [["emails", "0", "id"]]),
        ({"lastName": "L\0"}, [["lastName"]]),
        ({"lastName": "L", "reportsToId": ""}, [["reportsToId"]]),
        ({"lastName": "L", "emails": [{"id": "garbage"}]}, [["emails", "0", "id"], ["emails", "0", "email"]]),
    ],
)
async def test_what_cannot_be_is_invalid(firm: Company, given: dict[str, Any], expected: list[Any]) -> None:
    """With the way to the field, and nothing is written."""
    refused = await firm.do("ada", CREATE, **given)

    assert [("INVALID", field) for field in expected] == codes(refused)
    assert refused["contact"] is None
    assert 0 == await firm.written()


async def test_a_contact_is_never_nameless(firm: Company) -> None:
    """Not after a change either; another type may stand on several addresses."""
    nameless = await firm.do("ada", UPDATE, id=firm.id("eve"), firstName=None, lastName=None, emails=[])
    named = await firm.do("ada", UPDATE, id=firm.id("eve"), firstName=None, lastName="")
    swapped = await firm.do(
        "ada",
        UPDATE,
        id=firm.id("eve"),
        addresses=[{"type": "OTHER", "city": "A"}, {"type": "OTHER", "city": "B"}],
    )

    assert [("INVALID", None)] == codes(nameless)
    assert ("eve@hill.example", []) == (named["contact"]["displayName"], named["errors"])
    assert {"A": True, "B": False} == primaries(swapped["contact"]["addresses"], "city")


async def test_types_of_addresses_can_be_exchanged(firm: Company) -> None:
    """It is what is there at the end that counts."""
    made = await make(
        firm, lastName="L", addresses=[{"type": "BILLING", "city": "A"}, {"type": "SHIPPING", "city": "B"}]
    )
    first, second = made["addresses"]

    changed = await firm.do(
        "ada",
        UPDATE,
        id=made["id"],
        addresses=[{"id": first["id"], "type": "SHIPPING"}, {"id": second["id"], "type": "BILLING", "isPrimary": True}],
    )

    assert {("A", "SHIPPING", False), ("B", "BILLING", True)} == {
        (one["city"], one["type"], one["isPrimary"]) for one in changed["contact"]["addresses"]
    }


async def test_parts_of_others_are_not_there(firm: Company) -> None:
    """A part of another contact, one of another kind, and one that is named twice."""
    made = await make(firm, phones=[{"phone": "1"}])
    own = made["phones"][0]["id"]

    foreign = await firm.do("ada", UPDATE, id=made["id"], emails=[{"id": firm.id("eve-mail")}])
    kind = await firm.do("ada", UPDATE, id=made["id"], phones=[{"id": firm.id("eve-mail"), "phone": "2"}])
    twice = await firm.do("ada", UPDATE, id=made["id"], phones=[{"id": own}, {"id": own, "phone": "2"}])

    assert [("NOT_FOUND", ["emails", "0", "id"]), ("INVALID", ["emails", "0", "email"])] == codes(foreign)
    assert [("INVALID", ["phones", "0", "id"])] == codes(kind)
    assert ("INVALID", ["phones", "1", "id"]) in codes(twice)


async def test_who_may(firm: Company) -> None:
    """Staff by owner, customer users by the customers that a contact stands at; a buyer only looks."""
    rename = {"id": firm.id("eve"), "jobTitle": "Chief"}

    assert [("NOT_FOUND", ["id"])] == codes(await firm.do("sam", UPDATE, **rename))
    assert [("FORBIDDEN", ["id"])] == codes(await firm.do("ben", UPDATE, **rename))
    assert [("NOT_FOUND", ["id"])] == codes(await firm.do("ove", UPDATE, **rename))
    assert [] == codes(await firm.do("boss", UPDATE, **rename))
    assert [] == codes(await firm.do("sue", UPDATE, **rename))
    assert [("FORBIDDEN", None)] == codes(await firm.do("bea", CREATE, lastName="L"))
    assert [("FORBIDDEN", ["id"])] == codes(await firm.do("ben", DELETE, id=firm.id("eve")))
    assert [("NOT_FOUND", ["reportsToId"])] == codes(
        await firm.do("sam", CREATE, lastName="L", reportsToId=firm.id("eve"))
    )


async def test_hidden_lists_are_left_out(firm: Company) -> None:
    """Who does not see email addresses does not replace them either."""
    role = await firm.do(
        "ada",
        f"mutation($input: CreateRoleInput!) {{ createRole(input: $input) {{ role {{ id }} {ERRORS} }} }}",
        name="Blind",
        permissions=[
            {"entity": "Contact", "action": action, "level": "ORGANIZATION"} for action in ("VIEW", "EDIT", "CREATE")
        ],
        hiddenFields=[{"entity": "Contact", "fields": ["EMAIL"]}],
    )
    assert [] == role["errors"]
    give = f"mutation($input: SetUserRolesInput!) {{ setUserRoles(input: $input) {{ user {{ id }} {ERRORS} }} }}"
    assert [] == (await firm.do("ada", give, userId=firm.id("sam"), roleIds=[role["role"]["id"]]))["errors"]
    plain = f"""mutation($input: UpdateContactInput!) {{ updateContact(input: $input) {{
      contact {{ jobTitle }} {ERRORS} }} }}"""

    refused = await firm.do("sam", plain, id=firm.id("eve"), emails=[])
    changed = await firm.do("sam", plain, id=firm.id("eve"), jobTitle="Chief", phones=[{"phone": "1"}])

    assert [("FORBIDDEN", ["emails"])] == codes(refused)
    assert ([], {"jobTitle": "Chief"}) == (changed["errors"], changed["contact"])


async def test_a_deleted_contact_takes_its_parts_along(firm: Company) -> None:
    """Nothing finds them, and its account has no default contact any more."""
    deleted = await firm.do("sue", DELETE, id=firm.id("eve"))

    found = await firm.query(
        "ada",
        """query($ids: [ID!]!, $account: ID!) { nodes(ids: $ids) { id }
        account(id: $account) { defaultContact { id } contacts { totalCount } } }""",
        ids=[firm.id("eve"), firm.id("eve-mail")],
        account=firm.id("hill"),
    )
    assert {"deletedId": firm.id("eve"), "errors": [], "replayed": False} == deleted
    assert {"nodes": [None, None], "account": {"defaultContact": None, "contacts": {"totalCount": 0}}} == found
    assert ["DELETE"] == [change["action"] for change in await firm.changes("eve-mail")]
    (change,) = await firm.changes("hill")
    assert firm.id("eve") == orjson.loads(change["before"])["defaultContact"]


async def test_nobody_reports_to_themselves(firm: Company) -> None:
    """Neither at once nor by way of others; the error names the way."""
    boss = await make(firm, lastName="Boss")
    middle = await make(firm, lastName="Middle", reportsToId=boss["id"])
    below = await make(firm, lastName="Below", reportsToId=middle["id"])

    circle = await firm.do("ada", UPDATE, id=boss["id"], reportsToId=below["id"])
    self = await firm.do("ada", UPDATE, id=boss["id"], reportsToId=boss["id"])
    freed = await firm.do("ada", UPDATE, id=middle["id"], reportsToId=None)
    turned = await firm.do("ada", UPDATE, id=boss["id"], reportsToId=below["id"])

    assert [("CYCLE", ["reportsToId"])] == codes(circle) == codes(self)
    assert "Boss, Middle, Below" in circle["errors"][0]["message"]
    assert ([], None) == (freed["errors"], freed["contact"]["reportsTo"])
    assert ([], {"id": below["id"]}) == (turned["errors"], turned["contact"]["reportsTo"])


async def test_moves_at_once_close_no_circle(firm: Company) -> None:
    """Of 20 contacts in a ring who would each report to the next one, one does not."""
    made = [await make(firm, lastName=f"N{n}") for n in range(RACERS)]

    moved = await asyncio.gather(
        *(
            firm.do("ada", UPDATE, id=one["id"], reportsToId=other["id"])
            for one, other in zip(made, [*made[1:], made[0]], strict=True)
        )
    )

    assert [("CYCLE", ["reportsToId"])] == [code for one in moved for code in codes(one)]
    assert 0 == await count(firm, "(c)-[:REPORTS_TO*1..]->(c)")
    assert RACERS - 1 == await count(firm, "(c)-[:REPORTS_TO]->(:Contact)")


async def test_one_stays_primary_whoever_chooses_at_once(firm: Company) -> None:
    """Of 20 who each make another address the primary one, one has the last word."""
    made = await make(firm, emails=[{"email": f"{n}@lee.example"} for n in range(RACERS)])
    ids = [part["id"] for part in made["emails"]]

    changed = await asyncio.gather(
        *(
            firm.do("ada", UPDATE, id=made["id"], emails=[{"id": one, "isPrimary": one == chosen} for one in ids])
            for chosen in ids
        )
    )

    assert [] == [error for one in changed for error in one["errors"]]
    (last,) = await one_primary(firm, made["id"])
    assert 2 == await count(firm, "(c)-[:HAS_EMAIL]->(:ContactEmail {isPrimary: true})")
    assert last == (max((one["contact"] for one in changed), key=lambda one: one["version"]))["email"]


async def one_primary(firm: Company, contact: str) -> list[str]:
    """The primary address of a contact, as itself and its part tell."""
    data = await firm.query(
        "ada", "query($id: ID!) { contact(id: $id) { email emails { email isPrimary } } }", id=contact
    )
    found = data["contact"]
    assert [found["email"]] == [part["email"] for part in found["emails"] if part["isPrimary"]]
    return [found["email"]]


async def count(firm: Company, pattern: str) -> int:
    """How many contacts of the organisation have a pattern."""
    organization = param(firm.world.organization_id)
    matched = cypher("MATCH (c:Contact {organizationId: ", organization, "}) MATCH ", pattern)
    return int((await firm.database.read([print_fragment(cypher(matched, " RETURN count(*) AS row"))]))[0][0])
