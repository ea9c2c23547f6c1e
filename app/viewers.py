"""Who asks: from an identity to the viewer with what the graph says of roles, units and customer.

A viewer is remembered; every answer brings the version of the organisation's access with it, so that what was
remembered too long is seen at once and asked again.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Literal

from cypher.printer import Statement
from cypher.viewers import (
    ORGANIZATION_KEY,
    customer_user_viewer,
    first_administrator,
    guest_viewer,
    read_viewer,
    staff_viewer,
    viewer_abroad,
)
from graph.database import Database
from graph.errors import Forbidden, Unauthenticated
from graph.viewer import Viewer

REMEMBERED_SECONDS = 10.0
"""For changes that somebody makes in the database itself, which raise no version."""
MOST_REMEMBERED = 10_000


@dataclass(frozen=True, slots=True)
class Identity:
    """Who somebody says to be, proven by a credential or by the settings of a laptop.

    Attributes:
        kind: a member of staff by username, a customer user by email address, or nobody in particular; `first` is the
            first administrator there is.
        name: username or email address.
        organization: key of the organisation; None when the name tells it.
    """

    kind: Literal["staff", "customer", "guest", "first"]
    name: str = ""
    organization: str | None = None


def development_identity(username: str | None) -> Identity:
    """Whom commands beside the database and warming ask as: the user of a setting, else the first administrator."""
    return Identity("staff", username) if username else Identity("first")


@dataclass(slots=True)
class Viewers:
    """Finds viewers, and remembers those that were found last with the keys of their organisations."""

    database: Database
    _found: OrderedDict[Identity, tuple[Viewer, str, float]] = field(default_factory=OrderedDict)

    async def viewer(self, identity: Identity, *, about: str | None = None, fresh: bool = False) -> Viewer:
        """The viewer of an identity, read anew when it must be fresh.

        Args:
            identity: who asks.
            about: the key of the organisation that is asked about; None for the viewer's own.
            fresh: whether what is remembered does not count.

        Raises:
            Unauthenticated: there is no such person, or it may not sign in.
            Forbidden: the viewer may not ask about that organisation, or there is none.
        """
        viewer, own, until = self._found.get(identity, (None, "", 0.0))
        if viewer is None or fresh or time.monotonic() > until:
            self._found.pop(identity, None)
            viewer, own = await _find(self.database, identity)
            self._found[identity] = (viewer, own, time.monotonic() + REMEMBERED_SECONDS)
            while len(self._found) > MOST_REMEMBERED:
                self._found.popitem(last=False)
        return viewer if about in (None, own) else await self._abroad(viewer, about or "")

    async def _abroad(self, viewer: Viewer, organization: str) -> Viewer:
        """A viewer in another organisation; never remembered, since nothing there tells of changes at home."""
        [rows] = await self.database.read([viewer_abroad(viewer, organization)]) if viewer.staff else [[]]
        abroad = read_viewer(rows[0], staff=True, home_id=viewer.organization_id) if rows else None
        if abroad is None or not abroad.grants.found:
            raise Forbidden("You may not ask about this organisation.", hint="Leave out the header C360-Organization.")
        return abroad


async def find_viewer(database: Database, identity: Identity) -> Viewer:
    """The viewer of an identity, as the graph says now.

    Raises:
        Unauthenticated: there is no such person, or it may not sign in.
    """
    viewer, _ = await _find(database, identity)
    return viewer


async def _find(database: Database, identity: Identity) -> tuple[Viewer, str]:
    """The viewer of an identity and the key of its organisation."""
    (rows,) = await database.read([_statement(identity)])
    if len(rows) > 1:
        raise Unauthenticated(f"Several organisations have {identity.name!r}.", hint="Name the organisation too.")
    if not rows:
        who = f"There is nobody {identity.name!r} who may sign in." if identity.name else "There is no user yet."
        raise Unauthenticated(who, hint="Name somebody who is in the graph; `c360 demo` and imports bring users.")
    return read_viewer(rows[0], staff=identity.kind in ("staff", "first")), rows[0][ORGANIZATION_KEY]


def _statement(identity: Identity) -> Statement:
    match identity.kind:
        case "staff":
            return staff_viewer(identity.name, identity.organization)
        case "customer":
            return customer_user_viewer(identity.name, identity.organization)
        case "guest":
            return guest_viewer(identity.organization or "")
        case "first":
            return first_administrator()
