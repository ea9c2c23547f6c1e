"""Who works here: organisations, business units and users."""

from __future__ import annotations

import strawberry

from graph.connection import Connection
from graph.fields import IN, OUT, choice, connected, hop, listed, one, prop
from graph.model import Kind
from graph.permissions import Sensitive
from graph.scalars import Currency
from graph.types.enums import TreeAccounts
from graph.types.record import Record
from graph.types.references import BusinessUnitRef, RoleRef, UserRef


@strawberry.type
class Organization(Record):
    """A tenant: nothing in it is ever seen from another one."""

    name: str | None = prop("Name of the organisation.", searchable=False)
    currency: Currency | None = prop("Base currency, in which lifetime values are kept.")
    tree_accounts: TreeAccounts | None = choice(
        "Which account the customers of a tree have; unset is EACH.", TreeAccounts
    )


@strawberry.type
class BusinessUnit(Record):
    """A part of the organisation; units form a tree."""

    name: str | None = prop("Name of the unit.", searchable=True)
    parent: BusinessUnitRef | None = one("The unit that this one is part of.", "PART_OF", OUT, "BusinessUnit")
    children: Connection[BusinessUnitRef] = connected("Its subordinate units.", hop("PART_OF", IN, "BusinessUnit"))
    users: Connection[UserRef] = connected("Its members.", hop("MEMBER_OF_UNIT", IN, "User"))


@strawberry.type
class User(Record):
    """A member of staff."""

    username: str | None = prop(
        "Name to sign in with, often the email address.", sortable=False, sensitive=Sensitive.EMAIL
    )
    first_name: str | None = prop("First name.")
    last_name: str | None = prop("Last name.")
    email: str | None = prop("Email address.", searchable=True, sensitive=Sensitive.EMAIL)
    phone: str | None = prop("Phone number.", sensitive=Sensitive.PHONE)
    title: str | None = prop("Job title.")
    business_units: Connection[BusinessUnitRef] = connected(
        "The units of the user.", hop("MEMBER_OF_UNIT", OUT, "BusinessUnit")
    )
    enabled: bool | None = prop("Whether the user may sign in; unset is yes.", Kind.BOOLEAN)
    roles: list[RoleRef] = listed("The user's roles.", "HAS_ROLE", OUT, "Role")
    reports_to: UserRef | None = one("The user's manager.", "REPORTS_TO", OUT, "User")
    reports: Connection[UserRef] = connected("Who reports to the user.", hop("REPORTS_TO", IN, "User"))


@strawberry.type
class Role(Record):
    """A role of members of staff: what its holders may do."""

    name: str | None = prop("Name of the role, unique in the organisation.", searchable=False)
    permissions: list[str] = prop(
        "Its permissions: entity, action and level, such as `Customer VIEW UNIT`.", Kind.STRINGS
    )
    hidden_fields: list[str] = prop("What it hides: entity and fields, such as `Contact EMAIL`.", Kind.STRINGS)
    users: Connection[UserRef] = connected("Who holds it.", hop("HAS_ROLE", IN, "User"))
