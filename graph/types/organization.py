"""Who works here: organisations, business units and users."""

from __future__ import annotations

import strawberry

from graph.connection import Connection
from graph.fields import IN, OUT, connected, hop, one, prop
from graph.scalars import Currency
from graph.types.record import Record
from graph.types.references import BusinessUnitRef, UserRef


@strawberry.type
class Organization(Record):
    """A tenant: nothing in it is ever seen from another one."""

    name: str | None = prop("Name of the organisation.", searchable=False)
    currency: Currency | None = prop("Base currency, in which lifetime values are kept.")


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

    username: str | None = prop("Name to sign in with.", sortable=False)
    first_name: str | None = prop("First name.")
    last_name: str | None = prop("Last name.")
    email: str | None = prop("Email address.", searchable=True)
    phone: str | None = prop("Phone number.")
    title: str | None = prop("Job title.")
    business_units: Connection[BusinessUnitRef] = connected(
        "The units of the user.", hop("MEMBER_OF_UNIT", OUT, "BusinessUnit")
    )
    reports_to: UserRef | None = one("The user's manager.", "REPORTS_TO", OUT, "User")
    reports: Connection[UserRef] = connected("Who reports to the user.", hop("REPORTS_TO", IN, "User"))
