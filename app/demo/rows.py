"""Rows of one organisation that are written in one transaction, in an order in which every link finds its end."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections import defaultdict
from collections.abc import Mapping
from functools import cache
from typing import Any

import orjson

from cypher.demo import create_records, keep_plan
from cypher.loading import Link, link_records, load_records
from cypher.printer import Statement
from graph.fields import IN, OUT
from graph.model import Direction, Kind
from graph.registry import load_model

_ID = ("id",)
_OWNER = Link("owner", "OWNED_BY", OUT, "Record", _ID)
_CHANNEL = Link("channel", "IN_CHANNEL", OUT, "Channel", _ID)
_PRODUCT = Link("product", "OF_PRODUCT", OUT, "Product", _ID)
_CONTACT = Link("contact", "HAS_CONTACT", OUT, "Contact", _ID, properties="contact")
_CUSTOMER_USER = Link("customerUser", "OWNED_BY_CUSTOMER_USER", OUT, "CustomerUser", _ID)
_REGARDING = Link("regarding", "REGARDING", OUT, "Record", _ID)

RECORDS: Mapping[str, tuple[Link, ...]] = {
    "BusinessUnit": (Link("parent", "PART_OF", OUT, "BusinessUnit", _ID),),
    "User": (
        Link("unit", "MEMBER_OF_UNIT", OUT, "BusinessUnit", _ID),
        Link("manager", "REPORTS_TO", OUT, "User", _ID),
        Link("role", "HAS_ROLE", OUT, "Role", _ID, single=True),
    ),
    "Channel": (
        Link("type", "OF_TYPE", OUT, "ChannelType", _ID),
        Link("defaultOwner", "HAS_DEFAULT_OWNER", OUT, "Record", _ID, single=True),
    ),
    "CustomerGroup": (),
    "Tag": (),
    "Product": (),
    "Contact": (
        _OWNER,
        Link("group", "IN_CONTACT_GROUP", OUT, "ContactGroup", _ID),
        Link("manager", "REPORTS_TO", OUT, "Contact", _ID),
        Link("assignee", "ASSIGNED_TO", OUT, "User", _ID),
    ),
    "ContactEmail": (Link("contact", "HAS_EMAIL", IN, "Contact", _ID),),
    "ContactPhone": (Link("contact", "HAS_PHONE", IN, "Contact", _ID),),
    "ContactSocial": (Link("contact", "HAS_SOCIAL", IN, "Contact", _ID),),
    "Account": (
        _OWNER,
        Link("defaultContact", "HAS_DEFAULT_CONTACT", OUT, "Contact", _ID),
        Link("referrer", "REFERRED_BY", OUT, "Account", _ID),
    ),
    "Customer": (
        _OWNER,
        _CHANNEL,
        Link("account", "BELONGS_TO", OUT, "Account", _ID),
        Link("group", "MEMBER_OF", OUT, "CustomerGroup", _ID),
        Link("parent", "CHILD_OF", OUT, "Customer", _ID),
        Link("predecessor", "SUCCEEDED_BY", IN, "Customer", _ID),
    ),
    "CustomerUserRole": (Link("customer", "ROLE_OF", OUT, "Customer", _ID),),
    "CustomerUser": (
        Link("customer", "USER_OF", OUT, "Customer", _ID),
        Link("role", "HAS_ROLE", OUT, "CustomerUserRole", _ID, single=True),
        Link("contact", "SAME_PERSON_AS", OUT, "Contact", _ID),
    ),
    "Cart": (_OWNER, _CHANNEL, Link("customer", "HAS_CART", IN, "Customer", _ID), _CUSTOMER_USER),
    "CartItem": (Link("cart", "HAS_ITEM", IN, "Cart", _ID), _PRODUCT),
    "Order": (
        _OWNER,
        _CHANNEL,
        Link("customer", "PLACED", IN, "Customer", _ID),
        _CUSTOMER_USER,
        Link("cart", "FROM_CART", OUT, "Cart", _ID),
    ),
    "OrderItem": (Link("order", "HAS_ITEM", IN, "Order", _ID), _PRODUCT),
    "Address": (Link("whole", "HAS_ADDRESS", IN, "Record", _ID),),
    "Lead": (_OWNER, _CHANNEL, Link("party", "LEAD_OF", OUT, "Record", _ID), _CONTACT),
    "Opportunity": (
        _OWNER,
        _CHANNEL,
        Link("party", "OPPORTUNITY_OF", OUT, "Record", _ID),
        Link("lead", "FROM_LEAD", OUT, "Lead", _ID),
        _CONTACT,
    ),
    "Case": (
        _OWNER,
        _CHANNEL,
        Link("claimant", "CASE_OF", OUT, "Record", _ID),
        _CUSTOMER_USER,
        Link("order", "ABOUT", OUT, "Order", _ID),
        Link("product", "ABOUT", OUT, "Product", _ID),
        Link("assignee", "ASSIGNED_TO", OUT, "User", _ID),
    ),
    "Call": (_OWNER, _REGARDING),
    "Email": (_OWNER, _REGARDING),
    "Task": (_OWNER, _REGARDING),
    "Note": (_OWNER, _REGARDING),
    "Event": (_OWNER, _REGARDING),
    "LifetimeValue": (Link("account", "VALUE_OF", OUT, "Account", _ID), _CHANNEL),
}
"""The links of each type; a record comes after those that it links to, a parent before its children."""

LINKS: Mapping[str, tuple[str, Link]] = {
    "accountContact": ("Account", Link("to", "HAS_CONTACT", OUT, "Contact", _ID, properties="properties")),
    "customerContact": ("Customer", Link("to", "HAS_CONTACT", OUT, "Contact", _ID, properties="properties")),
    "tag": ("Record", Link("to", "TAGGED", OUT, "Tag", _ID)),
    "viewed": ("Customer", Link("to", "VIEWED", OUT, "Product", _ID, properties="properties")),
    "affiliation": ("Customer", Link("to", "AFFILIATED_WITH", OUT, "Customer", _ID, properties="properties")),
    "representative": ("Customer", Link("to", "HAS_SALES_REPRESENTATIVE", OUT, "User", _ID)),
    "regarding": ("Activity", Link("to", "REGARDING", OUT, "Record", _ID)),
}
"""Relationships of which a record can have several: the label that they start from, and the link."""


class Rows:
    """What one transaction writes for one organisation."""

    def __init__(self, organization_id: str) -> None:
        self.organization_id = organization_id
        self.records: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
        self.links: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)

    def add(
        self,
        type_name: str,
        record_id: str,
        properties: Mapping[str, Any],
        to: Mapping[str, str | None],
        contact: Mapping[str, Any] | None = None,
    ) -> None:
        """Add a record.

        Args:
            type_name: its type.
            record_id: its UUID.
            properties: what it stores; None is left out.
            to: the UUIDs that its links lead to.
            contact: what its relationship to a contact says.
        """
        stored = {name: value for name, value in properties.items() if value is not None}
        ends = {name: {"id": end} for name, end in to.items() if end is not None}
        row = {"key": {"id": record_id}, "id": record_id, "set": stored, "to": ends, "contact": contact or {}}
        self.records[type_name].append(row)

    def last(self, type_name: str) -> dict[str, Any]:
        """What the newest record of a type stores, open to change until the statements are made."""
        stored: dict[str, Any] = self.records[type_name][-1]["set"]
        return stored

    def link(self, kind: str, source: str, target: str, /, **properties: Any) -> None:
        """Add one of several relationships; `kind` is a key of LINKS."""
        self.links[kind].append({"key": {"id": source}, "to": {"to": {"id": target}}, "properties": properties})

    def count(self, type_name: str) -> int:
        """How many records of a type there are."""
        return len(self.records[type_name])

    def names(self) -> list[str]:
        """The usernames and email addresses of those who may sign in."""
        staff = [row["set"]["username"] for row in self.records["User"]]
        return [*staff, *(row["set"]["email"] for row in self.records["CustomerUser"])]

    def created(self, now: dt.datetime) -> Statement:
        """The statement that writes all of it where none of it is yet: the fast way."""
        model = load_model()
        rows: dict[str, dict[str, Any]] = {}
        for type_name, links in RECORDS.items():
            for row in self.records[type_name]:
                rows[row["id"]] = _created(model.records[type_name].labels, links, row)
        for kind, (_, link) in LINKS.items():
            for row in self.links[kind]:
                rows[row["key"]["id"]]["out"].append([link.type, row["to"]["to"]["id"], row["properties"]])
        return create_records(list(rows.values()), _moments(), organization_id=self.organization_id, now=now)

    def compared(self, now: dt.datetime) -> list[Statement]:
        """The statements that write what is missing or differs, where some of it may be there already."""
        model, found = load_model(), []
        for type_name, links in RECORDS.items():
            rows = [{**row, "digest": _digest(row)} for row in self.records[type_name]]
            if rows:
                record = model.records[type_name]
                found.append(
                    load_records(record, _ID, rows, organization_id=self.organization_id, now=now, links=links)
                )
        for kind, (label, link) in LINKS.items():
            if self.links[kind]:
                found.append(link_records(link, label, _ID, self.links[kind], organization_id=self.organization_id))
        return [keep_plan(statement) for statement in found]


def _created(labels: tuple[str, ...], links: tuple[Link, ...], row: Mapping[str, Any]) -> dict[str, Any]:
    ends: dict[Direction, list[list[Any]]] = {OUT: [], IN: []}
    for link in links:
        if link.name in row["to"]:
            said = row[link.properties] if link.properties else {}
            ends[link.direction].append([link.type, row["to"][link.name]["id"], said])
    stored = {"id": row["id"], "importDigest": _digest(row), "version": 1}
    moments = {}
    for name, value in row["set"].items():
        if isinstance(value, dt.datetime):
            moments[name] = int(value.timestamp() * 1000)
        else:
            stored[name] = value
    return {"labels": list(labels), "set": stored, "moments": moments, "out": ends[OUT], "in": ends[IN]}


@cache
def _moments() -> tuple[str, ...]:
    """Every property of the model that is a time, but the one that says when a record was written."""
    records = load_model().records.values()
    found = {prop.name for record in records for prop in record.properties().values() if prop.kind is Kind.DATETIME}
    return tuple(sorted(found - {"updatedAt"}))


def _digest(row: Mapping[str, Any]) -> str:
    content = orjson.dumps([row["set"], row["to"], row["contact"]], option=orjson.OPT_SORT_KEYS)
    return hashlib.blake2b(content, digest_size=12).hexdigest()
