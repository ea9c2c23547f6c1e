"""Constraints and indexes, derived from the model.

Unique keys begin with organizationId. Order indexes are `(organizationId, key, id)`; `(organizationId, id)` serves
ids and the default order. One full-text index serves search.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from cypher.fragment import Fragment, Name, cypher, joined, name
from cypher.printer import Statement, print_fragment
from cypher.search import INDEX, search_fields
from graph.model import Model, RecordType


@dataclass(frozen=True, slots=True)
class SchemaItem:
    """A constraint or an index: its name, and the fragment that makes it unless it is there."""

    name: Name
    fragment: Fragment


def schema_statements(model: Model) -> dict[str, Statement]:
    """Every constraint and index of the model by name, each safe to run again."""
    items = [
        *(item for record in model.records.values() for item in _of_record(record)),
        *_of_labels(model),
        *_of_machinery(),
        _full_text(model),
    ]
    return {item.name.identifier: print_fragment(item.fragment) for item in items}


def existing_names() -> Statement:
    """The names of the indexes that are there and online; a constraint's index has its name."""
    return print_fragment(cypher("SHOW INDEXES YIELD name, state WHERE state = 'ONLINE' RETURN name"))


def await_indexes() -> Statement:
    """Wait until every index is online, at most ten minutes."""
    return print_fragment(cypher("CALL db.awaitIndexes(600)"))


def _unique(label: str, keys: tuple[str, ...]) -> SchemaItem:
    constraint = name("_".join((label, *keys, "unique")))
    fragment = cypher(
        *("CREATE CONSTRAINT ", constraint, " IF NOT EXISTS FOR (n:", name(label), ") REQUIRE (n.organizationId, "),
        *(joined(", ", [cypher("n.", name(key)) for key in keys]), ") IS UNIQUE"),
    )
    return SchemaItem(constraint, fragment)


def _order_index(label: str, key: str) -> SchemaItem:
    index = name(f"{label}_by_{key}")
    fragment = cypher(
        *("CREATE INDEX ", index, " IF NOT EXISTS FOR (n:", name(label), ") ON (n.organizationId, n."),
        *(name(key), ", n.id)"),
    )
    return SchemaItem(index, fragment)


def _of_record(record: RecordType) -> Iterator[SchemaItem]:
    yield _unique(record.label, ("id",))
    for keys in record.unique:
        yield _unique(record.label, keys)
    for prop in record.properties().values():
        if prop.sortable:
            yield _order_index(record.label, prop.name)
    if record.scope is not None and record.scope.owned == ():
        yield _index(record.label, ("organizationId", "ownerId"))


def _of_labels(model: Model) -> Iterator[SchemaItem]:
    """Labels that several types share: `Record`, `Activity`."""
    for label, members in model.abstract.items():
        if all(label in model.records[member].labels for member in members):
            yield _unique(label, ("id",))
            if label != "Record":
                shared = model.records[members[0]].properties().values()
                yield from (_order_index(label, prop.name) for prop in shared if prop.sortable)


def _of_machinery() -> Iterator[SchemaItem]:
    """What is about the runs of the program itself, and the lookups that no organisation narrows."""
    yield _unique("ImportRun", ("key",))
    yield _unique("IdempotencyKey", ("viewerId", "key"))
    yield _index("IdempotencyKey", ("at",))
    yield _unique("Change", ("id",))
    yield _index("Change", ("organizationId", "recordId", "id"))
    yield _index("Change", ("organizationId", "writeId"))
    yield _unique("ChangePart", ("id",))
    yield _index("ChangePart", ("organizationId", "writeId"))
    yield _unique("Deleted", ("id",))
    yield _unique("Job", ("id",))
    yield _index("Job", ("open",))
    yield _unique("Lock", ("key",))
    yield _index("User", ("username",))
    yield _index("CustomerUser", ("emailKey",))
    yield _index("Customer", ("organizationId", "matchKey"))
    yield _unique_alone("Organization", "key")
    yield _unique_alone("Migration", "version")


def _index(label: str, keys: tuple[str, ...]) -> SchemaItem:
    index = name("_".join((label, "by", *keys)))
    properties = joined(", ", [cypher("n.", name(key)) for key in keys])
    fragment = cypher("CREATE INDEX ", index, " IF NOT EXISTS FOR (n:", name(label), ") ON (", properties, ")")
    return SchemaItem(index, fragment)


def _unique_alone(label: str, key: str) -> SchemaItem:
    """Unique over all organisations."""
    constraint = name(f"{label}_{key}_unique")
    fragment = cypher(
        *("CREATE CONSTRAINT ", constraint, " IF NOT EXISTS FOR (n:", name(label), ") REQUIRE n.", name(key)),
        " IS UNIQUE",
    )
    return SchemaItem(constraint, fragment)


def _full_text(model: Model) -> SchemaItem:
    index = name(INDEX)
    labels: list[Name] = [name(label) for label in model.searchable()]
    fields = [cypher("n.", name(field)) for field in ("organizationId", *search_fields(model))]
    fragment = cypher(
        *("CREATE FULLTEXT INDEX ", index, " IF NOT EXISTS FOR (n:", joined("|", labels), ") ON EACH ["),
        *(joined(", ", fields), "] OPTIONS {indexConfig: {`fulltext.analyzer`: 'standard-folding'}}"),
    )
    return SchemaItem(index, fragment)
