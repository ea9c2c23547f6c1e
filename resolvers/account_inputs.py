"""The inputs and payloads of the mutations of accounts."""

from __future__ import annotations

import strawberry

from graph.types.enums import PartyKind
from graph.types.references import AccountRef
from resolvers.verbs import Payload, UpdateInput, WriteInput, given, needed


@strawberry.input
class AccountDetails:
    """What an account is, beside its name."""

    kind: PartyKind | None = given("Its kind: PERSON, HOUSEHOLD, COMPANY or GROUP.")
    description: str | None = given("Free text, at most 10,000 characters.")
    referred_by_id: strawberry.ID | None = given("Id of the account that referred this one.")
    default_contact_id: strawberry.ID | None = given(
        "Id of its default contact, which becomes one of its contacts; the one before stays a contact."
    )


@strawberry.input
class CreateAccountInput(AccountDetails, WriteInput):
    """An account to be."""

    name: str = needed("Its name, 1 to 255 characters; several accounts may have the same.")
    owner_id: strawberry.ID | None = given("Id of the user or unit who owns it; you, unless it is given.")


@strawberry.input
class UpdateAccountInput(AccountDetails, UpdateInput):
    """Changes of an account; `assign` gives it to another owner."""

    id: strawberry.ID = needed("Id of the account.")
    name: str | None = given("Its name, 1 to 255 characters.")


@strawberry.input
class DeleteAccountInput(UpdateInput):
    """An account to delete."""

    id: strawberry.ID = needed("Id of an account without customers, leads, opportunities and cases.")


@strawberry.type
class CreateAccountPayload(Payload):
    """The new account."""

    account: AccountRef | None = needed("The account.")


@strawberry.type
class UpdateAccountPayload(Payload):
    """The changed account."""

    account: AccountRef | None = needed("The account.")


@strawberry.type
class DeleteAccountPayload(Payload):
    """What was deleted."""

    deleted_id: strawberry.ID | None = needed("Id of the account.")
