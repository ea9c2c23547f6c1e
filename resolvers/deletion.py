"""What mutations that delete a record have in common."""

from __future__ import annotations

from typing import Protocol

import strawberry

from graph.user_errors import Refused
from resolvers.parts import delete_with
from resolvers.records import Found, Written
from resolvers.writing import Write


class Deletion(Protocol):
    """What the input of each of them has."""

    id: strawberry.ID
    expected_version: int | None


async def find_to_delete(write: Write, given: Deletion, type_name: str) -> Found:
    """The record that an input names, when the viewer may delete it; another version than expected is refused.

    Raises:
        Refused: the viewer has no such record to delete.
    """
    found = await write.find(given.id, type_name, "id", action="DELETE")
    write.expect(found, given.expected_version)
    if found is None:
        raise Refused(*write.problems)
    return found


async def deleted(write: Write, found: Found, *fields: str) -> Written:
    """Delete a record with the parts that its fields lead to.

    Raises:
        Refused: for all that was wrong before.
    """
    write.settle()
    await delete_with(write, found, *fields)
    return Written(values={"deletedId": found.id})
