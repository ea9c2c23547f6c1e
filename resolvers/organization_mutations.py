"""What changes the organisation."""

from __future__ import annotations

import strawberry

from resolvers import organizations
from resolvers.organization_inputs import UpdateOrganizationPayload
from resolvers.verbs import mutation


@strawberry.type
class OrganizationMutations:
    """What changes the organisation."""

    update_organization: UpdateOrganizationPayload = mutation(
        organizations.update_organization, "Change the settings of the organisation that is asked about."
    )
