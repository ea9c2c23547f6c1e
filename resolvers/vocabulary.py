"""The words that follow from the model: types of records and types of relationships."""

from __future__ import annotations

import inspect
from enum import Enum
from typing import Any

import strawberry

from graph.model import Model
from graph.registry import load_model
from graph.relationships import relationship_ends
from graph.types import RECORDS


def _enum(name: str, description: str, values: dict[str, str]) -> Any:
    members = {key: strawberry.enum_value(key, description=text) for key, text in values.items()}
    made: Any = Enum(name, members)  # type: ignore[misc]
    return strawberry.enum(made, description=description)


def _ends(model: Model, names: set[str]) -> str:
    if names >= set(model.abstract["Record"]):
        return "any record"
    return ", ".join(sorted(names))


def _relationship_types(model: Model) -> dict[str, str]:
    return {
        kind: f"{_ends(model, ends.sources)} → {_ends(model, ends.targets)}."
        for kind, ends in relationship_ends(model).items()
    }


RecordType: Any = _enum(
    "RecordType",
    "The types of records, and of the parts of records, such as an order's items.",
    {entry.cls.__name__: (inspect.getdoc(entry.cls) or "").splitlines()[0] for entry in RECORDS},
)

RelationshipType: Any = _enum(
    "RelationshipType",
    "The types of relationships, with the records that they lead from and to.",
    _relationship_types(load_model()),
)
