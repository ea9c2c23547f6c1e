"""Mutations of customers: one account each, what may be given, what depends on them, and a tree without circles."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from cypher.fragment import cypher, param
from cypher.printer import print_fragment
from graph.ids import parse_global_id
from tests.company import ERRORS, Company, codes

CREATE = f"""mutation($input: CreateCustomerInput!) {{ createCustomer(input: $input) {{
  customer {{ id displayName kind status originId email version lifetimeValue {{ amount }} channel {{ name }}
    parent {{ id }} owner {{ ... on Record {{ displayName }} }} account {{ id name kind }}
    person {{ firstName lastName birthday gender }} business {{ vatId employees }} }}
  account {{ id name kind }} accountOutcome {ERRORS} }} }}"""
UPDATE = f"""mutation($input: UpdateCustomerInput!) {{ updateCustomer(input: $input) {{
  customer {{ id displayName phone email version person {{ firstName lastName }} }} {ERRORS} }} }}"""
DELETE = f"mutation($input: DeleteCustomerInput!) {{ deleteCustomer(input: $input) {{ deletedId {ERRORS} }} }}"
PARENT = f"""mutation($input: SetCustomerParentInput!) {{ setCustomerParent(input: $input) {{
  customer {{ id parent {{ id }} depth }} {ERRORS} }} }}"""
ACCOUNT = f"""mutation($input: SetCustomerAccountInput!) {{ setCustomerAccount(input: $input) {{
  customer {{ id account {{ name }} }} account {{ name kind }} accountOutcome {ERRORS} }} }}"""
IRIS = {"firstName": "Iris", "lastName": "Oak"}


async def make(firm: Company, who: str = "ada", **given: Any) -> dict[str, Any]:
    """The payload of a new customer."""
    return await firm.do(who, CREATE, **{"channelId": firm.id("outlet"), **given})


async def test_a_customer_gets_an_account_of_its_own(firm: Company) -> None:
    """Named after it, of its kind, with its owner, who is the one who asks."""
    made = await make(
        firm, "sue", originId="C-1", email=" iris@oak.example ", person={**IRIS, "birthday": "1990-04-01"}
    )

    customer = made["customer"]
    assert [] == made["errors"]
    assert ("Iris Oak", "PERSON", "ACTIVE", "C-1") == tuple(
        customer[key] for key in ("displayName", "kind", "status", "originId")
    )
    assert {"firstName": "Iris", "lastName": "Oak", "birthday": "1990-04-01", "gender": None} == customer["person"]
    assert ("iris@oak.example", "0.00", {"name": "Outlet"}) == (
        customer["email"],
        customer["lifetimeValue"]["amount"],
        customer["channel"],
    )
    assert {"displayName": "Sue"} == customer["owner"]
    assert ("CREATED", "Iris Oak", "PERSON") == (
        made["accountOutcome"],
        made["account"]["name"],
        made["account"]["kind"],
    )
    assert made["account"] == customer["account"]
    (change,) = await firm.changes(parse_global_id(customer["id"])[1])
    assert ("CREATE", True) == (change["action"], '"firstName":"Iris"' in change["after"])
    (account,) = await firm.changes(parse_global_id(made["account"]["id"])[1])
    assert (change["writeId"], "createCustomer") == (account["writeId"], account["mutation"])
    assert {"channelId", "ownerId", "matchKey"} == set(json.loads(change["beside"]))


async def test_an_account_is_given_or_matches(firm: Company) -> None:
    """Same names and address in any case match a customer who is seen; blanks match nobody."""
    first = await make(firm, email="iris@oak.example", person=IRIS)
    same = await make(firm, email="IRIS@oak.example", person={**IRIS, "firstName": "iris"}, account={"match": True})
    blank = await make(firm, person=IRIS, account={"match": True})
    unseen = await make(firm, "sam", email="iris@oak.example", person=IRIS, account={"match": True})
    given = await make(firm, name="Mill", account={"id": first["account"]["id"]})

    assert ("MATCHED", first["account"]) == (same["accountOutcome"], same["account"])
    assert "CREATED" == blank["accountOutcome"] == unseen["accountOutcome"]
    assert unseen["account"]["id"] != first["account"]["id"]
    assert ("GIVEN", first["account"]) == (given["accountOutcome"], given["account"])


async def test_who_match_each_other_at_once_share_an_account(firm: Company) -> None:
    """Of several customers of one person who are made at once, one makes the account."""
    made = await asyncio.gather(
        *(make(firm, originId=f"M-{n}", email="i@oak.example", person=IRIS, account={"match": True}) for n in range(6))
    )

    assert 1 == len({one["account"]["id"] for one in made})
    assert ["CREATED", *["MATCHED"] * 5] == sorted(one["accountOutcome"] for one in made)


async def test_one_key_of_a_source_is_one_customer(firm: Company) -> None:
    """Of 50 customers with one key of a channel who are made at once, one is there; no key is no key."""
    made = await asyncio.gather(*(make(firm, name=f"N{n}", originId="SAME") for n in range(50)))

    assert 1 == sum(one["customer"] is not None for one in made)
    assert {("TAKEN", ("originId",))} == {
        (code, tuple(field)) for one in made if one["errors"] for code, field in codes(one)
    }
    assert not (await make(firm, name="A"))["errors"]
    assert not (await make(firm, name="B"))["errors"]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"channelId": "closed"}, [("CONFLICT", ["channelId"])]),
        ({"channelId": "head"}, [("INVALID", ["channelId"])]),
        ({"kind": "COMPANY"}, [("INVALID", ["kind"])]),
        ({"kind": "BUSINESS", "person": IRIS}, [("INVALID", ["person"])]),
        ({"person": {"birthday": "2999-01-01"}}, [("INVALID", ["person", "birthday"])]),
        ({"email": "iris at oak"}, [("INVALID", ["email"])]),
        (
            {"business": {"employees": -1}, "name": "x" * 256},
            [("INVALID", ["name"]), ("INVALID", ["business", "employees"])],
        ),
        ({"parentId": "outlet", "groupId": "head"}, [("INVALID", ["groupId"]), ("INVALID", ["parentId"])]),
        ({"ownerId": "boss"}, [("INVALID", ["ownerId"])]),
        ({"account": {"id": "head"}}, [("INVALID", ["account", "id"])]),
        ({"account": {"create": {"name": "\0"}}}, [("INVALID", ["account", "create", "name"])]),
    ],
)
async def test_what_is_wrong_is_told(firm: Company, given: dict[str, Any], expected: list[Any]) -> None:
    """Everything at once, at its field, and nothing is written."""

    def ids(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: ids(inner) for key, inner in value.items()}
        return firm.id(value) if value in firm.world.types else value

    assert expected == codes(await make(firm, **ids(given)))
    assert 0 == await firm.written()


async def test_who_may_make_customers(firm: Company) -> None:
    """A seller what is the seller's own; a company's administrator within the company; a buyer nobody."""
    foreign = await make(firm, "sue", name="Foreign", ownerId=firm.id("sam"))
    below = await make(firm, "boss", name="Below", parentId=firm.id("head"))
    apart = await make(firm, "boss", name="Apart")

    assert [("FORBIDDEN", None)] == codes(foreign) or [("NOT_FOUND", ["ownerId"])] == codes(foreign)
    # Nobody of a customer sees channels but that of their own customer, and these have none.
    assert [("NOT_FOUND", ["channelId"])] == codes(below) == codes(apart)
    assert [("FORBIDDEN", None)] == codes(await make(firm, "bea", name="Any"))


async def test_what_customer_users_do_not_say(firm: Company) -> None:
    """Neither of a new customer nor of one that is there: key, status, terms, group, account, who sells to it."""
    firm.world.link("head", "IN_CHANNEL", "outlet")
    firm.world.node("CustomerGroup", "big", name="Big", key="big")
    await firm.database.write(list(firm.world.statements()))
    barred: dict[str, Any] = {
        "originId": "K",
        "status": "ACTIVE",
        "business": {"paymentTerm": "never"},
        "salesRepresentativeIds": [],
    }
    new = await make(firm, "boss", name="New", parentId=firm.id("head"), account={"create": {"name": "A"}}, **barred)
    changed = await firm.do("boss", UPDATE, id=firm.id("branch"), groupId=None, **barred)
    plain = await make(firm, "boss", name="Own", kind="BUSINESS", parentId=firm.id("branch"), phone="555")

    assert {("FORBIDDEN", name) for name in (*barred, "account")} == {(code, field[0]) for code, field in codes(new)}
    assert {("FORBIDDEN", name) for name in (*barred, "groupId")} == {
        (code, field[0]) for code, field in codes(changed)
    }
    assert ([], "Own") == (codes(plain), plain["customer"]["displayName"])


async def test_names_follow_what_is_changed(firm: Company) -> None:
    """What is absent stays, null clears, and the name for people and the match key follow."""
    made = await make(firm, email="iris@oak.example", person=IRIS)
    ask = {"id": made["customer"]["id"]}
    changed = await firm.do("ada", UPDATE, **ask, person={"lastName": "Oakley"}, phone="555", expectedVersion=1)
    cleared = await firm.do("ada", UPDATE, **ask, phone=None)
    stale = await firm.do("ada", UPDATE, **ask, phone="556", expectedVersion=1)
    matched = await make(firm, email="iris@oak.example", person={**IRIS, "lastName": "Oakley"}, account={"match": True})

    assert ("Iris Oakley", "555", "iris@oak.example", 2) == tuple(
        changed["customer"][key] for key in ("displayName", "phone", "email", "version")
    )
    assert ("Iris Oakley", None) == (cleared["customer"]["displayName"], cleared["customer"]["phone"])
    assert [("CONFLICT", ["expectedVersion"])] == codes(stale)
    assert "MATCHED" == matched["accountOutcome"]


async def test_what_others_depend_on_stays(firm: Company) -> None:
    """A customer with users and children is in use; without them it goes, and its account stays."""
    used = await firm.do("ada", DELETE, id=firm.id("head"))
    made = await make(firm, name="Brief")
    gone = await firm.do("ada", DELETE, id=made["customer"]["id"])
    again = await firm.do("ada", DELETE, id=made["customer"]["id"])
    left = await firm.query(
        "ada", "query($id: ID!) { account(id: $id) { customers { totalCount } } }", id=made["account"]["id"]
    )

    assert ([("IN_USE", ["id"])], 3) == (codes(used), used["errors"][0]["uses"])
    assert "Head has users (2) and children (1). " in used["errors"][0]["message"]
    assert made["customer"]["id"] == gone["deletedId"]
    assert [("NOT_FOUND", ["id"])] == codes(again)
    assert {"account": {"customers": {"totalCount": 0}}} == left


async def test_customers_move_in_the_tree(firm: Company) -> None:
    """Below another one, to the top, and never below themselves; the way that would close is told."""
    down = await firm.do("ada", PARENT, customerId=firm.id("other"), parentId=firm.id("branch"))
    closed = await firm.do("ada", PARENT, customerId=firm.id("head"), parentId=firm.id("other"))
    itself = await firm.do("ada", PARENT, customerId=firm.id("head"), parentId=firm.id("head"))
    up = await firm.do("ada", PARENT, customerId=firm.id("other"), parentId=None)

    assert (firm.id("branch"), 2) == (down["customer"]["parent"]["id"], down["customer"]["depth"])
    assert [("CYCLE", ["parentId"])] == codes(closed) == codes(itself)
    assert "Head, Branch, Other" in closed["errors"][0]["message"]
    assert (None, 0) == (up["customer"]["parent"], up["customer"]["depth"])


async def test_moves_at_once_close_no_circle(firm: Company) -> None:
    """20 customers, each moved below the next one at once: the last move that would close the circle is refused."""
    made = [(await make(firm, name=f"C{number}"))["customer"]["id"] for number in range(20)]
    moved = await asyncio.gather(
        *(firm.do("ada", PARENT, customerId=one, parentId=made[(at + 1) % 20]) for at, one in enumerate(made))
    )
    circle = cypher(
        *("MATCH (c:Customer {organizationId: ", param(firm.world.organization_id), "})"),
        "-[:CHILD_OF*1..25]->(c) RETURN count(*) AS row",
    )

    assert 1 == sum(codes(one) == [("CYCLE", ["parentId"])] for one in moved)
    assert [[0]] == await firm.database.read([print_fragment(circle)])


async def test_a_customer_changes_its_account(firm: Company) -> None:
    """To another one or to a new one made after it; the account that it leaves stays."""
    mill, yard = await make(firm, name="Mill"), await make(firm, name="Yard")
    ask = {"customerId": mill["customer"]["id"]}
    given = await firm.do("ada", ACCOUNT, **ask, account={"id": yard["account"]["id"]})
    new = await firm.do("ada", ACCOUNT, **ask, account={"create": {"name": "Works", "kind": "GROUP"}})

    assert ("GIVEN", "Yard") == (given["accountOutcome"], given["account"]["name"])
    assert ("CREATED", {"name": "Works", "kind": "GROUP"}) == (new["accountOutcome"], new["account"])
    assert {"name": "Works"} == new["customer"]["account"]
