"""Constraints and indexes, derived from the model.

Unique keys begin with organizationId. Order indexes are `(organizationId, key, id)`; `(organizationId, id)` serves
ids and the default order. One full-text index serves search.
"""

from __future__ import annotations

from collections.abc import Iterator

from cypher.fragment import Fragment, Name, cypher, joined, name
from cypher.printer import Statement, print_fragment
from cypher.search import INDEX, search_fields
from graph.model import Model, RecordType


def schema_statements(model: Model) -> tuple[Statement, ...]:
    """Every constraint and index of the model, each safe to run again."""
    fragments = [
        *(fragment for record in model.records.values() for fragment in _of_record(record)),
        *_of_labels(model),
        *_of_machinery(),
        _full_text(model),
    ]
    return tuple(print_fragment(fragment) for fragment in fragments)


def await_indexes() -> Statement:
    """Wait until every index is online, at most ten minutes."""
    return print_fragment(cypher("CALL db.awaitIndexes(600)"))


def _unique(label: str, keys: tuple[str, ...]) -> Fragment:
    constraint = name("_".join((label, *keys, "unique")))
    return cypher(
        *("CREATE CONSTRAINT ", constraint, " IF NOT EXISTS FOR (n:", name(label), ") REQUIRE (n.organizationId, "),
        *(joined(", ", [cypher("n.", name(key)) for key in keys]), ") IS UNIQUE"),
    )


def _order_index(label: str, key: str) -> Fragment:
    index = name(f"{label}_by_{key}")
    return cypher(
        *("CREATE INDEX ", index, " IF NOT EXISTS FOR (n:", name(label), ") ON (n.organizationId, n."),
        *(name(key), ", n.id)"),
    )


def _of_record(record: RecordType) -> Iterator[Fragment]:
    yield _unique(record.label, ("id",))
    for keys in record.unique:
        yield _unique(record.label, keys)
    for prop in record.properties().values():
        if prop.sortable:
            yield _order_index(record.label, prop.name)


def _of_labels(model: Model) -> Iterator[Fragment]:
    """Labels that several types share: `Record`, `Activity`."""
    for label, members in model.abstract.items():
        if all(label in model.records[member].labels for member in members):
            yield _unique(label, ("id",))
            if label != "Record":
                shared = model.records[members[0]].properties().values()
                yield from (_order_index(label, prop.name) for prop in shared if prop.sortable)


def _of_machinery() -> Iterator[Fragment]:
    """What is about the runs of the program itself."""
    yield _unique("ImportRun", ("key",))
    yield cypher("CREATE INDEX User_by_username IF NOT EXISTS FOR (n:User) ON (n.username)")
    yield cypher("CREATE CONSTRAINT Organization_key_unique IF NOT EXISTS FOR (n:Organization) REQUIRE n.key IS UNIQUE")
    yield cypher("CREATE INDEX Customer_by_matchKey IF NOT EXISTS FOR (n:Customer) ON (n.organizationId, n.matchKey)")
    yield cypher(
        "CREATE CONSTRAINT Migration_version_unique IF NOT EXISTS FOR (n:Migration) REQUIRE n.version IS UNIQUE"
    )


def _full_text(model: Model) -> Fragment:
    labels: list[Name] = [name(label) for label in model.searchable()]
    fields = [cypher("n.", name(field)) for field in ("organizationId", *search_fields(model))]
    return cypher(
        *("CREATE FULLTEXT INDEX ", name(INDEX), " IF NOT EXISTS FOR (n:", joined("|", labels), ") ON EACH ["),
        *(joined(", ", fields), "] OPTIONS {indexConfig: {`fulltext.analyzer`: 'standard-folding'}}"),
    )
