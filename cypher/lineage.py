"""Filters across the tree of customers: who is below or above a given customer, and how deep a customer is.

The tree is the viewer's, as in `cypher/hierarchy.py`: the access predicate holds for every node on the way.
"""

from __future__ import annotations

from dataclasses import dataclass

from cypher.access import CHILD_OF, Access
from cypher.arguments import Given
from cypher.fragment import Fragment, Param, Variable, cypher, of
from cypher.patterns import match_fragment
from cypher.plan import Match, NodePattern, Step
from graph.errors import BadInput
from graph.ids import parse_global_id
from graph.model import Direction, Hop

LINEAGE = {"descendantOf": Direction.IN, "ancestorOf": Direction.OUT}
"""The filters that name a customer, with the way from that one to those whom they find."""


@dataclass(frozen=True, slots=True)
class Drive:
    """The filter that the rows of a root connection start from, and their match."""

    member: str
    match: Match


def tree_walk(access: Access, start: NodePattern | Variable, direction: Direction, end: Variable) -> Match:
    """One or more steps up or down the tree, to `end`."""
    node = access.after(Hop(CHILD_OF, direction, "Customer"), Variable("step"))
    return Match(start, (Step(CHILD_OF, direction, node, repeat=(1, None), end=end),))


def drive_from(access: Access, type_name: str, where: Given | None, row: Variable) -> Drive | None:
    """Rows that start from the customer whom `where` names at its top, instead of walking from every customer."""
    if where is None or type_name != "Customer":
        return None
    for member, direction in LINEAGE.items():
        given = where.get(member)
        if given is not None:
            walk = tree_walk(access, access.node("Customer", Variable("named")), direction, row)
            return Drive(member, _from_named(walk, given))
    return None


def lineage_predicate(access: Access, member: str, given: Given, row: Variable) -> Fragment:
    """The customer in `row` is below (above) the given one.

    Both walk upwards, where a tree is narrow: from the row to the one named, or from the one named to the row.
    """
    if member == "descendantOf":
        top = Variable("top")
        walk = tree_walk(access, row, Direction.OUT, top)
        # The end has no label here, so that no plan starts from it and walks down a whole subtree for each row.
        return cypher("EXISTS { ", match_fragment(walk, (_is(top, given),)), " }")
    above = Variable("above")
    walk = _from_named(tree_walk(access, access.node("Customer", Variable("named")), Direction.OUT, above), given)
    return cypher("EXISTS { ", match_fragment(walk, (cypher(above, " = ", row),)), " }")


def depth_block(access: Access, row: Variable, most: Param) -> Fragment:
    """The steps above the customer in `row`, no more than `most`."""
    walk = tree_walk(access, row, Direction.OUT, Variable("top"))
    return cypher("{ ", match_fragment(walk, ()), " RETURN 1 AS one LIMIT ", most, " }")


def _from_named(walk: Match, given: Given) -> Match:
    if not isinstance(walk.start, NodePattern):
        raise TypeError("the walk starts from a node of its own")
    return Match(walk.start, walk.steps, (_is(walk.start.variable, given),))


def _is(variable: Variable, given: Given) -> Fragment:
    return cypher(of(variable, "id"), " = ", given.param(_customer_uuid))


def _customer_uuid(text: str) -> str:
    type_name, uuid = parse_global_id(text)
    if type_name != "Customer":
        raise BadInput(
            f"This is the id of a record of type {type_name}, not Customer.", hint="Pass the id of a customer."
        )
    return uuid
