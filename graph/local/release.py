"""The releases of Neo4j that run here, each with the lock that names its jars and their sha256."""

import tomllib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from graph.errors import LocalDatabaseFailed

DEFAULT_RELEASE = "2026.08.1"
LOCKS = Path(__file__).parent / "locks"
FIRST_YEAR = 2025  # releases are named after years since, and the main class was renamed with them


@dataclass(frozen=True, slots=True)
class Jar:
    """One file of a release: Maven coordinate `group:artifact:version[:classifier]`, size and sha256."""

    coordinate: str
    size: int
    sha256: str

    @property
    def name(self) -> str:
        """File name."""
        return "-".join(self.coordinate.split(":")[1:]) + ".jar"


@dataclass(frozen=True)
class Release:
    """One release of Neo4j."""

    version: str

    def __post_init__(self) -> None:
        if self.version not in supported_releases():
            raise LocalDatabaseFailed(
                f"There is no lock for Neo4j {self.version}.",
                hint=f"C360_NEO4J_VERSION takes one of: {', '.join(supported_releases())}.",
            )

    @cached_property
    def jars(self) -> tuple[Jar, ...]:
        """Every jar, in the order of the class path."""
        lock = tomllib.loads((LOCKS / f"{self.version}.toml").read_text(encoding="utf-8"))
        return tuple(Jar(coordinate, *entry) for coordinate, entry in lock["jars"].items())

    @property
    def main_class(self) -> str:
        """The class whose main method runs the server."""
        named_after_year = int(self.version.split(".")[0]) >= FIRST_YEAR
        return f"org.neo4j.server.{'Neo4jCommunity' if named_after_year else 'CommunityEntryPoint'}"


def supported_releases() -> tuple[str, ...]:
    """Versions that have a lock."""
    return tuple(sorted(path.stem for path in LOCKS.glob("*.toml")))
