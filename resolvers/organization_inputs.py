"""The input and the payload of the mutation of the organisation."""

from __future__ import annotations

import strawberry

from graph.types.enums import TreeAccounts
from graph.types.references import OrganizationRef
from resolvers.verbs import Payload, UpdateInput, given, needed


@strawberry.input
class UpdateOrganizationInput(UpdateInput):
    """Changes of the organisation that is asked about."""

    tree_accounts: TreeAccounts | None = given(
        "Which account the customers of a tree have. It decides about later writes; customers that are there stay "
        "where they are until one of these moves them."
    )


@strawberry.type
class UpdateOrganizationPayload(Payload):
    """The changed organisation."""

    organization: OrganizationRef | None = needed("The organisation.")
