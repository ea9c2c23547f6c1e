"""Plans that are kept: found again for other values of the same shape, and never for values that need another text."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLScalarType,
    get_operation_ast,
    parse,
    type_from_ast,
)
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from cypher.cursors import encode_cursor
from cypher.selection import Operation, read_variables
from cypher.shape import FirstRow, OnlyRow, PageShape
from graph.ids import global_id, parse_global_id
from resolvers.documents import KnownRoot
from resolvers.execution import Engine, Prepared, Request, Result
from resolvers.lanes import Bound
from resolvers.timings import Timings
from tests.conftest import FULL
from tests.generating.differential import VIEWER, new_engine
from tests.generating.documents import Case, make_case, other_variables
from tests.generating.values import bare, one_of

DOCUMENTS = 600 if FULL else 60
SETS = 4
EXAMPLES = 60 if FULL else 6


def statements(engine: Engine, query: str, variables: dict[str, Any]) -> dict[str, str] | list[str]:
    """What a request compiles to by root field, exactly, or why it is refused."""
    prepared = engine.prepare(Request(query, variables, None, VIEWER, "request"), Timings())
    if isinstance(prepared, Result):
        return [error.message for error in prepared.errors]
    # Shown as text, since True equals 1 and 1.0, which the database tells apart.
    return {
        key: f"{found.statement.text}\n{found.statement.parameters!r}" if isinstance(found, Bound) else repr(found)
        for key, found in prepared.planned.items()
    }


@pytest.mark.parametrize("begin", range(0, DOCUMENTS, 20))
def test_a_kept_plan_serves_as_a_new_one_would(begin: int) -> None:
    """With other variables through the kept plans: the same statement and parameters as compiled afresh."""
    kept = new_engine()
    for seed in range(begin, begin + 20):
        case = make_case(kept, seed)
        cases = [case, *(other_variables(kept, case, number) for number in range(SETS)), case]
        for each in cases if case.variables else ():
            afresh = new_engine()

            assert statements(afresh, each.query, each.variables) == statements(kept, each.query, each.variables), each


SHAPES = (Path(__file__).parent.parent / "generating" / "shapes.graphql").read_text("utf-8").strip().split("\n\n")[1:]
"""Documents that take all kinds of arguments."""


@dataclass(frozen=True, slots=True)
class Choice:
    """Strategies for JSON values by type and meaning, and for other values of the same shape."""

    engine: Engine

    def value(self, type_: Any, name: str, depth: int = 0) -> st.SearchStrategy[Any]:
        """Any value of a type."""
        present = self.present(bare(type_), name, depth)
        return present if isinstance(type_, GraphQLNonNull) else st.none() | present

    def present(self, type_: Any, name: str, depth: int) -> st.SearchStrategy[Any]:
        """A value that is not null."""
        if isinstance(type_, GraphQLList):
            return st.lists(self.value(type_.of_type, name, depth), max_size=2)
        if isinstance(type_, GraphQLInputObjectType):
            return self.members(type_, depth)
        if isinstance(type_, GraphQLEnumType):
            return st.sampled_from(sorted(type_.values))
        return self.scalar(type_.name, name)

    def members(self, type_: GraphQLInputObjectType, depth: int) -> st.SearchStrategy[Any]:
        """Some members of an object."""
        plain = {key for key, found in type_.fields.items() if isinstance(bare(found.type), PLAIN)}
        names = plain if depth > 1 and (plain or not one_of(type_)) else set(type_.fields)
        fields = {key: self.member(type_, key, depth) for key in sorted(names)}
        if not fields:
            return st.just({})
        least, most = (1, 1) if one_of(type_) else (0, 2)
        keys = st.lists(st.sampled_from(sorted(fields)), min_size=least, max_size=most, unique=True)
        return keys.flatmap(lambda chosen: st.fixed_dictionaries({key: fields[key] for key in chosen}))

    def member(self, type_: GraphQLInputObjectType, key: str, depth: int) -> st.SearchStrategy[Any]:
        """A member of an object, made when it is asked for: types refer to one another."""
        found = type_.fields[key].type
        asked = GraphQLNonNull(bare(found)) if one_of(type_) else found
        return st.deferred(lambda: self.value(asked, key, depth + 1))

    def scalar(self, type_name: str, name: str) -> st.SearchStrategy[Any]:
        """A value of a scalar, such that it can be recognised in a text."""
        match type_name:
            case "Boolean":
                return st.booleans()
            case "Int":
                small = name in ("n", "first", "last", "maxDepth")
                return st.integers(1, 3) if small else st.integers(10**8, 2**31 - 1)
            case "ID":
                known = sorted(self.engine.compiler.model.records)
                wanted = name.removesuffix("Id").capitalize()
                types = st.just(wanted) if wanted in known else st.sampled_from(known)
                return st.builds(global_id, types, UUIDS)
            case "Decimal":
                # Whole, since not every currency has minor units.
                return st.integers(10**8, 10**9).map(str)
            case "Date":
                return st.dates().map(str)
            case "DateTime":
                return st.datetimes().map(lambda moment: f"{moment.isoformat()}Z")
            case "Currency":
                return st.sampled_from(("USD", "JPY", "BHD"))
            case _:
                return st.text(max_size=5).map(lambda text: f"§{text}§")

    def varied(self, type_: Any, value: Any, name: str) -> st.SearchStrategy[Any]:
        """Another value of the same shape: what is null, absent, yes or no, a size or a direction stays."""
        type_ = bare(type_)
        if value is None:
            return st.none()
        if isinstance(type_, GraphQLInputObjectType):
            return st.fixed_dictionaries(
                {key: self.varied(type_.fields[key].type, inner, key) for key, inner in value.items()}
            )
        if isinstance(type_, GraphQLList) and not _is_free_list(type_, name):
            return st.tuples(*(self.varied(type_.of_type, item, name) for item in value)).map(list)
        named = getattr(type_, "name", "")
        if named in ("Boolean", "SortDirection") or (named == "Int" and name in ("n", "first", "last", "maxDepth")):
            return st.just(value)
        if named == "ID":
            return UUIDS.map(lambda uuid: global_id(parse_global_id(value)[0], uuid))
        return self.present(type_, name, 0)


PLAIN = (GraphQLScalarType, GraphQLEnumType)
UUIDS = st.uuids(version=4).map(str)


def _is_free_list(type_: GraphQLList[Any], name: str) -> bool:
    """Whether a list is a parameter as a whole, so that its length does not matter either."""
    return not isinstance(bare(type_.of_type), GraphQLInputObjectType) and name not in ("ids", "order")


def declared(engine: Engine, query: str) -> dict[str, Any]:
    """The types of an operation's variables; one with a default may be left out."""
    operation = get_operation_ast(parse(query), None)
    assert operation is not None
    return {
        node.variable.name.value: type_from_ast(engine.schema, node.type)
        for node in operation.variable_definitions or ()
    }


def root_of(engine: Engine, query: str, variables: dict[str, Any]) -> KnownRoot:
    """The root field of a document, with the plans that are kept for it."""
    known = engine.documents.get(query).operation(engine.schema, None)
    assert known is not None, [str(error) for error in engine.documents.get(query).errors]
    operation = read_variables(known.definition, variables)
    assert isinstance(operation, Operation), operation
    (root,) = known.roots(VIEWER.kind, operation)
    return root


def texts_in(value: Any) -> list[str]:
    """What must never show in a statement: the texts and large numbers of variables, and the UUIDs of ids."""
    if isinstance(value, dict):
        return [text for inner in value.values() for text in texts_in(inner)]
    if isinstance(value, list):
        return [text for inner in value for text in texts_in(inner)]
    if isinstance(value, str) and not value.isupper():
        # Every statement asks the organisation for the version of its access.
        return [] if value == "Organization" else [value]
    return [str(value)] if type(value) is int and value > 10**6 else []


@pytest.mark.parametrize("query", SHAPES)
@examples(max_examples=EXAMPLES)
@given(data=st.data())
def test_other_values_of_one_shape_share_a_plan(query: str, data: st.DataObject) -> None:
    """Values never stand in a text; other values of the same shape get the same text and make no new plan."""
    engine = new_engine()
    choice, types = Choice(engine), declared(engine, query)
    first = data.draw(st.fixed_dictionaries({name: choice.value(type_, name) for name, type_ in types.items()}))
    other = data.draw(
        st.fixed_dictionaries({name: choice.varied(types[name], value, name) for name, value in first.items()})
    )
    before = statements(engine, query, first)
    if isinstance(before, list) or not all(text.startswith("CYPHER") for text in before.values()):
        return
    root = root_of(engine, query, first)
    made = len(root.plans)

    after = statements(engine, query, other)

    assert made == len(root_of(engine, query, other).plans)
    assert statements(new_engine(), query, other) == after
    assert isinstance(after, dict)
    ((_, told),), ((_, shown),) = before.items(), after.items()
    assert text_of(told) == text_of(shown)
    assert not [text for text in texts_in([first, other]) if text in text_of(shown)]


def text_of(statement: str) -> str:
    """A statement without its parameters."""
    return statement.rpartition("\n")[0]


CURSORS = {
    "[{displayName: ASC}]": [("text", True)],
    "[{lifetimeValue: DESC}]": [("number", False)],
    "[{createdAt: ASC}, {email: DESC}]": [("number", True), ("text", False)],
    "[{id: DESC}]": [],
    "[{birthday: ASC}]": [("day", False)],
    "[{owner: {id: DESC}}]": [("uuid", False)],
}
"""Orders, with the kinds of their sort keys in a cursor and whether every record has them."""
KEYS: dict[str, st.SearchStrategy[Any]] = {
    "text": st.text(max_size=5).map(lambda text: f"§{text}§"),
    "number": st.integers(10**8, 10**12),
    "day": st.dates().map(str),
    "uuid": UUIDS,
}


@pytest.mark.parametrize("order", CURSORS)
@examples(max_examples=EXAMPLES)
@given(data=st.data())
def test_cursors_share_a_plan(order: str, data: st.DataObject) -> None:
    """A cursor's keys are parameters: another cursor with its nulls at the same places makes no new plan."""
    engine = new_engine()
    way = data.draw(st.sampled_from(("first: 2, after", "last: 2, before")))
    query = f"query Q($c: String) {{ customers({way}: $c, orderBy: {order}) {{ nodes {{ id }} }} }}"
    keys = [data.draw(KEYS[kind] if needed else st.none() | KEYS[kind]) for kind, needed in CURSORS[order]]
    others = [
        None if key is None else data.draw(KEYS[kind]) for key, (kind, _) in zip(keys, CURSORS[order], strict=True)
    ]
    mark = order_mark(new_engine(), query)
    cursors = [encode_cursor(mark, [*values, data.draw(UUIDS)]) for values in (keys, others)]

    found = [statements(engine, query, {"c": cursor}) for cursor in (None, *cursors)]

    assert all(isinstance(each, dict) for each in found)
    assert 2 == len(root_of(engine, query, {"c": None}).plans)
    assert [statements(new_engine(), query, {"c": cursor}) for cursor in (None, *cursors)] == found


def test_a_cursor_that_lacks_what_every_record_has_is_refused() -> None:
    """Nobody was given such a cursor, so it is bad input and no fault of ours."""
    engine = new_engine()
    query = "query Q($c: String) { customers(after: $c, orderBy: [{displayName: ASC}]) { nodes { id } } }"
    cursor = encode_cursor(order_mark(engine, query), [None, VIEWER.id])

    found = statements(engine, query, {"c": cursor})

    assert isinstance(found, dict)
    assert "This cursor does not belong to this connection in this order." in found["customers"]


def order_mark(engine: Engine, query: str) -> str:
    """The mark that binds cursors to the order of a root connection."""
    prepared = engine.prepare(Request(query, {}, None, VIEWER, "request"), Timings())
    assert isinstance(prepared, Prepared)
    (bound,) = prepared.planned.values()
    assert isinstance(bound, Bound)
    assert isinstance(bound.plan.shape, OnlyRow | FirstRow)
    assert isinstance(bound.plan.shape.shape, PageShape)
    return bound.plan.shape.shape.order


def test_what_changes_the_text_makes_a_plan_of_its_own() -> None:
    """Null, absent, another size, direction or member: each is asked by the planner, so each has its own plan."""
    engine = new_engine()
    query = """query Q($n: Int, $w: CustomerWhere, $o: [CustomerOrder!]) {
      customers(first: $n, where: $w, orderBy: $o) { totalCount nodes { id } }
    }"""
    sets: list[dict[str, Any]] = [
        {},
        {"n": 1},
        {"n": 2},
        {"w": None},
        {"w": {"name": {"eq": "a"}}},
        {"w": {"name": {"eq": None}}},
        {"w": {"name": {"ne": "a"}}},
        {"o": [{"name": "ASC"}]},
        {"o": [{"name": "DESC"}]},
    ]

    for variables in sets * 2:
        statements(engine, query, variables)

    assert len(sets) == len(root_of(engine, query, {}).plans)


def test_make_case_is_repeatable() -> None:
    """A seed makes the same document and variables each time, so that a failure can be looked at again."""
    first, second = (make_case(new_engine(), 42) for _ in range(2))

    assert first == second
    assert isinstance(first, Case)
