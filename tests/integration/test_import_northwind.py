"""Northwind: what becomes of its companies, orders and staff, and of bad rows."""

from __future__ import annotations

import csv
import datetime as dt
import shutil
from decimal import ROUND_HALF_EVEN, Decimal
from pathlib import Path

import pytest

from app.importers.northwind import COLUMNS, Northwind, split_name
from graph.database import Database
from graph.errors import C360Error, ImportFailed
from tests.importing import FIXTURES, Importing

SMALL = FIXTURES / "northwind"
CENT = Decimal("0.01")
COUNTS = (
    "MATCH (n {organizationId: $org}) UNWIND labels(n) AS label WITH label, count(*) AS total "
    "WHERE label IN ['Customer', 'Account', 'Contact', 'Order', 'OrderItem', 'Product'] RETURN [label, total]"
)


@pytest.fixture
def importing(database: Database, tmp_path: Path) -> Importing:
    """An organisation of its own."""
    return Importing.fresh(database, tmp_path)


@pytest.fixture(scope="module")
async def loaded(database: Database, tmp_path_factory: pytest.TempPathFactory) -> Importing:
    """The small files, loaded in one go."""
    importing = Importing.fresh(database, tmp_path_factory.mktemp("import"))
    await importing(Northwind(SMALL))
    return importing


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the small files to spoil."""
    return Path(shutil.copytree(SMALL, tmp_path / "northwind"))


def spoil(folder: Path, file: str, old: str, new: str) -> None:
    """Change a file."""
    text = (folder / file).read_text(encoding="utf-8")
    assert old in text
    (folder / file).write_text(text.replace(old, new), encoding="utf-8")


async def test_amounts_follow_from_rounded_lines(loaded: Importing) -> None:
    """Lines are rounded half even after their discount; subtotal, freight and total follow; shipped counts as paid."""
    found = await loaded.query(
        "MATCH (o:Order {organizationId: $org}) RETURN [o.number, o.status, o.paymentStatus, o.subtotal, o.shipping, "
        "o.total, COLLECT { MATCH (o)-[:HAS_ITEM]->(i) RETURN i.amount ORDER BY i.lineNumber }] ORDER BY o.number"
    )

    assert [
        ["1", "SHIPPED", "PAID", 17292, 3238, 20530, [17280, 12]],
        ["2", "SHIPPED", "PAID", 15338, None, 15338, [38, 15300]],
        ["3", "OPEN", "PENDING", 700, 100, 800, [700]],
        ["4", "OPEN", "PENDING", 0, 250, 250, []],
        ["5", "OPEN", "PENDING", 1800, 0, 1800, [1800]],
    ] == found


async def test_only_paid_orders_make_a_customer_worth_something(loaded: Importing) -> None:
    """A customer's lifetime value is the sum of the subtotals of its shipped orders."""
    found = await loaded.query("MATCH (c:Customer {organizationId: $org}) RETURN [c.originId, c.lifetimeValue]")

    assert {"AAAAA": 17292, "BBBBB": 15338, "CCCCC": 0} == dict(found)


async def test_company_has_account_and_contact(loaded: Importing) -> None:
    """A company is a business customer; its contact stands at it with a title and is its account's default contact."""
    [found] = await loaded.query(
        "MATCH (c:Customer {organizationId: $org, originId: 'BBBBB'})-[h:HAS_CONTACT]->(p:Contact) "
        "MATCH (c)-[:BELONGS_TO]->(a:Account)-[k:HAS_CONTACT]->(p) MATCH (a)-[:HAS_DEFAULT_CONTACT]->(p) "
        "MATCH (c)-[:HAS_ADDRESS]->(d) RETURN [c.kind, c.name, c.phone, a.name, p.firstName, p.lastName, p.jobTitle, "
        "h.position, k.isDefault, d.street]"
    )

    names = ["Bea", "de Rossi", "Sales Agent", "Sales Agent"]
    assert ["BUSINESS", "Bar Bello", "011-1", "Bar Bello", *names, True, "12, Via Roma"] == found


async def test_staff_becomes_users_in_units(loaded: Importing) -> None:
    """A manager leads a unit that is part of the own manager's; the others are in their manager's unit."""
    found = await loaded.query(
        "MATCH (u:User {organizationId: $org})-[:MEMBER_OF_UNIT]->(b) WHERE u.username STARTS WITH 'northwind-' "
        "RETURN [u.displayName, b.name, [(b)-[:PART_OF]->(p) | p.name], [(u)-[:REPORTS_TO]->(m) | m.displayName]]"
    )

    chief, dahl = "Team of Carl Chief", "Team of Eva Dahl"
    assert [
        ["Carl Chief", chief, [], []],
        ["Eva Dahl", dahl, [chief], ["Carl Chief"]],
        ["Gus Falk", dahl, [chief], ["Eva Dahl"]],
        ["Ida Berg", chief, [], ["Carl Chief"]],
    ] == sorted(found)


async def test_staff_has_roles(importing: Importing, folder: Path) -> None:
    """Who leads others is a manager, the others sell; a role that somebody gave by hand stays."""
    roles = (
        "MATCH (u:User {organizationId: $org})-[:HAS_ROLE]->(r) WHERE u.username STARTS WITH 'northwind-' "
        "RETURN [u.displayName, r.name]"
    )
    await importing(Northwind(folder))
    first = await importing.query(roles)
    await importing.query(
        "MATCH (u:User {organizationId: $org, displayName: 'Gus Falk'})-[r:HAS_ROLE]->() "
        "MATCH (m:Role {organizationId: $org, name: 'Marketing'}) CREATE (u)-[:HAS_ROLE]->(m) DELETE r"
    )
    spoil(folder, "employees.csv", "Gus", "August")
    await importing(Northwind(folder))

    managers, sales = [["Carl Chief", "Manager"], ["Eva Dahl", "Manager"]], ["Ida Berg", "Sales"]
    assert [*managers, ["Gus Falk", "Sales"], sales] == sorted(first)
    assert [["August Falk", "Marketing"], *managers, sales] == sorted(await importing.query(roles))


async def test_changed_staff_raises_the_version_of_access(importing: Importing, folder: Path) -> None:
    """Whoever was found out before is read anew after an import that changed staff, and not after another one."""
    version = "MATCH (o:Organization {organizationId: $org}) RETURN o.accessVersion"
    await importing(Northwind(folder))
    [first] = await importing.query(version)
    await importing(Northwind(folder))
    [same] = await importing.query(version)
    spoil(folder, "employees.csv", "Gus", "August")
    await importing(Northwind(folder))

    assert first == same
    assert [first + 1] == await importing.query(version)


async def test_employee_owns_the_order(loaded: Importing) -> None:
    """An order is owned by its employee, otherwise by the channel's default owner, in relationship and property."""
    found = await loaded.query(
        "MATCH (o:Order {organizationId: $org})-[:OWNED_BY]->(u) WHERE o.ownerId = u.id "
        "RETURN [o.number, u.displayName] ORDER BY o.number"
    )

    owners = ["Ida Berg", "Gus Falk", "Administrator", "Eva Dahl", "Eva Dahl"]
    assert [[str(number), owner] for number, owner in enumerate(owners, 1)] == found


async def test_order_keeps_time_address_and_guest(loaded: Importing) -> None:
    """Times are UTC to the millisecond, a comma without quotes stays in the address, NULL makes a guest's order."""
    times = await loaded.query("MATCH (o:Order {organizationId: $org, number: '3'}) RETURN o.placedAt")
    places = await loaded.query(
        "MATCH (o:Order {organizationId: $org, number: '2'})-[:HAS_ADDRESS]->(a) RETURN [a.type, a.street, a.city]"
    )
    guests = await loaded.query(
        "MATCH (o:Order {organizationId: $org}) WHERE NOT EXISTS { (o)<-[:PLACED]-() } RETURN o.number"
    )

    assert [dt.datetime(1996, 7, 8, 13, 30, 0, 125000, tzinfo=dt.UTC)] == [time.to_native() for time in times]
    assert [["SHIPPING", "12, Via Roma", "Torino"]] == places
    assert ["3"] == guests
    assert [("orders.csv", "3", "yes", "UNQUOTED_COMMA")] == [
        (row["file"], row["row"], row["loaded"], row["code"]) for row in loaded.reported()
    ]


async def test_products_and_lines_are_exact(loaded: Importing) -> None:
    """Prices and discounts are decimal strings; a product has category and whether it is still sold."""
    products = await loaded.query(
        "MATCH (p:Product {organizationId: $org}) "
        "RETURN [p.sku, p.name, p.category, p.unitPrice, p.currency, p.discontinued] ORDER BY p.sku"
    )
    lines = await loaded.query(
        "MATCH (:Order {organizationId: $org, number: '2'})-[:HAS_ITEM]->(i)-[:OF_PRODUCT]->(p) "
        "RETURN [i.lineNumber, p.sku, i.quantity, i.unitPrice, i.discountPercent] ORDER BY i.lineNumber"
    )

    assert [
        ["1", "Green Tea", "Drinks", "18.00", "USD", False],
        ["2", "Saffron", "Spices", "0.50", "USD", True],
        ["3", "Mystery", None, None, "USD", False],
    ] == products
    assert [[1, "2", 1, "0.50", "25"], [2, "1", 10, "18.00", "15"]] == lines


async def test_everything_has_an_owner(loaded: Importing) -> None:
    """Whatever members of staff own says who it is, in relationship and property."""
    assert [] == await loaded.without_owner()


async def test_second_run_and_small_batches_change_nothing(importing: Importing) -> None:
    """The same files again give the same graph, and so does another size of batches."""
    await importing(Northwind(SMALL))
    before = await importing.dump()

    again = await importing(Northwind(SMALL))
    await importing(Northwind(SMALL), batch_size=2)

    assert all(counts.created == counts.updated == 0 for counts in again.tally.counts.values())
    assert before == await importing.dump()


async def test_changed_date_and_payment_reach_the_order(importing: Importing, folder: Path) -> None:
    """An order that was shipped since, with another date, becomes so, and its customer is worth more."""
    await importing(Northwind(folder))
    spoil(folder, "orders.csv", "5,AAAAA,3,1996-07-10 00:00:00.000,NULL,NULL", "5,AAAAA,3,1996-07-11,NULL,1996-07-12")

    await importing(Northwind(folder))

    [found] = await importing.query(
        "MATCH (c:Customer)-[:PLACED]->(o:Order {organizationId: $org, number: '5'}) "
        "RETURN [o.paymentStatus, toString(o.placedAt), c.lifetimeValue]"
    )
    assert ["PAID", "1996-07-11T00:00:00Z", 17292 + 1800] == found


@pytest.mark.parametrize(
    ("file", "old", "new", "expected"),
    [
        ("orders.csv", "5,AAAAA,3,1996-07-10 00:00:00.000", "5,AAAAA,3,NULL", ("orders.csv", "6", "no", "BAD_DATE")),
        ("orders.csv", "1,2.50", "1,two", ("orders.csv", "5", "no", "BAD_FREIGHT")),
        ("orders.csv", "5,AAAAA", "4,AAAAA", ("orders.csv", "6", "no", "DUPLICATE")),
        ("orders.csv", "5,AAAAA,3", "5,ZZZZZ,3", ("orders.csv", "6", "yes", "UNKNOWN_CUSTOMER")),
        ("orders.csv", "5,AAAAA,3", "5,AAAAA,33", ("orders.csv", "6", "yes", "UNKNOWN_EMPLOYEE")),
        ("orders.csv", "3,32.38,", "3,32,38,", ("orders.csv", "2", "no", "WRONG_COLUMNS")),
        ("order-details.csv", "5,1,18.00,1,0", "5,1,cheap,1,0", ("order-details.csv", "7", "no", "BAD_PRICE")),
        ("order-details.csv", "5,1,18.00,1,0", "5,1,18.00,1.5,0", ("order-details.csv", "7", "no", "BAD_QUANTITY")),
        ("order-details.csv", "5,1,18.00,1,0", "5,1,18.00,1,15", ("order-details.csv", "7", "no", "BAD_DISCOUNT")),
        ("order-details.csv", "5,1,18.00,1,0", "5,9,18.00,1,0", ("order-details.csv", "7", "no", "UNKNOWN_PRODUCT")),
        ("order-details.csv", "5,1,18.00,1,0", "9,1,18.00,1,0", ("order-details.csv", "7", "no", "UNKNOWN_ORDER")),
        ("products.csv", "18.00,39", "abc,39", ("products.csv", "2", "yes", "BAD_VALUE")),
        ("customers.csv", "BBBBB", "AAAAA", ("customers.csv", "3", "no", "DUPLICATE")),
        ("employees.csv", ",NULL,NULL\n3", ",4,NULL\n3", ("employees.csv", "5", "yes", "CYCLE")),
        ("employees.csv", ",3,NULL", ",7,NULL", ("employees.csv", "5", "yes", "UNKNOWN_MANAGER")),
    ],
)
async def test_bad_rows_are_reported(
    importing: Importing, folder: Path, file: str, old: str, new: str, expected: tuple[str, ...]
) -> None:
    """A row with something wrong is in the report with its file, its number and the reason; the rest is loaded."""
    spoil(folder, file, old, new)

    summary = await importing(Northwind(folder))

    reported = [(row["file"], row["row"], row["loaded"], row["code"]) for row in importing.reported()]
    assert expected in reported
    assert summary.tally.lost == sum(loaded == "no" for _, _, loaded, _ in reported)
    assert summary.tally.counts["orders"].created >= 4


@pytest.mark.parametrize("file", list(COLUMNS))
async def test_wrong_files_are_refused_before_a_write(importing: Importing, folder: Path, file: str) -> None:
    """A file that is missing or has other columns ends in an error that names it; nothing is written."""
    (folder / file).write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(ImportFailed, match=f"{file} does not have the columns"):
        await importing(Northwind(folder))
    (folder / file).unlink()
    with pytest.raises(C360Error, match=f"There is no file .*{file}"):
        await importing(Northwind(folder))

    assert [] == await importing.query("MATCH (o:Organization {name: $name}) RETURN o", name=importing.name)


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("Maria Anders", ("Maria", "Anders")),
        ("Miguel Angel Paolino", ("Miguel Angel", "Paolino")),
        ("Isabel de Castro", ("Isabel", "de Castro")),
        ("Cher", (None, "Cher")),
        (None, (None, None)),
    ],
)
def test_names_are_split(name: str | None, parts: tuple[str | None, str | None]) -> None:
    """The last word with the particles before it is the last name."""
    assert parts == split_name(name)


async def test_real_data_is_complete(importing: Importing, c360_data: Path) -> None:
    """The real data set comes out whole: all counts, and amounts to the cent as exact decimals give them."""
    source = c360_data / "northwind"
    with (source / "orders.csv").open(encoding="utf-8", newline="") as file:
        paid = {row["orderID"] for row in csv.DictReader(file) if row["shippedDate"] != "NULL"}
    with (source / "order-details.csv").open(encoding="utf-8", newline="") as file:
        amounts = [
            (row["orderID"], (Decimal(row["unitPrice"]) * int(row["quantity"]) * (1 - Decimal(row["discount"]))))
            for row in csv.DictReader(file)
        ]
    cents = [(order, int(amount.quantize(CENT, ROUND_HALF_EVEN) * 100)) for order, amount in amounts]

    await importing(Northwind(source), batch_size=700)
    before = await importing.dump()
    await importing(Northwind(source))

    totals = {"Customer": 91, "Account": 91, "Contact": 91, "Order": 830, "OrderItem": 2155, "Product": 77}
    assert totals == dict(await importing.query(COUNTS))
    [[subtotal, total]] = await importing.query(
        "MATCH (o:Order {organizationId: $org}) RETURN [sum(o.subtotal), sum(o.total)]"
    )
    [worth] = await importing.query("MATCH (c:Customer {organizationId: $org}) RETURN sum(c.lifetimeValue)")
    assert sum(amount for _, amount in cents) == subtotal == 126579302
    assert subtotal + 6494269 == total
    assert sum(amount for order, amount in cents if order in paid) == worth
    assert {("orders.csv", "yes", "UNQUOTED_COMMA")} == {
        (row["file"], row["loaded"], row["code"]) for row in importing.reported()
    }
    assert before == await importing.dump()
