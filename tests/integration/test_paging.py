"""Paging: walks over changing data, late pages of long ties, and cursors that somebody changed."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cypher.cursors import encode_cursor, order_mark
from cypher.printer import Statement
from graph.database import Database
from graph.errors import BadInput
from graph.ids import global_id, new_id
from graph.viewer import Viewer
from resolvers.execution import Engine, Prepared, Request
from resolvers.lanes import Bound
from resolvers.timings import Timings
from tests.asking import Asker
from tests.world import EVERYTHING

TIE = 25_000
STEADY = 40
"""Records that nobody touches while the others come, go and change."""

MAKE = """
UNWIND $rows AS row
CREATE (c:Customer:Record {id: row.id, organizationId: $organization, createdAt: datetime($now), displayName: row.name})
SET c.name = row.name, c.lifetimeValue = row.value
WITH c, row
MATCH (g:CustomerGroup {organizationId: $organization, id: $all})
MERGE (c)-[:MEMBER_OF]->(g)
WITH c, row
CALL (c, row) {
  WITH c, row WHERE row.channel IS NOT NULL
  MERGE (h:Channel:Record {organizationId: $organization, id: row.channel})
  ON CREATE SET h.displayName = 'Channel', h.name = row.channel, h.createdAt = datetime($now)
  MERGE (c)-[:IN_CHANNEL]->(h)
}
CALL (c, row) {
  UNWIND range(1, row.orders) AS number
  CREATE (c)-[:PLACED]->(:Order:Record {id: randomUUID(), organizationId: $organization, createdAt: datetime($now)})
}
RETURN count(*)
"""
ORDERS = {
    "stored key": "{ lifetimeValue: DESC }",
    "key without index": "{ name: ASC }, { id: DESC }",
    "several keys": "{ lifetimeValue: ASC }, { name: DESC }",
    "related field": "{ channel: { name: DESC } }",
    "count": "{ orders: { count: DESC } }, { lifetimeValue: ASC }",
}


@dataclass(frozen=True, slots=True)
class Shop:
    """An organisation whose customers come and go, all in one group."""

    database: Database
    viewer: Viewer
    group: str
    channels: tuple[str, ...]

    @classmethod
    async def opened(cls, database: Database) -> Shop:
        """An organisation with nothing but itself and the group."""
        viewer = Viewer(new_id(), "Walker", new_id(), "USD", EVERYTHING)
        shop = cls(database, viewer, new_id(), tuple(new_id() for _ in range(3)))
        await shop.run(
            "CREATE (:Organization:Record {organizationId: $organization, id: $organization}) "
            "CREATE (:CustomerGroup:Record {organizationId: $organization, id: $all, displayName: 'All'})"
        )
        return shop

    async def run(self, text: str, **parameters: Any) -> None:
        """Write something by hand."""
        here = {"organization": self.viewer.organization_id, "all": self.group, "now": "2026-01-01T00:00:00Z"}
        await self.database.write([Statement(text, here | parameters)])

    async def add(self, rng: Random, count: int) -> list[str]:
        """Add customers with few different keys and many gaps."""
        rows: list[dict[str, Any]] = [
            {
                "id": new_id(),
                "name": rng.choice(("Ada", "Bo", "Cy")),
                "value": rng.choice((0, 100, 200, None)),
                "channel": rng.choice((*self.channels, None)),
                "orders": rng.choice((0, 0, 1, 2)),
            }
            for _ in range(count)
        ]
        await self.run(MAKE, rows=rows)
        return [row["id"] for row in rows]

    async def stir(self, rng: Random, others: list[str]) -> None:
        """Change, delete and add customers that are not steady."""
        rng.shuffle(others)
        gone, changed = others[:3], others[3:8]
        del others[:3]
        these = "MATCH (c:Customer {organizationId: $organization}) WHERE c.id IN $ids "
        await self.run(these + "DETACH DELETE c", ids=gone)
        await self.run(
            these + "SET c.lifetimeValue = $value, "
            "c.name = $name CREATE (c)-[:PLACED]->(:Order:Record {id: randomUUID(), organizationId: $organization})",
            ids=changed,
            value=rng.choice((None, 0, 100)),
            name=rng.choice(("Aa", "Zz")),
        )
        others += await self.add(rng, 3)


@pytest.fixture
async def shop(database: Database) -> Shop:
    """A shop of its own for each test."""
    return await Shop.opened(database)


def page_query(orders: str, *, nested: bool, backward: bool) -> str:
    """A page of customers of the root or of the group."""
    way = "last: 7, before: $cursor" if backward else "first: 7, after: $cursor"
    field = f"customers({way}, orderBy: [{orders}])"
    page = f"{field} {{ nodes {{ id }} pageInfo {{ hasNextPage hasPreviousPage startCursor endCursor }} }}"
    if nested:
        return f"query Page($cursor: String, $group: ID!) {{ customerGroup(id: $group) {{ {page} }} }}"
    return f"query Page($cursor: String) {{ {page} }}"


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("place", ["root", "nested"])
@pytest.mark.parametrize("way", ["forward", "backward"])
async def test_a_walk_meets_what_stays_once(order: str, place: str, way: str, shop: Shop, ask: Asker) -> None:
    """Whoever is there all the time, with keys that stay, comes exactly once while others come, go and change."""
    nested, backward = place == "nested", way == "backward"
    rng = Random(f"{order}{place}{way}")  # noqa: S311 - a seed makes the failure come again
    steady = {global_id("Customer", uuid) for uuid in await shop.add(rng, STEADY)}
    others = await shop.add(rng, STEADY)
    query = page_query(ORDERS[order], nested=nested, backward=backward)
    group = {"group": global_id("CustomerGroup", shop.group)} if nested else {}
    seen: list[str] = []
    cursor, more = None, True
    while more:
        data = await ask.data(shop.viewer, query, cursor=cursor, **group)
        found = (data["customerGroup"] if nested else data)["customers"]
        seen += [node["id"] for node in found["nodes"]]
        info = found["pageInfo"]
        cursor = info["startCursor" if backward else "endCursor"]
        more = info["hasPreviousPage" if backward else "hasNextPage"]
        await shop.stir(rng, others)

    met = [uuid for uuid in seen if uuid in steady]
    assert sorted(steady) == sorted(met)


async def test_parallel_relationships_are_edges_of_their_own(shop: Shop, ask: Asker) -> None:
    """A customer affiliated with another one in three ways comes three times, page by page, however it is sorted."""
    one, other = await shop.add(Random(1), 2)  # noqa: S311 - a fixed seed makes test data
    await shop.run(
        "MATCH (a:Customer {organizationId: $organization, id: $one}), (b:Customer {organizationId: $organization, "
        "id: $other}) UNWIND ['CLIENT', 'PARTNER', 'PARENT'] AS kind CREATE (a)-[:AFFILIATED_WITH {kind: kind}]->(b)",
        one=one,
        other=other,
    )
    for order in ("{ name: ASC }", "{ id: DESC }", "{ edge: { kind: DESC } }"):
        query = (
            "query Page($id: ID!, $cursor: String) { customer(id: $id) { affiliations(first: 1, after: $cursor, "
            f"orderBy: [{order}]) {{ edges {{ kind }} pageInfo {{ hasNextPage endCursor }} }} }} }}"
        )
        kinds, cursor, more = [], None, True
        while more:
            data = await ask.data(shop.viewer, query, id=global_id("Customer", one), cursor=cursor)
            page = data["customer"]["affiliations"]
            kinds += [edge["kind"] for edge in page["edges"]]
            cursor, more = page["pageInfo"]["endCursor"], page["pageInfo"]["hasNextPage"]

        assert ["CLIENT", "PARENT", "PARTNER"] == sorted(kinds)


@pytest.fixture(scope="module")
async def tie(database: Database) -> Shop:
    """25,000 customers with equal keys."""
    shop = await Shop.opened(database)
    await shop.run(
        "UNWIND range(1, $count) AS number CREATE (:Customer:Record {id: '00000000-0000-7000-8000-' + "
        "right('000000000000' + toString(number), 12), organizationId: $organization, createdAt: datetime($now), "
        "displayName: 'Same', name: 'Same', status: 'ACTIVE', lifetimeValue: 100})",
        count=TIE,
    )
    return shop


def hits(plan: Mapping[str, Any]) -> int:
    """Database hits of a profile."""
    return int(plan.get("dbHits", 0)) + sum(hits(child) for child in plan.get("children", ()))


@pytest.mark.parametrize("where", ["", "where: { status: { eq: ACTIVE } },"], ids=["all", "filtered"])
@pytest.mark.parametrize("key", ["lifetimeValue", "displayName", "createdAt"])
@pytest.mark.parametrize("way", ["forward", "backward"])
async def test_a_late_page_of_a_tie_is_cheap(
    where: str, key: str, way: str, tie: Shop, ask: Asker, database: Database
) -> None:
    """The page after the 24,900th of 25,000 equal keys reads what it shows, not the tie before it."""
    number = 24_900 if way == "forward" else TIE - 24_900
    page = "first: 10, after: $cursor" if way == "forward" else "last: 10, before: $cursor"
    query = f"query P($cursor: String) {{ customers({page}, {where} orderBy: [{{{key}: ASC}}]) {{ nodes {{ id }} }} }}"
    cursor = await _cursor_at(key, number, tie, ask)

    prepared = ask.engine.prepare(Request(query, {"cursor": cursor}, None, tie.viewer, "request"), Timings())
    assert isinstance(prepared, Prepared)
    (bound,) = (bound for bound in prepared.planned.values() if isinstance(bound, Bound))
    profile = await database.plan_of(bound.statement, profile=True)
    found = (await ask.data(tie.viewer, query, cursor=cursor))["customers"]["nodes"]

    assert 10 == len(found)
    assert hits(profile) < 200


async def _cursor_at(key: str, number: int, tie: Shop, ask: Asker) -> str:
    """The cursor of a record of the tie, as a page that ends with it gives it."""
    uuid = f"00000000-0000-7000-8000-{number:012}"
    query = (
        f"query Q($id: ID!) {{ customers(first: 1, where: {{ id: {{ eq: $id }} }}, orderBy: [{{{key}: ASC}}]) "
        "{ pageInfo { endCursor } } }"
    )
    found = await ask.data(tie.viewer, query, id=global_id("Customer", uuid))
    return str(found["customers"]["pageInfo"]["endCursor"])


class NoGraph:
    """Reads nothing: what is refused is refused before."""

    async def read(self, statements: Any) -> Any:
        """Fail."""
        raise AssertionError(statements)


ENGINE = Engine.of(NoGraph())  # type: ignore[arg-type]


def bound_with(orders: str, cursor: str, field: str = "customers") -> Bound | BadInput:
    """What becomes of a page after a cursor: a statement, or what is wrong with it."""
    query = f"query Page($cursor: String) {{ {field}(after: $cursor, orderBy: [{orders}]) {{ nodes {{ id }} }} }}"
    viewer = Viewer(new_id(), "Forger", new_id(), "USD", EVERYTHING)
    prepared = ENGINE.prepare(Request(query, {"cursor": cursor}, None, viewer, "request"), Timings())
    assert isinstance(prepared, Prepared)
    (found,) = prepared.planned.values()
    assert isinstance(found, Bound | BadInput), found
    return found


ROWS: dict[str, tuple[tuple[str, ...], list[Any]]] = {
    "{ name: ASC }": (("name+", "id+"), ["Ada"]),
    "{ lifetimeValue: DESC }, { name: ASC }": (("lifetimeValue-", "name+", "id+"), [None, "Ada"]),
    "{ createdAt: ASC }": (("createdAt+", "id+"), [1_767_225_600_000]),
    "{ channel: { name: ASC } }, { orders: { count: DESC } }": (("channel.name+", "orders.count-", "id-"), ["Shop", 3]),
    "{ group: { discountPercent: ASC } }": (("group.discountPercent+", "id+"), [[5, 0]]),
}
"""Orders with their marks, and the keys of a row."""
MADE = {
    orders: encode_cursor(order_mark("Customer", *marks), [*values, new_id()])
    for orders, (marks, values) in ROWS.items()
}
"""A cursor of each order."""


@pytest.mark.parametrize("orders", MADE)
def test_a_cursor_fits_its_own_order_alone(orders: str) -> None:
    """A cursor serves the order that it was made for, and is refused by each other order and each other type."""
    for other, cursor in MADE.items():
        found = bound_with(orders, cursor)

        assert isinstance(found, Bound if other == orders else BadInput)
    if orders in ("{ name: ASC }", "{ createdAt: ASC }"):
        assert isinstance(bound_with(orders, MADE[orders], "accounts"), BadInput)


@given(st.sampled_from(sorted(MADE)), st.data())
def test_a_changed_cursor_never_breaks_anything(orders: str, data: st.DataObject) -> None:
    """Cut off, with bits turned over, with other keys inside: it is refused, or is a cursor of the same order."""
    cursor = MADE[orders]
    match data.draw(st.sampled_from(["cut", "flip", "keys", "text"])):
        case "cut":
            changed = cursor[: data.draw(st.integers(0, len(cursor) - 1))]
        case "flip":
            raw = bytearray(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
            raw[data.draw(st.integers(0, len(raw) - 1))] ^= 1 << data.draw(st.integers(0, 7))
            changed = base64.urlsafe_b64encode(bytes(raw)).rstrip(b"=").decode()
        case "keys":
            changed = _with_other_keys(cursor, data.draw(st.lists(VALUES, max_size=4)))
        case _:
            changed = data.draw(st.text(max_size=60))

    bound_with(orders, changed)


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
    max_leaves=4,
)


def _with_other_keys(cursor: str, values: list[Any]) -> str:
    raw = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    text = json.dumps([raw[0], *values, raw[-1]])
    return base64.urlsafe_b64encode(text.encode()).rstrip(b"=").decode()
