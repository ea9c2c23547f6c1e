"""Many customers at once: what each row becomes, what the policies make of errors, and the rules of single writes."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from cypher.fragment import cypher, param
from cypher.printer import print_fragment
from graph.database import Database
from graph.ids import parse_global_id
from tests.asking import Asker
from tests.company import ASSIGN, SET, Company, company, outcomes, permission

PAYLOAD = """
  results { row outcome accountOutcome
    customer { id displayName version originId email owner { ... on Record { displayName } }
      account { id name kind } group { name } parent { name } person { firstName birthday } }
    errors { code field ... on VersionConflict { currentVersion } } }
  counts { created updated unchanged failed } errors { code field } replayed """
CREATE = f"mutation($input: CreateCustomersInput!) {{ createCustomers(input: $input) {{ {PAYLOAD} }} }}"
UPDATE = f"mutation($input: UpdateCustomersInput!) {{ updateCustomers(input: $input) {{ {PAYLOAD} }} }}"
UPSERT = f"mutation($input: UpsertCustomersInput!) {{ upsertCustomers(input: $input) {{ {PAYLOAD} }} }}"
IRIS = {"person": {"firstName": "Iris", "lastName": "Oak", "birthday": "1990-04-01"}, "email": "iris@oak.example"}


@pytest.fixture
async def firm(database: Database, ask: Asker) -> Company:
    """A new organisation for each test; its channel Outlet matches accounts."""
    world = company()
    world.node(
        "Channel",
        "matching",
        name="Matching",
        status="ACTIVE",
        key="matching",
        lifetimeRule="NONE",
        accountPolicy="MATCH",
    )
    world.node("CustomerGroup", "vip", name="Vip")
    await database.write(list(world.statements()))
    return Company(database, ask, world)


async def upsert(firm: Company, *rows: dict[str, Any], who: str = "ada", **given: Any) -> dict[str, Any]:
    """The payload of an upsert into the channel that matches, unless another one is given."""
    return await firm.do(who, UPSERT, **{"channelId": firm.id("matching"), "customers": list(rows), **given})


async def create(firm: Company, *rows: dict[str, Any], who: str = "ada", **given: Any) -> dict[str, Any]:
    """The payload of new customers of the outlet."""
    return await firm.do(who, CREATE, **{"channelId": firm.id("outlet"), "customers": list(rows), **given})


def row_errors(payload: dict[str, Any]) -> dict[int, list[Any]]:
    """Code and field of the errors of each row that has some."""
    return {
        result["row"]: [(error["code"], error["field"]) for error in result["errors"]]
        for result in payload["results"]
        if result["errors"]
    }


async def loose_ends(firm: Company) -> list[int]:
    """How many customers lack exactly one account, a channel or an owner; how many Lock nodes are left."""
    statement = print_fragment(
        cypher(
            *(
                "MATCH (c:Customer {organizationId: ",
                param(firm.world.organization_id),
                "}) WHERE c.channelId IS NOT NULL",
            ),
            " RETURN [count(CASE WHEN COUNT { (c)-[:BELONGS_TO]->(:Account) } <> 1 THEN 1 END),",
            " count(CASE WHEN COUNT { (c)-[:IN_CHANNEL]->(:Channel) } <> 1 THEN 1 END),",
            " count(CASE WHEN COUNT { (c)-[:OWNED_BY]->() } <> 1 THEN 1 END),",
            *(" COUNT { (l:Lock {organizationId: ", param(firm.world.organization_id), "}) }] AS row"),
        )
    )
    ((found,),) = await firm.database.read([statement])
    return list(found)


async def test_rows_are_made_changed_or_left(firm: Company) -> None:
    """A second time only what differs is written, and each write is on record."""
    first = await upsert(firm, {"originId": "1", **IRIS}, {"originId": "2", "name": "Mill", "groupId": firm.id("vip")})
    again = await upsert(
        firm, {"originId": "2", "name": "Mill", "groupId": None}, {"originId": "1", **IRIS}, {"originId": "3"}
    )

    assert ["CREATED", "CREATED"] == outcomes(first)
    assert {"created": 2, "updated": 0, "unchanged": 0, "failed": 0} == first["counts"]
    iris, mill = (result["customer"] for result in first["results"])
    assert ("Iris Oak", "1", 1, {"displayName": "Ada"}) == tuple(
        iris[key] for key in ("displayName", "originId", "version", "owner")
    )
    assert ({"name": "Iris Oak", "kind": "PERSON"}, {"name": "Vip"}) == (
        {key: iris["account"][key] for key in ("name", "kind")},
        mill["group"],
    )
    assert ["UPDATED", "UNCHANGED", "CREATED"] == outcomes(again)
    assert (2, None, 1) == (
        again["results"][0]["customer"]["version"],
        again["results"][0]["customer"]["group"],
        again["results"][1]["customer"]["version"],
    )
    made, changed = await firm.changes(parse_global_id(mill["id"])[1])
    assert ("CREATE", "EDIT", "upsertCustomers") == (made["action"], changed["action"], changed["mutation"])
    assert f'{{"group":"{firm.id("vip")}"}}' == changed["before"]
    assert '{"group":null}' == changed["after"]
    assert 1 == len(await firm.changes(parse_global_id(iris["id"])[1]))
    assert [0, 0, 0, 0] == await loose_ends(firm)


async def test_the_record_of_a_change_is_that_of_a_single_write(firm: Company) -> None:
    """Whoever reads the trail does not see how many were written at once."""
    single = """mutation($input: CreateCustomerInput!) { createCustomer(input: $input) {
      customer { id account { id } } } }"""
    given = {**IRIS, "groupId": firm.id("vip"), "parentId": firm.id("head")}
    one = await firm.do("ada", single, channelId=firm.id("outlet"), originId="1", **given)
    many = await create(firm, {"originId": "2", **given})

    def told(change: Any) -> Any:
        return {key: change[key] for key in ("action", "recordType", "byId", "byType", "before")}

    def named(change: Any) -> set[str]:
        return set(json.loads(change["after"])) | set(json.loads(change["beside"]))

    pair = (one["customer"], many["results"][0]["customer"])
    for ids in ([customer["id"] for customer in pair], [customer["account"]["id"] for customer in pair]):
        ((first,), (second,)) = [await firm.changes(parse_global_id(id_)[1]) for id_ in ids]
        assert told(first) == told(second)
        assert named(first) == named(second)


async def test_accounts_are_made_given_or_match(firm: Company) -> None:
    """By the row, else by the channel's policy; rows of one write match each other; case does not count."""
    other = {**IRIS, "email": "IRIS@oak.example"}
    made = await upsert(
        firm,
        {"originId": "1", **IRIS},
        {"originId": "2", **other},
        {"originId": "3", **IRIS, "account": {"create": {"name": "Own", "kind": "HOUSEHOLD"}}},
        {"originId": "4", "name": "No key"},
    )
    later = await upsert(
        firm,
        {"originId": "5", **IRIS},
        {"originId": "6", "account": {"id": made["results"][3]["customer"]["account"]["id"]}},
    )
    unmatched = await create(firm, {"originId": "1", **IRIS}, {"originId": "2", **IRIS, "account": {"match": True}})
    stranger = await upsert(firm, {"originId": "7", **IRIS}, who="sam")

    assert ["CREATED", "MATCHED", "CREATED", "CREATED"] == [one["accountOutcome"] for one in made["results"]]
    accounts = [one["customer"]["account"] for one in made["results"]]
    assert accounts[0] == accounts[1]
    assert ("Own", "HOUSEHOLD") == (accounts[2]["name"], accounts[2]["kind"])
    assert ["MATCHED", "GIVEN"] == [one["accountOutcome"] for one in later["results"]]
    assert accounts[0] == later["results"][0]["customer"]["account"]
    assert ["CREATED", "MATCHED"] == [one["accountOutcome"] for one in unmatched["results"]]
    assert "CREATED" == stranger["results"][0]["accountOutcome"]
    assert [0, 0, 0, 0] == await loose_ends(firm)


BAD: list[dict[str, Any]] = [
    {"originId": "good", "name": "Good"},
    {"originId": "long", "name": "x" * 256, "phone": "555"},
    {"originId": "born", "person": {"firstName": "Ina", "birthday": "2999-01-01"}},
    {"originId": "away", "groupId": "head"},
    {"originId": "good", "name": "Twice"},
    {"originId": " ", "name": "No key"},
    {"originId": "kind", "kind": "HOUSEHOLD", "account": {"create": {"name": "\0"}}},
]
WRONG = {
    1: [("INVALID", ["customers", "1", "name"])],
    2: [("INVALID", ["customers", "2", "person", "birthday"])],
    3: [("INVALID", ["customers", "3", "groupId"])],
    4: [("TAKEN", ["customers", "4", "originId"])],
    5: [("INVALID", ["customers", "5", "originId"])],
    6: [("INVALID", ["customers", "6", "account", "create", "name"]), ("INVALID", ["customers", "6", "kind"])],
}


def bad(firm: Company) -> list[dict[str, Any]]:
    """Rows of which some have errors."""
    return [{**row, "groupId": firm.id(row["groupId"])} if "groupId" in row else row for row in BAD]


async def test_all_are_rejected_when_one_is_wrong(firm: Company) -> None:
    """The default: nothing is written and the errors of the payload name the rows."""
    told = await upsert(firm, *bad(firm))

    assert (None, None) == (told["results"], told["counts"])
    found = {int(error["field"][1]) for error in told["errors"]}
    assert found <= set(WRONG)
    assert {3, 4, 5} <= found
    assert 0 == await firm.written()


async def test_failed_rows_are_rejected(firm: Company) -> None:
    """The others are written, and each failed row tells why."""
    told = await upsert(firm, *bad(firm), errorPolicy="REJECT_FAILED_ROWS")

    assert [] == told["errors"]
    assert ["CREATED", *["FAILED"] * 6] == outcomes(told)
    assert WRONG == row_errors(told)
    assert {"created": 1, "updated": 0, "unchanged": 0, "failed": 6} == told["counts"]
    assert [None] * 6 == [result["customer"] for result in told["results"][1:]]
    assert 2 == await firm.written()
    assert [0, 0, 0, 0] == await loose_ends(firm)


async def test_what_is_wrong_can_be_left_out(firm: Company) -> None:
    """Fields with errors are as if they were absent; a row whose key is no good fails all the same."""
    told = await upsert(firm, *bad(firm), errorPolicy="IGNORE_FAILED")
    changed = await upsert(firm, {"originId": "born", "email": "i" * 321, "phone": "556"}, errorPolicy="IGNORE_FAILED")

    assert ["CREATED", "CREATED", "CREATED", "CREATED", "FAILED", "FAILED", "CREATED"] == outcomes(told)
    assert WRONG == row_errors(told)
    names = [result["customer"] and result["customer"]["displayName"] for result in told["results"]]
    assert ["Good", "Customer long", "Ina", "Customer away", None, None, "Customer kind"] == names
    assert "Customer kind" == told["results"][6]["customer"]["account"]["name"]
    assert ["UPDATED"] == outcomes(changed)
    assert None is changed["results"][0]["customer"]["email"]
    assert [0, 0, 0, 0] == await loose_ends(firm)


async def test_keys_that_are_taken(firm: Company) -> None:
    """CreateCustomers never changes; a customer whom the viewer does not see is TAKEN, without its id."""
    await create(firm, {"originId": "1", "name": "First"})
    taken = await create(firm, {"originId": "2"}, {"originId": "1", "name": "Second"}, errorPolicy="REJECT_FAILED_ROWS")
    all_or_none = await create(firm, {"originId": "3"}, {"originId": "1"})
    hidden = await upsert(firm, {"originId": "1"}, who="sam", channelId=firm.id("outlet"))

    assert ["CREATED", "FAILED"] == outcomes(taken)
    assert {1: [("TAKEN", ["customers", "1", "originId"])]} == row_errors(taken)
    assert [{"code": "TAKEN", "field": ["customers", "1", "originId"]}] == all_or_none["errors"]
    assert [{"code": "TAKEN", "field": ["customers", "0", "originId"]}] == hidden["errors"]
    assert [0, 0, 0, 0] == await loose_ends(firm)


async def test_customers_are_changed_by_id(firm: Company) -> None:
    """With the version of each, and nothing that is not the viewer's."""
    rows = [
        {"id": firm.id("branch"), "phone": "555", "expectedVersion": 1},
        {"id": firm.id("head"), "phone": "556", "expectedVersion": 7},
        {"id": firm.id("other"), "phone": "557"},
        {"id": firm.id("outlet")},
    ]
    told = await firm.do("ada", UPDATE, customers=rows, errorPolicy="REJECT_FAILED_ROWS")
    sue = await firm.do("sam", UPDATE, customers=rows[:3], errorPolicy="REJECT_FAILED_ROWS")

    assert ["UPDATED", "FAILED", "UPDATED", "FAILED"] == outcomes(told)
    conflict = {"code": "CONFLICT", "field": ["customers", "1", "expectedVersion"], "currentVersion": 1}
    assert [conflict] == told["results"][1]["errors"]
    assert {
        1: [("CONFLICT", ["customers", "1", "expectedVersion"])],
        3: [("INVALID", ["customers", "3", "id"])],
    } == row_errors(told)
    assert ["FAILED", "FAILED", "UNCHANGED"] == outcomes(sue)
    assert {("NOT_FOUND", "id")} == {(code, field[2]) for found in row_errors(sue).values() for code, field in found}


async def test_what_the_viewer_may_not_do(firm: Company) -> None:
    """The predicates of access decide for each row; those of a customer write nothing in bulk."""
    given = {"roleId": firm.id("sales"), "permissions": [permission("User", "VIEW", "ORGANIZATION")]}
    await firm.do("ada", SET, **given)
    foreign = await create(
        firm,
        {"name": "Own"},
        {"name": "Foreign", "ownerId": firm.id("sam")},
        who="sue",
        errorPolicy="REJECT_FAILED_ROWS",
    )
    boss = await create(firm, {"name": "Any"}, who="boss")
    closed = await create(firm, {"name": "Any"}, channelId=firm.id("closed"))
    unknown = await create(firm, {"name": "Any", "ownerId": firm.id("matching")}, channelId=firm.id("head"))

    assert ["CREATED", "FAILED"] == outcomes(foreign)
    assert {1: [("FORBIDDEN", ["customers", "1"])]} == row_errors(foreign)
    assert [{"code": "FORBIDDEN", "field": None}] == boss["errors"]
    assert [{"code": "CONFLICT", "field": ["channelId"]}] == closed["errors"]
    assert [{"code": "INVALID", "field": ["channelId"]}] == unknown["errors"]
    assert [0, 0, 0, 0] == await loose_ends(firm)


async def test_what_is_hidden_is_not_written(firm: Company) -> None:
    """Whether an email address is that of somebody, or of nobody, is not told to whom it is hidden from."""
    await firm.do("ada", SET, roleId=firm.id("manager"), hiddenFields=[{"entity": "Customer", "fields": ["EMAIL"]}])
    await firm.do("ada", ASSIGN, recordId=firm.id("head"), ownerId=firm.id("max"))
    rows = [{"id": firm.id("head"), "email": "h@oak.example"}, {"id": firm.id("head"), "phone": "1"}]
    told = [
        await firm.do("max", UPDATE.replace(" email", ""), customers=[row], errorPolicy="REJECT_FAILED_ROWS")
        for row in rows
    ]

    assert {0: [("FORBIDDEN", ["customers", "0", "email"])]} == row_errors(told[0])
    assert ["UPDATED"] == outcomes(told[1])


async def test_too_many_rows_are_refused(firm: Company) -> None:
    """1,000 are written, one more is not; none at all is no error."""
    most = await create(firm, *({"originId": str(n)} for n in range(1000)))
    more = await create(firm, *({"originId": str(n)} for n in range(1001)))
    none = await create(firm)

    assert 1000 == most["counts"]["created"] == len({one["customer"]["id"] for one in most["results"]})
    assert [{"code": "INVALID", "field": ["customers"]}] == more["errors"]
    assert [] == none["results"] == none["errors"]


async def test_a_bulk_write_is_repeated_by_its_key(firm: Company) -> None:
    """The results come again, errors of rows included, and nothing is written."""
    rows = ({"originId": "1", **IRIS}, {"originId": "1"})
    first = await upsert(firm, *rows, errorPolicy="REJECT_FAILED_ROWS", idempotencyKey="k")
    written = await firm.written()
    again = await upsert(firm, *rows, errorPolicy="REJECT_FAILED_ROWS", idempotencyKey="k")

    assert {**first, "replayed": True} == again
    assert written == await firm.written()


async def test_writes_at_once_make_each_customer_once(firm: Company) -> None:
    """Of several that bring the same keys in different order, each key is made once and matched to one account."""
    rows = [{"originId": str(n), **IRIS, "phone": str(n)} for n in range(30)]
    told = await asyncio.gather(*(upsert(firm, *(rows if n % 2 else rows[::-1])) for n in range(6)))

    assert 30 == sum(one["counts"]["created"] for one in told)
    assert 150 == sum(one["counts"]["unchanged"] for one in told)
    assert 1 == len({result["customer"]["account"]["id"] for one in told for result in one["results"]})
    assert [0, 0, 0, 0] == await loose_ends(firm)
