"""The local Neo4j: one is started for this file, the rest needs no database."""

import hashlib
import os
import shutil
import signal
import socket
import stat
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace

import psutil
import pytest

from app.commands.neo4j import connection, local_server
from app.settings import Settings
from graph import database
from graph.errors import DatabaseUnavailable, DiskFull, LocalDatabaseFailed, WrongPassword
from graph.local import DEFAULT_RELEASE, LocalNeo4j, Release, jars, process
from graph.local import server as server_module
from graph.local.process import ServerProcess, free_port
from graph.local.progress import silent
from graph.local.release import Jar


@pytest.fixture(scope="module")
def taken_port() -> Iterator[int]:
    """A port of the loopback address that somebody else listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


@pytest.fixture(scope="module")
def server(
    tmp_path_factory: pytest.TempPathFactory, neo4j_cache: Path, neo4j_version: str, taken_port: int
) -> Iterator[LocalNeo4j]:
    """A started server that wanted a port which was taken."""
    settings = Settings(
        home=tmp_path_factory.mktemp("local"),
        cache=neo4j_cache,
        neo4j_version=neo4j_version,
        neo4j_port=taken_port,
        neo4j_heap="512m",
        neo4j_pagecache="64m",
    )
    local = local_server(settings)
    with local.running():
        yield local


@pytest.fixture
def unstarted(tmp_path: Path) -> LocalNeo4j:
    """A server with neither jars nor data."""
    return local_server(Settings(home=tmp_path, cache=tmp_path))


def run(local: LocalNeo4j, statement: str) -> list[list[object]]:
    """Run a statement on a started server."""
    reached = local.connection()
    assert reached is not None
    return database.run_once(reached.uri, (reached.user, reached.password), "neo4j", statement)[1]


def test_status_of_a_running_server(server: LocalNeo4j, neo4j_version: str) -> None:
    """The status tells version, address, pid, uptime and size."""
    found = server.status()

    assert neo4j_version == found.version
    assert found.pid is not None
    assert psutil.pid_exists(found.pid)
    assert (found.uptime or 0) > 0
    assert found.size > 0


def test_taken_port_is_left_alone(server: LocalNeo4j, taken_port: int) -> None:
    """When the wanted port is taken the server answers at another one."""
    uri = server.status().uri or ""

    assert uri.startswith("bolt://127.0.0.1:")
    assert not uri.endswith(f":{taken_port}")


def test_only_the_loopback_address_listens(server: LocalNeo4j) -> None:
    """Nobody reaches the server from another machine."""
    pid = server.status().pid
    listening = [c for c in psutil.Process(pid).net_connections("inet") if c.status == psutil.CONN_LISTEN]

    assert {"127.0.0.1"} == {str(found.laddr[0]).removeprefix("::ffff:") for found in listening}


def test_only_the_owner_reads_the_password(server: LocalNeo4j) -> None:
    """The password file and its folder are closed to others."""
    assert stat.S_IMODE((server.folder / "password").stat().st_mode) == 0o600
    assert stat.S_IMODE(server.folder.stat().st_mode) == 0o700


def test_password_is_not_shown(server: LocalNeo4j) -> None:
    """Printing a connection doesn't print its password."""
    reached = server.connection()

    assert reached is not None
    assert reached.password not in repr(reached)


def test_second_start_keeps_the_server(server: LocalNeo4j) -> None:
    """Starting a running server changes nothing."""
    before = server.status().pid
    server.start()

    assert before == server.status().pid


def test_wrong_password_says_where_it_belongs(server: LocalNeo4j) -> None:
    """Data whose password was lost is refused, with the file that should have it."""
    file = server.folder / "password"
    right = file.read_text()
    file.write_text("another-password")
    try:
        with pytest.raises(WrongPassword) as refused:
            server.start()
    finally:
        file.write_text(right)

    assert str(file) in (refused.value.hint or "")


def test_crashed_server_is_started_once_by_two(server: LocalNeo4j) -> None:
    """After kill -9 two starts at once bring back one server with the data."""
    run(server, "CREATE (:Kept {value: 1})")
    crashed = server.status().pid
    assert crashed is not None
    os.kill(crashed, signal.SIGKILL)
    psutil.wait_procs([psutil.Process(crashed)] if psutil.pid_exists(crashed) else [], timeout=10)
    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(lambda _: server.start(), range(2))

    assert first == second
    assert crashed != server.status().pid
    assert run(server, "MATCH (kept:Kept) RETURN kept.value") == [[1]]


def test_stop_leaves_nothing(server: LocalNeo4j) -> None:
    """A stopped server has no process, and stopping it again is no error."""
    pid = server.status().pid
    assert pid is not None

    assert server.stop() is True
    assert not psutil.pid_exists(pid)
    assert server.stop() is None
    assert server.status().pid is None


def test_reused_pid_is_not_our_server(tmp_path: Path) -> None:
    """A later process with the remembered pid is left alone."""
    file = tmp_path / "server.json"
    ServerProcess(pid=os.getpid(), created=1.0, port=7687).remember(file)

    assert ServerProcess.find(file) is None


@pytest.mark.parametrize("text", ["", "{", '{"pid": 1}', "[]"])
def test_damaged_memory_means_no_server(tmp_path: Path, text: str) -> None:
    """A file cut off by a crash is as good as none."""
    (tmp_path / "server.json").write_text(text)

    assert ServerProcess.find(tmp_path / "server.json") is None


def test_stubborn_server_is_killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that ignores the request to stop is killed in the end, and that is told."""
    monkeypatch.setattr(process, "STOP_SECONDS", 0.2)
    stubborn = ["/bin/sh", "-c", "trap '' TERM; echo ready; while :; do sleep 0.1; done"]
    console = tmp_path / "console"
    spawned = ServerProcess.spawn(stubborn, port=1, folder=tmp_path, console=console)
    while not console.read_text():
        pass

    assert spawned.end() is False
    assert not spawned.is_alive()


def test_failed_start_shows_its_log(unstarted: LocalNeo4j, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the server dies at its start the error ends with what it said last, and nothing stays behind."""
    failing = ["/bin/sh", "-c", "echo the store is damaged; exit 1"]
    monkeypatch.setattr(server_module, "java_command", lambda *_, **__: failing)
    monkeypatch.setattr(jars, "fetch", lambda *_: ())

    with pytest.raises(LocalDatabaseFailed, match="the store is damaged"):
        unstarted.start()
    assert not (unstarted.folder / "server.json").exists()


def test_interrupted_start_leaves_nothing(unstarted: LocalNeo4j, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C while the server starts ends it."""
    spawned: list[int] = []

    def interrupt(_self: LocalNeo4j, started: ServerProcess, *_: object) -> None:
        spawned.append(started.pid)
        raise KeyboardInterrupt

    monkeypatch.setattr(server_module, "java_command", lambda *_, **__: ["/bin/sleep", "60"])
    monkeypatch.setattr(jars, "fetch", lambda *_: ())
    monkeypatch.setattr(LocalNeo4j, "_wait_until_ready", interrupt)

    with pytest.raises(KeyboardInterrupt):
        unstarted.start()
    assert not psutil.pid_exists(spawned[0])


def test_full_disk_is_said(unstarted: LocalNeo4j, monkeypatch: pytest.MonkeyPatch) -> None:
    """With no room left the server isn't fetched, and the error says why."""
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=1))

    with pytest.raises(DiskFull, match="MB are free"):
        unstarted.start()


def test_unknown_release_is_refused(tmp_path: Path) -> None:
    """A release without a lock is refused with the ones that have one."""
    with pytest.raises(LocalDatabaseFailed, match="no lock") as refused:
        local_server(Settings(home=tmp_path, neo4j_version="4.4.0"))

    assert DEFAULT_RELEASE in (refused.value.hint or "")


def test_other_neo4j_is_not_started() -> None:
    """With C360_NEO4J_URI the local server is out of the question."""
    with pytest.raises(LocalDatabaseFailed, match="C360_NEO4J_URI"):
        local_server(Settings(neo4j_uri="neo4j://db.example:7687"))


def test_other_neo4j_is_connected_to() -> None:
    """With C360_NEO4J_URI the connection is the one that the settings name."""
    reached = connection(Settings(neo4j_uri="neo4j://db.example:7687", neo4j_password="hush"))

    assert ("neo4j://db.example:7687", "neo4j", "hush") == (reached.uri, reached.user, reached.password)


def test_stopped_server_has_no_connection(tmp_path: Path) -> None:
    """Asking for a server that doesn't run says how to start it."""
    with pytest.raises(DatabaseUnavailable) as stopped:
        connection(Settings(home=tmp_path))

    assert stopped.value.hint == "c360 neo4j start"


def test_any_port_is_taken_when_none_is_wanted() -> None:
    """Port 0 wants any free one."""
    assert free_port(0) > 0


class Delivery:
    """Stands in for Maven Central: brings the same bytes on every attempt."""

    def __init__(self, content: bytes) -> None:
        self.content = content
        self.calls = 0

    def __call__(self, jar: Jar, staging: Path, _advance: jars.Advance, *, from_machine: bool) -> Path:
        """Bring one jar."""
        del from_machine
        self.calls += 1
        staging.mkdir(parents=True, exist_ok=True)
        (staging / jar.name).write_bytes(self.content)
        return staging / jar.name


@pytest.fixture
def release(neo4j_version: str) -> Release:
    """A release of one small jar."""
    found = Release(neo4j_version)
    content = b"genuine"
    found.__dict__["jars"] = (Jar("org.example:example:1", len(content), hashlib.sha256(content).hexdigest()),)
    return found


def deliver(monkeypatch: pytest.MonkeyPatch, content: bytes) -> Delivery:
    """Let every fetch bring this content."""
    delivery = Delivery(content)
    monkeypatch.setattr(jars, "_resolve", delivery)
    return delivery


def test_forged_jar_is_refused(release: Release, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A jar that isn't the one in the lock never reaches the class path."""
    deliver(monkeypatch, b"forged!")

    with pytest.raises(LocalDatabaseFailed, match="sha256"):
        jars.fetch(release, tmp_path, silent)
    assert not list(tmp_path.rglob("*.jar"))


def test_jar_is_fetched_once(release: Release, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A jar that is here is not fetched again."""
    delivery = deliver(monkeypatch, b"genuine")
    jars.fetch(release, tmp_path, silent)
    (jar,) = jars.fetch(release, tmp_path, silent)

    assert delivery.calls == 1
    assert jar.read_bytes() == b"genuine"


def test_damaged_jar_is_replaced(release: Release, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A jar that was changed on disk is noticed at the next start and fetched anew, even at the same size."""
    deliver(monkeypatch, b"genuine")
    (jar,) = jars.fetch(release, tmp_path, silent)
    jar.write_bytes(b"changed")
    jars.fetch(release, tmp_path, silent)

    assert jar.read_bytes() == b"genuine"
