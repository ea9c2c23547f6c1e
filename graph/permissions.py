"""Permissions: what roles let their holders do, on which records and how far, and which sensitive fields they hide.

A role stores its permissions as texts, `Customer VIEW UNIT`, and what it hides as `Contact EMAIL`. Holders of several
roles have the highest level that one of them gives; a field is hidden from them when each of their roles that lets
them see such records hides it.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from types import MappingProxyType

import strawberry
from strawberry import enum_value as value


@strawberry.enum(description="What can be done to a record.")
class Action(Enum):
    """What can be done to a record."""

    VIEW = value("VIEW", description="See it.")
    CREATE = value("CREATE", description="Make a new one.")
    EDIT = value("EDIT", description="Change it.")
    DELETE = value("DELETE", description="Delete it.")
    ASSIGN = value("ASSIGN", description="Give it to another owner.")


@strawberry.enum(description="How far a permission reaches.")
class AccessLevel(Enum):
    """How far a permission reaches: members of staff and customer users each have a scale of their own."""

    NONE = value("NONE", description="Nowhere.")
    USER = value("USER", description="To what one owns oneself.")
    UNIT = value("UNIT", description="Staff: to what is owned in one's own business units.")
    DIVISION = value("DIVISION", description="Staff: to what is owned in one's own units and all below them.")
    DEPARTMENT = value("DEPARTMENT", description="Customer users: to what is of one's own customer.")
    CORPORATE = value("CORPORATE", description="Customer users: to what is of one's own customer and all below it.")
    ORGANIZATION = value("ORGANIZATION", description="Staff: to the whole organisation.")
    SYSTEM = value("SYSTEM", description="Staff: to every organisation, one at a time.")
    FULL = value("FULL", description="Customer users: to things that have no owner, such as products.")


@strawberry.enum(description="Fields of a record that a role can hide.")
class Sensitive(Enum):
    """Fields of a record that a role can hide."""

    EMAIL = value("EMAIL", description="Email addresses.")
    PHONE = value("PHONE", description="Phone numbers.")
    ADDRESS = value("ADDRESS", description="Postal addresses.")
    BIRTHDAY = value("BIRTHDAY", description="The date of birth.")
    MONEY = value("MONEY", description="Amounts of money.")


ACTIONS = tuple(action.name for action in Action)
STAFF_SCALE = ("NONE", "USER", "UNIT", "DIVISION", "ORGANIZATION", "SYSTEM")
CUSTOMER_SCALE = ("NONE", "USER", "DEPARTMENT", "CORPORATE", "FULL")
_RANK = {level.name: rank for rank, level in enumerate(AccessLevel)}


def rank(level: str) -> int:
    """The place of a level in its scale; higher reaches further."""
    return _RANK[level]


@dataclass(frozen=True, slots=True)
class Role:
    """What a role gives: levels by entity and action, and the sensitive fields by entity that it hides."""

    name: str
    levels: Mapping[tuple[str, str], str] = field(default_factory=dict)
    hidden: frozenset[tuple[str, str]] = frozenset()

    @classmethod
    def read(cls, name: str, permissions: Iterable[str], hidden: Iterable[str]) -> Role:
        """A role as it is stored. What says nothing known gives nothing and hides nothing."""
        levels = {}
        for text in permissions:
            entity, action, level = (*text.split(), "", "", "")[:3]
            if action in ACTIONS and level in _RANK:
                levels[entity, action] = level
        pairs = (tuple(text.split()) for text in hidden)
        return cls(name, levels, frozenset(pair for pair in pairs if len(pair) == 2))  # noqa: PLR2004 - a pair

    def within(self, scales: Mapping[str, Container[str]]) -> Role:
        """The role without the levels that are none of an entity's: they give nothing."""
        fitting = {key: level for key, level in self.levels.items() if level in scales.get(key[0], ())}
        return replace(self, levels=fitting)

    def abroad(self) -> Role:
        """What is left of the role in another organisation than its own."""
        return replace(self, levels={key: "ORGANIZATION" for key, level in self.levels.items() if level == "SYSTEM"})

    def stored_permissions(self) -> list[str]:
        """The permissions as they are stored, in order."""
        given = [(entity, action, level) for (entity, action), level in self.levels.items() if level != "NONE"]
        return [" ".join(one) for one in sorted(given, key=lambda one: (one[0], ACTIONS.index(one[1])))]

    def stored_hidden(self) -> list[str]:
        """What is hidden as it is stored, in order."""
        return sorted(" ".join(pair) for pair in self.hidden)


@dataclass(frozen=True, slots=True)
class Grant:
    """A level and the role that it comes from."""

    level: str
    role: str


NOTHING = Grant("NONE", "")


@dataclass(frozen=True, slots=True)
class Grants:
    """What all roles of somebody give together: by entity and action the highest level and its role."""

    found: Mapping[tuple[str, str], Grant] = field(default_factory=lambda: MappingProxyType({}))
    hidden: frozenset[tuple[str, str]] = frozenset()

    def level(self, entity: str, action: str) -> str:
        """How far an action on records of an entity may go."""
        return self.found.get((entity, action), NOTHING).level


def granted(roles: Iterable[Role]) -> Grants:
    """What several roles give together."""
    found: dict[tuple[str, str], Grant] = {}
    hidden: dict[str, list[frozenset[str]]] = {}
    for role in roles:
        for (entity, action), level in role.levels.items():
            if rank(level) > rank(found.get((entity, action), NOTHING).level):
                found[entity, action] = Grant(level, role.name)
            if action == "VIEW" and level != "NONE":
                hidden.setdefault(entity, []).append(frozenset(what for name, what in role.hidden if name == entity))
    both = {(entity, what) for entity, sets in hidden.items() for what in frozenset.intersection(*sets)}
    return Grants(MappingProxyType(found), frozenset(both))


def everything(entities: Iterable[str], role: str = "Administrator") -> Grants:
    """All actions on all records of an organisation."""
    return granted([Role(role, {(entity, action): "ORGANIZATION" for entity in entities for action in ACTIONS})])
