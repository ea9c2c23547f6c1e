"""The demo for the tests of a module."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from app.demo import families, load, load_demo
from graph.database import Database
from tests.demo_graph import BLOCK, CUSTOMERS, Demo, forget


@pytest.fixture(scope="module")
async def demo(database: Database) -> AsyncIterator[Demo]:
    """The demo in blocks so small that two are full and a third one is begun."""
    with pytest.MonkeyPatch.context() as smaller:
        for module in (families, load):
            smaller.setattr(module, "BLOCK", BLOCK)
        loaded = Demo(database, await load_demo(database, customers=CUSTOMERS))
        yield loaded
    await forget(loaded)
