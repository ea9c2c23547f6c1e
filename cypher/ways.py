"""Ways from a record to those that decide who may see it, as pieces of predicates."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from cypher.fragment import Fragment, Part, Variable, cypher, joined, name
from graph.model import Direction
from graph.scope import Way


def either(conditions: Sequence[Fragment]) -> Fragment:
    """One of the conditions holds; never when there is none."""
    return cypher("(", joined(" OR ", conditions), ")") if conditions else cypher("false")


def arrow(types: tuple[str, ...], direction: Direction) -> Fragment:
    """A relationship of one of the types."""
    named = joined("|", [name(kind) for kind in types])
    return cypher("-[:", named, "]->") if direction is Direction.OUT else cypher("<-[:", named, "]-")


def steps(way: Way) -> Fragment:
    """The steps of a way, each to a record that is there: one that was deleted keeps its relationships."""
    parts: list[Part] = []
    for hop in way:
        parts += [arrow(hop.types, hop.direction), "(:", name(hop.target), ")"]
    return Fragment(tuple(parts))


def led(way: Way, variable: Variable, holds: Callable[[Variable], Fragment]) -> Fragment:
    """What holds for the node that a way of one step at most leads to."""
    if not way:
        return holds(variable)
    end = Variable("end")
    return cypher(
        "EXISTS { (", variable, ")", arrow(way[0].types, way[0].direction), "(", end, ") WHERE ", holds(end), " }"
    )
