"""Questions with their answers worked out on the graph that a viewer sees."""

from __future__ import annotations

from collections.abc import Iterable
from random import Random
from typing import Any

from cypher.search import search_fields
from graph.ids import global_id
from graph.model import Relation, RootConnection
from graph.money import to_major
from graph.registry import load_model
from resolvers.query import ROOTS
from tests.generating.access_worlds import WORDS, AccessWorld
from tests.generating.evaluating import Evaluator
from tests.generating.exploring_probes import BIRTHDAYS, COMMON, DUPLICATES, neighbors, paths
from tests.generating.probing import Probe, Variables, by_id, find, ids, money, nothing, one_of, page
from tests.generating.visible import downwards, near, out, upwards
from tests.generating.worlds import CURRENCY, Node

# Every record by its id.


def _all_ids(world: AccessWorld, other: AccessWorld, rng: Random) -> Variables:
    own = [node.id for nodes in world.nodes.values() for node in nodes]
    others = [node.id for nodes in other.nodes.values() for node in nodes]
    missing = [global_id(name, world.organization_id) for name in world.model.records]
    return {"ids": rng.sample(own, min(len(own), 145)) + rng.sample(others, 15) + missing}


def _looked_up(seen: AccessWorld, given: Variables) -> Any:
    known = {node.id for nodes in seen.nodes.values() for node in nodes}
    return {"nodes": [{"id": each} if each in known else None for each in given["ids"]]}


NODES = Probe("query Q($ids: [ID!]!) { nodes(ids: $ids) { id } }", _all_ids, _looked_up)


# All records of a type with everything that they are related to.


def wide(type_name: str) -> Probe:
    """All records of a type, and the ids of what each of their fields leads to."""
    root = {mapped.type_name: name for name, mapped in ROOTS.items() if isinstance(mapped, RootConnection)}
    model = load_model()
    relations = {
        name: mapped for name, mapped in model.records[type_name].fields.items() if isinstance(mapped, Relation)
    }
    selected = " ".join(_related(name, mapped) for name, mapped in relations.items())

    def answer(seen: AccessWorld, _: Variables) -> Any:
        evaluator = Evaluator(seen)
        found = []
        for node in by_id(seen.nodes[type_name]):
            shown: dict[str, Any] = {"id": node.id}
            for name, mapped in relations.items():
                ends = by_id(each.node for each in evaluator.related(node, mapped))
                by_shape = {"one": next(iter(ids(ends)), None), "list": ids(ends), "connection": page(ends)}
                shown[name] = by_shape[mapped.shape]
            found.append(shown)
        return {"all": {"totalCount": len(found), "nodes": found}}

    text = f"query Q {{ all: {root[type_name]}(first: 30) {{ totalCount nodes {{ id {selected} }} }} }}"
    return Probe(text, nothing, answer)


def _related(name: str, mapped: Relation) -> str:
    inner = "... on Node { id }" if mapped.target in ("Owner", "Party", "Claimant") else "id"
    return f"{name} {{ totalCount nodes {{ {inner} }} }}" if mapped.shape == "connection" else f"{name} {{ {inner} }}"


# The tree.

TREE_QUERY = """query Q($id: ID!) { customer(id: $id) {
  ancestors { id } root { id } depth descendantCount subtreeLifetimeValue { amount }
  descendants(first: 50) {
    totalCount edges { depth parentId node { id } } aggregate { count sum(field: lifetimeValue) { amount } }
  } } }"""


def _tree(seen: AccessWorld, given: Variables) -> Any:
    node = find(seen, given["id"])
    if node is None:
        return {"customer": None}
    above, below = list(upwards(node, "CHILD_OF")), list(downwards(node, "CHILD_OF"))[1:]
    placed = sorted(((_steps(node, each), each.uuid, each) for each in below), key=lambda one: one[:2])
    valued = [each for each in below if each.values.get("lifetimeValue") is not None]
    return {
        "customer": {
            "ancestors": ids(above[1:]),
            "root": {"id": above[-1].id},
            "depth": len(above) - 1,
            "descendantCount": len(below),
            "subtreeLifetimeValue": {"amount": money([node, *below])},
            "descendants": {
                "totalCount": len(below),
                "edges": [
                    {"depth": depth, "parentId": next(out(each, "CHILD_OF")).id, "node": {"id": each.id}}
                    for depth, _, each in placed
                ],
                "aggregate": [{"count": len(below), "sum": {"amount": money(valued)} if valued else None}],
            },
        }
    }


def _steps(top: Node, node: Node) -> int:
    return next(number for number, each in enumerate(upwards(node, "CHILD_OF")) if each is top)


TREE = Probe(TREE_QUERY, one_of("Customer"), _tree)

# The 360 view.

ACCOUNT_QUERY = """query Q($id: ID!) { account(id: $id) {
  lifetimeValue { amount } directLifetimeValue { amount }
  channelSections { channel { id } lifetimeValue { amount } customers { totalCount nodes { id } } }
  timeline(first: 50) { totalCount nodes { record { id } } } } }"""


def _account(seen: AccessWorld, given: Variables) -> Any:
    node = find(seen, given["id"])
    if node is None:
        return {"account": None}
    customers = list(near(node, "BELONGS_TO"))
    won = [one for one in near(node, "OPPORTUNITY_OF") if one.values.get("status") == "WON"]
    in_channels: dict[str, list[Node]] = {}
    channels: dict[str, Node] = {}
    for customer in customers:
        for channel in (one for one in out(customer, "IN_CHANNEL") if one.values.get("status") == "ACTIVE"):
            channels[channel.uuid] = channel
            in_channels.setdefault(channel.uuid, []).append(customer)
    sections = sorted(channels.values(), key=lambda one: (one.values["displayName"], one.uuid))
    total = sum(one.values.get("lifetimeValue") or 0 for one in customers)
    direct = sum(one.values.get("baseRevenue") or 0 for one in won)
    return {
        "account": {
            "lifetimeValue": {"amount": to_major(total + direct, CURRENCY)},
            "directLifetimeValue": {"amount": to_major(direct, CURRENCY)},
            "channelSections": [
                {
                    "channel": {"id": channel.id},
                    "lifetimeValue": {"amount": money(in_channels[channel.uuid])},
                    "customers": page(in_channels[channel.uuid]),
                }
                for channel in sections
            ],
            "timeline": _timeline([node, *customers, *near(node, "HAS_CONTACT")], seen),
        }
    }


DATED = ("Order", "Cart", "Lead", "Opportunity", "Case", "Call", "Email", "Task", "Note", "Event")
ABOUT = ("REGARDING", "LEAD_OF", "OPPORTUNITY_OF", "CASE_OF", "PLACED", "HAS_CART")


def _timeline(about: Iterable[Node], seen: AccessWorld) -> Any:
    """What is dated about some records, newest first."""
    found = {other.uuid: other for node in about for kind in ABOUT for other in near(node, kind) if other.type in DATED}
    names = dict.fromkeys(
        mapped.name for kind in DATED for mapped in seen.model.records[kind].properties().values() if mapped.dated
    )

    def moment(node: Node) -> Any:
        return next(node.values[name] for name in (*names, "createdAt") if node.values.get(name) is not None)

    ordered = sorted(found.values(), key=lambda node: (moment(node), node.uuid), reverse=True)
    return {"totalCount": len(ordered), "nodes": [{"record": {"id": node.id}} for node in ordered]}


ACCOUNT = Probe(ACCOUNT_QUERY, one_of("Account"), _account)


def _customer(seen: AccessWorld, given: Variables) -> Any:
    node = find(seen, given["id"])
    return {"customer": node and {"timeline": _timeline([node, *near(node, "HAS_CONTACT")], seen)}}


TIMELINE = Probe(
    "query Q($id: ID!) { customer(id: $id) { timeline(first: 50) { totalCount nodes { record { id } } } } }",
    one_of("Customer"),
    _customer,
)


def _channel(seen: AccessWorld, given: Variables) -> Any:
    node = find(seen, given["id"])
    if node is None:
        return {"channel": None}
    customers = [other for other in near(node, "IN_CHANNEL") if other.type == "Customer"]
    return {"channel": {"lifetimeValue": {"amount": money(customers)}, "customers": page(customers)}}


CHANNEL = Probe(
    "query Q($id: ID!) { channel(id: $id) { lifetimeValue { amount } customers { totalCount nodes { id } } } }",
    one_of("Channel"),
    _channel,
)


# Looking for records.


def _origin(world: AccessWorld, other: AccessWorld, rng: Random) -> Variables:
    customers = (*world.nodes["Customer"], *other.nodes["Customer"][:1])
    node = rng.choice([one for one in customers if one.values.get("channelId")])
    return {"channel": global_id("Channel", node.values["channelId"]), "origin": node.values["originId"]}


def _by_origin(seen: AccessWorld, given: Variables) -> Any:
    channel = find(seen, given["channel"])
    found = [node for node in near(channel, "IN_CHANNEL") if node.type == "Customer"] if channel else []
    return {
        "customerByOrigin": next(iter(ids(one for one in found if one.values["originId"] == given["origin"])), None)
    }


ORIGIN = Probe(
    "query Q($channel: ID!, $origin: String!) { customerByOrigin(channelId: $channel, originId: $origin) { id } }",
    _origin,
    _by_origin,
)


def _word(_: AccessWorld, __: AccessWorld, rng: Random) -> Variables:
    word = rng.choice(WORDS)
    return {"text": rng.choice((word, word[:3], f"{word} {rng.choice(WORDS)}"))}


def _search(seen: AccessWorld, given: Variables) -> Any:
    fields, wanted = search_fields(seen.model), given["text"]
    found = []
    for type_name in seen.model.searchable():
        for node in seen.nodes[type_name]:
            values = [node.values[name] for name in fields if name in node.values]
            words = [word for value in values for word in value.lower().split()]
            if all(any(word.startswith(token) for word in words) for token in wanted.split()):
                found.append((_score(node.values["displayName"].lower(), values, wanted), node))
    found = sorted(found, key=lambda one: (one[0], one[1].uuid), reverse=True)
    edges = [{"score": score, "node": {"id": node.id}} for score, node in found]
    return {"search": {"totalCount": len(edges), "edges": edges}}


def _score(shown: str, values: list[str], wanted: str) -> int:
    if shown == wanted:
        return 100
    if any(value.lower() == wanted for value in values):
        return 90
    return 80 if shown.startswith(wanted) else 60 if wanted in shown else 40


SEARCH = Probe(
    "query Q($text: String!) { search(text: $text, first: 200) { totalCount edges { score node { id } } } }",
    _word,
    _search,
)


PROBES: dict[str, Probe] = {
    "nodes": NODES,
    "tree": TREE,
    "account": ACCOUNT,
    "timeline": TIMELINE,
    "channel": CHANNEL,
    "origin": ORIGIN,
    "search": SEARCH,
    "common": COMMON,
    "duplicates": DUPLICATES,
    "birthdays": BIRTHDAYS,
    **{f"around {name}": neighbors(name) for name in ("Customer", "Contact", "User")},
    "paths": paths("Customer", "Contact"),
    **{
        f"all {name}": wide(name)
        for name in (
            *("Account", "BusinessUnit", "Cart", "Case", "Channel", "Contact", "Customer", "CustomerGroup"),
            *("CustomerUser", "CustomerUserRole", "Lead", "Opportunity", "Order", "Product", "User"),
        )
    },
}
"""The probes by name."""
