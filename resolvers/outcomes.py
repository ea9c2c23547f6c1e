"""Writes whose commit was not answered: with an idempotency key a second attempt finds what the first has written."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

from graph.errors import DatabaseUnavailable, OutcomeUnknown

T = TypeVar("T")
RESOLVE_SECONDS = 5.0
"""How long an answer is looked for while the database is away; the timeout of the request may end it before."""
PAUSE_SECONDS = 0.1


async def resolved(attempt: Callable[[], Awaitable[T]], *, keyed: bool) -> T:
    """What an attempt to write gives, made again while nobody knows whether it was committed.

    Args:
        attempt: one transaction, which looks for its idempotency key first.
        keyed: whether it has one. Without one it is not made again: it could write twice.

    Raises:
        OutcomeUnknown: it stays unknown.
        C360Error: what else went wrong; nothing is written then.
    """
    unknown: OutcomeUnknown | None = None
    until = time.monotonic() + RESOLVE_SECONDS
    while True:
        try:
            return await attempt()
        except DatabaseUnavailable as error:
            unknown = error if isinstance(error, OutcomeUnknown) else unknown
            if unknown is None or not keyed or time.monotonic() > until:
                raise unknown or error from None
            await asyncio.sleep(PAUSE_SECONDS)
