"""Mutations of those who sign in: their rules, their errors, who may, and that they hold from the next request on."""

from __future__ import annotations

import asyncio
import json

from tests.company import (
    CREATE_CUSTOMER_ROLE,
    CREATE_CUSTOMER_USER,
    CREATE_USER,
    CUSTOMER_ROLES,
    ROLES,
    SET,
    SET_UNITS,
    UPDATE_CUSTOMER_USER,
    UPDATE_USER,
    Company,
    codes,
    permission,
)


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
