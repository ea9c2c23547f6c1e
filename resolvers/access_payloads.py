"""The payloads of the mutations that manage access."""

from __future__ import annotations

import strawberry

from graph.types.record import Record
from graph.types.references import BusinessUnitRef, CustomerUserRef, CustomerUserRoleRef, RoleRef, UserRef
from resolvers.verbs import Payload, needed


@strawberry.type
class SetPermissionsPayload(Payload):
    """The role with its new permissions."""

    role: Record | None = needed(
        "The Role or CustomerUserRole; a company's own copy where it may not change the predefined one."
    )


@strawberry.type
class CreateRolePayload(Payload):
    """The new role."""

    role: RoleRef | None = needed("The role.")


@strawberry.type
class UpdateRolePayload(Payload):
    """The changed role."""

    role: RoleRef | None = needed("The role.")


@strawberry.type
class DeleteRolePayload(Payload):
    """What was deleted."""

    deleted_id: strawberry.ID | None = needed("Id of the role.")


@strawberry.type
class CreateCustomerUserRolePayload(Payload):
    """The new role."""

    role: CustomerUserRoleRef | None = needed("The role.")


@strawberry.type
class UpdateCustomerUserRolePayload(Payload):
    """The changed role."""

    role: CustomerUserRoleRef | None = needed(
        "The role; a company's own copy where it may not change the predefined one."
    )


@strawberry.type
class DeleteCustomerUserRolePayload(Payload):
    """What was deleted."""

    deleted_id: strawberry.ID | None = needed("Id of the role.")


@strawberry.type
class SetUserRolesPayload(Payload):
    """The user with the new roles."""

    user: UserRef | None = needed("The user.")


@strawberry.type
class SetCustomerUserRolesPayload(Payload):
    """The customer user with the new roles."""

    customer_user: CustomerUserRef | None = needed("The customer user.")


@strawberry.type
class SetUserUnitsPayload(Payload):
    """The user with the new units."""

    user: UserRef | None = needed("The user.")


@strawberry.type
class CreateUserPayload(Payload):
    """The new user."""

    user: UserRef | None = needed("The user.")


@strawberry.type
class UpdateUserPayload(Payload):
    """The changed user."""

    user: UserRef | None = needed("The user.")


@strawberry.type
class DeleteUserPayload(Payload):
    """Who was deleted."""

    deleted_id: strawberry.ID | None = needed("Id of the user.")


@strawberry.type
class CreateCustomerUserPayload(Payload):
    """The new customer user."""

    customer_user: CustomerUserRef | None = needed("The customer user.")


@strawberry.type
class UpdateCustomerUserPayload(Payload):
    """The changed customer user."""

    customer_user: CustomerUserRef | None = needed("The customer user.")


@strawberry.type
class DeleteCustomerUserPayload(Payload):
    """Who was deleted."""

    deleted_id: strawberry.ID | None = needed("Id of the customer user.")


@strawberry.type
class CreateBusinessUnitPayload(Payload):
    """The new unit."""

    business_unit: BusinessUnitRef | None = needed("The unit.")


@strawberry.type
class UpdateBusinessUnitPayload(Payload):
    """The changed unit."""

    business_unit: BusinessUnitRef | None = needed("The unit.")


@strawberry.type
class DeleteBusinessUnitPayload(Payload):
    """What was deleted."""

    deleted_id: strawberry.ID | None = needed("Id of the unit.")


@strawberry.type
class AssignPayload(Payload):
    """The record with its new owner."""

    record: Record | None = needed("The record; null when you no longer see it.")
