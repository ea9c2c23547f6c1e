"""Loads the demo: both stories in one transaction each, then made-up customers block by block.

A run remembers in the database how far it is, in the transaction of what it wrote. One that was broken off goes on
from there; a finished one has nothing left to do; a larger one adds what is missing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from app.demo import furniture_company, toys_company
from app.demo.book import LAST_DAY, Book
from app.demo.families import BLOCK
from app.demo.filler import fill
from app.demo.furniture import tell_furniture
from app.demo.summary import DemoSummary, summarize
from app.demo.toys import tell_toys
from app.organizations import OrganizationRef, ensure_organization
from cypher.demo import read_run, record_is_there, write_run
from cypher.printer import Statement
from cypher.viewers import raise_access_version
from graph.database import Database
from graph.errors import BadInput
from graph.local import Reporter, silent

EDITION = 3
"""Grows when the stories or the way customers are made up change; then everything is compared again."""

MOST_CUSTOMERS = 50_000_000
TRANSACTION_SECONDS = 120.0
"""A new database plans every statement for the first time, which takes longer than a request may."""

OF_BLOCKS, FURNITURE_BLOCKS = 5, 3
"""Of five blocks three are the furniture maker's."""


async def load_demo(
    database: Database, *, customers: int = 2000, seed: int = 7, progress: Reporter = silent
) -> DemoSummary:
    """Load the two stories, and made-up customers up to a number.

    Args:
        database: where; its constraints and indexes are there already.
        customers: how many customers there are in all; the stories are never cut, and nothing is taken away.
        seed: what chance begins with; the same seed gives the same records with the same ids and times.
        progress: shows how far it is.

    Raises:
        BadInput: when the number can't be used, or the demo is there already with another seed.
        C360Error: what went wrong in the database; what was loaded before stays, and the next run goes on from there.
    """
    if not 1 <= customers <= MOST_CUSTOMERS:
        raise BadInput(
            f"The demo can't have {customers} customers.", hint=f"Ask for 1 to {MOST_CUSTOMERS:,} customers."
        )
    furniture = await ensure_organization(database, furniture_company.NAME, furniture_company.CURRENCY, now=LAST_DAY)
    toys = await ensure_organization(database, toys_company.NAME, toys_company.CURRENCY, now=LAST_DAY)
    [runs] = await database.read([read_run(furniture.id)])
    done = _done(runs[0] if runs else None, seed)
    telling = _Telling(database, furniture, toys, seed)
    wanted = max(0, customers - telling.customers)
    if done is None or done < wanted:
        with progress("Loading the demo", total=telling.customers + wanted) as shown:
            await telling.run(done, wanted, shown.advance)
    return summarize(
        ((furniture, telling.companies[0]), (toys, telling.companies[1])),
        telling.house,
        customers=telling.customers + max(done or 0, wanted),
        people=telling.people,
        changed=done is None or done < wanted,
    )


def _done(run: Mapping[str, Any] | None, seed: int) -> int | None:
    """How many made-up customers are there already; None when the stories are not, or not in this edition."""
    if run is None:
        return None
    if run["seed"] != seed:
        raise BadInput(
            f"The demo is loaded with the seed {run['seed']}, not {seed}.",
            hint=f"Use the seed {run['seed']}, or an empty database for another one.",
        )
    return int(run["customers"]) if run["edition"] == EDITION else None


class _Telling:
    """Tells both stories, and fills the rest."""

    def __init__(self, database: Database, furniture: OrganizationRef, toys: OrganizationRef, seed: int) -> None:
        self._database = replace(database, timeout=TRANSACTION_SECONDS)
        self._seed, self._home = seed, furniture.id
        self._books = (Book(furniture), Book(toys))
        company, self.house = tell_furniture(self._books[0])
        self.companies = (company, tell_toys(self._books[1]))
        self.customers = sum(book.rows.count("Customer") for book in self._books)
        self.people = tuple(name for book in self._books for name in book.rows.names())

    async def run(self, done: int | None, wanted: int, advance: Callable[[float], None]) -> None:
        """Write what is missing of the stories and of `wanted` made-up customers."""
        compare = False
        if done is None:
            [[compare]] = await self._database.read([record_is_there(self._home, self.house.account)])
            await self._database.write([*self._stories(compare=compare), self._mark(0)])
        advance(self.customers + (done or 0))
        await self._fill(done or 0, wanted, advance, compare=compare)

    def _stories(self, *, compare: bool) -> Iterator[Statement]:
        for book in self._books:
            book.close()
            yield from _statements(book, compare=compare)
            yield raise_access_version(book.organization.id)

    async def _fill(self, done: int, wanted: int, advance: Callable[[float], None], *, compare: bool) -> None:
        """Write block after block; the next one is made while the database works on this one."""
        blocks = range(done // BLOCK, -(-wanted // BLOCK) if wanted > done else 0)

        def make(block: int) -> tuple[list[Statement], int]:
            # A block that was cut short by a smaller demo is there in part.
            return self._block(block, wanted, compare=compare or block * BLOCK < done)

        upcoming = (asyncio.create_task(asyncio.to_thread(make, block)) for block in blocks)
        making = next(upcoming, None)
        while making is not None:
            statements, reached = await making
            making = next(upcoming, None)
            try:
                await self._database.write(statements)
            except BaseException:
                if making is not None:
                    making.cancel()
                raise
            advance(reached - done)
            done = reached

    def _block(self, block: int, wanted: int, *, compare: bool) -> tuple[list[Statement], int]:
        which = 0 if block % OF_BLOCKS < FURNITURE_BLOCKS else 1
        reached = min(wanted, (block + 1) * BLOCK)
        book = Book(self._books[which].organization)
        fill(book, self.companies[which], self._seed, block, reached - block * BLOCK)
        book.close()
        return [*_statements(book, compare=compare), self._mark(reached)], reached

    def _mark(self, customers: int) -> Statement:
        run = {"edition": EDITION, "seed": self._seed, "customers": customers, "status": "FINISHED"}
        return write_run(self._home, run, LAST_DAY)


def _statements(book: Book, *, compare: bool) -> list[Statement]:
    """Compare where some of it may be there; creating is several times faster."""
    return book.rows.compared(LAST_DAY) if compare else [book.rows.created(LAST_DAY)]
