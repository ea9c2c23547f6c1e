"""Makes a failing case short: takes away whatever it fails without."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from typing import Any

from graphql import (
    REMOVE,
    ArgumentNode,
    DirectiveNode,
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    GraphQLSchema,
    InlineFragmentNode,
    Node,
    ObjectFieldNode,
    VariableDefinitionNode,
    VariableNode,
    Visitor,
    parse,
    print_ast,
    validate,
    visit,
)

from tests.generating.documents import Case

REMOVABLE = (FieldNode, InlineFragmentNode, FragmentSpreadNode, ArgumentNode, DirectiveNode, ObjectFieldNode)
MOST_TRIALS = 2000


async def shrunk(schema: GraphQLSchema, case: Case, fails: Callable[[Case], Awaitable[bool]]) -> Case:
    """The shortest case that still fails and that taking away one thing after the other leads to."""
    trials = 0
    found = True
    while found and trials < MOST_TRIALS:
        found = False
        for smaller in _smaller(schema, case):
            trials += 1
            if await fails(smaller):
                case, found = smaller, True
                break
    return case


def _smaller(schema: GraphQLSchema, case: Case) -> Iterator[Case]:
    """The valid cases that lack one thing, those that lack most first."""
    document = parse(case.query)
    counter = _Remove(-1)
    visit(document, counter)
    for place in range(counter.seen):
        try:
            query = _without_unused(print_ast(visit(document, _Remove(place))))
            if validate(schema, parse(query, allow_empty_selection_sets=False), max_errors=1):
                continue
        except GraphQLError:
            continue
        kept = {name: value for name, value in case.variables.items() if f"${name}:" in query}
        yield replace(case, query=query, variables=kept)


class _Remove(Visitor):
    """Removes the removable node of a number, and counts them."""

    def __init__(self, place: int) -> None:
        super().__init__()
        self.place, self.seen = place, 0

    def enter(self, node: Node, *_: Any) -> Any:
        if isinstance(node, REMOVABLE):
            self.seen += 1
            if self.seen - 1 == self.place:
                return REMOVE
        return None


class _Used(Visitor):
    """The fragments and variables that a document uses."""

    def __init__(self) -> None:
        super().__init__()
        self.names: set[str] = set()

    def enter_fragment_spread(self, node: FragmentSpreadNode, *_: Any) -> None:
        self.names.add(node.name.value)

    def enter_variable_definition(self, _node: VariableDefinitionNode, *_: Any) -> Any:
        return False

    def enter_variable(self, node: VariableNode, *_: Any) -> None:
        self.names.add(f"${node.name.value}")


class _Unused(Visitor):
    """Removes the fragments and variables that nothing uses."""

    def __init__(self, names: set[str]) -> None:
        super().__init__()
        self.names = names

    def enter_fragment_definition(self, node: FragmentDefinitionNode, *_: Any) -> Any:
        return None if node.name.value in self.names else REMOVE

    def enter_variable_definition(self, node: VariableDefinitionNode, *_: Any) -> Any:
        return None if f"${node.variable.name.value}" in self.names else REMOVE


def _without_unused(query: str) -> str:
    while True:
        document: DocumentNode = parse(query)
        used = _Used()
        visit(document, used)
        shorter = print_ast(visit(document, _Unused(used.names)))
        if shorter == query:
            return query
        query = shorter
