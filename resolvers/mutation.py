"""The mutations. Each names its input, its payload and the function that does it; `mutating.py` runs them."""

from __future__ import annotations

from typing import Any

import strawberry
from strawberry.utils.str_converters import to_camel_case

from graph.fields import GRAPH
from graph.inputs import argument
from resolvers import access_inputs as inputs
from resolvers import access_payloads as payloads
from resolvers import roles
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


VERBS: dict[str, Verb] = {
    to_camel_case(field.python_name): field.metadata[GRAPH]
    for field in Mutation.__strawberry_definition__.fields  # type: ignore[attr-defined]
}
"""What does each mutation."""
