"""Mutations of customer groups: their terms, and which customers are in them."""

from __future__ import annotations

from typing import Any

from strawberry import UNSET
from strawberry.utils.str_converters import to_camel_case

from cypher.viewers import raise_access_version
from resolvers.deletion import deleted, find_to_delete
from resolvers.group_inputs import (
    AssignCustomersToGroupInput,
    CreateCustomerGroupInput,
    CustomerGroupTerms,
    DeleteCustomerGroupInput,
    UpdateCustomerGroupInput,
)
from resolvers.records import Written
from resolvers.writing import Write

MOST_DECIMALS = 4
WHOLE = 100


async def create_customer_group(write: Write, given: CreateCustomerGroupInput) -> Written:
    """Make a customer group."""
    write.expect_level("CustomerGroup", "CREATE")
    properties = {**write.named(given.name), **_terms(write, given)}
    write.settle()
    return Written.one("customerGroup", await write.create("CustomerGroup", properties))


async def update_customer_group(write: Write, given: UpdateCustomerGroupInput) -> Written:
    """Change a customer group."""
    group = await write.find(given.id, "CustomerGroup", "id", action="EDIT")
    write.expect(group, given.expected_version)
    properties = {**write.named(given.name), **_terms(write, given)}
    if group is None:
        return Written()
    write.settle()
    await write.change(group, properties)
    return Written.one("customerGroup", group)


async def delete_customer_group(write: Write, given: DeleteCustomerGroupInput) -> Written:
    """Delete a customer group; its customers stay, without a group."""
    told = await deleted(write, await find_to_delete(write, given, "CustomerGroup"))
    await write.run(raise_access_version(write.viewer.organization_id))
    return told


async def assign_customers_to_group(write: Write, given: AssignCustomersToGroupInput) -> Written:
    """Put customers into a group in place of the one before, or into none."""
    customers = await write.find_all(given.customer_ids, "Customer", "customerIds", action="EDIT")
    group = await write.find(given.group_id, "CustomerGroup", "groupId") if given.group_id is not None else None
    if not write.viewer.staff:
        write.refuse("FORBIDDEN", "This is for those who sell to you.", "groupId")
    write.settle()
    before = len(write.changes)
    for customer in customers:
        await write.change(customer, {}, {"group": [group.uuid] if group else []})
    # Customer users see the group of their own customer.
    await write.run(raise_access_version(write.viewer.organization_id))
    records = {"customerGroup": (group.type_name, group.uuid)} if group else {}
    return Written(records, {"assigned": len(write.changes) - before})


def _terms(write: Write, given: CustomerGroupTerms) -> dict[str, Any]:
    texts = ("tax_code", "payment_term", "price_list", "location")
    terms = {to_camel_case(name): write.optional(getattr(given, name), to_camel_case(name)) for name in texts}
    return {**terms, "discountPercent": _discount(write, given.discount_percent)}


def _discount(write: Write, percent: Any) -> Any:
    """A percentage as it is stored: an exact text."""
    if percent is UNSET or percent is None:
        return percent
    if not 0 <= percent <= WHOLE or percent != round(percent, MOST_DECIMALS):
        write.refuse("INVALID", f"Give 0 to 100 with at most {MOST_DECIMALS} decimals.", "discountPercent")
    return f"{percent.normalize():f}"
