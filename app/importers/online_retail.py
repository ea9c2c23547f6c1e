"""UCI Online Retail: the invoices of a web shop, one row a line.

An invoice is an order, even when its lines stand apart in the file; `C…` is a cancellation, `A…` an adjustment of a
bad debt. A row without a customer is a guest's. docs/import.md has the whole mapping.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from app.importers.amounts import line_amount, price, quantity
from app.importers.batch import Batch
from app.importers.files import Advance, check_file, read_rows
from app.importers.target import ChannelSpec, Target

COLUMNS = ("InvoiceNo", "StockCode", "Description", "Quantity", "InvoiceDate", "UnitPrice", "CustomerID", "Country")
ORGANIZATION = "UK Web Shop"
LONGEST = 2
"""An order is kept in one batch up to this many times the batch's size."""

_CUSTOMER = re.compile(r"([0-9]+)(\.0)?")
_DATES = ("%Y-%m-%d %H:%M:%S", "%m/%d/%Y %H:%M")
_STATUS = {"C": ("CANCELLED", "REFUNDED"), "A": ("COMPLETED", "PENDING")}
"""Status and payment by the first letter of the invoice: an adjustment is nothing that anybody paid."""


@dataclass(frozen=True, slots=True)
class Line:
    """A row that can be loaded."""

    number: int
    invoice: str
    sku: str
    description: str
    quantity: int
    at: dt.datetime
    unit_price: str
    amount: int
    customer: str | None
    country: str


class OnlineRetail:
    """The data set as one CSV file."""

    name = "online-retail"
    currency = "GBP"
    channel = ChannelSpec("web-uk", "Web UK", "WEB", "UCI Online Retail")

    def __init__(self, path: Path) -> None:
        self.files: tuple[Path, ...] = (path,)

    def check(self) -> None:
        """Refuse a file with other columns."""
        check_file(self.files[0], COLUMNS)

    def batches(self, target: Target, size: int, advance: Advance) -> Iterator[Batch]:
        """The rows in batches that end where an invoice ends."""
        seen, file = _Seen(), self.files[0].name
        batch, invoice = Batch(target), ""
        for number, row in read_rows(self.files[0], COLUMNS, advance):
            if batch.rows >= size and (not row or row[0] != invoice or batch.rows >= LONGEST * size):
                yield batch
                batch = Batch(target)
                seen.orders_of_batch.clear()
            batch.rows += 1
            invoice = row[0]
            read = _line(number, row, target.currency)
            if isinstance(read, Line):
                _add(batch, read, seen, file)
            else:
                batch.problem(file, number, *read, key=invoice)
        if batch.rows:
            yield batch


@dataclass(slots=True)
class _Seen:
    """What the file has shown so far: nothing is sent to the database twice."""

    products: dict[str, bool] = field(default_factory=dict)
    """Stock code → whether it has a name."""
    countries: dict[str, set[str]] = field(default_factory=dict)
    orders: set[str] = field(default_factory=set)
    orders_of_batch: dict[str, str | None] = field(default_factory=dict)
    """Invoice → customer."""


def _line(number: int, row: list[str], currency: str) -> Line | tuple[str, str]:
    """A row as a line, or the code and the message of what is wrong with it."""
    if len(row) != len(COLUMNS):
        return "WRONG_COLUMNS", f"has {len(row)} values, not {len(COLUMNS)}"
    invoice, sku, description, count, when, unit_price, customer, country = row
    units, each, at = quantity(count), price(unit_price), _moment(when)
    if not invoice.strip():
        return "NO_INVOICE", "has no InvoiceNo"
    if not sku.strip():
        return "NO_PRODUCT", "has no StockCode"
    if units is None:
        return "BAD_QUANTITY", f"Quantity {count[:40]!r} is not a whole number"
    if each is None:
        return "BAD_PRICE", f"UnitPrice {unit_price[:40]!r} is not a decimal number"
    if at is None:
        return "BAD_DATE", f"InvoiceDate {when[:40]!r} is not a date and time"
    buyer = _customer(customer)
    if buyer == "":
        return "BAD_CUSTOMER", f"CustomerID {customer[:40]!r} is not a number"
    amount = line_amount(units, each, currency)
    if amount is None:
        return "BAD_AMOUNT", f"{count} times {unit_price} is more than a line can hold"
    return Line(
        number, invoice.strip(), sku.strip(), description.strip(), units, at, str(each), amount, buyer, country.strip()
    )


@lru_cache(maxsize=1 << 10)
def _moment(text: str) -> dt.datetime | None:
    """A date of either of the forms in which the data set is published, as UTC."""
    for form in _DATES:
        try:
            return dt.datetime.strptime(text.strip(), form).replace(tzinfo=dt.UTC)
        except ValueError:
            continue
    return None


@lru_cache(maxsize=1 << 12)
def _customer(text: str) -> str | None:
    """The origin id of `17850.0`; None when there is none, empty when it is no number."""
    if not text.strip():
        return None
    found = _CUSTOMER.fullmatch(text.strip())
    return found[1] if found else ""


def _add(batch: Batch, line: Line, seen: _Seen, file: str) -> None:
    if line.sku not in seen.products or (line.description and not seen.products[line.sku]):
        seen.products[line.sku] = bool(line.description)
        batch.product(line.sku, line.description or None)
    if line.customer is not None:
        _add_customer(batch, line, seen, file)
    if line.invoice not in seen.orders_of_batch:
        _add_order(batch, line, seen, file)
    elif seen.orders_of_batch[line.invoice] != line.customer:
        message = f"names another customer than the first line of invoice {line.invoice}, whose order it stays"
        batch.problem(file, line.number, "OTHER_CUSTOMER", message, key=line.invoice, lost=False)
    properties = {
        "quantity": line.quantity,
        "unitPrice": line.unit_price,
        "amount": line.amount,
        "at": int(line.at.timestamp()) * 1000,
    }
    if line.description:
        properties["description"] = line.description
    batch.line(line.invoice, line.number, line.sku, properties)
    batch.sums["lines"] += 1
    batch.sums["amount of lines"] += line.amount


def _add_customer(batch: Batch, line: Line, seen: _Seen, file: str) -> None:
    customer = line.customer or ""
    countries = seen.countries.get(customer)
    if countries is None:
        countries = seen.countries[customer] = set()
        batch.customer(customer, {"kind": "PERSON", "name": f"Customer {customer}", "status": "ACTIVE"})
        batch.sums["customers"] += 1
    if line.country and line.country not in countries:
        countries.add(line.country)
        batch.address("Customer", customer, {"country": line.country}, key=line.country, primary=len(countries) == 1)
        if len(countries) > 1:
            message = f"customer {customer} has a further country, {line.country}: a further address"
            batch.problem(file, line.number, "FURTHER_COUNTRY", message, key=customer, lost=False)


def _add_order(batch: Batch, line: Line, seen: _Seen, file: str) -> None:
    seen.orders_of_batch[line.invoice] = line.customer
    status, payment = _STATUS.get(line.invoice[0], ("COMPLETED", "PAID"))
    properties = {"number": line.invoice, "status": status, "paymentStatus": payment}
    batch.order(line.invoice, properties, customer=line.customer, placed_at=line.at)
    if line.invoice in seen.orders:
        return
    seen.orders.add(line.invoice)
    batch.sums["orders"] += 1
    batch.sums["orders cancelled"] += status == "CANCELLED"
    if line.customer is None:
        batch.sums["orders of guests"] += 1
        if line.country:
            batch.address("Order", line.invoice, {"country": line.country}, key=line.country)
    if line.invoice[0] == "A":
        message = f"invoice {line.invoice} adjusts a bad debt: an order without customer that nobody paid"
        batch.problem(file, line.number, "ADJUSTMENT", message, key=line.invoice, lost=False)
