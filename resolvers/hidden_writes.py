"""Writes that would tell what is hidden from the viewer: by a new version or none, by a key in use, by a name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from graph.model import Model
from graph.sensitive import Hidden, hidden_fields, hidden_names
from graph.user_errors import Problem


def hidden_problems(model: Model, hidden: Hidden, type_name: str, names: Iterable[str]) -> Iterator[Problem]:
    """A refusal for each hidden field that an input writes; whether it changes anything would tell its value."""
    for way in hidden_fields(model, hidden, type_name, set(names)):
        yield Problem("FORBIDDEN", "This is hidden from you: leave it out.", way)


def name_problems(
    model: Model, hidden: Hidden, type_name: str, stored: Mapping[str, Any], name: Any
) -> Iterator[Problem]:
    """A refusal to take the names of a record away, so that its name for people becomes what is hidden."""
    values = [value for key in hidden_names(model, hidden, type_name) if (value := stored.get(key))]
    if name != stored.get("displayName") and name in values:
        yield Problem("FORBIDDEN", "It would be called by what is hidden from you: leave it a name.")
