"""Node.js for the peer server, and its packages: the one on PATH, or the one from PyPI that also builds the pages."""

from __future__ import annotations

from pathlib import Path

from hatch_build import Npm, npm_from_pypi, npm_on_path

PEER_FOLDER = Path(__file__).with_name("peer")


def npm() -> Npm:
    """Find npm, or end with advice."""
    found = npm_on_path() or npm_from_pypi()
    if found is None:
        raise SystemExit("The peer server needs Node.js 20.19 or newer: `make bench` installs one where none is.")
    return found


def node() -> str:
    """The path of Node.js, with the peer's packages there."""
    if not (PEER_FOLDER / "node_modules").is_dir():
        raise SystemExit("The peer server is not installed: `make bench` does that, or `python -m benchmarks.node`.")
    return str(npm().node_folder / "node")


if __name__ == "__main__":
    npm().run(("ci", "--ignore-scripts", "--no-audit", "--no-fund"), PEER_FOLDER)
