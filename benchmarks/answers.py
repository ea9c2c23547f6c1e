"""Whether all systems answer the same: every dialect's answer in one canonical form."""

from __future__ import annotations

import datetime as dt
import difflib
import json
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from graph.errors import BadInput
from graph.ids import parse_global_id

TO_ONE = {"channel", "group", "parent", "account", "product"}
AMOUNTS = {"lifetimeValue", "total", "budget", "amount"}
IDS = {"id", "parentId"}
MINOR = Decimal(100)
"""Minor units in a US dollar, in which both organisations of the demo keep their money."""
LINES = 40


def canonical(value: Any, key: str = "") -> Any:
    """A value without what only one dialect has: wrappers of connections, forms of ids, money and times."""
    if isinstance(value, list):
        if key in TO_ONE:
            return canonical(value[0], key) if value else None
        return [canonical(item) for item in value]
    if isinstance(value, dict):
        return _object(value)
    if value is None:
        return None
    return _SCALARS.get(key, _same)(value)


def _object(value: Mapping[str, Any]) -> Any:
    if "nodes" in value:
        return canonical(value["nodes"])
    if "edges" in value:
        return canonical(value["edges"])
    if set(value) == {"amount"}:
        return int(Decimal(value["amount"]) * MINOR)
    if "node" in value:
        edge = {key: item for key, item in value.items() if key not in ("node", "properties")}
        return _object({**value["node"], **edge, **value.get("properties", {})})
    return {key.removesuffix("Connection"): canonical(item, key) for key, item in value.items()}


def _same(value: Any) -> Any:
    return value


def _id(value: str) -> str:
    try:
        return parse_global_id(value)[1]
    except BadInput:
        return value


def _milliseconds(value: str) -> int:
    return int(dt.datetime.fromisoformat(value).timestamp() * 1000)


_SCALARS: dict[str, Callable[[Any], Any]] = {
    **dict.fromkeys(IDS, _id),
    **dict.fromkeys(AMOUNTS, int),
    "placedAt": _milliseconds,
}


def root(data: Mapping[str, Any]) -> Any:
    """The one root field's value in canonical form; a list of the one record that was asked is that record."""
    (value,) = data.values()
    return canonical(value)


def record(data: Mapping[str, Any]) -> Any:
    """One record, which some systems give as a list of one."""
    found = root(data)
    return found[0] if isinstance(found, list) else found


def sections(data: Mapping[str, Any]) -> Any:
    """An account with its customers by channel: c360 makes the sections, with the others it is the client's work."""
    account = record(data)
    if "channelSections" in account:
        for section in account.pop("channelSections"):
            channel = section["channel"]
            account[f"section {channel['id']}"] = {**section, "channel": channel}
        return account
    for customer in account.pop("customers"):
        channel = customer.pop("channel")
        section = account.setdefault(
            f"section {channel['id']}", {"channel": channel, "lifetimeValue": 0, "customers": []}
        )
        section["customers"].append(customer)
        section["lifetimeValue"] += customer["lifetimeValue"]
    return account


def tree(data: Mapping[str, Any]) -> Any:
    """Depth, parent and name of everything below the root."""
    top = record(data)
    if "descendants" in top:
        return {row["id"]: (row["depth"], row["parentId"], row["name"]) for row in top["descendants"]}
    found: dict[str, Any] = {}
    level, depth = [top], 0
    while level:
        depth += 1
        below = [(parent["id"], child) for parent in level for child in parent.get("children", [])]
        found |= {child["id"]: (depth, parent, child["name"]) for parent, child in below}
        level = [child for _, child in below]
    return found


def unordered(data: Mapping[str, Any]) -> Any:
    """Records whose order is each system's own affair."""
    return sorted(root(data), key=lambda row: str(row["id"]))


def figures(data: Mapping[str, Any]) -> Any:
    """Count and sum by status and month."""
    (value,) = data.values()
    if isinstance(value, list):
        return {f"{row['status']} {row['month']}": (row["count"], int(row["total"])) for row in value}
    found = {}
    for group in value["aggregate"]:
        key = {part["field"]: part["value"] for part in group["key"]}
        total = canonical(group["sum"]) if group["sum"] else 0
        found[f"{key['status']} {key['placedAt']}"] = (group["count"], total)
    return found


def difference(one: Any, other: Any, names: tuple[str, str]) -> str | None:
    """What differs between two canonical answers, as lines of a diff; None when they are the same."""
    if one == other:
        return None
    left, right = (json.dumps(side, indent=1, sort_keys=True).splitlines() for side in (one, other))
    return "\n".join(list(difflib.unified_diff(left, right, *names, lineterm="", n=2))[:LINES])
