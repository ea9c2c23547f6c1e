"""Limits of documents: each refuses what is too large, in no time, whatever the document does to be expensive."""

from __future__ import annotations

import time
from typing import Any

import pytest
from graphql import get_introspection_query, parse

from graph.errors import CostLimitExceeded
from resolvers.limits import DocumentLimits, check_document, check_variables

LIMITS = DocumentLimits()


def nested(levels: int) -> str:
    """A query of so many levels."""
    return "{" + "a {" * (levels - 1) + "b" + "}" * (levels - 1) + "}"


@pytest.mark.parametrize(
    ("query", "word"),
    [
        (nested(21), "levels deep"),
        ("{" + " ".join(f"a{n}: a" for n in range(31)) + "}", "aliases"),
        ("{ a {" + " ".join("b @skip(if: false)" for _ in range(51)) + "} }", "directives"),
        ("{" + " ".join(f"a{n}" for n in range(21)) + "}", "root fields"),
        ("{" + "a { " + "b " * 1500 + "} }", "1501 fields"),
        ("{ a { ...F ...F } } fragment F on A { " + "b " * 800 + "}", "1601 fields"),
        ("query __schema " + nested(50), "levels deep"),
        ("{ ...__schema } fragment __schema on Query { a " + nested(50) + " }", "levels deep"),
        ("{ ...A } fragment A on Query { ...B } fragment B on Query { a { ...A } }", "endless"),
        ("{ x } query Two " + nested(30), "levels deep"),
    ],
)
def test_too_large_is_refused(query: str, word: str) -> None:
    """Depth, aliases, directives and root fields, in any operation, through fragments of any name."""
    with pytest.raises(CostLimitExceeded, match=word):
        check_document(parse(query), LIMITS)


@pytest.mark.parametrize(
    "variables",
    [
        {"ids": [None] * 25_000},
        {f"v{number}": number for number in range(25_001)},
        {"where": {"OR": [{"name": {"eq": "x"}}] * 9_000}},
    ],
)
def test_variables_hold_so_many_values(variables: dict[str, Any]) -> None:
    """Values are counted wherever they are, before any of them is looked at."""
    with pytest.raises(CostLimitExceeded, match="more than 25000 values"):
        check_variables(variables, LIMITS)

    check_variables({"ids": [None] * 24_999}, LIMITS)
    check_variables(None, LIMITS)


def test_what_is_allowed_passes() -> None:
    """A query at the limit and GraphiQL's own introspection pass."""
    check_document(parse(nested(20)), LIMITS)
    check_document(parse(get_introspection_query()), LIMITS)
    check_document(parse("{ ...Unknown }"), LIMITS)


def test_a_fragment_bomb_costs_nothing() -> None:
    """Fragments that double at each of 40 levels are measured in no time."""
    bomb = "{ ...F0 } " + " ".join(f"fragment F{n} on Query {{ ...F{n + 1} ...F{n + 1} }}" for n in range(40))
    begun = time.perf_counter()

    with pytest.raises(CostLimitExceeded):
        check_document(parse(bomb + " fragment F40 on Query { a: b }"), LIMITS)

    assert time.perf_counter() - begun < 1
