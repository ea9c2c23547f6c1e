"""Paths of the model as patterns: the hops of a relation from a variable, every node with its access predicate."""

from __future__ import annotations

from cypher.access import Access
from cypher.fragment import Fragment, Param, Part, Variable, cypher, joined, name, of
from cypher.plan import Match, NodePattern, ShortestPaths, Step
from graph.model import Direction, Hop


def relation_match(
    access: Access, hops: tuple[Hop, ...], source: Variable, end: Variable | None = None
) -> tuple[Match, Variable, Variable]:
    """The match that follows the hops.

    Returns:
        The match, the variable of its last node, and the variable of its last relationship.
    """
    steps: list[Step] = []
    relationship = Variable("rel")
    for number, hop in enumerate(hops):
        last = number == len(hops) - 1
        node = access.after(hop, end if last else None)
        if hop.optional:
            # The node after a step that may be left out is the source itself or the step's node.
            steps.append(Step(hop.types, hop.direction, node, repeat=(0, 1), end=Variable("via")))
        else:
            steps.append(Step(hop.types, hop.direction, node, relationship if last else None))
    return Match(source, tuple(steps)), steps[-1].node.variable, relationship


def match_fragment(match: Match, predicates: tuple[Fragment, ...]) -> Fragment:
    """`MATCH … WHERE …` as a fragment, for a subquery inside an expression."""
    where: list[Fragment] = []
    parts: list[Part] = ["MATCH "]
    if isinstance(match.start, NodePattern):
        where.append(match.start.predicate)
        parts.append(node_fragment(match.start))
    else:
        parts += ["(", match.start, ")"]
    for step in match.steps:
        parts.append(step_fragment(step))
        if step.repeat is None:
            where.append(step.node.predicate)
    if match.index and isinstance(match.start, NodePattern):
        stored = joined(", ", [name(prop) for prop in match.index])
        parts += [" USING INDEX ", match.start.variable, ":", name(match.start.labels[0]), "(", stored, ")"]
    where += [*match.where, *predicates]
    if where:
        parts += [" WHERE ", joined(" AND ", where)]
    return Fragment(tuple(parts))


def named_predicates(access: Access, type_name: str, uuid: Param) -> tuple[Fragment, ...]:
    """That the viewer may see a record which an argument names: else what it has would tell of it."""
    if access.sees_all(type_name):
        return ()
    node = access.node(type_name, Variable("named"))
    return (cypher("EXISTS { ", match_fragment(Match(node), (cypher(of(node.variable, "id"), " = ", uuid),)), " }"),)


def shortest_fragment(paths: ShortestPaths) -> Fragment:
    """`path = allShortestPaths((a)-[:TYPE*..6]-(b))`."""
    start, end = paths.ends
    types = joined("|", [name(kind) for kind in paths.types])
    bounds = f"*..{int(paths.most)}"
    return cypher(
        *(paths.path, " = allShortestPaths((", start, ")-[:", types),
        *(Fragment((bounds,)), "]-(", end, "))"),
    )


def node_fragment(node: NodePattern, where: Fragment | None = None) -> Fragment:
    """`(variable:Label WHERE predicate)`."""
    labels = joined("|", [name(label) for label in node.labels])
    inline = (cypher(" WHERE ", where),) if where else ()
    return cypher("(", node.variable, ":", labels, *inline, ")")


def step_fragment(step: Step) -> Fragment:
    """`-[relationship:TYPE]->(node)`, quantified when the step repeats."""
    types = joined("|", [name(kind) for kind in step.types])
    bound = (step.relationship,) if step.relationship else ()
    head = "<-[" if step.direction is Direction.IN else "-["
    arrow = cypher(head, *bound, ":", types, "]->" if step.direction is Direction.OUT else "]-")
    if step.repeat is None:
        return cypher(arrow, node_fragment(step.node))
    least, most = step.repeat
    bounds = f"{{{int(least)},{'' if most is None else int(most)}}} "
    end = (step.end,) if step.end else ()
    return cypher("(()", arrow, node_fragment(step.node, step.node.predicate), ")", Fragment((bounds,)), "(", *end, ")")
