"""Fetches the jars of a release from Maven Central and lets through only what the lock names."""

import hashlib
import json
import shutil
import tempfile
from collections.abc import Callable
from concurrent.futures import CancelledError, ThreadPoolExecutor, as_completed
from contextlib import nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event
from typing import Any

from graph.errors import DiskFull, LocalDatabaseFailed
from graph.local.progress import Progress, Reporter
from graph.local.release import Jar, Release
from graph.local.turns import turn

WORKERS = 8
ATTEMPTS = 3
TIMEOUT = 60
MEGABYTE = 1_000_000
STAMP = "verified.json"

Advance = Callable[[float], None]
Verified = dict[str, tuple[str, int, int]]


def fetch(release: Release, cache: Path, report: Reporter) -> tuple[Path, ...]:
    """Make sure that every jar of a release is here and is the one that the lock names.

    A jar is hashed when it arrives and again whenever its size or time has changed since.

    Args:
        release: What to fetch.
        cache: Where jars are kept from one start to the next.
        report: Shows the bytes as they come.

    Returns:
        The class path.

    Raises:
        DiskFull: There is no room for the jars.
        LocalDatabaseFailed: A jar can't be fetched, or isn't the one that the lock names.
    """
    folder = cache / "neo4j" / release.version / "lib"
    folder.mkdir(parents=True, exist_ok=True)
    with turn(folder, report):
        verified = _read_stamp(folder)
        missing = [jar for jar in release.jars if not _is_intact(folder / jar.name, jar, verified)]
        if missing:
            _download(missing, folder, f"Fetching Neo4j {release.version}", report)
        _write_stamp(folder, release.jars, verified)
    return tuple(folder / jar.name for jar in release.jars)


def sha256(path: Path) -> str:
    """Hash a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _is_intact(path: Path, jar: Jar, verified: Verified) -> bool:
    if not path.exists():
        return False
    if verified.get(jar.name) == _fingerprint(path, jar):
        return True
    return path.stat().st_size == jar.size and sha256(path) == jar.sha256


def _fingerprint(path: Path, jar: Jar) -> tuple[str, int, int]:
    status = path.stat()
    return jar.sha256, status.st_size, status.st_mtime_ns


def _read_stamp(folder: Path) -> Verified:
    try:
        stamp = json.loads((folder / STAMP).read_text(encoding="utf-8"))
    except (FileNotFoundError, json.JSONDecodeError):
        return {}
    return {name: tuple(fingerprint) for name, fingerprint in stamp.items()}


def _write_stamp(folder: Path, jars: tuple[Jar, ...], before: Verified) -> None:
    after = {jar.name: _fingerprint(folder / jar.name, jar) for jar in jars}
    if after != before:
        (folder / STAMP).write_text(json.dumps(after), encoding="utf-8")


def _download(jars: list[Jar], folder: Path, label: str, report: Reporter) -> None:
    size = sum(jar.size for jar in jars)
    free = shutil.disk_usage(folder).free
    if free < size:
        raise DiskFull(
            f"Neo4j needs {size // MEGABYTE} MB in {folder}, {free // MEGABYTE} MB are free.",
            hint="Make room, or name another folder in C360_CACHE.",
        )
    with (
        tempfile.TemporaryDirectory(dir=folder, prefix=".staging-") as staging,
        report(label, total=size, unit="bytes") as progress,
        ThreadPoolExecutor(WORKERS) as pool,
    ):
        delivery = _Delivery(folder, Path(staging), progress)
        try:
            for done in as_completed([pool.submit(delivery.fetch, jar) for jar in jars]):
                done.result()
        except BaseException:
            delivery.given_up.set()
            pool.shutdown(cancel_futures=True)
            raise


@dataclass(frozen=True)
class _Delivery:
    """Brings jars by way of a staging folder: a jar in the folder is always whole and checked."""

    folder: Path
    staging: Path
    progress: Progress
    given_up: Event = field(default_factory=Event)

    def fetch(self, jar: Jar) -> None:
        """Fetch one jar, check it, move it to its place."""
        fault = ""
        for attempt in range(ATTEMPTS):
            self._continue()
            try:
                arrived = _resolve(jar, self.staging / str(attempt), self._advance, from_machine=attempt == 0)
            except (OSError, RuntimeError) as error:  # requests' errors are OSErrors, jgo's own are RuntimeErrors
                fault = str(error)
                continue
            if sha256(arrived) == jar.sha256:
                self._place(arrived, self.folder / jar.name)
                return
            fault = f"its sha256 is not the locked {jar.sha256}"
        raise LocalDatabaseFailed(
            f"{jar.coordinate} can't be fetched: {fault}.",
            hint="Maven Central must be reachable, once; a repository of your own can be named in jgo's configuration.",
        )

    def _place(self, arrived: Path, target: Path) -> None:
        if not arrived.is_relative_to(self.staging):
            arrived = Path(shutil.copyfile(arrived, self.staging / target.name))
        arrived.replace(target)

    def _advance(self, amount: float) -> None:
        self._continue()
        self.progress.advance(amount)

    def _continue(self) -> None:
        """Leave the download in the middle of a file once another one has failed or Ctrl-C was pressed."""
        if self.given_up.is_set():
            raise CancelledError


def _resolve(jar: Jar, staging: Path, advance: Advance, *, from_machine: bool) -> Path:
    """Let jgo find one file: in this machine's own Maven repository on the first attempt, else in a remote one."""
    jgo = _load_jgo()
    context = jgo.maven.MavenContext(
        resolver=jgo.maven.PythonResolver(progress_callback=lambda _name, _size: nullcontext(advance)),
        repo_cache=staging,
        local_repos=[jgo.constants.default_maven_repo()] if from_machine else [],
        remote_repos={"central": jgo.constants.MAVEN_CENTRAL_URL, **jgo.config.GlobalSettings.load().repositories},
        timeout=TIMEOUT,
    )
    group, artifact, version, *classifier = jar.coordinate.split(":")
    component = context.project(group, artifact).at_version(version)
    path: Path = component.artifact(*classifier).resolve()
    if not path.is_relative_to(staging):
        advance(jar.size)
    return path


def _load_jgo() -> Any:
    try:
        import jgo  # noqa: PLC0415 - of the extra `local`, which production does without
        import jgo.config  # noqa: PLC0415
        import jgo.constants  # noqa: PLC0415
        import jgo.maven  # noqa: PLC0415
    except ModuleNotFoundError as error:
        raise LocalDatabaseFailed(
            "The local Neo4j needs packages that are not installed.",
            hint="pip install 'c360[local]', or name a Neo4j in C360_NEO4J_URI.",
        ) from error
    return jgo
