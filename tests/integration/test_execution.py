"""Executing operations: one statement a root field, both paths alike, nothing of another organisation."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson
import pytest
from graphql import OperationDefinitionNode, parse

from resolvers.query import ROOTS
from tests.asking import Asker
from tests.integration.test_golden import CASES, read_case, resolve, viewer_of
from tests.world import World, small_world

DEEP = """
query Deep($id: ID!) {
  account(id: $id) {
    customers {
      nodes {
        orders { nodes { items(first: 5) { nodes { product { name orderItems { totalCount } } } } } }
        descendants(first: 9) {
          edges { node { contacts(first: 2) { edges { node { accounts { nodes { timeline { totalCount } } } } } } } }
        }
      }
    }
    channelSections { customers { nodes { channel { type { channels { nodes { customers { totalCount } } } } } } } }
  }
  customers(first: 1) { nodes { name } }
  viewer { displayName }
}
"""


async def test_one_statement_for_each_root_field(world: World, ask: Asker) -> None:
    """However deep the selection, each root field that asks the graph sends one statement."""
    answer = await ask(world.viewer(), DEEP, id=world.id("house"))

    assert [] == answer.errors
    assert 2 == len(answer.statements)


def beside_introspection(query: str) -> str:
    """The same query with an introspection field, which only the ordinary executor answers."""
    operation = next(node for node in parse(query).definitions if isinstance(node, OperationDefinitionNode))
    assert operation.selection_set.loc is not None
    end = operation.selection_set.loc.end - 1
    return f"{query[:end]} __schema {{ __typename }} {query[end:]}"


@pytest.mark.parametrize("path", CASES, ids=[path.stem for path in CASES])
async def test_both_paths_agree(path: Path, world: World, ask: Asker) -> None:
    """Straight from the rows or through the ordinary executor: the same data, the same errors at the same places."""
    _, sections = read_case(path)
    variables = resolve(orjson.loads(sections.get("json variables", "{}")), world)
    viewer = viewer_of(sections, world)

    straight = await ask(viewer, sections["graphql"], **variables)
    ordinary = await ask(viewer, beside_introspection(sections["graphql"]), **variables)

    assert {"__typename": "__Schema"} == ordinary.data.pop("__schema")
    assert orjson.dumps(straight.data) == orjson.dumps(ordinary.data)
    assert _told(straight.errors) == _told(ordinary.errors)


def _told(errors: list[Any]) -> list[tuple[str, Any]]:
    return sorted((error.message, error.path) for error in errors)


@pytest.mark.parametrize("path", CASES, ids=[path.stem for path in CASES])
async def test_nothing_of_another_organisation_shows(path: Path, world: World, ask: Asker) -> None:
    """The other world has the same keys and names with a marker: no answer of this world holds it, nor the reverse."""
    other = small_world("other", "§other§")
    _, sections = read_case(path)
    variables = orjson.loads(sections.get("json variables", "{}"))

    ours = await ask(viewer_of(sections, world), sections["graphql"], **resolve(variables, world))
    theirs_for_us = await ask(viewer_of(sections, world), sections["graphql"], **resolve(variables, other))

    assert "§other§" not in orjson.dumps(ours.data).decode()
    assert "§other§" not in orjson.dumps(theirs_for_us.data).decode()


async def test_a_record_of_another_organisation_is_not_there(world: World, ask: Asker) -> None:
    """Its id gives the same answer as an id that nobody has."""
    query = "query One($id: ID!) { node(id: $id) { id } nodes(ids: [$id]) { id } customer(id: $id) { name } }"
    other = small_world("other")

    theirs = await ask(world.viewer(), query, id=other.id("head"))

    assert {"node": None, "nodes": [None], "customer": None} == theirs.data
    assert [] == theirs.errors


async def test_every_root_field_is_answered(world: World, ask: Asker) -> None:
    """Each connection at the root gives its count, each of them above zero but for those that the world lacks."""
    connections = [name for name, root in ROOTS.items() if type(root).__name__ == "RootConnection"]
    query = "{" + " ".join(f"{name} {{ totalCount nodes {{ id displayName }} }}" for name in connections) + "}"

    data = await ask.data(world.viewer(), query)

    counts = {name: found["totalCount"] for name, found in data.items()}
    assert {} == {name: count for name, count in counts.items() if count == 0}
    assert all(len(found["nodes"]) == counts[name] for name, found in data.items())


async def test_two_operations_need_a_name(world: World, ask: Asker) -> None:
    """With two operations and no name nothing runs; with a name that one does."""
    query = "query A { a: __typename } query B { b: viewer { displayName } }"

    unnamed = await ask(world.viewer(), query)
    named = await ask(world.viewer(), query, "B")

    assert unnamed.data is None
    assert 1 == len(unnamed.errors)
    assert {"b": {"displayName": "Uma Unger"}} == named.data


@pytest.mark.parametrize(
    ("query", "variables"),
    [
        ("query Q($n: Int!) { customers(first: $n) { totalCount } }", {"n": "three"}),
        ("query Q($n: Int!) { customers(first: $n) { totalCount } }", {}),
        ("query Q($w: CustomerWhere) { customers(where: $w) { totalCount } }", {"w": {"nope": {"eq": 1}}}),
        ("query Q($t: DateTime!) { orders(where: {placedAt: {gt: $t}}) { totalCount } }", {"t": "yesterday"}),
        ("{ customers(orderBy: [{name: ASC, email: ASC}]) { totalCount } }", {}),
        ("{ customer { name } }", {}),
        ("{ customers { nope } }", {}),
        ("{ customers(first: 99999999999) { totalCount } }", {}),
        ("query Q($y: Boolean = true) { customers @skip(if: $y) { totalCount } }", {"y": None}),
        ("query Q($y: Boolean = true) { customers { totalCount @include(if: $y) } }", {"y": None}),
    ],
)
async def test_what_does_not_fit_the_schema_is_refused(
    query: str, variables: dict[str, Any], world: World, ask: Asker
) -> None:
    """Unknown fields, wrong types and missing arguments are refused before anything is sent to the database."""
    answer = await ask(world.viewer(), query, **variables)

    assert answer.data is None
    assert answer.errors
    assert [] == answer.statements
