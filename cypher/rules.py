"""Rules: which records of a type viewers of a kind see; `cypher/access.py` makes them predicates."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from graph.scope import Way


@dataclass(frozen=True, slots=True)
class Everything:
    """All records of the organisation."""


@dataclass(frozen=True, slots=True)
class Nothing:
    """No record."""


@dataclass(frozen=True, slots=True)
class ByOwner:
    """Records by the owner of the record that the way leads to."""

    way: Way
    level: str


@dataclass(frozen=True, slots=True)
class ByCustomer:
    """Records by the customer that the way leads to; `public` names the property of those of none that all see."""

    way: Way
    level: str
    public: str = ""


@dataclass(frozen=True, slots=True)
class BesideCustomer:
    """The channel and the group of the viewer's own customer."""


@dataclass(frozen=True, slots=True)
class ByCustomerUser:
    """Records of the customer user that the way leads to."""

    way: Way


@dataclass(frozen=True, slots=True)
class ByWhole:
    """Parts of a type, by what they are part of."""

    part: str


Rule: TypeAlias = Everything | Nothing | ByOwner | ByCustomer | BesideCustomer | ByCustomerUser | ByWhole
"""Which records of a type the viewers of a kind see."""
