"""The inputs and payloads of the mutations of tags."""

from __future__ import annotations

import strawberry

from graph.types.record import Record
from graph.types.references import TagRef
from resolvers.verbs import Payload, UpdateInput, WriteInput, given, needed


@strawberry.input
class CreateTagInput(WriteInput):
    """A tag to be."""

    name: str = needed("The word, 1 to 255 characters, unique in the organisation.")


@strawberry.input
class UpdateTagInput(UpdateInput):
    """Changes of a tag."""

    id: strawberry.ID = needed("Id of the tag.")
    name: str | None = given("The word, 1 to 255 characters, unique in the organisation.")


@strawberry.input
class DeleteTagInput(UpdateInput):
    """A tag to delete."""

    id: strawberry.ID = needed("Id of the tag.")


@strawberry.input
class TagRecordInput(UpdateInput):
    """Tags of a record to put on it or to take away."""

    record_id: strawberry.ID = needed("Id of a customer, account, contact, lead, opportunity, order, cart or case.")
    add_ids: list[strawberry.ID] | None = given("Ids of tags to put on it, at most 100.")
    remove_ids: list[strawberry.ID] | None = given("Ids of tags to take away, at most 100.")


@strawberry.input
class SetTagsInput(UpdateInput):
    """The tags of a record, in place of those before."""

    record_id: strawberry.ID = needed("Id of a customer, account, contact, lead, opportunity, order, cart or case.")
    tag_ids: list[strawberry.ID] = needed("Ids of the tags, at most 100.")


@strawberry.type
class CreateTagPayload(Payload):
    """The new tag."""

    tag: TagRef | None = needed("The tag.")


@strawberry.type
class UpdateTagPayload(Payload):
    """The changed tag."""

    tag: TagRef | None = needed("The tag.")


@strawberry.type
class DeleteTagPayload(Payload):
    """What was deleted."""

    deleted_id: strawberry.ID | None = needed("Id of the tag.")


@strawberry.type
class TagRecordPayload(Payload):
    """The record with its tags."""

    record: Record | None = needed("The record.")


@strawberry.type
class SetTagsPayload(Payload):
    """The record with its tags."""

    record: Record | None = needed("The record.")
