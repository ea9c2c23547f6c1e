"""The local Neo4j: fetched once, started in seconds, its data kept from run to run."""

import errno
import os
import secrets
import shutil
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import LiteralString

from graph import database
from graph.errors import DiskFull, LocalDatabaseFailed, WrongPassword
from graph.local import jars
from graph.local.command import configuration, java_command
from graph.local.process import ServerProcess, free_port
from graph.local.progress import Reporter, silent
from graph.local.release import DEFAULT_RELEASE, Release
from graph.local.turns import turn

USER = "neo4j"
START_SECONDS = 120
POLL_SECONDS = 0.05
LEAST_FREE_BYTES = 100_000_000
TAIL_LINES = 15


@dataclass(frozen=True, slots=True)
class Connection:
    """How to reach a Neo4j."""

    uri: str
    user: str
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Status:
    """What runs, and where its data is."""

    version: str
    folder: Path
    size: int
    pid: int | None = None
    uri: str | None = None
    uptime: float | None = None


class LocalNeo4j:
    """One Neo4j on this machine, with its own data directory.

    Args:
        home: Where data and logs are kept, in `neo4j/<version>`.
        cache: Where Neo4j itself is kept.
        change_password: The statement that replaces the password every new Neo4j has.
        version: Release of Neo4j.
        port: Wanted Bolt port; another one is taken when it is not free.
        heap: Size of the Java heap.
        pagecache: Size of the page cache.
        lock_timeout: Seconds that a transaction waits for a lock.
    """

    def __init__(
        self,
        *,
        home: Path,
        cache: Path,
        change_password: LiteralString,
        version: str = DEFAULT_RELEASE,
        port: int = 7687,
        heap: str = "1g",
        pagecache: str = "512m",
        lock_timeout: float = 2.0,
    ) -> None:
        self.release = Release(version)
        self.folder = home / "neo4j" / version
        self._cache = cache
        self._change_password = change_password
        self._port = port
        self._heap = heap
        self._pagecache = pagecache
        self._lock_timeout = lock_timeout
        self._memory_file = self.folder / "server.json"
        self._password_file = self.folder / "password"
        self._console = self.folder / "logs" / "console.log"

    def start(self, report: Reporter = silent) -> Connection:
        """Start the server unless it runs, and wait until it answers.

        Raises:
            LocalDatabaseFailed: It can't be fetched or doesn't start; the message ends with its log.
            DiskFull: There is no room for it.
            WrongPassword: Its data has another password than the file beside it.
        """
        self._make_folders()
        with turn(self.folder, report):
            process = ServerProcess.find(self._memory_file)
            with self._spawn_or_keep(process, report) as process:
                connection = self._connection(process.port)
                self._wait_until_ready(process, connection, report)
        return connection

    def stop(self) -> bool | None:
        """Stop the server and wait until its files are closed.

        Returns:
            Whether it stopped by itself; None when it did not run.
        """
        process = ServerProcess.find(self._memory_file)
        if process is None:
            return None
        graceful = process.end()
        self._memory_file.unlink(missing_ok=True)
        return graceful

    @contextmanager
    def running(self, report: Reporter = silent) -> Iterator[Connection]:
        """Have the server while the context lasts; leave it running afterwards if it ran before."""
        ran_before = ServerProcess.find(self._memory_file) is not None
        try:
            yield self.start(report)
        finally:
            if not ran_before:
                self.stop()

    def status(self) -> Status:
        """Look whether the server runs and how much it keeps."""
        size = _size(self.folder / "data")
        process = ServerProcess.find(self._memory_file)
        if process is None:
            return Status(self.release.version, self.folder, size)
        uptime = time.time() - process.created
        return Status(self.release.version, self.folder, size, process.pid, _uri(process.port), uptime)

    def connection(self) -> Connection | None:
        """How to reach the server, if it runs."""
        process = ServerProcess.find(self._memory_file)
        return self._connection(process.port) if process else None

    def _make_folders(self) -> None:
        for name in ("conf", "data", "logs", "run"):
            (self.folder / name).mkdir(parents=True, exist_ok=True)
        self.folder.chmod(0o700)

    @contextmanager
    def _spawn_or_keep(self, process: ServerProcess | None, report: Reporter) -> Iterator[ServerProcess]:
        """Leave no server behind that was started here and never became ready."""
        if process is not None:
            yield process
            return
        process = self._spawn(jars.fetch(self.release, self._cache, report))
        try:
            yield process
        except BaseException:
            process.end()
            self._memory_file.unlink(missing_ok=True)
            raise

    def _spawn(self, classpath: tuple[Path, ...]) -> ServerProcess:
        if shutil.disk_usage(self.folder).free < LEAST_FREE_BYTES:
            raise DiskFull(f"Too little room is left in {self.folder}.", hint="Make room, or set C360_HOME.")
        port = free_port(self._port)
        conf = self.folder / "conf"
        options = configuration(port=port, pagecache=self._pagecache, lock_timeout=self._lock_timeout)
        (conf / "neo4j.conf").write_text(options, encoding="utf-8")
        command = java_command(self.release, classpath, home=self.folder, heap=self._heap)
        process = ServerProcess.spawn(command, port=port, folder=self.folder, console=self._console)
        process.remember(self._memory_file)
        return process

    def _wait_until_ready(self, process: ServerProcess, connection: Connection, report: Reporter) -> None:
        deadline = time.monotonic() + START_SECONDS
        with report(f"Starting Neo4j {self.release.version}"):
            while not _answers(process.port):
                if not process.is_alive():
                    raise self._failure("Neo4j stopped while it started")
                if time.monotonic() > deadline:
                    raise self._failure(f"Neo4j did not answer within {START_SECONDS} s")
                time.sleep(POLL_SECONDS)
            self._sign_in(connection)

    def _sign_in(self, connection: Connection) -> None:
        """Check our password, and set it when the data is new and still has the password that Neo4j ships with."""
        try:
            database.wait_until_ready(connection.uri, connection.user, connection.password, START_SECONDS)
        except WrongPassword as refused:
            try:
                database.change_first_password(
                    connection.uri, connection.user, connection.password, self._change_password
                )
            except WrongPassword:
                refused.hint = f"Put the password into {self._password_file}, or remove {self.folder} with its data."
                raise refused from None
            database.wait_until_ready(connection.uri, connection.user, connection.password, START_SECONDS)

    def _connection(self, port: int) -> Connection:
        return Connection(_uri(port), USER, self._password())

    def _password(self) -> str:
        """Read the password, made on the first call: it is kept before Neo4j learns it, so that it can't be lost."""
        try:
            descriptor = os.open(self._password_file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            return self._password_file.read_text(encoding="utf-8").strip()
        password = secrets.token_urlsafe(24)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(password)
        return password

    def _failure(self, what: str) -> LocalDatabaseFailed:
        tail = "\n".join(self._console.read_text(encoding="utf-8", errors="replace").splitlines()[-TAIL_LINES:])
        kind = DiskFull if os.strerror(errno.ENOSPC) in tail else LocalDatabaseFailed
        return kind(f"{what}. Its log ends with:\n{tail}", hint=f"The whole log is in {self._console.parent}.")


def _uri(port: int) -> str:
    return f"bolt://127.0.0.1:{port}"


def _size(folder: Path) -> int:
    """Add up the files, some of which a running server removes meanwhile."""
    size = 0
    for path in folder.rglob("*"):
        with suppress(FileNotFoundError):
            size += path.stat().st_size if path.is_file() else 0
    return size


def _answers(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True
