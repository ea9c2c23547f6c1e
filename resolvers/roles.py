"""Mutations of roles: what they let their holders do, and who manages them."""

from __future__ import annotations

from collections.abc import Sequence

from strawberry import UNSET

from cypher.access_management import copies_of_role, count_administrators, move_holders, roles_held_elsewhere
from cypher.writes import Place
from graph.ids import global_id
from graph.model import Direction, Hop
from graph.permissions import Role
from resolvers.access_inputs import (
    CreateCustomerUserRoleInput,
    CreateRoleInput,
    DeleteCustomerUserRoleInput,
    DeleteRoleInput,
    SetPermissionsInput,
    UpdateCustomerUserRoleInput,
    UpdateRoleInput,
)
from resolvers.deletion import deleted, find_to_delete
from resolvers.granting import changed_role, read_role, stored_role
from resolvers.records import Change, Found, Written
from resolvers.uses import expect_unused
from resolvers.writing import Write

ADMINISTRATES = ("Role EDIT ORGANIZATION", "Role EDIT SYSTEM")
"""Whoever has one of these can give all others."""


async def keep_administrator(write: Write) -> None:
    """Refuse to leave an organisation without anybody who manages its roles."""
    (left,) = await write.run(count_administrators(write.viewer.organization_id, ADMINISTRATES))
    if write.viewer.staff and not left:
        message = "Nobody who may sign in would be left to manage roles. Give another user such a role first."
        write.refuse("LAST_ADMINISTRATOR", message)


async def set_permissions(write: Write, given: SetPermissionsInput) -> Written:
    """Set permissions of a role."""
    role = await write.find(given.role_id, ("Role", "CustomerUserRole"), "roleId", action="EDIT")
    write.expect(role, given.expected_version)
    if role is None:
        return Written()
    staff = role.type_name == "Role"
    new = changed_role(
        write,
        read_role(role),
        given.permissions or None,
        given.hidden_fields or None,
        staff=staff,
        replace=given.replace,
    )
    write.settle()
    role = role if staff else await _own_role(write, role, "roleId")
    await write.change(role, stored_role(new))
    return Written.one("role", role)


async def create_role(write: Write, given: CreateRoleInput) -> Written:
    """Make a role of members of staff."""
    write.expect_level("Role", "CREATE")
    name = write.text(given.name, "name")
    new = changed_role(write, Role(name), given.permissions or None, given.hidden_fields or None, staff=True)
    write.settle()
    return Written.one("role", await write.create("Role", {"name": name, "displayName": name, **stored_role(new)}))


async def update_role(write: Write, given: UpdateRoleInput) -> Written:
    """Change a role of members of staff."""
    role = await write.find(given.id, "Role", "id", action="EDIT")
    write.expect(role, given.expected_version)
    named = write.named(given.name)
    if role is None:
        return Written()
    write.settle()
    await write.change(role, named)
    return Written.one("role", role)


async def delete_role(write: Write, given: DeleteRoleInput) -> Written:
    """Delete a role of members of staff that nobody holds."""
    return await _deleted(write, await find_to_delete(write, given, "Role"), "User")


async def create_customer_user_role(write: Write, given: CreateCustomerUserRoleInput) -> Written:
    """Make a role of customer users, predefined or a customer's own."""
    write.expect_level("CustomerUserRole", "CREATE")
    name = write.text(given.name, "name")
    new = changed_role(write, Role(name), given.permissions or None, given.hidden_fields or None, staff=False)
    owner = write.viewer.customer_id
    if given.customer_id:
        found = await write.find(given.customer_id, "Customer", "customerId")
        owner = found.uuid if found else None
    if not write.viewer.staff:
        _expect_no_flags(write, given)
    write.settle()
    flags = {
        "selfManaged": given.self_managed if isinstance(given.self_managed, bool) else owner is not None,
        "isPublic": given.is_public if isinstance(given.is_public, bool) else False,
    }
    properties = {"name": name, "displayName": name, **stored_role(new), **flags}
    return Written.one(
        "role", await write.create("CustomerUserRole", properties, {"customer": [owner]} if owner else {})
    )


async def update_customer_user_role(write: Write, given: UpdateCustomerUserRoleInput) -> Written:
    """Change a role of customer users; a company that may not change a predefined one gets its own copy."""
    role = await write.find(given.id, "CustomerUserRole", "id", action="EDIT")
    write.expect(role, given.expected_version)
    named = write.named(given.name)
    if role is None:
        return Written()
    if not write.viewer.staff:
        _expect_no_flags(write, given)
    write.settle()
    role = await _own_role(write, role, "id")
    await write.change(role, {**named, "selfManaged": given.self_managed, "isPublic": given.is_public})
    return Written.one("role", role)


async def delete_customer_user_role(write: Write, given: DeleteCustomerUserRoleInput) -> Written:
    """Delete a role of customer users that nobody holds."""
    role = await find_to_delete(write, given, "CustomerUserRole")
    if not write.viewer.staff and (not await write.linked(role.place, "customer") or not _self_managed(role)):
        write.refuse("FORBIDDEN", "This role is none of your company's to delete.", "id")
    return await _deleted(write, role, "CustomerUser")


async def _deleted(write: Write, role: Found, holder: str) -> Written:
    held = {"holders": Hop(("HAS_ROLE",), Direction.IN, holder)}
    await expect_unused(write, role, held, "Give them other roles first.")
    return await deleted(write, role)


async def _own_role(write: Write, role: Found, where: str) -> Found:
    """The role that an edit is made to: for customer users that of their company, a copy if need be."""
    customer = write.viewer.customer_id
    if write.viewer.staff or customer is None:
        return role
    if not _self_managed(role):
        write.refuse("FORBIDDEN", "This role is managed by the seller alone.", where)
        write.settle()
    if await write.linked(role.place, "customer"):
        return role
    organization = write.viewer.organization_id
    if await write.run(copies_of_role(organization, role.uuid, customer)):
        write.refuse("CONFLICT", "Your company has its own copy of this role already: change that one.", where)
        write.settle()
    below = write.level("CustomerUserRole", "EDIT") == "CORPORATE"
    return await _copied(write, role, customer, below=below)


async def hand_down(write: Write, customers: Sequence[str]) -> None:
    """Give customers whose users hold roles of customers that go copies of their own: who may sign in keeps a role."""
    for role, other in await write.run(roles_held_elsewhere(write.viewer.organization_id, customers)):
        await _copied(write, await write.read("CustomerUserRole", role), other, below=False, within="")


async def _copied(write: Write, role: Found, customer: str, *, below: bool, within: str = "EDIT") -> Found:
    """A company's own copy of a role, which the company's holders move to, and those `below` it."""
    kept = {key: role.properties.get(key) for key in ("name", "displayName", "permissions", "hiddenFields")}
    flags = {"selfManaged": _self_managed(role), "isPublic": False, "copyOf": role.uuid}
    copy = await write.create("CustomerUserRole", {**kept, **flags}, {"customer": [customer]}, within=within)
    organization = write.viewer.organization_id
    moved = await write.run(move_holders(organization, role.uuid, copy.uuid, customer, write.now, below=below))
    before, after = ({"roles": [global_id("CustomerUserRole", uuid)]} for uuid in (role.uuid, copy.uuid))
    users = write.model.records["CustomerUser"]
    write.changes += [Change(Place(users, uuid, organization), "EDIT", before, after) for uuid in moved]
    return copy


def _self_managed(role: Found) -> bool:
    return bool(role.properties.get("selfManaged"))


def _expect_no_flags(write: Write, given: CreateCustomerUserRoleInput | UpdateCustomerUserRoleInput) -> None:
    for value, name in ((given.self_managed, "selfManaged"), (given.is_public, "isPublic")):
        if value is not UNSET:
            write.refuse("FORBIDDEN", "This is for the seller to say.", name)
