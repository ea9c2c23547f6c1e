"""Statements about trees: whether a record is below another one, and what is above some."""

from __future__ import annotations

from collections.abc import Sequence

from cypher.access import Access
from cypher.arguments import Inputs
from cypher.fragment import Variable, cypher, name, of, param
from cypher.printer import Statement, print_fragment
from cypher.writes import Place
from graph.model import RecordType


def way_down(above: Place, below: Place, kind: str, seen: Access, inputs: Inputs) -> Statement:
    """The names on the way from a record down to one below it, both included: one row; none when it is not below.

    Those that the viewer does not see have no name.

    Args:
        above: the record above, which may be the other one itself.
        below: the record below.
        kind: the type of the relationship from a record to the one above it.
        seen: what the viewer sees.
        inputs: of the request.
    """
    start, end, node, label = Variable("below"), Variable("above"), Variable("node"), name(above.record.label)
    there = cypher(node, ":", label, " AND ", seen.predicate(above.record.name, node))
    shown = cypher("CASE WHEN ", there, " THEN ", of(node, "displayName"), " ELSE '…' END")
    return print_fragment(
        cypher(
            *("MATCH ", below.pattern(start), "\nMATCH path = (", start, ")-[:", name(kind), "*0..]->"),
            *("(", end, ":", label, ") WHERE ", of(end, "id"), " = ", param(above.uuid)),
            *("\nRETURN [", node, " IN reverse(nodes(path)) | ", shown, "] AS row"),
        ),
        inputs,
    )


def ways_up(record: RecordType, uuids: Sequence[str], kind: str, seen: Access, inputs: Inputs) -> Statement:
    """Some records and all above them in their tree.

    Args:
        record: the type of the records.
        uuids: those at which the ways begin.
        kind: the type of the relationship from a record to the one above it.
        seen: what the viewer sees.
        inputs: of the request.

    Returns:
        A statement that gives a row `[UUID, UUID of the one above or null, name]` for each record once; those that the
        viewer does not see have no name.
    """
    node, above, label = Variable("node"), Variable("above"), name(record.label)
    there = cypher("(:", label, " {organizationId: ", seen.organization, ", id: uuid})")
    up = cypher("-[:", name(kind), "]->(", above, ":", label, ")")
    shown = cypher("CASE WHEN ", seen.predicate(record.name, node), " THEN ", of(node, "displayName"), " ELSE '…' END")
    return print_fragment(
        cypher(
            *("UNWIND ", param(list(uuids)), " AS uuid\nMATCH ", there, "-[:", name(kind), "*0..]->(", node),
            *(":", label, ")\nWITH DISTINCT ", node),
            *("\nRETURN [", of(node, "id"), ", head(COLLECT { MATCH (", node, ")", up, " RETURN ", of(above, "id")),
            *(" }), ", shown, "] AS row"),
        ),
        inputs,
    )
