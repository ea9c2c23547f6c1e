"""The command line as a person uses it: real processes, their output, their exit status, what they leave behind."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from graph.local import Connection
from tests.world import World

C360 = Path(sys.executable).parent / "c360"
SMALL = Path(__file__).parent.parent / "fixtures" / "online_retail" / "small.csv"
PATIENCE = 240
LIMITED = """
import os, resource, sys
resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))
os.execv(sys.argv[1], sys.argv[1:])
"""
"""Runs a command whose files may not grow beyond 100 bytes."""


@pytest.fixture
def environment(tmp_path: Path, neo4j_cache: Path, neo4j_version: str) -> dict[str, str]:
    """A user with a home of their own; Neo4j itself need not be fetched again."""
    plain = {name: value for name, value in os.environ.items() if not name.startswith("C360_")}
    return {
        **plain,
        "C360_HOME": str(tmp_path / "home"),
        "C360_CACHE": str(neo4j_cache),
        "C360_NEO4J_VERSION": neo4j_version,
        "C360_NEO4J_PORT": "0",
        "C360_NEO4J_HEAP": "512m",
        "C360_PORT": "0",
    }


@pytest.fixture
def elsewhere(environment: dict[str, str], neo4j_connection: Connection) -> dict[str, str]:
    """The same, with the run's database named from outside."""
    return {
        **environment,
        "C360_NEO4J_URI": neo4j_connection.uri,
        "C360_NEO4J_USER": neo4j_connection.user,
        "C360_NEO4J_PASSWORD": neo4j_connection.password,
    }


def c360(*arguments: str, env: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Run a command to its end."""
    return subprocess.run([C360, *arguments], env=env, capture_output=True, text=True, check=False, timeout=PATIENCE)


@pytest.fixture
def started(environment: dict[str, str], tmp_path: Path) -> Iterator[tuple[subprocess.Popen[str], Path]]:
    """A demo that is being set up and served, and the file of its output; ended with the test, whatever happens."""
    output = tmp_path / "output.txt"
    with output.open("w") as file:
        process = subprocess.Popen(
            [C360, "demo", "--customers", "60"],
            env=environment,
            stdout=file,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        yield process, output
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            c360("neo4j", "stop", env=environment)


def wait_for(pattern: str, process: subprocess.Popen[str], output: Path) -> str:
    """The first match of a pattern in the output of a process that goes on."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and process.poll() is None:
        if found := re.search(pattern, output.read_text()):
            return found[0]
        time.sleep(0.1)
    raise AssertionError(output.read_text())


def test_demo_prints_serves_and_leaves_nothing(
    started: tuple[subprocess.Popen[str], Path], environment: dict[str, str]
) -> None:
    """It shows progress, prints both views, serves; Ctrl-C ends all of it; `--once` does the same and exits 0."""
    process, output = started
    address = wait_for(r"http://\S+/graphql", process, output)
    wait_for(r"Stop with Ctrl-C", process, output)
    request = urllib.request.Request(
        address, data=b'{"query": "{ customers { totalCount } }"}', headers={"content-type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=30) as answer:
        body = json.load(answer)
    children = psutil.Process(process.pid).children(recursive=True)
    text = output.read_text()

    os.killpg(process.pid, signal.SIGINT)
    process.wait(timeout=60)
    _, alive = psutil.wait_procs(children, timeout=30)
    again = c360("demo", "--once", "--customers", "60", env=environment)

    assert body["data"]["customers"]["totalCount"] > 0
    for words in ("Starting Neo4j", "John Jackson", "House Decorations Brooklyn", "with all below"):
        assert words in text
    assert children
    assert [] == alive
    assert 0 == again.returncode, again.stderr
    assert "House Decorations Brooklyn" in again.stdout


def test_a_taken_port_is_told_at_once(environment: dict[str, str]) -> None:
    """The port is tried before anything slow begins."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        done = c360("serve", env={**environment, "C360_PORT": port})

    assert 2 == done.returncode
    assert "error [SETTINGS_INVALID]" in done.stderr
    assert "C360_PORT" in done.stderr


@pytest.mark.parametrize("command", [("migrate",), ("demo", "--once")])
def test_a_wrong_password_is_told(command: tuple[str, ...], elsewhere: dict[str, str]) -> None:
    """A command says that the password is wrong, by code and hint, and exits with a status that is not 0."""
    done = c360(*command, env={**elsewhere, "C360_NEO4J_PASSWORD": "wrong-password"})

    assert 1 == done.returncode
    assert "error [DATABASE_AUTHENTICATION_FAILED]" in done.stderr
    assert "C360_NEO4J_PASSWORD" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_report_that_may_not_grow_is_told(elsewhere: dict[str, str], tmp_path: Path) -> None:
    """With a limit on the size of files an import ends in DISK_FULL; without it, it goes on and ends well."""
    organization, report = f"Limited {tmp_path.name}", str(tmp_path / "report.csv")
    arguments = ["import", "online-retail", str(SMALL), "--organization", organization, "--report", report]
    done = subprocess.run(
        [sys.executable, "-c", LIMITED, C360, *arguments],
        env=elsewhere,
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE,
    )
    again = c360(*arguments, env=elsewhere)

    assert 1 == done.returncode
    assert "error [DISK_FULL]" in done.stderr
    assert "Traceback" not in done.stderr
    assert 0 == again.returncode, again.stderr


def test_migrate_says_what_it_did(elsewhere: dict[str, str]) -> None:
    """A second migration applies nothing."""
    c360("migrate", env=elsewhere)
    done = c360("migrate", env=elsewhere)

    assert 0 == done.returncode
    assert "applied now: none" in done.stdout


def test_the_schema_is_printed_and_checked(environment: dict[str, str]) -> None:
    """`c360 schema` prints SDL, `--check` compares it with the committed file."""
    printed, checked = c360("schema", env=environment), c360("schema", "--check", env=environment)

    assert "type Query {" in printed.stdout
    assert "schema.graphql is up to date" in checked.stdout


def test_explain_prints_what_becomes_of_a_document(elsewhere: dict[str, str], tmp_path: Path, world: World) -> None:
    """Selection, plan, Cypher, parameters and the database's plan; what is wrong is told by code and exit status."""
    environment = {**elsewhere, "C360_VIEWER": f"uma@{world.key}.example"}
    document, other = tmp_path / "one.graphql", tmp_path / "other.graphql"
    document.write_text("query One($name: String!) { customers(where: {name: {eq: $name}}) { nodes { name } } }")
    (tmp_path / "one.variables.json").write_text('{"name": "Head"}')
    other.write_text("query A { customers { nope } } query B { viewer { displayName } }")

    plain = c360("explain", str(document), env=environment)
    profiled = c360("explain", str(document), "--variables", '{"name": "Shop"}', "--profile", env=environment)
    refused = c360("explain", str(other), "--operation", "B", env=environment)
    missing = c360("explain", str(tmp_path / "none.graphql"), env=environment)

    assert 0 == plain.returncode, plain.stderr
    for words in ("MATCH (customer0:Customer)", '"Head"', "ProduceResults", "├──"):
        assert words in plain.stdout
    assert 0 == profiled.returncode, profiled.stderr
    assert '"Shop"' in profiled.stdout
    assert "db hits in all" in profiled.stdout
    assert (1, True) == (refused.returncode, "error [GRAPHQL_VALIDATION_FAILED]" in refused.stderr)
    assert "line 1, column 23" in refused.stderr
    assert (1, True) == (missing.returncode, "error [BAD_USER_INPUT]" in missing.stderr)
