"""What changes who may do what, and whose a record is."""

from __future__ import annotations

from functools import partial

import strawberry

from resolvers import departures, ownership, people, roles, units
from resolvers.access_payloads import (
    AssignPayload,
    CreateBusinessUnitPayload,
    CreateCustomerUserPayload,
    CreateCustomerUserRolePayload,
    CreateRolePayload,
    CreateUserPayload,
    DeleteBusinessUnitPayload,
    DeleteCustomerUserPayload,
    DeleteCustomerUserRolePayload,
    DeleteRolePayload,
    DeleteUserPayload,
    SetCustomerUserRolesPayload,
    SetPermissionsPayload,
    SetUserRolesPayload,
    SetUserUnitsPayload,
    UpdateBusinessUnitPayload,
    UpdateCustomerUserPayload,
    UpdateCustomerUserRolePayload,
    UpdateRolePayload,
    UpdateUserPayload,
)
from resolvers.verbs import mutation

access_mutation = partial(mutation, access=roles.keep_administrator)
"""A mutation that changes who may do what."""


@strawberry.type
class AccessMutations:
    """What changes who may do what, and whose a record is."""

    set_permissions: SetPermissionsPayload = access_mutation(
        roles.set_permissions,
        "Set what a role lets its holders do. Nobody gives more than they have. A company's administrator who sets "
        "those of a predefined role gets the company's own copy, and the company's holders move to it.",
    )
    create_role: CreateRolePayload = access_mutation(roles.create_role, "Make a role of members of staff.")
    update_role: UpdateRolePayload = access_mutation(roles.update_role, "Change a role of members of staff.")
    delete_role: DeleteRolePayload = access_mutation(
        roles.delete_role, "Delete a role of members of staff that nobody holds."
    )
    create_customer_user_role: CreateCustomerUserRolePayload = access_mutation(
        roles.create_customer_user_role, "Make a role of customer users, predefined or a customer's own."
    )
    update_customer_user_role: UpdateCustomerUserRolePayload = access_mutation(
        roles.update_customer_user_role, "Change a role of customer users."
    )
    delete_customer_user_role: DeleteCustomerUserRolePayload = access_mutation(
        roles.delete_customer_user_role, "Delete a role of customer users that nobody holds."
    )
    set_user_roles: SetUserRolesPayload = access_mutation(
        people.set_user_roles,
        "Give a member of staff roles in place of those before. Nobody gives a role that does more than their own.",
    )
    set_customer_user_roles: SetCustomerUserRolesPayload = access_mutation(
        people.set_customer_user_roles,
        "Give a customer user roles in place of those before. Nobody gives a role that does more than their own.",
    )
    set_user_units: SetUserUnitsPayload = access_mutation(
        people.set_user_units, "Put a member of staff into business units in place of those before."
    )
    create_user: CreateUserPayload = access_mutation(people.create_user, "Make a member of staff.")
    update_user: UpdateUserPayload = access_mutation(people.update_user, "Change a member of staff.")
    delete_user: DeleteUserPayload = access_mutation(
        departures.delete_user, "Delete a member of staff who owns no records and works on no cases."
    )
    create_customer_user: CreateCustomerUserPayload = access_mutation(
        people.create_customer_user, "Make a customer user."
    )
    update_customer_user: UpdateCustomerUserPayload = access_mutation(
        people.update_customer_user,
        "Change a customer user, or move it to another customer with its orders, carts and cases.",
    )
    delete_customer_user: DeleteCustomerUserPayload = access_mutation(
        departures.delete_customer_user,
        "Delete a customer user who owns no orders, carts and cases, or hand these over to another one.",
    )
    create_business_unit: CreateBusinessUnitPayload = access_mutation(
        units.create_business_unit, "Make a business unit."
    )
    update_business_unit: UpdateBusinessUnitPayload = access_mutation(
        units.update_business_unit, "Rename a business unit, or put it under another one."
    )
    delete_business_unit: DeleteBusinessUnitPayload = access_mutation(
        units.delete_business_unit, "Delete a business unit that nothing belongs to."
    )
    assign: AssignPayload = mutation(ownership.assign, "Give a record to another owner.")
