"""The mutation of the organisation: its settings."""

from __future__ import annotations

from strawberry import UNSET

from resolvers.organization_inputs import UpdateOrganizationInput
from resolvers.records import Written
from resolvers.writing import Write


async def update_organization(write: Write, given: UpdateOrganizationInput) -> Written:
    """Change the settings of the organisation that is asked about."""
    write.expect_level("Organization", "EDIT")
    # Whoever changes a tree does so before or after.
    await write.lock("tree")
    organization = await write.find_by_uuid("Organization", write.viewer.organization_id, action="EDIT")
    write.expect(organization, given.expected_version)
    if given.tree_accounts is None:
        write.refuse("INVALID", "It can be another one, but not none.", "treeAccounts")
    write.settle()
    if organization is None:
        return Written()
    chosen = given.tree_accounts.name if given.tree_accounts else UNSET
    await write.change(organization, {"treeAccounts": chosen})
    return Written.one("organization", organization)
