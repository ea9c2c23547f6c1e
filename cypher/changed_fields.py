"""What the changed fields of a record were and became, from what is stored of a change."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import orjson

from cypher.shape import ChangedFieldsShape
from graph.ids import parse_global_id


def build_changed_fields(shape: ChangedFieldsShape) -> Callable[[list[Any]], list[dict[str, Any]]]:
    """The function that makes the changed fields of a row, in the order in which they are stored."""

    def changed(row: list[Any]) -> list[dict[str, Any]]:
        before, after = orjson.loads(row[shape.before]), orjson.loads(row[shape.after])
        seen = {uuid for (uuid,) in row[shape.seen]}
        return [_field(shape, name, before, after, seen) for name in {**before, **after} if name in shape.known]

    return changed


def _field(
    shape: ChangedFieldsShape, name: str, before: Mapping[str, Any], after: Mapping[str, Any], seen: set[str]
) -> dict[str, Any]:
    hidden = name in shape.hidden
    values: dict[str, Any] = {"__typename": "ChangedField", "name": name, "isHidden": hidden}
    for key, stored in (("before", before), ("after", after)):
        value = None if hidden else stored.get(name)
        values[key] = _of_seen(value, seen) if name in shape.linked else value
    return {key: values[wanted] for key, wanted in shape.fields}


def _of_seen(value: Any, seen: set[str]) -> Any:
    """The ends of links that the viewer sees; each is a global id, or an object with one."""
    if isinstance(value, list):
        return [end for end in value if _sees(end, seen)]
    return value if value is not None and _sees(value, seen) else None


def _sees(end: Any, seen: set[str]) -> bool:
    return parse_global_id(end["id"] if isinstance(end, dict) else end)[1] in seen
