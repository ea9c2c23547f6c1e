"""What is sold: products, carts and orders with their items."""

from __future__ import annotations

import strawberry

from graph.connection import Connection
from graph.fields import IN, OUT, choice, connected, hop, listed, money, one, prop
from graph.model import Kind
from graph.permissions import Sensitive
from graph.scalars import DateTime, Decimal
from graph.types.enums import CartStatus, OrderStatus, PaymentStatus
from graph.types.record import Money, Node, Owner, Record
from graph.types.references import (
    ActivityRef,
    AddressRef,
    CartItemRef,
    CartRef,
    ChannelRef,
    CustomerRef,
    CustomerUserRef,
    OrderItemRef,
    OrderRef,
    ProductRef,
    TagRef,
)


@strawberry.type
class Product(Record):
    """Something to sell."""

    sku: str | None = prop("Stock keeping unit, unique.", searchable=True)
    name: str | None = prop("Name.", searchable=True)
    category: str | None = prop("Category.")
    unit_price: Decimal | None = prop("List price of a unit in major units.", Kind.DECIMAL, sensitive=Sensitive.MONEY)
    currency: str | None = prop("Currency of the list price.", sensitive=Sensitive.MONEY)
    discontinued: bool | None = prop("Whether it is no longer sold.", Kind.BOOLEAN)
    order_items: Connection[OrderItemRef] = connected("Order lines that sold it.", hop("OF_PRODUCT", IN, "OrderItem"))


@strawberry.type
class OrderItem(Node):
    """A line of an order; part of it."""

    line_number: int | None = prop("Number of the line in its source.", Kind.INT)
    description: str | None = prop("What was sold, as the order says.")
    quantity: int | None = prop("How many; negative when taken back.", Kind.INT)
    unit_price: Decimal | None = prop("Price of a unit in major units, exact.", Kind.DECIMAL, sensitive=Sensitive.MONEY)
    discount_percent: Decimal | None = prop("Discount in percent.", Kind.DECIMAL)
    amount: Money | None = money("Amount of the line after its discount, rounded half even.")
    product: ProductRef | None = one("The product.", "OF_PRODUCT", OUT, "Product")


@strawberry.type
class Order(Record):
    """An order; a guest's order has a channel and no customer."""

    number: str | None = prop("Number, unique per channel.", searchable=True)
    origin_id: str | None = prop("Its key in the source, unique per channel.")
    channel: ChannelRef | None = one("Its channel.", "IN_CHANNEL", OUT, "Channel")
    customer: CustomerRef | None = one("The customer who placed it; null for a guest.", "PLACED", IN, "Customer")
    customer_user: CustomerUserRef | None = one(
        "The customer user who placed it.", "OWNED_BY_CUSTOMER_USER", OUT, "CustomerUser"
    )
    owner: Owner | None = one("Who owns the order.", "OWNED_BY", OUT, "Owner")
    status: OrderStatus | None = choice("Where it stands.", OrderStatus)
    payment_status: PaymentStatus | None = choice("How far it is paid.", PaymentStatus)
    placed_at: DateTime | None = prop("When it was placed.", Kind.DATETIME, sortable=True, dated=True)
    subtotal: Money | None = money("Sum of its lines.")
    discount: Money | None = money("Discount on the whole order.")
    tax: Money | None = money("Tax.")
    shipping: Money | None = money("Shipping.")
    total: Money | None = money("What is to be paid.", sortable=True)
    items: Connection[OrderItemRef] = connected("Its lines.", hop("HAS_ITEM", OUT, "OrderItem"))
    cart: CartRef | None = one("The cart that it came from.", "FROM_CART", OUT, "Cart")
    addresses: list[AddressRef] | None = listed(
        "Its addresses.", "HAS_ADDRESS", OUT, "Address", sensitive=Sensitive.ADDRESS
    )
    activities: Connection[ActivityRef] = connected("Activities regarding it.", hop("REGARDING", IN, "Activity"))
    tags: list[TagRef] = listed("Its tags.", "TAGGED", OUT, "Tag")


@strawberry.type
class CartItem(Node):
    """A line of a cart; part of it."""

    quantity: int | None = prop("How many.", Kind.INT)
    unit_price: Decimal | None = prop("Price of a unit in major units, exact.", Kind.DECIMAL, sensitive=Sensitive.MONEY)
    amount: Money | None = money("Amount of the line, rounded half even.")
    product: ProductRef | None = one("The product.", "OF_PRODUCT", OUT, "Product")


@strawberry.type
class Cart(Record):
    """A cart: what a customer thinks of buying."""

    origin_id: str | None = prop("Its key in the source, unique per channel.")
    status: CartStatus | None = choice("Where it stands.", CartStatus)
    started_at: DateTime | None = prop("When it was started.", Kind.DATETIME, dated=True)
    subtotal: Money | None = money("Sum of its lines.")
    channel: ChannelRef | None = one("Its channel.", "IN_CHANNEL", OUT, "Channel")
    customer: CustomerRef | None = one("Whose it is.", "HAS_CART", IN, "Customer")
    customer_user: CustomerUserRef | None = one(
        "The customer user who filled it.", "OWNED_BY_CUSTOMER_USER", OUT, "CustomerUser"
    )
    owner: Owner | None = one("Who owns the cart.", "OWNED_BY", OUT, "Owner")
    items: Connection[CartItemRef] = connected("Its lines.", hop("HAS_ITEM", OUT, "CartItem"))
    order: OrderRef | None = one("The order that came of it.", "FROM_CART", IN, "Order")
    tags: list[TagRef] = listed("Its tags.", "TAGGED", OUT, "Tag")
