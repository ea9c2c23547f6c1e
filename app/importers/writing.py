"""Writes a batch: its statements in order, in one transaction, with what they did to each kind of record."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from app.importers.batch import Batch, Problem, Tie, digest
from cypher import import_orders, imports
from cypher.lifetime_values import ORDER_RULES
from cypher.loading import Link, load_records
from cypher.printer import Statement
from cypher.writes import take_lock
from graph.errors import Conflict
from graph.model import Direction
from graph.registry import load_model
from graph.types.enums import ChannelStatus

IN, OUT = Direction.IN, Direction.OUT


@dataclass(frozen=True, slots=True)
class Table:
    """How rows of one kind are written: the type of record, the keys to find one by, and its links."""

    record: str
    keys: tuple[str, ...]
    links: tuple[Link, ...] = ()


_OF_CHANNEL = Link("channel", "IN_CHANNEL", OUT, "Channel", ("id",), once=True)
_OWNED = Link("owner", "OWNED_BY", OUT, "Record", ("id",), once=True)
_ORIGIN = ("channelId", "originId")

TABLES: dict[str, Table] = {
    "units": Table("BusinessUnit", ("id",), (Link("parent", "PART_OF", OUT, "BusinessUnit", ("id",), single=True),)),
    "users": Table(
        "User",
        ("username",),
        (
            Link("unit", "MEMBER_OF_UNIT", OUT, "BusinessUnit", ("id",), once=True),
            Link("manager", "REPORTS_TO", OUT, "User", ("username",), single=True),
            Link("role", "HAS_ROLE", OUT, "Role", ("name",), once=True),
        ),
    ),
    "groups": Table("CustomerGroup", ("key",)),
    "tags": Table("Tag", ("name",)),
    "products": Table("Product", ("sku",)),
    "customers": Table(
        "Customer",
        _ORIGIN,
        (
            _OF_CHANNEL,
            _OWNED,
            Link("group", "MEMBER_OF", OUT, "CustomerGroup", ("key",), single=True),
            Link("tags", "TAGGED", OUT, "Tag", ("name",), many=True),
        ),
    ),
    "contacts": Table("Contact", ("id",), (_OWNED,)),
    "emails": Table("ContactEmail", ("id",), (Link("contact", "HAS_EMAIL", IN, "Contact", ("id",), once=True),)),
    "phones": Table("ContactPhone", ("id",), (Link("contact", "HAS_PHONE", IN, "Contact", ("id",), once=True),)),
    "orders": Table(
        "Order", _ORIGIN, (_OF_CHANNEL, _OWNED, Link("customer", "PLACED", IN, "Customer", _ORIGIN, single=True))
    ),
    "addresses": Table(
        "Address",
        ("id",),
        (
            Link("customer", "HAS_ADDRESS", IN, "Customer", _ORIGIN, once=True),
            Link("order", "HAS_ADDRESS", IN, "Order", _ORIGIN, once=True),
        ),
    ),
}
"""What a batch can hold, in the order in which it is written."""


@dataclass(slots=True)
class Counts:
    """What happened to records of one kind."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0

    def add(self, other: Counts) -> None:
        """Add what happened to others."""
        self.created += other.created
        self.updated += other.updated
        self.unchanged += other.unchanged


@dataclass(slots=True)
class Outcome:
    """What a transaction did."""

    counts: dict[str, Counts] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    adopted: list[str] = field(default_factory=list)
    """The origin ids of customers that came below others."""

    def count(self, kind: str, created: int, updated: int, unchanged: int) -> None:
        """Add to the counts of one kind."""
        self.counts.setdefault(kind, Counts()).add(Counts(created, updated, unchanged))

    def changes_access(self) -> bool:
        """Whether it changed users, units or the groups of customers, on which depends what somebody may see."""
        new = any(self.counts[kind].created for kind in ("users", "units") if kind in self.counts)
        return new or any(self.counts[kind].updated for kind in ("users", "units", "customers") if kind in self.counts)


Reader = Callable[[Outcome, list[Any]], None]
"""Takes the answer of a statement into the outcome."""


@dataclass(frozen=True, slots=True)
class Step:
    """A statement, and what reads its answer."""

    statement: Statement
    read: Reader | None = None


def steps(batch: Batch, now: dt.datetime) -> list[Step]:
    """What writes a batch, in order."""
    return [
        Step(imports.lock_imports(batch.target.organization_id, now)),
        Step(imports.lock_channel(**_scope(batch), owner_id=batch.target.owner_id), _expect_open),
        # Whoever moves customers does so before or after: no circle can come about.
        *([Step(take_lock(batch.target.organization_id, "tree"))] if batch.tree else []),
        *_records(batch, now, until="contacts"),
        *_accounts(batch, now),
        *_records(batch, now, since="contacts", until="orders"),
        *_contacts(batch),
        *_orders(batch, now),
        *_records(batch, now, since="addresses"),
        *_primary_addresses(batch),
        *_ties(batch),
    ]


def outcome(done: list[Step], answers: list[list[Any]]) -> Outcome:
    """What the answers to the steps say."""
    found = Outcome()
    for step, answer in zip(done, answers, strict=True):
        if step.read is not None:
            step.read(found, answer)
    return found


def _expect_open(_: Outcome, answer: list[Any]) -> None:
    """Refuse to write into a channel that was closed or deleted since the import began, or whose owner was deleted."""
    status, is_owned = answer[0] if answer else (None, False)
    if status != ChannelStatus.ACTIVE.name:
        raise Conflict(
            "The channel was closed or deleted while it was imported into: it takes no new data.",
            hint="Activate the channel, then import again.",
        )
    if not is_owned:
        raise Conflict(
            "The owner of what is new was deleted while it was imported.",
            hint="Import again: it goes on where it stopped, with the default owner that the channel has then.",
        )


def _scope(batch: Batch) -> dict[str, str]:
    return {"organization_id": batch.target.organization_id, "channel_id": batch.target.channel_id}


def _records(batch: Batch, now: dt.datetime, *, since: str = "", until: str = "") -> Iterator[Step]:
    names = list(TABLES)
    wanted = names[names.index(since) if since else 0 : names.index(until) if until else None]
    for table_name in wanted:
        yield from _table(batch, table_name, now)
        if table_name == "products" and batch.named_products:
            rows = list(batch.named_products.values())
            yield Step(
                imports.name_products(rows, organization_id=batch.target.organization_id, now=now), _counted("products")
            )


def _table(batch: Batch, table_name: str, now: dt.datetime) -> Iterator[Step]:
    rows, table = batch.tables.get(table_name), TABLES[table_name]
    if rows:
        record = load_model().records[table.record]
        statement = load_records(
            record, table.keys, rows, organization_id=batch.target.organization_id, now=now, links=table.links
        )
        yield Step(statement, _counted(table_name))


def _counted(kind: str) -> Reader:
    def read(found: Outcome, answer: list[Any]) -> None:
        created, updated, unchanged = answer[0]
        found.count(kind, created, updated, unchanged)

    return read


def _accounts(batch: Batch, now: dt.datetime) -> Iterator[Step]:
    alone = [row for row in batch.accounts if row["matchKey"] is None]
    groups: dict[str, dict[str, Any]] = {}
    for row in batch.accounts:
        key = row["matchKey"]
        if key is not None:
            group = groups.setdefault(key, {"matchKey": key, "originIds": [], "account": row["account"]})
            group["originIds"].append(row["originId"])

    def read(found: Outcome, answer: list[Any]) -> None:
        for created, joined in answer:
            found.count("accounts", created, 0, joined)

    if alone:
        yield Step(imports.create_accounts(alone, now=now, **_scope(batch)), read)
    if groups:
        yield Step(imports.match_accounts(list(groups.values()), now=now, **_scope(batch)), read)


def _contacts(batch: Batch) -> Iterator[Step]:
    if batch.contacts:
        yield Step(imports.attach_contacts(batch.contacts, **_scope(batch)))


def _orders(batch: Batch, now: dt.datetime) -> Iterator[Step]:
    scope, rule = _scope(batch), batch.target.rule
    orders = batch.tables.get("orders", [])
    valued = rule in ORDER_RULES
    named = [
        {
            "originId": row["key"]["originId"],
            "digest": row["digest"],
            "customer": (row["to"]["customer"] or {}).get("originId"),
        }
        for row in orders
    ]
    if orders and valued:
        yield Step(import_orders.release_orders(named, rule, now=now, **scope))
    yield from _table(batch, "orders", now)
    if batch.lines:
        yield from _items(batch)
        yield Step(import_orders.total_orders(list(batch.lines), now=now, **scope))
    customers = sorted({row["customer"] for row in named if row["customer"]})
    if customers and valued:
        yield Step(import_orders.value_customers(customers, rule, now=now, **scope))


def _items(batch: Batch) -> Iterator[Step]:
    scope = _scope(batch)
    rows = [{"originId": order, "digest": digest(lines), "lines": lines} for order, lines in batch.lines.items()]

    def read_changed(found: Outcome, answer: list[Any]) -> None:
        found.count("items", 0, answer[0], 0)

    def read_created(found: Outcome, answer: list[Any]) -> None:
        items = found.counts["items"]
        items.created += answer[0]
        items.unchanged += sum(map(len, batch.lines.values())) - items.created - items.updated

    yield Step(import_orders.change_items(rows, **scope), read_changed)
    yield Step(import_orders.create_items(rows, **scope), read_created)


def _primary_addresses(batch: Batch) -> Iterator[Step]:
    for owner, ids in batch.primary.items():
        yield Step(imports.choose_primary_addresses(owner, ids, organization_id=batch.target.organization_id))


def _ties(batch: Batch) -> Iterator[Step]:
    scope = _scope(batch)
    if batch.tree:
        rows = [{"row": n, "child": tie.source, "parent": tie.target} for n, tie in enumerate(batch.tree)]
        yield Step(imports.adopt(rows, **scope), _adopted(batch.tree))
    if batch.affiliations:
        statement = imports.relate("AFFILIATED_WITH", _pairs(batch.affiliations), {"kind": "PARENT"}, **scope)
        yield Step(statement, _outcomes("affiliations", batch.affiliations))
    if batch.successors:
        statement = imports.relate("SUCCEEDED_BY", _pairs(batch.successors), {}, **scope)
        yield Step(statement, _outcomes("successors", batch.successors))


def _pairs(ties: list[Tie]) -> list[dict[str, Any]]:
    return [{"row": n, "source": tie.source, "target": tie.target} for n, tie in enumerate(ties)]


def _adopted(ties: list[Tie]) -> Reader:
    count = _outcomes("tree edges", ties)

    def read(found: Outcome, answer: list[Any]) -> None:
        count(found, answer)
        found.adopted += [ties[number].source for number, result in answer if result == "CREATED"]

    return read


_REASONS = {
    "UNKNOWN": ("UNKNOWN_CUSTOMER", "{source} or {target} is not a customer of this channel: not related"),
    "KEPT": ("PARENT_KEPT", "{source} has another parent by now and keeps it; {target} was not made its parent"),
    "CYCLE": ("CYCLE", "{target} is below {source} by now: kept as an affiliation"),
}


def _outcomes(kind: str, ties: list[Tie]) -> Reader:
    def read(found: Outcome, answer: list[Any]) -> None:
        for number, result in answer:
            if result in _REASONS:
                tie, (code, message) = ties[number], _REASONS[result]
                text = message.format(source=tie.source, target=tie.target)
                lost = result != "CYCLE"
                found.problems.append(Problem(tie.file, tie.row, code, text, f"{tie.source} -> {tie.target}", lost))
            else:
                found.count(kind, int(result == "CREATED"), 0, int(result == "UNCHANGED"))

    return read
