"""The mutations, by noun. Each names its payload and the function that does it; `mutating.py` runs them."""

from __future__ import annotations

import strawberry

from resolvers.access_mutations import AccessMutations
from resolvers.account_mutations import AccountMutations
from resolvers.bulk_mutations import BulkMutations
from resolvers.channel_mutations import ChannelMutations
from resolvers.contact_mutations import ContactMutations
from resolvers.customer_mutations import CustomerMutations
from resolvers.group_mutations import GroupMutations
from resolvers.merge_mutations import MergeMutations
from resolvers.organization_mutations import OrganizationMutations
from resolvers.tag_mutations import TagMutations
from resolvers.undo_mutations import UndoMutations
from resolvers.verbs import Verb, verbs_of


@strawberry.type(description="Everything that can be changed.")
class Mutation(
    AccessMutations,
    AccountMutations,
    BulkMutations,
    ChannelMutations,
    ContactMutations,
    CustomerMutations,
    GroupMutations,
    MergeMutations,
    OrganizationMutations,
    TagMutations,
    UndoMutations,
):
    """Everything that can be changed."""


VERBS: dict[str, Verb] = verbs_of(Mutation)
"""What does each mutation."""
