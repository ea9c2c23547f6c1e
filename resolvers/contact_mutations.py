"""What changes contacts."""

from __future__ import annotations

import strawberry

from resolvers import contacts
from resolvers.contact_inputs import CreateContactPayload, DeleteContactPayload, UpdateContactPayload
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
