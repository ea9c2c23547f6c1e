"""Probes that explore the graph: neighbours, paths, common contacts, duplicates and birthdays."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable
from itertools import combinations
from random import Random
from typing import Any

from graph.model import Direction
from tests.asking import NOW
from tests.generating.access_worlds import AccessWorld
from tests.generating.probing import Probe, Variables, by_id, find, ids, nothing, one_of, page
from tests.generating.visible import near
from tests.generating.worlds import Node


def neighbors(type_name: str) -> Probe:
    """Everything around a record of a type."""

    def answer(seen: AccessWorld, given: Variables) -> Any:
        node = find(seen, given["id"])
        if node is None:
            return {"neighbors": None}
        around = [(kind, other.uuid, way is Direction.IN, other) for _, kind, way, _, other in node.bonds]
        around = sorted(around, key=lambda one: one[:3])
        counts = Counter((kind, other.type, incoming) for kind, _, incoming, other in around)
        return {
            "neighbors": {
                "totalCount": len(around),
                "edges": [
                    {"node": {"id": other.id}, "relationship": {"type": kind, "direction": "IN" if incoming else "OUT"}}
                    for kind, _, incoming, other in around
                ],
                "counts": [
                    {
                        "relationshipType": kind,
                        "recordType": found,
                        "outgoing": counts[kind, found, False],
                        "incoming": counts[kind, found, True],
                    }
                    for kind, found in sorted({(kind, found) for kind, found, _ in counts})
                ],
            }
        }

    text = """query Q($id: ID!) { neighbors(id: $id, first: 200) { totalCount
  edges { node { id } relationship { type direction } } counts { relationshipType recordType outgoing incoming } } }"""
    return Probe(text, one_of(type_name), answer)


HUBS = (
    *("BusinessUnit", "Channel", "ChannelType", "ContactGroup", "CustomerGroup", "CustomerUserRole", "Product"),
    *("Tag", "User"),
)


def paths(source: str, target: str) -> Probe:
    """The shortest ways between records of two types."""

    def variables(world: AccessWorld, other: AccessWorld, rng: Random) -> Variables:
        return {"from": one_of(source)(world, other, rng)["id"], "to": one_of(target)(world, other, rng)["id"]}

    def answer(seen: AccessWorld, given: Variables) -> Any:
        start, end = find(seen, given["from"]), find(seen, given["to"])
        if start is None or end is None:
            return {"paths": None}
        found = sorted([node.uuid for node in way] for way in _shortest(start, end))
        known = {node.uuid: node for nodes in seen.nodes.values() for node in nodes}
        return {"paths": [{"records": ids(known[uuid] for uuid in way)} for way in found[:25]]}

    text = "query Q($from: ID!, $to: ID!) { paths(from: $from, to: $to, limit: 25) { records { id } } }"
    return Probe(text, variables, answer)


def _shortest(start: Node, end: Node) -> list[list[Node]]:
    ways = [[start]]
    been = {start.uuid}
    for _ in range(6):
        longer = [[*way, other] for way in ways for _, _, _, _, other in way[-1].bonds if other.uuid not in been]
        arrived = [way for way in longer if way[-1] is end]
        if arrived:
            return arrived
        ways = [way for way in longer if way[-1].type not in HUBS]
        been |= {way[-1].uuid for way in ways}
    return []


def _two_accounts(world: AccessWorld, _: AccessWorld, rng: Random) -> Variables:
    return {"accounts": [one.id for one in rng.sample(world.nodes["Account"], 2)]}


def _common(seen: AccessWorld, given: Variables) -> Any:
    accounts = [find(seen, each) for each in given["accounts"]]
    contacts = [{one.uuid: one for one in near(account, "HAS_CONTACT")} if account else {} for account in accounts]
    return {"commonContacts": page(contacts[0][uuid] for uuid in contacts[0].keys() & contacts[1].keys())}


COMMON = Probe(
    "query Q($accounts: [ID!]!) { commonContacts(accountIds: $accounts) { totalCount nodes { id } } }",
    _two_accounts,
    _common,
)

SIGNS = str.maketrans("", "", " -./()")
KEYS: dict[str, tuple[int, tuple[str, ...], str, Callable[[str], str]]] = {
    "VAT_ID": (90, ("Customer",), "vatId", lambda text: text.strip().lower().translate(SIGNS)),
    "EMAIL": (80, ("Customer", "Contact"), "email", lambda text: text.strip().lower()),
    "PHONE": (60, ("Customer", "Contact"), "phone", lambda text: text.translate(SIGNS)),
    "WEBSITE": (50, ("Customer",), "website", lambda text: text.strip().lower().rstrip("/")),
    "NAME": (50, ("Account",), "name", lambda text: text.strip().lower()),
}


def _duplicates(seen: AccessWorld, _: Variables) -> Any:
    keys: dict[str, set[tuple[str, str]]] = {}
    accounts = by_id(seen.nodes["Account"])
    for account in accounts:
        holders = [account, *near(account, "BELONGS_TO"), *near(account, "HAS_CONTACT")]
        keys[account.uuid] = {
            (key, same(holder.values[name]))
            for key, (_, types, name, same) in KEYS.items()
            for holder in holders
            if holder.type in types and holder.values.get(name) is not None and same(holder.values[name])
        }
    pairs = []
    for first, second in combinations(accounts, 2):
        common = {key for key, _ in keys[first.uuid] & keys[second.uuid]}
        reasons = [key for key in KEYS if key in common]
        if reasons:
            score = min(100, max(KEYS[key][0] for key in reasons) + 5 * (len(reasons) - 1))
            pairs.append((-score, first, second, reasons))
    shown = [
        {"first": {"id": first.id}, "second": {"id": second.id}, "score": -score, "reasons": reasons}
        for score, first, second, reasons in sorted(pairs, key=lambda one: (one[0], one[1].uuid, one[2].uuid))
    ]
    return {"duplicateAccounts": {"totalCount": len(shown), "nodes": shown}}


DUPLICATES = Probe(
    "query Q { duplicateAccounts(first: 100) { totalCount nodes { first { id } second { id } score reasons } } }",
    nothing,
    _duplicates,
)


def _birthdays(seen: AccessWorld, _: Variables) -> Any:
    born = [node for node in seen.nodes["Contact"] if node.values.get("birthday") is not None]
    ordered = sorted(born, key=lambda node: (_next(node.values["birthday"]), node.uuid))
    return {"upcomingBirthdays": {"totalCount": len(ordered), "nodes": ids(ordered)}}


def _next(birthday: dt.date) -> dt.date:
    """The next day on which a birthday is celebrated."""
    today = NOW.date()
    days = (today + dt.timedelta(number) for number in range(400))
    leap = (birthday.month, birthday.day) == (2, 29)

    def celebrated(day: dt.date) -> bool:
        if leap and day.year % 4 != 0:
            return (day.month, day.day) == (2, 28)
        return (day.month, day.day) == (birthday.month, birthday.day)

    return next(day for day in days if celebrated(day))


BIRTHDAYS = Probe(
    "query Q { upcomingBirthdays(withinDays: 366) { totalCount nodes { id } } }",
    nothing,
    _birthdays,
)
