"""On what was measured: the machine and the versions of everything that takes part."""

from __future__ import annotations

import json
import os
import platform
import subprocess
from importlib.metadata import version
from pathlib import Path

import neo4j

from benchmarks.data import Sample
from benchmarks.node import PEER_FOLDER, node
from graph.local import Connection

PYTHON_PACKAGES = ("neo4j", "neo4j-rust-ext", "strawberry-graphql", "graphql-core", "starlette", "uvicorn", "orjson")
NODE_PACKAGES = ("@neo4j/graphql", "@apollo/server", "neo4j-driver", "graphql")


def described(connection: Connection, sample: Sample) -> str:
    """The machine, the data and the versions in Markdown."""
    python = ", ".join(f"{name} {version(name)}" for name in PYTHON_PACKAGES)
    packages = ", ".join(f"{name} {_node_version(name)}" for name in NODE_PACKAGES)
    size = f"{sample.records:,} nodes and {sample.relationships:,} relationships"
    wrk = _said("wrk", "-v").splitlines()[0].partition(" [")[0]
    lines = (
        f"- Machine: {os.cpu_count()} cores, {_processor()}, {platform.system()} {platform.machine()}.",
        f"- Neo4j {_neo4j_version(connection)}: {size}, {sample.customer_count:,} customers in the organisation asked.",
        f"- Python {platform.python_version()}: {python}.",
        f"- Node.js {_said(node(), '--version')}: {packages}. Load by {wrk}.",
    )
    return "\n".join(lines)


def _node_version(package: str) -> str:
    found = json.loads((PEER_FOLDER / "node_modules" / package / "package.json").read_text(encoding="utf-8"))
    return str(found["version"])


def _neo4j_version(connection: Connection) -> str:
    with neo4j.GraphDatabase.driver(connection.uri, auth=(connection.user, connection.password)) as driver:
        records, _, _ = driver.execute_query("CALL dbms.components() YIELD versions, edition")
    return f"{records[0]['versions'][0]} {records[0]['edition']}"


def _said(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return (done.stdout or done.stderr).strip()


def _processor() -> str:
    file = Path("/proc/cpuinfo")
    lines = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or "processor unknown"
