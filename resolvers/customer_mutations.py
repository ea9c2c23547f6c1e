"""What changes customers and their tree."""

from __future__ import annotations

import strawberry

from resolvers import affiliations, customers, trees
from resolvers.customer_inputs import (
    AffiliateCustomersPayload,
    CreateCustomerPayload,
    DeleteCustomerPayload,
    EndAffiliationPayload,
    SetCustomerAccountPayload,
    SetCustomerParentPayload,
    UpdateCustomerPayload,
)
from resolvers.verbs import mutation


@strawberry.type
class CustomerMutations:
    """What changes customers and their tree."""

    create_customer: CreateCustomerPayload = mutation(
        customers.create_customer, "Make a customer, with an account of its own unless another one is named or matches."
    )
    update_customer: UpdateCustomerPayload = mutation(customers.update_customer, "Change a customer.")
    delete_customer: DeleteCustomerPayload = mutation(
        customers.delete_customer, "Delete a customer without orders, users and children. Its account stays."
    )
    set_customer_parent: SetCustomerParentPayload = mutation(
        trees.set_customer_parent,
        "Move a customer in the tree with all below it, or make it a root. It never gets below itself.",
    )
    set_customer_account: SetCustomerAccountPayload = mutation(
        customers.set_customer_account,
        "Put a customer under another account, or under a new one. An account that is left without customers stays.",
    )
    affiliate_customers: AffiliateCustomersPayload = mutation(
        affiliations.affiliate_customers,
        "Affiliate a customer with another one: its further parent, client or partner; or change which of them it is.",
    )
    end_affiliation: EndAffiliationPayload = mutation(
        affiliations.end_affiliation, "Take away the affiliation of a customer with another one."
    )
