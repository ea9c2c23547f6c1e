"""Serves the schema on loopback; the settings come as JSON in PEER."""

from __future__ import annotations

import json
import os
from typing import Any

import neo4j
import uvicorn
from strawberry.asgi import GraphQL

from benchmarks.strawberry_peer.loaders import Loaders
from benchmarks.strawberry_peer.schema import schema


class Peer(GraphQL[dict[str, Any], None]):
    """The ASGI application: every request has dataloaders of its own."""

    def __init__(self, driver: neo4j.AsyncDriver, database: str) -> None:
        super().__init__(schema, graphql_ide=None)
        self._driver, self._database = driver, database

    async def get_context(self, request: Any, response: Any) -> dict[str, Any]:
        """The dataloaders."""
        return {"request": request, "response": response, "loaders": Loaders(self._driver, self._database)}


def main() -> None:
    """Serve until a signal ends it."""
    chosen = json.loads(os.environ["PEER"])
    driver = neo4j.AsyncGraphDatabase.driver(
        chosen["uri"], auth=(chosen["user"], chosen["password"]), notifications_min_severity="OFF"
    )
    uvicorn.run(Peer(driver, chosen["database"]), host="127.0.0.1", port=chosen["port"], log_level="warning")


main()
