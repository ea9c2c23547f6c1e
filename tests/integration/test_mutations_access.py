"""Mutations that manage access: their rules, their errors, who may, and that they hold from the next request on."""

from __future__ import annotations

import asyncio
import json

import pytest

from graph.database import Database
from tests.asking import Asker
from tests.company import (
    ASSIGN,
    CREATE_CUSTOMER_ROLE,
    CREATE_CUSTOMER_USER,
    CREATE_ROLE,
    CREATE_UNIT,
    CREATE_USER,
    CUSTOMER_ROLES,
    DELETE_CUSTOMER_ROLE,
    DELETE_ROLE,
    DELETE_UNIT,
    ROLES,
    SET,
    SET_UNITS,
    UPDATE_CUSTOMER_USER,
    UPDATE_UNIT,
    UPDATE_USER,
    Company,
    codes,
    company,
    permission,
)


@pytest.fixture
async def firm(database: Database, ask: Asker) -> Company:
    """A new organisation for each test that writes."""
    world = company()
    await database.write(list(world.statements()))
    return Company(database, ask, world)


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


async def test_who_may_sign_in_has_a_role(firm: Company) -> None:
    """Of staff and of customers; one who may not sign in needs none."""
    none = await firm.do("ada", ROLES, userId=firm.id("sue"), roleIds=[])
    customer = await firm.do("boss", CUSTOMER_ROLES, customerUserId=firm.id("bea"), roleIds=[])
    await firm.do("ada", UPDATE_USER, id=firm.id("sue"), enabled=False)
    off = await firm.do("ada", ROLES, userId=firm.id("sue"), roleIds=[])
    on = await firm.do("ada", UPDATE_USER, id=firm.id("sue"), enabled=True)

    assert [("ROLE_REQUIRED", ["roleIds"])] == codes(none) == codes(customer)
    assert [] == off["errors"]
    assert [("ROLE_REQUIRED", ["enabled"])] == codes(on)


async def test_an_administrator_is_always_left(firm: Company) -> None:
    """Nobody takes the last one's rights, by whichever way; of two who take each other's rights one stays."""
    ada, sue = firm.id("ada"), firm.id("sue")
    ways = (
        await firm.do("ada", ROLES, userId=ada, roleIds=[firm.id("sales")]),
        await firm.do("ada", UPDATE_USER, id=ada, enabled=False),
        await firm.do("ada", SET, roleId=firm.id("administrator"), permissions=[permission("Role", "EDIT", "NONE")]),
    )
    await firm.do("ada", ROLES, userId=sue, roleIds=[firm.id("administrator")])
    viewers = {name: await firm.viewer(name) for name in ("ada", "sue")}
    both = await asyncio.gather(
        firm.ask.data(viewers["ada"], ROLES, input={"userId": sue, "roleIds": [firm.id("sales")]}),
        firm.ask(viewers["sue"], ROLES, input={"userId": ada, "roleIds": [firm.id("sales")]}),
    )

    assert [[("LAST_ADMINISTRATOR", None)]] * 3 == [codes(way) for way in ways]
    answers = [both[0]["setUserRoles"], both[1].data["setUserRoles"]]
    assert 1 == sum(not answer["errors"] for answer in answers)
    held = await firm.query("sam", "{ users { nodes { displayName roles { name } } } }")
    assert 1 == sum({"name": "Administrator"} in user["roles"] for user in held["users"]["nodes"])


async def test_users_are_made_and_changed(firm: Company) -> None:
    """Absent fields stay, null clears, the name to show follows, a username is unique."""
    given = {"email": "new@access.example", "firstName": "Nia", "lastName": "New", "phone": "1", "title": "Clerk"}
    made = await firm.do("ada", CREATE_USER, **given, roleIds=[firm.id("sales")], unitIds=[firm.id("shops")])
    taken = await firm.do("ada", CREATE_USER, **given, roleIds=[firm.id("sales")])
    changed = await firm.do("ada", UPDATE_USER, id=made["user"]["id"], lastName=None, phone=None)
    wrong = await firm.do("ada", CREATE_USER, email="nobody", username=" ", roleIds=[])
    sales = await firm.do("sue", CREATE_USER, **given, roleIds=[firm.id("sales")])

    assert ("Nia New", "new@access.example") == (made["user"]["displayName"], made["user"]["username"])
    assert ["Shops"] == [unit["name"] for unit in made["user"]["businessUnits"]["nodes"]]
    assert [("TAKEN", ["email"])] == codes(taken)
    assert {"displayName": "Nia", "phone": None, "title": "Clerk"}.items() <= changed["user"].items()
    assert {("INVALID", "email"), ("INVALID", "username"), ("ROLE_REQUIRED", "roleIds")} == {
        (code, field[0]) for code, field in codes(wrong)
    }
    assert [("FORBIDDEN", None)] == codes(sales)


async def test_customer_users_are_made_where_one_may(firm: Company) -> None:
    """In one's own company and below, by staff for customers of theirs; with roles of that company alone."""
    own = await firm.do("ove", CREATE_CUSTOMER_ROLE, name="Own")
    given = {"email": "Nia@Access.example", "roleIds": [firm.id("customer-buyer")]}
    below = await firm.do("boss", CREATE_CUSTOMER_USER, **given, customerId=firm.id("branch"))
    taken = await firm.do(
        "ada", CREATE_CUSTOMER_USER, **{**given, "email": "nia@access.example"}, customerId=firm.id("other")
    )
    guests = [
        await firm.do("ada", CREATE_CUSTOMER_USER, **given, isGuest=True, customerId=firm.id("other")) for _ in range(2)
    ]
    hidden = await firm.do("boss", CREATE_CUSTOMER_USER, **given, customerId=firm.id("other"))
    buyer = await firm.do("bea", CREATE_CUSTOMER_USER, **given, customerId=firm.id("head"))
    given["email"] = "more@access.example"
    strange = await firm.do(
        "ada", CREATE_CUSTOMER_USER, **{**given, "roleIds": [own["role"]["id"]]}, customerId=firm.id("head")
    )
    theirs = await firm.do("sam", CREATE_CUSTOMER_USER, **given, customerId=firm.id("head"))

    seller = await firm.do("sue", CREATE_CUSTOMER_USER, **given, customerId=firm.id("head"))
    appoints = await firm.do(
        "sue",
        CREATE_CUSTOMER_USER,
        **{**given, "roleIds": [firm.id("customer-administrator")]},
        customerId=firm.id("head"),
    )

    assert [] == seller["errors"]
    assert [("LEVEL_TOO_HIGH", ["roleIds"])] == codes(appoints)
    assert ("Branch", "Nia@Access.example") == (
        below["customerUser"]["customer"]["displayName"],
        below["customerUser"]["displayName"],
    )
    assert [("TAKEN", ["email"])] == codes(taken)
    assert [[], []] == [codes(guest) for guest in guests]
    assert [("NOT_FOUND", ["customerId"])] == codes(hidden)
    assert [("FORBIDDEN", None)] == codes(buyer)
    assert [("INVALID", ["roleIds"])] == codes(strange)
    assert ("NOT_FOUND", ["customerId"]) in codes(theirs)


async def test_a_customer_user_moves_with_what_it_owns(firm: Company) -> None:
    """Orders, carts and cases move along, both customers are valued again, and each move is on record."""
    world = firm.world
    world.node("Channel", "shop", name="Shop", status="ACTIVE", lifetimeRule="ORDERS_NET", entities=["Order"], key="s")
    placed = "2026-01-02T00:00:00+00:00"
    world.node("Order", "order", name="Order", number="1", status="OPEN", subtotal=1000, currency="USD", at=placed)
    world.node("Cart", "cart", status="OPEN")
    for record, kind in (("order", "PLACED"), ("cart", "HAS_CART")):
        world.link("head", kind, record)
        world.link(record, "OWNED_BY_CUSTOMER_USER", "bea")
    for customer in ("head", "other"):
        world.link(customer, "IN_CHANNEL", "shop")
    await firm.database.write(list(world.statements()))

    refused = await firm.do("boss", UPDATE_CUSTOMER_USER, id=firm.id("bea"), customerId=firm.id("other"))
    moved = await firm.do("ada", UPDATE_CUSTOMER_USER, id=firm.id("bea"), customerId=firm.id("other"), firstName="Bea")

    assert [("NOT_FOUND", ["customerId"])] == codes(refused)
    assert "Other" == moved["customerUser"]["customer"]["displayName"]
    found = await firm.query(
        "ada",
        "{ customers { nodes { displayName lifetimeValue { amount } orders { totalCount } carts { totalCount } } } }",
    )
    shown = {
        one["displayName"]: (
            one["orders"]["totalCount"],
            one["carts"]["totalCount"],
            one["lifetimeValue"] and one["lifetimeValue"]["amount"],
        )
        for one in found["customers"]["nodes"]
    }
    assert (0, 0) == shown["Head"][:2]
    assert (1, 1, "10.00") == shown["Other"]
    (change,) = await firm.changes("order")
    assert {"customer": firm.id("other")} == json.loads(change["after"])
    assert 1 == (await firm.query("ove", "{ orders { totalCount } }"))["orders"]["totalCount"]


async def test_a_buyer_changes_only_the_own_profile(firm: Company) -> None:
    """The own name, not the own roles, company or sign-in; and nobody else."""
    name = await firm.do("bea", UPDATE_CUSTOMER_USER, id=firm.id("bea"), firstName="Bea", lastName="Best")
    place = await firm.do("bea", UPDATE_CUSTOMER_USER, id=firm.id("bea"), customerId=firm.id("head"), enabled=True)
    roles = await firm.do("bea", CUSTOMER_ROLES, customerUserId=firm.id("bea"), roleIds=[firm.id("customer-buyer")])
    other = await firm.do("bea", UPDATE_CUSTOMER_USER, id=firm.id("boss"), firstName="Boo")

    assert "Bea Best" == name["customerUser"]["displayName"]
    assert [("FORBIDDEN", ["enabled"]), ("FORBIDDEN", ["customerId"])] == codes(place)
    assert ("FORBIDDEN", ["customerUserId"]) in codes(roles)
    assert [("FORBIDDEN", ["id"])] == codes(other)


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


async def test_nobody_takes_the_place_of_somebody_who_has_more(firm: Company) -> None:
    """The names with which one signs in are not changed by who has less: it would be a way to have more."""
    managing = [permission("User", action, "ORGANIZATION") for action in ("CREATE", "EDIT")]
    await firm.do("ada", SET, roleId=firm.id("manager"), permissions=managing)

    taken = await firm.do("max", UPDATE_USER, id=firm.id("ada"), username="max-too", email="max@access.example")
    harmless = await firm.do("max", UPDATE_USER, id=firm.id("ada"), title="Boss")
    below = await firm.do("max", UPDATE_USER, id=firm.id("sue"), username="sue-too")

    named = [(code, [name]) for name in ("username", "email") for code in ("FORBIDDEN", "LEVEL_TOO_HIGH")]
    assert named == codes(taken), "out of reach, and more than one's own"
    assert [] == harmless["errors"]
    assert "sue-too" == below["user"]["username"]


async def test_two_moves_at_once_make_no_cycle(firm: Company) -> None:
    """Of two units that are put under each other one stays where it was."""
    made = [(await firm.do("ada", CREATE_UNIT, name=name))["businessUnit"]["id"] for name in ("One", "Two")]

    moves = await asyncio.gather(
        *(firm.do("ada", UPDATE_UNIT, id=here, parentId=there) for here, there in (made, made[::-1]))
    )

    assert [[], [("CYCLE", ["parentId"])]] == sorted(codes(move) for move in moves)


async def test_what_is_hidden_from_the_viewer_is_null_in_the_payload(firm: Company) -> None:
    """A payload is selected with the viewer's access like any query."""
    await firm.do("ada", SET, roleId=firm.id("manager"), permissions=[permission("User", "EDIT", "ORGANIZATION")])
    await firm.do("ada", SET, roleId=firm.id("manager"), hiddenFields=[{"entity": "User", "fields": ["PHONE"]}])

    answer = await firm.ask(await firm.viewer("max"), UPDATE_USER, input={"id": firm.id("sue"), "title": "Seller"})

    assert {"title": "Seller", "phone": None}.items() <= answer.data["updateUser"]["user"].items()
    assert [["updateUser", "user", "phone"]] == [error.path for error in answer.errors]


async def test_nobody_is_put_where_one_does_not_reach(firm: Company) -> None:
    """Into one's own units and those below; with rights on the whole organisation into all."""
    managing = [permission("User", action, "ORGANIZATION") for action in ("CREATE", "EDIT")]
    await firm.do("ada", SET, roleId=firm.id("manager"), permissions=managing)
    given = {"email": "new@access.example", "roleIds": [firm.id("sales")]}

    above = await firm.do("max", SET_UNITS, userId=firm.id("max"), unitIds=[firm.id("office")])
    made = await firm.do("max", CREATE_USER, **given, unitIds=[firm.id("office")])
    below = await firm.do("max", SET_UNITS, userId=firm.id("sue"), unitIds=[firm.id("north"), firm.id("shops")])

    assert [("LEVEL_TOO_HIGH", ["unitIds"])] == codes(above) == codes(made)
    assert [] == below["errors"]


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
