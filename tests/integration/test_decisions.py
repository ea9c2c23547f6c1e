"""`viewer`: what roles give together, and whether an action on a record is allowed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from graph.permissions import Role, granted
from graph.viewer import Viewer
from tests.asking import Asker
from tests.world import World

CAN = """query Can($id: ID!) {
  viewer {
    view: can(action: VIEW, id: $id) { allowed reason }
    edit: can(action: EDIT, id: $id) { allowed reason }
    delete: can(action: DELETE, id: $id) { __typename allowed reason }
  }
}"""
ABSENT = {"allowed": False, "reason": "There is no such record."}


def seller(world: World) -> Viewer:
    """Somebody of the unit that owns every other customer, and who owns the others."""
    roles = [
        Role("Reader", {("Customer", "VIEW"): "DIVISION", ("Account", "VIEW"): "UNIT"}),
        Role("Seller", {("Customer", "VIEW"): "USER", ("Customer", "EDIT"): "USER"}),
    ]
    own = world.uuid("uma")
    return replace(
        world.viewer(), grants=granted(roles), unit_owners=(own,), division_owners=(own, world.uuid("sales"))
    )


async def test_permissions_are_those_of_all_roles(world: World, ask: Asker) -> None:
    """Of several roles the level that reaches furthest counts, and its role is named."""
    query = "{ viewer { displayName effectivePermissions { entity action level role } } }"

    answer = await ask(seller(world), query)

    assert ["accessVersion" in text for text in answer.statements] == [True], "no more than whether this is current"
    assert answer.data["viewer"]["effectivePermissions"] == [
        {"entity": "Account", "action": "VIEW", "level": "UNIT", "role": "Reader"},
        {"entity": "Customer", "action": "EDIT", "level": "USER", "role": "Seller"},
        {"entity": "Customer", "action": "VIEW", "level": "DIVISION", "role": "Reader"},
    ]


async def test_decisions_name_their_reason(world: World, ask: Asker) -> None:
    """What is one's own may be changed, what is the unit's only seen, and no role lets anything be deleted."""
    own = (await ask.data(seller(world), CAN, id=world.id("north")))["viewer"]
    other = (await ask.data(seller(world), CAN, id=world.id("head")))["viewer"]

    told = "on records of type Customer at"
    assert own["edit"] == {
        "allowed": True,
        "reason": f"The role Seller gives EDIT {told} USER, which does reach it.",
    }
    assert other["view"] == {
        "allowed": True,
        "reason": f"The role Reader gives VIEW {told} DIVISION, which does reach it.",
    }
    assert other["edit"] == {
        "allowed": False,
        "reason": f"The role Seller gives EDIT {told} USER, which does not reach it.",
    }
    assert own["delete"] == {
        "__typename": "Decision",
        "allowed": False,
        "reason": "No role gives DELETE on records of type Customer.",
    }


@pytest.mark.parametrize("name", ["studio", "order1"])
async def test_what_is_not_seen_is_not_there(name: str, world: World, ask: Asker) -> None:
    """A record out of sight, of another organisation or of none gets the same answer."""
    unknown = replace(world, key="nowhere")
    for place in (world, unknown):
        answer = (await ask.data(seller(world), CAN, id=place.id(name)))["viewer"]

        assert answer["view"] == answer["edit"] == ABSENT


async def test_customer_users_decide_by_their_customer(world: World, ask: Asker) -> None:
    """The levels of customer users: own, of the customer, of the customers below it."""
    role = Role("Head", {("Customer", "VIEW"): "CORPORATE", ("Customer", "EDIT"): "DEPARTMENT"})
    viewer = replace(
        world.viewer(),
        id=world.uuid("amanda"),
        grants=granted([role]),
        staff=False,
        customer_id=world.uuid("head"),
    )

    found = {name: (await ask.data(viewer, CAN, id=world.id(name)))["viewer"] for name in ("head", "mill", "shop")}

    assert [found[name]["view"]["allowed"] for name in ("head", "mill", "shop")] == [True, True, False]
    assert [found[name]["edit"]["allowed"] for name in ("head", "mill", "shop")] == [True, False, False]
    assert found["shop"]["edit"] == ABSENT
