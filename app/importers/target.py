"""What an import writes into: a channel of an organisation."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from app.organizations import EPOCH, OrganizationRef, channel_type_id, now_in_millis
from cypher.imports import ensure_channel
from graph.database import Database
from graph.default_channel_types import CHANNEL_TYPES
from graph.errors import Conflict
from graph.ids import derived_id
from graph.types.enums import AccountPolicy, ChannelStatus


@dataclass(frozen=True, slots=True)
class ChannelSpec:
    """The channel that a source belongs to, as it is created when it isn't there."""

    key: str
    name: str
    type: str
    source: str
    without: tuple[str, ...] = field(default=())
    """Entities of the type that this channel does not have."""


@dataclass(frozen=True, slots=True)
class Target:
    """A channel that is there and takes data."""

    organization_id: str
    owner_id: str
    currency: str
    channel_id: str
    channel_type: str
    rule: str
    policy: AccountPolicy


async def open_channel(
    database: Database, organization: OrganizationRef, spec: ChannelSpec, policy: AccountPolicy | None
) -> Target:
    """Find or create the channel of a source.

    Args:
        database: where.
        organization: whose channel it is.
        spec: what to create when it is not there.
        policy: how this import gives customers their accounts; by default as the channel says.

    Raises:
        Conflict: the channel is inactive.
    """
    channel, channel_type = _channel(organization, spec, policy), _channel_type(organization, spec)
    statement = ensure_channel(
        channel, channel_type, organization.owner_id, organization_id=organization.id, now=now_in_millis()
    )
    [[found]] = await database.write([statement])
    if found["status"] != ChannelStatus.ACTIVE.name:
        raise Conflict(
            f"The channel {found['name']!r} of {organization.name!r} is inactive: it takes no new data.",
            hint="Activate the channel, then import again.",
        )
    return Target(
        organization_id=organization.id,
        owner_id=found.get("defaultOwnerId") or organization.owner_id,
        currency=organization.currency,
        channel_id=found["id"],
        channel_type=spec.type,
        rule=found.get("lifetimeRule") or "NONE",
        policy=policy or AccountPolicy[found.get("accountPolicy") or "CREATE"],
    )


def _channel_type(organization: OrganizationRef, spec: ChannelSpec) -> dict[str, Any]:
    told = CHANNEL_TYPES[spec.type].properties()
    return {"id": channel_type_id(organization.id, spec.type), "name": spec.type, "displayName": spec.type, **told}


def _channel(organization: OrganizationRef, spec: ChannelSpec, policy: AccountPolicy | None) -> dict[str, Any]:
    defaults = CHANNEL_TYPES[spec.type].properties()
    return {
        **defaults,
        "id": derived_id(EPOCH, "Channel", organization.id, spec.key),
        "key": spec.key,
        "name": spec.name,
        "displayName": spec.name,
        "source": spec.source,
        "status": ChannelStatus.ACTIVE.name,
        "entities": [entity for entity in defaults["entities"] if entity not in spec.without],
        "accountPolicy": (policy or AccountPolicy.CREATE).name,
    }
