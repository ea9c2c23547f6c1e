"""Contacts: persons, wherever they stand."""

from __future__ import annotations

import strawberry

from graph.connection import Connection
from graph.fields import IN, OUT, choice, connected, hop, listed, one, prop
from graph.model import Kind
from graph.permissions import Sensitive
from graph.scalars import Date
from graph.types.enums import ContactMethod, Gender, SocialNetwork
from graph.types.record import Node, Owner, Record
from graph.types.references import (
    AccountRef,
    ActivityRef,
    AddressRef,
    ContactEmailRef,
    ContactGroupRef,
    ContactPhoneRef,
    ContactRef,
    ContactSocialRef,
    CustomerRef,
    LeadRef,
    OpportunityRef,
    TagRef,
    UserRef,
)


@strawberry.type
class ContactEmail(Node):
    """An email address of a contact."""

    email: str | None = prop("The address.", sensitive=Sensitive.EMAIL)
    is_primary: bool | None = prop("Whether it is the main one.", Kind.BOOLEAN)


@strawberry.type
class ContactPhone(Node):
    """A phone number of a contact."""

    phone: str | None = prop("The number.", sensitive=Sensitive.PHONE)
    is_primary: bool | None = prop("Whether it is the main one.", Kind.BOOLEAN)


@strawberry.type
class ContactSocial(Node):
    """Where a contact is found on a social network; handle, address or both are there."""

    network: SocialNetwork | None = choice("The network.", SocialNetwork)
    handle: str | None = prop("What the contact is called there.")
    url: str | None = prop("Web address of the profile.")


@strawberry.type
class ContactGroup(Record):
    """A group of contacts, such as Sales or Marketing."""

    label: str | None = prop("Label of the group, unique.")
    contacts: Connection[ContactRef] = connected("Its contacts.", hop("IN_CONTACT_GROUP", IN, "Contact"))


@strawberry.type
class Contact(Record):
    """A person, who may stand in several accounts and companies at once."""

    name_prefix: str | None = prop("Title before the name.")
    first_name: str | None = prop("First name.", searchable=True)
    last_name: str | None = prop("Last name.", searchable=True, sortable=True)
    name_suffix: str | None = prop("Suffix after the name.")
    gender: Gender | None = choice("Gender.", Gender)
    birthday: Date | None = prop(
        "Date of birth, not in the future.", Kind.DATE, sortable=True, sensitive=Sensitive.BIRTHDAY
    )
    job_title: str | None = prop("Job title.")
    source: str | None = prop("Where the contact came from.")
    method: ContactMethod | None = choice("How the contact prefers to be reached.", ContactMethod)
    email: str | None = prop("Primary email address.", searchable=True, sensitive=Sensitive.EMAIL)
    phone: str | None = prop("Primary phone number.", searchable=True, sensitive=Sensitive.PHONE)
    emails: list[ContactEmailRef] | None = listed(
        "All email addresses.", "HAS_EMAIL", OUT, "ContactEmail", sensitive=Sensitive.EMAIL
    )
    phones: list[ContactPhoneRef] | None = listed(
        "All phone numbers.", "HAS_PHONE", OUT, "ContactPhone", sensitive=Sensitive.PHONE
    )
    addresses: list[AddressRef] | None = listed(
        "Addresses.", "HAS_ADDRESS", OUT, "Address", sensitive=Sensitive.ADDRESS
    )
    socials: list[ContactSocialRef] = listed("Where it is on social networks.", "HAS_SOCIAL", OUT, "ContactSocial")
    groups: list[ContactGroupRef] = listed("Groups of the contact.", "IN_CONTACT_GROUP", OUT, "ContactGroup")
    owner: Owner | None = one("Who owns the contact.", "OWNED_BY", OUT, "Owner")
    assigned_to: UserRef | None = one("The member of staff who looks after it.", "ASSIGNED_TO", OUT, "User")
    accounts: Connection[AccountRef] = connected("Accounts it is linked to.", hop("HAS_CONTACT", IN, "Account"))
    customers: Connection[CustomerRef] = connected("Customers it is linked to.", hop("HAS_CONTACT", IN, "Customer"))
    leads: Connection[LeadRef] = connected("Leads it is linked to.", hop("HAS_CONTACT", IN, "Lead"))
    opportunities: Connection[OpportunityRef] = connected(
        "Opportunities it is linked to.", hop("HAS_CONTACT", IN, "Opportunity")
    )
    reports_to: ContactRef | None = one("The contact's manager.", "REPORTS_TO", OUT, "Contact")
    reports: Connection[ContactRef] = connected("Who reports to the contact.", hop("REPORTS_TO", IN, "Contact"))
    activities: Connection[ActivityRef] = connected("Activities regarding it.", hop("REGARDING", IN, "Activity"))
    tags: list[TagRef] = listed("Its tags.", "TAGGED", OUT, "Tag")
