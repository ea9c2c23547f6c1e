"""Limits of a document, checked after parsing and before validation, and of variables, each in one linear walk.

Each fragment is measured once, however often it is spread, so that a document can't make the check itself expensive.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
)

from graph.errors import CostLimitExceeded

ENDLESS = 10**9
"""What a fragment that spreads itself is measured at; validation would refuse it too."""


@dataclass(frozen=True, slots=True)
class DocumentLimits:
    """How large a document may be."""

    tokens: int = 5_000
    depth: int = 20
    aliases: int = 30
    directives: int = 50
    root_fields: int = 20
    fields: int = 1_500
    values: int = 25_000
    """Values in the variables of a request, those inside of lists and objects too."""


@dataclass(frozen=True, slots=True)
class Size:
    """What a selection set holds when its fragments are spread: levels of fields, and counts.

    `fields` are those of this level alone, `all_fields` those of all levels.
    """

    depth: int = 0
    fields: int = 0
    all_fields: int = 0
    aliases: int = 0
    directives: int = 0

    def beside(self, other: Size) -> Size:
        """Both in one selection set."""
        return Size(
            max(self.depth, other.depth),
            min(self.fields + other.fields, ENDLESS),
            min(self.all_fields + other.all_fields, ENDLESS),
            min(self.aliases + other.aliases, ENDLESS),
            min(self.directives + other.directives, ENDLESS),
        )


def check_document(document: DocumentNode, limits: DocumentLimits) -> None:
    """Measure every operation of a document.

    Raises:
        CostLimitExceeded: when one is too deep, or has too many fields, aliases or directives.
    """
    measure = _Measure(
        {node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)}, {}
    )
    for definition in document.definitions:
        if not isinstance(definition, OperationDefinitionNode):
            continue
        size = measure.selection_set(definition.selection_set)
        for word, found, most in (
            ("levels deep", size.depth, limits.depth),
            ("aliases", size.aliases, limits.aliases),
            ("directives", size.directives + len(definition.directives or ()), limits.directives),
            ("root fields", size.fields, limits.root_fields),
            ("fields", size.all_fields, limits.fields),
        ):
            if found > most:
                shown = "endless" if found >= ENDLESS else str(found)
                raise CostLimitExceeded(
                    f"The operation has {shown} {word}; {most} are allowed.", hint="Ask in several smaller operations."
                )


def check_variables(variables: Mapping[str, Any] | None, limits: DocumentLimits) -> None:
    """Count the values before each is compared with its type.

    Raises:
        CostLimitExceeded: when there are too many.
    """
    count, found = 0, [iter((variables or {}).values())]
    while found:
        for value in found.pop():
            count += 1
            if isinstance(value, dict):
                found.append(iter(value.values()))
            elif isinstance(value, list):
                found.append(iter(value))
        if count > limits.values:
            raise CostLimitExceeded(
                f"The variables hold more than {limits.values} values.", hint="Split the request into several."
            )


@dataclass(slots=True)
class _Measure:
    fragments: dict[str, FragmentDefinitionNode]
    sizes: dict[str, Size]

    def selection_set(self, selections: SelectionSetNode) -> Size:
        """The size of a selection set."""
        total = Size()
        for node in selections.selections:
            directives = Size(directives=len(node.directives or ()))
            if isinstance(node, FieldNode):
                inner = self.selection_set(node.selection_set) if node.selection_set else Size()
                aliases = inner.aliases + (node.alias is not None)
                here = Size(inner.depth + 1, 1, inner.all_fields + 1, aliases, inner.directives)
            elif isinstance(node, FragmentSpreadNode):
                here = self.fragment(node.name.value)
            elif isinstance(node, InlineFragmentNode):
                here = self.selection_set(node.selection_set)
            else:
                here = Size()
            total = total.beside(here).beside(directives)
        return total

    def fragment(self, name: str) -> Size:
        """The size of a fragment, measured once."""
        if name not in self.sizes:
            # Until it is measured, a fragment that spreads itself is endless.
            self.sizes[name] = Size(ENDLESS, ENDLESS, ENDLESS, ENDLESS, ENDLESS)
            if name in self.fragments:
                self.sizes[name] = self.selection_set(self.fragments[name].selection_set)
            else:
                self.sizes[name] = Size()
        return self.sizes[name]
