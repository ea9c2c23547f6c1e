"""People in the graph by their names: whom a token for development can be for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from app.viewers import Identity
from cypher.viewers import people_named
from graph.database import Database
from graph.errors import Unauthenticated


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who may sign in.

    Attributes:
        kind: a member of staff or a customer user.
        name: username or email address.
        organization: key of the organisation, and `organization_name`.
        display_name: name to show.
        roles: names of the roles, in order.
    """

    kind: Literal["staff", "customer"]
    name: str
    organization: str
    organization_name: str
    display_name: str
    roles: tuple[str, ...]

    @property
    def identity(self) -> Identity:
        """Who the person is to a token."""
        return Identity(self.kind, self.name, self.organization)

    def as_json(self) -> dict[str, Any]:
        """The person as GraphiQL's page gets it."""
        return {
            "kind": self.kind,
            "name": self.name,
            "organization": self.organization,
            "organizationName": self.organization_name,
            "displayName": self.display_name,
            "roles": self.roles,
        }


async def find_people(database: Database, names: Sequence[str]) -> list[Person]:
    """The people who have one of the usernames or email addresses, by organisation: staff first, then by name."""
    (rows,) = await database.read([people_named(names)])
    return [
        Person(kind, name, key, organization, shown, tuple(roles))
        for kind, name, key, organization, shown, roles in rows
    ]


def the_one(people: Sequence[Person], name: str, organization: str | None, kind: str | None) -> Person:
    """The one of several people who is meant.

    Raises:
        Unauthenticated: nobody is, or several are.
    """
    meant = [person for person in people if organization in (None, person.organization) and kind in (None, person.kind)]
    if not meant:
        raise Unauthenticated(
            f"There is nobody {name!r} who may sign in.", hint="Name a user by username, or a customer user by email."
        )
    if len(meant) > 1:
        each = "; ".join(f"--organization {person.organization} --kind {person.kind}" for person in meant)
        raise Unauthenticated(f"Several people are {name!r}.", hint=f"Add one of: {each}")
    return meant[0]
