"""Mutations that affiliate customers with one another: what the strict tree can't hold."""

from __future__ import annotations

from typing import Any

from graph.types.enums import AffiliationKind
from resolvers.contact_links import find_locked
from resolvers.customer_inputs import AffiliateCustomersInput, EndAffiliationInput
from resolvers.records import Found, Written
from resolvers.writing import Write


async def affiliate_customers(write: Write, given: AffiliateCustomersInput) -> Written:
    """Affiliate a customer with another one, or change what the affiliation says."""
    customer, other = await _both(write, given)
    if customer is None or other is None:
        return Written()
    if customer.uuid == other.uuid:
        write.refuse("INVALID", "No customer is affiliated with itself. Name another one.", "affiliatedId")
    elif given.kind is AffiliationKind.PARENT and other.uuid in await write.linked(customer.place, "parent"):
        write.refuse("INVALID", f"{other.shown} is its parent in the tree already.", "kind")
    links = await write.links(customer.place, "affiliations")
    write.settle()
    await write.change(customer, {}, {"affiliations": {**links, other.uuid: {"kind": given.kind.name}}})
    return _written(customer, other)


async def end_affiliation(write: Write, given: EndAffiliationInput) -> Written:
    """Take away the affiliation of a customer with another one."""
    customer, other = await _both(write, given)
    if customer is None or other is None:
        return Written()
    links = await write.links(customer.place, "affiliations")
    if other.uuid not in links:
        write.refuse("NOT_FOUND", f"{customer.shown} is not affiliated with {other.shown}.", "affiliatedId")
    write.settle()
    del links[other.uuid]
    await write.change(customer, {}, {"affiliations": links})
    return _written(customer, other)


async def _both(write: Write, given: Any) -> tuple[Found | None, Found | None]:
    """The customer that has the affiliation, to be changed, and the other one, to be seen.

    Raises:
        Refused: the viewer is no member of staff.
    """
    if not write.viewer.staff:
        write.refuse("FORBIDDEN", "Affiliations are for those who sell to you.")
        write.settle()
    asked = {
        "customerId": (given.customer_id, ("Customer",), "EDIT"),
        "affiliatedId": (given.affiliated_id, ("Customer",), "VIEW"),
    }
    found = await find_locked(write, asked)
    write.expect(found["customerId"], given.expected_version)
    return found["customerId"], found["affiliatedId"]


def _written(customer: Found, other: Found) -> Written:
    return Written({"customer": ("Customer", customer.uuid), "affiliated": ("Customer", other.uuid)})
