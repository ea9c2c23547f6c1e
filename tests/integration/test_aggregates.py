"""Aggregates on a real database: exact beyond 64 bits, by currency, by bucket, within what the viewer may see."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from cypher.printer import Statement
from graph.database import Database
from tests.asking import Asker
from tests.integration.test_plans import NEVER, operators, statements_of
from tests.world import World

LARGE = 2**62 + 1
"""Two of these are more than a whole number of 64 bits."""
ORDERS: tuple[tuple[str, int | None, dt.datetime | None], ...] = (
    ("USD", LARGE, dt.datetime(2025, 12, 29, tzinfo=dt.UTC)),
    ("USD", LARGE, dt.datetime(2026, 1, 4, 23, 59, 59, tzinfo=dt.UTC)),
    ("USD", LARGE, dt.datetime(2026, 1, 5, tzinfo=dt.UTC)),
    ("JPY", 7, dt.datetime(2026, 4, 1, tzinfo=dt.UTC)),
    ("JPY", -2, None),
    ("KWD", None, None),
)
PRICES = ("0.1", "0.2", "-0.5", "1E+3", "123456789012.000000000001", None)


def sums_world() -> World:
    """Orders of several currencies and moments, lines of odd prices, a case with two claimants."""
    world = World("aggregates")
    world.node("Organization", "organization", name="Sums", currency="USD", key="world-aggregates")
    world.node("Channel", "shop", name="Shop", status="ACTIVE", key="aggregates-shop")
    world.node("Account", "account", name="Account")
    world.node("Customer", "customer", name="Customer", channelId=world.uuid("shop"), originId="1")
    world.link("customer", "BELONGS_TO", "account")
    for number, (currency, total, placed) in enumerate(ORDERS):
        name = f"order{number}"
        status = "OPEN" if number % 2 else "COMPLETED"
        world.node("Order", name, name=name, currency=currency, total=total, placedAt=placed, status=status)
        world.link("customer", "PLACED", name)
        if number:
            world.link(name, "IN_CHANNEL", "shop")
    for number, price in enumerate(PRICES):
        world.node("OrderItem", f"item{number}", quantity=number, unitPrice=price)
        world.link("order0", "HAS_ITEM", f"item{number}")
    world.node("Case", "case", subject="Two claimants", status="OPEN")
    world.link("case", "CASE_OF", "customer")
    world.link("case", "CASE_OF", "account")
    return world


@pytest.fixture(scope="module")
async def sums(database: Database) -> World:
    """The world of sums; its first order is in a channel of another organisation, which no link should ever make."""
    world, other = sums_world(), World("aggregates-other")
    other.node("Organization", "organization", name="Other", currency="USD", key="world-aggregates-other")
    other.node("Channel", "hidden", name="Hidden", status="ACTIVE", key="hidden")
    for made in (world, other):
        await database.write(list(made.statements()))
    text = "MATCH (o:Order {id: $order}), (c:Channel {id: $channel}) MERGE (o)-[:IN_CHANNEL]->(c)"
    await database.write([Statement(text, {"order": world.uuid("order0"), "channel": other.uuid("hidden")})])
    return world


async def aggregate(ask: Asker, world: World, selected: str, **variables: Any) -> Any:
    """What an `aggregate` of all orders answers; variables are `$fields`, `$bucket` and `$field`."""
    types = {"fields": "[OrderField!]", "bucket": "DateBucket!", "field": "OrderField!"}
    declared = f"query Q({', '.join(f'${name}: {types[name]}' for name in variables)})" if variables else ""
    data = await ask.data(world.viewer(), f"{declared} {{ orders {{ {selected} }} }}", **variables)
    return data["orders"]["aggregate"]


def major(minor: int, places: int) -> str:
    """Minor units in major ones."""
    return f"{minor // 10**places}.{minor % 10**places:0{places}d}"


async def test_a_sum_of_several_currencies_is_nothing(sums: World, ask: Asker) -> None:
    """What has no common currency has no sum, average, smallest or greatest amount."""
    selected = "aggregate { count sum(field: total) { amount } avg(field: total) { amount } min(field: total) }"

    assert [{"count": 6, "sum": None, "avg": None, "min": None}] == await aggregate(ask, sums, selected)


async def test_sums_by_currency_are_exact(sums: World, ask: Asker) -> None:
    """Each currency has its digits, a sum beyond 64 bits loses none, and an amount that is null does not count."""
    selected = """aggregate(groupBy: [currency]) {
      key { value } count sum(field: total) { amount currency } avg(field: total) { amount } max(field: total)
    }"""

    yen, dinar, dollar = await aggregate(ask, sums, selected)

    assert ["JPY", "KWD", "USD"] == [group["key"][0]["value"] for group in (yen, dinar, dollar)]
    assert ({"amount": "5", "currency": "JPY"}, {"amount": "2.50"}, "7") == (yen["sum"], yen["avg"], yen["max"])
    assert (1, None, None, None) == (dinar["count"], dinar["sum"], dinar["avg"], dinar["max"])
    assert {"amount": major(3 * LARGE, 2), "currency": "USD"} == dollar["sum"]
    assert {"amount": major(LARGE * 100, 4)} == dollar["avg"]


async def test_an_amount_as_key_has_its_currency_as_label(sums: World, ask: Asker) -> None:
    """Equal minor units of two currencies are two groups; no amount comes last."""
    found = await aggregate(ask, sums, "aggregate(groupBy: [total]) { key { value label } count }")

    assert [("-2", "JPY", 1), ("7", "JPY", 1), (major(LARGE, 2), "USD", 3), (None, "KWD", 1)] == [
        (group["key"][0]["value"], group["key"][0]["label"], group["count"]) for group in found
    ]


@pytest.mark.parametrize(
    ("bucket", "days"),
    [
        ("DAY", ["2025-12-29", "2026-01-04", "2026-01-05", "2026-04-01", None]),
        ("WEEK", ["2025-12-29", "2026-01-05", "2026-03-30", None]),
        ("MONTH", ["2025-12-01", "2026-01-01", "2026-04-01", None]),
        ("QUARTER", ["2025-10-01", "2026-01-01", "2026-04-01", None]),
        ("YEAR", ["2025-01-01", "2026-01-01", None]),
    ],
)
async def test_buckets_begin_in_utc(bucket: str, days: list[str | None], sums: World, ask: Asker) -> None:
    """A bucket is named by its first day, a week by its Monday; what has no date comes last."""
    selected = "aggregate(groupBy: [placedAt], bucket: $bucket) { key { value } count }"

    found = await aggregate(ask, sums, selected, bucket=bucket)

    assert days == [group["key"][0]["value"] for group in found]
    assert 6 == sum(group["count"] for group in found)


async def test_a_bucket_is_a_parameter(sums: World, ask: Asker) -> None:
    """Another bucket sends the same text; another field to group by or add up sends another one."""
    query = """query Q($fields: [OrderField!], $field: OrderField!, $bucket: DateBucket!) {
      orders { aggregate(groupBy: $fields, bucket: $bucket) { key { value } count sum(field: $field) { amount } } }
    }"""
    viewer = sums.viewer()

    month = await ask(viewer, query, fields=["placedAt"], field="total", bucket="MONTH")
    year = await ask(viewer, query, fields=["placedAt"], field="total", bucket="YEAR")
    others = [
        await ask(viewer, query, fields=["status"], field="total", bucket="YEAR"),
        await ask(viewer, query, fields=["placedAt"], field="tax", bucket="YEAR"),
        await ask(viewer, query, fields=None, field="total", bucket="YEAR"),
    ]

    assert month.statements == year.statements
    assert len(month.data["orders"]["aggregate"]) > len(year.data["orders"]["aggregate"])
    assert 4 == len({text for answer in (month, *others) for text in answer.statements})
    assert [1, 6] == [len(others[2].data["orders"]["aggregate"]), others[2].data["orders"]["aggregate"][0]["count"]]


async def test_a_hidden_record_is_no_key(sums: World, ask: Asker) -> None:
    """Grouped by a record that the viewer may not see, an order stands in the group of null, without its name."""
    found = await aggregate(ask, sums, "aggregate(groupBy: [channel]) { key { value label } count }")

    assert [(sums.id("shop"), "Shop", 5), (None, None, 1)] == [
        (group["key"][0]["value"], group["key"][0]["label"], group["count"]) for group in found
    ]


async def test_a_record_counts_once(sums: World, ask: Asker) -> None:
    """A case of an account and of its customer is one case, and stands in one group."""
    query = """query Q($id: ID!) { account(id: $id) { cases {
      totalCount aggregate { count } claimants: aggregate(groupBy: [claimant]) { count }
    } } }"""

    data = await ask.data(sums.viewer(), query, id=sums.id("account"))

    cases = data["account"]["cases"]
    assert (1, [{"count": 1}], [{"count": 1}]) == (cases["totalCount"], cases["aggregate"], cases["claimants"])


async def test_decimal_numbers_are_exact(sums: World, ask: Asker) -> None:
    """Prices as texts are added up without floats and compared as numbers, whatever they look like."""
    query = """query Q($id: ID!) { order(id: $id) { items { aggregate {
      count sum(field: unitPrice) { amount currency } avg(field: unitPrice) { amount }
      min(field: unitPrice) max(field: unitPrice) quantity: sum(field: quantity) { amount }
    } } } }"""

    data = await ask.data(sums.viewer(), query, id=sums.id("order0"))

    assert [
        {
            "count": 6,
            "sum": {"amount": "123456790011.800000000001", "currency": None},
            "avg": {"amount": "24691358002.36"},
            "min": "-0.5",
            "max": "123456789012.000000000001",
            "quantity": {"amount": "15"},
        }
    ] == data["order"]["items"]["aggregate"]


async def test_groups_are_counted_off(sums: World, ask: Asker) -> None:
    """`first` takes the first groups of the order; the page of the connection does not matter."""
    selected = "aggregate(groupBy: [status, placedAt], bucket: YEAR, first: 2) { key { value } count }"

    found = await aggregate(ask, sums, selected)

    assert [["COMPLETED", "2025-01-01"], ["COMPLETED", "2026-01-01"]] == [
        [key["value"] for key in group["key"]] for group in found
    ]


async def test_figures_of_nothing_beside_a_record_are_zero(world: World, ask: Asker) -> None:
    """Without groups there is one entry, also for a record that has none of what is added up."""
    query = """query Nothing($id: ID!) { customer(id: $id) {
      children { aggregate { count sum(field: lifetimeValue) { amount } } groups: aggregate(groupBy: [kind]) { count } }
    } }"""

    found = await ask.data(world.viewer(), query, id=world.id("yard"))

    nothing = {"aggregate": [{"count": 0, "sum": None}], "groups": []}
    assert nothing == found["customer"]["children"]


@pytest.mark.parametrize(
    "query",
    [
        "{ orders { aggregate { count sum(field: total) { amount } } } }",
        "{ orders { aggregate(groupBy: [status, placedAt]) { count } } }",
        "{ customers { aggregate(groupBy: [channel, owner]) { count avg(field: lifetimeValue) { amount } } } }",
        '{ customers(where: {name: {startsWith: "A"}}) { aggregate { count } } }',
        "{ activities { aggregate(groupBy: [recordType]) { count } } }",
    ],
)
async def test_a_root_aggregate_reads_its_organisation(query: str, sums: World, ask: Asker, database: Database) -> None:
    """It starts at an index on the organisation, and neither multiplies rows nor holds them back."""
    for statement in statements_of(ask, sums.viewer(), query):
        found = set(operators(await database.plan_of(statement)))

        assert found & {"NodeIndexSeek", "NodeUniqueIndexSeek"}, statement.text
        assert not found & NEVER, statement.text
