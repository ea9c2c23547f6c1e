"""Writes at once: none undoes another, and one key is one record."""

from __future__ import annotations

import asyncio
from typing import Any

from graph.ids import new_id, parse_global_id
from graph.viewer import Viewer
from tests.company import Company
from tests.conftest import FULL

READ = "query($id: ID!) { customer(id: $id) { version business { employees } } }"
UPDATE = """mutation($input: UpdateCustomerInput!) { updateCustomer(input: $input) {
  errors { code ... on VersionConflict { currentVersion } } } }"""
UPSERT = """mutation($input: UpsertCustomersInput!) { upsertCustomers(input: $input) {
  results { outcome customer { id version } } errors { code field } } }"""
TIMES = 100
AT_ONCE = TIMES if FULL else 5


async def increment(firm: Company, ada: Viewer, customer: str, limit: asyncio.Semaphore) -> int:
    """Add one to a number that is read before, until nobody else came between; how often somebody did."""
    async with limit:
        for conflicts in range(TIMES):
            found = (await firm.ask.data(ada, READ, id=customer))["customer"]
            count = (found["business"]["employees"] or 0) + 1
            given = {"id": customer, "business": {"employees": count}, "expectedVersion": found["version"]}
            errors = await sent(firm, ada, {**given, "idempotencyKey": new_id()})
            if not errors:
                return conflicts
            assert ["CONFLICT"] == [error["code"] for error in errors]
    raise AssertionError("the others were always quicker")


async def sent(firm: Company, ada: Viewer, given: dict[str, Any]) -> list[dict[str, Any]]:
    """The user errors of an update, which is sent again with its key while the queue for the record is too long."""
    while True:
        answer = await firm.ask(ada, UPDATE, input=given)
        if not answer.errors:
            return list(answer.data["updateCustomer"]["errors"])
        assert {"TIMEOUT"} == {error.original_error.code for error in answer.errors}


async def test_guarded_increments_are_never_lost(firm: Company) -> None:
    """A hundred at once, by default five at a time, make a hundred, and each is on record."""
    ada, customer, limit = await firm.viewer("ada"), firm.id("head"), asyncio.Semaphore(AT_ONCE)

    conflicts = await asyncio.gather(*(increment(firm, ada, customer, limit) for _ in range(TIMES)))

    found = (await firm.query("ada", READ, id=customer))["customer"]
    assert {"version": 1 + TIMES, "business": {"employees": TIMES}} == found
    assert TIMES == len(await firm.changes("head"))
    assert sum(conflicts) > 0


async def test_upserts_of_one_key_make_one_record(firm: Company) -> None:
    """Fifty at once that say the same: one makes it, the others find it as it is."""
    rows = [{"originId": "SAME", "name": "Same"}]
    told: list[dict[str, Any]] = await asyncio.gather(
        *(firm.do("ada", UPSERT, channelId=firm.id("outlet"), customers=rows) for _ in range(50))
    )

    assert [] == [error for one in told for error in one["errors"]]
    results = [one["results"][0] for one in told]
    assert ["CREATED", *["UNCHANGED"] * 49] == sorted(result["outcome"] for result in results)
    (customer,) = {result["customer"]["id"] for result in results}
    assert {1} == {result["customer"]["version"] for result in results}
    assert 1 == len(await firm.changes(parse_global_id(customer)[1]))


async def test_upserts_of_one_key_that_differ_are_all_kept(firm: Company) -> None:
    """Fifty at once that say different things: one makes it, each of the others changes it, and all is on record."""
    told: list[dict[str, Any]] = await asyncio.gather(
        *(
            firm.do("ada", UPSERT, channelId=firm.id("outlet"), customers=[{"originId": "ONE", "name": f"N{number}"}])
            for number in range(50)
        )
    )

    results = [one["results"][0] for one in told]
    assert ["CREATED", *["UPDATED"] * 49] == sorted(result["outcome"] for result in results)
    (customer,) = {result["customer"]["id"] for result in results}
    assert list(range(1, 51)) == sorted(result["customer"]["version"] for result in results)
    assert 50 == len(await firm.changes(parse_global_id(customer)[1]))
