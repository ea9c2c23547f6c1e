"""Ends the work for a client that has left, so that the database does not go on for nobody."""

from __future__ import annotations

import asyncio
from types import TracebackType
from typing import Self

from starlette.types import Receive

WATCH_AFTER_SECONDS = 0.05
"""Most requests are answered before anybody has to watch."""


class WhileThere:
    """Cancels its block when the client disconnects, and goes on after it then.

    Args:
        receive: Gives the next message of the client, once the whole body was read.
    """

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._task: asyncio.Task[object] | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._watch: asyncio.Task[None] | None = None
        self._left = False

    async def __aenter__(self) -> Self:
        self._task = asyncio.current_task()
        self._timer = asyncio.get_running_loop().call_later(WATCH_AFTER_SECONDS, self._begin)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        if self._timer:
            self._timer.cancel()
        if self._watch:
            self._watch.cancel()
        if not self._left or kind is not asyncio.CancelledError or self._task is None:
            return False
        # Whoever else cancelled this task meanwhile still means it.
        return self._task.uncancel() == 0

    def _begin(self) -> None:
        self._watch = asyncio.get_running_loop().create_task(self._wait())

    async def _wait(self) -> None:
        while (await self._receive())["type"] != "http.disconnect":
            pass
        self._left = True
        if self._task:
            self._task.cancel()
