"""Fields that are hidden from the viewer: what stands in their place when they are selected, and refusals elsewhere.

What is hidden is known when planning and is the same for all viewers of a kind. So no statement looks at it, and the
error that tells it depends on the request alone, never on what is stored.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

from cypher.access import Access
from cypher.context import Source
from cypher.selection import Selection, return_type
from cypher.shape import (
    EmbeddedShape,
    Every,
    First,
    FirstRow,
    Hidden,
    InOrder,
    ObjectShape,
    OnlyRow,
    PageEdges,
    PageNodes,
    PageShape,
    RowsShape,
    Shape,
    SwitchShape,
)
from graph.errors import Forbidden
from graph.model import Mapped, Model, Relation
from graph.sensitive import hidden_names
from graph.viewer import AccessKind

Keys: TypeAlias = tuple[str, ...]

HINT = "Ask without it, or ask an administrator for a role that shows it."


@dataclass(frozen=True, slots=True)
class HiddenPath:
    """A place in the response where something is hidden.

    `keys` are the response keys from below the root field, `names` the fields with their types, `nodes` where the
    document selects them.
    """

    keys: Keys
    names: tuple[str, ...]
    nodes: tuple[Any, ...]

    def error(self) -> Forbidden:
        """What the viewer is told."""
        return _forbidden(self.names)


def hidden_properties(model: Model, kind: AccessKind, type_name: str) -> set[str]:
    """The stored properties of a type's records that are hidden from viewers of a kind.

    Whatever shows stored values by the names of their properties, such as the records of changes, masks these. Values
    that are made of a hidden one and stored beside it are among them, and the currencies of amounts.
    """
    return hidden_names(model, kind.hidden, type_name)


def refuse_hidden(access: Access, type_name: str, field: str, mapped: Mapped) -> None:
    """Refuse to filter, order, group or compute by a field that is hidden.

    Raises:
        Forbidden: when it is; its values would show in which records there are, or in which order.
    """
    if access.hides(type_name, mapped):
        raise _forbidden((f"{type_name}.{field}",))


def plan_hidden(mapped: Mapped, selection: Selection, source: Source) -> Hidden:
    """A selected field that is hidden: null, or an empty connection where null can't be."""
    connection = isinstance(mapped, Relation) and mapped.shape == "connection"
    instead = _empty_page(selection, source.type_name) if connection else None
    return Hidden(source.type_name, selection.name, selection.nodes, instead)


def hidden_paths(shape: RowsShape) -> tuple[HiddenPath, ...]:
    """Where a plan's response hides something, each place once, in the order of the response."""
    found: dict[Keys, list[Hidden]] = {}
    match shape:
        case OnlyRow(inner) | FirstRow(inner):
            places = _places(inner, ())
        case InOrder():
            places = _places(shape.shape, ())
        case _:
            places = iter(())
    for keys, hidden in places:
        found.setdefault(keys, []).append(hidden)
    return tuple(_path(keys, hidden) for keys, hidden in found.items())


def _path(keys: Keys, hidden: list[Hidden]) -> HiddenPath:
    names = dict.fromkeys(f"{one.type_name}.{one.field}" for one in hidden)
    nodes = {id(node): node for one in hidden for node in one.nodes}
    return HiddenPath(keys, tuple(names), tuple(nodes.values()))


def _places(shape: Shape, keys: Keys) -> Iterator[tuple[Keys, Hidden]]:
    match shape:
        case Hidden():
            yield keys, shape
        case ObjectShape(fields) | PageShape(fields=fields) | PageEdges(fields):
            for key, inner in fields:
                yield from _places(inner, (*keys, key))
        case PageNodes(inner) | Every(_, inner) | EmbeddedShape(_, _, inner):
            yield from _places(inner, keys)
        case First(_, inner, itself):
            yield from _places(inner, keys)
            yield from _places(itself, keys) if itself else ()
        case SwitchShape(_, shapes):
            for inner in shapes.values():
                yield from _places(inner, keys)
        case _:
            return


def _empty_page(selection: Selection, parent_type: str) -> dict[str, Any]:
    """What is selected of a connection that shows nothing."""
    connection_type = return_type(selection.operation, parent_type, selection.name)
    told = {"__typename": connection_type, "totalCount": 0}
    page: dict[str, Any] = {}
    for field in selection.fields(connection_type):
        if field.name == "pageInfo":
            page[field.key] = {inner.key: _EMPTY_INFO.get(inner.name) for inner in field.fields("PageInfo")}
        else:
            page[field.key] = told.get(field.name, [])
    return page


_EMPTY_INFO = {"__typename": "PageInfo", "hasNextPage": False, "hasPreviousPage": False}


def _forbidden(names: tuple[str, ...]) -> Forbidden:
    told = " and ".join(f"`{name}`" for name in names)
    return Forbidden(f"{told} {'is' if len(names) == 1 else 'are'} hidden from you.", hint=HINT)
