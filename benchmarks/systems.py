"""The servers that are measured, each a process of its own on a free port of 127.0.0.1, ended with the context."""

from __future__ import annotations

import http.client
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from benchmarks.data import Company, Sample
from benchmarks.node import PEER_FOLDER, node
from graph.local import Connection
from graph.local.process import free_port

OURS, STRAWBERRY, NEO4J_GRAPHQL = "c360", "strawberry", "neo4j-graphql"
SERVERS = (OURS, STRAWBERRY, NEO4J_GRAPHQL)
ROOT = Path(__file__).parent.parent
START_SECONDS, STOP_SECONDS, REQUEST_SECONDS = 60.0, 10.0, 60.0
TAIL = 2000


@dataclass(frozen=True, slots=True)
class Server:
    """A server that answers, and where; the one of c360 answers as the viewer of one organisation."""

    port: int
    path: str

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.port}{self.path}"

    def ask(self, query: str, variables: Mapping[str, Any]) -> Any:
        """The data of an answer; anything else ends the benchmark."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=REQUEST_SECONDS)
        headers = {"Content-Type": "application/json", "Accept": "application/json"}
        try:
            connection.request("POST", self.path, orjson.dumps({"query": query, "variables": dict(variables)}), headers)
            body = connection.getresponse().read()
        finally:
            connection.close()
        answer = orjson.loads(body)
        if answer.get("errors") or not answer.get("data"):
            raise SystemExit(f"{self.url} answered {body[:TAIL].decode()}")
        return answer["data"]


Servers = Mapping[tuple[str, Company], Server]
"""The servers by the system's name and the organisation that the question is about."""


@contextmanager
def servers(connection: Connection, sample: Sample, logs: Path) -> Iterator[Servers]:
    """Have all servers while the context lasts."""
    companies = (sample.company, sample.registry)
    with ExitStack() as stack:
        found: dict[tuple[str, Company], Server] = {}
        for company in companies:
            found[OURS, company] = stack.enter_context(_ours(connection, company, logs))
        strawberry = stack.enter_context(
            _peer([sys.executable, "-m", "benchmarks.strawberry_peer"], connection, logs / "strawberry.log", ROOT)
        )
        graphql = stack.enter_context(
            _peer([node(), "server.mjs"], connection, logs / "neo4j-graphql.log", PEER_FOLDER)
        )
        for company in companies:
            found |= {(STRAWBERRY, company): strawberry, (NEO4J_GRAPHQL, company): graphql}
        yield found


@contextmanager
def _ours(connection: Connection, company: Company, logs: Path) -> Iterator[Server]:
    """As `c360 serve` starts it."""
    server = Server(free_port(0), "/graphql")
    environment = {
        "C360_PORT": str(server.port),
        "C360_VIEWER": company.viewer,
        "C360_NEO4J_URI": connection.uri,
        "C360_NEO4J_USER": connection.user,
        "C360_NEO4J_PASSWORD": connection.password,
    }
    command = [str(Path(sys.executable).with_name("c360")), "serve"]
    with _running(command, environment, server, logs / f"c360-{server.port}.log", ROOT):
        yield server


@contextmanager
def _peer(command: Sequence[str], connection: Connection, log: Path, folder: Path) -> Iterator[Server]:
    server = Server(free_port(0), "/")
    peer = {
        "uri": connection.uri,
        "user": connection.user,
        "password": connection.password,
        "database": "neo4j",
        "port": server.port,
    }
    with _running(command, {"PEER": json.dumps(peer), "NODE_ENV": "production"}, server, log, folder):
        yield server


@contextmanager
def _running(
    command: Sequence[str], environment: Mapping[str, str], server: Server, log: Path, folder: Path
) -> Iterator[None]:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("C360_")}
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            cwd=folder,
            env={**inherited, **environment},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
        )
        try:
            _wait(process, server, log)
            yield
        finally:
            _end(process)


def _wait(process: subprocess.Popen[bytes], server: Server, log: Path) -> None:
    until = time.monotonic() + START_SECONDS
    while True:
        try:
            server.ask("{ __typename }", {})
        except (OSError, http.client.HTTPException):
            if process.poll() is not None or time.monotonic() > until:
                said = log.read_text(encoding="utf-8", errors="replace")[-TAIL:]
                raise SystemExit(f"{process.args!s} does not answer:\n{said}") from None
            time.sleep(0.1)
        else:
            return


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
