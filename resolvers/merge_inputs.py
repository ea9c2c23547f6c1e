"""The inputs and payloads of merging accounts and contacts."""

from __future__ import annotations

from enum import Enum

import strawberry
from strawberry import enum_value as value

from graph.types.references import AccountRef, ContactRef
from resolvers.verbs import Payload, UpdateInput, given, needed
from resolvers.vocabulary import RelationshipType


@strawberry.enum(description="What becomes of what accounts or contacts have several of.")
class MergeMode(Enum):
    """What becomes of what accounts or contacts have several of."""

    UNITE = value("UNITE", description="The master has them all, each once.")
    REPLACE = value("REPLACE", description="The master has those of one source, and no other ones.")


@strawberry.enum(description="A field of an account that a merge can take from any of them.")
class AccountMergeField(Enum):
    """A field of an account that a merge can take from any of them."""

    NAME = value("NAME", description="Its name.")
    KIND = value("KIND", description="Its kind.")
    DESCRIPTION = value("DESCRIPTION", description="Its description.")
    OWNER = value("OWNER", description="Who owns it.")
    REFERRED_BY = value("REFERRED_BY", description="The account that referred it.")
    DEFAULT_CONTACT = value("DEFAULT_CONTACT", description="Its default contact.")


@strawberry.input
class MergeListInput:
    """What becomes of the contacts, tags or activities."""

    mode: MergeMode | None = given("UNITE unless it is given.")
    source_id: strawberry.ID | None = given("For REPLACE, whose are taken; the master's unless it is given.")


@strawberry.input
class AccountFieldInput:
    """Where the master has a field from."""

    field: AccountMergeField = needed("The field.")
    source_id: strawberry.ID = needed("Id of the account whose value it takes: the master or one of the others.")


@strawberry.input
class MergeInput(UpdateInput):
    """What merges have in common; `expectedVersion` is the master's."""

    master_id: strawberry.ID = needed("Id of the one that stays.")
    ids: list[strawberry.ID] = needed("Ids of those that are merged into it and are deleted: 2 to 20 with the master.")
    tags: MergeListInput | None = given("What becomes of the tags.")
    activities: MergeListInput | None = given("What becomes of the calls, emails, tasks, notes and events.")
    dry_run: bool = given("Whether to answer what the merge would do, and write nothing.", default=False)


@strawberry.input
class MergeAccountsInput(MergeInput):
    """Accounts that are one."""

    fields: list[AccountFieldInput] | None = given("Fields that the master takes from others; the rest stays its own.")
    contacts: MergeListInput | None = given("What becomes of the contacts.")


@strawberry.enum(description="A field of a contact that a merge can take from any of them.")
class ContactMergeField(Enum):
    """A field of a contact that a merge can take from any of them."""

    NAME_PREFIX = value("NAME_PREFIX", description="Title before the name.")
    FIRST_NAME = value("FIRST_NAME", description="First name.")
    LAST_NAME = value("LAST_NAME", description="Last name.")
    NAME_SUFFIX = value("NAME_SUFFIX", description="Suffix after the name.")
    GENDER = value("GENDER", description="Gender.")
    BIRTHDAY = value("BIRTHDAY", description="Date of birth.")
    JOB_TITLE = value("JOB_TITLE", description="Job title.")
    SOURCE = value("SOURCE", description="Where the contact came from.")
    METHOD = value("METHOD", description="How the contact prefers to be reached.")
    EMAIL = value("EMAIL", description="Primary email address.")
    PHONE = value("PHONE", description="Primary phone number.")
    OWNER = value("OWNER", description="Who owns it.")
    ASSIGNED_TO = value("ASSIGNED_TO", description="The member of staff who looks after it.")
    REPORTS_TO = value("REPORTS_TO", description="The contact's manager.")


@strawberry.input
class ContactFieldInput:
    """Where the master has a field from."""

    field: ContactMergeField = needed("The field.")
    source_id: strawberry.ID = needed("Id of the contact whose value it takes: the master or one of the others.")


@strawberry.input
class MergeContactsInput(MergeInput):
    """Contacts that are one person."""

    fields: list[ContactFieldInput] | None = given("Fields that the master takes from others; the rest stays its own.")


@strawberry.type
class MovedRelationships:
    """How many relationships of one type a merge has moved."""

    relationship_type: RelationshipType = strawberry.field(description="Their type.")
    count: int = strawberry.field(description="How many of those that you see lead to the master now.")


@strawberry.type
class MergePayload(Payload):
    """What merges answer."""

    merged_ids: list[strawberry.ID] | None = needed("Ids of those that were merged into it and are deleted.")
    moved: list[MovedRelationships] | None = needed("What the master has of the others, by type.")
    undoable: bool | None = needed("Whether `undo` can take it back: not when it moves more than 20,000 relationships.")


@strawberry.type
class MergeAccountsPayload(MergePayload):
    """The account that is left."""

    account: AccountRef | None = needed("The master with what it has now; with `dryRun`, would have.")


@strawberry.type
class MergeContactsPayload(MergePayload):
    """The contact that is left."""

    contact: ContactRef | None = needed("The master with what it has now; with `dryRun`, would have.")
