"""A mixed load of writes over HTTP, each with an idempotency key and sent again until it is acknowledged."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import httpx2

from graph.ids import global_id
from tests.torture.stage import Stage

WORKERS = tuple(f"w{number}" for number in range(6))
PATIENCE = 120.0
"""Seconds until a write that is sent again and again counts as lost."""
AGAIN = ("DATABASE_UNAVAILABLE", "TIMEOUT")
"""Codes after which a client sends a write again."""
BULK = 10
CREATE = """mutation($input: CreateCustomerInput!) { createCustomer(input: $input) {
  customer { id originId } errors { code message field } replayed } }"""
UPDATE = """mutation($input: UpdateCustomerInput!) { updateCustomer(input: $input) {
  customer { id version } errors { code message field } replayed } }"""
PARENT = """mutation($input: SetCustomerParentInput!) { setCustomerParent(input: $input) {
  customer { id version } errors { code message field } replayed } }"""
UPSERT = """mutation($input: UpsertCustomersInput!) { upsertCustomers(input: $input) {
  results { customer { id originId } outcome } errors { code message field } replayed } }"""


@dataclass(slots=True)
class Known:
    """A customer as it must be: how many writes it had, its phone number, whether it has a parent."""

    id: str
    writes: int = 1
    phone: str | None = None
    parent: bool = False


@dataclass(slots=True)
class Load:
    """The workers, what was acknowledged, and what should never have been answered."""

    stage: Stage
    customers: dict[str, Known] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)
    done: Counter[str] = field(default_factory=Counter)
    """Writes that were acknowledged, by worker."""
    faults: list[str] = field(default_factory=list)
    stopping: bool = False

    @property
    def acknowledged(self) -> int:
        """How many writes were acknowledged."""
        return self.counts["acknowledged"]

    async def run(self) -> None:
        """Write until `stopping` is set; every write that was begun is brought to its end."""
        async with httpx2.AsyncClient(base_url=self.stage.address, timeout=15.0) as client:
            await asyncio.gather(*(self._work(client, worker) for worker in WORKERS))

    async def _work(self, client: httpx2.AsyncClient, worker: str) -> None:
        first = last = ""
        number = 0
        while not self.stopping and not self.faults:
            number += 1
            key = f"{worker}-{number}"
            match number % 4:
                case 1:
                    last = await self._create(client, key)
                    first = first or last
                case 2:
                    await self._update(client, key, last)
                case 3:
                    await self._upsert(client, key, last)
                case _ if last != first and not self.customers[last].parent:
                    await self._move(client, key, last, first)

    async def _create(self, client: httpx2.AsyncClient, key: str) -> str:
        given = {"channelId": self._channel, "originId": key, "name": f"Customer {key}"}
        made = await self._send(client, key, CREATE, given)
        self.customers[key] = Known(made["customer"]["id"])
        return key

    async def _update(self, client: httpx2.AsyncClient, key: str, customer: str) -> None:
        known = self.customers[customer]
        await self._send(client, key, UPDATE, {"id": known.id, "phone": key, "expectedVersion": known.writes})
        known.phone, known.writes = key, known.writes + 1

    async def _move(self, client: httpx2.AsyncClient, key: str, customer: str, parent: str) -> None:
        known = self.customers[customer]
        given = {"customerId": known.id, "parentId": self.customers[parent].id, "expectedVersion": known.writes}
        await self._send(client, key, PARENT, given)
        known.parent, known.writes = True, known.writes + 1

    async def _upsert(self, client: httpx2.AsyncClient, key: str, customer: str) -> None:
        new = [{"originId": f"{key}-{number}", "name": f"Bulk {key}"} for number in range(BULK)]
        rows = [*new, {"originId": customer, "phone": key}]
        made = await self._send(client, key, UPSERT, {"channelId": self._channel, "customers": rows})
        for result in made["results"][:BULK]:
            self.customers[result["customer"]["originId"]] = Known(result["customer"]["id"])
        known = self.customers[customer]
        known.phone, known.writes = key, known.writes + 1

    @property
    def _channel(self) -> str:
        return global_id("Channel", self.stage.channel_id)

    async def _send(self, client: httpx2.AsyncClient, key: str, mutation: str, given: dict[str, Any]) -> dict[str, Any]:
        """Send a write until it is acknowledged; its payload."""
        body = {"query": mutation, "variables": {"input": {**given, "idempotencyKey": key}}}
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            try:
                answer = (await client.post("/graphql", json=body)).json()
            except (httpx2.TransportError, ValueError):
                self.counts["connections lost"] += 1
                await asyncio.sleep(0.1)
                continue
            codes = [error["extensions"]["code"] for error in answer.get("errors", ())]
            payload: dict[str, Any] | None = next(iter((answer.get("data") or {}).values()), None)
            if payload and not codes and not payload["errors"]:
                self.counts["acknowledged"] += 1
                self.done[key.partition("-")[0]] += 1
                self.counts["replayed"] += bool(payload["replayed"])
                return payload
            if not codes or any(code not in AGAIN for code in codes):
                self._fail(f"{key}: {answer}")
            self.counts[", ".join(codes)] += 1
            await asyncio.sleep(0.1)
        self._fail(f"{key}: not acknowledged within {PATIENCE:g} s")
        raise AssertionError

    def _fail(self, fault: str) -> None:
        self.faults.append(fault)
        raise AssertionError(fault)
