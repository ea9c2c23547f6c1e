"""Parts of imports that need no database: trees, amounts, keys to match by."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.importers.amounts import line_amount, price, quantity
from app.importers.trees import Forest, Verdict
from graph.matching import match_key

NODES = st.sampled_from("abcdefg")


@given(st.lists(st.tuples(NODES, NODES), max_size=40))
def test_forest_never_has_a_cycle(edges: list[tuple[str, str]]) -> None:
    """Whatever the edges, the tree has one parent a node and no cycle, and the same edges give the same verdicts."""
    forest, again, parents = Forest(), Forest(), dict[str, str]()
    for child, parent in edges:
        verdict = forest.decide(child, parent)
        assert verdict is again.decide(child, parent)
        if verdict is Verdict.TREE:
            assert child not in parents
            parents[child] = parent

    for node in parents:
        above, steps = parents.get(node), 0
        while above is not None:
            assert above != node
            above, steps = parents.get(above), steps + 1
            assert steps < 10


def test_forest_names_the_reason() -> None:
    """Self, repeated, further and cycle are told apart."""
    forest = Forest()

    verdicts = [forest.decide(*edge) for edge in ("aa", "ab", "ab", "ac", "ba", "bc", "ca")]

    assert ["SELF", "TREE", "REPEATED", "FURTHER", "CYCLE", "TREE", "CYCLE"] == [verdict.name for verdict in verdicts]


@pytest.mark.parametrize(
    ("count", "each", "amount"),
    [(7, "0.001", 1), (5, "0.001", 0), (15, "0.001", 2), (-15, "0.001", -2), (1, "2.125", 212), (3, "1.255", 376)],
)
def test_amounts_round_half_even(count: int, each: str, amount: int) -> None:
    """Half a penny goes to the even neighbour, whatever the sign."""
    assert amount == line_amount(count, Decimal(each), "GBP")


def test_amounts_after_discount() -> None:
    """A discount is taken off before rounding."""
    # 10 cents less 15 % are 8.5 cents.
    assert 8 == line_amount(1, Decimal("0.10"), "USD", Decimal("0.15"))


@pytest.mark.parametrize("text", ["", "1e5", "1_000", "٣", "1.5", "NaN", "99999999999", "3000000000"])
def test_quantity_refuses(text: str) -> None:
    """Only whole numbers in plain digits that fit an Int are quantities."""
    assert quantity(text) is None


@pytest.mark.parametrize("text", ["", "NaN", "inf", "1e5", "1,50", "£2", "1" * 30])
def test_price_refuses(text: str) -> None:
    """Only plain decimals are prices."""
    assert price(text) is None


def test_match_key_ignores_case_and_never_matches_blanks() -> None:
    """Case and outer blanks don't tell two customers apart; a blank part matches nobody."""
    assert match_key("John ", "JACKSON", "J@x.example") == match_key("john", "Jackson", "j@X.example")
    assert match_key("John", " ", "j@x.example") is None
    assert match_key("John", "Jackson", None) is None
