"""What viewers of every kind are answered, against the same worked out in Python on what they may see.

Whose is what is worked out by hand from a dump of the graph, so that neither a leak nor a wrong denial can hide: the
answer must be the one that the question has on the records that the viewer sees, as if there were no others. Worlds
stand side by side in organisations of their own, with relationships across them that must never be followed. By
default a tenth of the pairs of question and profile is tried; `C360_TESTS=full` tries all.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import Any

import pytest

from app.viewers import Identity, find_viewer
from cypher.context import Limits
from graph.database import Database
from graph.registry import load_model
from graph.viewer import Viewer
from resolvers.execution import Engine
from resolvers.schema import load_schema
from tests.asking import Asker
from tests.conftest import FULL
from tests.generating.access_worlds import COUNTS, CUSTOMERS, LEAKING, STAFF, AccessWorld, make_access_world
from tests.generating.answering import Expected, expected
from tests.generating.documents import Case
from tests.generating.probes import PROBES
from tests.generating.probing import difference
from tests.generating.questions import QuestionMaker
from tests.generating.shrinking import shrunk
from tests.generating.visible import Sight, dump
from tests.generating.worlds import leaks

KINDS = {"plain": 28, "nested": 16, "walk": 8, "figures": 12}
"""How many generated shapes of each kind."""
SHARE = 1 if FULL else 10
WORLDS = 8 if FULL else 3
ROUNDS = 16
"""Worlds, and values, that each pair of shape and profile is asked with."""
MOST_TEXTS = 150
MOST_PAGES = 40

PROFILES = [*(("User", name) for name in STAFF), *(("CustomerUser", name) for name in CUSTOMERS)]
TYPES = (
    *("Account", "Activity", "Cart", "Case", "Contact", "Customer", "CustomerUser", "CustomerUserRole", "Lead"),
    *("Opportunity", "Order", "Product", "User"),
)
"""Types whose root connections generated questions ask."""


def pairs() -> list[tuple[str, int]]:
    """Each shape with the profiles that ask it, by number: a few for each, all for the lookup of every record."""
    generated = [f"{kind} {number}" for kind, count in KINDS.items() for number in range(count)]
    found = [("nodes", number) for number in range(len(PROFILES))]
    for place, name in enumerate([*PROBES, *generated]):
        profiles = 0 if name == "nodes" else 2 if name in PROBES else 1
        found += [(name, (place * 5 + number * 7) % len(PROFILES)) for number in range(profiles)]
    return found if FULL else [pair for place, pair in enumerate(found) if place % SHARE == SHARE // 2]


PAIRS = pairs()


@dataclass(slots=True)
class Tally:
    """How many cases were tried, and which statements they sent."""

    cases: int = 0
    texts: set[str] = field(default_factory=set)


@dataclass(slots=True)
class Watched:
    """A world as it is stored, what each viewer sees of it, and the viewers as they sign in."""

    world: AccessWorld
    viewers: dict[int, Viewer] = field(default_factory=dict)
    seen: dict[int, AccessWorld] = field(default_factory=dict)

    async def sign_in(self, database: Database, number: int) -> tuple[Viewer, AccessWorld]:
        """The viewer of a profile, and what it sees."""
        if number not in self.viewers:
            kind, name = PROFILES[number]
            email = f"{name}@staff.example" if kind == "User" else f"{name}@buyer.example"
            identity = Identity("staff" if kind == "User" else "customer", email, self.world.key)
            self.viewers[number] = await find_viewer(database, identity)
            (person,) = (one for one in self.world.nodes[kind] if one.uuid == self.viewers[number].id)
            self.seen[number] = Sight(person).of(self.world)
        return self.viewers[number], self.seen[number]


@pytest.fixture(scope="module")
def tally() -> Tally:
    """What the whole module tried."""
    return Tally()


@pytest.fixture(scope="module")
async def worlds(database: Database) -> list[Watched]:
    """Random organisations, read back as they are stored."""
    made = [make_access_world(seed) for seed in range(WORLDS)]
    for world in made:
        await database.write(list(world.statements()))
    for place, world in enumerate(made):
        await database.write(list(leaks(world, made[place - 1], LEAKING)))
    return [Watched(await dump(database, world.organization_id)) for world in made]


@pytest.fixture
def asker(database: Database) -> Asker:
    """Asks without limits that wide questions would meet."""
    return Asker(database, Engine.of(database, Limits(max_records=10**6, max_statement=10**6)))


def make_question(name: str) -> Any:
    """A generated shape, always the same."""
    kind, number = name.split()
    rng = Random(f"access {kind} {number}")  # noqa: S311 - repeatable, not secret
    return QuestionMaker(rng, load_schema(), load_model(), known=tuple(COUNTS), roots=TYPES).make(kind)


@pytest.mark.parametrize(("name", "number"), PAIRS, ids=[f"{name}-{PROFILES[number][1]}" for name, number in PAIRS])
async def test_viewers_get_the_answer_of_what_they_see(
    name: str, number: int, worlds: list[Watched], asker: Asker, tally: Tally
) -> None:
    """Each answer is the one on the visible part of the graph: in several worlds, with many values."""
    probe = PROBES.get(name)
    shape = None if probe else make_question(name)
    rng = Random(f"values {name} {number}")  # noqa: S311 - repeatable, not secret
    for _ in range(ROUNDS):
        place = rng.randrange(len(worlds))
        watched, other = worlds[place], worlds[place - 1]
        viewer, seen = await watched.sign_in(asker.database, number)
        tally.cases += 1
        if probe is not None:
            given = probe.variables(watched.world, other.world, rng)
            answer = await asker(viewer, probe.query, **given)
            tally.texts.update(answer.statements)
            assert answer.errors == [], [str(error.original_error or error) for error in answer.errors]
            told = difference(probe.answer(seen, given), answer.data)
            assert not told, f"{viewer.display_name} of {watched.world.key}: {probe.query} {given}\n{told}"
            continue
        assert shape is not None
        case = Case(shape.query, shape.variables(watched.world, rng), place)
        told = await differs(asker, viewer, seen, case, tally)
        if told:
            await explain(asker, viewer, seen, case, told)


async def differs(ask: Asker, viewer: Viewer, seen: AccessWorld, case: Case, tally: Tally) -> str:
    """How the answers differ; nothing when they agree."""
    wanted = expected(seen, case.query, case.variables)
    try:
        found = await answered(ask, viewer, case, tally)
    except AssertionError as error:
        return str(error)
    if wanted is None or found is None:
        return "" if wanted is found else f"expected {wanted}, found {found}"
    if wanted.figures is not None:
        return "" if wanted.figures == found.figures else f"expected {wanted.figures}, found {found.figures}"
    return "" if wanted.ids == found.ids else f"expected {wanted.ids}, found {found.ids}"


async def answered(ask: Asker, viewer: Viewer, case: Case, tally: Tally) -> Expected | None:
    """What the database answers, all pages put together."""
    ids: list[str] = []
    figures = None
    cursor: str | None = None
    for _ in range(MOST_PAGES):
        given = {**case.variables, "cursor": cursor} if "$cursor" in case.query else case.variables
        found = await ask(viewer, case.query, **given)
        tally.texts.update(found.statements)
        assert [] == found.errors, [str(error.original_error or error) for error in found.errors]
        around = found.data.get("holder", found.data)
        if around is None:
            return None
        items = around["items"]
        page = [node["id"] for node in items.get("nodes", ())]
        figures = items.get("aggregate")
        assert items.get("totalCount", len(page)) == len(page)
        ids = [*page, *ids] if "before: $cursor" in case.query else [*ids, *page]
        if not items.get("pageInfo", {}).get("more"):
            return Expected(ids, figures)
        cursor = items["pageInfo"]["end"]
    raise AssertionError("the pages never end")


async def explain(ask: Asker, viewer: Viewer, seen: AccessWorld, case: Case, told: str) -> None:
    """Fail with the shortest case that differs in the same way."""
    aside, word = Tally(), told[:8]

    async def fails(smaller: Case) -> bool:
        try:
            return (await differs(ask, viewer, seen, smaller, aside)).startswith(word)
        except Exception:  # noqa: BLE001 - what is left makes no sense
            return False

    case = await shrunk(ask.engine.schema, case, fails)
    told = await differs(ask, viewer, seen, case, aside)
    pytest.fail(f"{viewer.display_name}\n{case.query}\n{case.variables}\n{told}", pytrace=False)


def test_few_statements_answer_all_viewers(
    tally: Tally, record_testsuite_property: Callable[[str, object], None]
) -> None:
    """Neither identities nor values make a new statement: only kinds of access and shapes of questions do."""
    if not tally.cases:
        pytest.skip("the questions were not asked in this run")
    record_testsuite_property("access cases", tally.cases)
    record_testsuite_property("access statements", len(tally.texts))
    assert tally.cases == len(PAIRS) * ROUNDS
    assert len(tally.texts) <= MOST_TEXTS
