"""c360's own share of a request: from the body's bytes to the answer's, without database and HTTP server."""

from __future__ import annotations

import time
from statistics import median

import orjson

from benchmarks.preparation import Asked
from benchmarks.recording import recorder
from graph.local import Connection

CASES = 100
WARM, TURNS = 3, 20


async def own_share(connection: Connection, asked: Asked) -> float:
    """The median in milliseconds, on a database that repeats recorded rows without any wait."""
    async with recorder(connection, asked.question.company) as record:
        await record("{ channels(first: 1) { nodes { id } } }", {})
        application, database = record.replay()
        taken: list[float] = []
        for recorded in asked.recorded[:CASES]:
            database.rows[recorded.sent[0]] = recorded.rows
            for turn in range(WARM + TURNS):
                begun = time.perf_counter()
                answer = await application(recorded.body)
                if turn >= WARM:
                    taken.append(time.perf_counter() - begun)
            if orjson.loads(answer)["data"] != recorded.data:
                raise SystemExit(f"c360 answers otherwise without its database: {answer[:500].decode()}")
    return median(taken) * 1000
