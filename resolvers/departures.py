"""Mutations that delete those who sign in: nobody themselves, nobody above one, nobody of whom something depends."""

from __future__ import annotations

from cypher.access_management import PLACED, hand_over
from cypher.writes import Place
from graph.model import Direction, Hop
from resolvers.access_inputs import DeleteCustomerUserInput, DeleteUserInput
from resolvers.deletion import deleted, find_to_delete
from resolvers.granting import expect_within
from resolvers.records import Change, Found, Written
from resolvers.uses import expect_unused
from resolvers.writing import Write

USES = {
    "records": Hop(("OWNED_BY",), Direction.IN, "Record"),
    "assigned cases": Hop(("ASSIGNED_TO",), Direction.IN, "Case"),
    "assigned contacts": Hop(("ASSIGNED_TO",), Direction.IN, "Contact"),
    "channels": Hop(("HAS_DEFAULT_OWNER",), Direction.IN, "Channel"),
}
"""What keeps a member of staff from being deleted."""
OWNED = {f"{label.lower()}s": Hop(("OWNED_BY_CUSTOMER_USER",), Direction.IN, label) for label in PLACED}
"""What keeps a customer user from being deleted."""


async def delete_user(write: Write, given: DeleteUserInput) -> Written:
    """Delete a member of staff who owns nothing."""
    user = await find_to_delete(write, given, "User")
    _expect_other(write, user)
    await expect_within(write, user, "id")
    await expect_unused(write, user, USES, "Give them to others first, or disable the user.")
    return await deleted(write, user)


async def delete_customer_user(write: Write, given: DeleteCustomerUserInput) -> Written:
    """Delete a customer user who owns nothing, or whose orders, carts and cases another one takes over."""
    user = await find_to_delete(write, given, "CustomerUser")
    _expect_other(write, user)
    await expect_within(write, user, "id")
    heir = await _heir(write, user, given.hand_over_to_id) if given.hand_over_to_id else None
    if not given.hand_over_to_id:
        await expect_unused(
            write, user, OWNED, "Name a user of the same customer in `handOverToId` who takes them over."
        )
    write.settle()
    if heir:
        await _hand_over(write, user, heir)
    return await deleted(write, user, "addresses")


def _expect_other(write: Write, user: Found) -> None:
    if user.uuid == write.viewer.id:
        write.refuse("FORBIDDEN", "Nobody deletes themselves: ask somebody else.", "id")


async def _heir(write: Write, user: Found, text: str) -> Found | None:
    heir = await write.find(text, "CustomerUser", "handOverToId")
    if heir is None:
        return None
    customers = [await write.linked(one.place, "customer") for one in (user, heir)]
    if heir.uuid == user.uuid or customers[0] != customers[1]:
        write.refuse("INVALID", "Name another user of the same customer.", "handOverToId")
    return heir


async def _hand_over(write: Write, user: Found, heir: Found) -> None:
    """Give a customer user's orders, carts and cases to another one."""
    organization = write.viewer.organization_id
    for label in PLACED:
        record = write.model.records[label]
        for uuid in await write.run(hand_over(organization, user.uuid, heir.uuid, label, write.now)):
            place = Place(record, uuid, organization)
            write.changes.append(Change(place, "EDIT", {"customerUser": user.id}, {"customerUser": heir.id}))
