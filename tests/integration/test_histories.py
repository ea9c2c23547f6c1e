"""Histories that are made up: whatever is written, the rules hold, and undo takes it back and does it again."""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as examples
from hypothesis import strategies as st

from app.verification import Difference, verify
from graph.database import Database
from tests.conftest import FULL
from tests.generating.histories import History, beginning, steps
from tests.integration.test_undo import graph, live

EXAMPLES = 30 if FULL else 10
"""Histories, the same each time."""


async def wrong(history: History) -> list[Difference]:
    """What the verification finds."""
    world = history.firm.world
    return [one async for one in verify(history.firm.database, [(world.organization_id, world.key)])]


async def undone(history: History, write_id: str, expected: Any) -> str:
    """Undo a write: nothing is left, and what is there is what is expected; the id of the undo."""
    payload = await history.do("undo", writeId=write_id)
    assert ([], []) == (payload["errors"], payload["left"])
    assert live(expected) == live(await graph(history.firm))
    return str(payload["writeId"])


@examples(
    max_examples=EXAMPLES,
    derandomize=True,
    deadline=None,
    # A history is short enough to read, and takes too long to be tried again and again.
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(done=st.lists(steps, min_size=6, max_size=12))
async def test_all_of_a_history_is_taken_back_and_done_again(
    database: Database, done: list[tuple[str, list[int]]]
) -> None:
    """Undo from the last write to the first, then undo of each undo; the verification finds nothing at any end."""
    history = await beginning(database)
    writes, now = [], await graph(history.firm)
    for name, numbers in done:
        before, payload = now, await history.write(name, numbers)
        now = await graph(history.firm)
        if payload["writeId"]:
            writes.append((payload["writeId"], before, now))
        else:
            assert before == now
    assert [] == await wrong(history)

    backs = [(await undone(history, write_id, before), after) for write_id, before, after in reversed(writes)]
    assert [] == await wrong(history)
    for write_id, after in reversed(backs):
        await undone(history, write_id, after)
    assert [] == await wrong(history)
