"""The load on a server, by wrk, and what is measured of every system."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

SCRIPT = Path(__file__).with_name("post.lua")
PATIENCE_SECONDS = 30
MARK = "FIGURES "


@dataclass(frozen=True, slots=True)
class Figures:
    """Latency in milliseconds, requests a second, and how many requests went wrong."""

    p50: float
    p99: float
    rate: float
    errors: int = 0


def medians(rounds: Sequence[Figures]) -> Figures:
    """The median of each figure over the rounds; errors are added up."""
    return Figures(
        median(found.p50 for found in rounds),
        median(found.p99 for found in rounds),
        median(found.rate for found in rounds),
        sum(found.errors for found in rounds),
    )


def need_wrk() -> str:
    """The path of wrk, or the end with advice."""
    found = shutil.which("wrk")
    if found is None:
        raise SystemExit("make bench needs wrk to send its requests: on Debian, `apt-get install wrk`.")
    return found


def wrk(url: str, bodies: Path, connections: int, seconds: float, seed: int) -> Figures:
    """Send bodies of a file, chosen at random, over some connections for some seconds."""
    command = [
        *(need_wrk(), "-t1", f"-c{connections}", f"-d{max(1, round(seconds))}s"),
        *(f"--timeout={PATIENCE_SECONDS}s", "-s", str(SCRIPT), url),
    ]
    done = subprocess.run(
        command,
        env={**os.environ, "BODIES": str(bodies), "SEED": str(seed)},
        capture_output=True,
        text=True,
        check=False,
    )
    line = next((line for line in done.stdout.splitlines() if line.startswith(MARK)), None)
    if line is None:
        raise SystemExit(f"wrk failed:\n{done.stdout}\n{done.stderr}")
    return Figures(**json.loads(line.removeprefix(MARK)))
