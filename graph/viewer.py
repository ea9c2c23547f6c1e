"""Who asks, and of them what plans depend on."""

from __future__ import annotations

from dataclasses import dataclass, field

from graph.permissions import Grants


@dataclass(frozen=True, slots=True)
class AccessKind:
    """What plans depend on of those who ask: how far they see and what is hidden from them, never who they are.

    Attributes:
        currency: base currency of the organisation.
        staff: whether it is a member of staff, else a customer user.
        views: how far they see (or may do something), by type of record; types that are left out are not seen.
        hidden: type of record and sensitive fields that are hidden.
    """

    currency: str
    staff: bool
    views: tuple[tuple[str, str], ...]
    hidden: frozenset[tuple[str, str]] = frozenset()


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who asks, as the graph told at some version of the organisation's access.

    Attributes:
        id: UUID of the user or customer user.
        display_name: name to show.
        organization_id: the organisation that is asked about.
        currency: its base currency.
        grants: what the viewer's roles let them do.
        staff: whether it is a member of staff, else a customer user.
        customer_id: a customer user's own customer.
        beside: ids of what belongs to that customer alone to see: its channel and its group.
        unit_owners: whose records are those of the viewer's units: the units and their users.
        division_owners: the same for these units and all below them.
        version: of the organisation's access when all this was read.
        home_id: the organisation that the viewer belongs to, where it is another one than is asked about.
    """

    id: str
    display_name: str
    organization_id: str
    currency: str
    grants: Grants
    staff: bool = True
    customer_id: str | None = None
    beside: tuple[str, ...] = ()
    unit_owners: tuple[str, ...] = ()
    division_owners: tuple[str, ...] = ()
    version: int = 0
    home_id: str | None = None
    kind: AccessKind = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "kind", self.kind_for("VIEW"))

    def kind_for(self, action: str) -> AccessKind:
        """The kind of access with which the viewer finds what an action may be done to."""
        reached = (
            (entity, grant.level)
            for (entity, granted_action), grant in self.grants.found.items()
            if granted_action == action and grant.level != "NONE"
        )
        return AccessKind(self.currency, self.staff, tuple(sorted(reached)), self.grants.hidden)
