"""Neighbours and paths beside what plain Python finds in the small world; nothing of another organisation."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from cypher.paths import HUBS
from graph.database import Database
from tests.asking import Asker
from tests.world import World, small_world

NEIGHBORS = """
query Neighbors($id: ID!, $first: Int, $after: String, $last: Int, $before: String) {
  neighbors(id: $id, first: $first, after: $after, last: $last, before: $before) {
    totalCount
    counts { relationshipType recordType count outgoing incoming }
    edges { relationship { type direction } node { __typename id } }
    pageInfo { startCursor endCursor hasNextPage hasPreviousPage }
  }
}
"""
PATHS = """
query Paths($from: ID!, $to: ID!, $exclude: [RecordType!], $limit: Int!) {
  paths(from: $from, to: $to, exclude: $exclude, limit: $limit) {
    length
    records { id }
    relationships { type direction }
  }
}
"""


@dataclass(frozen=True, slots=True)
class Step:
    """A relationship from a node, seen from it."""

    type: str
    direction: str
    end: str


Way = tuple[tuple[str, ...], tuple[tuple[str, str], ...]]


def steps_of(world: World) -> dict[str, list[Step]]:
    """The relationships of each node of a world, by UUID."""
    found: dict[str, list[Step]] = {world.uuid(name): [] for name in world.types}
    for (_, kind, _), rows in world.links.items():
        for row in rows:
            source, target = row["key"]["id"], row["to"]["target"]["id"]
            found[source].append(Step(kind, "OUT", target))
            found[target].append(Step(kind, "IN", source))
    return found


def shortest(steps: dict[str, list[Step]], start: str, end: str, passable: Iterable[str], most: int) -> set[Way]:
    """All ways of the least length between two nodes, through nodes that may be passed."""
    allowed, reached = {*passable, end}, {start}
    ways: list[Way] = [((start,), ())]
    for _ in range(most + 1):
        found = {way for way in ways if way[0][-1] == end}
        if found:
            return found
        ways = [
            ((*nodes, step.end), (*taken, (step.type, step.direction)))
            for nodes, taken in ways
            for step in steps[nodes[-1]]
            if step.end in allowed and step.end not in reached
        ]
        reached |= {nodes[-1] for nodes, _ in ways}
    return set()


def ids_of(world: World) -> dict[str, str]:
    """The UUIDs of the world's nodes by global id."""
    return {world.id(name): world.uuid(name) for name in world.types}


@pytest.mark.parametrize("name", ["head", "house", "john", "order1", "uma", "lamp", "item1", "factory", "organization"])
async def test_neighbours_are_all_that_a_node_is_related_to(name: str, world: World, ask: Asker) -> None:
    """Each relationship of a node is there once, seen from it, in order, and counted by kind."""
    uuids, kinds = ids_of(world), {world.uuid(one): kind for one, kind in world.types.items()}
    steps = steps_of(world)[world.uuid(name)]

    found = (await ask.data(world.viewer(), NEIGHBORS, id=world.id(name), first=200))["neighbors"]

    shown = [
        (edge["relationship"]["type"], uuids[edge["node"]["id"]], edge["relationship"]["direction"] == "IN")
        for edge in found["edges"]
    ]
    assert sorted((step.type, step.end, step.direction == "IN") for step in steps) == shown
    assert len(steps) == found["totalCount"]
    counted = {
        (count["relationshipType"], count["recordType"], direction): number
        for count in found["counts"]
        for direction, number in (("OUT", count["outgoing"]), ("IN", count["incoming"]))
        if number
    }
    assert Counter((step.type, kinds[step.end], step.direction) for step in steps) == counted
    assert all(count["count"] == count["outgoing"] + count["incoming"] for count in found["counts"])


@pytest.mark.parametrize(
    ("size", "cursor", "word"), [("first", "endCursor", "after"), ("last", "startCursor", "before")]
)
async def test_pages_of_neighbours_make_the_whole(size: str, cursor: str, word: str, world: World, ask: Asker) -> None:
    """Page after page brings every neighbour once, from either end."""
    whole = (await ask.data(world.viewer(), NEIGHBORS, id=world.id("house"), first=200))["neighbors"]["edges"]
    pages: list[list[Any]] = []
    variables: dict[str, Any] = {size: 3}

    while True:
        found = (await ask.data(world.viewer(), NEIGHBORS, id=world.id("house"), **variables))["neighbors"]
        pages.append(found["edges"])
        variables[word] = found["pageInfo"][cursor]
        if not found["pageInfo"]["hasNextPage" if size == "first" else "hasPreviousPage"]:
            break

    assert whole == [edge for page in (pages if size == "first" else pages[::-1]) for edge in page]
    assert len(pages) > 3


PAIRS = [("Customer", "Customer"), ("Customer", "Contact"), ("Product", "Account"), ("Tag", "Order"), ("User", "Case")]


@pytest.mark.parametrize("exclude", [None, [], ["Customer", "User"]], ids=["hubs", "nothing", "customers"])
@pytest.mark.parametrize(("source", "target"), PAIRS)
async def test_paths_are_the_shortest(
    source: str, target: str, exclude: list[str] | None, world: World, ask: Asker
) -> None:
    """Between any two records: all ways of the least length that a search in breadth finds, and nothing else."""
    uuids, steps = ids_of(world), steps_of(world)
    left_out = HUBS if exclude is None else exclude
    passable = {world.uuid(name) for name, kind in world.types.items() if kind not in left_out}
    for start, end in _pairs(world, source, target):
        variables = {"from": world.id(start), "to": world.id(end), "exclude": exclude, "limit": 25}
        found = (await ask.data(world.viewer(), PATHS, **variables))["paths"]

        expected = shortest(steps, world.uuid(start), world.uuid(end), passable, most=6)
        ways = [
            (
                tuple(uuids[record["id"]] for record in path["records"]),
                tuple((step["type"], step["direction"]) for step in path["relationships"]),
            )
            for path in found
        ]
        assert len(ways) == len(set(ways)) == min(25, len(expected)), (start, end)
        assert set(ways) <= expected
        assert ways == sorted(ways, key=lambda way: (way[0], [kind for kind, _ in way[1]]))
        assert all(path["length"] == len(path["relationships"]) == len(path["records"]) - 1 for path in found)


def _pairs(world: World, source: str, target: str) -> Iterator[tuple[str, str]]:
    for start in (name for name, kind in world.types.items() if kind == source):
        yield from ((start, name) for name, kind in world.types.items() if kind == target)


@pytest.fixture(scope="module")
async def joined(database: Database) -> World:
    """A world with relationships into another organisation, which no write of ours would make."""
    ours, theirs = small_world("joined"), small_world("joined-other", "§other§")
    for made in (ours, theirs):
        await database.write(list(made.statements()))
    pairs = [[ours.uuid("house"), theirs.uuid("john")], [theirs.uuid("john"), ours.uuid("lamp")]]
    async with database.driver.session() as session:
        await session.run(
            "UNWIND $pairs AS pair MATCH (a:Record {id: pair[0]}) MATCH (b:Record {id: pair[1]}) "
            "MERGE (a)-[:HAS_CONTACT]->(b)",
            pairs=pairs,
        )
    return ours


async def test_nothing_of_another_organisation_is_a_neighbour_or_a_way(joined: World, ask: Asker) -> None:
    """A relationship into another organisation is neither shown nor counted, and no path leads through it."""
    query = """query Both($id: ID!, $to: ID!) {
      neighbors(id: $id) { totalCount counts { count } nodes { ... on Record { displayName } } }
      paths(from: $id, to: $to, exclude: [Customer, OrderItem]) { length }
      away: paths(from: $id, to: "THEIRS") { length }
    }""".replace("THEIRS", small_world("joined-other").id("john"))

    found = await ask.data(joined.viewer(), query, id=joined.id("house"), to=joined.id("lamp"))

    expected = len(steps_of(joined)[joined.uuid("house")])
    assert expected == found["neighbors"]["totalCount"] == sum(one["count"] for one in found["neighbors"]["counts"])
    assert not [node for node in found["neighbors"]["nodes"] if "§other§" in str(node)]
    assert [] == found["paths"]
    assert found["away"] is None


WIDTH, LAYERS = 20, 10


@pytest.fixture(scope="module")
async def layers(database: Database) -> World:
    """Ten steps between two customers, each to any of twenty: 20 to the power of 9 ways."""
    world = World("layers")
    world.node("Organization", "organization", name="Layers", currency="USD", key="world-layers")
    sizes = [1, *[WIDTH] * (LAYERS - 1), 1]
    for layer, size in enumerate(sizes):
        for place in range(size):
            world.node("Customer", f"c{layer}-{place}", name="Customer", channelId="none")
    for layer in range(LAYERS):
        for place in range(sizes[layer]):
            for there in range(sizes[layer + 1]):
                world.link(f"c{layer}-{place}", "AFFILIATED_WITH", f"c{layer + 1}-{there}")
    await database.write(list(world.statements()))
    return world


async def test_ways_beyond_number_are_cut_short(layers: World, ask: Asker) -> None:
    """Where there are billions of shortest paths a few come back at once, each of the right length."""
    query = "query Far($from: ID!, $to: ID!) { paths(from: $from, to: $to, maxHops: 10, limit: 25) { length } }"
    far = {"from": layers.id("c0-0"), "to": layers.id(f"c{LAYERS}-0")}

    found = await ask.data(layers.viewer(), query, **far)

    assert [{"length": LAYERS}] * 25 == found["paths"]
