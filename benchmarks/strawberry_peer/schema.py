"""The types and their resolvers, written the way Strawberry's documentation shows."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, NewType, TypeAlias

import strawberry
from strawberry.extensions import ParserCache, ValidationCache
from strawberry.schema.config import StrawberryConfig
from strawberry.types import Info as StrawberryInfo

from benchmarks.strawberry_peer.loaders import CUSTOMER, Loaders, Row

Info: TypeAlias = StrawberryInfo[dict[str, Any], None]
Minor = NewType("Minor", int)
MINOR = strawberry.scalar(name="Minor", description="Minor units of a currency.", serialize=int, parse_value=int)


def loaders(info: Info) -> Loaders:
    """The dataloaders of this request."""
    found: Loaders = info.context["loaders"]
    return found


@strawberry.type
class Named:
    """A record of which only the name is asked."""

    id: strawberry.ID
    name: str | None


@strawberry.type
class Product:
    """Something to sell."""

    sku: str | None
    name: str | None


@strawberry.type
class Contact:
    """A person."""

    id: strawberry.ID
    display_name: str | None
    email: str | None
    phone: str | None


@strawberry.type
class ContactLink:
    """A contact with what it is there."""

    role: str | None
    position: str | None
    node: Contact


@strawberry.type
class CustomerUser:
    """Somebody who signs in for a customer."""

    id: strawberry.ID
    display_name: str | None
    email: str | None


@strawberry.type
class Opportunity:
    """A deal in the making."""

    id: strawberry.ID
    name: str | None
    status: str | None
    budget: Minor | None


@strawberry.type
class Case:
    """A request after the sale."""

    id: strawberry.ID
    subject: str | None
    status: str | None
    priority: str | None


@strawberry.type
class OrderItem:
    """A line of an order."""

    id: strawberry.ID
    quantity: int | None
    unit_price: str | None
    amount: Minor | None

    @strawberry.field
    async def product(self, info: Info) -> Product | None:
        """What was sold."""
        row = await loaders(info).one("item.product", self.id)
        return row and Product(sku=row["sku"], name=row["name"])


@strawberry.type
class Order:
    """An order."""

    id: strawberry.ID
    number: str | None
    status: str | None
    placed_at: dt.datetime | None
    total: Minor | None

    @strawberry.field
    async def items(self, info: Info, limit: int = 20) -> list[OrderItem]:
        """Its lines."""
        rows = await loaders(info).many("order.items", self.id, limit)
        return [
            OrderItem(id=row["id"], quantity=row["quantity"], unit_price=row["unitPrice"], amount=row["amount"])
            for row in rows
        ]


@strawberry.type
class Account:
    """The whole relationship with a party."""

    id: strawberry.ID
    name: str | None
    kind: str | None

    @strawberry.field
    async def lifetime_value(self, info: Info) -> Minor:
        """What its customers and its own deals brought."""
        return Minor(sum(await loaders(info).one("account.lifetimeValue", self.id)))

    @strawberry.field
    async def customers(
        self, info: Info, limit: int = 20, channel_status: str | None = None
    ) -> list[Annotated[Customer, strawberry.lazy(__name__)]]:
        """Its customers."""
        rows = await loaders(info).many("account.customers", self.id, limit, status=channel_status)
        return [customer_of(row) for row in rows]

    @strawberry.field
    async def contacts(self, info: Info, limit: int = 20) -> list[ContactLink]:
        """Its contacts."""
        return [contact_of(row) for row in await loaders(info).many("account.contacts", self.id, limit)]


@strawberry.type
class Customer:
    """The record of a buyer in one channel."""

    id: strawberry.ID
    name: str | None
    email: str | None
    phone: str | None
    status: str | None
    lifetime_value: Minor | None

    @strawberry.field
    async def channel(self, info: Info) -> Named | None:
        """Its channel."""
        return named_of(await loaders(info).one("customer.channel", self.id))

    @strawberry.field
    async def group(self, info: Info) -> Named | None:
        """Its group."""
        return named_of(await loaders(info).one("customer.group", self.id))

    @strawberry.field
    async def parent(self, info: Info) -> Named | None:
        """Its parent."""
        return named_of(await loaders(info).one("customer.parent", self.id))

    @strawberry.field
    async def account(self, info: Info) -> Account | None:
        """Its account."""
        row = await loaders(info).one("customer.account", self.id)
        return row and Account(id=row["id"], name=row["name"], kind=row["kind"])

    @strawberry.field
    async def children(self, info: Info, limit: int = 10_000) -> list[Annotated[Customer, strawberry.lazy(__name__)]]:
        """Its children in the tree."""
        return [customer_of(row) for row in await loaders(info).many("customer.children", self.id, limit)]

    @strawberry.field
    async def contacts(self, info: Info, limit: int = 20) -> list[ContactLink]:
        """Its contacts."""
        return [contact_of(row) for row in await loaders(info).many("customer.contacts", self.id, limit)]

    @strawberry.field
    async def users(self, info: Info, limit: int = 20) -> list[CustomerUser]:
        """Its customer users."""
        rows = await loaders(info).many("customer.users", self.id, limit)
        return [CustomerUser(id=row["id"], display_name=row["displayName"], email=row["email"]) for row in rows]

    @strawberry.field
    async def orders(self, info: Info, limit: int = 20) -> list[Order]:
        """Its newest orders."""
        return [order_of(row) for row in await loaders(info).many("customer.orders", self.id, limit)]

    @strawberry.field
    async def opportunities(self, info: Info, limit: int = 20) -> list[Opportunity]:
        """Its opportunities."""
        rows = await loaders(info).many("customer.opportunities", self.id, limit)
        return [Opportunity(**row) for row in rows]

    @strawberry.field
    async def cases(self, info: Info, limit: int = 20) -> list[Case]:
        """Its cases."""
        return [Case(**row) for row in await loaders(info).many("customer.cases", self.id, limit)]


def named_of(row: Row | None) -> Named | None:
    """A name from a row."""
    return Named(id=row["id"], name=row["name"]) if row else None


def contact_of(row: Row) -> ContactLink:
    """A contact from a row."""
    node = row["node"]
    contact = Contact(id=node["id"], display_name=node["displayName"], email=node["email"], phone=node["phone"])
    return ContactLink(role=row["role"], position=row["position"], node=contact)


def customer_of(row: Row) -> Customer:
    """A customer from a row."""
    return Customer(
        id=row["id"],
        name=row["name"],
        email=row["email"],
        phone=row["phone"],
        status=row["status"],
        lifetime_value=row["lifetimeValue"],
    )


def order_of(row: Row) -> Order:
    """An order from a row."""
    return Order(
        id=row["id"],
        number=row["number"],
        status=row["status"],
        placed_at=row["placedAt"] and row["placedAt"].to_native(),
        total=row["total"],
    )


@strawberry.type
class OrderFigures:
    """How many orders of a status there were in a month, and what they brought."""

    status: str | None
    month: str | None
    count: int
    total: Minor


@strawberry.type
class Query:
    """What can be asked."""

    @strawberry.field
    async def customer(self, info: Info, organization_id: strawberry.ID, id: strawberry.ID) -> Customer | None:  # noqa: A002 - GraphQL's word
        """A customer by id."""
        loaders(info).organization = organization_id
        statement = "MATCH (c:Customer {organizationId: $org, id: $id}) RETURN c " + CUSTOMER
        rows = await loaders(info).rows(statement, id=id)
        return customer_of(rows[0]) if rows else None

    @strawberry.field
    async def account(self, info: Info, organization_id: strawberry.ID, id: strawberry.ID) -> Account | None:  # noqa: A002 - GraphQL's word
        """An account by id."""
        loaders(info).organization = organization_id
        statement = "MATCH (a:Account {organizationId: $org, id: $id}) RETURN a {.id, .name, .kind}"
        rows = await loaders(info).rows(statement, id=id)
        return Account(**rows[0]) if rows else None

    @strawberry.field
    async def customers(
        self, info: Info, organization_id: strawberry.ID, channel_id: strawberry.ID, limit: int = 20
    ) -> list[Customer]:
        """The customers of a channel."""
        loaders(info).organization = organization_id
        statement = (
            "MATCH (:Channel {organizationId: $org, id: $channel})<-[:IN_CHANNEL]-(c:Customer) "
            "WITH c ORDER BY c.id LIMIT $limit RETURN c " + CUSTOMER
        )
        return [customer_of(row) for row in await loaders(info).rows(statement, channel=channel_id, limit=limit)]

    @strawberry.field
    async def customers_by_value(
        self, info: Info, organization_id: strawberry.ID, offset: int = 0, limit: int = 20
    ) -> list[Customer]:
        """A page of customers, those who brought most first."""
        loaders(info).organization = organization_id
        statement = (
            "MATCH (c:Customer {organizationId: $org}) WHERE c.lifetimeValue IS NOT NULL AND c.id IS NOT NULL "
            "WITH c ORDER BY c.lifetimeValue DESC, c.id DESC SKIP $offset LIMIT $limit RETURN c " + CUSTOMER
        )
        return [customer_of(row) for row in await loaders(info).rows(statement, offset=offset, limit=limit)]

    @strawberry.field
    async def search_customers(
        self, info: Info, organization_id: strawberry.ID, phrase: str, limit: int = 10
    ) -> list[Customer]:
        """Customers by words."""
        loaders(info).organization = organization_id
        statement = (
            "CALL db.index.fulltext.queryNodes('search', $phrase) YIELD node AS c, score "
            "WHERE c:Customer AND c.organizationId = $org "
            "WITH c ORDER BY score DESC, c.id DESC LIMIT $limit RETURN c " + CUSTOMER
        )
        return [customer_of(row) for row in await loaders(info).rows(statement, phrase=phrase, limit=limit)]

    @strawberry.field
    async def order_figures(self, info: Info, organization_id: strawberry.ID) -> list[OrderFigures]:
        """Orders by status and month."""
        loaders(info).organization = organization_id
        statement = (
            "MATCH (o:Order {organizationId: $org}) "
            "WITH o.status AS status, toString(date.truncate('month', o.placedAt)) AS month, "
            "count(*) AS count, sum(o.total) AS total "
            "RETURN {status: status, month: month, count: count, total: total} AS figures"
        )
        return [OrderFigures(**row) for row in await loaders(info).rows(statement)]


schema = strawberry.Schema(
    query=Query,
    extensions=[ParserCache, ValidationCache],
    config=StrawberryConfig(scalar_map={Minor: MINOR}),
)
