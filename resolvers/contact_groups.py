"""Mutations of groups of contacts, and of the groups that a contact is in."""

from __future__ import annotations

from strawberry import UNSET

from resolvers.contact_inputs import (
    CreateContactGroupInput,
    DeleteContactGroupInput,
    SetContactGroupsInput,
    UpdateContactGroupInput,
)
from resolvers.deletion import deleted, find_to_delete
from resolvers.records import Written
from resolvers.writing import Write


async def create_contact_group(write: Write, given: CreateContactGroupInput) -> Written:
    """Make a group of contacts."""
    write.expect_level("ContactGroup", "CREATE")
    label = write.text(given.label, "label")
    write.settle()
    return Written.one("contactGroup", await write.create("ContactGroup", {"label": label, "displayName": label}))


async def update_contact_group(write: Write, given: UpdateContactGroupInput) -> Written:
    """Give a group of contacts another label."""
    group = await write.find(given.id, "ContactGroup", "id", action="EDIT")
    write.expect(group, given.expected_version)
    label = UNSET if given.label is UNSET else write.text(given.label, "label")
    if group is None:
        return Written()
    write.settle()
    await write.change(group, {"label": label, "displayName": label})
    return Written.one("contactGroup", group)


async def delete_contact_group(write: Write, given: DeleteContactGroupInput) -> Written:
    """Delete a group of contacts; its contacts stay."""
    return await deleted(write, await find_to_delete(write, given, "ContactGroup"))


async def set_contact_groups(write: Write, given: SetContactGroupsInput) -> Written:
    """Put a contact into groups in place of those before."""
    contact = await write.find(given.contact_id, "Contact", "contactId", action="EDIT")
    write.expect(contact, given.expected_version)
    if contact is None:
        return Written()
    # The list would replace what the viewer does not see.
    write.expect_level("ContactGroup", "VIEW")
    groups = await write.find_all(given.group_ids, "ContactGroup", "groupIds")
    write.settle()
    await write.change(contact, {}, {"groups": [group.uuid for group in groups]})
    return Written.one("contact", contact)
