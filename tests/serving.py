"""The application on a real socket, in a thread with an event loop of its own."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import uvicorn

from app.server import create_app
from app.settings import Settings
from app.trusted import TrustedDocument
from graph.database import Database
from graph.local import Connection

PATIENCE = 30.0


@contextmanager
def serving(
    settings: Settings,
    connection: Connection,
    *,
    trusted: Sequence[TrustedDocument] = (),
    database: type[Database] = Database,
) -> Iterator[str]:
    """Serve until the context ends; the answer is the address.

    Args:
        settings: of the server.
        connection: the Neo4j.
        trusted: the documents it trusts.
        database: one that is slow, or whatever the test needs.
    """
    opened = database.open(
        connection.uri, (connection.user, connection.password), timeout=settings.transaction_timeout, retry=1.0
    )
    with socket.create_server(("127.0.0.1", 0)) as listening:
        config = uvicorn.Config(create_app(settings, opened, trusted), log_level="warning", ws="none")
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        try:
            deadline = time.monotonic() + PATIENCE
            while not server.started and thread.is_alive() and time.monotonic() < deadline:
                time.sleep(0.01)
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(PATIENCE)
