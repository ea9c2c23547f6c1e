"""The ledger: what each customer brought by the rule of its channel, and how each account's value grew."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Entry:
    """What an account was worth in a channel from a moment on."""

    account: str
    channel: str
    at: dt.datetime
    value: int


class Ledger:
    """Counts facts in the order in which they are written down."""

    def __init__(self) -> None:
        self._customers: dict[str, dict[str, Any]] = {}
        self._facts: defaultdict[tuple[str, str], list[tuple[dt.datetime, int]]] = defaultdict(list)

    def open(self, customer_id: str, properties: dict[str, Any]) -> None:
        """Begin a customer's page; `properties` are what will be stored of it."""
        properties["lifetimeValue"] = 0
        self._customers[customer_id] = properties

    def count(self, place: tuple[str, str, str], at: dt.datetime, amount: int) -> None:
        """Count an amount for the customer, account and channel of `place`."""
        customer, account, channel = place
        self._customers[customer]["lifetimeValue"] += amount
        self._facts[account, channel].append((at, amount))

    def history(self) -> Iterator[Entry]:
        """The value of each account in each channel after every moment that changed it."""
        for (account, channel), facts in self._facts.items():
            value = 0
            entries: dict[dt.datetime, int] = {}
            for at, amount in sorted(facts):
                value += amount
                entries[at] = value
            for at, total in entries.items():
                yield Entry(account, channel, at, total)


def value_of_order(rule: str, status: str, payment: str, subtotal: int, discount: int) -> int:
    """What an order counts for by the rule of its channel."""
    if rule == "ORDERS_NET" and status != "CANCELLED":
        return subtotal - abs(discount)
    if rule == "ORDERS_PAID" and payment == "PAID":
        return subtotal
    return 0
