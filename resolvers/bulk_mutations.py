"""What writes many records at once."""

from __future__ import annotations

import strawberry

from resolvers import account_rows, bulk, contact_rows
from resolvers.bulk_inputs import (
    CreateAccountsPayload,
    CreateContactsPayload,
    CreateCustomersPayload,
    UpdateAccountsPayload,
    UpdateContactsPayload,
    UpdateCustomersPayload,
    UpsertCustomersPayload,
)
from resolvers.verbs import mutation


@strawberry.type
class BulkMutations:
    """What writes many records at once."""

    create_customers: CreateCustomersPayload = mutation(
        bulk.create_customers,
        "Make many customers of one channel, each with an account: the one that its row says, else as the channel's "
        "policy says.",
    )
    update_customers: UpdateCustomersPayload = mutation(bulk.update_customers, "Change many customers.")
    upsert_customers: UpsertCustomersPayload = mutation(
        bulk.upsert_customers,
        "Make or change many customers of one channel by their keys in its source. Those that are there keep account "
        "and owner.",
    )
    create_accounts: CreateAccountsPayload = mutation(account_rows.create_accounts, "Make many accounts.")
    update_accounts: UpdateAccountsPayload = mutation(account_rows.update_accounts, "Change many accounts.")
    create_contacts: CreateContactsPayload = mutation(contact_rows.create_contacts, "Make many contacts.")
    update_contacts: UpdateContactsPayload = mutation(contact_rows.update_contacts, "Change many contacts.")
