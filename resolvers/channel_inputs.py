"""The inputs and payloads of the mutations of channels and their types."""

from __future__ import annotations

from enum import Enum

import strawberry
from strawberry import enum_value as value

from graph.types.enums import AccountPolicy, ChannelStatus, LifetimeRule
from graph.types.references import ChannelRef, ChannelTypeRef
from resolvers.job_types import Job
from resolvers.verbs import Payload, UpdateInput, WriteInput, given, needed
from resolvers.vocabulary import RecordType


@strawberry.input
class ChannelTraits:
    """What a channel and its type say alike."""

    customer_identity: str | None = given(
        "What a customer is there, such as `Shop customer`; it must be among the entities."
    )
    entities: list[str] | None = given(
        "What its customers can have, such as `Order`, with the customer identity; at most 50 names."
    )
    lifetime_rule: LifetimeRule | None = given("How it values a customer. FIELD needs custom entities.")


@strawberry.input
class CreateChannelInput(ChannelTraits, WriteInput):
    """A channel to be; what is absent is as the type says."""

    name: str = needed("Its name, at most 250 characters.")
    type_id: strawberry.ID = needed("Id of its type, which it keeps.")
    source: str | None = given("Groups channels of one source.")
    status: ChannelStatus | None = given("Whether it takes new data; ACTIVE unless it is given.")
    account_policy: AccountPolicy | None = given(
        "How an import gives a customer its account; CREATE unless it is given."
    )
    default_owner_id: strawberry.ID | None = given(
        "Id of the user or unit who owns what imports and bulk writes make in it."
    )


@strawberry.input
class UpdateChannelInput(ChannelTraits, UpdateInput):
    """Changes of a channel; its type is fixed."""

    id: strawberry.ID = needed("Id of the channel.")
    name: str | None = given("Its name, at most 250 characters.")
    source: str | None = given("Groups channels of one source.")
    account_policy: AccountPolicy | None = given("How an import gives a customer its account.")
    default_owner_id: strawberry.ID | None = given(
        "Id of the user or unit who owns what imports and bulk writes make in it; what is there stays as it is."
    )


@strawberry.input
class SetChannelStatusInput(UpdateInput):
    """A channel to open or to close."""

    id: strawberry.ID = needed("Id of the channel.")
    status: ChannelStatus = needed("Whether it takes new data.")


@strawberry.enum(description="What becomes of the records of a channel that is deleted.")
class DeleteChannelMode(Enum):
    """What becomes of the records of a channel that is deleted."""

    RESTRICT = value("RESTRICT", description="The channel is not deleted while there are any.")
    DETACH = value("DETACH", description="They stay, without a channel.")
    CASCADE = value("CASCADE", description="They are deleted with it. Accounts and contacts stay.")


@strawberry.input
class DeleteChannelInput(UpdateInput):
    """A channel to delete."""

    id: strawberry.ID = needed("Id of the channel.")
    mode: DeleteChannelMode | None = given("What becomes of its records; RESTRICT unless it is given.")
    dry_run: bool = given("Only count them; nothing is written.", default=False)


@strawberry.input
class CreateChannelTypeInput(ChannelTraits, WriteInput):
    """A type of channels to be."""

    name: str = needed("Its name, unique in the organisation.")


@strawberry.input
class UpdateChannelTypeInput(ChannelTraits, UpdateInput):
    """Changes of a type of channels; the channels that are there stay as they are."""

    id: strawberry.ID = needed("Id of the type.")
    name: str | None = given("Its name, unique in the organisation.")


@strawberry.input
class DeleteChannelTypeInput(UpdateInput):
    """A type of channels to delete."""

    id: strawberry.ID = needed("Id of a type without channels.")


@strawberry.type
class CreateChannelPayload(Payload):
    """The new channel."""

    channel: ChannelRef | None = needed("The channel.")


@strawberry.type
class UpdateChannelPayload(Payload):
    """The changed channel."""

    channel: ChannelRef | None = needed("The channel.")
    job: Job | None = needed("What values its customers by another rule, where these are many; else null.")


@strawberry.type
class SetChannelStatusPayload(Payload):
    """The channel that was opened or closed."""

    channel: ChannelRef | None = needed("The channel.")


@strawberry.type
class RecordCount:
    """How many records of a type there are."""

    type: RecordType = needed("The type.")
    count: int = needed("How many.")


@strawberry.type
class DeleteChannelPayload(Payload):
    """What was deleted, or is being deleted, or would be."""

    deleted_id: strawberry.ID | None = needed("Id of the channel; null while a job deletes it, and in a dry run.")
    counts: list[RecordCount] | None = needed(
        "The records of the channel by type, those of which there are any; their parts, such as an order's items, go "
        "with them."
    )
    job: Job | None = needed("What deletes it in batches, where its records are many; else null.")


@strawberry.type
class CreateChannelTypePayload(Payload):
    """The new type of channels."""

    channel_type: ChannelTypeRef | None = needed("The type.")


@strawberry.type
class UpdateChannelTypePayload(Payload):
    """The changed type of channels."""

    channel_type: ChannelTypeRef | None = needed("The type.")


@strawberry.type
class DeleteChannelTypePayload(Payload):
    """What was deleted."""

    deleted_id: strawberry.ID | None = needed("Id of the type.")
