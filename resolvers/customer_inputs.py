"""The inputs and payloads of the mutations of customers and their tree."""

from __future__ import annotations

from enum import Enum

import strawberry
from strawberry import enum_value as value

from graph.scalars import Date
from graph.types.enums import AffiliationKind, CustomerStatus, Gender, PartyKind
from graph.types.references import AccountRef, ContactRef, CustomerRef
from resolvers.part_inputs import AddressInput
from resolvers.verbs import Payload, UpdateInput, WriteInput, given, needed


@strawberry.enum(description="Where the account of a customer came from.")
class AccountOutcome(Enum):
    """Where the account of a customer came from."""

    CREATED = value("CREATED", description="It was made for the customer.")
    MATCHED = value("MATCHED", description="It is that of a customer with the same names and email address.")
    GIVEN = value("GIVEN", description="It is the one that the input named.")
    ROOT = value("ROOT", description="It is that of the root of its tree, as the organisation wants it.")


@strawberry.input
class PersonDetailsInput:
    """What a customer who is a person has."""

    first_name: str | None = given("First name.")
    last_name: str | None = given("Last name.")
    birthday: Date | None = given("Date of birth, not in the future.")
    gender: Gender | None = given("Gender.")
    is_guest: bool | None = given("Whether the person bought without signing up.")


@strawberry.input
class BusinessDetailsInput:
    """What a customer that is a business has."""

    vat_id: str | None = given("VAT id.")
    tax_code: str | None = given("Tax code; falls back to the group's.")
    payment_term: str | None = given("Payment term; falls back to the group's.")
    price_list: str | None = given("Price list; falls back to the group's.")
    internal_rating: str | None = given("Internal rating.")
    employees: int | None = given("How many people work there.")


@strawberry.input
class NewAccountInput:
    """An account to make for a customer."""

    name: str | None = given("Its name; the customer's unless it is given.")
    kind: PartyKind | None = given("Its kind: PERSON for a person and COMPANY for a business unless it is given.")


@strawberry.input(one_of=True)
class AccountChoiceInput:
    """The account of a customer: one that is there, a new one, or that of a customer who matches."""

    id: strawberry.ID | None = given("Id of an account.")
    create: NewAccountInput | None = given("A new account.")
    match: bool | None = given(
        "True: the account of a customer whom you see with the same first name, last name and email address, in any "
        "case; a new one when there is none."
    )


@strawberry.input
class CustomerDetails:
    """What a customer is, beside its place."""

    name: str | None = given("Name as the channel knows it.")
    email: str | None = given("Email address.")
    phone: str | None = given("Phone number.")
    website: str | None = given("Website.")
    status: CustomerStatus | None = given("Where it stands; ACTIVE unless it is given.")
    person: PersonDetailsInput | None = given("What a person has.")
    business: BusinessDetailsInput | None = given("What a business has.")


@strawberry.input
class NewCustomerInput(CustomerDetails):
    """A customer to be, in a channel that is named beside it."""

    origin_id: str | None = given("Its key in the source, unique per channel.")
    kind: PartyKind | None = given("PERSON or BUSINESS; by the details that are given unless it is said.")
    account: AccountChoiceInput | None = given(
        "Its account; a new one unless it is given. With a parent, where a tree has one account, leave it out."
    )
    group_id: strawberry.ID | None = given("Id of its group.")
    parent_id: strawberry.ID | None = given("Id of its parent in the tree.")
    owner_id: strawberry.ID | None = given(
        "Id of the user or unit who owns it; unless it is given you, but of many at once the channel's default owner."
    )


@strawberry.input
class CreateCustomerInput(NewCustomerInput, WriteInput):
    """A customer to be."""

    channel_id: strawberry.ID = needed("Id of its channel, which must be active.")
    addresses: list[AddressInput] | None = given("Its addresses.")
    sales_representative_ids: list[strawberry.ID] | None = given(
        "Ids of the members of staff who sell to it, at most 100."
    )


@strawberry.input
class UpdateCustomerInput(CustomerDetails, UpdateInput):
    """Changes of a customer."""

    id: strawberry.ID = needed("Id of the customer.")
    addresses: list[AddressInput] | None = given("All its addresses, in place of those before.")
    origin_id: str | None = given("Its key in the source, unique per channel.")
    group_id: strawberry.ID | None = given("Id of its group.")
    sales_representative_ids: list[strawberry.ID] | None = given(
        "Ids of all members of staff who sell to it, in place of those before; at most 100."
    )


@strawberry.input
class DeleteCustomerInput(UpdateInput):
    """A customer to delete."""

    id: strawberry.ID = needed("Id of a customer without orders, users and children.")


@strawberry.input
class SetCustomerParentInput(UpdateInput):
    """A customer to move in the tree, with all below it."""

    customer_id: strawberry.ID = needed("Id of the customer.")
    parent_id: strawberry.ID | None = needed("Id of its new parent; null makes it a root.")


@strawberry.input
class SetCustomerAccountInput(UpdateInput):
    """A customer to put under another account."""

    customer_id: strawberry.ID = needed("Id of the customer.")
    account: AccountChoiceInput = needed("The account.")


@strawberry.input
class AffiliateCustomersInput(UpdateInput):
    """A customer to affiliate with another one, or an affiliation to change; `expectedVersion` is the customer's."""

    customer_id: strawberry.ID = needed("Id of the customer.")
    affiliated_id: strawberry.ID = needed("Id of the other one: its further parent, client or partner.")
    kind: AffiliationKind = needed("What the other one is to it.")


@strawberry.input
class EndAffiliationInput(UpdateInput):
    """An affiliation to end; `expectedVersion` is the customer's."""

    customer_id: strawberry.ID = needed("Id of the customer.")
    affiliated_id: strawberry.ID = needed("Id of the customer that it is affiliated with.")


@strawberry.type
class CreateCustomerPayload(Payload):
    """The new customer, its account and its contact."""

    customer: CustomerRef | None = needed("The customer.")
    account: AccountRef | None = needed("Its account; null where you may not see it.")
    account_outcome: AccountOutcome | None = needed("Where the account came from.")
    contact: ContactRef | None = needed(
        "In a channel of type WEB, who buys there: a new contact, or one of the account with the same names and email "
        "address. Null in other channels, where nothing identifies a person, and where you may not see it."
    )


@strawberry.type
class UpdateCustomerPayload(Payload):
    """The changed customer."""

    customer: CustomerRef | None = needed("The customer.")


@strawberry.type
class DeleteCustomerPayload(Payload):
    """What was deleted."""

    deleted_id: strawberry.ID | None = needed("Id of the customer.")


@strawberry.type
class SetCustomerParentPayload(Payload):
    """The moved customer."""

    customer: CustomerRef | None = needed("The customer at its new place.")
    account: AccountRef | None = needed("Its account now; null where you may not see it.")
    account_outcome: AccountOutcome | None = needed(
        "ROOT where all customers of a tree have the account of its root; null where it keeps the account that it had."
    )
    moved_customers: int | None = needed(
        "How many customers that you see came to another account, itself and those below it; null with errors."
    )


@strawberry.type
class SetCustomerAccountPayload(Payload):
    """The customer with its account."""

    customer: CustomerRef | None = needed("The customer.")
    account: AccountRef | None = needed("Its account now; null where you may not see it.")
    account_outcome: AccountOutcome | None = needed("Where the account came from.")
    moved_customers: int | None = needed(
        "How many customers that you see came to the account, itself and those below it that follow; null with errors."
    )


@strawberry.type
class AffiliateCustomersPayload(Payload):
    """The customers at both ends."""

    customer: CustomerRef | None = needed("The customer.")
    affiliated: CustomerRef | None = needed("The one that it is affiliated with.")


@strawberry.type
class EndAffiliationPayload(Payload):
    """The customers at both ends."""

    customer: CustomerRef | None = needed("The customer.")
    affiliated: CustomerRef | None = needed("The one that it was affiliated with.")
