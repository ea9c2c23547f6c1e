"""An identity provider with real keys on the loopback address, and a server that trusts it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest

from graph.database import Database
from tests.keys import Provider, providing
from tests.signing_in import ABROAD, HOME, Ask, asking, settings_of, world_of


@pytest.fixture(scope="session", autouse=True)
async def organizations(database: Database) -> None:
    """The organisation of those who ask, beside another one."""
    for made in (world_of(HOME, "USD"), world_of(ABROAD, "EUR")):
        await database.write(list(made.statements()))


@pytest.fixture(scope="session")
def provider() -> Iterator[Provider]:
    """An identity provider."""
    with providing() as made:
        yield made


@pytest.fixture
async def ask(provider: Provider, database: Database) -> AsyncIterator[Ask]:
    """Asks a server that trusts the provider, and knows nobody without a token."""
    async with asking(settings_of(provider), database) as made:
        yield made
