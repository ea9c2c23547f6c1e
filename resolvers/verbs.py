"""What all mutations have in common: one verb, one input, one payload."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, TypeAlias, cast

import strawberry
from strawberry import UNSET
from strawberry.utils.str_converters import to_camel_case

from graph.fields import GRAPH
from graph.inputs import argument
from graph.user_errors import UserError
from resolvers.records import Written
from resolvers.writing import Write

Perform: TypeAlias = Callable[[Write, Any], Awaitable[Written]]
Guard: TypeAlias = Callable[[Write], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Verb:
    """A mutation: its input, its payload, and the function that does it in a transaction.

    Attributes:
        input: the Strawberry type of its input.
        payload: the Strawberry type of its payload.
        perform: does it; what is wrong with the input is said to `Write.refuse`.
        access: sees that what is left of the rights in the organisation will do; None for what changes none. Mutations
            that have it happen one after the other in an organisation, and viewers are read anew after them.
    """

    input: type
    payload: type
    perform: Perform
    access: Guard | None = None


@dataclass(frozen=True, slots=True)
class _Declared:
    """A mutation as its line declares it; the annotations of the line and of the function say the rest."""

    perform: Perform
    access: Guard | None


def mutation(perform: Perform, description: str, *, access: Guard | None = None) -> Any:
    """A mutation: the function that does it, with its input as the second parameter; its payload is the annotation."""
    field = strawberry.field(description=description, metadata={GRAPH: _Declared(perform, access)})
    field.arguments = [argument("input", _input(perform), "What to do.")]
    return field


def verbs_of(cls: type) -> dict[str, Verb]:
    """What does each mutation of a type, by the name of its field."""
    declared = {field: field.metadata[GRAPH] for field in cls.__strawberry_definition__.fields}  # type: ignore[attr-defined]
    return {
        to_camel_case(field.python_name): Verb(_input(one.perform), field.type, one.perform, one.access)
        for field, one in declared.items()
    }


def _input(perform: Perform) -> type:
    """The type of a function's second parameter."""
    _, parameter = inspect.signature(perform, eval_str=True).parameters.values()
    return cast("type", parameter.annotation)


def given(description: str, default: Any = UNSET) -> Any:
    """A field of an input that may be left out."""
    return strawberry.field(description=description, default=default)


def needed(description: str) -> Any:
    """A field of an input that must be there, or a field of a payload."""
    return strawberry.field(description=description)


@strawberry.input
class WriteInput:
    """What every mutation takes."""

    idempotency_key: str | None = given(
        "A key of your choice, 1 to 255 characters: within 24 hours a second mutation with it writes nothing and "
        "answers `replayed: true`."
    )


@strawberry.input
class UpdateInput(WriteInput):
    """What every mutation takes that changes a record: absent fields are left alone, null clears."""

    expected_version: int | None = given("Refuse with CONFLICT unless the record still has this version.")


@strawberry.interface
class Payload:
    """What every mutation answers; when there are errors nothing was written, and all else is null."""

    errors: list[UserError] = needed("What is wrong with the input, all at once where possible.")
    write_id: strawberry.ID | None = needed("What `undo` takes back; null when nothing was written.")
    replayed: bool = needed("Whether an earlier mutation with this idempotency key had written all this.")
