"""`make torture`: writes go on while connections are cut, API and Neo4j killed; nothing may be lost or doubled."""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
from pathlib import Path

from tests.torture.running import WHOLE, Plan, torture


def main() -> None:
    """Torture in full, tell how it goes, and end with 1 when anything was wrong."""
    parser = argparse.ArgumentParser(prog="python -m tests.torture", description=__doc__)
    parser.add_argument("--cuts", type=int, default=WHOLE.cuts, help="connections that are cut around a commit")
    parser.add_argument("--api-kills", type=int, default=WHOLE.api_kills, help="kills of the API process")
    parser.add_argument("--neo4j-kills", type=int, default=WHOLE.neo4j_kills, help="kills of Neo4j")
    options = parser.parse_args()
    plan = Plan(options.cuts, options.api_kills, options.neo4j_kills)
    with tempfile.TemporaryDirectory(prefix="c360-torture-") as folder:
        summary = asyncio.run(torture(Path(folder), plan, tell=lambda text: print(text, flush=True)))  # noqa: T201
    print(summary)  # noqa: T201
    sys.exit(bool(summary.faults))


if __name__ == "__main__":
    main()
