"""Statements that load records in batches: constant text, rows as one parameter, safe to run again.

A row is `{"key": {…}, "id": …, "set": {…}, "digest": …, "to": {name: key or None}}`: the natural key to find the
record by, the id for a new one, its properties, a digest of them, and the keys of the records to link it to. A record
whose digest is stored already is left alone, relationships included, so that a second run changes nothing. An optional
entry `new` holds properties that only a new record gets: what belongs to its users from then on.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cypher.fragment import Fragment, Param, Part, Variable, cypher, name, param
from cypher.printer import Statement, print_fragment
from graph.model import Direction, RecordType

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Link:
    """A relationship from the loaded record to the one whose key is in `row.to[name]`, left out when that is null.

    `single`: the record has one such relationship at most; an old one goes when the record changes.
    `properties` names the entry of `row` that holds the relationship's properties. `many`: `row.to[name]` is a list of
    keys. `once`: only a new record is linked, for what its users may change later.
    """

    name: str
    type: str
    direction: Direction
    label: str
    keys: tuple[str, ...]
    single: bool = False
    properties: str = ""
    many: bool = False
    once: bool = False


def load_records(
    record: RecordType,
    keys: tuple[str, ...],
    rows: Sequence[Row],
    *,
    organization_id: str,
    now: dt.datetime,
    links: tuple[Link, ...] = (),
) -> Statement:
    """Create or update records of one type and link them.

    Args:
        record: the type.
        keys: the properties, beside organizationId, of a unique constraint to find a record by.
        rows: see the module.
        organization_id: whose records they are.
        now: the time of the write, in UTC, cut to milliseconds.
        links: relationships to records that are there already, or come earlier in the same transaction.

    Returns:
        A statement that gives one row: how many records were `[created, updated, unchanged]`.
    """
    node, row, organization = Variable("n"), Variable("row"), param(organization_id)
    moment, created, changed = param(now), Variable("created"), Variable("changed")
    others = [cypher(":", name(label)) for label in record.labels if label != record.label]
    new_labels: tuple[Part, ...] = (node, *others, ", ") if others else ()
    fragment = cypher(
        *(
            "UNWIND ",
            param(list(rows)),
            " AS ",
            row,
            "\nMERGE ",
            _keyed(node, record.label, keys, row, "key", organization),
        ),
        *("\nON CREATE SET ", *new_labels, node, ".id = ", row, ".id, ", node, ".createdAt = ", moment),
        *(", ", node, ".version = 0, ", node, " += coalesce(", row, ".new, {})"),
        *("\nWITH ", node, ", ", row, ", ", node, ".importDigest IS NULL AS ", created, ", "),
        *("coalesce(", node, ".importDigest <> ", row, ".digest, true) AS ", changed),
        *("\nFOREACH (_ IN CASE WHEN ", changed, " THEN [1] ELSE [] END | SET ", node, " += ", row, ".set, "),
        *(node, ".importDigest = ", row, ".digest, ", node, ".updatedAt = ", moment, ", "),
        *(node, ".version = ", node, ".version + 1)"),
        *("\nWITH ", node, ", ", row, ", ", created, ", ", changed),
        *[_link(link, (node, row, created, changed), organization) for link in links],
        *("\nRETURN [sum(CASE WHEN ", created, " THEN 1 ELSE 0 END), "),
        *("sum(CASE WHEN ", changed, " AND NOT ", created, " THEN 1 ELSE 0 END), "),
        *("sum(CASE WHEN ", changed, " THEN 0 ELSE 1 END)] AS counts"),
    )
    return print_fragment(fragment)


def link_records(
    link: Link, source_label: str, source_keys: tuple[str, ...], rows: Sequence[Row], *, organization_id: str
) -> Statement:
    """Link records that are there already: `row.key` finds the source, `row.to[link.name]` the target.

    Returns:
        A statement that gives one row: how many rows found both ends.
    """
    node, row, organization = Variable("n"), Variable("row"), param(organization_id)
    target, relationship = Variable("target"), Variable("rel")
    fragment = cypher(
        *("UNWIND ", param(list(rows)), " AS ", row),
        *("\nMATCH ", _keyed(node, source_label, source_keys, row, "key", organization)),
        *("\nMATCH ", _keyed_path(target, link, _key_of(row, link), organization)),
        *("\nMERGE ", _arrow(node, relationship, link, target)),
        *_relationship_properties(link, relationship, row),
        "\nRETURN count(*) AS linked",
    )
    return print_fragment(fragment)


def _keyed(
    node: Variable, label: str, keys: tuple[str, ...], row: Variable, entry: str, organization: Param
) -> Fragment:
    pairs = [cypher(", ", name(key), ": ", row, ".", name(entry), ".", name(key)) for key in keys]
    return cypher("(", node, ":", name(label), " {organizationId: ", organization, *pairs, "})")


def _keyed_path(target: Variable, link: Link, key: Fragment, organization: Param) -> Fragment:
    pairs = [cypher(", ", name(part), ": ", key, ".", name(part)) for part in link.keys]
    return cypher("(", target, ":", name(link.label), " {organizationId: ", organization, *pairs, "})")


def _key_of(row: Variable, link: Link) -> Fragment:
    return cypher(row, ".to.", name(link.name))


def _arrow(node: Variable, relationship: Variable, link: Link, target: Variable) -> Fragment:
    kind = name(link.type)
    if link.direction is Direction.OUT:
        return cypher("(", node, ")-[", relationship, ":", kind, "]->(", target, ")")
    return cypher("(", node, ")<-[", relationship, ":", kind, "]-(", target, ")")


def _relationship_properties(link: Link, relationship: Variable, row: Variable) -> tuple[Part, ...]:
    return ("\nSET ", relationship, " += ", row, ".", name(link.properties)) if link.properties else ()


def _link(link: Link, scope: tuple[Variable, ...], organization: Param) -> Fragment:
    node, row, created, changed = scope
    target, relationship, old = Variable("target"), Variable("rel"), Variable("old")
    tail = "]->()" if link.direction is Direction.OUT else "]-()"
    head = "-[" if link.direction is Direction.OUT else "<-["
    drop = cypher(
        *("\nCALL (", node, ", ", created, ", ", changed, ") { WITH ", node, " WHERE ", changed, " AND NOT ", created),
        *(" MATCH (", node, ")", head, old, ":", name(link.type), tail, " DELETE ", old, " }"),
    )
    wanted, key = created if link.once else changed, Variable("key")
    each = cypher("\n  UNWIND ", _key_of(row, link), " AS ", key) if link.many else cypher()
    end = cypher(key) if link.many else _key_of(row, link)
    return cypher(
        *([drop] if link.single else []),
        *("\nCALL (", node, ", ", row, ", ", wanted, ") { WITH ", node, ", ", row, " WHERE ", wanted),
        *(" AND ", _key_of(row, link), " IS NOT NULL", each),
        *("\n  MATCH ", _keyed_path(target, link, end, organization)),
        *(
            "\n  MERGE ",
            _arrow(node, relationship, link, target),
            *_relationship_properties(link, relationship, row),
            " }",
        ),
    )
