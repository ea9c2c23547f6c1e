"""The inputs and payloads of the mutations that write many customers at once."""

from __future__ import annotations

from enum import Enum

import strawberry
from strawberry import enum_value as value

from graph.types.enums import PartyKind
from graph.types.references import AccountRef, ContactRef, CustomerRef
from graph.user_errors import UserError
from resolvers.account_inputs import AccountDetails
from resolvers.contact_inputs import ContactDetails, NewContactLinkInput
from resolvers.customer_inputs import AccountChoiceInput, AccountOutcome, CustomerDetails, NewCustomerInput
from resolvers.verbs import Payload, WriteInput, given, needed

MOST_ROWS = 1000
"""Rows of one bulk write."""


@strawberry.enum(description="What becomes of a bulk write when some of its rows can't be written as they are.")
class ErrorPolicy(Enum):
    """What becomes of a bulk write when some of its rows can't be written as they are."""

    REJECT_ALL = value("REJECT_ALL", description="Nothing is written; `errors` of the payload tell about all rows.")
    REJECT_FAILED_ROWS = value(
        "REJECT_FAILED_ROWS", description="Rows with errors are not written, the others are; each row tells its errors."
    )
    IGNORE_FAILED = value(
        "IGNORE_FAILED",
        description="A field with an error is left out and the rest of its row is written; each row tells its errors. "
        "Rows that can't be written at all fail: their key is taken, their record is not yours or was changed.",
    )


@strawberry.enum(description="What became of a row.")
class RowOutcome(Enum):
    """What became of a row."""

    CREATED = value("CREATED", description="A record was made.")
    UPDATED = value("UPDATED", description="A record was changed.")
    UNCHANGED = value("UNCHANGED", description="The record was like this already; it keeps its version.")
    FAILED = value("FAILED", description="Nothing of the row was written.")


@strawberry.input
class BulkInput(WriteInput):
    """What every mutation takes that writes many records."""

    error_policy: ErrorPolicy | None = given(
        "What becomes of all when some rows have errors; REJECT_ALL unless it is given."
    )


@strawberry.input
class ParentInput:
    """Where one of many customers stands in the tree."""

    parent_id: strawberry.ID | None = given("Id of its parent in the tree; null makes it a root.")
    parent_origin_id: str | None = given(
        "Key of its parent in the source, in the same channel, in place of `parentId`: of a customer who is there, "
        "or of another row of this call, before it or after it. Null makes it a root."
    )


@strawberry.input
class NewCustomerRowInput(NewCustomerInput):
    """One of many customers to be."""

    parent_origin_id: str | None = given(
        "Key of its parent in the source, in the same channel, in place of `parentId`: of a customer who is there, "
        "or of another row of this call, before it or after it."
    )


@strawberry.input
class CreateCustomersInput(BulkInput):
    """Customers to be, of one channel."""

    channel_id: strawberry.ID = needed("Id of their channel, which must be active.")
    customers: list[NewCustomerRowInput] = needed(f"The customers, at most {MOST_ROWS:,}.")


@strawberry.input
class CustomerChangesInput(ParentInput, CustomerDetails):
    """Changes of one of many customers: absent fields are left alone, null clears."""

    id: strawberry.ID = needed("Id of the customer.")
    origin_id: str | None = given("Its key in the source, unique per channel.")
    group_id: strawberry.ID | None = given("Id of its group.")
    expected_version: int | None = given("Refuse with CONFLICT unless the record still has this version.")


@strawberry.input
class UpdateCustomersInput(BulkInput):
    """Customers to change."""

    customers: list[CustomerChangesInput] = needed(f"The changes, at most {MOST_ROWS:,}, one for each customer.")


@strawberry.input
class CustomerByOriginInput(ParentInput, CustomerDetails):
    """A customer as its source knows it: one that is there by its key is changed, else one is made."""

    origin_id: str = needed("Its key in the source, unique per channel.")
    kind: PartyKind | None = given("PERSON or BUSINESS; by the details that are given unless it is said. It is fixed.")
    account: AccountChoiceInput | None = given("The account of a new one; by the channel's policy unless it is given.")
    group_id: strawberry.ID | None = given("Id of its group.")
    owner_id: strawberry.ID | None = given(
        "Id of the user or unit who owns a new one; unless it is given the channel's default owner, else you."
    )


@strawberry.input
class UpsertCustomersInput(BulkInput):
    """Customers to make or change, of one channel."""

    channel_id: strawberry.ID = needed("Id of their channel, which must be active.")
    customers: list[CustomerByOriginInput] = needed(f"The customers, at most {MOST_ROWS:,}, each key once.")


@strawberry.input
class NewAccountRowInput(AccountDetails):
    """One of many accounts to be."""

    name: str = needed("Its name, 1 to 255 characters; several accounts may have the same.")
    owner_id: strawberry.ID | None = given("Id of the user or unit who owns it; you, unless it is given.")


@strawberry.input
class CreateAccountsInput(BulkInput):
    """Accounts to be."""

    accounts: list[NewAccountRowInput] = needed(f"The accounts, at most {MOST_ROWS:,}.")


@strawberry.input
class AccountChangesInput(AccountDetails):
    """Changes of one of many accounts: absent fields are left alone, null clears."""

    id: strawberry.ID = needed("Id of the account.")
    name: str | None = given("Its name, 1 to 255 characters.")
    expected_version: int | None = given("Refuse with CONFLICT unless the record still has this version.")


@strawberry.input
class UpdateAccountsInput(BulkInput):
    """Accounts to change."""

    accounts: list[AccountChangesInput] = needed(f"The changes, at most {MOST_ROWS:,}, one for each account.")


@strawberry.input
class NewContactRowInput(ContactDetails):
    """One of many contacts to be."""

    links: list[NewContactLinkInput] | None = given("What it is linked to from the beginning.")
    owner_id: strawberry.ID | None = given("Id of the user or unit who owns it; you, unless it is given.")


@strawberry.input
class CreateContactsInput(BulkInput):
    """Contacts to be."""

    contacts: list[NewContactRowInput] = needed(f"The contacts, at most {MOST_ROWS:,}.")


@strawberry.input
class ContactChangesInput(ContactDetails):
    """Changes of one of many contacts: absent fields are left alone, null clears."""

    id: strawberry.ID = needed("Id of the contact.")
    expected_version: int | None = given("Refuse with CONFLICT unless the record still has this version.")


@strawberry.input
class UpdateContactsInput(BulkInput):
    """Contacts to change."""

    contacts: list[ContactChangesInput] = needed(f"The changes, at most {MOST_ROWS:,}, one for each contact.")


@strawberry.type
class RowResult:
    """What became of one row of a bulk write."""

    row: int = needed("The place of the row in the input, from 0.")
    outcome: RowOutcome = needed("What became of it.")
    errors: list[UserError] = needed("What was wrong with the row.")


@strawberry.type
class CustomerResult(RowResult):
    """What became of one customer of a bulk write."""

    customer: CustomerRef | None = needed("The customer; null where the row failed, or where you may not see it.")
    account_outcome: AccountOutcome | None = needed(
        "Where the account of a new customer came from; ROOT also for one that came to the account of another root."
    )


@strawberry.type
class AccountResult(RowResult):
    """What became of one account of a bulk write."""

    account: AccountRef | None = needed("The account; null where the row failed, or where you may not see it.")


@strawberry.type
class ContactResult(RowResult):
    """What became of one contact of a bulk write."""

    contact: ContactRef | None = needed("The contact; null where the row failed, or where you may not see it.")


@strawberry.type
class BulkCounts:
    """How many rows had which outcome."""

    created: int = needed("Records that were made.")
    updated: int = needed("Records that were changed.")
    unchanged: int = needed("Records that were like this already.")
    failed: int = needed("Rows of which nothing was written.")


@strawberry.type
class BulkPayload(Payload):
    """What every mutation answers that writes many records."""

    counts: BulkCounts | None = needed("How many rows had which outcome.")


@strawberry.type
class BulkCustomersPayload(BulkPayload):
    """What became of the rows."""

    results: list[CustomerResult] | None = needed("What became of each row, in the order of the input.")


@strawberry.type
class CreateCustomersPayload(BulkCustomersPayload):
    """The new customers."""


@strawberry.type
class UpdateCustomersPayload(BulkCustomersPayload):
    """The changed customers."""


@strawberry.type
class UpsertCustomersPayload(BulkCustomersPayload):
    """The new and the changed customers."""


@strawberry.type
class BulkAccountsPayload(BulkPayload):
    """What became of the rows."""

    results: list[AccountResult] | None = needed("What became of each row, in the order of the input.")


@strawberry.type
class CreateAccountsPayload(BulkAccountsPayload):
    """The new accounts."""


@strawberry.type
class UpdateAccountsPayload(BulkAccountsPayload):
    """The changed accounts."""


@strawberry.type
class BulkContactsPayload(BulkPayload):
    """What became of the rows."""

    results: list[ContactResult] | None = needed("What became of each row, in the order of the input.")


@strawberry.type
class CreateContactsPayload(BulkContactsPayload):
    """The new contacts."""


@strawberry.type
class UpdateContactsPayload(BulkContactsPayload):
    """The changed contacts."""
