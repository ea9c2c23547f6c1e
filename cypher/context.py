"""What every part of the planner needs: the model, the viewer's access, the limits and the planners of fields."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from cypher.access import Access
from graph.model import Mapped, Model

if TYPE_CHECKING:
    from cypher.fragment import Variable
    from cypher.plan import Columns
    from cypher.selection import Selection
    from cypher.shape import Shape


@dataclass(frozen=True, slots=True)
class Limits:
    """Sizes that a question may have."""

    default_page: int = 20
    max_page: int = 200
    max_descendants: int = 10_000
    max_list: int = 1_000
    max_search_hits: int = 1_000
    max_ids: int = 200
    max_statement: int = 25_000
    max_groups: int = 1_000
    max_records: int = 10_000
    max_merged: int = 20


@dataclass(frozen=True, slots=True)
class Source:
    """Where a field is planned: on which type, and in which variable its record is."""

    type_name: str
    variable: Variable


FieldPlanner: TypeAlias = "Callable[[Context, Mapped, Selection, Source, Columns], Shape]"
"""Adds the columns that a field needs to the row of its record, and says how they become the response."""


@dataclass(frozen=True, slots=True)
class Context:
    """The model, the access and the limits of one request, and the planner of each kind of field."""

    model: Model
    access: Access
    limits: Limits = field(default_factory=Limits)
    planners: Mapping[type, FieldPlanner] = field(default_factory=dict)
