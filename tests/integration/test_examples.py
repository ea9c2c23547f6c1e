"""The example queries, which GraphiQL shows and the docs quote, on the demo's data."""

from __future__ import annotations

from typing import Any

import pytest

from app.demo import DemoSummary, load_demo
from app.examples import Example, load_examples
from app.report import account_view, amount, person_view, tree_view
from app.viewers import development_identity, find_viewer
from graph.database import Database
from graph.viewer import Viewer
from tests.asking import Asker

EXAMPLES = load_examples()


@pytest.fixture(scope="module")
async def demo(database: Database) -> DemoSummary:
    """The two stories with few others around them."""
    return await load_demo(database, customers=100)


@pytest.fixture
async def viewer(demo: DemoSummary, database: Database) -> Viewer:
    """The user whom the demo begins with."""
    return await find_viewer(database, development_identity(demo.viewer))


def found(value: Any) -> int:
    """How many values other than null there are."""
    if isinstance(value, dict):
        return sum(map(found, value.values()))
    return sum(map(found, value)) if isinstance(value, list) else value is not None


@pytest.mark.parametrize("example", EXAMPLES, ids=[example.name for example in EXAMPLES])
async def test_every_example_brings_something(example: Example, viewer: Viewer, ask: Asker) -> None:
    """Each example runs with its variables, without errors, and brings data of the stories."""
    answer = await ask(viewer, example.query, **example.variables)

    assert [] == answer.errors
    assert found(answer.data) > 5


async def test_john_jackson_has_four_records_in_one_account(demo: DemoSummary, viewer: Viewer, ask: Asker) -> None:
    """Four channels, four customer records, one account with a section for each active channel."""
    query = """query John($id: ID!, $customers: [ID!]!) {
      nodes(ids: $customers) { ... on Customer { account { id } channel { name } } }
      account(id: $id) {
        channelSections { channel { name } }
        all: channelSections(status: null) { channel { name } }
      }
    }"""

    data = await ask.data(viewer, query, id=demo.john_account, customers=list(demo.john_customers.values()))

    channels = {"Factory", "Retail", "Web Kitchen Furniture", "Web Office Furniture"}
    assert {demo.john_account} == {node["account"]["id"] for node in data["nodes"]}
    assert channels == {node["channel"]["name"] for node in data["nodes"]} == set(demo.john_customers)
    assert channels == {section["channel"]["name"] for section in data["account"]["channelSections"]}
    assert len(data["account"]["all"]) > len(channels)


async def test_the_other_organisation_is_not_there(
    demo: DemoSummary, viewer: Viewer, database: Database, ask: Asker
) -> None:
    """What the toy maker sees and what the furniture maker sees have no record in common."""
    other = await find_viewer(database, development_identity(demo.toys.viewer))
    query = "{ customers(first: 200) { nodes { id } } channels { nodes { id } } users { nodes { id } } }"

    ours, theirs = await ask.data(viewer, query), await ask.data(other, query)

    def ids(data: Any) -> set[str]:
        return {node["id"] for connection in data.values() for node in connection["nodes"]}

    assert ids(ours)
    assert ids(theirs)
    assert not ids(ours) & ids(theirs)


async def test_the_report_reads_well(viewer: Viewer, ask: Asker) -> None:
    """The printed views are made of the same answers; amounts read like amounts."""
    examples = {example.name: example for example in EXAMPLES}
    person = await ask.data(viewer, examples["20-person-360"].query, name="John Jackson")
    account = await ask.data(viewer, examples["10-customer-360"].query, name="House Decorations")
    tree = await ask.data(viewer, examples["30-company-tree"].query, name="House Decorations", channel="Factory")

    assert person_view(person["contacts"]["nodes"][0])
    assert account_view(account["accounts"]["nodes"][0])
    assert tree_view(tree["customers"]["nodes"][0])
    assert "-1,234.50 USD" == amount({"amount": "-1234.50", "currency": "USD"})
    assert "12 JPY" == amount({"amount": "12", "currency": "JPY"})
