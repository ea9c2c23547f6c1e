"""Mutations of business units: where members of staff belong, and the tree above them."""

from __future__ import annotations

from strawberry import UNSET

from cypher.access_management import unit_is_above
from graph.model import Direction, Hop
from resolvers.access_inputs import CreateBusinessUnitInput, DeleteBusinessUnitInput, UpdateBusinessUnitInput
from resolvers.deletion import deleted, find_to_delete
from resolvers.granting import expect_in_reach, people_in_reach
from resolvers.records import Written
from resolvers.uses import expect_unused
from resolvers.writing import Write

USES = {
    "members": Hop(("MEMBER_OF_UNIT",), Direction.IN, "User"),
    "subordinate units": Hop(("PART_OF",), Direction.IN, "BusinessUnit"),
    "records": Hop(("OWNED_BY",), Direction.IN, "Record"),
    "channels": Hop(("HAS_DEFAULT_OWNER",), Direction.IN, "Channel"),
}
"""What keeps a business unit from being deleted."""


async def create_business_unit(write: Write, given: CreateBusinessUnitInput) -> Written:
    """Make a business unit."""
    write.expect_level("BusinessUnit", "CREATE")
    name = write.text(given.name, "name")
    parent = await write.find(given.parent_id, "BusinessUnit", "parentId") if given.parent_id else None
    write.settle()
    links = {"parent": [parent.uuid]} if parent else {}
    made = await write.create("BusinessUnit", {"name": name, "displayName": name}, links)
    return Written.one("businessUnit", made)


async def update_business_unit(write: Write, given: UpdateBusinessUnitInput) -> Written:
    """Rename a business unit, or put it under another one."""
    unit = await write.find(given.id, "BusinessUnit", "id", action="EDIT")
    write.expect(unit, given.expected_version)
    named = write.named(given.name)
    parent = await write.find(given.parent_id, "BusinessUnit", "parentId") if given.parent_id else None
    if unit is None:
        return Written()
    if parent:
        (above,) = await write.run(unit_is_above(write.viewer.organization_id, unit.uuid, parent.uuid))
        if above:
            message = f"{parent.shown} is {unit.shown} itself or a part of it."
            write.refuse("CYCLE", message, "parentId")
        for found, name in ((unit, "id"), (parent, "parentId")):
            expect_in_reach(write, found, people_in_reach(write.viewer, ("UNIT", "DIVISION")), name)
    write.settle()
    links = {} if given.parent_id is UNSET else {"parent": [parent.uuid] if parent else []}
    await write.change(unit, named, links)
    return Written.one("businessUnit", unit)


async def delete_business_unit(write: Write, given: DeleteBusinessUnitInput) -> Written:
    """Delete a business unit that nothing belongs to."""
    unit = await find_to_delete(write, given, "BusinessUnit")
    await expect_unused(write, unit, USES, "Move them first.")
    return await deleted(write, unit)
