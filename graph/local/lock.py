"""Write the lock of a release: `python -m graph.local.lock 2026.08.1`. Only for adding a release."""

import sys
import tempfile
import tomllib
from pathlib import Path

import jgo

from graph.local.release import LOCKS


def write_lock(version: str) -> Path:
    """Resolve a release anew and write down every jar of it.

    Args:
        version: A release of Neo4j.

    Returns:
        The lock file.
    """
    with tempfile.TemporaryDirectory() as folder:
        environment = Path(jgo.build(f"org.neo4j:neo4j:{version}", cache_dir=Path(folder)).path)
        resolved = tomllib.loads((environment / "jgo.lock.toml").read_text(encoding="utf-8"))["dependencies"]
        lines = [_entry(environment, dependency) for dependency in resolved]
    target = LOCKS / f"{version}.toml"
    header = "# Every jar of this release: size and sha256. Written by graph/local/lock.py.\n[jars]\n"
    target.write_text(header + "".join(lines), encoding="utf-8")
    return target


def _entry(environment: Path, dependency: dict[str, str]) -> str:
    parts = [dependency["groupId"], dependency["artifactId"], dependency["version"], dependency.get("classifier")]
    coordinate = ":".join(part for part in parts if part)
    name = "-".join(coordinate.split(":")[1:]) + ".jar"
    (jar,) = environment.glob(f"*/{name}")
    return f'"{coordinate}" = [{jar.stat().st_size}, "{dependency["sha256"]}"]\n'


if __name__ == "__main__":
    for argument in sys.argv[1:]:
        sys.stdout.write(f"{write_lock(argument)}\n")
