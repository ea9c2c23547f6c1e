"""Makes a strict tree of edges that name several parents: the same edges always give the same tree."""

from __future__ import annotations

from enum import Enum


class Verdict(Enum):
    """What becomes of an edge from a child to a parent."""

    TREE = "TREE"
    FURTHER = "FURTHER"
    CYCLE = "CYCLE"
    SELF = "SELF"
    REPEATED = "REPEATED"


class Forest:
    """Grows edge by edge: the first parent that closes no cycle is a node's parent in the tree."""

    def __init__(self) -> None:
        self._parents: dict[str, str] = {}

    def decide(self, child: str, parent: str) -> Verdict:
        """Take the next edge: into the tree, or as a further parent."""
        if child == parent:
            return Verdict.SELF
        if self._parents.get(child) == parent:
            return Verdict.REPEATED
        if self._is_below(parent, child):
            return Verdict.CYCLE
        if child in self._parents:
            return Verdict.FURTHER
        self._parents[child] = parent
        return Verdict.TREE

    def _is_below(self, node: str, other: str) -> bool:
        above = self._parents.get(node)
        while above is not None and above != other:
            above = self._parents.get(above)
        return above == other
