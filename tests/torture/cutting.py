"""A proxy before the database that cuts a connection around a commit: before it is sent on, or before its answer is."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum

from tests.proxy import Proxy

COMMIT = b"\x00\x02\xb0\x12\x00\x00"
"""The message COMMIT of Bolt in its chunk."""


class Cut(Enum):
    """Where the next commit is cut."""

    BEFORE = "before the database gets it"
    AFTER = "before its answer comes back"


@dataclass(slots=True)
class CuttingProxy(Proxy):
    """Forwards connections; cuts that of the next commit where it is told to, and counts the cuts."""

    armed: Cut | None = None
    cuts: int = 0

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            there_reader, there_writer = await asyncio.open_connection(self.host, self.port)
        except OSError:
            writer.transport.abort()
            return
        ends = {writer, there_writer}
        self.writers |= ends
        cut = asyncio.Event()
        await asyncio.gather(
            self._pump(reader, there_writer, cut, asks=True), self._pump(there_reader, writer, cut, asks=False)
        )
        self.writers -= ends

    async def _pump(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, cut: asyncio.Event, *, asks: bool
    ) -> None:
        with suppress(OSError):
            while data := await reader.read(65536):
                if asks and self.armed and COMMIT in data:
                    self.cuts += 1
                    where, self.armed = self.armed, None
                    cut.set()
                    if where is Cut.BEFORE:
                        break
                elif not asks and cut.is_set():
                    break
                writer.write(data)
                await writer.drain()
        writer.transport.abort()
