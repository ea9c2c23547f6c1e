"""The schema: committed, described, Relay's rules, and a model that leads somewhere."""

from __future__ import annotations

import dataclasses
import statistics
import time
from pathlib import Path

import pytest
import strawberry
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    build_schema,
    print_type,
)

from graph.errors import ModelInvalid
from graph.fields import IN, connected, hop
from graph.registry import build_model, load_model
from graph.scope import OF_ORGANIZATION
from graph.types import ABSTRACT, EMBEDDED, RECORDS, Entry
from graph.types.record import Record
from resolvers.schema import schema_text

COMMITTED = Path(__file__).parent.parent.parent / "schema.graphql"
MOST_BYTES = 340_000
MOST_BYTES_OF_A_TYPE = 6_000
EXPECTED = {"nodes", "edges", "pageInfo", "totalCount", "aggregate"}
SCHEMA = build_schema(schema_text())


def test_the_committed_schema_is_the_schema() -> None:
    """schema.graphql says what the types say; `c360 schema --write` writes it."""
    assert COMMITTED.read_text(encoding="utf-8") == schema_text()


def test_the_schema_stays_small_and_is_built_fast() -> None:
    """Shared filters keep it small; printing it takes no time worth naming."""
    begun = time.perf_counter()
    text = schema_text()

    assert len(text) < MOST_BYTES
    assert time.perf_counter() - begun < 5


def test_the_file_says_which_inputs_take_one_field() -> None:
    """Whoever generates code from the file learns of `@oneOf`, as introspection tells it."""
    one_of = {name for name, type_ in SCHEMA.type_map.items() if getattr(type_, "is_one_of", False)}

    assert {"AccountChoiceInput", "CustomerOrder"} <= one_of
    assert "CustomerWhere" not in one_of


def test_a_record_type_adds_little() -> None:
    """What belongs to a record type (itself, connection, filter, order, figures) is under 6 kB on average."""
    sizes = dict.fromkeys(load_model().records, 0)
    for definition in SCHEMA.type_map.values():
        owners = [name for name in sizes if definition.name.startswith(name)]
        if owners:
            sizes[max(owners, key=len)] += len(print_type(definition).encode()) + 2

    assert statistics.mean(sizes.values()) < MOST_BYTES_OF_A_TYPE, sizes


def test_everything_has_a_description() -> None:
    """Every type, field, argument, input field and enum value is described."""
    bare = []
    for type_ in SCHEMA.type_map.values():
        if type_.name.startswith("__") or type_.name in ("String", "Int", "Float", "Boolean", "ID"):
            continue
        if not type_.description:
            bare.append(type_.name)
        if isinstance(type_, (GraphQLObjectType, GraphQLInterfaceType)):
            for name, field in type_.fields.items():
                bare += [] if field.description else [f"{type_.name}.{name}"]
                bare += [f"{type_.name}.{name}({arg})" for arg, found in field.args.items() if not found.description]
        if isinstance(type_, GraphQLInputObjectType):
            bare += [f"{type_.name}.{name}" for name, field in type_.fields.items() if not field.description]
        if isinstance(type_, GraphQLEnumType):
            bare += [f"{type_.name}.{name}" for name, value in type_.values.items() if not value.description]

    assert [] == bare


def test_connections_follow_relay() -> None:
    """Each connection has its five fields; each field that returns one takes the paging arguments."""
    wrong = []
    for type_ in SCHEMA.type_map.values():
        if not isinstance(type_, GraphQLObjectType) or type_.name.startswith("__"):
            continue
        if type_.name.endswith("Connection") and EXPECTED - set(type_.fields):
            wrong.append(type_.name)
        for name, field in type_.fields.items():
            target = str(field.type).strip("!")
            if target.endswith("Connection") and {"first", "after", "last", "before"} - set(field.args):
                wrong.append(f"{type_.name}.{name}")

    assert [] == wrong


def test_a_relation_to_nowhere_is_refused() -> None:
    """A mapping whose target is no type of the model fails when the model is built."""

    @strawberry.type
    class Island(Record):
        """Leads nowhere."""

        bridge: strawberry.ID = connected("A bridge.", hop("LEADS_TO", IN, "Nowhere"))

    with pytest.raises(ModelInvalid, match=r"Island\.bridge leads to Nowhere"):
        build_model((*RECORDS, Entry(Island, OF_ORGANIZATION)), EMBEDDED, ABSTRACT)


def test_a_type_of_nobody_is_refused() -> None:
    """A type without a scope, and part of nothing, fails when the model is built: nobody could see its records."""

    @strawberry.type
    class Island(Record):
        """Nobody's."""

    with pytest.raises(ModelInvalid, match="Island has no scope"):
        build_model((*RECORDS, Entry(Island)), EMBEDDED, ABSTRACT)


def test_an_abstract_type_has_members_that_exist() -> None:
    """A union with an unknown member fails when the model is built."""
    with pytest.raises(ModelInvalid, match="Owner has the member Nobody"):
        build_model(RECORDS, EMBEDDED, {**ABSTRACT, "Owner": ("Nobody",)})


def test_the_model_is_frozen() -> None:
    """Nobody changes the model while it is used."""
    with pytest.raises(dataclasses.FrozenInstanceError):
        load_model().records = {}  # type: ignore[misc]
