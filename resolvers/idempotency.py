"""Writes that are asked for twice happen once: a key of the client's, kept in the transaction of what it wrote."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from cypher.idempotency import claim_key, keep_key
from graph.database import Run
from graph.user_errors import Problem, Refused
from graph.viewer import Viewer
from resolvers.records import Written

KEPT = dt.timedelta(hours=24)
LONGEST_KEY = 255
SHORTEST_OF_GUESTS = 32
"""Characters of a guest's key: guests are nobody in particular, so only chance tells their keys apart."""
FIELD = ("idempotencyKey",)


@dataclass(frozen=True, slots=True)
class Key:
    """An idempotency key of a viewer, and the digest of the mutation's name and the rest of its input."""

    text: str
    digest: str

    @classmethod
    def of(cls, mutation: str, given: Mapping[str, Any]) -> Key | None:
        """The key in an input, None when there is none.

        Raises:
            Refused: when it can't be used.
        """
        text = given.get("idempotencyKey")
        if text is None:
            return None
        if not 0 < len(text) <= LONGEST_KEY or "\x00" in text:
            raise Refused(Problem("INVALID", f"A key has 1 to {LONGEST_KEY} characters.", FIELD))
        rest = {key: value for key, value in given.items() if key != "idempotencyKey"}
        told = orjson.dumps([mutation, rest], default=str, option=orjson.OPT_SORT_KEYS)
        return cls(text, hashlib.sha256(told).hexdigest())

    async def claim(self, run: Run, viewer: Viewer, now: dt.datetime) -> Written | None:
        """What was written under the key before; None when this is the first time, or the last is a day ago.

        Whoever comes with the same key at the same time waits here until the first is done.

        Raises:
            Refused: when the key was used with another input.
        """
        if not viewer.id and len(self.text) < SHORTEST_OF_GUESTS:
            told = f"A guest's key has at least {SHORTEST_OF_GUESTS} characters, made up at random."
            raise Refused(Problem("INVALID", told, FIELD))
        rows = await run(claim_key(viewer.organization_id, viewer.id, self._stored(viewer), now, since=now - KEPT))
        digest, written = rows[0]
        if digest is None:
            return None
        if digest != self.digest:
            raise Refused(Problem("IDEMPOTENCY_MISMATCH", "The key was used with another input. Use a new one.", FIELD))
        return _read(orjson.loads(written))

    async def keep(self, run: Run, viewer: Viewer, now: dt.datetime, written: Written) -> None:
        """Remember what was written."""
        # A dataclass becomes an object with its fields.
        told = orjson.dumps(written).decode()
        text = self._stored(viewer)
        await run(keep_key(viewer.organization_id, viewer.id, text, now, digest=self.digest, written=told))

    def _stored(self, viewer: Viewer) -> str:
        """The key as it is stored: that of a guest with the input, so that guests never learn of each other's."""
        return self.text if viewer.id else f"{self.text} {self.digest}"


def _read(kept: Mapping[str, Any]) -> Written:
    """What a payload tells, as it was kept."""
    records = {name: (found[0], found[1]) for name, found in kept["records"].items()}
    rows = {name: [_read(row) for row in found] for name, found in kept["rows"].items()}
    return Written(records, kept["values"], rows)
