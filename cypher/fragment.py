"""Pieces of Cypher: literal text, variables, parameters and names. The only ways to put anything into a statement.

A value becomes `param(value)`, an identifier `name(identifier)`; there is no third way, so nothing that a caller
sends can become text. Variables and parameters have no names yet: the printer gives them out by order of first use,
so that the same shape of question always gives the same text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, LiteralString, TypeAlias

_IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


@dataclass(frozen=True, slots=True, eq=False)
class Variable:
    """A variable; two are the same only when they are the same object. `hint` makes its name readable."""

    hint: str


@dataclass(frozen=True, slots=True, eq=False)
class Param:
    """A value that travels as a parameter: the same in every request, or read from the inputs of each."""

    value: Any = None
    read: Callable[[Any], Any] | None = None

    def bound(self, inputs: Any) -> Any:
        """The value in a request."""
        return self.value if self.read is None else self.read(inputs)


@dataclass(frozen=True, slots=True)
class Name:
    """An identifier of the model: a label, a relationship type, a property, an index."""

    identifier: str


@dataclass(frozen=True, slots=True)
class Fragment:
    """A piece of Cypher."""

    parts: tuple[Part, ...]


Part: TypeAlias = str | Variable | Param | Name | Fragment


def cypher(*parts: Part) -> Fragment:
    """Put literal text, variables, parameters, names and other fragments in a row."""
    return Fragment(parts)


def param(value: Any) -> Param:
    """A new parameter, the same in every request."""
    return Param(value)


def late(read: Callable[[Any], Any]) -> Param:
    """A new parameter that is read from the inputs of each request."""
    return Param(read=read)


def name(identifier: str) -> Name:
    """A name of the model.

    Raises:
        ValueError: when it is no plain identifier.
    """
    if not _IDENTIFIER.fullmatch(identifier):
        raise ValueError(f"not an identifier: {identifier!r}")
    return Name(identifier)


def joined(separator: LiteralString, parts: Iterable[Part]) -> Fragment:
    """Fragments with a separator between them."""
    found: list[Part] = []
    for part in parts:
        if found:
            found.append(separator)
        found.append(part)
    return Fragment(tuple(found))


def of(variable: Variable, prop: str) -> Fragment:
    """A property of a variable."""
    return cypher(variable, ".", name(prop))
