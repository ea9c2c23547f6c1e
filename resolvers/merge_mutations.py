"""What merges records that are one."""

from __future__ import annotations

import strawberry

from resolvers import contact_merges, merges
from resolvers.merge_inputs import MergeAccountsPayload, MergeContactsPayload
from resolvers.verbs import mutation


@strawberry.type
class MergeMutations:
    """What merges records that are one."""

    merge_accounts: MergeAccountsPayload = mutation(
        merges.merge_accounts,
        "Merge accounts into one: customers and all else of the others follow it, and they are deleted.",
    )
    merge_contacts: MergeContactsPayload = mutation(
        contact_merges.merge_contacts,
        "Merge contacts into one: everything that is related to the others follows it, and they are deleted.",
    )
