"""The inputs and payloads of the mutations of contacts."""

from __future__ import annotations

import strawberry

from graph.scalars import Date
from graph.types.enums import Gender
from graph.types.references import ContactRef
from resolvers.part_inputs import AddressInput, ContactEmailInput, ContactPhoneInput
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
    emails: list[ContactEmailInput] | None = given("All email addresses, in place of those before.")
    phones: list[ContactPhoneInput] | None = given("All phone numbers, in place of those before.")
    addresses: list[AddressInput] | None = given("All addresses, in place of those before.")
    reports_to_id: strawberry.ID | None = given("Id of the contact's manager.")


@strawberry.input
class CreateContactInput(ContactDetails, WriteInput):
    """A contact to be."""

    owner_id: strawberry.ID | None = given("Id of the user or unit who owns it; you, unless it is given.")


@strawberry.input
class UpdateContactInput(ContactDetails, UpdateInput):
    """Changes of a contact."""

    id: strawberry.ID = needed("Id of the contact.")


@strawberry.input
class DeleteContactInput(UpdateInput):
    """A contact to delete."""

    id: strawberry.ID = needed("Id of the contact.")


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
