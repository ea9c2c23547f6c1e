"""Addresses of customers and customer users: lists as those of contacts, for whoever may change the record."""

from __future__ import annotations

from typing import Any

from tests.company import ERRORS, Company, codes

ADDRESSES = "id version addresses { id type isPrimary street city }"
UPDATE = f"""mutation($input: UpdateCustomerInput!) {{ updateCustomer(input: $input) {{
  customer {{ {ADDRESSES} }} {ERRORS} }} }}"""
CREATE = f"""mutation($input: CreateCustomerInput!) {{ createCustomer(input: $input) {{
  customer {{ {ADDRESSES} }} {ERRORS} }} }}"""
DELETE = f"mutation($input: DeleteCustomerInput!) {{ deleteCustomer(input: $input) {{ deletedId {ERRORS} }} }}"
UPDATE_USER = f"""mutation($input: UpdateCustomerUserInput!) {{ updateCustomerUser(input: $input) {{
  customerUser {{ {ADDRESSES} }} {ERRORS} }} }}"""
CREATE_USER = f"""mutation($input: CreateCustomerUserInput!) {{ createCustomerUser(input: $input) {{
  customerUser {{ {ADDRESSES} }} {ERRORS} }} }}"""
BILLING, SHIPPING = {"type": "BILLING", "city": "Oslo"}, {"type": "SHIPPING", "city": "Bergen"}


def places(record: dict[str, Any]) -> dict[str, tuple[str | None, bool]]:
    """Type and whether it is primary of each address, by city."""
    return {one["city"]: (one["type"], one["isPrimary"]) for one in record["addresses"]}


async def test_a_customer_has_a_list_of_addresses(firm: Company) -> None:
    """One of them is primary; a list replaces the list, and gives the customer a new version."""
    made = (await firm.do("ada", CREATE, channelId=firm.id("outlet"), name="New", addresses=[BILLING, SHIPPING]))[
        "customer"
    ]
    shipping = next(one for one in made["addresses"] if one["type"] == "SHIPPING")

    changed = await firm.do(
        "ada",
        UPDATE,
        id=made["id"],
        expectedVersion=1,
        addresses=[{"id": shipping["id"], "street": "1 Quay"}, {"city": "Tromsø"}],
    )
    again = await firm.do("ada", UPDATE, id=made["id"], addresses=[{"id": shipping["id"], "street": "2 Quay"}])
    untouched = await firm.do("ada", UPDATE, id=made["id"], name="Newer")
    twice = await firm.do("ada", UPDATE, id=made["id"], addresses=[SHIPPING, SHIPPING])

    assert {"Oslo": ("BILLING", True), "Bergen": ("SHIPPING", False)} == places(made)
    assert {"Bergen": ("SHIPPING", True), "Tromsø": (None, False)} == places(changed["customer"])
    assert [2, 3, 4] == [one["customer"]["version"] for one in (changed, again, untouched)]
    assert [{**shipping, "street": "2 Quay", "isPrimary": True}] == untouched["customer"]["addresses"]
    assert [("INVALID", ["addresses", "1", "type"])] == codes(twice)


async def test_who_may_change_a_record_may_change_its_addresses(firm: Company) -> None:
    """A buyer those of their own, an administrator those of the company and below."""
    customer, buyer = {"id": firm.id("head"), "addresses": [BILLING]}, {"id": firm.id("bea"), "addresses": [SHIPPING]}

    assert {"Oslo": ("BILLING", True)} == places((await firm.do("boss", UPDATE, **customer))["customer"])
    assert [("FORBIDDEN", ["id"])] == codes(await firm.do("bea", UPDATE, **customer))
    assert [("NOT_FOUND", ["id"])] == codes(await firm.do("ove", UPDATE, **customer))
    assert {"Bergen": ("SHIPPING", True)} == places((await firm.do("bea", UPDATE_USER, **buyer))["customerUser"])
    assert [("FORBIDDEN", ["id"])] == codes(await firm.do("bea", UPDATE_USER, **{**buyer, "id": firm.id("boss")}))
    assert [] == codes(await firm.do("boss", UPDATE_USER, **buyer))
    made = await firm.do(
        "boss",
        CREATE_USER,
        customerId=firm.id("branch"),
        email=f"new@{firm.world.key}.example",
        roleIds=[firm.id("customer-buyer")],
        addresses=[BILLING],
    )
    assert {"Oslo": ("BILLING", True)} == places(made["customerUser"])


async def test_an_address_stays_with_its_record(firm: Company) -> None:
    """It is changed through no other one, and goes with it."""
    (address,) = (await firm.do("ada", UPDATE, id=firm.id("branch"), addresses=[BILLING]))["customer"]["addresses"]

    foreign = await firm.do("ada", UPDATE, id=firm.id("head"), addresses=[{"id": address["id"], "city": "Rome"}])
    new = (await firm.do("ada", CREATE, channelId=firm.id("outlet"), name="New", addresses=[SHIPPING]))["customer"]
    deleted = await firm.do("ada", DELETE, id=new["id"])

    found = await firm.query(
        "ada", "query($ids: [ID!]!) { nodes(ids: $ids) { id } }", ids=[address["id"], new["addresses"][0]["id"]]
    )
    assert ("NOT_FOUND", ["addresses", "0", "id"]) in codes(foreign)
    assert [] == deleted["errors"]
    assert {"nodes": [{"id": address["id"]}, None]} == found
