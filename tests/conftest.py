"""What every test can ask for: one real Neo4j a run, the example data, an environment without our settings."""

import os
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path

import hypothesis
import pytest

from app import settings
from app.commands.neo4j import local_server
from app.importers.engine import Summary
from app.importers.ror import Ror
from app.migrations import migrate
from app.settings import Settings
from graph.database import Database
from graph.local import DEFAULT_RELEASE, Connection
from tests.asking import Asker
from tests.company import Company, company
from tests.importing import Importing
from tests.world import World, small_world

# A busy machine is no failure; and CI asks the same examples every time, so that what fails there fails here.
hypothesis.settings.register_profile("c360", deadline=None, derandomize=os.environ.get("CI") == "true")
hypothesis.settings.load_profile("c360")

REPOSITORY = Path(__file__).parent.parent
EXAMPLE_DATA = REPOSITORY.parent / "shared" / "data"
# Read before any test wipes them.
AT_START = {name: value for name, value in os.environ.items() if name.startswith("C360_")}
FULL = AT_START.get("C360_TESTS") == "full"
"""Whether generated tests try all their cases; otherwise a tenth of them, the same each time."""
NEO4J_VERSION = AT_START.get("C360_NEO4J_VERSION", DEFAULT_RELEASE)


def pytest_report_header() -> str:
    """Name the database that the tests run on, and how many generated cases they try."""
    cases = "all" if FULL else "a tenth, C360_TESTS=full for all"
    return f"neo4j: {AT_START.get('C360_NEO4J_URI', f'local {NEO4J_VERSION}')}; generated cases: {cases}"


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Wipe our settings from the environment, so that a test sees only what it sets."""
    for name in [name for name in os.environ if name.startswith("C360_")]:
        monkeypatch.delenv(name)
    settings.load.cache_clear()
    yield
    settings.load.cache_clear()


@pytest.fixture(scope="session")
def neo4j_version() -> str:
    """Release that this run tests."""
    return NEO4J_VERSION


@pytest.fixture(scope="session")
def neo4j_cache() -> Path:
    """Where this user's Neo4j is kept, so that a test run does not fetch it again."""
    return Path(AT_START["C360_CACHE"]) if "C360_CACHE" in AT_START else Settings().cache


@pytest.fixture(scope="session")
def neo4j_connection(tmp_path_factory: pytest.TempPathFactory, neo4j_cache: Path) -> Iterator[Connection]:
    """One real Neo4j for the whole run, with data of its own; C360_NEO4J_URI names another one to use."""
    if "C360_NEO4J_URI" in AT_START:
        user, password = AT_START.get("C360_NEO4J_USER", "neo4j"), AT_START.get("C360_NEO4J_PASSWORD", "")
        yield Connection(AT_START["C360_NEO4J_URI"], user, password)
        return
    home = tmp_path_factory.mktemp("neo4j")
    server = local_server(Settings(home=home, cache=neo4j_cache, neo4j_version=NEO4J_VERSION, neo4j_port=0))
    with server.running() as connection:
        yield connection


@pytest.fixture(scope="session")
def c360_data() -> Path:
    """The folder of example data; where it is absent tests are skipped, but never in CI."""
    folder = Path(AT_START.get("C360_DATA", EXAMPLE_DATA))
    if folder.is_dir():
        return folder
    if os.environ.get("CI") == "true":
        pytest.fail(f"CI needs the example data: {folder} is not there")
    pytest.skip(f"no example data in {folder}; C360_DATA can name another folder")


@pytest.fixture(scope="session")
async def database(neo4j_connection: Connection) -> AsyncIterator[Database]:
    """The run's database with constraints and indexes."""
    opened = Database.open(neo4j_connection.uri, (neo4j_connection.user, neo4j_connection.password), timeout=60.0)
    await migrate(opened)
    yield opened
    await opened.close()


@pytest.fixture(scope="session")
async def world(database: Database) -> World:
    """The small world, and beside it one of another organisation that must never show."""
    for made in (small_world("golden"), small_world("other", "§other§")):
        await database.write(list(made.statements()))
    return small_world("golden")


@pytest.fixture
def ask(database: Database) -> Asker:
    """Asks the schema on the run's database."""
    return Asker.of(database)


@pytest.fixture
async def firm(database: Database, ask: Asker) -> Company:
    """An organisation of its own for each test, with people of every default role."""
    world = company()
    await database.write(list(world.statements()))
    return Company(database, ask, world)


@dataclass(frozen=True, slots=True)
class Registry:
    """The whole Research Organization Registry in an organisation of its own."""

    importing: Importing
    summary: Summary


@pytest.fixture(scope="session")
async def registry(database: Database, c360_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Registry:
    """The whole registry, imported once a run: it takes longest."""
    importing = Importing.fresh(database, tmp_path_factory.mktemp("ror"))
    return Registry(importing, await importing(Ror(c360_data / "ror"), batch_size=5000))
