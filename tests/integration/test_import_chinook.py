"""Chinook: what becomes of its people, invoices and tracks, and of bad rows."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from app.importers.chinook import TABLES, Chinook
from graph.database import Database
from graph.errors import C360Error, ImportFailed
from tests.importing import FIXTURES, Importing

SMALL = (FIXTURES / "chinook" / "small.sql").read_text(encoding="utf-8")

Build = Callable[..., Path]


def database_file(path: Path, *changes: str) -> Path:
    """The small data set as an SQLite file, with changes."""
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript("".join((SMALL, *(f"{change};" for change in changes))))
    return path


@pytest.fixture
def importing(database: Database, tmp_path: Path) -> Importing:
    """An organisation of its own."""
    return Importing.fresh(database, tmp_path)


@pytest.fixture
def build(tmp_path: Path) -> Build:
    """Builds the small data set with changes; its name has what a URI would misread."""
    return lambda *changes: database_file(tmp_path / "50% a#b?.sqlite", *changes)


@pytest.fixture(scope="module")
async def loaded(database: Database, tmp_path_factory: pytest.TempPathFactory) -> Importing:
    """The small data set, loaded in one go."""
    importing = Importing.fresh(database, tmp_path_factory.mktemp("import"))
    await importing(Chinook(database_file(importing.folder / "small.sqlite")))
    return importing


async def test_invoices_become_paid_orders(loaded: Importing) -> None:
    """An invoice is a paid order with its lines and its billing address; its total is the invoice's."""
    found = await loaded.query(
        "MATCH (o:Order {organizationId: $org}) RETURN [o.number, o.paymentStatus, o.total, toString(o.placedAt), "
        "COLLECT { MATCH (o)-[:HAS_ITEM]->(i)-[:OF_PRODUCT]->(p) RETURN [p.sku, i.quantity, i.unitPrice, i.amount] "
        "ORDER BY i.lineNumber }, [(o)-[:HAS_ADDRESS]->(a) | [a.type, a.country]]] ORDER BY o.number"
    )

    assert [
        ["1", "PAID", 397, "2021-01-01T00:00:00Z", [["1", 2, "0.99", 198], ["2", 1, "1.99", 199]]],
        ["2", "PAID", 99, "2021-01-02T00:00:00Z", [["1", 1, "0.99", 99]]],
        ["3", "PAID", 199, "2021-02-01T00:00:00Z", [["2", 1, "1.99", 199]]],
    ] == [row[:5] for row in found]
    assert [[["BILLING", "Brazil"]], [["BILLING", "Austria"]], []] == [row[5] for row in found]
    assert [] == loaded.reported()


async def test_customers_are_persons(loaded: Importing) -> None:
    """A customer is a person owned by the support representative and worth its orders; a company is a tag."""
    found = await loaded.query(
        "MATCH (c:Customer {organizationId: $org})-[:OWNED_BY]->(u) RETURN [c.kind, c.displayName, c.firstName, "
        "c.lastName, c.email, c.phone, c.lifetimeValue, u.displayName, u.id = c.ownerId, "
        "[(c)-[:TAGGED]->(t) | t.name], [(c)-[:HAS_ADDRESS]->(a) | a.city]] ORDER BY c.originId"
    )

    luisa = ["PERSON", "Luísa Gomes", "Luísa", "Gomes", "luisa@mail.example", "+55 1", 596, "Ben Help", True]
    max_moll = ["PERSON", "Max Moll", "Max", "Moll", "max@mail.example", None, 99, "Administrator", True]
    assert [[*luisa, ["Gomes Ltda."], ["Recife"]], [*max_moll, [], [None]]] == found


async def test_customers_have_account_and_contact(loaded: Importing) -> None:
    """Each customer has an account whose default contact is the person, with email and phone."""
    found = await loaded.query(
        "MATCH (c:Customer {organizationId: $org})-[:BELONGS_TO]->(a)-[k:HAS_CONTACT {isDefault: true}]->(p) "
        "MATCH (c)-[:HAS_CONTACT]->(p)<-[:HAS_DEFAULT_CONTACT]-(a) RETURN [a.name, a.kind, p.lastName, "
        "[(p)-[:HAS_EMAIL]->(e) | [e.email, e.isPrimary]], [(p)-[:HAS_PHONE]->(f) | f.phone]] ORDER BY c.originId"
    )

    assert [
        ["Luísa Gomes", "PERSON", "Gomes", [["luisa@mail.example", True]], ["+55 1"]],
        ["Max Moll", "PERSON", "Moll", [["max@mail.example", True]], []],
    ] == found


async def test_tracks_and_staff_are_all_there(loaded: Importing) -> None:
    """All tracks are products with their genre, sold or not; staff has managers and units."""
    products = await loaded.query(
        "MATCH (p:Product {organizationId: $org}) RETURN [p.sku, p.name, p.category, p.unitPrice] ORDER BY p.sku"
    )
    staff = await loaded.query(
        "MATCH (u:User {organizationId: $org})-[:REPORTS_TO]->(m) MATCH (u)-[:MEMBER_OF_UNIT]->(b) "
        "RETURN [u.username, u.email, u.title, m.displayName, b.name]"
    )

    first, second, third = ["1", "First Song", "Rock", "0.99"], ["2", "Second Song", "Jazz", "1.99"], "Never Sold"
    assert [first, second, ["3", third, None, "0.99"]] == products
    assert [["chinook-2", "ben@shop.example", "Sales Support Agent", "Ada Boss", "Team of Ada Boss"]] == staff


async def test_everything_has_an_owner(loaded: Importing) -> None:
    """Whatever members of staff own says who it is, in relationship and property."""
    assert [] == await loaded.without_owner()


async def test_second_run_and_small_batches_change_nothing(importing: Importing, build: Build) -> None:
    """The same file again gives the same graph, and so does another size of batches; the file stays as it was."""
    path = build()
    content = path.read_bytes()
    await importing(Chinook(path))
    before = await importing.dump()

    again = await importing(Chinook(path))
    await importing(Chinook(path), batch_size=2)

    assert all(counts.created == counts.updated == 0 for counts in again.tally.counts.values())
    assert before == await importing.dump()
    assert content == path.read_bytes()


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ("UPDATE Invoice SET Total = 4 WHERE InvoiceId = 1", ("Invoice", "1", "yes", "OTHER_TOTAL")),
        ("UPDATE Invoice SET Total = 'much' WHERE InvoiceId = 1", ("Invoice", "1", "yes", "OTHER_TOTAL")),
        ("UPDATE Invoice SET InvoiceDate = NULL WHERE InvoiceId = 2", ("Invoice", "2", "no", "BAD_DATE")),
        ("UPDATE Invoice SET CustomerId = 77 WHERE InvoiceId = 2", ("Invoice", "2", "yes", "UNKNOWN_CUSTOMER")),
        ("UPDATE InvoiceLine SET UnitPrice = 'x' WHERE InvoiceLineId = 4", ("InvoiceLine", "4", "no", "BAD_PRICE")),
        ("UPDATE InvoiceLine SET Quantity = 1.5 WHERE InvoiceLineId = 4", ("InvoiceLine", "4", "no", "BAD_QUANTITY")),
        ("UPDATE InvoiceLine SET Quantity = x'00' WHERE InvoiceLineId = 4", ("InvoiceLine", "4", "no", "BAD_QUANTITY")),
        ("UPDATE InvoiceLine SET TrackId = 9 WHERE InvoiceLineId = 4", ("InvoiceLine", "4", "no", "UNKNOWN_PRODUCT")),
        ("UPDATE InvoiceLine SET InvoiceId = 9 WHERE InvoiceLineId = 4", ("InvoiceLine", "4", "no", "UNKNOWN_ORDER")),
        ("UPDATE Track SET UnitPrice = 'x', GenreId = 9 WHERE TrackId = 3", ("Track", "3", "yes", "BAD_VALUE")),
        ("UPDATE Customer SET SupportRepId = 9 WHERE CustomerId = 1", ("Customer", "1", "yes", "UNKNOWN_EMPLOYEE")),
        ("UPDATE Employee SET ReportsTo = 2 WHERE EmployeeId = 1", ("Employee", "2", "yes", "CYCLE")),
    ],
)
async def test_bad_rows_are_reported(
    importing: Importing, build: Build, change: str, expected: tuple[str, ...]
) -> None:
    """A row with something wrong is in the report with its table, its number and the reason; the rest is loaded."""
    summary = await importing(Chinook(build(change)))

    reported = [(row["file"], row["row"], row["loaded"], row["code"]) for row in importing.reported()]
    assert expected in reported
    assert summary.tally.lost == sum(loaded == "no" for _, _, loaded, _ in reported)
    assert summary.tally.counts["customers"].created == 2


async def test_lines_count_where_the_total_differs(importing: Importing, build: Build) -> None:
    """An order whose invoice says another total is what its lines come to."""
    await importing(Chinook(build("UPDATE Invoice SET Total = 4 WHERE InvoiceId = 1")))

    assert [397] == await importing.query("MATCH (o:Order {organizationId: $org, number: '1'}) RETURN o.total")
    assert "3.97" in importing.reported()[0]["message"]


@pytest.mark.parametrize("table", list(TABLES))
async def test_missing_tables_and_columns_are_refused(importing: Importing, build: Build, table: str) -> None:
    """A file without one of the tables or columns is refused with its name; nothing is written."""
    column = TABLES[table][-1]
    path = build(f"ALTER TABLE {table} RENAME COLUMN {column} TO other")
    with pytest.raises(ImportFailed, match=f"has no {column} in its table {table}"):
        await importing(Chinook(path))
    path.unlink()
    with pytest.raises(ImportFailed, match=f"has no table {table}"):
        await importing(Chinook(build(f"DROP TABLE {table}")))

    assert [] == await importing.query("MATCH (o:Organization {name: $name}) RETURN o", name=importing.name)


async def test_what_is_no_database_is_refused(importing: Importing, build: Build, tmp_path: Path) -> None:
    """No file, a folder, a text, an empty file and a damaged database each end in an error that says so."""
    text, empty, damaged = tmp_path / "text", tmp_path / "empty", tmp_path / "damaged"
    text.write_text("InvoiceId,Total\n", encoding="utf-8")
    empty.touch()
    whole = build().read_bytes()
    damaged.write_bytes(whole[:100] + b"\xff" * (len(whole) - 100))

    for path, message in (
        (tmp_path / "none", "There is no file"),
        (tmp_path, "is a folder"),
        (text, "is not an SQLite database"),
        (empty, "is not an SQLite database"),
        (damaged, "can't be read as an SQLite database"),
    ):
        with pytest.raises(C360Error, match=message):
            await importing(Chinook(path))


async def test_real_data_is_complete(importing: Importing, c360_data: Path) -> None:
    """The real data set comes out whole: all counts, and every order's total equals its invoice's."""
    path = c360_data / "chinook" / "Chinook_Sqlite.sqlite"
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
        invoices = dict(connection.execute("SELECT InvoiceId, Total FROM Invoice").fetchall())

    await importing(Chinook(path), batch_size=4000)
    before = await importing.dump()
    await importing(Chinook(path))

    orders = await importing.query("MATCH (o:Order {organizationId: $org}) RETURN [o.number, o.total]")
    assert {str(invoice): round(total * 100) for invoice, total in invoices.items()} == dict(orders)
    counts = await importing.query(
        "MATCH (n {organizationId: $org}) UNWIND labels(n) AS label WITH label, count(*) AS total "
        "WHERE label IN ['Customer', 'Account', 'Contact', 'OrderItem', 'Product', 'User'] RETURN [label, total]"
    )
    people = {"Customer": 59, "Account": 59, "Contact": 59, "User": 8 + 1}
    assert {**people, "OrderItem": 2240, "Product": 3503} == dict(counts)
    [worth] = await importing.query("MATCH (c:Customer {organizationId: $org}) RETURN sum(c.lifetimeValue)")
    assert 232860 == worth
    assert [] == importing.reported()
    assert before == await importing.dump()
