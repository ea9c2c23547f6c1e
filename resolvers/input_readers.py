"""Reads inputs: coerced values as instances of their Strawberry types, by a reader that is made once for each type.

Strawberry's own conversion looks at types and names again for every value, which costs more than all else that is done
in Python with a bulk write.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import MISSING
from functools import cache
from typing import Any, TypeAlias

from strawberry.schema.config import StrawberryConfig
from strawberry.types.base import StrawberryList, StrawberryOptional, has_object_definition
from strawberry.types.lazy_type import LazyType

Reader: TypeAlias = Callable[[Any], Any]
CONFIG = StrawberryConfig()


def read_input(cls: type, given: Mapping[str, Any]) -> Any:
    """An input as its Strawberry type; what is absent has its default, else it is None."""
    return _object_reader(cls)(given)


@cache
def _object_reader(cls: type) -> Reader:
    definition = cls.__strawberry_definition__  # type: ignore[attr-defined]
    fields = [
        (CONFIG.name_converter.from_field(field), field.python_name, _reader(field.resolve_type()))
        for field in definition.fields
    ]
    absent = {
        field.python_name: None
        for field in definition.fields
        if field.default_value is MISSING and field.default_factory is MISSING
    }

    def read(given: Mapping[str, Any]) -> Any:
        found = {
            attribute: value if reader is None or value is None else reader(value)
            for name, attribute, reader in fields
            if (value := given.get(name, MISSING)) is not MISSING
        }
        return cls(**{**absent, **found})

    return read


def _reader(of: Any) -> Reader | None:
    """Reads the values of a type that are not null; None where they stay as they are: scalars and enums are coerced."""
    if isinstance(of, StrawberryOptional):
        return _reader(of.of_type)
    if isinstance(of, LazyType):
        return _reader(of.resolve_type())
    if isinstance(of, StrawberryList):
        inner = _reader(of.of_type)
        return list if inner is None else lambda values: [None if one is None else inner(one) for one in values]
    if has_object_definition(of):
        return _object_reader(of)
    return None
