"""Many accounts at once: what each row becomes, what the policies make of errors, and the rules of single writes."""

from __future__ import annotations

import json
from typing import Any

import pytest

from app.verification import chosen_organizations, verify
from graph.database import Database
from graph.ids import parse_global_id
from tests.asking import Asker
from tests.company import ASSIGN, SET, Company, company, outcomes, permission

PAYLOAD = """
  results { row outcome account { id name displayName kind description version owner { ... on Record { displayName } }
      referredBy { name } defaultContact { displayName } contacts { edges { isDefault node { displayName } } } }
    errors { code field ... on VersionConflict { currentVersion } } }
  counts { created updated unchanged failed } errors { code message field } writeId replayed """
CREATE = f"mutation($input: CreateAccountsInput!) {{ createAccounts(input: $input) {{ {PAYLOAD} }} }}"
UPDATE = f"mutation($input: UpdateAccountsInput!) {{ updateAccounts(input: $input) {{ {PAYLOAD} }} }}"
SINGLE = "mutation($input: CreateAccountInput!) { createAccount(input: $input) { account { id } } }"
CHANGE = "mutation($input: UpdateAccountInput!) { updateAccount(input: $input) { account { id } } }"
UNDO = "mutation($input: UndoInput!) { undo(input: $input) { left { reason field } errors { code message } } }"
FAILED_ROWS, IGNORE = "REJECT_FAILED_ROWS", "IGNORE_FAILED"


@pytest.fixture
async def firm(database: Database, ask: Asker) -> Company:
    """A new organisation for each test, with two accounts and a contact of the first."""
    world = company()
    for name, owner in (("mill", "sue"), ("forge", "sam")):
        world.node("Account", name, name=name.title(), ownerId=world.uuid(owner))
        world.link(name, "OWNED_BY", owner)
    world.node("Contact", "carl", name="Carl", firstName="Carl", ownerId=world.uuid("sue"))
    world.link("carl", "OWNED_BY", "sue")
    world.link("mill", "HAS_CONTACT", "carl", isDefault=True)
    world.link("mill", "HAS_DEFAULT_CONTACT", "carl")
    await database.write(list(world.statements()))
    return Company(database, ask, world)


async def done(firm: Company, mutation: str, *rows: dict[str, Any], who: str = "ada", **given: Any) -> dict[str, Any]:
    """The payload of a bulk write of accounts."""
    return await firm.do(who, mutation, accounts=list(rows), **given)


def told(payload: dict[str, Any]) -> list[tuple[str, Any]]:
    """Code and field of all errors, those of rows last."""
    rows = [error for result in payload["results"] or () for error in result["errors"]]
    return [(error["code"], error["field"]) for error in (*payload["errors"], *rows)]


async def expect_whole(firm: Company) -> None:
    """`c360 verify` finds nothing wrong with accounts and contacts."""
    organizations = await chosen_organizations(firm.database, firm.world.key)
    found = [one async for one in verify(firm.database, organizations)]

    # The customers of these tests have no accounts, and Nora is in the graph without a copy of her owner.
    looked_at = [one for one in found if parse_global_id(one.id)[0] in ("Account", "Contact", "Change")]
    assert [] == [one for one in looked_at if one.id != firm.id("nora")]


async def test_accounts_are_made(firm: Company) -> None:
    """With owner, referrer and default contact, as a single one is."""
    payload = await done(
        firm,
        CREATE,
        {"name": " Oak ", "kind": "COMPANY", "referredById": firm.id("mill"), "defaultContactId": firm.id("carl")},
        {"name": "Oak", "ownerId": firm.id("sue"), "description": "Again", "referredById": None},
    )

    oak, again = (result["account"] for result in payload["results"])
    assert ["CREATED", "CREATED"] == outcomes(payload)
    assert {"created": 2, "updated": 0, "unchanged": 0, "failed": 0} == payload["counts"]
    assert ("Oak", "Oak", "COMPANY", {"displayName": "Ada"}, {"name": "Mill"}, 1) == tuple(
        oak[key] for key in ("name", "displayName", "kind", "owner", "referredBy", "version")
    )
    assert [{"isDefault": True, "node": {"displayName": "Carl"}}] == oak["contacts"]["edges"]
    assert {"displayName": "Carl"} == oak["defaultContact"]
    assert ("Again", {"displayName": "Sue"}, None) == (again["description"], again["owner"], again["referredBy"])
    await expect_whole(firm)


async def test_accounts_are_changed(firm: Company) -> None:
    """What is given; null clears; a row that says nothing new writes nothing."""
    rows: list[dict[str, Any]] = [
        {"id": firm.id("mill"), "name": "Mills", "defaultContactId": None, "expectedVersion": 1},
        {"id": firm.id("forge"), "referredById": firm.id("mill"), "defaultContactId": firm.id("nora")},
    ]
    first = await done(firm, UPDATE, *rows)
    again = await done(firm, UPDATE, {**rows[0], "expectedVersion": 2}, {**rows[1], "kind": None})
    written = await firm.written()
    nothing = await done(firm, UPDATE, {"id": firm.id("mill")})

    assert ["UPDATED", "UPDATED"] == outcomes(first)
    mill, forge = (result["account"] for result in first["results"])
    assert ("Mills", "Mills", None, 2) == tuple(
        mill[key] for key in ("name", "displayName", "defaultContact", "version")
    )
    assert [{"isDefault": False, "node": {"displayName": "Carl"}}] == mill["contacts"]["edges"]
    assert ({"name": "Mills"}, {"displayName": "Nora"}) == (forge["referredBy"], forge["defaultContact"])
    assert ["UNCHANGED", "UNCHANGED"] == outcomes(again)
    assert ["UNCHANGED"] == outcomes(nothing)
    assert 2 == written == await firm.written()
    await expect_whole(firm)


async def test_the_record_of_a_change_is_that_of_a_single_write(firm: Company) -> None:
    """Whoever reads the trail does not see how many were written at once."""
    made = {"name": "Oak", "kind": "COMPANY", "referredById": firm.id("mill"), "defaultContactId": firm.id("carl")}
    changed = {"name": "Elm", "description": "Tall", "referredById": None, "defaultContactId": firm.id("nora")}
    one = (await firm.do("ada", SINGLE, **made))["account"]["id"]
    many = (await done(firm, CREATE, made))["results"][0]["account"]["id"]
    await firm.do("ada", CHANGE, id=one, **changed)
    await done(firm, UPDATE, {"id": many, **changed})

    first, second = [await firm.changes(parse_global_id(id_)[1]) for id_ in (one, many)]
    assert ["CREATE", "EDIT"] == [change["action"] for change in first]
    for single, bulk in zip(first, second, strict=True):
        for key in ("action", "recordType", "byId", "byType", "named"):
            assert single[key] == bulk[key]
        for key in ("before", "after", "beside"):
            assert json.loads(single[key]) == json.loads(bulk[key])


BAD: list[dict[str, Any]] = [
    {"name": "Good"},
    {"name": " "},
    {"name": "Long", "description": "x" * 10_001},
    {"name": "Kind", "kind": "BUSINESS"},
    {"name": "Nobody", "referredById": "nora"},
    {"name": "Unowned", "ownerId": "mill"},
]
WRONG = [
    ("INVALID", ["accounts", "1", "name"]),
    ("INVALID", ["accounts", "2", "description"]),
    ("INVALID", ["accounts", "3", "kind"]),
    ("INVALID", ["accounts", "4", "referredById"]),
    ("INVALID", ["accounts", "5", "ownerId"]),
]


@pytest.mark.parametrize(
    ("policy", "found"),
    [(None, None), (FAILED_ROWS, ["CREATED", *["FAILED"] * 5]), (IGNORE, ["CREATED", "FAILED", *["CREATED"] * 4])],
)
async def test_policies(firm: Company, policy: str | None, found: list[str] | None) -> None:
    """All or nothing, the good rows, or the good fields; each error names its row."""
    rows = [{key: firm.id(one) if key.endswith("Id") else one for key, one in row.items()} for row in BAD]
    payload = await done(firm, CREATE, *rows, errorPolicy=policy)

    assert sorted(WRONG) == sorted(told(payload))
    assert found == (payload["results"] and outcomes(payload))
    assert (found or []).count("CREATED") == await firm.written()
    await expect_whole(firm)


async def test_bad_changes(firm: Company) -> None:
    """The same twice, itself as a referrer, an old version, what is no account; nothing is written by default."""
    mill = firm.id("mill")
    rows = [
        {"id": mill, "name": "A"},
        {"id": mill, "name": "B"},
        {"id": firm.id("forge"), "referredById": firm.id("forge"), "name": "x" * 256},
        {"id": firm.id("head"), "name": "C"},
        {"id": "nonsense"},
        {"id": firm.id("mill").replace("=", "")[:-2] + "zz"},
    ]
    none = await done(firm, UPDATE, *rows)
    some = await done(firm, UPDATE, *rows, errorPolicy=IGNORE)
    stale = await done(firm, UPDATE, {"id": mill, "name": "Z", "expectedVersion": 1}, errorPolicy=IGNORE)

    assert None is none["results"]
    assert ["UPDATED", "FAILED", "UNCHANGED", "FAILED", "FAILED", "FAILED"] == outcomes(some)
    assert {
        ("TAKEN", ("accounts", "1", "id")),
        ("INVALID", ("accounts", "2", "referredById")),
        ("INVALID", ("accounts", "2", "name")),
        ("INVALID", ("accounts", "3", "id")),
        ("INVALID", ("accounts", "4", "id")),
        ("INVALID", ("accounts", "5", "id")),
    } == {(code, tuple(field)) for code, field in told(some)}
    assert [{"code": "CONFLICT", "field": ["accounts", "0", "expectedVersion"], "currentVersion": 2}] == stale[
        "results"
    ][0]["errors"]
    assert 1 == await firm.written()


async def test_too_many_rows_and_none(firm: Company) -> None:
    """1,000 are written, one more is refused; none at all is no error; null is no row."""
    most = await done(firm, CREATE, *({"name": f"A{n}"} for n in range(1000)))
    more = await done(firm, CREATE, *({"name": f"A{n}"} for n in range(1001)))
    none = await done(firm, CREATE)
    answer = await firm.ask(await firm.viewer("ada"), CREATE, input={"accounts": [None]})

    assert 1000 == most["counts"]["created"] == len({one["account"]["id"] for one in most["results"]})
    assert [("INVALID", ["accounts"])] == told(more)
    assert [] == none["results"] == none["errors"]
    assert answer.errors
    assert 1000 == await firm.written()
    await expect_whole(firm)


async def test_what_the_viewer_may_not_do(firm: Company) -> None:
    """The predicates of access decide for each row; those of a customer write nothing in bulk."""
    await firm.do("ada", SET, roleId=firm.id("sales"), permissions=[permission("User", "VIEW", "ORGANIZATION")])
    foreign = await done(
        firm, CREATE, {"name": "Own"}, {"name": "Hers", "ownerId": firm.id("sam")}, who="sue", errorPolicy=FAILED_ROWS
    )
    unseen = await done(
        firm,
        UPDATE,
        {"id": firm.id("mill"), "name": "M"},
        {"id": firm.id("forge"), "name": "F"},
        who="sue",
        errorPolicy=FAILED_ROWS,
    )
    boss = await done(firm, CREATE, {"name": "Any"}, who="boss")
    await firm.do("ada", ASSIGN, recordId=firm.id("forge"), ownerId=firm.id("sue"))
    await firm.do("ada", SET, roleId=firm.id("sales"), permissions=[permission("Account", "EDIT", "NONE")])
    barred = await done(firm, UPDATE, {"id": firm.id("mill"), "name": "M"}, who="sue")

    assert (["CREATED", "FAILED"], [("FORBIDDEN", ["accounts", "1"])]) == (outcomes(foreign), told(foreign))
    assert (["UPDATED", "FAILED"], [("NOT_FOUND", ["accounts", "1", "id"])]) == (outcomes(unseen), told(unseen))
    assert [("FORBIDDEN", None)] == told(boss) == told(barred)


async def test_a_bulk_write_is_repeated_by_its_key_and_undone(firm: Company) -> None:
    """The results come again; an undo takes all rows back."""
    rows = [{"id": firm.id("mill"), "name": "Mills", "defaultContactId": firm.id("nora")}, {"id": firm.id("forge")}]
    first = await done(firm, UPDATE, *rows, idempotencyKey="k")
    again = await done(firm, UPDATE, *rows, idempotencyKey="k")
    made = await done(firm, CREATE, {"name": "Oak", "defaultContactId": firm.id("carl")}, {"name": "Elm"})
    undone = [await firm.do("ada", UNDO, writeId=one["writeId"]) for one in (made, first)]
    after = await done(firm, UPDATE, {"id": firm.id("mill")})

    assert {**first, "replayed": True} == {**again, "writeId": first["writeId"]}
    assert [{"left": [], "errors": []}] * 2 == undone
    assert ("Mill", {"displayName": "Carl"}) == tuple(
        after["results"][0]["account"][key] for key in ("name", "defaultContact")
    )
    await expect_whole(firm)
