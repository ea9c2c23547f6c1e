"""Invents inputs for mutations from the schema alone: ids of what is there and of what is not, texts of every kind."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from graphql import GraphQLInputObjectType

from graph.ids import global_id
from tests.generating.values import ValueMaker, bare, one_of

ODD = (
    *("", " ", "\0", "x" * 400, "\u202e\u0301", "' OR 1=1 //", "`}) DETACH DELETE n", "$org", "*:*", "Ünïcode 東京"),
    *("a@b.example", "no address", "null", "-1", "2026-02-30", "\ud7ff", "<img src=x onerror=alert(1)>", "\r\n"),
)
NOBODY = global_id("Customer", "018cc440-5680-785c-b218-183863de9544")
GARBAGE = ("", "garbage", "Q3VzdG9tZXI6", NOBODY, "\0", "x" * 300)
"""Ids that name nothing."""
LEFT_OUT = ("idempotencyKey", "treeAccounts")
"""Fields without which no input is a replay, and no rule changes over what is there."""
MOST_LEVELS = 3
"""Levels of an input, beyond which little is given."""


@dataclass(frozen=True, slots=True)
class InputMaker(ValueMaker):
    """Invents the input of a mutation; `ids` are those of the records there, by type."""

    verb: str = ""
    ids: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def members(self, type_: GraphQLInputObjectType, depth: int) -> list[str]:
        """What must be given, and some of the rest."""
        found = ValueMaker.members(self, type_, depth)
        if one_of(type_):
            return found
        more = [name for name in sorted(type_.fields) if depth < MOST_LEVELS and self.chance(0.25)]
        return [name for name in dict.fromkeys([*found, *more]) if name not in LEFT_OUT]

    def identifier(self, name: str) -> str:
        """An id of a type that the name of the field or of the mutation tells, now and then of any, or none."""
        if self.chance(0.04):
            return self.rng.choice(GARBAGE)
        told = name.removesuffix("Ids").removesuffix("Id")
        by_name = [kind for kind in self.ids if kind.lower() in (told.lower(), told.lower().removesuffix("s"))]
        by_verb = [kind for kind in self.ids if re.search(f"{kind}s?$", self.verb)]
        known = by_name or by_verb
        kinds = known if known and not self.chance(0.05) else sorted(self.ids)
        return self.rng.choice(self.ids[self.rng.choice(kinds)])

    def text(self, name: str) -> str:
        """A plain text, a good one for what has a form, or an odd one."""
        if self.chance(0.1):
            return self.rng.choice(ODD)
        if "email" in name.lower():
            return f"{self.rng.choice(('iris', 'Olaf'))}{self.rng.randint(0, 99)}@oak.example"
        return f"{self.rng.choice(('Iris', 'Olaf', 'Ruth'))} {self.rng.randint(0, 99)}"

    def integer(self, name: str) -> int:
        """A version that is often right, or a number."""
        return self.rng.choice((1, 1, 2, 0)) if name == "expectedVersion" else ValueMaker.integer(self, name)


def leads_somewhere(type_: Any, path: Sequence[str]) -> bool:
    """Whether a path is one of fields and places of an input type."""
    for part in path:
        inner = bare(type_)
        if part.isdecimal():
            if not hasattr(inner, "of_type"):
                return False
            type_ = inner.of_type
        elif isinstance(inner, GraphQLInputObjectType) and part in inner.fields:
            type_ = inner.fields[part].type
        else:
            return False
    return True
