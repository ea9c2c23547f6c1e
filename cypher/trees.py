"""Statements about trees: whether a record is below another one."""

from __future__ import annotations

from cypher.access import Access
from cypher.arguments import Inputs
from cypher.fragment import Variable, cypher, name, of, param
from cypher.printer import Statement, print_fragment
from cypher.writes import Place


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
            *(
                "MATCH ",
                below.pattern(start),
                "\nMATCH path = (",
                start,
                ")-[:",
                name(kind),
                "*0..]->(",
                end,
                ":",
                label,
            ),
            *(") WHERE ", of(end, "id"), " = ", param(above.uuid)),
            *("\nRETURN [", node, " IN reverse(nodes(path)) | ", shown, "] AS row"),
        ),
        inputs,
    )
