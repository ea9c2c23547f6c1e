"""A batch: source rows as records of the graph, ready to be written in one transaction."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson

from app.importers.target import Target
from app.organizations import EPOCH
from graph.ids import derived_id
from graph.matching import match_key
from graph.types.enums import AccountPolicy

Row = dict[str, Any]
MILLISECOND = dt.timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True)
class Problem:
    """Something about a row of the source that its owner should know; `lost` says that the row was not loaded."""

    file: str
    row: int
    code: str
    message: str
    key: str = ""
    lost: bool = True


@dataclass(frozen=True, slots=True)
class Tie:
    """A relationship between two customers of the channel, named by their origin ids, and the row that says so."""

    file: str
    row: int
    source: str
    target: str


def digest(*content: Any) -> str:
    """A short digest of plain data: it changes when the source changes."""
    return hashlib.blake2b(orjson.dumps(content), digest_size=12).hexdigest()


@dataclass(slots=True)
class Batch:
    """Records of one transaction; the methods add to it.

    `tables` holds rows for `writing.TABLES` by name. `rows` counts the rows of the source in it, loaded or not.
    `sums` adds up what the source says, for the totals at the end.
    """

    target: Target
    rows: int = 0
    tables: dict[str, list[Row]] = field(default_factory=lambda: defaultdict(list))
    named_products: dict[str, Row] = field(default_factory=dict)
    accounts: list[Row] = field(default_factory=list)
    contacts: list[Row] = field(default_factory=list)
    primary: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    lines: dict[str, list[Row]] = field(default_factory=lambda: defaultdict(list))
    tree: list[Tie] = field(default_factory=list)
    affiliations: list[Tie] = field(default_factory=list)
    successors: list[Tie] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    sums: Counter[str] = field(default_factory=Counter)

    @property
    def has_ties(self) -> bool:
        """Whether it relates customers to one another."""
        return bool(self.tree or self.affiliations or self.successors)

    def id(self, kind: str, *key: str, at: dt.datetime = EPOCH) -> str:
        """The id of a record of this channel by its key in the source."""
        return derived_id(at, kind, self.target.channel_id, *key)

    def shared_id(self, kind: str, *key: str) -> str:
        """The id of a record that the organisation's channels share: a product, a group, a tag."""
        return derived_id(EPOCH, kind, self.target.organization_id, *key)

    def record(
        self,
        table: str,
        key: Mapping[str, Any],
        record_id: str,
        properties: Row,
        *,
        to: Mapping[str, Any] | None = None,
        new: Row | None = None,
    ) -> None:
        """Add a record to a table of `writing.TABLES`.

        Args:
            table: name of the table.
            key: the table's keys.
            record_id: id of a new record.
            properties: what the source says; None removes what an earlier import said.
            to: keys of what it is linked to, by the names of the table's links.
            new: what only a new record gets, and its users may change.
        """
        ends = to or {}
        row = {"key": key, "id": record_id, "set": properties, "to": ends, "digest": digest(properties, ends)}
        self.tables[table].append({**row, "new": new} if new else row)

    def group(self, key: str, group_name: str) -> None:
        """Add a customer group."""
        properties = {"name": group_name, "displayName": group_name}
        self.record("groups", {"key": key}, self.shared_id("CustomerGroup", key), properties)

    def tag(self, word: str) -> None:
        """Add a tag."""
        self.record("tags", {"name": word}, self.shared_id("Tag", word), {"displayName": word})

    def customer(
        self,
        origin_id: str,
        properties: Row,
        *,
        group: str | None = None,
        tags: Sequence[str] = (),
        owner_id: str | None = None,
    ) -> None:
        """Add a customer, with an account of its own or, under the policy MATCH, another one's.

        Args:
            origin_id: its key.
            properties: `kind` and what else the source says, named as in the model.
            group: key of its group.
            tags: its tags, which are in this batch or an earlier one.
            owner_id: the user who owns it; by default the channel's.
        """
        owner, kind = owner_id or self.target.owner_id, properties.get("kind")
        first, last, email = (properties.get(part) for part in ("firstName", "lastName", "email"))
        matched, person = match_key(first, last, email), " ".join(part for part in (first, last) if part)
        shown = properties.get("name") or person or email or f"Customer {origin_id}"
        self.record(
            "customers",
            {"channelId": self.target.channel_id, "originId": origin_id},
            self.id("Customer", origin_id),
            {**properties, "displayName": shown, "matchKey": matched},
            to={
                "channel": {"id": self.target.channel_id},
                "owner": {"id": owner},
                "group": {"key": group} if group else None,
                "tags": [{"name": tag} for tag in tags],
            },
            new={"ownerId": owner, "lifetimeValue": 0},
        )
        key = matched if self.target.policy is AccountPolicy.MATCH else None
        self._account(origin_id, shown, key, owner, is_person=kind == "PERSON")
        if self.target.channel_type == "WEB" and (person or email or properties.get("phone")):
            names = ("firstName", "lastName", "birthday", "gender", "email", "phone")
            self.contact(origin_id, {part: properties.get(part) for part in names}, match=key, owner_id=owner)

    def _account(self, origin_id: str, shown: str, key: str | None, owner: str, *, is_person: bool) -> None:
        account = {
            "id": self.id("Account", origin_id),
            "name": shown,
            "displayName": shown,
            "kind": "PERSON" if is_person else "COMPANY",
            "ownerId": owner,
        }
        self.accounts.append({"originId": origin_id, "matchKey": key, "account": account})

    def contact(
        self,
        origin_id: str,
        properties: Row,
        *,
        position: str | None = None,
        match: str | None = None,
        owner_id: str | None = None,
    ) -> None:
        """Add a contact of a customer and of its account; a web customer that is a person has one already.

        Args:
            origin_id: the customer's.
            properties: what the source says, named as in the model.
            position: what the person is there.
            match: match key that makes it the contact of other customers too.
            owner_id: the user who owns it; by default the channel's.
        """
        contact_id = self.shared_id("Contact", match) if match else self.id("Contact", origin_id)
        first, last = properties.get("firstName"), properties.get("lastName")
        email, phone = properties.get("email"), properties.get("phone")
        shown = " ".join(part for part in (first, last) if part) or email or phone or f"Contact {origin_id}"
        owner = owner_id or self.target.owner_id
        stored = {**properties, "displayName": shown}
        if not (match and any(row["id"] == contact_id for row in self.tables["contacts"])):
            link, own = {"owner": {"id": owner}}, {"ownerId": owner}
            self.record("contacts", {"id": contact_id}, contact_id, stored, to=link, new=own)
        role = "Contact"
        self.contacts.append({"originId": origin_id, "contactId": contact_id, "role": role, "position": position})
        for table, kind, value in (("emails", "ContactEmail", email), ("phones", "ContactPhone", phone)):
            if value:
                part_id = derived_id(EPOCH, kind, contact_id)
                part = {table[:-1]: value, "isPrimary": True}
                self.record(table, {"id": part_id}, part_id, part, to={"contact": {"id": contact_id}})

    def address(self, owner: str, origin_id: str, properties: Row, *, key: str = "", primary: bool = True) -> None:
        """Add an address.

        Args:
            owner: `Customer` or `Order`.
            origin_id: the owner's.
            properties: what the source says, named as in the model.
            key: tells it from the owner's other addresses.
            primary: whether it becomes the primary one if the owner has none.
        """
        address_id = self.id("Address", owner, origin_id, key)
        end = {owner.lower(): {"channelId": self.target.channel_id, "originId": origin_id}}
        self.record("addresses", {"id": address_id}, address_id, properties, to=end, new={"isPrimary": False})
        if primary:
            self.primary[owner].append(address_id)

    def product(self, sku: str, product_name: str | None) -> None:
        """Add a product that the source knows only from its lines: the first name it comes with is its name."""
        known = self.named_products.get(sku)
        if known is None:
            known = self.named_products[sku] = {"sku": sku, "id": self.shared_id("Product", sku), "name": None}
        known["name"] = known["name"] or product_name

    def order(
        self,
        origin_id: str,
        properties: Row,
        *,
        customer: str | None,
        placed_at: dt.datetime,
        owner_id: str | None = None,
    ) -> None:
        """Add an order; its amounts follow from its lines.

        Args:
            origin_id: its key in the source.
            properties: `number`, `status`, `paymentStatus` and what else the source says, named as in the model.
            customer: origin id of the customer; None for a guest.
            placed_at: when it was placed, as far as this batch knows; lines with a time of their own correct it.
            owner_id: the user who owns it; by default the channel's.
        """
        owner, channel = owner_id or self.target.owner_id, self.target.channel_id
        self.record(
            "orders",
            {"channelId": channel, "originId": origin_id},
            self.id("Order", origin_id, at=placed_at),
            {"currency": self.target.currency, "displayName": f"Order {properties['number']}", **properties},
            to={
                "channel": {"id": channel},
                "owner": {"id": owner},
                "customer": {"channelId": channel, "originId": customer} if customer else None,
            },
            new={"ownerId": owner, "placedAt": placed_at},
        )

    def line(self, order: str, number: int, sku: str, properties: Row) -> None:
        """Add a line to an order.

        Args:
            order: the order's origin id.
            number: the line's number in the source, which tells it from others of the order.
            sku: the product, which is in this batch or an earlier one.
            properties: `quantity`, `unitPrice`, `amount` and what else the source says; without nulls.
        """
        # Ids that grow with the line's number: an order's lines stay in order, and the index grows at its end.
        line_id = self.id("OrderItem", order, str(number), at=EPOCH + number * MILLISECOND)
        properties |= {
            "organizationId": self.target.organization_id,
            "id": line_id,
            "lineNumber": number,
            "currency": self.target.currency,
        }
        self.lines[order].append({"id": line_id, "sku": sku, "set": properties})

    def problem(self, file: str, row: int, code: str, message: str, *, key: str = "", lost: bool = True) -> None:
        """Report something about a row of the source."""
        self.problems.append(Problem(file, row, code, message, key, lost))
