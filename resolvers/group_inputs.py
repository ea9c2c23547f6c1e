"""The inputs and payloads of the mutations of customer groups."""

from __future__ import annotations

import strawberry

from graph.scalars import Decimal
from graph.types.references import CustomerGroupRef
from resolvers.verbs import Payload, UpdateInput, WriteInput, given, needed


@strawberry.input
class CustomerGroupTerms:
    """The terms of a customer group, which its customers fall back to."""

    tax_code: str | None = given("Tax code.")
    payment_term: str | None = given("Payment term.")
    price_list: str | None = given("Price list.")
    discount_percent: Decimal | None = given("Discount in percent, from 0 to 100 with at most 4 decimals.")
    location: str | None = given("Location.")


@strawberry.input
class CreateCustomerGroupInput(CustomerGroupTerms, WriteInput):
    """A customer group to be."""

    name: str = needed("Its name, 1 to 255 characters.")


@strawberry.input
class UpdateCustomerGroupInput(CustomerGroupTerms, UpdateInput):
    """Changes of a customer group."""

    id: strawberry.ID = needed("Id of the group.")
    name: str | None = given("Its name, 1 to 255 characters.")


@strawberry.input
class DeleteCustomerGroupInput(UpdateInput):
    """A customer group to delete."""

    id: strawberry.ID = needed("Id of the group.")


@strawberry.input
class AssignCustomersToGroupInput(WriteInput):
    """Customers to put into a group in place of the one before."""

    customer_ids: list[strawberry.ID] = needed("Ids of the customers, at most 100.")
    group_id: strawberry.ID | None = needed("Id of the group; null for none.")


@strawberry.type
class CreateCustomerGroupPayload(Payload):
    """The new group."""

    customer_group: CustomerGroupRef | None = needed("The group.")


@strawberry.type
class UpdateCustomerGroupPayload(Payload):
    """The changed group."""

    customer_group: CustomerGroupRef | None = needed("The group.")


@strawberry.type
class DeleteCustomerGroupPayload(Payload):
    """What was deleted."""

    deleted_id: strawberry.ID | None = needed("Id of the group.")


@strawberry.type
class AssignCustomersToGroupPayload(Payload):
    """The group with its customers."""

    customer_group: CustomerGroupRef | None = needed("The group; null when the customers have none now.")
    assigned: int | None = needed("How many customers were not in it before.")
