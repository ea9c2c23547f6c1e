"""Families of made-up customers: persons, companies, and companies that are trees of companies.

A block is a fixed number of customers in a row. What is in it depends on the seed and its number alone, so that a
million customers are made with the memory of one block, and a larger demo begins with the smaller one.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace

from app.demo import names
from app.demo.book import Channel, Company, dice, happens

BLOCK = 500
"""Customers in a block, which is written in one transaction."""


@dataclass(frozen=True, slots=True)
class Slot:
    """A customer to be: `number` is its place in the demo, `account` and `parent` are numbers of customers too.

    `account` is its own number unless it shares the account of an earlier one.
    """

    number: int
    name: str
    gender: str | None
    channel: Channel
    account: int
    parent: int | None = None

    @property
    def is_person(self) -> bool:
        """Whether it is a person rather than a company."""
        return self.gender is not None


def slots(company: Company, seed: int, block: int, limit: int = BLOCK) -> list[Slot]:
    """The first `limit` customers of a block; parents come before their children."""
    chance = dice("families", seed, block)
    found: list[Slot] = []
    while len(found) < BLOCK:
        first = block * BLOCK + len(found)
        found += _family(chance, company, first)
    return found[:limit]


def _family(chance: random.Random, company: Company, first: int) -> Iterator[Slot]:
    kind = chance.choices(("person", "company", "tree"), (62, 30, 8))[0]
    if kind == "person":
        yield from _person(chance, company, first)
    elif kind == "company":
        yield from _company(chance, company, first)
    else:
        yield from _tree(chance, company, first, _parents(chance))


def _open(company: Company, types: set[str]) -> list[Channel]:
    return [channel for channel in company.channels.values() if channel.type in types and channel.active]


def _person(chance: random.Random, company: Company, first: int) -> Iterator[Slot]:
    """One person: a customer of one to three channels, in one account."""
    name, gender = names.person(chance)
    channels = _open(company, {"WEB", "COMMERCE", "CUSTOM"})
    count = min(len(channels), chance.choices((1, 2, 3), (80, 15, 5))[0])
    for place, channel in enumerate(chance.sample(channels, count)):
        yield Slot(first + place, name, gender, channel, first)


def _company(chance: random.Random, company: Company, first: int) -> Iterator[Slot]:
    """A company; now and then its manager buys in a shop, on the same account."""
    name = names.firm(chance)
    yield Slot(first, name, None, chance.choice(_open(company, {"B2B", "COMMERCE"})), first)
    if happens(chance, 0.15):
        manager, gender = names.person(chance)
        yield Slot(first + 1, manager, gender, chance.choice(_open(company, {"WEB"})), first)


def _tree(chance: random.Random, company: Company, first: int, parents: list[int]) -> Iterator[Slot]:
    name = names.firm(chance)
    head = Slot(first, name, None, chance.choice(_open(company, {"B2B"})), first)
    yield head
    for place, parent in enumerate(parents, start=1):
        city = chance.choice(names.CITIES)[0]
        yield replace(head, number=first + place, name=f"{name} {city}", account=first + place, parent=first + parent)


def _parents(chance: random.Random) -> list[int]:
    """The shape of a tree: for each customer below the head its parent, by place; the head is 0."""
    shape = chance.choices(("chain", "wide", "bushy"), (10, 15, 75))[0]
    if shape == "chain":
        return list(range(chance.randint(5, 8)))
    if shape == "wide":
        return [0] * chance.randint(15, 60)
    count = min(40, int(chance.paretovariate(1.2)) + 2)
    return [chance.randint(max(0, place - 4), place) for place in range(count)]
