"""Derives the `where` and `orderBy` inputs of each type from the model, and gives connections their arguments.

They are derived because their fields must equal the model's and no Python reads them; everything else is written by
hand. Types refer to one another by `strawberry.lazy`, which looks them up in this module.
"""

from __future__ import annotations

from functools import cache
from typing import Annotated, Any, Optional

import strawberry
from strawberry import UNSET
from strawberry.annotation import StrawberryAnnotation
from strawberry.types.arguments import StrawberryArgument

from graph.fields import GRAPH
from graph.filters import FILTERS, CountOrder, EqualityFilter, SortDirection
from graph.model import Embedded, Kind, Mapped, Model, Property, Relation, Timeline, Tree
from graph.types import RECORDS
from graph.types.account import ChannelSection
from graph.types.enums import ChannelStatus, TimelineKind

DERIVED: dict[str, type] = {}
"""The derived inputs by name; also attributes of this module."""


def common_fields(model: Model, name: str) -> dict[str, Mapped]:
    """The fields of a concrete type, or those that all members of an abstract type share."""
    first, *others = model.possible(name)
    return {
        field_name: mapped
        for field_name, mapped in first.fields.items()
        if all(other.fields.get(field_name) == mapped for other in others)
    }


def _lazy(name: str) -> Any:
    return Annotated[name, strawberry.lazy("graph.inputs")]


def _input(name: str, description: str, fields: dict[str, tuple[Any, str]], *, one_of: bool = False) -> type:
    annotations: dict[str, Any] = {}
    namespace: dict[str, Any] = {"__module__": __name__, "__annotations__": annotations}
    for graphql_name, (annotation, text) in fields.items():
        annotations[graphql_name] = Optional[annotation]
        namespace[graphql_name] = strawberry.field(name=graphql_name, description=text, default=UNSET)
    cls = type(name, (), namespace)
    derived: type = strawberry.input(cls, name=name, description=description, one_of=one_of)
    DERIVED[name] = globals()[name] = derived
    return derived


def _filter_of(mapped: Mapped) -> Any:
    """The input that filters a field, None for a field that can't be filtered."""
    if isinstance(mapped, Property):
        return EqualityFilter[mapped.enum] if mapped.kind is Kind.ENUM else FILTERS[mapped.kind]  # type: ignore[name-defined]
    if isinstance(mapped, Relation):
        return _lazy(f"{mapped.target}Where" if mapped.shape == "one" else f"{mapped.target}ListWhere")
    return FILTERS[Kind.INT] if isinstance(mapped, Tree) and mapped.question == "depth" else None


def _order_of(mapped: Mapped) -> Any:
    """What orders by a field, None for a field that can't be ordered by."""
    if isinstance(mapped, Property):
        return SortDirection if mapped.kind is not Kind.STRINGS else None
    if isinstance(mapped, Relation):
        return _lazy(f"{mapped.target}Order") if mapped.shape == "one" else CountOrder
    return None


def edge_fields(model: Model, target: str) -> dict[str, Property]:
    """What the relationships that lead to a type hold for the edges of connections."""
    found: dict[str, Property] = {}
    for record in model.records.values():
        for mapped in record.fields.values():
            if isinstance(mapped, Relation) and mapped.target == target:
                found.update(mapped.edge)
    return found


def _derive(model: Model, name: str) -> None:
    fields = common_fields(model, name)
    flat = dict(fields)
    for mapped in fields.values():
        if isinstance(mapped, Embedded):
            flat.update(model.embedded[mapped.type_name])
    where = {
        field_name: (found, f"Of `{field_name}`.")
        for field_name, mapped in flat.items()
        if (found := _filter_of(mapped)) is not None
    }
    order = {
        field_name: (found, f"By `{field_name}`.")
        for field_name, mapped in flat.items()
        if (found := _order_of(mapped)) is not None
    }
    edge = edge_fields(model, name)
    if edge:
        _derive_edge(name, edge)
        where["edge"] = (_lazy(f"{name}EdgeWhere"), "By the edge's own fields, in a connection that has them.")
        order["edge"] = (_lazy(f"{name}EdgeOrder"), "By the edge's own fields, in a connection that has them.")
    if any(isinstance(mapped, Tree) for mapped in fields.values()):
        where["descendantOf"] = (strawberry.ID, f"Below this {name} in the tree, at any depth; not itself.")
        where["ancestorOf"] = (strawberry.ID, f"Above this {name} in the tree, at any height; not itself.")
    _derive_where(name, where)
    _input(f"{name}Order", f"One sort key of {name} records.", order, one_of=True)


def _derive_where(name: str, where: dict[str, tuple[Any, str]]) -> None:
    here: Any = _lazy(f"{name}Where")
    several: Any = list[here]
    where["AND"] = (several, "All of these hold.")
    where["OR"] = (several, "At least one of these holds.")
    where["NOT"] = (here, "This does not hold.")
    _input(f"{name}Where", f"Filters {name} records; all that is given must hold.", where)
    _input(
        f"{name}ListWhere",
        f"Filters by related {name} records.",
        {
            "some": (here, "At least one matches."),
            "none": (here, "None matches."),
            "all": (here, "Every one matches."),
            "single": (here, "Exactly one matches."),
            "count": (FILTERS[Kind.INT], "How many there are."),
            "matching": (here, "Which of them count, unless all."),
        },
    )


def _derive_edge(name: str, fields: dict[str, Property]) -> None:
    """Edges are filtered and ordered by what their relationships hold."""
    where = {field_name: (_filter_of(mapped), f"Of `{field_name}`.") for field_name, mapped in fields.items()}
    order = {field_name: (SortDirection, f"By `{field_name}`.") for field_name in fields}
    _input(f"{name}EdgeWhere", f"Filters edges that lead to {name} records; all that is given must hold.", where)
    _input(f"{name}EdgeOrder", f"One sort key of edges that lead to {name} records.", order, one_of=True)


@cache
def derive_inputs(model_source: Any) -> dict[str, type]:
    """Derive the inputs of every type that a connection or relation leads to.

    Args:
        model_source: the function that gives the model, so that deriving is done once for it.
    """
    model: Model = model_source()
    for name in (*model.records, *model.abstract):
        if name not in ("Node", "Dated"):
            _derive(model, name)
    for cls in (*(entry.cls for entry in RECORDS), ChannelSection):
        for declared in cls.__strawberry_definition__.fields:  # type: ignore[attr-defined]
            mapped = declared.metadata.get(GRAPH)
            if mapped is not None:
                declared.arguments = field_arguments(mapped, declared.python_name)
    return DERIVED


def argument(name: str, annotation: Any, description: str, default: Any = UNSET) -> StrawberryArgument:
    """A GraphQL argument."""
    return StrawberryArgument(
        python_name=name,
        graphql_name=name,
        type_annotation=StrawberryAnnotation(annotation),
        description=description,
        default=default,
    )


def paging_arguments() -> list[StrawberryArgument]:
    """`first`, `after`, `last` and `before`."""
    return [
        argument("first", Optional[int], "How many from the start; 20 unless said."),
        argument("after", Optional[str], "Only after this cursor."),
        argument("last", Optional[int], "How many from the end."),
        argument("before", Optional[str], "Only before this cursor."),
    ]


def connection_arguments(target: str) -> list[StrawberryArgument]:
    """The arguments of a connection of `target` records."""
    where: Any = _lazy(f"{target}Where")
    key: Any = _lazy(f"{target}Order")
    order: Any = list[key]
    return [
        *paging_arguments(),
        argument("where", Optional[where], "Only what matches."),
        argument("orderBy", Optional[order], "Sort keys; id breaks ties."),
    ]


def field_arguments(mapped: Mapped, name: str) -> list[StrawberryArgument]:
    """The arguments that a mapped field takes."""
    if isinstance(mapped, Relation) and mapped.shape == "connection":
        arguments = connection_arguments(mapped.target)
        if name == "lifetime_history":
            arguments.append(argument("channelId", Optional[strawberry.ID], "Only the values of this channel."))
        return arguments
    if isinstance(mapped, Timeline):
        return [
            *paging_arguments(),
            argument("includeRelated", bool, "Also what came about through related records.", default=True),
            argument("kinds", Optional[list[TimelineKind]], "Only entries of these kinds."),
        ]
    if isinstance(mapped, Tree) and mapped.question == "descendants":
        return [
            *connection_arguments("Customer"),
            argument("maxDepth", Optional[int], "Only so many steps down."),
        ]
    if name == "channel_sections":
        return [
            argument(
                "status",
                Optional[ChannelStatus],
                "Only channels of this status; null: all.",
                ChannelStatus.ACTIVE.value,
            )
        ]
    return []
