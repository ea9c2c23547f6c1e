"""A real Neo4j on this machine, from packages alone: no Docker, no installed Java."""

from graph.local.progress import Progress, Reporter, silent
from graph.local.release import DEFAULT_RELEASE, Release, supported_releases
from graph.local.server import Connection, LocalNeo4j, Status

__all__ = [
    "DEFAULT_RELEASE",
    "Connection",
    "LocalNeo4j",
    "Progress",
    "Release",
    "Reporter",
    "Status",
    "silent",
    "supported_releases",
]
