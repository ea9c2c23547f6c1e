"""Trees and keys of many customers at once: rows name each other in any order, and no circle can come about."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from app.verification import chosen_organizations, verify
from graph.database import Database
from graph.ids import parse_global_id
from tests.asking import Asker
from tests.company import ASSIGN, Company, company

PAYLOAD = """
  results { row outcome customer { id displayName originId version parent { displayName } }
    errors { code message field } }
  errors { code message field } writeId """
CREATE = f"mutation($input: CreateCustomersInput!) {{ createCustomers(input: $input) {{ {PAYLOAD} }} }}"
UPDATE = f"mutation($input: UpdateCustomersInput!) {{ updateCustomers(input: $input) {{ {PAYLOAD} }} }}"
UPSERT = f"mutation($input: UpsertCustomersInput!) {{ upsertCustomers(input: $input) {{ {PAYLOAD} }} }}"
UNDO = "mutation($input: UndoInput!) { undo(input: $input) { left { reason field } errors { code } } }"
FAILED_ROWS, IGNORE = "REJECT_FAILED_ROWS", "IGNORE_FAILED"


@pytest.fixture
async def firm(database: Database, ask: Asker) -> Company:
    """A new organisation for each test."""
    world = company()
    world.node("Channel", "other-shop", name="Other shop", status="ACTIVE", key="other-shop", lifetimeRule="NONE")
    await database.write(list(world.statements()))
    return Company(database, ask, world)


async def done(firm: Company, mutation: str, *rows: dict[str, Any], who: str = "ada", **given: Any) -> dict[str, Any]:
    """The payload of a bulk write of customers, in the outlet unless another channel is given."""
    channel = {} if mutation is UPDATE else {"channelId": firm.id("outlet")}
    return await firm.do(who, mutation, **{**channel, "customers": list(rows), **given})


def tree(payload: dict[str, Any]) -> dict[str, str | None]:
    """The name of each customer's parent, by the name of the customer."""
    written = [result["customer"] for result in payload["results"] if result["customer"]]
    return {one["displayName"]: one["parent"] and one["parent"]["displayName"] for one in written}


def told(payload: dict[str, Any]) -> list[tuple[str, Any]]:
    """Code and field of all errors, those of rows last."""
    rows = [error for result in payload["results"] or () for error in result["errors"]]
    return [(error["code"], error["field"]) for error in (*payload["errors"], *rows)]


def ids(payload: dict[str, Any]) -> dict[str, str]:
    """The ids of the customers by their keys."""
    return {one["customer"]["originId"]: one["customer"]["id"] for one in payload["results"] if one["customer"]}


def below(key: str, parent: str | None = None) -> dict[str, Any]:
    """A row that says its parent by the key; a root where there is none."""
    return {"originId": key, "name": key, "parentOriginId": parent}


async def expect_whole(firm: Company) -> None:
    """`c360 verify` finds nothing wrong with what these writes touch."""
    organizations = await chosen_organizations(firm.database, firm.world.key)
    found = [one async for one in verify(firm.database, organizations)]

    # The company of these tests has customers without accounts, and users of whom no test of these knows.
    ours = {"place in the tree", "parent", "version", "copy of the channel", "copy of the owner", "record of a change"}
    assert [] == [one for one in found if one.what in ours]


@pytest.mark.parametrize("mutation", [CREATE, UPSERT])
async def test_rows_name_each_other_in_any_order(firm: Company, mutation: str) -> None:
    """A hierarchy comes as the source has it, leaves first or last; a customer that is there is named alike."""
    first = await done(firm, mutation, below("leaf", "branch"), below("branch", "root"), below("root"))
    later = await done(
        firm, mutation, below("twig", "leaf"), {"originId": "side", "name": "side", "parentId": firm.id("head")}
    )

    assert {"leaf": "branch", "branch": "root", "root": None} == tree(first)
    assert {"twig": "leaf", "side": "Head"} == tree(later)
    await expect_whole(firm)


async def test_an_upsert_moves_what_is_there(firm: Company) -> None:
    """Only what differs is written; an absent parent stays, null makes a root; each move is on record."""
    rows = [below("a"), below("b", "a"), below("c", "b")]
    first = await done(firm, UPSERT, *rows)
    again = await done(firm, UPSERT, *rows, {"originId": "d", "name": "d"})
    moved = await done(firm, UPSERT, {"originId": "b"}, below("c", "a"), below("a", "d"), below("d"))
    await done(firm, UPSERT, {"originId": "b", "parentId": None})

    assert ["UNCHANGED"] * 3 == [one["outcome"] for one in again["results"][:3]]
    assert {"b": "a", "c": "a", "a": "d", "d": None} == tree(moved)
    assert ["UNCHANGED", "UPDATED", "UPDATED", "UNCHANGED"] == [one["outcome"] for one in moved["results"]]
    of_b = await firm.changes(parse_global_id(ids(first)["b"])[1])
    assert [f'{{"parent":"{ids(first)["a"]}"}}', '{"parent":null}'] == [of_b[-1]["before"], of_b[-1]["after"]]
    await expect_whole(firm)


async def test_no_circle_comes_about(firm: Company) -> None:
    """Not with what is there, not within one call, not with oneself; under each policy."""
    await done(firm, UPSERT, below("a"), below("b", "a"), below("c", "b"), below("x"))

    alone = await done(firm, UPSERT, below("a", "c"))
    together = await done(firm, CREATE, below("1", "2"), below("2", "3"), below("3", "1"), below("4", "4"))
    some = await done(firm, UPSERT, below("a", "x"), below("x", "c"), below("y", "a"), errorPolicy=FAILED_ROWS)
    left_out = await done(firm, UPSERT, {**below("a", "c"), "name": "A"}, errorPolicy=IGNORE)

    assert [("CYCLE", ["customers", "0", "parentOriginId"])] == told(alone)
    assert "It would be above itself: a, b, c, a." == alone["errors"][0]["message"]
    assert {("CYCLE", str(at)) for at in range(4)} == {(code, field[1]) for code, field in told(together)}
    assert None is together["results"]
    assert ["FAILED", "FAILED", "CREATED"] == [one["outcome"] for one in some["results"]]
    assert {"y": "a"} == tree(some)
    assert [("CYCLE", ["customers", "0", "parentOriginId"])] == told(left_out)
    assert {"A": None} == tree(left_out)
    await expect_whole(firm)


async def test_a_refused_move_may_close_another_circle(firm: Company) -> None:
    """What is above a row that fails is what was above it before: the others are looked at again."""
    await done(firm, UPSERT, below("y"), below("x", "y"), below("z"))
    payload = await done(
        firm, UPSERT, below("x", "z"), below("z", "x"), below("y", "x"), below("w", "y"), errorPolicy=FAILED_ROWS
    )

    assert ["FAILED", "FAILED", "FAILED", "CREATED"] == [one["outcome"] for one in payload["results"]]
    assert {"CYCLE"} == {code for code, _ in told(payload)}
    await expect_whole(firm)


async def test_rows_below_a_row_that_fails(firm: Company) -> None:
    """Nothing hangs in the air: they fail too, or become roots, as the policy says."""
    rows = [below("leaf", "branch"), below("branch", "nowhere"), below("apart")]
    none = await done(firm, CREATE, *rows)
    some = await done(firm, CREATE, *rows, errorPolicy=FAILED_ROWS)
    all_ = await done(firm, UPSERT, *rows, {**below("late", "bad")}, below("bad " * 99), errorPolicy=IGNORE)

    assert [("NOT_FOUND", ["customers", "1", "parentOriginId"])] == told(none)
    assert ["FAILED", "FAILED", "CREATED"] == [one["outcome"] for one in some["results"]]
    assert {("NOT_FOUND", "0"), ("NOT_FOUND", "1")} == {(code, field[1]) for code, field in told(some)}
    assert {"leaf": "branch", "branch": None, "apart": None, "late": None} == tree(all_)
    assert 2 + 3 * 2 == await firm.written()
    await expect_whole(firm)


async def test_a_key_that_is_taken_still_names_its_customer(firm: Company) -> None:
    """The row that wanted to make it fails, and those below it hang where the key leads."""
    await done(firm, CREATE, below("a"))
    payload = await done(firm, CREATE, below("a", "b"), below("b"), below("c", "a"), errorPolicy=FAILED_ROWS)

    assert [("TAKEN", ["customers", "0", "originId"])] == told(payload)
    assert {"b": None, "c": "a"} == tree(payload)
    await expect_whole(firm)


async def test_a_hierarchy_comes_once(firm: Company) -> None:
    """Several calls at once that bring the same tree in different order make one of it."""
    rows = [below(str(number), str((number - 1) // 3) if number else None) for number in range(20)]
    payloads = await asyncio.gather(*(done(firm, UPSERT, *(rows if at % 2 else rows[::-1])) for at in range(4)))

    made = [result["outcome"] for payload in payloads for result in payload["results"]]
    assert (20, 60) == (made.count("CREATED"), made.count("UNCHANGED"))
    assert 1 == len({tuple(sorted(tree(payload).items())) for payload in payloads})
    await expect_whole(firm)


async def test_parents_that_are_no_good(firm: Company) -> None:
    """Both ways at once, another channel's key, a record of another type, what the viewer does not see."""
    await done(firm, CREATE, below("far"), channelId=firm.id("other-shop"))
    payload = await done(
        firm,
        CREATE,
        {**below("1", "2"), "parentId": firm.id("head")},
        below("2", "far"),
        {"originId": "3", "parentId": firm.id("outlet")},
        {"originId": "4", "parentId": "nonsense"},
        below("5", "x" * 10_000),
        errorPolicy=FAILED_ROWS,
    )
    unseen = await done(firm, CREATE, {"originId": "6", "parentId": firm.id("head")}, who="sam")

    assert [
        ("INVALID", ["customers", "0", "parentOriginId"]),
        ("NOT_FOUND", ["customers", "1", "parentOriginId"]),
        ("INVALID", ["customers", "2", "parentId"]),
        ("INVALID", ["customers", "3", "parentId"]),
        ("NOT_FOUND", ["customers", "4", "parentOriginId"]),
    ] == told(payload)
    assert [("NOT_FOUND", ["customers", "0", "parentId"])] == told(unseen)


async def test_customers_move_by_id(firm: Company) -> None:
    """Several at once, by id or by the key of their own channel; a wrong version moves nothing."""
    made = ids(await done(firm, CREATE, below("a"), below("b"), below("c")))
    await firm.do("ada", ASSIGN, recordId=made["c"], ownerId=firm.id("sam"))
    moved = await done(
        firm,
        UPDATE,
        {"id": made["b"], "parentId": made["a"]},
        {"id": made["a"], "parentOriginId": "c"},
        {"id": firm.id("branch"), "parentId": None},
    )
    stale = await done(firm, UPDATE, {"id": made["b"], "parentId": None, "expectedVersion": 1})
    keyless = await done(firm, UPDATE, {"id": firm.id("head"), "parentOriginId": "a"})
    closing = await done(firm, UPDATE, {"id": made["c"], "parentId": made["b"]})
    foreign = await done(firm, UPDATE, {"id": made["a"], "parentId": None}, who="sam")

    assert {"b": "a", "a": "c", "Branch": None} == tree(moved)
    assert [("CONFLICT", ["customers", "0", "expectedVersion"])] == told(stale)
    assert [("NOT_FOUND", ["customers", "0", "parentOriginId"])] == told(keyless)
    assert [("CYCLE", ["customers", "0", "parentId"])] == told(closing)
    assert [("NOT_FOUND", ["customers", "0", "id"])] == told(foreign)
    await expect_whole(firm)


async def test_moves_at_once_close_no_circle(firm: Company) -> None:
    """Of two calls that would close one together the second sees the first; single moves wait likewise."""
    keys = [f"n{number}" for number in range(8)]
    made = ids(await done(firm, CREATE, *(below(key) for key in keys)))
    moves = [
        {"id": made[key], "parentOriginId": keys[(at + step) % 8]} for step in (1, 7, 3) for at, key in enumerate(keys)
    ]
    payloads = await asyncio.gather(*(done(firm, UPDATE, move) for move in moves))

    codes = {code for payload in payloads for code, _ in told(payload)}
    assert codes == {"CYCLE"}
    await expect_whole(firm)


async def test_a_key_can_be_changed(firm: Company) -> None:
    """To one that is free in the channel; another channel's does not count; null takes it away."""
    made = ids(await done(firm, CREATE, {"originId": "1"}, {"originId": "2"}, {"originId": "3"}))
    await done(firm, CREATE, {"originId": "9"}, channelId=firm.id("other-shop"))
    changed = await done(
        firm,
        UPDATE,
        {"id": made["1"], "originId": "9"},
        {"id": made["2"], "originId": None},
        {"id": made["3"], "originId": "3", "parentOriginId": "9"},
    )
    again = await done(firm, UPSERT, {"originId": "9"}, {"originId": "1"})

    found = [one["customer"] for one in changed["results"]]
    assert [("9", "Customer 9"), (None, "Customer"), ("3", "Customer 3")] == [
        (one["originId"], one["displayName"]) for one in found
    ]
    assert "Customer 9" == found[2]["parent"]["displayName"]
    assert ["UNCHANGED", "CREATED"] == [one["outcome"] for one in again["results"]]
    await expect_whole(firm)


async def test_a_key_that_is_taken(firm: Company) -> None:
    """By another customer or another row, also one that gives it up in the same call; the others are changed."""
    made = ids(await done(firm, CREATE, *({"originId": str(n)} for n in range(5))))
    rows = [
        {"id": made["0"], "originId": "1"},
        {"id": made["1"], "originId": "new"},
        {"id": made["2"], "originId": "same"},
        {"id": made["3"], "originId": "same"},
        {"id": made["4"], "originId": "x" * 256},
    ]
    some = await done(firm, UPDATE, *rows, errorPolicy=FAILED_ROWS)
    none = await done(firm, UPDATE, {"id": made["0"], "phone": "1"}, {"id": made["3"], "originId": "new"})

    assert [
        ("TAKEN", ["customers", "0", "originId"]),
        ("TAKEN", ["customers", "3", "originId"]),
        ("INVALID", ["customers", "4", "originId"]),
    ] == told(some)
    assert ["0", "new", "same", "3", "4"] == [
        (await firm.query("ada", "query($id: ID!) { customer(id: $id) { originId } }", id=id_))["customer"]["originId"]
        for id_ in made.values()
    ]
    assert [("TAKEN", ["customers", "1", "originId"])] == told(none)
    await expect_whole(firm)


async def test_one_of_several_gets_a_key(firm: Company) -> None:
    """The constraint decides, whoever comes first: the others are told in their rows."""
    made = ids(await done(firm, CREATE, *({"originId": str(n)} for n in range(6))))
    payloads = await asyncio.gather(
        *(done(firm, UPDATE, {"id": id_, "originId": "wanted"}) for id_ in made.values()),
        done(firm, UPSERT, {"originId": "wanted"}),
    )

    assert {("TAKEN", "originId")} == {(code, field[2]) for payload in payloads for code, field in told(payload)}
    assert 1 == sum(1 for payload in payloads if payload["results"] and payload["results"][0]["outcome"] != "UNCHANGED")
    await expect_whole(firm)


async def test_a_bulk_move_is_undone(firm: Company) -> None:
    """All rows of a write go back to where they were."""
    made = ids(await done(firm, CREATE, below("a"), below("b", "a"), below("c", "b")))
    moved = await done(
        firm, UPDATE, {"id": made["c"], "parentId": None, "originId": "C"}, {"id": made["a"], "parentId": made["c"]}
    )
    undone = await firm.do("ada", UNDO, writeId=moved["writeId"])

    assert {"left": [], "errors": []} == undone
    assert {"a": None, "b": "a", "c": "b"} == tree(await done(firm, UPSERT, *({"originId": key} for key in "abc")))
    await expect_whole(firm)


@pytest.mark.parametrize("turn", [1, -1])
async def test_a_tree_that_stands_on_its_head_is_undone(firm: Company, turn: int) -> None:
    """In whatever order the rows come: nothing is left of what was made, and no way back closes a circle."""
    rows = [below("a"), below("b", "a"), below("c", "b"), below("d", "c")]
    made = await done(firm, CREATE, *rows[::turn])
    turned = [below("a", "b"), below("b", "c"), below("c", "d"), below("d"), below("e", "a"), below("f", "e")]
    moved = await done(firm, UPSERT, *turned[::turn])
    upright = await firm.do("ada", UNDO, writeId=moved["writeId"])
    found = tree(await done(firm, UPDATE, *({"id": id_} for id_ in ids(made).values())))
    gone = await firm.do("ada", UNDO, writeId=made["writeId"])

    assert {"a": "b", "b": "c", "c": "d", "d": None, "e": "a", "f": "e"} == tree(moved)
    assert {"left": [], "errors": []} == upright == gone
    assert {"a": None, "b": "a", "c": "b", "d": "c"} == found
    await expect_whole(firm)
