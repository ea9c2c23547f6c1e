"""The mutations. Each names its input, its payload and the function that does it; `mutating.py` runs them."""

from __future__ import annotations

from typing import Any

import strawberry
from strawberry.utils.str_converters import to_camel_case

from graph.fields import GRAPH
from graph.inputs import argument
from resolvers import access_inputs as inputs
from resolvers import access_payloads as payloads
from resolvers import customer_inputs, customers, ownership, people, roles, trees, units
from resolvers.verbs import Guard, Perform, Verb


def _verb(input_type: type, payload: type, perform: Perform, description: str, access: Guard | None = None) -> Any:
    verb = Verb(input_type, payload, perform, access)
    field = strawberry.field(description=description, metadata={GRAPH: verb})
    field.arguments = [argument("input", input_type, "What to do.")]
    return field


def _access(input_type: type, payload: type, perform: Perform, description: str) -> Any:
    """A mutation that changes who may do what."""
    return _verb(input_type, payload, perform, description, roles.keep_administrator)


@strawberry.type(description="Everything that can be changed.")
class Mutation:
    """Everything that can be changed."""

    set_permissions: payloads.SetPermissionsPayload = _access(
        inputs.SetPermissionsInput,
        payloads.SetPermissionsPayload,
        roles.set_permissions,
        "Set what a role lets its holders do. Nobody gives more than they have. A company's administrator who sets "
        "those of a predefined role gets the company's own copy, and the company's holders move to it.",
    )
    create_role: payloads.CreateRolePayload = _access(
        inputs.CreateRoleInput, payloads.CreateRolePayload, roles.create_role, "Make a role of members of staff."
    )
    update_role: payloads.UpdateRolePayload = _access(
        inputs.UpdateRoleInput, payloads.UpdateRolePayload, roles.update_role, "Change a role of members of staff."
    )
    delete_role: payloads.DeleteRolePayload = _access(
        inputs.DeleteRoleInput,
        payloads.DeleteRolePayload,
        roles.delete_role,
        "Delete a role of members of staff that nobody holds.",
    )
    create_customer_user_role: payloads.CreateCustomerUserRolePayload = _access(
        inputs.CreateCustomerUserRoleInput,
        payloads.CreateCustomerUserRolePayload,
        roles.create_customer_user_role,
        "Make a role of customer users, predefined or a customer's own.",
    )
    update_customer_user_role: payloads.UpdateCustomerUserRolePayload = _access(
        inputs.UpdateCustomerUserRoleInput,
        payloads.UpdateCustomerUserRolePayload,
        roles.update_customer_user_role,
        "Change a role of customer users.",
    )
    delete_customer_user_role: payloads.DeleteCustomerUserRolePayload = _access(
        inputs.DeleteCustomerUserRoleInput,
        payloads.DeleteCustomerUserRolePayload,
        roles.delete_customer_user_role,
        "Delete a role of customer users that nobody holds.",
    )
    set_user_roles: payloads.SetUserRolesPayload = _access(
        inputs.SetUserRolesInput,
        payloads.SetUserRolesPayload,
        people.set_user_roles,
        "Give a member of staff roles in place of those before. Nobody gives a role that does more than their own.",
    )
    set_customer_user_roles: payloads.SetCustomerUserRolesPayload = _access(
        inputs.SetCustomerUserRolesInput,
        payloads.SetCustomerUserRolesPayload,
        people.set_customer_user_roles,
        "Give a customer user roles in place of those before. Nobody gives a role that does more than their own.",
    )
    set_user_units: payloads.SetUserUnitsPayload = _access(
        inputs.SetUserUnitsInput,
        payloads.SetUserUnitsPayload,
        people.set_user_units,
        "Put a member of staff into business units in place of those before.",
    )
    create_user: payloads.CreateUserPayload = _access(
        inputs.CreateUserInput, payloads.CreateUserPayload, people.create_user, "Make a member of staff."
    )
    update_user: payloads.UpdateUserPayload = _access(
        inputs.UpdateUserInput, payloads.UpdateUserPayload, people.update_user, "Change a member of staff."
    )
    create_customer_user: payloads.CreateCustomerUserPayload = _access(
        inputs.CreateCustomerUserInput,
        payloads.CreateCustomerUserPayload,
        people.create_customer_user,
        "Make a customer user.",
    )
    update_customer_user: payloads.UpdateCustomerUserPayload = _access(
        inputs.UpdateCustomerUserInput,
        payloads.UpdateCustomerUserPayload,
        people.update_customer_user,
        "Change a customer user, or move it to another customer with its orders, carts and cases.",
    )
    create_business_unit: payloads.CreateBusinessUnitPayload = _access(
        inputs.CreateBusinessUnitInput,
        payloads.CreateBusinessUnitPayload,
        units.create_business_unit,
        "Make a business unit.",
    )
    update_business_unit: payloads.UpdateBusinessUnitPayload = _access(
        inputs.UpdateBusinessUnitInput,
        payloads.UpdateBusinessUnitPayload,
        units.update_business_unit,
        "Rename a business unit, or put it under another one.",
    )
    delete_business_unit: payloads.DeleteBusinessUnitPayload = _access(
        inputs.DeleteBusinessUnitInput,
        payloads.DeleteBusinessUnitPayload,
        units.delete_business_unit,
        "Delete a business unit that nothing belongs to.",
    )
    create_customer: customer_inputs.CreateCustomerPayload = _verb(
        customer_inputs.CreateCustomerInput,
        customer_inputs.CreateCustomerPayload,
        customers.create_customer,
        "Make a customer, with an account of its own unless another one is named or matches.",
    )
    update_customer: customer_inputs.UpdateCustomerPayload = _verb(
        customer_inputs.UpdateCustomerInput,
        customer_inputs.UpdateCustomerPayload,
        customers.update_customer,
        "Change a customer.",
    )
    delete_customer: customer_inputs.DeleteCustomerPayload = _verb(
        customer_inputs.DeleteCustomerInput,
        customer_inputs.DeleteCustomerPayload,
        customers.delete_customer,
        "Delete a customer without orders, users and children. Its account stays.",
    )
    set_customer_parent: customer_inputs.SetCustomerParentPayload = _verb(
        customer_inputs.SetCustomerParentInput,
        customer_inputs.SetCustomerParentPayload,
        trees.set_customer_parent,
        "Move a customer in the tree with all below it, or make it a root. It never gets below itself.",
    )
    set_customer_account: customer_inputs.SetCustomerAccountPayload = _verb(
        customer_inputs.SetCustomerAccountInput,
        customer_inputs.SetCustomerAccountPayload,
        customers.set_customer_account,
        "Put a customer under another account, or under a new one. An account that is left without customers stays.",
    )
    assign: payloads.AssignPayload = _verb(
        inputs.AssignInput, payloads.AssignPayload, ownership.assign, "Give a record to another owner."
    )


VERBS: dict[str, Verb] = {
    to_camel_case(field.python_name): field.metadata[GRAPH]
    for field in Mutation.__strawberry_definition__.fields  # type: ignore[attr-defined]
}
"""What does each mutation."""
