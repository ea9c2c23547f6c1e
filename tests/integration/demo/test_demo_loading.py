"""Loading the demo: twice, after a fault, into a larger one, and what is refused."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.demo import load_demo
from graph.errors import BadInput, DatabaseUnavailable
from graph.ids import parse_global_id
from tests.demo_graph import BLOCK, CUSTOMERS, IN_DEMO, Asked, Demo, forget


async def test_second_run_changes_nothing(demo: Demo) -> None:
    """A second run asks for what is there and writes nothing; a smaller one takes nothing away."""
    before, asked = await demo.dump(), list[str]()
    database = replace(demo.database, observe=asked.append)

    again = await load_demo(database, customers=CUSTOMERS)
    smaller = await load_demo(database, customers=50)

    assert replace(demo.summary, changed=False) == again == smaller
    assert len(asked) == 26
    assert await demo.dump() == before


async def test_forgotten_run_changes_nothing_either(demo: Demo) -> None:
    """Where the database no longer knows of the run, everything is compared and found to be the same."""
    before = await demo.dump()
    organizations = [parse_global_id(demo.summary.furniture.id)[1]]
    text = f"MATCH (n:ImportRun {{key: 'demo'}}) WHERE {IN_DEMO} DELETE n RETURN count(*)"
    await demo.database.write([Asked(text, {"organizations": organizations})])

    summary = await load_demo(demo.database, customers=CUSTOMERS)

    assert summary.changed
    assert await demo.dump() == before


async def test_another_seed_is_refused(demo: Demo) -> None:
    """A demo with another seed can't be mixed in."""
    with pytest.raises(BadInput, match="seed 7, not 8"):
        await load_demo(demo.database, customers=CUSTOMERS, seed=8)


@pytest.mark.parametrize("customers", [0, -1, 50_000_001])
async def test_impossible_numbers_are_refused(demo: Demo, customers: int) -> None:
    """A number that can't be is refused before anything is asked of the database."""
    with pytest.raises(BadInput, match="can't have"):
        await load_demo(demo.database, customers=customers)


async def test_demo_grows_into_the_larger_one(demo: Demo) -> None:
    """Adding to a smaller demo, or going on after a fault, gives the same graph as loading the larger one at once."""
    larger, asked = CUSTOMERS + BLOCK, list[str]()
    await load_demo(demo.database, customers=larger)
    grown = await demo.dump()
    await forget(demo)

    def break_off(text: str) -> None:
        asked.append(text)
        if len(asked) == 20:  # in a block, when the stories are there
            raise DatabaseUnavailable("The test pulls the plug.")

    with pytest.raises(DatabaseUnavailable):
        await load_demo(replace(demo.database, observe=break_off), customers=larger)
    broken = await demo.dump()
    await load_demo(demo.database, customers=larger)

    assert broken != grown
    assert await demo.dump() == grown
