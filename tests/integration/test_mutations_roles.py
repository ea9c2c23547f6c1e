"""Mutations of roles: what they give, who may give it, and that it holds from the next request on."""

from __future__ import annotations

import json

from tests.company import (
    CREATE_CUSTOMER_ROLE,
    CREATE_ROLE,
    DELETE_CUSTOMER_ROLE,
    DELETE_ROLE,
    ROLES,
    SET,
    Company,
    codes,
    permission,
)


async def test_permissions_are_set_and_hold_at_once(firm: Company) -> None:
    """What a role gives changes in its holders' next request, and the change is on record."""
    assert 3 == (await firm.query("max", "{ customers { totalCount } }"))["customers"]["totalCount"]

    payload = await firm.do(
        "ada",
        SET,
        roleId=firm.id("manager"),
        permissions=[permission("Customer", "VIEW", "USER")],
        hiddenFields=[{"entity": "Contact", "fields": ["EMAIL"]}],
    )

    assert [] == payload["errors"]
    assert "Customer VIEW USER" in payload["role"]["permissions"]
    assert ["Contact EMAIL"] == payload["role"]["hiddenFields"]
    assert 2 == payload["role"]["version"]
    assert 0 == (await firm.query("max", "{ customers { totalCount } }"))["customers"]["totalCount"]
    (change,) = await firm.changes("manager")
    assert ("EDIT", "Role", "User", "request") == tuple(
        change[key] for key in ("action", "recordType", "byType", "requestId")
    )
    assert {"permissions", "hiddenFields"} == set(json.loads(change["before"]))
    assert ["Contact EMAIL"] == json.loads(change["after"])["hiddenFields"]


async def test_levels_must_be_of_the_scale_and_all_errors_come_at_once(firm: Company) -> None:
    """A level that an entity does not have is refused with those that it has, and nothing is written."""
    payload = await firm.do(
        "ada",
        SET,
        roleId=firm.id("sales"),
        permissions=[
            permission("Product", "VIEW", "UNIT"),
            permission("Customer", "VIEW", "CORPORATE"),
            permission("OrderItem", "VIEW", "USER"),
            permission("Customer", "EDIT", "UNIT"),
        ],
    )

    assert None is payload["role"]
    assert [
        ("INVALID", ["permissions", "0", "level"]),
        ("INVALID", ["permissions", "1", "level"]),
        ("INVALID", ["permissions", "2", "entity"]),
    ] == codes(payload)
    assert "NONE, ORGANIZATION, SYSTEM" in payload["errors"][0]["message"]
    assert [] == await firm.changes("sales")


async def test_nobody_gives_more_than_they_have(firm: Company) -> None:
    """Neither by a permission, nor by showing what is hidden from them, nor by a role."""
    await firm.do(
        "ada",
        SET,
        roleId=firm.id("manager"),
        permissions=[permission("Role", "EDIT", "ORGANIZATION"), permission("User", "EDIT", "ORGANIZATION")],
        hiddenFields=[{"entity": "Contact", "fields": ["EMAIL"]}],
    )

    over = await firm.do(
        "max", SET, roleId=firm.id("sales"), permissions=[permission("Customer", "VIEW", "ORGANIZATION")]
    )
    shows = await firm.do("max", SET, roleId=firm.id("manager"), hiddenFields=[{"entity": "Contact", "fields": []}])
    gives = await firm.do("max", ROLES, userId=firm.id("sam"), roleIds=[firm.id("administrator")])
    within = await firm.do(
        "max", SET, roleId=firm.id("sales"), permissions=[permission("Customer", "VIEW", "DIVISION")]
    )

    assert [("LEVEL_TOO_HIGH", ["permissions", "0", "level"])] == codes(over)
    told = {"__typename": "LevelTooHigh", "entity": "Customer", "action": "VIEW", "level": "ORGANIZATION"}
    assert {**told, "held": "DIVISION"}.items() <= over["errors"][0].items()
    assert [("LEVEL_TOO_HIGH", ["hiddenFields"])] == codes(shows)
    assert ("LEVEL_TOO_HIGH", ["roleIds"]) in codes(gives)
    assert [] == within["errors"]


async def test_replace_takes_away_what_is_not_given(firm: Company) -> None:
    """`replace` leaves only what is given."""
    payload = await firm.do(
        "ada", SET, roleId=firm.id("sales"), replace=True, permissions=[permission("Customer", "VIEW", "USER")]
    )

    assert ["Customer VIEW USER"] == payload["role"]["permissions"]


async def test_a_company_edits_its_own_copy_of_a_predefined_role(firm: Company) -> None:
    """Its users, those of the companies below it included, move to the copy; other companies keep the original."""
    payload = await firm.do(
        "boss", SET, roleId=firm.id("customer-buyer"), permissions=[permission("Order", "VIEW", "CORPORATE")]
    )
    again = await firm.do(
        "boss", SET, roleId=firm.id("customer-buyer"), permissions=[permission("Order", "VIEW", "USER")]
    )

    assert [] == payload["errors"]
    copy = payload["role"]["id"]
    assert copy != firm.id("customer-buyer")
    assert firm.id("head") == payload["role"]["customer"]["id"]
    assert "Order VIEW CORPORATE" in payload["role"]["permissions"]
    held = await firm.query("ada", "{ customerUsers { nodes { displayName roles { id } } } }")
    roles = {user["displayName"]: user["roles"] for user in held["customerUsers"]["nodes"]}
    assert [{"id": copy}] == roles["Bea"] == roles["Ben"]
    assert [{"id": firm.id("customer-buyer")}] == roles["Olga"]
    assert ["EDIT"] == [change["action"] for change in await firm.changes("ben")]
    assert [("CONFLICT", ["roleId"])] == codes(again)


async def test_customers_manage_what_is_theirs_to_manage(firm: Company) -> None:
    """Not roles that the seller keeps, not those of others, not the flags of their own, and no predefined ones."""
    ask = {"permissions": [permission("Order", "VIEW", "USER")]}
    own = await firm.do("boss", CREATE_CUSTOMER_ROLE, name="Buyer of lamps", permissions=ask["permissions"])
    kept = await firm.do("boss", SET, roleId=firm.id("customer-guest"), **ask)
    others = await firm.do("ove", SET, roleId=own["role"]["id"], **ask)
    flags = await firm.do("boss", CREATE_CUSTOMER_ROLE, name="Mine", isPublic=True)
    above = await firm.do("boss", CREATE_CUSTOMER_ROLE, name="Mine", customerId=firm.id("other"))
    predefined = await firm.do("boss", DELETE_CUSTOMER_ROLE, id=firm.id("customer-buyer"))
    buyer = await firm.do("bea", CREATE_CUSTOMER_ROLE, name="Mine")

    assert (firm.id("head"), True) == (own["role"]["customer"]["id"], own["role"]["selfManaged"])
    assert [("FORBIDDEN", ["roleId"])] == codes(kept)
    assert [("NOT_FOUND", ["roleId"])] == codes(others)
    assert [("FORBIDDEN", ["isPublic"])] == codes(flags)
    assert [("NOT_FOUND", ["customerId"])] == codes(above)
    assert ("FORBIDDEN", ["id"]) in codes(predefined)
    assert [("FORBIDDEN", None)] == codes(buyer)


async def test_a_role_in_use_is_not_deleted(firm: Company) -> None:
    """The error says how many hold it; a role that nobody holds goes, and its name is free again."""
    used = await firm.do("ada", DELETE_ROLE, id=firm.id("sales"))
    free = await firm.do("ada", DELETE_ROLE, id=firm.id("marketing"))
    again = await firm.do("ada", CREATE_ROLE, name="Marketing")

    assert [("IN_USE", ["id"])] == codes(used)
    assert 2 == used["errors"][0]["uses"]
    assert firm.id("marketing") == free["deletedId"]
    assert [] == again["errors"]
    assert ["DELETE"] == [change["action"] for change in await firm.changes("marketing")]


async def test_what_one_can_do_to_roles_is_what_mutations_do(firm: Company) -> None:
    """A company's administrators change managed roles and delete their own; the seller's own roles they only see."""
    asked = """query($id: ID!) { viewer { view: can(action: VIEW, id: $id) { allowed }
      edit: can(action: EDIT, id: $id) { allowed reason } delete: can(action: DELETE, id: $id) { allowed } } }"""
    own = await firm.do("boss", CREATE_CUSTOMER_ROLE, name="Clerk")
    cases = {
        "guest": (firm.id("customer-guest"), (True, False, False)),
        "buyer": (firm.id("customer-buyer"), (True, True, False)),
        "own": (own["role"]["id"], (True, True, True)),
    }
    for name, (role, expected) in cases.items():
        found = (await firm.query("boss", asked, id=role))["viewer"]
        assert expected == tuple(found[action]["allowed"] for action in ("view", "edit", "delete")), name
        assert name != "guest" or found["edit"]["reason"] == "Those who sell to you manage it alone."
        # Deleting comes last: what is allowed happens.
        edit = await firm.do("boss", SET, roleId=role, permissions=[permission("Cart", "VIEW", "NONE")])
        delete = await firm.do("boss", DELETE_CUSTOMER_ROLE, id=role)
        assert expected[1:] == (not edit["errors"], not delete["errors"]), name
    seller = (await firm.query("ada", asked, id=firm.id("customer-guest")))["viewer"]
    assert seller["edit"]["allowed"]
    assert seller["delete"]["allowed"]
