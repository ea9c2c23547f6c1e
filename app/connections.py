"""Opens the database that the settings name, or the local Neo4j."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

from app.commands.neo4j import local_server
from app.progress import progress
from app.settings import Settings
from graph.database import Database
from graph.local import Connection

COMMAND_SECONDS = 300.0
COMMAND_RETRY_SECONDS = 30.0


@contextmanager
def running_neo4j(settings: Settings) -> Iterator[Connection]:
    """The Neo4j of the settings; the local one is started when it does not run, and stopped again then."""
    if settings.neo4j_uri is not None:
        password = settings.neo4j_password.get_secret_value() if settings.neo4j_password else ""
        yield Connection(settings.neo4j_uri, settings.neo4j_user, password)
        return
    with local_server(settings).running(progress) as connection:
        yield connection


def open_database(settings: Settings, connection: Connection, *, timeout: float, retry: float) -> Database:
    """A pool of connections to it; `timeout` and `retry` are seconds of a transaction and of trying it again."""
    return Database.open(
        connection.uri,
        (connection.user, connection.password),
        name=settings.neo4j_database,
        timeout=timeout,
        retry=retry,
    )


@asynccontextmanager
async def opened(settings: Settings, connection: Connection) -> AsyncIterator[Database]:
    """The database for a command, which may take its time; closed at the end."""
    database = open_database(settings, connection, timeout=COMMAND_SECONDS, retry=COMMAND_RETRY_SECONDS)
    try:
        yield database
    finally:
        await database.close()
