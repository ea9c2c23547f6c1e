"""What changes channels and their types."""

from __future__ import annotations

import strawberry

from resolvers import channels
from resolvers.channel_inputs import (
    CreateChannelPayload,
    CreateChannelTypePayload,
    DeleteChannelPayload,
    DeleteChannelTypePayload,
    SetChannelStatusPayload,
    UpdateChannelPayload,
    UpdateChannelTypePayload,
)
from resolvers.verbs import mutation


@strawberry.type
class ChannelMutations:
    """What changes channels and their types."""

    create_channel: CreateChannelPayload = mutation(
        channels.create_channel, "Make a channel. Its type brings what the input does not say."
    )
    update_channel: UpdateChannelPayload = mutation(
        channels.update_channel, "Change a channel. Another lifetime rule values its customers anew."
    )
    set_channel_status: SetChannelStatusPayload = mutation(
        channels.set_channel_status, "Let a channel take new data, or no more. What it has stays."
    )
    delete_channel: DeleteChannelPayload = mutation(
        channels.delete_channel,
        "Delete a channel: only an empty one, or with its records, or without them. Accounts and contacts stay. Many "
        "records are a job.",
    )
    create_channel_type: CreateChannelTypePayload = mutation(
        channels.create_channel_type, "Make a type of channels with the defaults that it brings."
    )
    update_channel_type: UpdateChannelTypePayload = mutation(
        channels.update_channel_type, "Change a type of channels. The channels that are there stay as they are."
    )
    delete_channel_type: DeleteChannelTypePayload = mutation(
        channels.delete_channel_type, "Delete a type of channels that no channel has."
    )
