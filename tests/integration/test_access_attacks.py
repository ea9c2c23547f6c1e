"""Attempts to learn of records that are not the viewer's: each must end as if they were not there."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import orjson
import pytest

from app.viewers import Identity, find_viewer
from cypher.cursors import encode_cursor
from graph.database import Database
from graph.ids import global_id
from graph.permissions import Role
from graph.registry import load_model
from graph.viewer import Viewer
from resolvers.execution import Prepared, Request
from resolvers.lanes import Bound
from resolvers.timings import Timings
from tests.asking import Asker
from tests.divided import THEIRS, divided_world
from tests.world import World, small_world

TOGETHER = 64


@dataclass(frozen=True, slots=True)
class Divided:
    """The world of two companies; Nora and our buyer see ours, Ada sees everything."""

    world: World
    nora: Viewer
    buyer: Viewer
    ada: Viewer

    def id(self, name: str) -> str:
        """The global id of a record."""
        return self.world.id(name)

    def theirs(self) -> list[str]:
        """The ids of all that is theirs."""
        return [self.id(name) for name in self.world.types if name.startswith("their-")]


@pytest.fixture(scope="module")
async def divided(database: Database) -> Divided:
    """Two companies in one organisation, and those who look at them."""
    world = divided_world("attacked")
    await database.write(list(world.statements()))

    async def sign_in(kind: Any, name: str) -> Viewer:
        return await find_viewer(database, Identity(kind, f"{name}@{world.key}.example", f"world-{world.key}"))

    return Divided(
        world, await sign_in("staff", "nora"), await sign_in("customer", "our"), await sign_in("staff", "ada")
    )


def texts(data: Any) -> Iterator[str]:
    """All texts of an answer."""
    if isinstance(data, dict):
        for value in data.values():
            yield from texts(value)
    elif isinstance(data, list):
        for value in data:
            yield from texts(value)
    elif isinstance(data, str):
        yield data


BY_ID = (
    *("account", "cart", "case", "contact", "customer", "customerUser", "lead", "opportunity", "order", "product"),
    *("channel", "customerGroup", "node"),
)


@pytest.mark.parametrize("who", ["nora", "buyer"])
async def test_guessed_ids_find_nothing(who: str, divided: Divided, ask: Asker) -> None:
    """Ids of what is theirs, and the same UUIDs as ids of any other type, answer as ids of nothing do."""
    viewer = getattr(divided, who)
    ids = divided.theirs()
    data = await ask.data(viewer, "query Ids($ids: [ID!]!) { nodes(ids: $ids) { id } }", ids=ids)
    assert [None] * len(ids) == data["nodes"]

    uuids = [divided.world.uuid(name) for name in ("our-head", "our-order0", "their-head")]
    other = [global_id(kind, uuid) for kind in load_model().records for uuid in uuids]
    found = (await ask.data(viewer, "query Ids($ids: [ID!]!) { nodes(ids: $ids) { id } }", ids=other))["nodes"]
    assert {divided.id("our-head"), divided.id("our-order0")} == {node["id"] for node in found if node}
    assert all(node is None or node["id"] == asked for node, asked in zip(found, other, strict=True))


@pytest.mark.parametrize("field", BY_ID)
async def test_not_there_and_not_yours_are_the_same(field: str, divided: Divided, ask: Asker) -> None:
    """A record that is not the viewer's and one that does not exist: same data, same errors, same statements."""
    kinds = {"node": "Customer"} | {name: name[0].upper() + name[1:] for name in BY_ID if name != "node"}
    theirs = next(
        (one for one in divided.world.types if one.startswith("their-") and kinds[field] in divided.world.types[one]),
        None,
    )
    missing = global_id(kinds[field], small_world("nowhere").uuid("head"))
    named = divided.id(theirs) if theirs and divided.world.types[theirs] == kinds[field] else missing
    query = f"query One($id: ID!) {{ {field}(id: $id) {{ id }} }}"

    hidden, unknown = await ask(divided.nora, query, id=named), await ask(divided.nora, query, id=missing)

    assert {field: None} == hidden.data == unknown.data
    assert hidden.errors == unknown.errors == []
    assert hidden.statements == unknown.statements


EXPLORING = (
    "query Q($id: ID!, $mine: ID!) { neighbors(id: $id) { totalCount } }",
    "query Q($id: ID!, $mine: ID!) { paths(from: $mine, to: $id) { length } }",
    "query Q($id: ID!, $mine: ID!) { paths(from: $id, to: $mine) { length } }",
    "query Q($id: ID!, $mine: ID!) { paths(from: $id, to: $id) { length } }",
    "query Q($id: ID!, $mine: ID!) { customers(where: {descendantOf: $id}) { totalCount nodes { id } } }",
    "query Q($id: ID!, $mine: ID!) { customers(where: {ancestorOf: $id}) { totalCount nodes { id } } }",
    "query Q($id: ID!, $mine: ID!) { customers(where: {NOT: {descendantOf: $id}}) { totalCount } }",
    "query Q($id: ID!, $mine: ID!) { customers(where: {parent: {id: {eq: $id}}}) { totalCount } }",
    "query Q($id: ID!, $mine: ID!) { customers(where: {affiliations: {none: {id: {eq: $id}}}}) { totalCount } }",
    "query Q($id: ID!, $mine: ID!) { customers(where: {NOT: {affiliations: {all: {id: {ne: $id}}}}}) { totalCount } }",
)


@pytest.mark.parametrize("query", EXPLORING)
async def test_naming_what_is_hidden_tells_nothing(query: str, divided: Divided, ask: Asker) -> None:
    """Whatever an argument or a filter names that is not the viewer's, it is answered as if it did not exist."""
    missing = global_id("Customer", small_world("nowhere").uuid("head"))
    query = query.replace(", $mine: ID!", "") if "$mine)" not in query and "$mine," not in query else query
    given = {"mine": divided.id("our-leaf")} if "$mine" in query else {}

    for name in ("their-head", "their-leaf"):
        hidden = await ask(divided.nora, query, id=divided.id(name), **given)
        unknown = await ask(divided.nora, query, id=missing, **given)

        assert hidden.errors == unknown.errors == []
        assert hidden.data == unknown.data
        assert hidden.statements == unknown.statements


async def test_a_channel_that_is_hidden_names_nothing(divided: Divided, ask: Asker) -> None:
    """A customer is not found by its channel for those who may not see the channel."""
    query = 'query Q($channel: ID!) { customerByOrigin(channelId: $channel, originId: "our-0") { id } }'
    channel = divided.id("web")

    assert {"id": divided.id("our-head")} == (await ask.data(divided.nora, query, channel=channel))["customerByOrigin"]
    world = divided.world
    blind = Viewer(
        *(divided.nora.id, "Nora", world.organization_id, world.currency),
        grants=type(divided.nora.grants)(
            {key: one for key, one in divided.nora.grants.found.items() if key[0] != "Channel"}
        ),
        unit_owners=divided.nora.unit_owners,
    )
    assert (await ask.data(blind, query, channel=channel))["customerByOrigin"] is None


@pytest.mark.parametrize("who", ["nora", "buyer"])
async def test_a_product_shows_no_lines_of_theirs(who: str, divided: Divided, ask: Asker) -> None:
    """An order's line is part of its order, not of the product that many share."""
    query = """query Lines($id: ID!) { product(id: $id) { orderItems(first: 50) {
      totalCount nodes { id } aggregate(groupBy: [description]) { count sum(field: amount) { amount } } } } }"""
    found = (await ask.data(getattr(divided, who), query, id=divided.id("lamp")))["product"]["orderItems"]

    assert {divided.id(f"our-order{number}-item") for number in range(3)} == {one["id"] for one in found["nodes"]}
    assert [{"count": 3, "sum": {"amount": "30.00"}}] == found["aggregate"]


ORDERED = """query Page($after: String, $before: String) {
  contacts(first: 1, after: $after, orderBy: [{lastName: DESC}]) {
    totalCount nodes { id lastName } pageInfo { endCursor hasNextPage } } }"""


async def test_a_cursor_of_others_pages_within_ones_own(divided: Divided, ask: Asker) -> None:
    """A cursor from an administrator's answer, or a forged one, starts a page of one's own records elsewhere."""
    query = ORDERED.replace(", $before: String", "")
    first = (await ask.data(divided.ada, query))["contacts"]
    assert 6 == first["totalCount"]

    own = {divided.id(f"our-contact{number}") for number in range(3)}
    cursor, seen = first["pageInfo"]["endCursor"], []
    mark = orjson.loads(base64.urlsafe_b64decode(cursor + "==="))[0]
    forged = encode_cursor(mark, ["zzzz", "ffffffff-ffff-7fff-bfff-ffffffffffff"])
    for start in (cursor, forged):
        after: str | None = start
        while after:
            page = (await ask.data(divided.nora, query, after=after))["contacts"]
            assert 3 == page["totalCount"]
            seen += [node["id"] for node in page["nodes"]]
            after = page["pageInfo"]["endCursor"] if page["pageInfo"]["hasNextPage"] else None
    assert own >= set(seen)
    assert 3 == len(seen[-3:])

    for place in range(0, len(cursor), 3):
        changed = cursor[:place] + ("A" if cursor[place] != "A" else "B") + cursor[place + 1 :]
        answer = await ask(divided.nora, query, after=changed)
        assert THEIRS not in str(answer.data) + str(answer.errors)
        assert (
            not answer.data or not answer.data["contacts"] or {n["id"] for n in answer.data["contacts"]["nodes"]} <= own
        )


async def test_what_is_hidden_sorts_as_nothing(divided: Divided, ask: Asker) -> None:
    """An order by a record that the viewer does not see takes its values for null, in the cursor too."""
    query = """query Sorted {
      contacts(first: 10, orderBy: [{reportsTo: {displayName: ASC}}, {lastName: DESC}]) {
        edges { cursor node { lastName } } }
      accounts(orderBy: [{referredBy: {name: DESC}}, {contacts: {count: ASC}}]) { edges { cursor } }
      cases(orderBy: [{order: {number: ASC}}, {owner: {displayName: ASC}}]) { edges { cursor } } }"""
    data = await ask.data(divided.nora, query)

    assert ["our2", "our1", "our0"] == [edge["node"]["lastName"] for edge in data["contacts"]["edges"]]
    cursors = [edge["cursor"] for found in data.values() for edge in found["edges"]]
    keys = [orjson.loads(base64.urlsafe_b64decode(cursor + "===")) for cursor in cursors]
    assert all(key[1] is None for key in keys)
    # The account's contacts: three of ours, and one of theirs that does not count.
    assert 3 in keys[3]


FILTERS = (
    ("customers(where: {affiliations: {none: {}}})", 2),
    ("customers(where: {affiliations: {some: {}}})", 0),
    ("customers(where: {NOT: {affiliations: {some: {}}}})", 2),
    ("customers(where: {affiliations: {count: {eq: 0}}})", 2),
    ('customers(where: {children: {all: {name: {eq: "none"}}}})', 2),
    ("customers(where: {depth: {eq: 0}})", 2),
    ('customers(where: {NOT: {parent: {name: {ne: ""}}}})', 2),
    ("orders(where: {cart: {status: {eq: PURCHASED}}})", 0),
    ('orders(where: {customerUser: {email: {contains: "their"}}})', 0),
    ("accounts(where: {contacts: {count: {gt: 3}}})", 0),
    ('accounts(where: {contacts: {all: {lastName: {startsWith: "our"}}}})', 1),
    ("accounts(where: {defaultContact: {lastName: {isNull: false}}})", 0),
    ("activities(where: {regarding: {single: {}}})", 5),
    ("contacts(where: {accounts: {single: {}}})", 3),
    ("leads(where: {OR: [{opportunities: {some: {}}}, {contacts: {some: {}}}]})", 0),
)


@pytest.mark.parametrize(("field", "count"), FILTERS, ids=[field for field, _ in FILTERS])
async def test_filters_see_what_the_viewer_sees(field: str, count: int, divided: Divided, ask: Asker) -> None:
    """Related records that are not the viewer's are as good as not there: for some, none, all, single, count, NOT."""
    data = await ask.data(divided.nora, f"query Q {{ found: {field} {{ totalCount }} }}")

    assert count == data["found"]["totalCount"]


async def test_groups_and_figures_are_of_ones_own(divided: Divided, ask: Asker) -> None:
    """A group by what is hidden has no key; counts, sums and roll-ups leave out what is theirs."""
    query = """query Figures($head: ID!, $account: ID!, $web: ID!) {
      cases { aggregate(groupBy: [order, owner]) { key { value label } count } }
      orders { aggregate(groupBy: [cart, customerUser]) { key { value label } count sum(field: total) { amount } } }
      customer(id: $head) { descendantCount subtreeLifetimeValue { amount } depth root { id } ancestors { id } }
      account(id: $account) {
        lifetimeValue { amount } directLifetimeValue { amount } referredBy { id } defaultContact { id }
        channelSections { lifetimeValue { amount } customers { totalCount } } timeline(first: 50) { totalCount }
      }
      channel(id: $web) { lifetimeValue { amount } customers { totalCount } } }"""
    given = {"head": divided.id("our-head"), "account": divided.id("our-account"), "web": divided.id("web")}
    data = await ask.data(divided.nora, query, **given)

    nothing = {"value": None, "label": None}
    assert [{"key": [nothing, nothing], "count": 1}] == data["cases"]["aggregate"]
    assert nothing == data["orders"]["aggregate"][0]["key"][0]
    assert 3 == sum(group["count"] for group in data["orders"]["aggregate"])
    assert {
        "descendantCount": 0,
        "subtreeLifetimeValue": {"amount": "100.00"},
        "depth": 0,
        "ancestors": [],
        "root": {"id": divided.id("our-head")},
    } == data["customer"]
    assert "250.00" == data["account"]["lifetimeValue"]["amount"]
    assert data["account"]["referredBy"] is data["account"]["defaultContact"] is None
    assert {"lifetimeValue": {"amount": "200.00"}, "customers": {"totalCount": 2}} == data["channel"]
    assert not [text for text in texts(data) if THEIRS in text]


async def test_search_counts_what_one_sees(divided: Divided, ask: Asker) -> None:
    """Words of hidden records find nothing; those that both have find one's own, with the same count on each page."""
    query = """query Find($text: String!, $after: String) { search(text: $text, first: 2, after: $after) {
      totalCount nodes { id } edges { score } pageInfo { endCursor hasNextPage }
      aggregate(groupBy: [recordType]) { key { value } count } } }"""
    for text in ("theirs", "their0", "their lead", "sven"):
        found = (await ask.data(divided.nora, query, text=text))["search"]
        assert (0, [], []) == (found["totalCount"], found["nodes"], found["aggregate"]), text

    seen, after = [], None
    while True:
        page = (await ask.data(divided.nora, query, text="john", after=after))["search"]
        assert 3 == page["totalCount"]
        seen += [node["id"] for node in page["nodes"]]
        if not page["pageInfo"]["hasNextPage"]:
            break
        after = page["pageInfo"]["endCursor"]
    assert {divided.id(f"our-contact{number}") for number in range(3)} == set(seen)


async def test_exploring_stays_within_what_one_sees(divided: Divided, ask: Asker) -> None:
    """Pairs, paths, neighbours, common contacts and birthdays without anything of theirs."""
    query = """query Explore($account: ID!, $theirs: ID!, $leaf: ID!, $head: ID!, $cart: ID!) {
      duplicateAccounts { totalCount nodes { reasons } }
      paths(from: $head, to: $leaf, exclude: [Account, Channel, Tag, User, BusinessUnit]) { length }
      neighbors(id: $account, first: 100) { totalCount counts { recordType relationshipType count } nodes { id } }
      commonContacts(accountIds: [$account, $theirs]) { totalCount }
      upcomingBirthdays(withinDays: 366) { totalCount }
      nodes(ids: [$cart]) { id } }"""
    names = {"account": "our-account", "theirs": "their-account", "leaf": "our-leaf", "head": "our-head"}
    given = {key: divided.id(name) for key, name in (names | {"cart": "their-cart"}).items()}
    data = await ask.data(divided.nora, query, **given)
    all_of_it = await ask.data(divided.ada, query, **given)

    # The administrator sees that there is something to hide.
    assert 1 == all_of_it["duplicateAccounts"]["totalCount"]
    assert [{"length": 2}] == all_of_it["paths"]
    assert 2 == all_of_it["commonContacts"]["totalCount"]
    assert {"totalCount": 0, "nodes": []} == data["duplicateAccounts"]
    assert [] == data["paths"]
    assert 0 == data["commonContacts"]["totalCount"]
    assert 3 == data["upcomingBirthdays"]["totalCount"]
    around = data["neighbors"]
    assert around["totalCount"] == len(around["nodes"]) == sum(one["count"] for one in around["counts"])
    assert not {node["id"] for node in around["nodes"]} & set(divided.theirs())
    assert all_of_it["neighbors"]["totalCount"] > around["totalCount"]


async def test_viewers_who_ask_at_once_each_get_their_own(divided: Divided, ask: Asker) -> None:
    """Lookups of many viewers, of several kinds, that go out together: nobody gets the answer of another one."""
    query = """query One($id: ID!) { customer(id: $id) { id contacts { totalCount nodes { id } } } }"""
    world, nora = divided.world, divided.nora
    # The same kind of access as Nora's, on their side.
    sven = Viewer(
        *(world.uuid("sven"), "Sven", world.organization_id, world.currency, nora.grants),
        unit_owners=(world.uuid("sven"), world.uuid("south")),
    )
    viewers = {"our": (nora, divided.buyer), "their": (sven,), "every": (divided.ada,)}
    asked = [
        (side, viewer, name)
        for _ in range(TOGETHER // 8)
        for side, found in viewers.items()
        for viewer in found
        for name in ("our-head", "their-head")
    ]

    async def one(viewer: Viewer, name: str) -> Any:
        result = await ask.engine.execute(Request(query, {"id": divided.id(name)}, None, viewer, "request", ask.now))
        assert not result.errors
        assert result.data
        return result.data["customer"]

    answers = await asyncio.gather(*(one(viewer, name) for _, viewer, name in asked))

    assert TOGETHER == len(answers)
    for (side, _, name), found in zip(asked, answers, strict=True):
        if side == "every" or name.startswith(side):
            assert divided.id(name) == found["id"]
            assert 3 == found["contacts"]["totalCount"]
        else:
            assert found is None


async def test_not_there_and_not_yours_cost_the_same(divided: Divided, ask: Asker, database: Database) -> None:
    """The database does the same for a hidden record as for none, but for reading its owner once."""
    query = "query One($id: ID!) { customer(id: $id) { id name orders { nodes { id items { nodes { id } } } } } }"
    hits = {}
    for name in ("their-head", "nobody"):
        there = name != "nobody"
        identifier = divided.id(name) if there else global_id("Customer", small_world("nowhere").uuid("head"))
        for who in ("nora", "buyer"):
            request = Request(query, {"id": identifier}, None, getattr(divided, who), "request", ask.now)
            prepared = ask.engine.prepare(request, Timings())
            assert isinstance(prepared, Prepared)
            bound = [one for one in prepared.planned.values() if isinstance(one, Bound)]
            plan = await database.plan_of(bound[0].statement, profile=True)
            hits[who, name] = _accesses(plan)

    for who in ("nora", "buyer"):
        assert 0 <= hits[who, "their-head"] - hits[who, "nobody"] <= 4


def _accesses(plan: dict[str, Any]) -> int:
    return int(plan.get("dbHits", 0)) + sum(map(_accesses, plan.get("children", ())))


def test_a_level_of_the_other_scale_gives_nothing() -> None:
    """What a role says of another scale neither gives access nor covers what another role gives."""
    scales = load_model().scales(staff=True)
    role = Role.read("Odd", ["Customer VIEW CORPORATE", "Product VIEW UNIT", "Order VIEW UNIT"], ["Order NOTES"])

    assert {("Order", "VIEW"): "UNIT"} == role.within(scales).levels
