"""Statements of mutations: they find, make, change and delete single records, link them, and say what they did.

Each is given a type and a UUID; who may do what is asked with the predicates of `access.py`, in the same transaction.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cypher.access import Access
from cypher.arguments import Inputs
from cypher.fragment import Fragment, Part, Variable, cypher, joined, name, of, param
from cypher.printer import Statement, print_fragment
from graph.model import Direction, Hop, Model, RecordType, Relation


@dataclass(frozen=True, slots=True)
class Place:
    """A record: its type and its UUID, in an organisation."""

    record: RecordType
    uuid: str
    organization_id: str

    def pattern(self, node: Variable, *others: str) -> Fragment:
        """The pattern of its node, which may have one of the other labels in place of its own."""
        return keyed(node, (self.record.label, *others), self.organization_id, param(self.uuid))


def keyed(node: Variable, labels: Sequence[str], organization_id: str, uuid: Part) -> Fragment:
    """The pattern of a node that has one of some labels and a UUID."""
    either = joined("|", [name(label) for label in labels])
    return cypher("(", node, ":", either, " {organizationId: ", param(organization_id), ", id: ", uuid, "})")


def locked(node: Variable, *, going: bool = False) -> Fragment:
    """What lets no other transaction change a node until this one ends; nor link one that is perhaps `going` to go."""
    # A property that is set to itself is read before the lock is there: it would take back what another one wrote.
    changing = cypher("\nSET ", of(node, "locked"), " = true REMOVE ", of(node, "locked"))
    # Relationships to a node that has many are made without its lock, but not while its labels change.
    return cypher(changing, "\nSET ", node, ":Going REMOVE ", node, ":Going") if going else changing


def lock_record(place: Place, seen: Access, reached: Access, inputs: Inputs, *, going: bool = False) -> Statement:
    """Let no other transaction change a record until this one ends, if the viewer sees it and may do something to it.

    What is out of reach is not locked, so that nobody holds up others with it.
    """
    node, type_name = Variable("n"), place.record.name
    allowed = joined(" AND ", [found.predicate(type_name, node) for found in (seen, reached)])
    found = cypher("MATCH ", place.pattern(node), " WHERE ", allowed)
    return print_fragment(cypher(found, locked(node, going=going)), inputs)


def lock_all(labels: Sequence[str], uuids: Sequence[str], organization_id: str, *, going: bool = False) -> Statement:
    """Let no other transaction change records of these labels, deleted or not, in the order of their UUIDs."""
    either, node = joined("|", [name(label) for label in [*labels, "Deleted"]]), Variable("n")
    return print_fragment(
        cypher(
            *("UNWIND ", param(sorted(uuids)), " AS id"),
            *("\nMATCH (", node, ":", either, " {organizationId: ", param(organization_id), ", id: id})"),
            locked(node, going=going),
        )
    )


def count_there(uuids: Sequence[str], organization_id: str) -> Statement:
    """How many of some records are there and not deleted: one row."""
    return print_fragment(
        cypher(
            *("UNWIND ", param(list(uuids)), " AS id"),
            *("\nMATCH (n:Record {organizationId: ", param(organization_id), ", id: id}) RETURN count(n) AS row"),
        )
    )


def take_lock(organization_id: str, key: str) -> Statement:
    """Let no other transaction take a lock of the organisation until this one ends."""
    return print_fragment(
        cypher(
            *("MERGE (l:Lock {organizationId: ", param(organization_id), ", key: ", param(key), "})"),
            "\nSET l.locked = true REMOVE l.locked",
        )
    )


def hold_locks(organization_id: str, keys: Sequence[str]) -> Statement:
    """Let no other transaction hold a lock of the organisation with one of the keys until this one ends.

    Nothing is left of them, for keys that are made of values: what is made and deleted in one transaction keeps the
    place in the unique index until its end, and is never stored.
    """
    return print_fragment(
        cypher(
            *("UNWIND ", param(sorted(keys)), " AS key"),
            *("\nMERGE (l:Lock {organizationId: ", param(organization_id), ", key: 'held ' + key}) DELETE l"),
        )
    )


def look_at(place: Place, seen: Access, reached: Access | None, inputs: Inputs) -> Statement:
    """A record as it is now.

    Args:
        place: which.
        seen: what the viewer sees.
        reached: what the viewer may do something to; None when seeing is all that is asked.
        inputs: of the request.

    Returns:
        A statement that gives one row: `[whether it is seen, whether it is reached, its properties]`.
    """
    node, type_name = Variable("n"), place.record.name
    asked = [cypher("coalesce(", found.predicate(type_name, node), ", false)") for found in (seen, reached or seen)]
    columns = joined(", ", [*asked, cypher("properties(", node, ")")])
    return print_fragment(cypher("MATCH ", place.pattern(node), "\nRETURN [", columns, "] AS row"), inputs)


def create_record(place: Place, properties: Mapping[str, Any], now: dt.datetime) -> Statement:
    """Make a record."""
    labels = joined(":", [name(label) for label in place.record.labels])
    values = {**properties, "organizationId": place.organization_id, "id": place.uuid, "version": 1}
    made = {**values, "createdAt": now, "updatedAt": now}
    return print_fragment(cypher("CREATE (n:", labels, ") SET n = ", param(made)))


def change_record(place: Place, properties: Mapping[str, Any], now: dt.datetime) -> Statement:
    """Set properties of a record; null takes one away."""
    node = Variable("n")
    return print_fragment(
        cypher(
            *("MATCH ", place.pattern(node), "\nSET ", node, " += ", param(dict(properties)), ", "),
            *(of(node, "updatedAt"), " = ", param(now), ", ", of(node, "version"), " = ", of(node, "version"), " + 1"),
        )
    )


def bury_record(place: Place, now: dt.datetime) -> Statement:
    """Delete a record: it keeps its id, its properties and its relationships, and nothing finds it."""
    node = Variable("n")
    labels = joined(":", [name(label) for label in place.record.labels])
    return print_fragment(
        cypher(
            *("MATCH ", place.pattern(node), "\nREMOVE ", node, ":", labels),
            *("\nSET ", node, ":Deleted, ", of(node, "deletedType"), " = ", param(place.record.name)),
            *(", ", of(node, "deletedAt"), " = ", param(now)),
        )
    )


def linked_records(place: Place, relation: Relation, model: Model) -> Statement:
    """The records at the other end of a relation of one step, in order.

    Returns:
        A statement that gives a row `[UUID, labels, properties of the relationship]` each.
    """
    node, link, end = Variable("n"), Variable("link"), Variable("end")
    arrow = step(relation.hops[0], link)
    return print_fragment(
        cypher(
            *("MATCH ", place.pattern(node), arrow, "(", end, ":", labels_at(relation, model), ")"),
            *("\nRETURN [", of(end, "id"), ", labels(", end, "), properties(", link, ")] AS row"),
            *(" ORDER BY ", of(end, "id")),
        )
    )


def properties_at_ends(place: Place, relation: Relation, model: Model) -> Statement:
    """The properties of the records at the other end of a relation of one step, in the order of their UUIDs."""
    node, end = Variable("n"), Variable("end")
    arrow = step(relation.hops[0])
    return print_fragment(
        cypher(
            *("MATCH ", place.pattern(node), arrow, "(", end, ":", labels_at(relation, model), ")"),
            *("\nRETURN properties(", end, ") AS row ORDER BY ", of(end, "id")),
        )
    )


def lock_at_ends(place: Place, relation: Relation, model: Model) -> Statement:
    """Let no other transaction change what a relation of one step leads to until this one ends; in order of UUIDs."""
    node, end = Variable("n"), Variable("end")
    return print_fragment(
        cypher(
            *("MATCH ", place.pattern(node), step(relation.hops[0]), "(", end, ":", labels_at(relation, model), ")"),
            *("\nWITH ", end, " ORDER BY ", of(end, "id")),
            locked(end),
        )
    )


def unlink_records(place: Place, relation: Relation, model: Model, kept: Sequence[str]) -> Statement:
    """Take away the relationships of a relation of one step, but those to the records that are kept.

    Where a field leads to one record, what leads to a deleted one goes too: it may come back when another is there.
    """
    node, old, end = Variable("n"), Variable("old"), Variable("end")
    arrow, deleted = step(relation.hops[0], old), "|Deleted" if relation.shape == "one" else ""
    return print_fragment(
        cypher(
            *("MATCH ", place.pattern(node), arrow, "(", end, ":", labels_at(relation, model), deleted, ")"),
            *("\nWHERE NOT ", of(end, "id"), " IN ", param(list(kept)), " DELETE ", old),
        )
    )


def link_to_records(
    place: Place, relation: Relation, model: Model, links: Mapping[str, Mapping[str, Any]]
) -> Statement:
    """Make the relationships of a relation of one step to records that are there, by UUID, and set their properties.

    A relationship that is there stays; null takes a property away.
    """
    node, link, end, row = Variable("n"), Variable("link"), Variable("end"), Variable("row")
    labels = [record.label for record in model.possible(relation.target)]
    rows = [[uuid, dict(properties)] for uuid, properties in links.items()]
    return print_fragment(
        cypher(
            *("MATCH ", place.pattern(node), "\nUNWIND ", param(rows), " AS ", row),
            *("\nMATCH ", keyed(end, labels, place.organization_id, cypher(row, "[0]"))),
            *("\nMERGE (", node, ")", step(relation.hops[0], link), "(", end, ")"),
            *("\nSET ", link, " += ", row, "[1]"),
        )
    )


def note_changes(rows: Sequence[Mapping[str, Any]], shared: Mapping[str, Any]) -> Statement:
    """Write down changes: what was done to which record, with what was before and after; who and when is `shared`."""
    return print_fragment(
        cypher("UNWIND ", param(list(rows)), " AS row\nCREATE (c:Change) SET c = row, c += ", param(dict(shared)))
    )


def labels_at(relation: Relation, model: Model) -> Fragment:
    """The labels of the records that a relation can lead to."""
    return joined("|", [name(record.label) for record in model.possible(relation.target)])


def step(hop: Hop, relationship: Variable | None = None) -> Fragment:
    """The pattern of a step's relationship."""
    kind = cypher(":", joined("|", [name(kind) for kind in hop.types]))
    inner: tuple[Part, ...] = (relationship, kind) if relationship else (kind,)
    return cypher("-[", *inner, "]->") if hop.direction is Direction.OUT else cypher("<-[", *inner, "]-")
