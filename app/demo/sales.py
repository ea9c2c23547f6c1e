"""Writes down what is sold: orders, carts, leads, opportunities, cases."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from app.demo.book import Book, Buyer, Channel, Product
from app.demo.ledger import value_of_order
from graph.money import to_minor

PROBABILITIES = {
    "IN_PROGRESS": 0,
    "IDENTIFICATION_ALIGNMENT": 10,
    "NEEDS_ANALYSIS": 20,
    "SOLUTION_DEVELOPMENT": 50,
    "NEGOTIATION": 80,
    "WON": 100,
    "LOST": 0,
}
HUNDRED = Decimal(100)


@dataclass(frozen=True, slots=True)
class Line:
    """So many pieces of a product, at a discount in percent."""

    product: Product
    quantity: int
    discount: Decimal | None = None

    def amount(self, currency: str) -> int:
        """The line's amount in minor units, rounded half even after its discount."""
        gross = self.product.price * self.quantity
        return to_minor(gross if self.discount is None else gross * (HUNDRED - self.discount) / HUNDRED, currency)


@dataclass(frozen=True, slots=True)
class Terms:
    """What an order says beside its lines; amounts in minor units."""

    status: str = "COMPLETED"
    payment: str = "PAID"
    discount: int = 0
    tax_percent: int = 8
    shipping: int = 0


def minor(amount: int, currency: str) -> int:
    """A whole amount of a currency in minor units."""
    return to_minor(Decimal(amount), currency)


def write_order(
    book: Book,
    number: str,
    buyer: Buyer | Channel,
    at: dt.datetime,
    lines: Sequence[Line],
    terms: Terms = Terms(),
    *,
    user: str | None = None,
    cart: str | None = None,
) -> str:
    """Write down an order with its lines; a guest's has a channel in place of a buyer."""
    customer, channel = (buyer, buyer.channel) if isinstance(buyer, Buyer) else (None, buyer)
    owner = customer.owner if customer else book.organization.owner_id
    amounts = [line.amount(book.currency) for line in lines]
    subtotal = sum(amounts)
    tax = (subtotal - terms.discount) * terms.tax_percent // 100
    ends = {"channel": channel.id, "customerUser": user, "cart": cart, "customer": customer.id if customer else None}
    key = f"{channel.key}/{number}"
    order = book.record(
        *("Order", key, f"Order {number}", at),
        to={"owner": owner, **ends},
        number=number,
        originId=number,
        channelId=channel.id,
        placedAt=at,
        status=terms.status,
        paymentStatus=terms.payment,
        currency=book.currency,
        subtotal=subtotal,
        discount=terms.discount,
        tax=tax,
        shipping=terms.shipping,
        total=subtotal - terms.discount + tax + terms.shipping,
    )
    _write_order_items(book, key, at, order, list(zip(lines, amounts, strict=True)))
    value = value_of_order(channel.rule, terms.status, terms.payment, subtotal, terms.discount)
    if customer and value:
        book.ledger.count((customer.id, customer.account, channel.id), at, value)
    return order


def _write_order_items(book: Book, key: str, at: dt.datetime, order: str, lines: Sequence[tuple[Line, int]]) -> None:
    for place, (line, amount) in enumerate(lines, start=1):
        book.part(
            *("OrderItem", f"{key}/{place}", at, {"order": order, "product": line.product.id}),
            lineNumber=place,
            description=line.product.name,
            quantity=line.quantity,
            unitPrice=str(line.product.price),
            discountPercent=None if line.discount is None else str(line.discount),
            amount=amount,
            currency=book.currency,
        )


def write_cart(
    book: Book,
    key: str,
    buyer: Buyer,
    at: dt.datetime,
    lines: Sequence[Line],
    status: str = "OPEN",
    *,
    user: str | None = None,
) -> str:
    """Write down a cart with its lines."""
    amounts = [line.amount(book.currency) for line in lines]
    cart = book.record(
        *("Cart", f"{buyer.channel.key}/{key}", f"Cart {key}", at),
        to={"owner": buyer.owner, "channel": buyer.channel.id, "customer": buyer.id, "customerUser": user},
        originId=key,
        channelId=buyer.channel.id,
        status=status,
        startedAt=at,
        subtotal=sum(amounts),
        currency=book.currency,
    )
    for place, (line, amount) in enumerate(zip(lines, amounts, strict=True), start=1):
        book.part(
            *("CartItem", f"{buyer.channel.key}/{key}/{place}", at, {"cart": cart, "product": line.product.id}),
            quantity=line.quantity,
            unitPrice=str(line.product.price),
            amount=amount,
            currency=book.currency,
        )
    return cart


def write_lead(
    book: Book,
    key: str,
    name: str,
    at: dt.datetime,
    channel: Channel,
    *,
    to: Mapping[str, str | None],
    status: str = "NEW",
    **properties: Any,
) -> str:
    """Write down a lead."""
    contact = {"role": "First contact"}
    ends = {"channel": channel.id, **to}
    properties |= {"name": name, "receivedAt": at, "status": status, "originId": key, "channelId": channel.id}
    return book.record("Lead", f"{channel.key}/{key}", name, at, to=ends, contact=contact, **properties)


@dataclass(frozen=True, slots=True)
class Deal:
    """What an opportunity is about; amounts in minor units of its currency, `rate` turns them into the base one."""

    status: str
    budget: int
    closed: dt.datetime | None = None
    revenue: int = 0
    reason: str | None = None
    currency: str | None = None
    rate: Decimal = Decimal(1)


def write_opportunity(
    book: Book,
    key: str,
    name: str,
    at: dt.datetime,
    channel: Channel,
    deal: Deal,
    *,
    buyer: Buyer | None = None,
    to: Mapping[str, str | None],
    **properties: Any,
) -> str:
    """Write down an opportunity of a buyer, or of what `to` says under `party`."""
    won = deal.status == "WON"
    base = int(deal.revenue * deal.rate)
    stored = {
        "name": name,
        "originId": key,
        "channelId": channel.id,
        "status": deal.status,
        "openedAt": at,
        "probability": PROBABILITIES[deal.status],
        "budget": deal.budget,
        "closedAt": deal.closed,
        "closeReason": "WON" if won else deal.reason,
        "currency": deal.currency or book.currency,
        "closeRevenue": deal.revenue if deal.closed else None,
        "baseRevenue": base if deal.closed else None,
        **({"exchangeRate": str(deal.rate)} if deal.currency else {}),
    }
    ends = {"channel": channel.id, "party": buyer.id if buyer else None, **to}
    role = {"role": "Decides"}
    found = book.record("Opportunity", f"{channel.key}/{key}", name, at, to=ends, contact=role, **stored, **properties)
    if won and buyer and channel.rule == "WON":
        book.ledger.count((buyer.id, buyer.account, channel.id), deal.closed or at, base)
    return found


def write_case(
    book: Book,
    key: str,
    subject: str,
    at: dt.datetime,
    channel: Channel,
    *,
    to: Mapping[str, str | None],
    status: str = "OPEN",
    **properties: Any,
) -> str:
    """Write down a case."""
    ends = {"channel": channel.id, **to}
    properties |= {"subject": subject, "reportedAt": at, "status": status, "originId": key, "channelId": channel.id}
    return book.record("Case", f"{channel.key}/{key}", subject, at, to=ends, **properties)
