"""Who asks, until roles and tokens say so: the user that `C360_VIEWER` names, else the first administrator."""

from __future__ import annotations

import time
from dataclasses import dataclass

from cypher.access import Viewer
from cypher.viewers import any_viewer, viewer_by_username
from graph.database import Database
from graph.errors import Unauthenticated

REMEMBERED_SECONDS = 10.0


@dataclass(slots=True)
class Viewers:
    """Finds the viewer of requests without credentials and remembers it for a few seconds."""

    database: Database
    username: str | None
    _found: Viewer | None = None
    _until: float = 0.0

    async def viewer(self) -> Viewer:
        """Who asks.

        Raises:
            Unauthenticated: there is no such user.
        """
        if self._found is None or time.monotonic() > self._until:
            self._found = await find_viewer(self.database, self.username)
            self._until = time.monotonic() + REMEMBERED_SECONDS
        return self._found


async def find_viewer(database: Database, username: str | None) -> Viewer:
    """The user with a username, or the first administrator when none is given.

    Raises:
        Unauthenticated: there is no such user, or the username is not of one user alone.
    """
    (rows,) = await database.read([viewer_by_username(username) if username else any_viewer()])
    if not rows:
        who = f"There is no user {username!r}." if username else "There is no user yet."
        raise Unauthenticated(who, hint="Run `c360 demo` or an import, or set C360_VIEWER to a user's name.")
    if len(rows) > 1:
        raise Unauthenticated(f"Several organisations have a user {username!r}.", hint="Name another user.")
    return Viewer(*rows[0])
