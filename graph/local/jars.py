"""Fetches the jars of a release from Maven Central and lets through only what the lock names."""

import hashlib
import json
import shutil
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from filelock import FileLock

from graph.errors import DiskFull, LocalDatabaseFailed
from graph.local.progress import Progress, Reporter
from graph.local.release import Jar, Release

WORKERS = 8
ATTEMPTS = 3
TIMEOUT = 60
MEGABYTE = 1_000_000
STAMP = "verified.json"

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
    with FileLock(folder / ".lock"):
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
        pending = [pool.submit(_download_one, jar, Path(staging), folder, progress) for jar in jars]
        try:
            for done in as_completed(pending):
                done.result()
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _download_one(jar: Jar, staging: Path, folder: Path, progress: Progress) -> None:
    """Fetch into the staging folder, check, move: a jar in the folder is always whole."""
    fault = ""
    for attempt in range(ATTEMPTS):
        try:
            arrived = _resolve(jar, staging / str(attempt), progress, from_machine=attempt == 0)
        except OSError as error:  # requests' errors are OSErrors too
            fault = str(error)
            continue
        except RuntimeError as error:
            fault = str(error)
            continue
        if sha256(arrived) == jar.sha256:
            _place(arrived, staging, folder / jar.name)
            return
        fault = f"its sha256 is not the locked {jar.sha256}"
    raise LocalDatabaseFailed(
        f"{jar.coordinate} can't be fetched: {fault}.",
        hint="Maven Central must be reachable, once; a repository of your own can be named in jgo's configuration.",
    )


def _place(arrived: Path, staging: Path, target: Path) -> None:
    if not arrived.is_relative_to(staging):
        arrived = Path(shutil.copyfile(arrived, staging / target.name))
    arrived.replace(target)


def _resolve(jar: Jar, staging: Path, progress: Progress, *, from_machine: bool) -> Path:
    """Let jgo find one file: in this machine's own Maven repository on the first attempt, else in a remote one."""
    jgo = _load_jgo()
    context = jgo.maven.MavenContext(
        resolver=jgo.maven.PythonResolver(progress_callback=_callback(progress)),
        repo_cache=staging,
        local_repos=[jgo.constants.default_maven_repo()] if from_machine else [],
        remote_repos={"central": jgo.constants.MAVEN_CENTRAL_URL, **jgo.config.GlobalSettings.load().repositories},
        timeout=TIMEOUT,
    )
    group, artifact, version, *classifier = jar.coordinate.split(":")
    component = context.project(group, artifact).at_version(version)
    path: Path = component.artifact(*classifier).resolve()
    if not path.is_relative_to(staging):
        progress.advance(jar.size)
    return path


def _callback(progress: Progress) -> Any:
    @contextmanager
    def follow(_name: str, _size: int) -> Iterator[Callable[[float], None]]:
        yield progress.advance

    return follow


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
