"""Organisations with two trees for the tests of their accounts."""

from __future__ import annotations

import pytest

from graph.database import Database
from tests.asking import Asker
from tests.company import Company
from tests.trees import SETTING, done, two_trees


@pytest.fixture
async def each(database: Database, ask: Asker) -> Company:
    """A new organisation for each test, where each customer has an account of its own choosing."""
    world = two_trees()
    await database.write(list(world.statements()))
    return Company(database, ask, world)


@pytest.fixture
async def firm(each: Company) -> Company:
    """One where a tree has one account."""
    await done(each, SETTING, treeAccounts="ROOT")
    return each
