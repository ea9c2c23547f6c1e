"""What a write can be refused for: errors that are data, in the payload of a mutation."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from enum import Enum
from types import MappingProxyType
from typing import Any

import strawberry
from strawberry import enum_value as value

from graph.permissions import AccessLevel, Action


@strawberry.enum(description="What is wrong with a write.")
class UserErrorCode(Enum):
    """What is wrong with a write; `docs/errors.md` tells cause and remedy of each."""

    NOT_FOUND = value("NOT_FOUND", description="There is no such record for you.")
    INVALID = value("INVALID", description="The value can't be used.")
    TAKEN = value("TAKEN", description="Another record has this unique key.")
    FORBIDDEN = value("FORBIDDEN", description="You see the record, but may not do this to it.")
    CONFLICT = value("CONFLICT", description="The record has changed, or its state does not allow this.")
    IDEMPOTENCY_MISMATCH = value("IDEMPOTENCY_MISMATCH", description="The key was used with another input.")
    IN_USE = value("IN_USE", description="Other records depend on it.")
    CYCLE = value("CYCLE", description="It would be above itself.")
    LEVEL_TOO_HIGH = value("LEVEL_TOO_HIGH", description="Nobody gives others more than they have.")
    ROLE_REQUIRED = value("ROLE_REQUIRED", description="Who may sign in has a role.")
    LAST_ADMINISTRATOR = value("LAST_ADMINISTRATOR", description="Nobody would be left who can manage roles.")


@strawberry.interface
class UserError:
    """Why a write was refused: nothing was written."""

    code: UserErrorCode = strawberry.field(description="What is wrong, for programs.")
    message: str = strawberry.field(description="What is wrong and what to do, for people.")
    field: list[str] | None = strawberry.field(
        description="The field of the input, from the outside in; places in lists are numbers. Null for the whole."
    )


@strawberry.type
class InputError(UserError):
    """Something about the input, or about what it names."""


@strawberry.type
class VersionConflict(UserError):
    """The record was changed since it was read."""

    current_version: int = strawberry.field(description="The version that it has now.")


@strawberry.type
class LevelTooHigh(UserError):
    """A permission that is more than the one who gives it has."""

    entity: str = strawberry.field(description="The type of record.")
    action: Action = strawberry.field(description="What the permission lets one do.")
    level: AccessLevel = strawberry.field(description="How far it would reach.")
    held: AccessLevel = strawberry.field(description="How far your own reaches.")


@strawberry.type
class InUse(UserError):
    """Other records depend on the one that is to go."""

    uses: int = strawberry.field(description="How many there are that you see; there may be others.")


ERROR_TYPES: tuple[type, ...] = (InputError, VersionConflict, LevelTooHigh, InUse)


@dataclasses.dataclass(frozen=True, slots=True)
class Problem:
    """A user error on its way into a payload; `more` holds the fields that its type has beside those of all."""

    code: str
    message: str
    field: tuple[str, ...] = ()
    type_name: str = InputError.__name__
    more: Mapping[str, Any] = dataclasses.field(default_factory=lambda: MappingProxyType({}))

    def told(self) -> dict[str, Any]:
        """The values of its fields by name."""
        shown = {"code": self.code, "message": self.message, "field": list(self.field) or None}
        return {"__typename": self.type_name, **shown, **self.more}


class Refused(Exception):
    """A write is refused for reasons that its payload tells; its transaction is rolled back."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__("; ".join(problem.message for problem in problems))
        self.problems = problems


class Overtaken(Refused):
    """A record was deleted between the moment when it was found and the one when it was linked.

    A write that is run again does not find it, and says so where it is named.
    """

    def __init__(self) -> None:
        super().__init__(
            Problem("CONFLICT", "A record that is to be linked has gone meanwhile. Read again what is there.")
        )
