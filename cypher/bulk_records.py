"""Statements that find, make, change, link and delete many records of one type: constant text, rows as a parameter.

What became of the rows comes back as one list where there can be many, since the driver takes long to read a thousand
records.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from cypher.access import Access
from cypher.arguments import Inputs
from cypher.fragment import Fragment, Param, Variable, cypher, joined, name, of, param
from cypher.printer import Statement, print_fragment
from cypher.writes import labels_at, step
from graph.model import Model, RecordType, Relation

Row = Mapping[str, Any]


def seen_among(record: RecordType, uuids: Sequence[str], seen: Access, inputs: Inputs) -> Statement:
    """Those of some records of a type that the viewer sees, or may do something to: a row each, its UUID."""
    node, uuid = Variable("n"), Variable("uuid")
    return print_fragment(
        cypher(
            *("UNWIND ", param(list(uuids)), " AS ", uuid, "\nMATCH (", node, ":", name(record.label)),
            *(" {organizationId: ", seen.organization, ", id: ", uuid, "}) WHERE ", seen.predicate(record.name, node)),
            *("\nRETURN ", of(node, "id"), " AS row"),
        ),
        inputs,
    )


def find_records(record: RecordType, uuids: Sequence[str], seen: Access, reached: Access, inputs: Inputs) -> Statement:
    """Records of a type by their UUIDs, as `found` gives them."""
    node, key = Variable("n"), Variable("key")
    match = cypher("(", node, ":", name(record.label), " {organizationId: ", seen.organization, ", id: ", key, "})")
    matched = cypher("UNWIND ", param(list(uuids)), " AS ", key, "\nMATCH ", match)
    return found(record, node, matched, seen, reached, inputs)


def found(
    record: RecordType, node: Variable, match: Fragment, seen: Access, reached: Access, inputs: Inputs
) -> Statement:
    """Records, those that the viewer may change locked in the order of their UUIDs, and then read.

    Returns:
        A statement that gives a row `[whether it is seen, whether it is reached, its properties]` for each.
    """
    asked = [cypher("coalesce(", access.predicate(record.name, node), ", false)") for access in (seen, reached)]
    columns = joined(", ", [*asked, cypher("properties(", node, ")")])
    allowed = joined(" AND ", [access.predicate(record.name, node) for access in (seen, reached)])
    return print_fragment(
        cypher(
            *(match, "\nWITH ", node, ", CASE WHEN ", allowed, " THEN [1] ELSE [] END AS locking"),
            *(" ORDER BY ", of(node, "id")),
            # A property that is set and removed locks without reading.
            *("\nFOREACH (_ IN locking | SET ", of(node, "locked"), " = true REMOVE ", of(node, "locked"), ")"),
            *("\nWITH ", node, " WHERE ", node, ":", name(record.label), "\nRETURN [", columns, "] AS row"),
        ),
        inputs,
    )


def create_owned(record: RecordType, rows: Sequence[Row], organization_id: str, now: dt.datetime) -> Statement:
    """Make records with their owners: `{owner, set: {id, …}}`."""
    organization = param(organization_id)
    labels = joined(":", [name(label) for label in record.labels])
    return print_fragment(
        cypher(
            *(owned(rows, organization), "\nCREATE (n:", labels, ")-[:OWNED_BY]->(owner)"),
            *(" SET n = row.set, ", _made(organization, now)),
        )
    )


def create_parts(record: RecordType, rows: Sequence[Row], organization_id: str, now: dt.datetime) -> Statement:
    """Make records that have no owner: the properties of each, its `id` among them."""
    labels = joined(":", [name(label) for label in record.labels])
    return print_fragment(
        cypher(
            *("UNWIND ", param(list(rows)), " AS row\nCREATE (n:", labels, ")"),
            *(" SET n = row, ", _made(param(organization_id), now)),
        )
    )


def change_records(record: RecordType, rows: Sequence[Row], organization_id: str, now: dt.datetime) -> Statement:
    """Set properties of records: `{id, set}`; null takes one away."""
    return print_fragment(
        cypher(
            *("UNWIND ", param(list(rows)), " AS row\nMATCH ", _one(record, organization_id, cypher("row.id"))),
            *("\nSET n += row.set, n.updatedAt = ", param(now), ", n.version = n.version + 1"),
        )
    )


def bury_records(record: RecordType, uuids: Sequence[str], organization_id: str, now: dt.datetime) -> Statement:
    """Delete records: they keep their ids, their properties and their relationships, and nothing finds them."""
    labels = joined(":", [name(label) for label in record.labels])
    return print_fragment(
        cypher(
            *("UNWIND ", param(list(uuids)), " AS uuid\nMATCH ", _one(record, organization_id, cypher("uuid"))),
            *("\nREMOVE n:", labels, "\nSET n:Deleted, n.deletedType = ", param(record.name)),
            *(", n.deletedAt = ", param(now)),
        )
    )


def unmake_records(record: RecordType, uuids: Sequence[str], organization_id: str) -> Statement:
    """Take back records that were made in the same transaction."""
    return print_fragment(
        cypher(
            *("UNWIND ", param(list(uuids)), " AS uuid\nMATCH ", _one(record, organization_id, cypher("uuid"))),
            " DETACH DELETE n",
        )
    )


def links_among(
    record: RecordType, relation: Relation, uuids: Sequence[str], organization_id: str, model: Model
) -> Statement:
    """Where a relation of one step leads from some records.

    Returns:
        A statement that gives a row `[UUID of the record, UUID at the other end, labels, properties of the
        relationship]` for each, in order.
    """
    link, end = Variable("link"), Variable("end")
    return print_fragment(
        cypher(
            *("UNWIND ", param(list(uuids)), " AS uuid\nMATCH ", _one(record, organization_id, cypher("uuid"))),
            *(step(relation.hops[0], link), "(", end, ":", labels_at(relation, model), ")"),
            *("\nRETURN [n.id, ", of(end, "id"), ", labels(", end, "), properties(", link, ")] AS row"),
            *(" ORDER BY n.id, ", of(end, "id")),
        )
    )


def parts_among(
    record: RecordType, relation: Relation, uuids: Sequence[str], organization_id: str, model: Model
) -> Statement:
    """The parts that a relation leads to from some records: a row `[UUID of the record, properties]` each."""
    end = Variable("end")
    return print_fragment(
        cypher(
            *("UNWIND ", param(list(uuids)), " AS uuid\nMATCH ", _one(record, organization_id, cypher("uuid"))),
            *(step(relation.hops[0]), "(", end, ":", labels_at(relation, model), ")"),
            *("\nRETURN [n.id, properties(", end, ")] AS row ORDER BY n.id, ", of(end, "id")),
        )
    )


def unlink_among(
    record: RecordType, relation: Relation, rows: Sequence[Row], organization_id: str, model: Model
) -> Statement:
    """Take away the relationships of a relation of one step, but those to the records that are kept: `{id, kept}`.

    Where a field leads to one record, what leads to a deleted one goes too: it may come back when another is there.
    """
    old, end = Variable("old"), Variable("end")
    deleted = "|Deleted" if relation.shape == "one" else ""
    return print_fragment(
        cypher(
            *("UNWIND ", param(list(rows)), " AS row\nMATCH ", _one(record, organization_id, cypher("row.id"))),
            *(step(relation.hops[0], old), "(", end, ":", labels_at(relation, model), deleted, ")"),
            *("\nWHERE NOT ", of(end, "id"), " IN row.kept DELETE ", old),
        )
    )


def link_among(
    record: RecordType, relation: Relation, rows: Sequence[Row], organization_id: str, model: Model
) -> Statement:
    """Make the relationships of a relation of one step to records that are there, and set their properties.

    Args:
        record: the type of the records that have the relation.
        relation: the relation.
        rows: `{id, end, properties}`; null takes a property away. A relationship that is there stays.
        organization_id: whose they are.
        model: of the records.
    """
    link, end, organization = Variable("link"), Variable("end"), param(organization_id)
    return print_fragment(
        cypher(
            *("UNWIND ", param(list(rows)), " AS row\nMATCH ", _one(record, organization, cypher("row.id"))),
            *("\nMATCH (", end, ":", labels_at(relation, model), " {organizationId: ", organization, ", id: row.end})"),
            *("\nMERGE (n)", step(relation.hops[0], link), "(", end, ")\nSET ", link, " += row.properties"),
        )
    )


def owned(rows: Sequence[Row], organization: Param) -> Fragment:
    """Each of some rows as `row` with its `owner`, who is looked for once for all rows that have the same."""
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(row["owner"], []).append(row)
    groups = [{"owner": owner, "rows": own} for owner, own in found.items()]
    return cypher(
        *("UNWIND ", param(groups), " AS owned\nMATCH (owner:User|BusinessUnit {organizationId: ", organization),
        ", id: owned.owner})\nUNWIND owned.rows AS row",
    )


def _made(organization: Param, now: dt.datetime) -> Fragment:
    moment = param(now)
    return cypher(
        *("n.organizationId = ", organization, ", n.version = 1"),
        *(", n.createdAt = ", moment, ", n.updatedAt = ", moment),
    )


def _one(record: RecordType, organization: str | Param, uuid: Fragment) -> Fragment:
    of_it = param(organization) if isinstance(organization, str) else organization
    return cypher("(n:", name(record.label), " {organizationId: ", of_it, ", id: ", uuid, "})")
