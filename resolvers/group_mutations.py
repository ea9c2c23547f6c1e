"""What changes customer groups."""

from __future__ import annotations

import strawberry

from resolvers import groups
from resolvers.group_inputs import (
    AssignCustomersToGroupPayload,
    CreateCustomerGroupPayload,
    DeleteCustomerGroupPayload,
    UpdateCustomerGroupPayload,
)
from resolvers.verbs import mutation


@strawberry.type
class GroupMutations:
    """What changes customer groups."""

    create_customer_group: CreateCustomerGroupPayload = mutation(
        groups.create_customer_group, "Make a group of customers with the same terms."
    )
    update_customer_group: UpdateCustomerGroupPayload = mutation(
        groups.update_customer_group, "Change a customer group and its terms."
    )
    delete_customer_group: DeleteCustomerGroupPayload = mutation(
        groups.delete_customer_group, "Delete a customer group. Its customers stay, without a group."
    )
    assign_customers_to_group: AssignCustomersToGroupPayload = mutation(
        groups.assign_customers_to_group,
        "Put up to 100 customers into a group in place of the one before, or into none.",
    )
