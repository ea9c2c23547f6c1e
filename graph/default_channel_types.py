"""The types of channels that every organisation begins with, and the labels of its groups of contacts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class ChannelTypeDefaults:
    """What a type of channels brings to a new channel: who its customers are, what they can have, what counts."""

    customer_identity: str
    lifetime_rule: str
    beside: tuple[str, ...] = ()
    """Entities beside the customer identity."""

    def properties(self) -> dict[str, Any]:
        """What is stored of them."""
        entities = [self.customer_identity, *self.beside]
        return {
            "customerIdentity": self.customer_identity,
            "entities": entities,
            "lifetimeRule": self.lifetime_rule,
        }


CHANNEL_TYPES: Mapping[str, ChannelTypeDefaults] = {
    "B2B": ChannelTypeDefaults("B2B customer", "WON", ("Lead", "Opportunity", "Order")),
    "WEB": ChannelTypeDefaults("Web customer", "ORDERS_NET", ("Cart", "Order", "Newsletter subscription")),
    "COMMERCE": ChannelTypeDefaults("Commerce customer", "ORDERS_PAID", ("Cart", "Order", "Lead", "Opportunity")),
    "CUSTOM": ChannelTypeDefaults("Any record", "NONE"),
}
"""By name; each organisation may change its own and make others."""
CONTACT_GROUPS = ("Sales", "Marketing")
"""Their labels."""
