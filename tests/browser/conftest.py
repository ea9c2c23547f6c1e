"""A real browser on the real app: every test here fails on a request to anywhere else and on any error in the page."""

import asyncio
import os
import re
import shutil
import socket
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Request, WebError
from starlette.applications import Starlette

from app.demo import DemoSummary, load_demo
from app.migrations import migrate
from app.server import create_app
from app.settings import Settings
from graph.database import Database
from graph.local import Connection

HERE = Path(__file__).parent
CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
NO_CHROMIUM = "No Chromium: apt-get install -y --no-install-recommends chromium fonts-dejavu-core"
AXE = HERE.parents[1] / "explorer" / "node_modules" / "axe-core" / "axe.min.js"
NO_AXE = "No axe-core: npm ci --ignore-scripts in explorer/"
IN_CI = os.environ.get("CI", "") == "true"
# Chromium talks to its maker at start unless it is told not to.
CHROMIUM_ARGUMENTS = [
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
]
START_SECONDS = 30


def pytest_configure(config: pytest.Config) -> None:
    """Register the marker of tests in which the page is meant to log an error."""
    config.addinivalue_line("markers", "expects_console_error(pattern): the page may log errors that match this")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Skip these tests, before anything is started for them, where a tool is missing; in CI that is an error."""
    missing = NO_CHROMIUM if CHROMIUM is None else NO_AXE if not AXE.exists() else None
    if missing is None or not any(HERE in item.path.parents for item in items):
        return
    if IN_CI:
        raise pytest.UsageError(missing)
    ours = [item for item in items if HERE in item.path.parents]
    # One is skipped for all: pytest would say the same on a line for each.
    ours[0].add_marker(pytest.mark.skip(reason=missing))
    config.hook.pytest_deselected(items=ours[1:])
    items[:] = [item for item in items if item not in ours[1:]]


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Launch the machine's own Chromium: nothing is downloaded for these tests."""
    # Chromium refuses to run as root with its sandbox, which is how containers run it.
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    return {**browser_type_launch_args, "executable_path": CHROMIUM, "args": [*CHROMIUM_ARGUMENTS, *sandbox]}


@contextmanager
def serving(app: Starlette) -> Iterator[str]:
    """Serve an app in a thread, on a port that the system picks, and yield its address."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    deadline = time.monotonic() + START_SECONDS
    while not server.started:
        if not thread.is_alive() or time.monotonic() > deadline:
            raise RuntimeError("The app did not start; its log is above")
        time.sleep(0.02)
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(START_SECONDS)
        listener.close()


@pytest.fixture(scope="session")
def served_app_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of the app on the tests' Neo4j, or of the server that `--base-url` names."""
    if running := request.config.getoption("base_url"):
        yield running.rstrip("/")
        return
    connection: Connection = request.getfixturevalue("neo4j_connection")
    # Playwright keeps an event loop running in this thread.
    with ThreadPoolExecutor(1) as thread:
        summary = thread.submit(lambda: asyncio.run(demo_data(connection))).result()
    home = request.getfixturevalue("tmp_path_factory").mktemp("home")
    settings = Settings(viewer=summary.viewer, home=home)
    # The pool makes its connections in the server's own event loop, with the first request.
    with serving(create_app(settings, opened(connection), people=summary.people)) as address:
        yield address


def opened(connection: Connection) -> Database:
    """A pool of connections to the tests' Neo4j."""
    return Database.open(connection.uri, (connection.user, connection.password), timeout=60.0)


async def demo_data(connection: Connection) -> DemoSummary:
    """Fill the tests' Neo4j with a small demo; the answer names its people."""
    database = opened(connection)
    await migrate(database)
    summary = await load_demo(database, customers=100)
    await database.close()
    return summary


@pytest.fixture(scope="session")
def base_url(served_app_url: str) -> str:
    """What `page.goto("/graphiql")` is relative to."""
    return served_app_url


@pytest.fixture
def requested(context: BrowserContext) -> list[str]:
    """The addresses that the browser asked for in this test."""
    addresses: list[str] = []

    def note(request: Request) -> None:
        addresses.append(request.url)

    context.on("request", note)
    return addresses


@pytest.fixture(autouse=True)
def closed_world(
    request: pytest.FixtureRequest, context: BrowserContext, base_url: str, requested: list[str]
) -> Iterator[None]:
    """Fail a test whose page asked another host for anything, threw an exception or logged an error."""
    marker = request.node.get_closest_marker("expects_console_error")
    troubles: list[str] = []

    def on_console(message: ConsoleMessage) -> None:
        if message.type == "error" and not (marker and re.search(marker.args[0], message.text)):
            troubles.append(f"console: {message.text}")

    def on_error(error: WebError) -> None:
        troubles.append(f"exception: {error.error}")

    context.on("console", on_console)
    context.on("weberror", on_error)
    yield
    own = (f"{base_url}/", "data:", "blob:")
    strangers = [address for address in requested if not address.startswith(own)]

    assert ([], []) == (strangers, troubles)


@pytest.fixture
def axe_violations(page: Page) -> Callable[[], dict[str, list[str]]]:
    """A function that returns what axe-core finds wrong now: the elements that break a rule, by rule."""

    def violations() -> dict[str, list[str]]:
        page.evaluate(AXE.read_text(encoding="utf-8"))
        result = page.evaluate("axe.run({ resultTypes: ['violations'] })")
        return {rule["id"]: [node["html"] for node in rule["nodes"]] for rule in result["violations"]}

    return violations
