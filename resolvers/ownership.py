"""Who owns what is made, and the mutation that gives a record to another owner."""

from __future__ import annotations

from resolvers.access_inputs import AssignInput
from resolvers.records import Found, Written
from resolvers.writing import Write

OWNERS = ("User", "BusinessUnit")
"""Types of records that own others."""


async def assign(write: Write, given: AssignInput) -> Written:
    """Give a record to another owner, a user or a business unit that the viewer sees."""
    owned = tuple(
        name for name, record in write.model.records.items() if record.scope is not None and record.scope.owned == ()
    )
    record = await write.find(given.record_id, owned, "recordId", action="ASSIGN")
    write.expect(record, given.expected_version)
    owner = await write.find(given.owner_id, OWNERS, "ownerId")
    if record is None or owner is None:
        return Written()
    write.settle()
    # What is given away may be out of reach afterwards: that is the point of it.
    await write.change(record, {"ownerId": owner.uuid}, {"owner": [owner.uuid]}, action="ASSIGN", within="")
    return Written.one("record", record)


def may_name_staff(write: Write, where: str) -> bool:
    """Whether the viewer may say in a field which members of staff a record has in place of those before."""
    if not write.viewer.staff:
        write.refuse("FORBIDDEN", "This is for those who sell to you.", where)
    elif not may_name(write, "User"):
        write.refuse("FORBIDDEN", "You see no members of staff: leave it out.", where)
    else:
        return True
    return False


def may_name(write: Write, target: str) -> bool:
    """Whether the viewer sees any of the records that a field leads to; a part is seen with its whole.

    Who sees none of them would take away whom they do not see.
    """
    return any(record.part_of or write.level(record.name, "VIEW") != "NONE" for record in write.model.possible(target))


async def choose_owner(write: Write, text: str | None) -> str | None:
    """The UUID of the owner that is named, else of the viewer, else of the owner of the viewer's customer."""
    if text:
        found = await write.find(text, OWNERS, "ownerId")
        return found.uuid if found else None
    if write.viewer.staff and write.viewer.home_id is None:
        return write.viewer.id
    if write.viewer.customer_id:
        own = await write.read("Customer", write.viewer.customer_id)
        return str(own.properties.get("ownerId"))
    write.refuse("INVALID", "Say who owns it: nobody here is you.", "ownerId")
    return None


async def default_owner(write: Write, channel: Found) -> tuple[str, str] | None:
    """Type and UUID of who owns what is made in a channel in bulk, unless somebody is named; None where nobody does."""
    for uuid in await write.linked(channel.place, "defaultOwner"):
        is_user = bool((await write.read("User", uuid)).properties)
        return ("User" if is_user else "BusinessUnit"), uuid
    return None
