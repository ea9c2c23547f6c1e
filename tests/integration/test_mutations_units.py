"""Mutations of business units and owners: their tree, who may, and that they hold from the next request on."""

from __future__ import annotations

import asyncio
import json

from tests.company import (
    ASSIGN,
    CREATE_UNIT,
    DELETE_UNIT,
    SET_UNITS,
    UPDATE_UNIT,
    Company,
    codes,
)


async def test_units_make_a_tree_and_hold_at_once(firm: Company) -> None:
    """No cycle, no unit deleted that is in use; who is put elsewhere sees elsewhere from the next request on."""
    cycle = await firm.do("ada", UPDATE_UNIT, id=firm.id("office"), parentId=firm.id("shops"))
    used = await firm.do("ada", DELETE_UNIT, id=firm.id("north"))
    made = await firm.do("ada", CREATE_UNIT, name="South", parentId=firm.id("office"))
    south = made["businessUnit"]["id"]
    top = await firm.do("ada", UPDATE_UNIT, id=south, parentId=None, name="Far south")
    before = await firm.query("max", "{ customers { totalCount } }")
    await firm.do("ada", SET_UNITS, userId=firm.id("max"), unitIds=[south])
    after = await firm.query("max", "{ customers { totalCount } }")
    await firm.do("ada", SET_UNITS, userId=firm.id("max"), unitIds=[])
    gone = await firm.do("ada", DELETE_UNIT, id=south)

    assert [("CYCLE", ["parentId"])] == codes(cycle)
    assert [("IN_USE", ["id"])] == codes(used)
    assert "Office" == made["businessUnit"]["parent"]["name"]
    assert {"name": "Far south", "parent": None}.items() <= top["businessUnit"].items()
    assert (3, 0) == (before["customers"]["totalCount"], after["customers"]["totalCount"])
    assert south == gone["deletedId"]


async def test_two_moves_at_once_make_no_cycle(firm: Company) -> None:
    """Of two units that are put under each other one stays where it was."""
    made = [(await firm.do("ada", CREATE_UNIT, name=name))["businessUnit"]["id"] for name in ("One", "Two")]

    moves = await asyncio.gather(
        *(firm.do("ada", UPDATE_UNIT, id=here, parentId=there) for here, there in (made, made[::-1]))
    )

    assert [[], [("CYCLE", ["parentId"])]] == sorted(codes(move) for move in moves)


async def test_records_are_assigned_by_who_may(firm: Company) -> None:
    """Staff give what is theirs to give to whom they see; the new owner counts from the next request on."""
    theirs = await firm.do("sam", ASSIGN, recordId=firm.id("head"), ownerId=firm.id("sam"))
    given = await firm.do("sue", ASSIGN, recordId=firm.id("head"), ownerId=firm.id("sam"))
    unit = await firm.do("max", ASSIGN, recordId=firm.id("other"), ownerId=firm.id("shops"))
    nobody = await firm.do("ada", ASSIGN, recordId=firm.id("branch"), ownerId=firm.id("boss"))
    customer = await firm.do("boss", ASSIGN, recordId=firm.id("branch"), ownerId=firm.id("sue"))

    assert [("NOT_FOUND", ["recordId"])] == codes(theirs)
    assert ([], None) == (given["errors"], given["record"])
    assert "Shops" == unit["record"]["owner"]["displayName"]
    assert [("INVALID", ["ownerId"])] == codes(nobody)
    assert [("NOT_FOUND", ["ownerId"])] == codes(customer)
    seen = await firm.query("sam", "{ customers { nodes { displayName } } }")
    assert ["Head"] == [one["displayName"] for one in seen["customers"]["nodes"]]
    (change,) = await firm.changes("head")
    assert "ASSIGN" == change["action"]
    assert [firm.id("sue"), firm.id("sam")] == [json.loads(change[side])["owner"] for side in ("before", "after")]
