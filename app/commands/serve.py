"""`c360 serve`: the API."""

from __future__ import annotations

import gc
import socket
from collections.abc import Sequence
from typing import Any

import typer
import uvicorn
from uvicorn.config import LOGGING_CONFIG

from app import settings
from app.authentication import anonymous_identity
from app.connections import open_database, running_neo4j
from app.progress import console
from app.server import create_app
from app.settings import Settings
from app.trusted import TrustedDocument, trusted_documents
from graph.errors import SettingsInvalid
from graph.local import Connection

SIGN_IN_HINT = "Requests need a token, which c360 token --as NAME prints, or C360_VIEWER.\n"
GRACE_SECONDS = 10
RETRY_SECONDS = 1.0
"""A client that waits would rather hear 503 soon and try again itself."""


def register(cli: typer.Typer) -> None:
    """Add the command to the command line."""
    cli.command()(serve)


def serve() -> None:
    """Serve the API and GraphiQL until Ctrl-C; the local Neo4j runs as long, unless it runs anyway."""
    chosen = settings.load()
    trusted = trusted_documents(chosen)
    listening = listen(chosen)
    with listening, running_neo4j(chosen) as connection:
        serve_until_stopped(chosen, connection, listening, trusted)


def listen(chosen: Settings) -> socket.socket:
    """A socket on the port of the settings, taken before anything slow begins.

    Raises:
        SettingsInvalid: the port is taken or may not be used.
    """
    listening = socket.socket(socket.AF_INET6 if ":" in chosen.host else socket.AF_INET, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((chosen.host, chosen.port))
    except OSError as error:
        listening.close()
        raise SettingsInvalid(
            f"Can't listen on {chosen.host} port {chosen.port}: {error.strerror}.",
            hint="Set C360_PORT to a free port; 0 takes any.",
        ) from error
    return listening


def serve_until_stopped(
    chosen: Settings,
    connection: Connection,
    listening: socket.socket,
    trusted: Sequence[TrustedDocument],
    people: Sequence[str] = (),
) -> None:
    """Serve until a signal ends it; GraphiQL offers to look as the people."""
    database = open_database(chosen, connection, timeout=chosen.transaction_timeout, retry=RETRY_SECONDS)
    config = uvicorn.Config(
        create_app(chosen, database, trusted, people),
        log_level="warning" if chosen.log_level == "info" else chosen.log_level,
        log_config=log_config(chosen.log_level),
        timeout_graceful_shutdown=GRACE_SECONDS,
        server_header=False,
        ws="none",
        access_log=False,
    )
    # Production has its own sign-in; a laptop may not know that it needs one.
    hint = "" if chosen.environment == "production" or anonymous_identity(chosen) else SIGN_IN_HINT
    AnnouncedServer(config, f"http://{chosen.host}:{listening.getsockname()[1]}", hint).run(sockets=[listening])


def log_config(level: str) -> dict[str, Any]:
    """Uvicorn's logging, with our own log beside its own."""
    ours = {"handlers": ["default"], "level": level.upper(), "propagate": False}
    return {**LOGGING_CONFIG, "loggers": {**LOGGING_CONFIG["loggers"], "c360": ours}}


class AnnouncedServer(uvicorn.Server):
    """A server that prints its addresses once it answers."""

    def __init__(self, config: uvicorn.Config, base: str, hint: str = "") -> None:
        super().__init__(config)
        self.base = base
        self.hint = hint

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to listen, then say where."""
        await super().startup(sockets)
        if self.started:
            # Schema, model and driver stay as they are: the collector need not look at them again and again.
            gc.collect()
            gc.freeze()
            addresses = f"GraphQL   {self.base}/graphql\nGraphiQL  {self.base}/graphiql\n{self.hint}Stop with Ctrl-C."
            console.print(addresses, highlight=False)
