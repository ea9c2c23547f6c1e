"""Many contacts at once, with parts, managers and links: as single ones are made and changed."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from app.verification import chosen_organizations, verify
from graph.database import Database
from graph.ids import parse_global_id
from tests.asking import Asker
from tests.company import SET, Company, company, outcomes

PAYLOAD = """
  results { row outcome contact { id displayName version email phone birthday
      emails { id email isPrimary } phones { id phone isPrimary } addresses { id type city isPrimary }
      reportsTo { displayName } owner { ... on Record { displayName } }
      accounts { nodes { version contacts { edges { role position isDefault node { displayName } } } } }
      customers { nodes { displayName } } leads { nodes { displayName } } }
    errors { code message field ... on VersionConflict { currentVersion } } }
  counts { created updated unchanged failed } errors { code message field } writeId replayed """
CREATE = f"mutation($input: CreateContactsInput!) {{ createContacts(input: $input) {{ {PAYLOAD} }} }}"
UPDATE = f"mutation($input: UpdateContactsInput!) {{ updateContacts(input: $input) {{ {PAYLOAD} }} }}"
SINGLE = "mutation($input: CreateContactInput!) { createContact(input: $input) { contact { id } errors { code } } }"
CHANGE = "mutation($input: UpdateContactInput!) { updateContact(input: $input) { contact { id } errors { code } } }"
UNDO = "mutation($input: UndoInput!) { undo(input: $input) { left { reason field } errors { code message } } }"
FAILED_ROWS, IGNORE = "REJECT_FAILED_ROWS", "IGNORE_FAILED"
OLGA: dict[str, Any] = {
    "firstName": "Olga",
    "lastName": "Lind",
    "birthday": "1984-05-12",
    "emails": [{"email": "a@lind.example"}, {"email": "b@lind.example", "isPrimary": True}],
    "phones": [{"phone": "555 0101"}],
    "addresses": [{"type": "BILLING", "city": "Oslo", "countryCode": "NO"}, {"city": "Bergen"}],
}


@pytest.fixture
async def firm(database: Database, ask: Asker) -> Company:
    """A new organisation for each test, with two accounts."""
    world = company()
    for name, owner in (("mill", "sue"), ("forge", "sam")):
        world.node("Account", name, name=name.title(), ownerId=world.uuid(owner))
        world.link(name, "OWNED_BY", owner)
    world.node("Lead", "lead", name="Lead", ownerId=world.uuid("sue"))
    world.link("lead", "OWNED_BY", "sue")
    await database.write(list(world.statements()))
    return Company(database, ask, world)


async def done(firm: Company, mutation: str, *rows: dict[str, Any], who: str = "ada", **given: Any) -> dict[str, Any]:
    """The payload of a bulk write of contacts."""
    return await firm.do(who, mutation, contacts=list(rows), **given)


def contacts(payload: dict[str, Any]) -> list[dict[str, Any]]:
    """The contacts of a payload."""
    return [result["contact"] for result in payload["results"]]


def told(payload: dict[str, Any]) -> list[tuple[str, Any]]:
    """Code and field of all errors, those of rows last."""
    rows = [error for result in payload["results"] or () for error in result["errors"]]
    return [(error["code"], error["field"]) for error in (*payload["errors"], *rows)]


async def expect_whole(firm: Company) -> None:
    """`c360 verify` finds nothing wrong with accounts, contacts and parts."""
    organizations = await chosen_organizations(firm.database, firm.world.key)
    found = [one async for one in verify(firm.database, organizations)]

    # The customers of these tests have no accounts, and Nora is in the graph without a copy of her owner.
    looked_at = [one for one in found if parse_global_id(one.id)[0] not in ("Customer", "CustomerUser")]
    assert [] == [one for one in looked_at if one.id != firm.id("nora")]


async def test_contacts_are_made(firm: Company) -> None:
    """With parts, of which one each is primary, a manager, and links; several become contacts of one account."""
    mill, head = firm.id("mill"), firm.id("head")
    payload = await done(
        firm,
        CREATE,
        {
            **OLGA,
            "links": [
                {"recordId": mill, "role": "Buyer"},
                {"recordId": head, "role": "Boss"},
                {"recordId": firm.id("lead"), "role": "Interested"},
            ],
        },
        {"lastName": "Second", "reportsToId": firm.id("nora"), "links": [{"recordId": mill, "position": "CFO"}]},
        {"emails": [{"email": "third@lind.example"}], "links": [{"recordId": mill, "isDefault": True}]},
        {"firstName": "Fourth", "ownerId": firm.id("sue")},
    )

    assert ["CREATED"] * 4 == outcomes(payload)
    olga, second, third, fourth = contacts(payload)
    assert ("Olga Lind", "b@lind.example", "555 0101", "1984-05-12", 1) == tuple(
        olga[key] for key in ("displayName", "email", "phone", "birthday", "version")
    )
    assert {("a@lind.example", False), ("b@lind.example", True)} == {
        (one["email"], one["isPrimary"]) for one in olga["emails"]
    }
    assert {("BILLING", "Oslo", True), (None, "Bergen", False)} == {
        (one["type"], one["city"], one["isPrimary"]) for one in olga["addresses"]
    }
    assert ("Second", {"displayName": "Nora"}) == (second["displayName"], second["reportsTo"])
    assert ("third@lind.example", {"displayName": "Ada"}) == (third["displayName"], third["owner"])
    assert ({"displayName": "Sue"}, []) == (fourth["owner"], fourth["accounts"]["nodes"])
    (account,) = olga["accounts"]["nodes"]
    assert 2 == account["version"]
    assert {
        ("Olga Lind", "Buyer", None, False),
        ("Second", None, "CFO", False),
        ("third@lind.example", None, None, True),
    } == {
        (edge["node"]["displayName"], edge["role"], edge["position"], edge["isDefault"])
        for edge in account["contacts"]["edges"]
    }
    assert [{"displayName": "Head"}] == olga["customers"]["nodes"]
    assert [{"displayName": "Lead"}] == olga["leads"]["nodes"]
    await expect_whole(firm)


async def test_contacts_are_changed(firm: Company) -> None:
    """Lists stand for all that there is; what is absent stays; what says nothing new writes nothing."""
    made = contacts(await done(firm, CREATE, OLGA, {**OLGA, "firstName": "Ole"}))
    old, gone = sorted(made[0]["emails"], key=lambda one: one["email"])
    rows: list[dict[str, Any]] = [
        {"id": made[0]["id"], "emails": [{"id": old["id"], "email": "c@lind.example"}, {"email": "d@lind.example"}]},
        {"id": made[1]["id"], "phones": None, "addresses": [], "jobTitle": "CEO", "reportsToId": made[0]["id"]},
    ]
    changed = await done(firm, UPDATE, *rows)
    written = await firm.written()
    again = await done(
        firm,
        UPDATE,
        {"id": made[0]["id"], "emails": [{"id": one["id"]} for one in contacts(changed)[0]["emails"]]},
        {**rows[1], "phones": []},
    )

    assert ["UPDATED", "UPDATED"] == outcomes(changed)
    olga, ole = contacts(changed)
    assert ("c@lind.example", 2) == (olga["email"], olga["version"])
    assert {("c@lind.example", True), ("d@lind.example", False)} == {
        (one["email"], one["isPrimary"]) for one in olga["emails"]
    }
    assert gone["id"] not in {one["id"] for one in olga["emails"]}
    assert made[0]["phones"] == olga["phones"]
    assert (None, [], [], {"displayName": "Olga Lind"}) == (
        ole["phone"],
        ole["phones"],
        ole["addresses"],
        ole["reportsTo"],
    )
    assert ["UNCHANGED", "UNCHANGED"] == outcomes(again)
    assert written == await firm.written()
    await expect_whole(firm)


async def test_the_record_of_a_change_is_that_of_a_single_write(firm: Company) -> None:
    """Whoever reads the trail does not see how many were written at once; the account tells of its contact too."""
    link = {"recordId": firm.id("mill"), "role": "Buyer"}
    one = (await firm.do("ada", SINGLE, **OLGA, links=[link]))["contact"]["id"]
    many = contacts(await done(firm, CREATE, {**OLGA, "links": [{**link, "recordId": firm.id("forge")}]}))[0]["id"]
    more = {"emails": [{"email": "e@lind.example"}], "lastName": None, "reportsToId": firm.id("nora")}
    await firm.do("ada", CHANGE, id=one, **more)
    await done(firm, UPDATE, {"id": many, **more})

    for pair in ((one, many), (firm.id("mill"), firm.id("forge"))):
        first, second = [await firm.changes(parse_global_id(id_)[1]) for id_ in pair]
        assert len(first) == len(second) > 0
        for single, bulk in zip(first, second, strict=True):
            for key in ("action", "recordType", "byId", "byType"):
                assert single[key] == bulk[key]
            assert len(single["named"]) == len(bulk["named"])
            for key in ("before", "after", "beside"):
                assert set(json.loads(single[key])) == set(json.loads(bulk[key]))


BAD: list[dict[str, Any]] = [
    {"firstName": "Good", "emails": [{"email": "good@lind.example"}]},
    {"jobTitle": "Nobody"},
    {"firstName": "Mail", "emails": [{"email": "no address"}]},
    {"firstName": "Long", "jobTitle": "x" * 256},
    {"firstName": "Born", "birthday": "2999-01-01", "phones": [{"phone": "1"}, {"phone": "1"}]},
    {"emails": [{"email": "x" * 400}]},
    {"firstName": "Lost", "links": [{"recordId": "outlet"}, {"recordId": "mill", "role": "r" * 256}]},
    {"firstName": "Up", "reportsToId": "mill"},
]
WRONG = [
    ("INVALID", ["contacts", "1"]),
    ("INVALID", ["contacts", "2", "emails", "0", "email"]),
    ("INVALID", ["contacts", "3", "jobTitle"]),
    ("INVALID", ["contacts", "4", "birthday"]),
    ("INVALID", ["contacts", "4", "phones", "1", "phone"]),
    ("INVALID", ["contacts", "6", "links", "0", "recordId"]),
    ("INVALID", ["contacts", "6", "links", "1", "role"]),
    ("INVALID", ["contacts", "7", "reportsToId"]),
]


@pytest.mark.parametrize(
    ("policy", "found"),
    [
        (None, None),
        (FAILED_ROWS, ["CREATED", *["FAILED"] * 7]),
        (IGNORE, ["CREATED", "FAILED", "CREATED", "CREATED", "CREATED", "FAILED", "CREATED", "CREATED"]),
    ],
)
async def test_policies(firm: Company, policy: str | None, found: list[str] | None) -> None:
    """All or nothing, the good rows, or the good fields and lists; each error names its row."""

    def filled(value: Any) -> Any:
        if isinstance(value, list):
            return [filled(one) for one in value]
        if isinstance(value, dict):
            return {key: firm.id(one) if key.endswith("Id") else filled(one) for key, one in value.items()}
        return value

    payload = await done(firm, CREATE, *map(filled, BAD), errorPolicy=policy)

    assert sorted(WRONG) == sorted(one for one in told(payload) if one[1][1] != "5")
    assert {"INVALID"} == {code for code, field in told(payload) if field[1] == "5"}
    assert found == (payload["results"] and outcomes(payload))
    if policy is None:
        assert 0 == await firm.written()
    if policy == IGNORE:
        assert [[], []] == [contacts(payload)[2]["emails"], contacts(payload)[4]["phones"]]
        assert {"Mail", "Long", "Born", "Lost", "Up"} < {one["displayName"] for one in contacts(payload) if one}
    await expect_whole(firm)


async def test_bad_changes(firm: Company) -> None:
    """The same twice, the part of another one, an old version, taking the names away: each in its row."""
    olga, ole = contacts(await done(firm, CREATE, OLGA, {"firstName": "Ole"}))
    written = await firm.written()
    rows: list[dict[str, Any]] = [
        {"id": olga["id"], "expectedVersion": 7},
        {"id": ole["id"], "firstName": None},
        {"id": ole["id"], "firstName": "Twice"},
        {"id": firm.id("nora"), "emails": [{"id": olga["emails"][0]["id"]}]},
        {"id": firm.id("head"), "firstName": "Customer"},
    ]
    none = await done(firm, UPDATE, *rows)
    some = await done(firm, UPDATE, *rows, errorPolicy=FAILED_ROWS)

    assert (None, None) == (none["results"], none["counts"])
    assert ["FAILED"] * 5 == outcomes(some)
    assert [
        ("CONFLICT", ["contacts", "0", "expectedVersion"]),
        ("INVALID", ["contacts", "1"]),
        ("TAKEN", ["contacts", "2", "id"]),
        ("NOT_FOUND", ["contacts", "3", "emails", "0", "id"]),
        ("INVALID", ["contacts", "4", "id"]),
    ] == [one for one in told(some) if one != ("INVALID", ["contacts", "3", "emails", "0", "email"])]
    assert written == await firm.written()


async def test_a_wrong_list_leaves_nothing_of_it(firm: Company) -> None:
    """Neither the email address nor the phone number that would be primary; who has no other name is not made."""
    two = [{"email": f"{name}@lind.example", "isPrimary": True} for name in "xy"]
    lists: list[dict[str, Any]] = [
        {"emails": two},
        {"emails": [{"email": "x@lind.example", "id": "bad"}]},
        {"phones": [{"phone": number, "isPrimary": True} for number in "12"]},
    ]
    made = await done(firm, CREATE, *lists, *({"firstName": "A", **one} for one in lists), errorPolicy=IGNORE)
    olga = contacts(await done(firm, CREATE, OLGA))[0]
    changed = await done(
        firm, UPDATE, {"id": olga["id"], **lists[0], **lists[2], "jobTitle": "CEO"}, errorPolicy=IGNORE
    )

    assert [*["FAILED"] * 3, *["CREATED"] * 3] == outcomes(made)
    assert [("A", None, None)] * 3 == [
        (one["displayName"], one["email"], one["phone"]) for one in contacts(made) if one
    ]
    assert [{**olga, "version": 2}] == contacts(changed)
    await expect_whole(firm)


def chain_of(*people: str) -> list[dict[str, Any]]:
    """Rows by which each of some people reports to the one before."""
    return [{"id": one, "reportsToId": above} for above, one in zip((None, *people), people, strict=False)]


async def test_nobody_reports_to_themselves(firm: Company) -> None:
    """Not within one call, not by way of others, not when several calls come at once."""
    made = contacts(await done(firm, CREATE, *({"firstName": name} for name in "abcd")))
    a, b, c, d = (one["id"] for one in made)
    chain = await done(firm, UPDATE, {"id": b, "reportsToId": a}, {"id": c, "reportsToId": b})
    closing = await done(firm, UPDATE, {"id": a, "reportsToId": c})
    ring = await done(
        firm,
        UPDATE,
        {"id": a, "reportsToId": d},
        {"id": d, "reportsToId": c},
        {"id": b, "jobTitle": "CTO"},
        errorPolicy=FAILED_ROWS,
    )
    at_once = await asyncio.gather(
        done(firm, UPDATE, {"id": a, "reportsToId": d}), done(firm, UPDATE, {"id": d, "reportsToId": c})
    )
    freed = await done(firm, UPDATE, {"id": b, "reportsToId": None}, errorPolicy=IGNORE)
    rows = [{"id": c, "reportsToId": None}, {"id": b, "reportsToId": c}, {"id": a, "reportsToId": b}]
    turned = [await done(firm, UPDATE, *some) for some in (chain_of(a, b, c), rows[::-1])]
    undone = await firm.do("ada", UNDO, writeId=turned[1]["writeId"])

    assert ["a", "b"] == [one["reportsTo"]["displayName"] for one in contacts(chain)]
    assert [("CYCLE", ["contacts", "0", "reportsToId"])] == told(closing)
    assert "It would be above itself: a, b, c, a." == closing["errors"][0]["message"]
    assert ["FAILED", "FAILED", "UPDATED"] == outcomes(ring)
    assert [("CYCLE", ["contacts", "0", "reportsToId"])] == [one for payload in at_once for one in told(payload)]
    assert None is contacts(freed)[0]["reportsTo"]
    assert {"left": [], "errors": []} == undone


async def test_what_the_viewer_may_not_do(firm: Company) -> None:
    """What is not theirs is not there, what is hidden is not written, and customers write nothing in bulk."""
    links = [{"recordId": firm.id("forge")}]
    unseen = await done(firm, CREATE, {"firstName": "A"}, {"firstName": "B", "links": links}, who="sue")
    stranger = await done(firm, UPDATE, {"id": firm.id("nora"), "firstName": "N"}, who="sam")
    boss = await done(firm, CREATE, {"firstName": "Any"}, who="boss")
    hidden = [{"entity": "Contact", "fields": ["EMAIL", "BIRTHDAY"]}]
    await firm.do("ada", SET, roleId=firm.id("sales"), hiddenFields=hidden)
    plain = PAYLOAD.replace("email phone birthday", "").replace("emails { id email isPrimary }", "")
    barred = await done(firm, CREATE.replace(PAYLOAD, plain), OLGA, {"firstName": "A"}, who="sue", errorPolicy=IGNORE)
    known = contacts(await done(firm, CREATE, {**OLGA, "ownerId": firm.id("sue")}))[0]["id"]
    nameless = {"id": known, "firstName": None, "lastName": None}
    called = await done(firm, UPDATE.replace(PAYLOAD, plain), nameless, who="sue", errorPolicy=IGNORE)

    assert [("NOT_FOUND", ["contacts", "1", "links", "0", "recordId"])] == told(unseen)
    assert [("NOT_FOUND", ["contacts", "0", "id"])] == told(stranger)
    assert [("FORBIDDEN", None)] == told(boss)
    assert ["FAILED", "CREATED"] == outcomes(barred)
    assert [("FORBIDDEN", ["contacts", "0"])] == told(called)
    assert {("FORBIDDEN", "emails"), ("FORBIDDEN", "birthday")} == {(code, field[2]) for code, field in told(barred)}


async def test_a_bulk_write_is_repeated_by_its_key_and_undone(firm: Company) -> None:
    """The results come again; an undo takes all rows back, with their parts and links."""
    link = [{"recordId": firm.id("mill")}]
    first = await done(firm, CREATE, {**OLGA, "links": link}, {"firstName": "Ole", "links": link}, idempotencyKey="k")
    again = await done(firm, CREATE, {**OLGA, "links": link}, {"firstName": "Ole", "links": link}, idempotencyKey="k")
    olga, ole = contacts(first)
    rows = [{"id": olga["id"], "emails": [], "firstName": "O"}, {"id": ole["id"], "reportsToId": olga["id"]}]
    changed = await done(firm, UPDATE, *rows)
    undone = await firm.do("ada", UNDO, writeId=changed["writeId"])
    after = contacts(await done(firm, UPDATE, {"id": olga["id"]}, {"id": ole["id"]}))
    await expect_whole(firm)
    gone = await firm.do("ada", UNDO, writeId=first["writeId"])
    nothing = await done(firm, UPDATE, {"id": olga["id"]})

    assert first["writeId"] == again["writeId"]
    assert again["replayed"]
    assert {"left": [], "errors": []} == undone
    assert ("Olga Lind", "b@lind.example", None) == (
        after[0]["displayName"],
        after[0]["email"],
        after[1]["reportsTo"],
    )
    assert olga["emails"] == after[0]["emails"]
    assert [] == gone["errors"]
    assert [("NOT_FOUND", ["contacts", "0", "id"])] == told(nothing)
    await expect_whole(firm)


async def test_too_many_rows_and_none(firm: Company) -> None:
    """1,000 are written with their parts and one account, one more is refused; none at all is no error."""
    link = [{"recordId": firm.id("mill")}]
    rows = [{"emails": [{"email": f"{n}@lind.example"}], "links": link} for n in range(1001)]
    plain = CREATE.replace(
        PAYLOAD, "counts { created } results { contact { id } errors { code field } } errors { code field }"
    )
    most = await done(firm, plain, *rows[:1000])
    more = await done(firm, plain, *rows)
    none = await done(firm, plain)

    assert 1000 == most["counts"]["created"] == len({one["id"] for one in contacts(most)})
    assert [("INVALID", ["contacts"])] == told(more)
    assert [] == none["results"] == none["errors"]
    assert 2001 == await firm.written()
    await expect_whole(firm)
