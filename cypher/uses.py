"""What depends on a record: how many records its relationships lead to, seen by the viewer and in all."""

from __future__ import annotations

from collections.abc import Sequence

from cypher.access import Access
from cypher.arguments import Inputs
from cypher.fragment import Fragment, Variable, cypher, joined
from cypher.patterns import match_fragment, relation_match
from cypher.plan import Match, Step
from cypher.printer import Statement, print_fragment
from cypher.writes import Place
from graph.model import Hop


def count_uses(place: Place, hops: Sequence[Hop], seen: Access, inputs: Inputs) -> Statement:
    """How many records each step from a record leads to: one row, for each step `[that the viewer sees, in all]`."""
    node = Variable("n")
    counts = [cypher("[", _count(_seen(hop, node, seen)), ", ", _count(_all(hop, node, seen)), "]") for hop in hops]
    return print_fragment(cypher("MATCH ", place.pattern(node), "\nRETURN [", joined(", ", counts), "] AS row"), inputs)


def _seen(hop: Hop, node: Variable, seen: Access) -> Match:
    match, _, _ = relation_match(seen, (hop,), node)
    return match


def _all(hop: Hop, node: Variable, seen: Access) -> Match:
    return Match(node, (Step(hop.types, hop.direction, seen.again(hop.target, Variable("any"))),))


def _count(match: Match) -> Fragment:
    return cypher("COUNT { ", match_fragment(match, ()), " }")
