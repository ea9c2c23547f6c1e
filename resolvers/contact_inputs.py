"""The inputs and payloads of the mutations of contacts."""

from __future__ import annotations

import strawberry

from graph.scalars import Date
from graph.types.enums import ContactMethod, Gender
from graph.types.record import Record
from graph.types.references import ContactGroupRef, ContactRef
from resolvers.part_inputs import AddressInput, ContactEmailInput, ContactPhoneInput, ContactSocialInput
from resolvers.verbs import Payload, UpdateInput, WriteInput, given, needed


@strawberry.input
class ContactDetails:
    """What a contact is; at least one of first name, last name, email and phone is there."""

    name_prefix: str | None = given("Title before the name.")
    first_name: str | None = given("First name.")
    last_name: str | None = given("Last name.")
    name_suffix: str | None = given("Suffix after the name.")
    gender: Gender | None = given("Gender.")
    birthday: Date | None = given("Date of birth, not in the future.")
    job_title: str | None = given("Job title.")
    source: str | None = given("Where the contact came from.")
    method: ContactMethod | None = given("How the contact prefers to be reached.")
    emails: list[ContactEmailInput] | None = given("All email addresses, in place of those before.")
    phones: list[ContactPhoneInput] | None = given("All phone numbers, in place of those before.")
    addresses: list[AddressInput] | None = given("All addresses, in place of those before.")
    socials: list[ContactSocialInput] | None = given("All profiles on social networks, in place of those before.")
    reports_to_id: strawberry.ID | None = given("Id of the contact's manager.")
    assigned_to_id: strawberry.ID | None = given("Id of the member of staff who looks after the contact.")


@strawberry.input
class ContactLinkDetails:
    """What a contact is at a record."""

    role: str | None = given("Role of the contact there.")
    position: str | None = given("Position of the contact there.")
    is_default: bool | None = given(
        "Accounts only: whether it is the default contact, in place of the one before. The first contact of an account "
        "that has no default becomes it unless this says no."
    )


@strawberry.input
class NewContactLinkInput(ContactLinkDetails):
    """A record that a new contact is linked to."""

    record_id: strawberry.ID = needed("Id of an account, a customer, a lead or an opportunity.")


@strawberry.input
class CreateContactInput(ContactDetails, WriteInput):
    """A contact to be."""

    links: list[NewContactLinkInput] | None = given("What it is linked to from the beginning.")
    owner_id: strawberry.ID | None = given("Id of the user or unit who owns it; you, unless it is given.")


@strawberry.input
class UpdateContactInput(ContactDetails, UpdateInput):
    """Changes of a contact."""

    id: strawberry.ID = needed("Id of the contact.")


@strawberry.input
class DeleteContactInput(UpdateInput):
    """A contact to delete."""

    id: strawberry.ID = needed("Id of the contact.")


@strawberry.input
class LinkContactInput(ContactLinkDetails, UpdateInput):
    """A contact to link to a record, or a link to change; `expectedVersion` is the record's."""

    contact_id: strawberry.ID = needed("Id of the contact.")
    record_id: strawberry.ID = needed("Id of an account, a customer, a lead or an opportunity.")


@strawberry.input
class UnlinkContactInput(UpdateInput):
    """A contact that is to stand at a record no longer; `expectedVersion` is the record's."""

    contact_id: strawberry.ID = needed("Id of the contact.")
    record_id: strawberry.ID = needed("Id of the account, customer, lead or opportunity that it is linked to.")


@strawberry.input
class CreateContactGroupInput(WriteInput):
    """A group of contacts to be."""

    label: str = needed("Label of the group, unique in the organisation.")


@strawberry.input
class UpdateContactGroupInput(UpdateInput):
    """Changes of a group of contacts."""

    id: strawberry.ID = needed("Id of the group.")
    label: str | None = given("Label of the group, unique in the organisation.")


@strawberry.input
class DeleteContactGroupInput(UpdateInput):
    """A group of contacts to delete."""

    id: strawberry.ID = needed("Id of the group.")


@strawberry.input
class SetContactGroupsInput(UpdateInput):
    """The groups of a contact, in place of those before."""

    contact_id: strawberry.ID = needed("Id of the contact.")
    group_ids: list[strawberry.ID] = needed("Ids of groups, at most 100; an empty list takes it out of all.")


@strawberry.type
class CreateContactPayload(Payload):
    """The new contact."""

    contact: ContactRef | None = needed("The contact.")


@strawberry.type
class UpdateContactPayload(Payload):
    """The changed contact."""

    contact: ContactRef | None = needed("The contact.")


@strawberry.type
class DeleteContactPayload(Payload):
    """What was deleted."""

    deleted_id: strawberry.ID | None = needed("Id of the contact.")


@strawberry.type
class LinkContactPayload(Payload):
    """The contact and what it is linked to."""

    contact: ContactRef | None = needed("The contact.")
    record: Record | None = needed("The record that it is linked to.")


@strawberry.type
class UnlinkContactPayload(Payload):
    """The contact and what it was linked to."""

    contact: ContactRef | None = needed("The contact; null when you no longer see it.")
    record: Record | None = needed("The record that it was linked to.")
    was_default: bool | None = needed("Whether it was the account's default contact: the account has none now.")


@strawberry.type
class CreateContactGroupPayload(Payload):
    """The new group."""

    contact_group: ContactGroupRef | None = needed("The group.")


@strawberry.type
class UpdateContactGroupPayload(Payload):
    """The changed group."""

    contact_group: ContactGroupRef | None = needed("The group.")


@strawberry.type
class DeleteContactGroupPayload(Payload):
    """What was deleted."""

    deleted_id: strawberry.ID | None = needed("Id of the group.")


@strawberry.type
class SetContactGroupsPayload(Payload):
    """The contact with its groups."""

    contact: ContactRef | None = needed("The contact.")
