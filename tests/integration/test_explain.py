"""Explanations: the plan reads as the statement does, and the database tells what it makes of it."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import orjson
import pytest
from graphql import GraphQLError
from rich.console import Console

from app.explained import print_explanation
from cypher.plan_text import Outline
from graph.database import Database
from graph.errors import BadInput
from graph.permissions import Role, granted
from resolvers.execution import Request
from resolvers.explanation import Explanation, Operator, explain
from tests.asking import Asker
from tests.hiding import viewer_hiding
from tests.integration.test_golden import CASES, read_case, resolve
from tests.world import World

QUERY = """query Q($name: String!) {
  found: customers(where: { name: { eq: $name } }, first: 2) { nodes { id ...Group account { name } } }
  node(id: "%s") { __typename ... on Record { displayName } ... on Customer { email } ... on Contact { email phone } }
  viewer { displayName }
}
fragment Group on Customer { id group { name } }"""


def lines(outline: Outline) -> Iterator[str]:
    """Every line of an outline."""
    yield outline.text
    for child in outline.children:
        yield from lines(child)


def names(text: str) -> set[str]:
    """The variables and parameters of a statement, but those that only add up."""
    return {name for name in re.findall(r"\$p\d+|\b[a-z]\w*\d+\b", text) if not re.match(r"(total|value)\d", name)}


async def explained(world: World, ask: Asker, database: Database, *, profile: bool = False) -> Explanation:
    """The explanation of the query above."""
    request = Request(QUERY % world.id("head"), {"name": "Head"}, None, world.viewer(), "request")
    return await explain(ask.engine, database, request, profile=profile)


class NoDatabase:
    """Has no plans."""

    async def plan_of(self, *_: object, **__: object) -> dict[str, object]:
        """Nothing."""
        return {}


@pytest.mark.parametrize("path", CASES, ids=[path.stem for path in CASES])
async def test_a_plan_has_the_names_of_its_statement(path: Path, world: World, ask: Asker) -> None:
    """Whatever a statement names stands in the outline of its plan, and nothing else."""
    _, sections = read_case(path)
    variables = resolve(orjson.loads(sections.get("json variables", "{}")), world)
    try:
        request = Request(sections["graphql"], variables, None, world.viewer(), "request")
        found = await explain(ask.engine, NoDatabase(), request)
    except (GraphQLError, BadInput):
        pytest.skip("this question is refused")

    for root in found.roots:
        assert names(root.statement.text) == names("\n".join(lines(root.plan)))


async def test_a_selection_reads_as_it_is_planned(world: World, ask: Asker, database: Database) -> None:
    """Fragments are spread, fields merged, arguments coerced; what a type has of its own stands under its name."""
    found = await explained(world, ask, database)

    shown = {root.key: list(lines(root.selection)) for root in found.roots}
    assert [
        'found: customers(first: 2, where: {name: {eq: "Head"}})',
        "nodes",
        "id",
        "group",
        "name",
        "account",
        "name",
    ] == shown["found"]
    assert "__typename" == shown["node"][1]
    assert ["... on Contact, Customer", "email", "... on Contact", "phone"] == shown["node"][-4:]
    assert re.search(r"\.\.\. on \w+, \w+, \w+, \w+ and \d+ more displayName", " ".join(shown["node"]))
    assert ["viewer", "displayName"] == shown["viewer"]


async def test_the_database_tells_its_plan(world: World, ask: Asker, database: Database) -> None:
    """Operators with estimates; with a profile also rows and accesses; what asks nothing of it has none."""
    planned = {root.key: root for root in (await explained(world, ask, database)).roots}
    profiled = {root.key: root for root in (await explained(world, ask, database, profile=True)).roots}

    assert planned["viewer"].database is None
    for key in ("found", "node"):
        plain, counted = planned[key].database, profiled[key].database
        assert plain is not None
        assert counted is not None
        assert "ProduceResults" == plain.name == counted.name
        assert (None, 0) == (plain.rows, plain.total())
        assert 1 == counted.rows
        assert counted.total() > 0


async def test_an_explanation_prints_well(world: World, ask: Asker, database: Database) -> None:
    """Each part has its place; the statement's lines stay whole, so that they can be copied."""
    console = Console(width=100, record=True, file=io.StringIO())
    found = await explained(world, ask, database, profile=True)
    print_explanation(found, console)
    text = console.export_text()

    for words in ("Selection", "Plan", "Cypher", "Parameters", '"Head"', "NodeUniqueIndexSeek", "db hits in all"):
        assert words in text
    assert "The database is not asked." in text
    assert all(line in text for root in found.roots for line in root.statement.text.splitlines())
    assert f"at most {found.cost} records" in text


async def test_what_is_refused_is_not_explained(world: World, ask: Asker, database: Database) -> None:
    """The reason is that which a request would hear."""
    with pytest.raises(GraphQLError, match="nope"):
        await explain(ask.engine, database, Request("{ nope }", {}, None, world.viewer(), "request"))
    with pytest.raises(BadInput, match="Not an id"):
        await explain(ask.engine, database, Request('{ node(id: "x") { id } }', {}, None, world.viewer(), "request"))


def test_operators_add_up() -> None:
    """The accesses of a plan are those of all its operators."""
    leaf = Operator("Seek", "", 1, 1, 3, ())
    assert 8 == Operator("Apply", "", 1, 1, 2, (leaf, leaf)).total()


async def test_reasons_stand_below_predicates(world: World, ask: Asker) -> None:
    """Each predicate of access names the permission and the role that it comes from."""
    levels = {("Customer", "VIEW"): "UNIT", ("Order", "VIEW"): "ORGANIZATION", ("Account", "VIEW"): "NONE"}
    grants = granted([Role("Sales", levels), Role("Clerk", {("Customer", "VIEW"): "USER"})])
    viewer = replace(world.viewer(), grants=grants)
    query = "{ customers(first: 1) { nodes { account { name } orders { totalCount } addresses { city } } } }"

    found = await explain(ask.engine, NoDatabase(), Request(query, None, None, viewer, "request"))

    told = list(lines(found.roots[0].plan))
    predicate = next(number for number, line in enumerate(told) if ".ownerId IN " in line)
    assert told[predicate + 1] == "because Customer: VIEW UNIT by role Sales"
    assert "because Order: VIEW ORGANIZATION by role Sales" in told
    assert "because Account: VIEW NONE: no role lets them see it" in told


async def test_hidden_fields_are_not_planned(world: World, ask: Asker) -> None:
    """A hidden field is marked where it is selected, by type, and neither plan nor statement look at it."""
    viewer = viewer_hiding(world, ("Customer", "EMAIL"))
    query = """query Both($id: ID!) { node(id: $id) { ... on Customer { mail: email } }
      customers { nodes { email phone } }
      search(text: "x") { nodes { ... on Customer { email } ... on Contact { email } } } }"""

    found = await explain(ask.engine, NoDatabase(), Request(query, {"id": world.id("head")}, None, viewer, "request"))

    node, customers, search = found.roots
    assert "mail: email: hidden from the viewer" in list(lines(node.selection))
    assert ["nodes", "email: hidden from the viewer", "phone"] == list(lines(customers.selection))[-3:]
    told = list(lines(search.selection))
    assert "email: hidden from the viewer" == told[told.index("... on Customer") + 1]
    assert "email" == told[told.index("... on Contact") + 1]
    assert not any(".email" in root.statement.text + "".join(lines(root.plan)) for root in (node, customers))
