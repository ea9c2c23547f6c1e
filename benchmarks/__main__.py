"""`make bench`: reading beside the peers, then loading beside bare loaders."""

from __future__ import annotations

import argparse
import signal
import sys
from pathlib import Path
from types import FrameType
from typing import NoReturn

from app.settings import Settings
from benchmarks import loading, reading
from benchmarks.systems import ROOT

EXAMPLE_DATA = ROOT.parent / "shared" / "data"
"""Where the data sets lie beside a checkout; C360_DATA or --data can name another folder."""


def _leave(number: int, _: FrameType | None) -> NoReturn:
    """Let a signal unwind the stack, so that every process that was started is ended."""
    sys.exit(128 + number)


def main() -> None:
    """Run both."""
    signal.signal(signal.SIGTERM, _leave)
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    reading.add_options(parser)
    parser.add_argument("--data", type=Path, default=Settings().data or EXAMPLE_DATA, help="data sets")
    parser.add_argument("--no-loading", action="store_true", help="leave out loading")
    options = parser.parse_args()
    if not options.data.is_dir():
        parser.error(f"there is no folder {options.data}: name the one of the data sets by --data")
    try:
        reading.run(options)
        if not options.no_loading:
            loading.main(["--data", str(options.data)])
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
