"""Mutations of those who sign in: members of staff and customer users, their names, roles and places."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from strawberry import UNSET

from cypher.access_management import PLACED, move_owned, roles_out_of_reach
from cypher.writes import Place
from graph.ids import global_id
from resolvers.access_inputs import (
    CreateCustomerUserInput,
    CreateUserInput,
    SetCustomerUserRolesInput,
    SetUserRolesInput,
    SetUserUnitsInput,
    UpdateCustomerUserInput,
    UpdateUserInput,
)
from resolvers.checks import expect_email
from resolvers.granting import (
    expect_in_reach,
    expect_units_within,
    expect_within,
    people_in_reach,
    roles_to_give,
)
from resolvers.lifetime import revalue
from resolvers.parts import change_with, create_with, read_parts
from resolvers.records import Change, Found, Written
from resolvers.writing import Write

LONGEST_EMAIL = 254
LONGEST_PHONE = 50
NAMES = (("firstName", "first_name"), ("lastName", "last_name"))


async def create_user(write: Write, given: CreateUserInput) -> Written:
    """Make a member of staff."""
    write.expect_level("User", "CREATE")
    email = _email(write, given.email)
    told = {**_names(write, given), **_texts(write, given), "email": email}
    told["username"] = write.text(given.username, "username") if given.username else email
    roles = await roles_to_give(write, given.role_ids, "Role")
    units = await write.find_all(given.unit_ids or (), "BusinessUnit", "unitIds")
    _expect_role(write, given.role_ids, enabled=given.enabled)
    await expect_units_within(write, [unit.uuid for unit in units], roles)
    write.settle()
    properties = {**told, "enabled": given.enabled, "displayName": _display_name(told)}
    links = {"roles": roles, "businessUnits": [unit.uuid for unit in units]}
    return Written.one("user", await write.create("User", properties, links))


async def update_user(write: Write, given: UpdateUserInput) -> Written:
    """Change a member of staff."""
    user = await write.find(given.id, "User", "id", action="EDIT")
    write.expect(user, given.expected_version)
    told = {**_names(write, given), **_texts(write, given), **_flag(write, given.enabled)}
    if given.email is not UNSET:
        told["email"] = _email(write, given.email)
    if given.username is not UNSET:
        told["username"] = write.text(given.username, "username")
    if user is None:
        return Written()
    await _expect_still_role(write, user, given.enabled)
    for name in _given(username=given.username, email=given.email, enabled=given.enabled or UNSET):
        await expect_within(write, user, name)
    write.settle()
    await write.change(user, {**told, "displayName": _display_name({**user.properties, **_there(told)})})
    return Written.one("user", user)


async def set_user_roles(write: Write, given: SetUserRolesInput) -> Written:
    """Give a member of staff roles in place of those before."""
    user = await write.find(given.user_id, "User", "userId", action="EDIT")
    return await _set_roles(write, user, "Role", "user", given)


async def set_user_units(write: Write, given: SetUserUnitsInput) -> Written:
    """Put a member of staff into business units in place of those before."""
    user = await write.find(given.user_id, "User", "userId", action="EDIT")
    write.expect(user, given.expected_version)
    units = await write.find_all(given.unit_ids, "BusinessUnit", "unitIds")
    if user is None:
        return Written()
    before = await write.linked(user.place, "businessUnits")
    added = [unit.uuid for unit in units if unit.uuid not in before]
    await expect_units_within(write, added, await write.linked(user.place, "roles"))
    if added:
        # Whoever owns something brings it along.
        expect_in_reach(write, user, people_in_reach(write.viewer, ("UNIT", "DIVISION")), "userId")
    write.settle()
    await write.change(user, {}, {"businessUnits": [unit.uuid for unit in units]})
    return Written.one("user", user)


async def create_customer_user(write: Write, given: CreateCustomerUserInput) -> Written:
    """Make a customer user."""
    write.expect_level("CustomerUser", "CREATE")
    email = _email(write, given.email)
    told = {**_names(write, given), "email": email, "emailKey": None if given.is_guest else email.casefold()}
    customer = await write.find(given.customer_id, "Customer", "customerId")
    roles = await roles_to_give(write, given.role_ids, "CustomerUserRole")
    _expect_role(write, given.role_ids, enabled=given.enabled)
    if customer:
        await _expect_reach(write, roles, customer.uuid, "roleIds")
    addresses = await read_parts(write, "CustomerUser", None, "addresses", given.addresses)
    write.settle()
    flags = {"enabled": given.enabled, "isGuest": given.is_guest}
    properties = {**told, **flags, "displayName": _display_name(told)}
    links = {"customer": [customer.uuid] if customer else [], "roles": roles}
    return Written.one("customerUser", await create_with(write, "CustomerUser", properties, links, addresses))


async def update_customer_user(write: Write, given: UpdateCustomerUserInput) -> Written:
    """Change a customer user, or move it to another customer with what it owns."""
    user = await write.find(given.id, "CustomerUser", "id", action="EDIT")
    write.expect(user, given.expected_version)
    told = {**_names(write, given), **_flag(write, given.enabled)}
    if given.email is not UNSET:
        told["email"] = _email(write, given.email)
    if user is None:
        return Written()
    if "email" in told and not user.properties.get("isGuest"):
        told["emailKey"] = told["email"].casefold()
    for name in _given(enabled=given.enabled, customerId=given.customer_id):
        if _only_self(write):
            write.refuse("FORBIDDEN", "This is for your company's administrators.", name)
    for name in _given(email=given.email, enabled=given.enabled or UNSET, customerId=given.customer_id):
        await expect_within(write, user, name)
    customer = await _target(write, user, given.customer_id)
    addresses = await read_parts(write, "CustomerUser", user, "addresses", given.addresses)
    await _expect_still_role(write, user, given.enabled)
    write.settle()
    shown = {"displayName": _display_name({**user.properties, **_there(told)})}
    moved = {"customer": [customer.uuid]} if customer else {}
    await change_with(write, user, {**told, **shown}, moved, addresses)
    if customer:
        await _move_owned(write, user, customer)
    return Written.one("customerUser", user)


async def set_customer_user_roles(write: Write, given: SetCustomerUserRolesInput) -> Written:
    """Give a customer user roles in place of those before."""
    user = await write.find(given.customer_user_id, "CustomerUser", "customerUserId", action="EDIT")
    if user and _only_self(write):
        write.refuse("FORBIDDEN", "Roles are given by your company's administrators.", "customerUserId")
    return await _set_roles(write, user, "CustomerUserRole", "customerUser", given)


async def _set_roles(
    write: Write, user: Found | None, type_name: str, name: str, given: SetUserRolesInput | SetCustomerUserRolesInput
) -> Written:
    write.expect(user, given.expected_version)
    before = await write.linked(user.place, "roles") if user else []
    roles = await roles_to_give(write, given.role_ids, type_name, before)
    if user is None:
        return Written()
    _expect_role(write, given.role_ids, enabled=user.properties.get("enabled") is not False)
    if type_name == "Role":
        added = [uuid for uuid in roles if uuid not in before]
        await expect_units_within(write, await write.linked(user.place, "businessUnits"), added)
    if type_name == "CustomerUserRole":
        for customer in await write.linked(user.place, "customer"):
            await _expect_reach(write, roles, customer, "roleIds")
    write.settle()
    await write.change(user, {}, {"roles": roles})
    return Written.one(name, user)


async def _target(write: Write, user: Found, text: str | None) -> Found | None:
    """The customer that a user is to move to; None when it stays."""
    if text is UNSET:
        return None
    if text is None:
        write.refuse("INVALID", "A customer user belongs to a customer.", "customerId")
        return None
    customer = await write.find(text, "Customer", "customerId")
    if customer:
        roles = await write.linked(user.place, "roles")
        await _expect_reach(write, roles, customer.uuid, "customerId")
    return customer


async def _move_owned(write: Write, user: Found, customer: Found) -> None:
    """Move what a customer user owns to another customer, and value both customers again."""
    organization, changed = write.viewer.organization_id, {customer.uuid}
    after = {"customer": global_id("Customer", customer.uuid)}
    for label in PLACED:
        record = write.model.records[label]
        for uuid, customers in await write.run(move_owned(organization, user.uuid, customer.uuid, label, write.now)):
            before = {"customer": global_id("Customer", customers[0])}
            write.changes.append(Change(Place(record, uuid, organization), "EDIT", before, after))
            changed.update(customers)
    await revalue(write, changed)


def _given(**fields: Any) -> list[str]:
    """The names of the fields that are there."""
    return [name for name, value in fields.items() if value is not UNSET]


def _only_self(write: Write) -> bool:
    """Whether the viewer is a customer user who may change nobody else."""
    return not write.viewer.staff and write.level("CustomerUser", "EDIT") == "USER"


async def _expect_reach(write: Write, roles: Sequence[str], customer: str, *where: str) -> None:
    """Refuse roles that are other companies' own."""
    if await write.run(roles_out_of_reach(write.viewer.organization_id, customer, roles)):
        write.refuse("INVALID", "A role of another customer can't be held by users of this one.", *where)


def _expect_role(write: Write, roles: Sequence[str], *, enabled: bool) -> None:
    if enabled and not roles:
        write.refuse("ROLE_REQUIRED", "Who may sign in has at least one role.", "roleIds")


async def _expect_still_role(write: Write, user: Found, enabled: bool | None) -> None:  # noqa: FBT001 - from an input
    if enabled is True and not await write.linked(user.place, "roles"):
        write.refuse("ROLE_REQUIRED", "Give the user a role first: who may sign in has at least one.", "enabled")


def _email(write: Write, value: str | None) -> str:
    """An email address, as far as its form tells."""
    found = write.text(value, "email", most=LONGEST_EMAIL)
    if found:
        expect_email(write, found, "email")
    return found


def _flag(write: Write, enabled: bool | None) -> dict[str, Any]:  # noqa: FBT001 - from an input
    if enabled is None:
        write.refuse("INVALID", "Say true or false.", "enabled")
    return {} if enabled is UNSET else {"enabled": enabled}


def _names(write: Write, given: Any) -> dict[str, Any]:
    """First and last name as far as they are given; null or nothing clears."""
    return {name: write.optional(getattr(given, attribute), name) for name, attribute in NAMES}


def _texts(write: Write, given: CreateUserInput | UpdateUserInput) -> dict[str, Any]:
    return {
        "phone": write.optional(given.phone, "phone", most=LONGEST_PHONE),
        "title": write.optional(given.title, "title"),
    }


def _there(values: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in values.items() if value is not UNSET}


def _display_name(values: Mapping[str, Any]) -> str:
    """Both names, else the email address."""
    names = [values.get(name) for name, _ in NAMES]
    return " ".join(name for name in names if name and name is not UNSET) or str(values.get("email"))
