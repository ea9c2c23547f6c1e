"""Arguments: what a field was given, with a memory of what the planner looked at.

A plan serves every request for which the planner would decide alike. So the planner reads a value in one of two ways:
`decide` asks a question whose answer may change the text of the statement and is remembered in the trace of the plan;
`param` makes a parameter that is read anew from the variables of each request. There is no third way to a value, so
the trace is the exact key of the plan: it holds what changes the text and nothing else.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias, TypeVar

from cypher.fragment import Param, late, param
from graph.errors import CostLimitExceeded
from graph.viewer import Viewer

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Inputs:
    """What differs between requests of one shape: who asks, the coerced variables, when, and what was written."""

    viewer: Viewer
    variables: Mapping[str, Any]
    now: dt.datetime = field(default_factory=lambda: dt.datetime.now(dt.UTC))
    written: str = ""
    """The UUID of the record that a mutation has written."""


Reader: TypeAlias = Callable[[Inputs], Any]
"""Reads a value from the inputs of a request."""
FEWER_CONDITIONS = "Filter by fewer conditions; `in` takes many values in one."


MOST_QUESTIONS = 2_000
"""Questions that a plan may depend on: filters of more conditions would keep planners busy for seconds."""


@dataclass(frozen=True, slots=True)
class Question:
    """What the planner asked about the inputs, and what the answer was. Answers are hashable."""

    ask: Reader
    answer: Any


@dataclass(frozen=True, slots=True)
class Trace:
    """The questions of one plan, in the order in which they were asked."""

    questions: list[Question] = field(default_factory=list)

    def remember(self, ask: Reader, answer: Any) -> None:
        """Note that the plan holds only where the answer is the same.

        Raises:
            CostLimitExceeded: when the plan depends on too much.
        """
        if len(self.questions) >= MOST_QUESTIONS:
            raise CostLimitExceeded("The variables hold too many conditions.", hint=FEWER_CONDITIONS)
        self.questions.append(Question(ask, answer))


@dataclass(frozen=True, slots=True)
class Given:
    """A value that a field was given: an argument or a member of one.

    `reader` is None for what the document itself says. `members` are the members of an object or list of the
    document, some of which may come from variables.
    """

    value: Any = field(repr=False)
    reader: Reader | None
    trace: Trace = field(repr=False)
    members: Mapping[Any, Given] | None = None

    def decide(self, question: Callable[[Any], T]) -> T:
        """The answer to a question that changes the text of the statement."""
        answer = question(self.value)
        reader = self.reader
        if reader is not None:
            self.trace.remember(lambda inputs: question(reader(inputs)), answer)
        return answer

    def known(self) -> Any:
        """The value itself, where the text depends on it."""
        return self.decide(_itself)

    def is_null(self) -> bool:
        """Whether it is null."""
        return self.decide(_is_null)

    def items(self) -> Iterator[tuple[str, Given]]:
        """The members of an object."""
        for key in self.decide(tuple):
            yield key, self._member(key)

    def entries(self) -> list[Given]:
        """The members of a list."""
        return [self._member(index) for index in range(self.decide(len))]

    def get(self, key: str) -> Given | None:
        """A member of an object, None when it is absent or null."""
        found = dict(self.items()).get(key)
        return None if found is None or found.is_null() else found

    def param(self, convert: Callable[[Any], Any] | None = None) -> Param:
        """The value as a parameter; `convert` may refuse it by raising BadInput."""
        convert = convert or _itself
        reader = self.reader
        if reader is None:
            return param(convert(self.value))
        return late(lambda inputs: convert(reader(inputs)))

    def read(self, inputs: Inputs) -> Any:
        """The value in a request, for a parameter that is made of several."""
        return self.value if self.reader is None else self.reader(inputs)

    def _member(self, key: Any) -> Given:
        if self.members is not None:
            return self.members[key]
        reader = self.reader
        if reader is None:
            return Given(self.value[key], None, self.trace)
        return Given(self.value[key], lambda inputs: reader(inputs)[key], self.trace)


def composed(value: Any, members: Mapping[Any, Given], trace: Trace) -> Given:
    """An object or list that the document writes out, of members that may come from variables."""
    if all(member.reader is None for member in members.values()):
        return Given(value, None, trace, members)
    if isinstance(value, Mapping):
        return Given(value, lambda inputs: {key: one.read(inputs) for key, one in members.items()}, trace, members)
    ordered: Sequence[Given] = [members[index] for index in range(len(members))]
    return Given(value, lambda inputs: [one.read(inputs) for one in ordered], trace, members)


@dataclass(frozen=True, slots=True)
class Arguments:
    """The arguments of a field, with their defaults."""

    values: Mapping[str, Given]

    def __getitem__(self, name: str) -> Given:
        return self.values[name]

    def get(self, name: str) -> Given | None:
        """An argument, None when it is absent or null."""
        found = self.values.get(name)
        return None if found is None or found.is_null() else found


def _itself(value: Any) -> Any:
    return value


def _is_null(value: Any) -> bool:
    return value is None
