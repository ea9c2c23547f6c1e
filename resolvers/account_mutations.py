"""What changes accounts."""

from __future__ import annotations

import strawberry

from resolvers import accounts
from resolvers.account_inputs import CreateAccountPayload, DeleteAccountPayload, UpdateAccountPayload
from resolvers.verbs import mutation


@strawberry.type
class AccountMutations:
    """What changes accounts."""

    create_account: CreateAccountPayload = mutation(accounts.create_account, "Make an account, without customers yet.")
    update_account: UpdateAccountPayload = mutation(accounts.update_account, "Change an account.")
    delete_account: DeleteAccountPayload = mutation(
        accounts.delete_account, "Delete an account without customers, leads, opportunities and cases."
    )
