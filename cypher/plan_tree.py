"""Plans of one field, found by asking of new inputs what the planner asked when it made them.

The planner is deterministic: after the same answers it asks the same next question. So the traces of the plans make a
tree with a question at each fork, and a request walks down by its answers to its plan, or to where one must be made.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from cypher.arguments import Inputs, Question, Reader

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class _Fork(Generic[T]):
    ask: Reader
    ways: dict[Any, _Fork[T] | T] = field(default_factory=dict)


@dataclass(slots=True)
class PlanTree(Generic[T]):
    """Plans by the answers to the planner's questions."""

    _top: _Fork[T] | T | None = None

    def find(self, inputs: Inputs) -> T | None:
        """The plan that serves these inputs, None when there is none yet.

        Raises:
            BadInput: when a question refuses its value, as it would in planning.
        """
        place = self._top
        while isinstance(place, _Fork):
            place = place.ways.get(place.ask(inputs))
        return place

    def __len__(self) -> int:
        return _leaves(self._top)

    def add(self, questions: Sequence[Question], plan: T) -> None:
        """Keep a plan with the questions that were asked for it."""
        if not questions:
            self._top = plan
            return
        first, *others = questions
        if not isinstance(self._top, _Fork):
            self._top = _Fork(first.ask)
        fork, answer = self._top, first.answer
        for question in others:
            further = fork.ways.get(answer)
            if not isinstance(further, _Fork):
                further = fork.ways[answer] = _Fork(question.ask)
            fork, answer = further, question.answer
        fork.ways[answer] = plan


def _leaves(place: object) -> int:
    if isinstance(place, _Fork):
        return sum(map(_leaves, place.ways.values()))
    return place is not None
