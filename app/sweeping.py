"""Sweeps away what is kept for a time only: idempotency keys that no write can use any longer."""

from __future__ import annotations

import asyncio
import datetime as dt
import logging

from cypher.idempotency import sweep_keys
from graph.database import Database
from graph.errors import C360Error
from resolvers.idempotency import KEPT

HOUR = 3600.0
AT_ONCE = 5_000
"""Keys in one transaction."""

log = logging.getLogger("c360")


async def sweep_hourly(database: Database) -> None:
    """Sweep at the start and each hour; a database that is away is tried again then."""
    while True:
        try:
            await sweep(database, dt.datetime.now(dt.UTC))
        except C360Error as error:
            log.info("Old idempotency keys were not swept: %s", error)
        await asyncio.sleep(HOUR)


async def sweep(database: Database, now: dt.datetime) -> int:
    """Delete the keys that were last used long ago; how many.

    They are kept for twice as long as they count, so that none goes while a write takes it up again.
    """
    swept, found = 0, AT_ONCE
    while found >= AT_ONCE:
        [[found]] = await database.write([sweep_keys(now - 2 * KEPT, AT_ONCE)])
        swept += found
    return swept
