"""What changes contacts."""

from __future__ import annotations

import strawberry

from resolvers import contact_groups, contact_links, contacts
from resolvers.contact_inputs import (
    CreateContactGroupPayload,
    CreateContactPayload,
    DeleteContactGroupPayload,
    DeleteContactPayload,
    LinkContactPayload,
    SetContactGroupsPayload,
    UnlinkContactPayload,
    UpdateContactGroupPayload,
    UpdateContactPayload,
)
from resolvers.verbs import mutation


@strawberry.type
class ContactMutations:
    """What changes contacts."""

    create_contact: CreateContactPayload = mutation(
        contacts.create_contact, "Make a contact with its email addresses, phone numbers and addresses."
    )
    update_contact: UpdateContactPayload = mutation(
        contacts.update_contact, "Change a contact; a list stands for all that the contact has of it."
    )
    delete_contact: DeleteContactPayload = mutation(
        contacts.delete_contact, "Delete a contact. Accounts of which it is the default contact are left without one."
    )
    link_contact: LinkContactPayload = mutation(
        contact_links.link_contact,
        "Link a contact to an account, a customer, a lead or an opportunity, or change what the link says.",
    )
    unlink_contact: UnlinkContactPayload = mutation(
        contact_links.unlink_contact,
        "Take away the link of a contact to a record. An account whose default contact it was is left without one.",
    )
    create_contact_group: CreateContactGroupPayload = mutation(
        contact_groups.create_contact_group, "Make a group of contacts."
    )
    update_contact_group: UpdateContactGroupPayload = mutation(
        contact_groups.update_contact_group, "Give a group of contacts another label."
    )
    delete_contact_group: DeleteContactGroupPayload = mutation(
        contact_groups.delete_contact_group, "Delete a group of contacts. Its contacts stay."
    )
    set_contact_groups: SetContactGroupsPayload = mutation(
        contact_groups.set_contact_groups, "Put a contact into groups in place of those before."
    )
