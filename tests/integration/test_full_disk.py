"""A disk that fills up under the database: a clear error, nothing half-written, and all well again with more room."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.commands.neo4j import local_server
from app.settings import Settings
from cypher.printer import Statement
from graph.database import Database
from graph.errors import DatabaseUnavailable, DiskFull
from graph.local import Connection

BATCH = 1000
FILL = Statement("UNWIND range(1, $count) AS i CREATE (:Ballast {text: $text})", {"count": BATCH, "text": "x" * 1500})
COUNT = Statement("MATCH (n:Ballast) RETURN count(n) AS found", {})


def mount(*arguments: str) -> bool:
    """Call mount; whether it worked."""
    return subprocess.run(["mount", *arguments], check=False, capture_output=True).returncode == 0  # noqa: S607


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 300 MB, which only root can make."""
    folder = tmp_path / "disk"
    folder.mkdir()
    if shutil.which("mount") is None or not mount("-t", "tmpfs", "-o", "size=300m", "tmpfs", str(folder)):
        pytest.skip("no small disk: mounting a tmpfs is not allowed here")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)  # noqa: S607


def opened(connection: Connection) -> Database:
    """A pool of connections to the small database."""
    return Database.open(connection.uri, (connection.user, connection.password), timeout=60, retry=1.0)


async def test_a_full_disk_is_told_and_nothing_is_half_written(
    small_disk: Path, neo4j_cache: Path, neo4j_version: str
) -> None:
    """Writes end in DISK_FULL, then the database is unavailable; with more room only whole batches are there."""
    server = local_server(
        Settings(home=small_disk, cache=neo4j_cache, neo4j_version=neo4j_version, neo4j_port=0, neo4j_heap="512m")
    )
    with server.running() as connection:
        database = opened(connection)
        acknowledged = 0
        with pytest.raises(DiskFull):  # noqa: PT012 - which of the writes fails is not known
            for _ in range(400):
                await database.write([FILL])
                acknowledged += BATCH
        with pytest.raises((DatabaseUnavailable, DiskFull)):
            await database.write([FILL])
        await database.close()

    assert mount("-o", "remount,size=1g", str(small_disk))
    with server.running() as connection:
        database = opened(connection)
        ((found,),) = await database.read([COUNT])
        await database.write([FILL])
        await database.close()

    assert 0 == found % BATCH
    assert acknowledged <= found <= acknowledged + BATCH
