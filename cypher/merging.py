"""Statements that put the relationships of records in another place, whatever their types, and know them again.

A relationship is told by its holder, the record that is merged, by its type and direction and by its other end. Both
ends may be deleted meanwhile: relationships are kept, so that what was undone finds them.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from cypher.access import Access
from cypher.arguments import Inputs
from cypher.fragment import Fragment, Variable, cypher, joined, name, of, param
from cypher.patterns import match_fragment
from cypher.plan import Match, Step
from cypher.printer import Statement, print_fragment
from cypher.writes import Place, keyed, locked
from graph.model import RecordType

MERGED_INTO = "MERGED_INTO"
"""Leads from a record that was merged, and so deleted, to the one that took its place."""


def lock_holders(record: RecordType, organization_id: str, uuids: Sequence[str], kinds: Collection[str]) -> Statement:
    """Let no other transaction change the records from which relationships of some types lead to these records."""
    end = Variable("end")
    return print_fragment(
        cypher(
            *("UNWIND ", param(list(uuids)), " AS uuid"),
            *("\nMATCH ", keyed(Variable("n"), (record.label,), organization_id, "uuid")),
            *("<-[:", _either(kinds), "]-(", end, ")"),
            *("\nWITH DISTINCT ", end, " ORDER BY ", of(end, "id")),
            locked(end),
        )
    )


def relationships_of(
    record: RecordType, organization_id: str, uuids: Sequence[str], kinds: Collection[str]
) -> Statement:
    """The relationships of some types that records have, whether they are deleted or not.

    Returns:
        A statement that gives a row each: `[UUID of the record, type, whether it leads from the record, type and UUID
        of the other end, properties]`.
    """
    node, rel, end = Variable("n"), Variable("rel"), Variable("end")
    known = cypher("coalesce(", of(end, "deletedType"), ", [label IN labels(", end, ") WHERE label <> 'Record'")
    return print_fragment(
        cypher(
            *("UNWIND ", param(list(uuids)), " AS uuid"),
            *("\nMATCH ", keyed(node, (record.label, "Deleted"), organization_id, "uuid")),
            *("-[", rel, ":", _either(kinds), "]-(", end, ")"),
            *("\nRETURN [", of(node, "id"), ", type(", rel, "), startNode(", rel, ") = ", node, ", "),
            *(known, " AND label <> 'Activity'][0]), ", of(end, "id"), ", properties(", rel, ")] AS row"),
            *("\nORDER BY ", of(end, "id")),
        )
    )


def set_relationships(
    record: RecordType,
    organization_id: str,
    relationship: tuple[str, bool, RecordType],
    rows: Sequence[tuple[str, str, Mapping[str, Any]]],
) -> Statement:
    """Make relationships, or give those that are there these properties and no other ones.

    Args:
        record: the type of the records that hold them.
        organization_id: whose they are.
        relationship: their type, whether they lead from the record, and the type of their other end.
        rows: UUIDs of record and other end, and the properties.
    """
    rel = Variable("rel")
    found, way = _path(record, organization_id, relationship, rel)
    shown = param([[holder, end, dict(properties)] for holder, end, properties in rows])
    return print_fragment(cypher("UNWIND ", shown, " AS row", found, "\nMERGE ", way, " SET ", rel, " = row[2]"))


def cut_relationships(
    record: RecordType,
    organization_id: str,
    relationship: tuple[str, bool, RecordType],
    rows: Sequence[tuple[str, str]],
) -> Statement:
    """Take relationships away; the arguments are those of `set_relationships`."""
    rel = Variable("rel")
    found, way = _path(record, organization_id, relationship, rel)
    shown = param([list(row) for row in rows])
    return print_fragment(cypher("UNWIND ", shown, " AS row", found, "\nMATCH ", way, " DELETE ", rel))


def note_moves(organization_id: str, write_id: str, parts: Sequence[tuple[str, str]], *, last: bool) -> Statement:
    """Write down the relationships that a write has put elsewhere, in parts: UUID and text of each.

    `last` tells that they moved after the fields of records had changed.
    """
    return print_fragment(
        cypher(
            *("UNWIND ", param([list(part) for part in parts]), " AS part"),
            *("\nCREATE (:ChangePart {organizationId: ", param(organization_id), ", writeId: ", param(write_id)),
            *(", id: part[0], moves: part[1], last: ", param(last), "})"),
        )
    )


def moves_of(organization_id: str, write_id: str) -> Statement:
    """The parts that `note_moves` has written for a write, a row `[text, last]` each, in their order."""
    return print_fragment(
        cypher(
            *("MATCH (p:ChangePart {organizationId: ", param(organization_id), ", writeId: ", param(write_id), "})"),
            "\nRETURN [p.moves, p.last] AS row ORDER BY p.id",
        )
    )


def winner_of(place: Place, seen: Access, inputs: Inputs) -> Statement:
    """The name of the record into which a deleted one was merged, where the viewer sees it: one row, or none."""
    winner = Variable("winner")
    lost = keyed(Variable("lost"), ("Deleted",), place.organization_id, param(place.uuid))
    return print_fragment(
        cypher(
            *("MATCH ", lost, "-[:", name(MERGED_INTO), "*1..]->(", winner, ":", name(place.record.label), ")"),
            *("\nWHERE ", seen.predicate(place.record.name, winner), " RETURN ", of(winner, "displayName"), " AS row"),
        ),
        inputs,
    )


def count_moved(
    place: Place, ends: Mapping[str, Collection[str]], kinds: Sequence[str], seen: Access, inputs: Inputs
) -> Statement:
    """How many of the relationships of a record to other ones the viewer sees, by type.

    Args:
        place: the record.
        ends: the UUIDs of the other ends that count, by type of relationship.
        kinds: the types of the records at the other ends.
        seen: what the viewer sees.
        inputs: of the request.

    Returns:
        A statement that gives a row for each type: `[type, number]`.
    """
    node, rel, end = Variable("n"), Variable("rel"), Variable("end")
    pattern = seen.neighbor(place.record.name, kinds, end)
    step = Step(tuple(sorted(ends)), None, pattern, rel)
    keyed = cypher("MATCH ", place.pattern(node), "\n")
    among = cypher(
        of(end, "id"), " IN ", param({kind: list(uuids) for kind, uuids in ends.items()}), "[type(", rel, ")]"
    )
    found = match_fragment(Match(node, (step,)), (among,))
    counted = cypher("\nWITH type(", rel, ") AS kind, count(*) AS number RETURN [kind, number] AS row ORDER BY kind")
    return print_fragment(cypher(keyed, found, counted), inputs)


def _path(
    record: RecordType, organization_id: str, relationship: tuple[str, bool, RecordType], rel: Variable
) -> tuple[Fragment, Fragment]:
    """The clauses that find the ends of relationships, and the pattern between them."""
    kind, out, other = relationship
    node, end = Variable("n"), Variable("end")
    found = cypher(
        *("\nMATCH ", keyed(node, (record.label, "Deleted"), organization_id, "row[0]")),
        *("\nMATCH ", keyed(end, (other.label, "Deleted"), organization_id, "row[1]")),
    )
    first, second = (node, end) if out else (end, node)
    return found, cypher("(", first, ")-[", rel, ":", name(kind), "]->(", second, ")")


def _either(kinds: Collection[str]) -> Fragment:
    return joined("|", [name(kind) for kind in sorted(kinds)])
