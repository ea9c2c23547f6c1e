"""The orders of Northwind with their lines."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

from app.importers.amounts import line_amount
from app.importers.batch import Batch
from app.importers.files import Advance, read_rows
from app.importers.values import decimal, millis, moment, shown, text, whole
from graph.money import to_minor

ORDERS, DETAILS = "orders.csv", "order-details.csv"
ORDER_COLUMNS: dict[str, tuple[str, ...]] = {
    ORDERS: (
        *("orderID", "customerID", "employeeID", "orderDate", "requiredDate", "shippedDate", "shipVia", "freight"),
        *("shipName", "shipAddress", "shipCity", "shipRegion", "shipPostalCode", "shipCountry"),
    ),
    DETAILS: ("orderID", "productID", "unitPrice", "quantity", "discount"),
}
STREET = ORDER_COLUMNS[ORDERS].index("shipAddress")
MOST_FREIGHT = Decimal(10**12)

_SHIP_TO = {
    "street": "shipAddress",
    "city": "shipCity",
    "region": "shipRegion",
    "postalCode": "shipPostalCode",
    "country": "shipCountry",
}

Add = Callable[[Batch], None]
Fault = tuple[str, str]
"""Code and message of what is wrong with a row."""


@dataclass(slots=True)
class Known:
    """What the files before have shown."""

    owners: dict[str, str] = field(default_factory=dict)
    """Employee → id of the user."""
    products: set[str] = field(default_factory=set)
    customers: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Order:
    """A row of an order that can be loaded."""

    row: Mapping[str, str]
    placed_at: dt.datetime
    shipped: bool
    freight: int | None


@dataclass(slots=True)
class Orders:
    """Reads both files: the lines are kept until their order comes."""

    paths: Mapping[str, Path]
    advance: Advance
    known: Known
    lines: dict[str, list[tuple[int, list[str]]]] = field(default_factory=lambda: defaultdict(list))
    loaded: set[str] = field(default_factory=set)

    def additions(self) -> Iterator[Add]:
        """What to add to batches: each order with its lines, then the lines of no order."""
        for number, values in read_rows(self.paths[DETAILS], ORDER_COLUMNS[DETAILS], self.advance):
            self.lines[values[0].strip()].append((number, values))
        for number, values in read_rows(self.paths[ORDERS], ORDER_COLUMNS[ORDERS], self.advance):
            yield partial(self._order, number=number, values=values)
        for key, lines in self.lines.items():
            yield partial(_strays, order=key, lines=lines)

    def _order(self, batch: Batch, number: int, values: list[str]) -> None:
        batch.rows += 1
        key = text(values[0]) or ""
        whole_values = _whole(values)
        read = _read(whole_values, batch.target.currency)
        if key in self.loaded:
            read = "DUPLICATE", f"repeats the orderID {shown(key)}"
        if not isinstance(read, Order):
            batch.problem(ORDERS, number, *read, key=key)
            return
        if len(values) > len(whole_values):
            message = "has a comma in shipAddress without quotes: the parts were joined again"
            batch.problem(ORDERS, number, "UNQUOTED_COMMA", message, key=key, lost=False)
        self.loaded.add(key)
        self._add(batch, number, key, read)

    def _add(self, batch: Batch, number: int, key: str, order: Order) -> None:
        loaded = self._lines(batch, key, millis(order.placed_at))
        customer, employee = text(order.row["customerID"]), text(order.row["employeeID"])
        if customer is not None and customer not in self.known.customers:
            message = f"customerID {shown(customer)} is not a customer: loaded as a guest's order"
            batch.problem(ORDERS, number, "UNKNOWN_CUSTOMER", message, key=key, lost=False)
            customer = None
        if employee is not None and employee not in self.known.owners:
            message = f"employeeID {shown(employee)} is not an employee: the channel's default owner owns it"
            batch.problem(ORDERS, number, "UNKNOWN_EMPLOYEE", message, key=key, lost=False)
        properties: dict[str, Any] = {
            "number": key,
            "status": "SHIPPED" if order.shipped else "OPEN",
            "paymentStatus": "PAID" if order.shipped else "PENDING",
            "shipping": order.freight,
        }
        if not loaded:
            properties |= {"subtotal": 0, "total": order.freight or 0}
        owner = self.known.owners.get(employee or "")
        batch.order(key, properties, customer=customer, placed_at=order.placed_at, owner_id=owner)
        address = {name: text(order.row[column]) for name, column in _SHIP_TO.items()}
        if any(address.values()):
            batch.address("Order", key, {**address, "type": "SHIPPING"})
        batch.sums["orders"] += 1
        batch.sums["orders of guests"] += customer is None
        batch.sums["orders not shipped"] += not order.shipped
        batch.sums["amount of freight"] += order.freight or 0

    def _lines(self, batch: Batch, order: str, at: int) -> int:
        """Add the lines of an order; their numbers are their places in it."""
        found = self.lines.pop(order, [])
        products: set[str] = set()
        for place, (number, values) in enumerate(found, 1):
            batch.rows += 1
            read = _line(values, batch.target.currency)
            sku = values[1].strip() if len(values) > 1 else ""
            if not isinstance(read, tuple) and sku not in self.known.products:
                read = "UNKNOWN_PRODUCT", f"productID {shown(sku)} is not a product"
            if not isinstance(read, tuple) and sku in products:
                read = "DUPLICATE", f"repeats productID {shown(sku)} of order {order}"
            if isinstance(read, tuple):
                batch.problem(DETAILS, number, *read, key=order)
                continue
            products.add(sku)
            batch.line(order, place, sku, {**read, "at": at})
            batch.sums["lines"] += 1
            batch.sums["amount of lines"] += read["amount"]
        return len(products)


def _whole(values: list[str]) -> list[str]:
    """A row whose ship address has commas without quotes, with the address in one piece again.

    Such a comma has a blank behind it; other surplus commas could be anywhere, and the row stays as it is.
    """
    surplus = len(values) - len(ORDER_COLUMNS[ORDERS])
    parts = values[STREET + 1 : STREET + 1 + surplus] if surplus > 0 else []
    if not parts or not all(part.startswith(" ") for part in parts):
        return values
    return [*values[:STREET], ",".join([values[STREET], *parts]), *values[STREET + 1 + surplus :]]


def _read(values: list[str], currency: str) -> Order | Fault:
    columns = ORDER_COLUMNS[ORDERS]
    if len(values) != len(columns):
        return "WRONG_COLUMNS", f"has {len(values)} values, not {len(columns)}"
    row = dict(zip(columns, values, strict=True))
    if text(row["orderID"]) is None:
        return "NO_KEY", "has no orderID"
    placed_at, shipped_at = moment(row["orderDate"]), moment(row["shippedDate"])
    if placed_at is None:
        return "BAD_DATE", f"orderDate {shown(row['orderDate'])} is not a date"
    if shipped_at is None and text(row["shippedDate"]) is not None:
        return "BAD_DATE", f"shippedDate {shown(row['shippedDate'])} is not a date"
    freight = decimal(row["freight"])
    if (freight is None and text(row["freight"]) is not None) or abs(freight or Decimal(0)) > MOST_FREIGHT:
        return "BAD_FREIGHT", f"freight {shown(row['freight'])} is not an amount"
    return Order(row, placed_at, shipped_at is not None, None if freight is None else to_minor(freight, currency))


def _line(values: list[str], currency: str) -> dict[str, Any] | Fault:
    columns = ORDER_COLUMNS[DETAILS]
    if len(values) != len(columns):
        return "WRONG_COLUMNS", f"has {len(values)} values, not {len(columns)}"
    each, count, discount = decimal(values[2]), whole(values[3]), decimal(values[4])
    if each is None:
        return "BAD_PRICE", f"unitPrice {shown(values[2])} is not a decimal number"
    if count is None:
        return "BAD_QUANTITY", f"quantity {shown(values[3])} is not a whole number"
    if discount is None or not 0 <= discount <= 1:
        return "BAD_DISCOUNT", f"discount {shown(values[4])} is not a number from 0 to 1"
    amount = line_amount(count, each, currency, discount)
    if amount is None:
        return "BAD_AMOUNT", f"{count} times {each} is more than a line can hold"
    percent = f"{(discount * 100).normalize():f}"
    return {"quantity": count, "unitPrice": f"{each:f}", "discountPercent": percent, "amount": amount}


def _strays(batch: Batch, order: str, lines: list[tuple[int, list[str]]]) -> None:
    for number, _ in lines:
        batch.rows += 1
        message = f"orderID {shown(order)} is not an order that was loaded"
        batch.problem(DETAILS, number, "UNKNOWN_ORDER", message, key=order)
