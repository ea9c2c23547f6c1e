"""The benchmark asks every system the same, and would see other answers."""

from __future__ import annotations

from pathlib import Path

import pytest
from graphql import GraphQLSchema, parse, validate

from benchmarks import answers
from benchmarks.load import Figures, medians
from benchmarks.strawberry_peer.schema import schema as peer_schema
from benchmarks.systems import OURS, SERVERS, STRAWBERRY
from benchmarks.targets import targets
from graph.ids import global_id
from resolvers.schema import load_schema

QUERIES = Path(__file__).parents[2] / "benchmarks" / "queries"
UUID = "018cc440-5680-7d7b-b6c1-9b96f5aed125"


@pytest.mark.parametrize("folder", sorted(path.name for path in QUERIES.iterdir()))
def test_every_question_is_asked_of_every_system(folder: str) -> None:
    """Each question has a query in the dialect of each system."""
    assert {f"{name}.graphql" for name in SERVERS} == {path.name for path in (QUERIES / folder).iterdir()}


@pytest.mark.parametrize("query", sorted(QUERIES.glob(f"*/{OURS}.graphql")), ids=lambda path: path.parent.name)
def test_our_queries_are_valid(query: Path) -> None:
    """What c360 is asked fits its schema."""
    assert [] == faults(load_schema(), query)


@pytest.mark.parametrize("query", sorted(QUERIES.glob(f"*/{STRAWBERRY}.graphql")), ids=lambda path: path.parent.name)
def test_queries_of_the_strawberry_peer_are_valid(query: Path) -> None:
    """What the Strawberry peer is asked fits its schema."""
    assert [] == faults(peer_schema._schema, query)


def faults(schema: GraphQLSchema, query: Path) -> list[str]:
    """What is wrong with a query."""
    return [error.message for error in validate(schema, parse(query.read_text(encoding="utf-8")))]


def test_one_answer_in_two_dialects_is_one() -> None:
    """Global ids, money, times, connections and lists of one come to one form."""
    ours = {
        "customer": {
            "id": global_id("Customer", UUID),
            "lifetimeValue": {"amount": "-12.30"},
            "channel": {"name": "Shop"},
            "orders": {"nodes": [{"placedAt": "2026-01-02T03:04:05.678Z"}]},
            "contacts": {"edges": [{"role": "Buyer", "node": {"email": None}}]},
        }
    }
    theirs = {
        "customers": [
            {
                "id": UUID,
                "lifetimeValue": "-1230",
                "channel": [{"name": "Shop"}],
                "orders": [{"placedAt": "2026-01-02T03:04:05.678000+00:00"}],
                "contactsConnection": {"edges": [{"properties": {"role": "Buyer"}, "node": {"email": None}}]},
            }
        ]
    }

    assert answers.record(ours) == answers.record(theirs)


def test_another_answer_is_seen() -> None:
    """A difference comes as the lines of a diff."""
    found = answers.difference({"name": "A"}, {"name": "B"}, ("one", "other"))

    assert found is not None
    assert {'- "name": "A"', '+ "name": "B"'} <= set(found.splitlines())
    assert answers.difference({"name": "A"}, {"name": "A"}, ("one", "other")) is None


def test_a_tree_is_the_same_nested_or_in_rows() -> None:
    """Rows with depth and parent, and children in children, are one tree."""
    rows = {"customer": {"id": "a", "descendants": {"edges": [
        {"depth": 1, "parentId": "a", "node": {"id": "b", "name": "B"}},
        {"depth": 2, "parentId": "b", "node": {"id": "c", "name": "C"}},
    ]}}}  # fmt: skip
    nested = {
        "customers": [{"id": "a", "children": [{"id": "b", "name": "B", "children": [{"id": "c", "name": "C"}]}]}]
    }

    assert answers.tree(rows) == answers.tree(nested)


def test_the_median_of_the_rounds_counts() -> None:
    """One bad round changes nothing; its errors are kept."""
    rounds = [Figures(1, 2, 100), Figures(9, 90, 5, errors=3), Figures(1.1, 2.2, 90)]

    assert medians(rounds) == Figures(1.1, 2.2, 90, 3)


def test_a_target_is_missed_when_nothing_was_measured() -> None:
    """A peer without a single answer in time proves nothing."""
    results = {("customer_360", 16, OURS): Figures(1, 1, 100), ("customer_360", 16, STRAWBERRY): Figures(0, 0, 0)}

    (found,) = targets(results, None)

    assert not found.passed
    assert found.measured == "not measured"
