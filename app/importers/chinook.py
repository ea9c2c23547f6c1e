"""Chinook: a shop for music with its customers, invoices and staff, as one SQLite file.

A customer is a person, an invoice a paid order, a track a product. docs/import-northwind-chinook.md has the whole
mapping.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from app.importers.amounts import MOST_AMOUNT, line_amount
from app.importers.batch import Batch
from app.importers.files import Advance
from app.importers.sqlite import Row, Tables, open_tables
from app.importers.staff import Employee, add_staff
from app.importers.target import ChannelSpec, Target
from app.importers.values import decimal, millis, moment, shown, text, whole
from graph.money import to_major, to_minor

ORGANIZATION = "Chinook Music"
TABLES: dict[str, tuple[str, ...]] = {
    "Genre": ("GenreId", "Name"),
    "Track": ("TrackId", "Name", "GenreId", "UnitPrice"),
    "Employee": ("EmployeeId", "FirstName", "LastName", "Title", "ReportsTo", "Phone", "Email"),
    "Customer": (
        *("CustomerId", "FirstName", "LastName", "Company", "Address", "City", "State", "Country", "PostalCode"),
        *("Phone", "Email", "SupportRepId"),
    ),
    "Invoice": (
        *("InvoiceId", "CustomerId", "InvoiceDate", "BillingAddress", "BillingCity", "BillingState"),
        *("BillingCountry", "BillingPostalCode", "Total"),
    ),
    "InvoiceLine": ("InvoiceLineId", "InvoiceId", "TrackId", "UnitPrice", "Quantity"),
}
"""The tables that are read, with the columns that are used; the first one is the key."""

_PLACE = {"street": "Address", "city": "City", "region": "State", "postalCode": "PostalCode", "country": "Country"}
"""The columns of an address; those of an invoice have `Billing` before them."""

Add = Callable[[Batch], None]
Fault = tuple[str, str]
"""Code and message of what is wrong with a row."""


class Chinook:
    """The data set as one SQLite file."""

    name = "chinook"
    currency = "USD"
    channel = ChannelSpec("web-music", "Web music", "WEB", "Chinook")

    def __init__(self, path: Path) -> None:
        self.files = (path,)

    def check(self) -> None:
        """Refuse a file that is no SQLite database, or lacks tables or columns."""
        with open_tables(self.files[0]) as tables:
            tables.check(TABLES)

    def batches(self, target: Target, size: int, advance: Advance) -> Iterator[Batch]:
        """The rows in batches; an order is in one batch with its lines, and the staff is in the first."""
        batch = Batch(target)
        with open_tables(self.files[0]) as tables:
            for add in _Reader(tables).additions():
                if batch.rows >= size:
                    yield batch
                    batch = Batch(target)
                add(batch)
        advance(self.files[0].stat().st_size)
        if batch.rows:
            yield batch


@dataclass(slots=True)
class _Reader:
    """Reads the tables in order; each addition is made before the next one is asked for."""

    tables: Tables
    genres: dict[str, str | None] = field(default_factory=dict)
    owners: dict[str, str] = field(default_factory=dict)
    """Employee → id of the user."""
    tracks: set[str] = field(default_factory=set)
    customers: set[str] = field(default_factory=set)
    orders: set[str] = field(default_factory=set)
    lines: dict[str, list[tuple[int, Row]]] = field(default_factory=lambda: defaultdict(list))

    def additions(self) -> Iterator[Add]:
        """What to add to batches, one after the other."""
        yield self._staff
        yield self._genres
        for number, row in self._read("Track"):
            yield partial(self._track, number=number, row=row)
        for number, row in self._read("Customer"):
            yield partial(self._customer, number=number, row=row)
        for number, row in self._read("InvoiceLine"):
            self.lines[text(row["InvoiceId"]) or ""].append((number, row))
        for number, row in self._read("Invoice"):
            yield partial(self._invoice, number=number, row=row)
        for invoice, lines in self.lines.items():
            yield partial(_strays, invoice=invoice, lines=lines)

    def _read(self, table: str) -> Iterator[tuple[int, Row]]:
        return self.tables.rows(table, TABLES[table])

    def _staff(self, batch: Batch) -> None:
        employees: dict[str, Employee] = {}
        for number, row in self._read("Employee"):
            batch.rows += 1
            key = _key(batch, "Employee", number, row, employees)
            if key is not None:
                employees[key] = _employee(number, key, row)
        self.owners.update(add_staff(batch, Chinook.name, list(employees.values()), "Employee"))

    def _genres(self, batch: Batch) -> None:
        for number, row in self._read("Genre"):
            batch.rows += 1
            key = _key(batch, "Genre", number, row, self.genres)
            if key is not None:
                self.genres[key] = text(row["Name"])

    def _track(self, batch: Batch, number: int, row: Row) -> None:
        batch.rows += 1
        sku = _key(batch, "Track", number, row, self.tracks)
        if sku is None:
            return
        genre, each = text(row["GenreId"]), decimal(row["UnitPrice"])
        bad = [f"UnitPrice {shown(row['UnitPrice'])}"] if each is None and row["UnitPrice"] is not None else []
        bad += [f"GenreId {shown(row['GenreId'])}"] if genre is not None and genre not in self.genres else []
        if bad:
            batch.problem("Track", number, "BAD_VALUE", f"loaded without {', '.join(bad)}", key=sku, lost=False)
        properties = {
            "name": text(row["Name"]),
            "displayName": text(row["Name"]) or sku,
            "category": self.genres.get(genre or ""),
            "unitPrice": None if each is None else f"{each:f}",
            "currency": batch.target.currency,
        }
        batch.record("products", {"sku": sku}, batch.shared_id("Product", sku), properties)
        batch.sums["products"] += 1
        self.tracks.add(sku)

    def _customer(self, batch: Batch, number: int, row: Row) -> None:
        batch.rows += 1
        origin_id = _key(batch, "Customer", number, row, self.customers)
        if origin_id is None:
            return
        first, last, representative = text(row["FirstName"]), text(row["LastName"]), text(row["SupportRepId"])
        if representative is not None and representative not in self.owners:
            message = f"SupportRepId {shown(representative)} is not an employee: the channel's default owner owns it"
            batch.problem("Customer", number, "UNKNOWN_EMPLOYEE", message, key=origin_id, lost=False)
        company = text(row["Company"])
        if company is not None:
            batch.tag(company)
        person = {"firstName": first, "lastName": last, "email": text(row["Email"]), "phone": text(row["Phone"])}
        properties = {"kind": "PERSON", "name": " ".join(filter(None, (first, last))) or None, "status": "ACTIVE"}
        batch.customer(
            origin_id,
            {**properties, **person},
            tags=[company] if company else (),
            owner_id=self.owners.get(representative or ""),
        )
        address = {name: text(row[column]) for name, column in _PLACE.items()}
        if any(address.values()):
            batch.address("Customer", origin_id, address)
        batch.sums["customers"] += 1
        self.customers.add(origin_id)

    def _invoice(self, batch: Batch, number: int, row: Row) -> None:
        batch.rows += 1
        key = _key(batch, "Invoice", number, row, self.orders)
        if key is None:
            return
        placed_at = moment(row["InvoiceDate"])
        if placed_at is None:
            message = f"InvoiceDate {shown(row['InvoiceDate'])} is not a date"
            batch.problem("Invoice", number, "BAD_DATE", message, key=key)
            return
        self.orders.add(key)
        customer = text(row["CustomerId"])
        if customer is not None and customer not in self.customers:
            message = f"CustomerId {shown(customer)} is not a customer: loaded as a guest's order"
            batch.problem("Invoice", number, "UNKNOWN_CUSTOMER", message, key=key, lost=False)
            customer = None
        amounts = self._lines(batch, key, millis(placed_at))
        self._check_total(batch, number, key, row["Total"], sum(amounts))
        properties: dict[str, Any] = {"number": key, "status": "COMPLETED", "paymentStatus": "PAID"}
        if not amounts:
            properties |= {"subtotal": 0, "total": 0}
        batch.order(key, properties, customer=customer, placed_at=placed_at)
        address = {name: text(row[f"Billing{column}"]) for name, column in _PLACE.items()}
        if any(address.values()):
            batch.address("Order", key, {**address, "type": "BILLING"})
        batch.sums["orders"] += 1
        batch.sums["orders of guests"] += customer is None

    def _check_total(self, batch: Batch, number: int, key: str, total: Any, amount: int) -> None:
        currency, read = batch.target.currency, decimal(total)
        said = None if read is None else to_minor(read, currency)
        if said != amount:
            message = f"Total {shown(total)} is not what its lines come to, {to_major(amount, currency)}, which counts"
            batch.problem("Invoice", number, "OTHER_TOTAL", message, key=key, lost=False)
        if said is not None and abs(said) <= MOST_AMOUNT:
            batch.sums["amount of invoices"] += said

    def _lines(self, batch: Batch, invoice: str, at: int) -> list[int]:
        """Add the lines of an invoice.

        Returns:
            What each costs.
        """
        amounts: dict[int, int] = {}
        for number, row in self.lines.pop(invoice, []):
            batch.rows += 1
            key, read = whole(row["InvoiceLineId"]), _line(row, batch.target.currency)
            sku = text(row["TrackId"]) or ""
            if key is None or key < 0 or key in amounts:
                read = "NO_KEY", f"InvoiceLineId {shown(row['InvoiceLineId'])} is not a number that comes once"
            elif not isinstance(read, tuple) and sku not in self.tracks:
                read = "UNKNOWN_PRODUCT", f"TrackId {shown(sku)} is not a track"
            if key is None or isinstance(read, tuple):
                batch.problem("InvoiceLine", number, *read, key=text(row["InvoiceLineId"]) or "")
                continue
            amounts[key] = read["amount"]
            batch.line(invoice, key, sku, {**read, "at": at})
            batch.sums["lines"] += 1
            batch.sums["amount of lines"] += read["amount"]
        return list(amounts.values())


def _key(batch: Batch, table: str, number: int, row: Row, seen: set[str] | Mapping[str, object]) -> str | None:
    """The key of a row, unless it has none or one that came before, which is reported."""
    column = TABLES[table][0]
    key = text(row[column])
    if key is None:
        batch.problem(table, number, "NO_KEY", f"has no {column}")
    elif key in seen:
        batch.problem(table, number, "DUPLICATE", f"repeats the {column} {shown(key)}", key=key)
        return None
    return key


def _employee(number: int, key: str, row: Row) -> Employee:
    columns = {"firstName": "FirstName", "lastName": "LastName", "title": "Title", "phone": "Phone", "email": "Email"}
    return Employee(number, key, text(row["ReportsTo"]), {name: text(row[column]) for name, column in columns.items()})


def _line(row: Row, currency: str) -> dict[str, Any] | Fault:
    each, count = decimal(row["UnitPrice"]), whole(row["Quantity"])
    if each is None:
        return "BAD_PRICE", f"UnitPrice {shown(row['UnitPrice'])} is not a decimal number"
    if count is None:
        return "BAD_QUANTITY", f"Quantity {shown(row['Quantity'])} is not a whole number"
    amount = line_amount(count, each, currency)
    if amount is None:
        return "BAD_AMOUNT", f"{count} times {each} is more than a line can hold"
    return {"quantity": count, "unitPrice": f"{each:f}", "amount": amount}


def _strays(batch: Batch, invoice: str, lines: list[tuple[int, Row]]) -> None:
    for number, row in lines:
        batch.rows += 1
        message = f"InvoiceId {shown(invoice)} is not an invoice that was loaded"
        batch.problem("InvoiceLine", number, "UNKNOWN_ORDER", message, key=text(row["InvoiceLineId"]) or "")
