"""The inputs of the mutations that manage access."""

from __future__ import annotations

import strawberry

from graph.permissions import AccessLevel, Action, Sensitive
from resolvers.part_inputs import AddressInput
from resolvers.verbs import UpdateInput, WriteInput, given, needed
from resolvers.vocabulary import RecordType


@strawberry.input
class PermissionInput:
    """How far an action on the records of a type may go."""

    entity: RecordType = needed("The type of record.")
    action: Action = needed("What may be done.")
    level: AccessLevel = needed("How far; NONE takes the permission away.")


@strawberry.input
class HiddenFieldsInput:
    """What a role hides of the records of a type: these fields, and no others."""

    entity: RecordType = needed("The type of record.")
    fields: list[Sensitive] = needed("The fields; none shows all.")


@strawberry.input
class SetPermissionsInput(UpdateInput):
    """Permissions of a role to set."""

    role_id: strawberry.ID = needed("Id of a Role, or of a CustomerUserRole.")
    permissions: list[PermissionInput] | None = given("The permissions to set.")
    hidden_fields: list[HiddenFieldsInput] | None = given("What to hide, by type of record.")
    replace: bool = given("Whether all that is not given is taken away.", default=False)


@strawberry.input
class CreateRoleInput(WriteInput):
    """A role of members of staff to be."""

    name: str = needed("Its name, unique in the organisation.")
    permissions: list[PermissionInput] | None = given("Its permissions.")
    hidden_fields: list[HiddenFieldsInput] | None = given("What it hides.")


@strawberry.input
class UpdateRoleInput(UpdateInput):
    """Changes of a role of members of staff."""

    id: strawberry.ID = needed("Id of the role.")
    name: str | None = given("Its name, unique in the organisation.")


@strawberry.input
class DeleteRoleInput(UpdateInput):
    """A role of members of staff to delete."""

    id: strawberry.ID = needed("Id of a role that nobody holds.")


@strawberry.input
class CreateCustomerUserRoleInput(WriteInput):
    """A role of customer users to be."""

    name: str = needed("Its name.")
    customer_id: strawberry.ID | None = given(
        "The customer whose own role it is; predefined for every customer when there is none. Customer users make "
        "roles of their own customer unless they say otherwise."
    )
    self_managed: bool | None = given("Whether the customer's administrators manage it; true for a customer's own.")
    is_public: bool | None = given("Whether customers see a predefined role.")
    permissions: list[PermissionInput] | None = given("Its permissions.")
    hidden_fields: list[HiddenFieldsInput] | None = given("What it hides.")


@strawberry.input
class UpdateCustomerUserRoleInput(UpdateInput):
    """Changes of a role of customer users."""

    id: strawberry.ID = needed("Id of the role.")
    name: str | None = given("Its name.")
    self_managed: bool | None = given("Whether the customer's administrators manage it; for members of staff to say.")
    is_public: bool | None = given("Whether customers see a predefined role; for members of staff to say.")


@strawberry.input
class DeleteCustomerUserRoleInput(UpdateInput):
    """A role of customer users to delete."""

    id: strawberry.ID = needed("Id of a role that nobody holds.")


@strawberry.input
class SetUserRolesInput(UpdateInput):
    """The roles of a member of staff, in place of those before."""

    user_id: strawberry.ID = needed("Id of the user.")
    role_ids: list[strawberry.ID] = needed("Ids of the roles, at most 100.")


@strawberry.input
class SetCustomerUserRolesInput(UpdateInput):
    """The roles of a customer user, in place of those before."""

    customer_user_id: strawberry.ID = needed("Id of the customer user.")
    role_ids: list[strawberry.ID] = needed("Ids of predefined roles or of those of the customer, at most 100.")


@strawberry.input
class SetUserUnitsInput(UpdateInput):
    """The business units of a member of staff, in place of those before."""

    user_id: strawberry.ID = needed("Id of the user.")
    unit_ids: list[strawberry.ID] = needed("Ids of the units, at most 100.")


@strawberry.input
class CreateUserInput(WriteInput):
    """A member of staff to be."""

    email: str = needed("Email address.")
    username: str | None = given("Name to sign in with, unique in the organisation; the email address unless given.")
    first_name: str | None = given("First name.")
    last_name: str | None = given("Last name.")
    phone: str | None = given("Phone number.")
    title: str | None = given("Job title.")
    enabled: bool = given("Whether the user may sign in.", default=True)
    role_ids: list[strawberry.ID] = needed("Ids of the roles, at least one for who may sign in.")
    unit_ids: list[strawberry.ID] | None = given("Ids of the business units.")


@strawberry.input
class UpdateUserInput(UpdateInput):
    """Changes of a member of staff."""

    id: strawberry.ID = needed("Id of the user.")
    email: str | None = given("Email address.")
    username: str | None = given("Name to sign in with, unique in the organisation.")
    first_name: str | None = given("First name.")
    last_name: str | None = given("Last name.")
    phone: str | None = given("Phone number.")
    title: str | None = given("Job title.")
    enabled: bool | None = given("Whether the user may sign in.")


@strawberry.input
class DeleteUserInput(UpdateInput):
    """A member of staff to delete."""

    id: strawberry.ID = needed("Id of a user who owns no records and works on no cases; not yourself.")


@strawberry.input
class CreateCustomerUserInput(WriteInput):
    """A customer user to be."""

    customer_id: strawberry.ID = needed("Id of the customer that it belongs to.")
    email: str = needed("Email address, unique among those who are no guests.")
    first_name: str | None = given("First name.")
    last_name: str | None = given("Last name.")
    is_guest: bool = given("Whether it is a guest.", default=False)
    enabled: bool = given("Whether the user may sign in.", default=True)
    role_ids: list[strawberry.ID] = needed("Ids of the roles, at least one for who may sign in.")
    addresses: list[AddressInput] | None = given("The user's addresses.")


@strawberry.input
class UpdateCustomerUserInput(UpdateInput):
    """Changes of a customer user."""

    id: strawberry.ID = needed("Id of the customer user.")
    email: str | None = given("Email address, unique among those who are no guests.")
    first_name: str | None = given("First name.")
    last_name: str | None = given("Last name.")
    enabled: bool | None = given("Whether the user may sign in.")
    customer_id: strawberry.ID | None = given(
        "Id of the customer to move it to; its orders, carts and cases move along."
    )
    addresses: list[AddressInput] | None = given("All the user's addresses, in place of those before.")


@strawberry.input
class DeleteCustomerUserInput(UpdateInput):
    """A customer user to delete."""

    id: strawberry.ID = needed("Id of the customer user; not yourself.")
    hand_over_to_id: strawberry.ID | None = given(
        "Id of another user of the same customer, who takes over the orders, carts and cases."
    )


@strawberry.input
class CreateBusinessUnitInput(WriteInput):
    """A business unit to be."""

    name: str = needed("Its name.")
    parent_id: strawberry.ID | None = given("Id of the unit that it is part of.")


@strawberry.input
class UpdateBusinessUnitInput(UpdateInput):
    """Changes of a business unit."""

    id: strawberry.ID = needed("Id of the unit.")
    name: str | None = given("Its name.")
    parent_id: strawberry.ID | None = given("Id of the unit that it is part of; null for none.")


@strawberry.input
class DeleteBusinessUnitInput(UpdateInput):
    """A business unit to delete."""

    id: strawberry.ID = needed("Id of a unit without members, subordinate units and records of its own.")


@strawberry.input
class AssignInput(UpdateInput):
    """A record to give to another owner."""

    record_id: strawberry.ID = needed("Id of a record that has an owner.")
    owner_id: strawberry.ID = needed("Id of a User or a BusinessUnit.")
