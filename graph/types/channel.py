"""Channels: where customers come from, and what each can have."""

from __future__ import annotations

import strawberry

from graph.connection import Connection
from graph.fields import IN, OUT, choice, connected, hop, one, prop, total
from graph.model import Kind
from graph.types.enums import AccountPolicy, ChannelStatus, LifetimeRule
from graph.types.record import Money, Owner, Record
from graph.types.references import ChannelRef, ChannelTypeRef, CustomerRef


@strawberry.type
class ChannelType(Record):
    """A kind of channel with the defaults that it brings: B2B, WEB, COMMERCE, CUSTOM or one of the users' own."""

    name: str | None = prop("Name of the type, such as `WEB`.")
    customer_identity: str | None = prop("What a customer of such a channel is.")
    entities: list[str] = prop("What its customers can have.", Kind.STRINGS)
    lifetime_rule: LifetimeRule | None = choice("How its channels value a customer.", LifetimeRule)
    channels: Connection[ChannelRef] = connected("The channels of this type.", hop("OF_TYPE", IN, "Channel"))


@strawberry.type
class Channel(Record):
    """A source of customers: a shop, an outlet, a sales team."""

    name: str | None = prop("Name of the channel.", searchable=True)
    type: ChannelTypeRef | None = one("Type of the channel, fixed once it exists.", "OF_TYPE", OUT, "ChannelType")
    source: str | None = prop("Groups channels of one source.")
    status: ChannelStatus | None = choice("Whether it takes new data.", ChannelStatus)
    customer_identity: str | None = prop("What a customer of this channel is.")
    entities: list[str] = prop("What its customers can have.", Kind.STRINGS)
    lifetime_rule: LifetimeRule | None = choice("How it values a customer.", LifetimeRule)
    account_policy: AccountPolicy | None = choice("How an import gives a customer its account.", AccountPolicy)
    default_owner: Owner | None = one(
        "Who owns what imports and bulk writes make in it, unless they say otherwise.",
        "HAS_DEFAULT_OWNER",
        OUT,
        "Owner",
    )
    customers: Connection[CustomerRef] = connected("Its customers.", hop("IN_CHANNEL", IN, "Customer"))
    lifetime_value: Money | None = total(
        "Sum of the lifetime values of its visible customers.", "channel.lifetimeValue", "Customer"
    )
