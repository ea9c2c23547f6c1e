"""The mutation that moves customers in their tree: no circle can come about, whoever moves what at once."""

from __future__ import annotations

from cypher.trees import way_down
from resolvers.customer_inputs import SetCustomerParentInput
from resolvers.records import Written
from resolvers.writing import Write


async def set_customer_parent(write: Write, given: SetCustomerParentInput) -> Written:
    """Make a customer the child of another one, or a root."""
    # One move at a time in an organisation: of two that close a circle together the second sees the first.
    await write.lock("tree")
    customer = await write.find(given.customer_id, "Customer", "customerId", action="EDIT")
    write.expect(customer, given.expected_version)
    parent = await write.find(given.parent_id, "Customer", "parentId") if given.parent_id else None
    if given.parent_id is None and not write.viewer.staff:
        write.refuse("FORBIDDEN", "A root is made by those who sell to you.", "parentId")
    if customer is None:
        return Written()
    if parent:
        ways = await write.run(way_down(customer.place, parent.place, "CHILD_OF", write.access("VIEW"), write.inputs))
        if ways:
            message = f"{parent.shown} is {customer.shown} itself or below it: {', '.join(ways[0])}."
            write.refuse("CYCLE", message, "parentId")
    write.settle()
    await write.change(customer, {}, {"parent": [parent.uuid] if parent else []})
    return Written.one("customer", customer)
