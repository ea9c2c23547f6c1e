"""UCI Online Retail: what becomes of its rows, and of its quirks."""

from __future__ import annotations

import csv
import datetime as dt
import gzip
from collections import defaultdict
from decimal import ROUND_HALF_EVEN, Decimal
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from app.importers.online_retail import COLUMNS, OnlineRetail
from graph.database import Database
from tests.conftest import FULL
from tests.importing import ONLINE_RETAIL, Importing

PENNY = Decimal("0.01")
FIRST_ROWS = 10_000


@pytest.fixture(scope="module")
async def loaded(database: Database, tmp_path_factory: pytest.TempPathFactory) -> Importing:
    """The small file, loaded in one go."""
    importing = Importing.fresh(database, tmp_path_factory.mktemp("import"))
    await importing(OnlineRetail(ONLINE_RETAIL))
    return importing


@pytest.fixture
def importing(database: Database, tmp_path: Path) -> Importing:
    """An organisation of its own."""
    return Importing.fresh(database, tmp_path)


def rows(path: Path) -> list[dict[str, str]]:
    """The rows of a source, read the plain way."""
    with gzip.open(path, "rt", encoding="utf-8", newline="") if path.suffix == ".gz" else path.open(newline="") as file:
        return list(csv.DictReader(file))


def write(path: Path, *lines: tuple[Any, ...]) -> Path:
    """A file of our own."""
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([COLUMNS, *lines])
    return path


def expected_values(source: list[dict[str, str]]) -> dict[str, int]:
    """The lifetime value of every customer in pence, from exact decimals."""
    values: dict[str, int] = defaultdict(int)
    for row in source:
        customer = row["CustomerID"].removesuffix(".0")
        if customer:
            values[customer] += 0
        if customer and not row["InvoiceNo"].startswith("C"):
            amount = (int(row["Quantity"]) * Decimal(row["UnitPrice"])).quantize(PENNY, ROUND_HALF_EVEN)
            values[customer] += int(amount * 100)
    return dict(values)


async def stored_values(importing: Importing) -> dict[str, int]:
    """The lifetime value of every customer as it is stored."""
    found = await importing.query("MATCH (c:Customer {organizationId: $org}) RETURN [c.originId, c.lifetimeValue]")
    return dict(found)


async def order(importing: Importing, number: str) -> dict[str, Any]:
    """An order with its customer and its lines' numbers."""
    text = (
        "MATCH (o:Order {organizationId: $org, number: $number}) RETURN o {.*, "
        "customer: head([(c:Customer)-[:PLACED]->(o) | c.originId]), "
        "lines: COLLECT { MATCH (o)-[:HAS_ITEM]->(i) RETURN i.lineNumber ORDER BY i.lineNumber }, "
        "countries: [(o)-[:HAS_ADDRESS]->(a) | a.country]}"
    )
    [found] = await importing.query(text, number=number)
    return dict(found)


async def test_all_rows_become_lines(loaded: Importing) -> None:
    """Every row is a line of its invoice's order, repeated lines included."""
    source = rows(ONLINE_RETAIL)

    lines = await loaded.query(
        "MATCH (o:Order {organizationId: $org})-[:HAS_ITEM]->(i:OrderItem)-[:OF_PRODUCT]->(p:Product) "
        "RETURN [o.number, i.lineNumber, p.sku, i.quantity, i.currency] ORDER BY i.lineNumber"
    )

    wanted = [[r["InvoiceNo"], n, r["StockCode"], int(r["Quantity"]), "GBP"] for n, r in enumerate(source, 2)]
    assert wanted == lines
    assert (
        len({r["InvoiceNo"] for r in source})
        == (await loaded.query("MATCH (o:Order {organizationId: $org}) RETURN count(*)"))[0]
    )


async def test_lifetime_values_are_exact(loaded: Importing) -> None:
    """A customer is worth its orders that are not cancelled, to the penny."""
    assert expected_values(rows(ONLINE_RETAIL)) == await stored_values(loaded)


async def test_amounts_are_rounded_half_even(loaded: Importing) -> None:
    """Line by line, 0.007 is a penny, 0.004 none, 2.125 rounds down and 2.135 up."""
    amounts = await loaded.query(
        "MATCH (:Order {organizationId: $org, number: '700005'})-[:HAS_ITEM]->(i) "
        "RETURN [i.unitPrice, i.amount] ORDER BY i.lineNumber"
    )

    assert [["0.001", 1], ["0.001", 0], ["2.125", 212], ["2.135", 214], ["0.0", 0]] == amounts
    assert 427 == (await order(loaded, "700005"))["subtotal"] == (await order(loaded, "700005"))["total"]


async def test_invoice_that_comes_back_is_one_order(loaded: Importing) -> None:
    """Its later lines join it, and its time is the earliest of them all."""
    found = await order(loaded, "700015")

    assert 2 == len(found["lines"])
    assert 2 * 255 + 3 * 339 == found["subtotal"]
    assert dt.datetime(2010, 12, 5, 8, 0, tzinfo=dt.UTC) == found["placedAt"].to_native()


async def test_guests_cancellations_and_adjustments(loaded: Importing) -> None:
    """A guest's order has no customer but an address; C is cancelled; A is nobody's payment."""
    guest, cancelled, adjusted = [await order(loaded, number) for number in ("700003", "C700006", "A700009")]

    assert (None, ["United Kingdom"], "COMPLETED", "PAID") == (
        guest["customer"],
        guest["countries"],
        guest["status"],
        guest["paymentStatus"],
    )
    assert ("20001", "CANCELLED", -2034) == (cancelled["customer"], cancelled["status"], cancelled["subtotal"])
    assert (None, "COMPLETED", "PENDING") == (adjusted["customer"], adjusted["status"], adjusted["paymentStatus"])


async def test_customers_have_accounts_and_addresses(loaded: Importing) -> None:
    """Each has one account of its own, one owner, and an address for each country, exactly one of them primary."""
    found = await loaded.query(
        "MATCH (c:Customer {organizationId: $org})-[:BELONGS_TO]->(a:Account) RETURN [c.originId, c.name, c.kind, "
        "a.name, a.kind, COUNT { (c)-[:OWNED_BY]->(:User) }, [(c)-[:HAS_ADDRESS]->(x) WHERE x.isPrimary | x.country], "
        "COUNT { (c)-[:HAS_ADDRESS]->() }, COUNT { (a)-[:HAS_CONTACT]->() }] ORDER BY c.originId"
    )

    assert [f"2000{n}" for n in range(1, 8)] == [row[0] for row in found]
    assert ["20004", "Customer 20004", "PERSON", "Customer 20004", "PERSON", 1, ["Belgium"], 2, 0] == found[3]


async def test_products_take_their_first_name(loaded: Importing) -> None:
    """The first description that is not empty names a product, without the blanks around it."""
    found = await loaded.query(
        "MATCH (p:Product {organizationId: $org}) WHERE p.sku IN ['P1', 'P4'] RETURN [p.sku, p.name]"
    )

    assert [["P1", "RED MUG"], ["P4", "LATE NAME"]] == sorted(found)


async def test_history_ends_with_the_value(loaded: Importing) -> None:
    """An account's newest entry in the history of lifetime values is its value."""
    found = await loaded.query(
        "MATCH (a:Account {organizationId: $org})<-[:VALUE_OF]-(v:LifetimeValue)-[:IN_CHANNEL]->(:Channel) "
        "WITH a, v ORDER BY v.at DESC WITH a, collect(v.value)[0] AS value "
        "MATCH (c:Customer)-[:BELONGS_TO]->(a) RETURN [c.originId, value]"
    )

    assert await stored_values(loaded) == dict(found)


async def test_report_has_row_numbers(loaded: Importing) -> None:
    """What deserves a look is reported with the number that a spreadsheet shows."""
    noted = [(row["row"], row["code"], row["loaded"]) for row in loaded.reported()]

    assert [("19", "ADJUSTMENT", "yes"), ("20", "ADJUSTMENT", "yes"), ("22", "FURTHER_COUNTRY", "yes")] == noted


async def test_everything_has_an_owner(loaded: Importing) -> None:
    """Whatever members of staff own says who it is, in relationship and property."""
    assert [] == await loaded.without_owner()


@pytest.mark.parametrize("batch_size", [2, 7, 1000])
async def test_second_run_changes_nothing(importing: Importing, batch_size: int) -> None:
    """Not even a time or a version; also when the batches are cut elsewhere."""
    first = await importing(OnlineRetail(ONLINE_RETAIL), batch_size=batch_size)
    before = await importing.dump()

    second = await importing(OnlineRetail(ONLINE_RETAIL), batch_size=13)

    assert before == await importing.dump()
    assert 0 == sum(counts.created + counts.updated for counts in second.tally.counts.values())
    assert first.tally.sums == second.tally.sums
    assert expected_values(rows(ONLINE_RETAIL)) == await stored_values(importing)


async def test_changed_source_updates(importing: Importing, tmp_path: Path) -> None:
    """A corrected quantity changes its line, the order's amounts and the customer's value; the rest stays."""
    at = "2011-01-01 10:00:00"
    lines = [("1", "A", "APPLE", 2, at, "1.50", "1.0", "Peru"), ("1", "B", "BEAN", 1, at, "3", "1.0", "Peru")]
    await importing(OnlineRetail(write(tmp_path / "a.csv", *lines)))
    corrected = [("1", "A", "APPLE", 5, at, "1.50", "1.0", "Peru"), ("1", "A", "BEAN", 1, at, "3", "1.0", "Peru")]

    done = await importing(OnlineRetail(write(tmp_path / "b.csv", *corrected)))

    assert (0, 2, 0) == (
        done.tally.counts["items"].created,
        done.tally.counts["items"].updated,
        done.tally.counts["items"].unchanged,
    )
    assert {"1": 1050} == await stored_values(importing)
    assert (1050, [2, 3]) == ((found := await order(importing, "1"))["total"], found["lines"])
    assert ["A", "A"] == await importing.query(
        "MATCH (:OrderItem {organizationId: $org})-[:OF_PRODUCT]->(p) RETURN p.sku"
    )


async def test_order_moves_to_another_customer(importing: Importing, tmp_path: Path) -> None:
    """When a corrected source names another customer, both are valued anew."""
    at = "2011-01-01 10:00:00"
    await importing(OnlineRetail(write(tmp_path / "a.csv", ("1", "A", "APPLE", 2, at, "1.50", "1.0", "Peru"))))

    await importing(OnlineRetail(write(tmp_path / "b.csv", ("1", "A", "APPLE", 2, at, "1.50", "2.0", "Peru"))))

    assert {"1": 0, "2": 300} == await stored_values(importing)
    assert "2" == (await order(importing, "1"))["customer"]


async def test_bad_rows_are_reported_and_the_rest_is_loaded(importing: Importing, tmp_path: Path) -> None:
    """Every row is loaded, or reported with its number, a code, a reason and its invoice."""
    at, good = "2011-01-01 10:00:00", ("1", "A", "APPLE", 2, "1/2/2011 10:00", "1.50", "1", "Peru")
    bad = {
        "WRONG_COLUMNS": ("1", "A"),
        "NO_INVOICE": ("", "A", "APPLE", 2, at, "1", "1.0", "Peru"),
        "NO_PRODUCT": ("1", " ", "APPLE", 2, at, "1", "1.0", "Peru"),
        "BAD_QUANTITY": ("1", "A", "APPLE", "2.5", at, "1", "1.0", "Peru"),
        "BAD_PRICE": ("1", "A", "APPLE", 2, at, "NaN", "1.0", "Peru"),
        "BAD_DATE": ("1", "A", "APPLE", 2, "2011-02-30 10:00:00", "1", "1.0", "Peru"),
        "BAD_CUSTOMER": ("1", "A", "APPLE", 2, at, "1", "nobody", "Peru"),
        "BAD_AMOUNT": ("1", "A", "APPLE", 2147483647, at, "99999999999", "1.0", "Peru"),
    }

    done = await importing(OnlineRetail(write(tmp_path / "a.csv", good, *bad.values(), good)), batch_size=3)

    assert [(str(n), code, "no") for n, code in enumerate(bad, 3)] == [
        (r["row"], r["code"], r["loaded"]) for r in importing.reported()
    ]
    assert (10, 8) == (done.tally.rows, done.tally.lost)
    assert [2, 11] == (await order(importing, "1"))["lines"]


async def test_reassigned_customer_stays(importing: Importing) -> None:
    """A customer that a user gave to another account, and an owner that a user chose, survive the next import."""
    await importing(OnlineRetail(ONLINE_RETAIL))
    await importing.query(
        "MATCH (c:Customer {organizationId: $org, originId: '20001'})-[b:BELONGS_TO]->(), (c)-[o:OWNED_BY]->(), "
        "(a:Account {organizationId: $org, name: 'Customer 20002'}), (u:BusinessUnit {organizationId: $org}) "
        "DELETE b, o CREATE (c)-[:BELONGS_TO]->(a) CREATE (c)-[:OWNED_BY]->(u)"
    )
    before = await importing.dump()

    await importing(OnlineRetail(ONLINE_RETAIL))

    assert before == await importing.dump()


async def test_real_rows_are_complete(c360_data: Path, importing: Importing, tmp_path: Path) -> None:
    """The first rows of the real file: each is accounted for, each customer's value exact."""
    path = tmp_path / "first.csv"
    with gzip.open(c360_data / "online_retail" / "online_retail.csv.gz", "rt", encoding="utf-8", newline="") as file:
        path.write_text("".join(islice(file, FIRST_ROWS + 1)), encoding="utf-8")

    done = await importing(OnlineRetail(path), batch_size=5000)

    source = rows(path)
    assert (FIRST_ROWS, 0) == (done.tally.rows, done.tally.lost)
    assert {
        "customers": len({row["CustomerID"] for row in source if row["CustomerID"]}),
        "orders": len({row["InvoiceNo"] for row in source}),
        "items": FIRST_ROWS,
    }.items() <= {kind: counts.created for kind, counts in done.tally.counts.items()}.items()
    assert expected_values(source) == await stored_values(importing)


@pytest.mark.skipif(not FULL, reason="takes minutes: C360_TESTS=full")
async def test_whole_data_set(c360_data: Path, importing: Importing) -> None:
    """The real file: every row accounted for, totals as published, each customer's value exact."""
    path = c360_data / "online_retail" / "online_retail.csv.gz"

    done = await importing(OnlineRetail(path), batch_size=5000)

    created = {kind: counts.created for kind, counts in done.tally.counts.items()}
    assert (541_909, 0) == (done.tally.rows, done.tally.lost)
    assert {
        "customers": 4_372,
        "accounts": 4_372,
        "orders": 25_900,
        "items": 541_909,
        "products": 4_070,
        "addresses": 8_090,
    } == created
    assert 974_774_793 == done.tally.sums["amount of lines"]
    assert (3_836, 3_710) == (done.tally.sums["orders cancelled"], done.tally.sums["orders of guests"])
    assert expected_values(rows(path)) == await stored_values(importing)
    [[orders, value]] = await importing.query(
        "MATCH (o:Order {organizationId: $org}) RETURN [count(o), sum(o.subtotal)]"
    )
    assert (25_900, 974_774_793) == (orders, value)
    await importing.wipe()
