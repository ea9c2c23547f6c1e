"""Duplicates, common contacts and birthdays beside what plain Python finds."""

from __future__ import annotations

import datetime as dt
import itertools
import random
from collections.abc import Iterator

import pytest

from cypher.birthdays import MOST_DAYS, calendar_stretches
from cypher.duplicates import FURTHER, KEYS, MOST_SHARING
from graph.database import Database
from tests.asking import NOW, Asker
from tests.world import World

DUPLICATES = """
query Duplicates($by: [DuplicateKey!], $first: Int, $after: String) {
  duplicateAccounts(by: $by, first: $first, after: $after) {
    totalCount
    nodes { first { id } second { id } score reasons }
    pageInfo { hasNextPage endCursor }
  }
}
"""
COMMON = "query Common($ids: [ID!]!) { commonContacts(accountIds: $ids) { totalCount nodes { id } } }"
BIRTHDAYS = """
query Birthdays($days: Int!, $first: Int, $after: String) {
  upcomingBirthdays(withinDays: $days, first: $first, after: $after) {
    totalCount
    nodes { id }
    pageInfo { hasNextPage endCursor }
  }
}
"""
ACCOUNTS, CROWD = 40, MOST_SHARING + 1


@pytest.fixture(scope="module")
async def crowd(database: Database) -> World:
    """Accounts with customers and contacts that often have something in common, and a name that too many share."""
    world, chance = World("crowd"), random.Random(7)  # noqa: S311
    world.node("Organization", "organization", name="Crowd", currency="USD", key="world-crowd")
    for number in range(ACCOUNTS):
        world.node("Account", f"a{number}", name=chance.choice((f"Account {number}", " Acme ", "ACME", "Box", "")))
    for number in range(ACCOUNTS + 10):
        vat, phone = chance.choice(("DE 123", "de-123", "", "FR9")), chance.choice(("(555) 1-2", "555 12", "7", ""))
        site = chance.choice((f"http://{number}.example", "https://www.acme.example/", "ACME.example", ""))
        texts = {"vatId": vat, "phone": phone, "website": site, "email": f"{chance.choice('abcdefghij')}@x.example"}
        world.node("Customer", f"c{number}", name="Customer", channelId="none", **texts)
        world.link(f"c{number}", "BELONGS_TO", f"a{number % ACCOUNTS}")
    for number in range(12):
        world.node("Contact", f"p{number}", name="Contact", email=f"{chance.choice('ABCDEFGHIJKLM')}@X.example ")
        for account in chance.sample(range(ACCOUNTS), 3):
            world.link(f"a{account}", "HAS_CONTACT", f"p{number}")
    for number in range(CROWD):
        world.node("Account", f"many{number}", name="Everybody")
    await database.write(list(world.statements()))
    return world


def keys_of(world: World) -> dict[str, set[tuple[str, str]]]:
    """The keys of each account by UUID, put together in plain Python."""
    stored = {row["id"]: row["set"] for rows in world.nodes.values() for row in rows}
    found = {row["id"]: {("NAME", row["set"]["name"].strip().lower())} for row in world.nodes["Account"]}
    for account, holder in holders(world):
        values = stored[holder]
        found[account] |= {
            ("EMAIL", values.get("email", "").strip().lower()),
            ("PHONE", "".join(sign for sign in values.get("phone", "") if sign not in " -./()")),
            ("VAT_ID", "".join(sign for sign in values.get("vatId", "").lower() if sign not in " -./()")),
            ("WEBSITE", website(values.get("website", "").lower())),
        }
    return {account: {key for key in keys if key[1]} for account, keys in found.items()}


def website(text: str) -> str:
    """A website without what the same one may be written with."""
    for part in ("https://", "http://", "www."):
        text = text.replace(part, "")
    return text.rstrip("/")


def holders(world: World) -> Iterator[tuple[str, str]]:
    """Accounts with their customers and contacts."""
    for row in world.links["Customer", "BELONGS_TO", "Account"]:
        yield row["to"]["target"]["id"], row["key"]["id"]
    for row in world.links["Account", "HAS_CONTACT", "Contact"]:
        yield row["key"]["id"], row["to"]["target"]["id"]


def expected_pairs(world: World, by: list[str]) -> list[tuple[int, str, str, tuple[str, ...]]]:
    """All pairs with their score and reasons, best first."""
    keys = {account: {key for key in found if key[0] in by} for account, found in keys_of(world).items()}
    every = [key for found in keys.values() for key in found]
    usable = {key for key in every if every.count(key) <= MOST_SHARING}
    pairs = []
    for first, second in itertools.combinations(sorted(keys), 2):
        shared = {key[0] for key in keys[first] & keys[second] & usable}
        reasons = tuple(name for name in KEYS if name in shared)
        if reasons:
            score = max(KEYS[name].score for name in reasons) + FURTHER * (len(reasons) - 1)
            pairs.append((min(100, score), first, second, reasons))
    return sorted(pairs, key=lambda pair: (-pair[0], pair[1], pair[2]))


@pytest.mark.parametrize("by", [list(KEYS), ["NAME"], ["PHONE", "EMAIL"]], ids=["all", "name", "two"])
async def test_duplicates_are_the_pairs_with_a_key_in_common(by: list[str], crowd: World, ask: Asker) -> None:
    """Page after page: each pair once, best first, with its reasons; a key that too many share is none."""
    uuids = {crowd.id(name): crowd.uuid(name) for name in crowd.types}
    found: list[tuple[int, str, str, tuple[str, ...]]] = []
    after, counts = None, set()
    while True:
        page = (await ask.data(crowd.viewer(), DUPLICATES, by=by, first=150, after=after))["duplicateAccounts"]
        found += [
            (pair["score"], uuids[pair["first"]["id"]], uuids[pair["second"]["id"]], tuple(pair["reasons"]))
            for pair in page["nodes"]
        ]
        counts.add(page["totalCount"])
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break

    expected = expected_pairs(crowd, by)
    assert expected == found
    assert {len(expected)} == counts
    assert len(expected) > 20


async def test_common_contacts_are_those_of_every_account(crowd: World, ask: Asker) -> None:
    """Of two and of three accounts: exactly the contacts that each of them has."""
    contacts: dict[str, set[str]] = {}
    for row in crowd.links["Account", "HAS_CONTACT", "Contact"]:
        contacts.setdefault(row["key"]["id"], set()).add(row["to"]["target"]["id"])
    names = [name for name in crowd.types if crowd.uuid(name) in contacts]
    uuids = {crowd.id(name): crowd.uuid(name) for name in crowd.types}
    shared = 0
    for chosen in [*itertools.combinations(names[:10], 2), *itertools.combinations(names[:5], 3)]:
        ids = [crowd.id(name) for name in chosen]
        found = (await ask.data(crowd.viewer(), COMMON, ids=ids))["commonContacts"]

        expected = set.intersection(*(contacts[crowd.uuid(name)] for name in chosen))
        assert sorted(expected) == [uuids[node["id"]] for node in found["nodes"]]
        assert len(expected) == found["totalCount"]
        shared += len(expected)
    assert shared


def celebrated(born: dt.date, year: int) -> dt.date:
    """The day of a birthday in a year."""
    try:
        return born.replace(year=year)
    except ValueError:
        return dt.date(year, 2, 28)


def next_birthday(born: dt.date, today: dt.date) -> dt.date:
    """The first birthday that is not over."""
    this_year = celebrated(born, today.year)
    return this_year if this_year >= today else celebrated(born, today.year + 1)


DAYS = [
    *(dt.date(2026, 1, 1), dt.date(2026, 2, 28), dt.date(2026, 3, 1), dt.date(2026, 12, 31)),
    *(dt.date(2028, 2, 28), dt.date(2028, 2, 29), dt.date(2028, 3, 1), dt.date(2027, 2, 28), dt.date(2027, 3, 1)),
]


@pytest.mark.parametrize("today", DAYS, ids=str)
@pytest.mark.parametrize("days", [0, 1, 30, 364, 365, MOST_DAYS])
def test_the_stretches_hold_each_birthday_once(today: dt.date, days: int) -> None:
    """Each date of birth, of a leap year or not, is in one stretch when its birthday comes in time, else in none."""
    stretches = calendar_stretches(today, days)
    for year in (1996, 1999):
        for day in range(366 if year == 1996 else 365):
            born = dt.date(year, 1, 1) + dt.timedelta(day)
            held = [
                stretch[0] for stretch in stretches if _dated(year, stretch[2:5]) <= born < _dated(year, stretch[5:])
            ]

            due = next_birthday(born, today)
            assert ([due.year] if due <= today + dt.timedelta(days) else []) == held, (born, due)


def _dated(year: int, place: list[int]) -> dt.date:
    month, day, further = place
    return dt.date(year, month, day) + dt.timedelta(further)


@pytest.fixture(scope="module")
async def born(database: Database) -> World:
    """Contacts of many dates of birth, one of an unknown year, some without any."""
    world, chance = World("born"), random.Random(11)  # noqa: S311
    world.node("Organization", "organization", name="Born", currency="USD", key="world-born")
    dates = [dt.date(1950, 1, 1) + dt.timedelta(chance.randrange(25_000)) for _ in range(120)]
    dates += [dt.date(2000, 2, 29), dt.date(1604, 2, 29), dt.date(1583, 2, 28), dt.date(1999, 3, 1)]
    for number, date in enumerate(dates):
        world.node("Contact", f"p{number}", name="Contact", birthday=date)
    for number in range(5):
        world.node("Contact", f"none{number}", name="Contact")
    await database.write(list(world.statements()))
    return world


@pytest.mark.parametrize("today", DAYS[:6], ids=str)
@pytest.mark.parametrize("days", [0, 30, MOST_DAYS])
async def test_birthdays_come_in_order(today: dt.date, days: int, born: World, ask: Asker) -> None:
    """Page after page, by the next birthday, then id; the same plan serves another day."""
    ask.now = dt.datetime.combine(today, NOW.timetz())
    uuids = {born.id(name): born.uuid(name) for name in born.types}
    found: list[str] = []
    variables: dict[str, object] = {"days": days, "first": 50}
    while True:
        page = (await ask.data(born.viewer(), BIRTHDAYS, **variables))["upcomingBirthdays"]
        found += [uuids[node["id"]] for node in page["nodes"]]
        variables["after"] = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break

    due = [
        (next_birthday(row["set"]["birthday"], today), row["id"])
        for row in born.nodes["Contact"]
        if "birthday" in row["set"]
    ]
    expected = [uuid for day, uuid in sorted(due) if day <= today + dt.timedelta(days)]
    assert expected == found
    assert len(expected) == page["totalCount"]


async def test_a_kept_plan_does_not_keep_the_day(born: World, ask: Asker) -> None:
    """The same document a day later asks with the new day, through the plan that it was given the first time."""
    query = "{ upcomingBirthdays(withinDays: 0) { nodes { birthday } } }"
    seen = []
    for day in (dt.date(2026, 2, 28), dt.date(2026, 3, 1)):
        ask.now = dt.datetime.combine(day, NOW.timetz())
        answer = await ask(born.viewer(), query)
        seen.append(
            (answer.statements[0], {node["birthday"][5:] for node in answer.data["upcomingBirthdays"]["nodes"]})
        )

    assert seen[0][0] == seen[1][0]
    assert {"02-28", "02-29"} >= seen[0][1] > set()
    assert {"03-01"} == seen[1][1]
