"""Statements of undo: what a write has changed, how its records are now, and deleted ones brought back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from cypher.access import Access
from cypher.arguments import Inputs
from cypher.fragment import Variable, cypher, joined, name, of, param
from cypher.printer import Statement, print_fragment
from cypher.writes import Place, keyed, locked, step
from graph.model import Hop


def changes_by(organization_id: str, key: str, uuid: str) -> Statement:
    """The changes whose `id` or `writeId` it is, a row of their properties each, in the order of the write."""
    known = cypher("{organizationId: ", param(organization_id), ", ", name(key), ": ", param(uuid), "}")
    return print_fragment(cypher("MATCH (c:Change ", known, ") RETURN properties(c) AS row ORDER BY c.id"))


def wholes_of(type_name: str, uuids: Sequence[str], organization_id: str) -> Statement:
    """The records that email addresses, phone numbers or addresses are parts of: a row `[type, UUID]` each."""
    organization = param(organization_id)
    return print_fragment(
        cypher(
            *("UNWIND ", param(list(uuids)), " AS id"),
            *("\nMATCH (n:", name(type_name), " {organizationId: ", organization, ", id: id})"),
            "<-[:HAS_EMAIL|HAS_PHONE|HAS_ADDRESS]-(w:Contact|Customer)",
            "\nRETURN DISTINCT [CASE WHEN w:Contact THEN 'Contact' ELSE 'Customer' END, w.id] AS row",
        )
    )


def state_of(
    place: Place, seen: Access, reached: Access, inputs: Inputs, *, along: bool = False, going: bool = False
) -> Statement:
    """A record as it is now, deleted or not; locked, perhaps because it is `going` to go.

    What is out of reach is not locked, so that nobody holds up others with it, unless it goes `along` with another one.

    Returns:
        A statement that gives one row, or none: `[whether it is deleted, whether the viewer sees it, or did, whether
        the viewer reaches it, or did, its properties]`.
    """
    node, may, type_name = Variable("n"), Variable("may"), place.record.name
    asked = [
        cypher(
            *("coalesce(CASE WHEN ", node, ":Deleted THEN ", found.deleted(type_name, node).predicate),
            *(" ELSE ", found.predicate(type_name, node), " END, false)"),
        )
        for found in (seen, reached)
    ]
    return print_fragment(
        cypher(
            *("MATCH ", place.pattern(node, "Deleted")),
            *("\nWITH ", node, ", ", param(along), " OR ", joined(" AND ", asked), " AS ", may),
            *("\nFOREACH (one IN CASE WHEN ", may, " THEN [1] ELSE [] END |", locked(node, going=going), ")"),
            # What came within reach since is read without its lock: it is not taken for reached.
            *("\nWITH ", node, ", ", may, " RETURN [", node, ":Deleted, ", asked[0], ", ", may, " AND ", asked[1]),
            *(", properties(", node, ")] AS row"),
        ),
        inputs,
    )


def restore_record(place: Place, now: dt.datetime) -> Statement:
    """Bring a deleted record back, with what it had."""
    node = Variable("n")
    labels = joined(":", [name(label) for label in place.record.labels])
    return print_fragment(
        cypher(
            *("MATCH ", keyed(node, ("Deleted",), place.organization_id, param(place.uuid))),
            *("\nREMOVE ", node, ":Deleted, ", of(node, "deletedType"), ", ", of(node, "deletedAt")),
            *("\nSET ", node, ":", labels, ", ", of(node, "updatedAt"), " = ", param(now)),
            *(", ", of(node, "version"), " = ", of(node, "version"), " + 1"),
        )
    )


def key_in_use(place: Place, key: Mapping[str, Any]) -> Statement:
    """Whether another record of the type has a unique key: one row."""
    node = Variable("n")
    equal = joined("", [cypher(", ", name(prop), ": ", param(value)) for prop, value in key.items()])
    pattern = cypher("(", node, ":", name(place.record.label), " {organizationId: ", param(place.organization_id))
    return print_fragment(
        cypher(
            *("RETURN EXISTS { MATCH ", pattern, equal, "}) WHERE ", of(node, "id"), " <> ", param(place.uuid)),
            " } AS row",
        )
    )


def ends_of(place: Place, hop: Hop) -> Statement:
    """Where a step from a record that may be deleted leads: a row `[UUID, whether it is deleted]` each."""
    node, end = Variable("n"), Variable("end")
    return print_fragment(
        cypher(
            *("MATCH ", place.pattern(node, "Deleted"), step(hop), "(", end, ")"),
            *(" RETURN [", of(end, "id"), ", ", end, ":Deleted] AS row"),
        )
    )


def is_needed(place: Place, hops: Sequence[Hop], besides: Sequence[str]) -> Statement:
    """Whether a record that is there is where another one's field leads, by the steps from it to such ones: one row.

    Those with the UUIDs `besides` don't count.
    """
    node, other = Variable("n"), Variable("other")
    counts = cypher(" WHERE NOT ", of(other, "id"), " IN ", param(list(besides)), " }")
    used = [
        cypher("EXISTS { MATCH (", node, ")", step(hop), "(", other, ":", name(hop.target), ")", counts) for hop in hops
    ]
    return print_fragment(cypher("MATCH ", place.pattern(node), " RETURN ", joined(" OR ", used), " AS row"))
