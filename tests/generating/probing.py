"""What probes are made of.

A probe is a question that is not made up by chance: a document, variables for it from the whole graph (so that it
names what the viewer may not see), and the data that must come back, worked out on the graph that the viewer sees.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from random import Random
from typing import Any

from graph.ids import global_id
from graph.money import to_major
from tests.generating.access_worlds import AccessWorld
from tests.generating.worlds import CURRENCY, Node

Variables = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Probe:
    """A document, its variables from a whole world and another one, and its answer on what a viewer sees."""

    query: str
    variables: Callable[[AccessWorld, AccessWorld, Random], Variables]
    answer: Callable[[AccessWorld, Variables], Any]


def ids(nodes: Iterable[Node]) -> list[dict[str, str]]:
    """Records as `{ id }` selects them, in order."""
    return [{"id": node.id} for node in nodes]


def by_id(nodes: Iterable[Node]) -> list[Node]:
    """Records in the order of their ids."""
    return sorted(nodes, key=lambda node: node.uuid)


def page(nodes: Iterable[Node]) -> dict[str, Any]:
    """Records as `{ totalCount nodes { id } }` selects them."""
    found = by_id(nodes)
    return {"totalCount": len(found), "nodes": ids(found)}


def find(seen: AccessWorld, identifier: str) -> Node | None:
    """The record of a global id, if it is seen."""
    return next((node for nodes in seen.nodes.values() for node in nodes if node.id == identifier), None)


def money(nodes: Iterable[Node], name: str = "lifetimeValue") -> str:
    """A sum in the base currency, in major units."""
    return to_major(sum(node.values.get(name) or 0 for node in nodes), CURRENCY)


def one_of(type_name: str) -> Callable[[AccessWorld, AccessWorld, Random], Variables]:
    """The id of some record, now and then of the other organisation or of nothing."""

    def variables(world: AccessWorld, other: AccessWorld, rng: Random) -> Variables:
        where = other if rng.random() < 0.1 else world
        missing = global_id(type_name, world.organization_id)
        return {"id": rng.choice(where.nodes[type_name]).id if rng.random() < 0.95 else missing}

    return variables


def nothing(_: AccessWorld, __: AccessWorld, ___: Random) -> Variables:
    """No variables."""
    return {}


def difference(wanted: Any, found: Any, place: str = "") -> str:
    """Where two answers differ first; nothing when they agree."""
    if isinstance(wanted, dict) and isinstance(found, dict) and wanted.keys() == found.keys():
        return next((told for key in wanted if (told := difference(wanted[key], found[key], f"{place}.{key}"))), "")
    if isinstance(wanted, list) and isinstance(found, list) and len(wanted) == len(found):
        both = enumerate(zip(wanted, found, strict=True))
        return next((told for number, pair in both if (told := difference(*pair, f"{place}[{number}]"))), "")
    return "" if wanted == found else f"{place}: expected {wanted}, found {found}"
