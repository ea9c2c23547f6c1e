"""What is tortured: a Neo4j and an API of their own, each a process that can be killed, and a proxy between them."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import httpx2

from app.commands.neo4j import local_server
from app.importers.target import ChannelSpec, open_channel
from app.migrations import migrate
from app.organizations import OrganizationRef, ensure_organization
from app.settings import Settings
from graph.database import Database
from graph.local import Connection, LocalNeo4j
from graph.local.process import free_port
from graph.types.enums import AccountPolicy
from tests.torture.cutting import CuttingProxy

START_SECONDS = 60.0
SPEC = ChannelSpec("torture", "Torture", "COMMERCE", "torture")


@dataclass(slots=True)
class Stage:
    """The processes, and the organisation that is written to."""

    folder: Path
    neo4j: LocalNeo4j
    connection: Connection
    proxy: CuttingProxy
    organization: OrganizationRef
    channel_id: str
    port: int = field(default_factory=lambda: free_port(0))
    api: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        """Where the API listens."""
        return f"http://127.0.0.1:{self.port}"

    def opened(self) -> Database:
        """The database, without the proxy."""
        return Database.open(self.connection.uri, (self.connection.user, self.connection.password), timeout=60.0)

    async def start_api(self) -> None:
        """Start the API and wait until it answers."""
        environment = {
            **{key: value for key, value in os.environ.items() if not key.startswith("C360_")},
            "C360_HOME": str(self.folder / "api"),
            "C360_PORT": str(self.port),
            "C360_NEO4J_URI": "bolt://{}:{}".format(*self.proxy.address),
            "C360_NEO4J_USER": self.connection.user,
            "C360_NEO4J_PASSWORD": self.connection.password,
            "C360_VIEWER": "admin@torture.example",
        }
        command = [sys.executable, "-c", "from app.cli import main; main()", "serve"]
        with (self.folder / "api.log").open("ab") as log:
            self.api = subprocess.Popen(command, env=environment, stdout=log, stderr=log)  # noqa: ASYNC220 - at once
        async with asyncio.timeout(START_SECONDS), httpx2.AsyncClient(base_url=self.address) as client:
            while True:
                with suppress(httpx2.TransportError):
                    await client.get("/healthz")
                    return
                await asyncio.sleep(0.1)

    async def kill_api(self) -> None:
        """Kill the API without a warning, and start it again."""
        self.end_api()
        await self.start_api()

    def end_api(self) -> None:
        """Kill the API."""
        if self.api is not None:
            self.api.kill()
            self.api.wait()
            self.api = None

    async def kill_neo4j(self) -> None:
        """Kill Neo4j without a warning, and start it again: it recovers from its log of transactions."""
        pid = self.neo4j.status().pid
        if pid is None:
            raise AssertionError("Neo4j does not run")
        os.kill(pid, signal.SIGKILL)
        while self.neo4j.status().pid == pid:  # noqa: ASYNC110 - no event tells it
            await asyncio.sleep(0.05)
        # It may take another port, when the system still holds the old one; the proxy keeps its own.
        self.connection = await asyncio.to_thread(self.neo4j.start)
        self.proxy.port = urlsplit(self.connection.uri).port or 0


@asynccontextmanager
async def staged(folder: Path, cache: Path | None = None, version: str | None = None) -> AsyncIterator[Stage]:
    """Start everything, with an organisation of one channel; end it."""
    own = {key: value for key, value in (("cache", cache), ("neo4j_version", version)) if value is not None}
    settings = Settings().model_copy(
        update={"home": folder, "neo4j_uri": None, "neo4j_port": 0, "neo4j_heap": "512m", **own}
    )
    server = local_server(settings)
    connection = await asyncio.to_thread(server.start)
    stage: Stage | None = None
    try:
        parts = urlsplit(connection.uri)
        proxy = CuttingProxy(parts.hostname or "", parts.port or 0)
        await proxy.up()
        database = Database.open(connection.uri, (connection.user, connection.password), timeout=60.0)
        await migrate(database)
        organization = await ensure_organization(database, "Torture", "EUR")
        target = await open_channel(database, organization, SPEC, AccountPolicy.CREATE)
        await database.close()
        stage = Stage(folder, server, connection, proxy, organization, target.channel_id)
        await stage.start_api()
        yield stage
    finally:
        if stage is not None:
            stage.end_api()
            await stage.proxy.down()
        await asyncio.to_thread(server.stop)
