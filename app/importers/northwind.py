"""Northwind: a wholesaler's customers, orders and staff, one CSV file a table.

A company is a customer with its contact; an order that is shipped counts as paid in full.
docs/import-northwind-chinook.md has the whole mapping.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from app.importers.batch import Batch
from app.importers.files import Advance, check_file, read_rows
from app.importers.northwind_orders import ORDER_COLUMNS, Known, Orders
from app.importers.staff import Employee, add_staff
from app.importers.target import ChannelSpec, Target
from app.importers.values import decimal, shown, text

ORGANIZATION = "Northwind Traders"

_ADDRESS = ("address", "city", "region", "postalCode", "country")
COLUMNS: dict[str, tuple[str, ...]] = {
    "categories.csv": ("categoryID", "categoryName", "description", "picture"),
    "products.csv": (
        *("productID", "productName", "supplierID", "categoryID", "quantityPerUnit", "unitPrice"),
        *("unitsInStock", "unitsOnOrder", "reorderLevel", "discontinued"),
    ),
    "employees.csv": (
        *("employeeID", "lastName", "firstName", "title", "titleOfCourtesy", "birthDate", "hireDate", *_ADDRESS),
        *("homePhone", "extension", "photo", "notes", "reportsTo", "photoPath"),
    ),
    "customers.csv": ("customerID", "companyName", "contactName", "contactTitle", *_ADDRESS, "phone", "fax"),
    **ORDER_COLUMNS,
}
"""The files that are read, in this order; the others of the data set are not needed."""

DISCONTINUED = {"0": False, "1": True}

Row = Mapping[str, str]
Add = Callable[[Batch], None]


class Northwind:
    """The data set as a folder of CSV files."""

    name = "northwind"
    currency = "USD"
    channel = ChannelSpec("wholesale", "Wholesale", "COMMERCE", "Northwind")

    def __init__(self, folder: Path) -> None:
        self.files = tuple(folder / file for file in COLUMNS)

    def check(self) -> None:
        """Refuse a folder that lacks a file, and files with other columns."""
        for path in self.files:
            check_file(path, COLUMNS[path.name])

    def batches(self, target: Target, size: int, advance: Advance) -> Iterator[Batch]:
        """The rows in batches; an order is in one batch with its lines, and the staff is in the first."""
        batch = Batch(target)
        for add in _Reader({path.name: path for path in self.files}, advance).additions():
            if batch.rows >= size:
                yield batch
                batch = Batch(target)
            add(batch)
        if batch.rows:
            yield batch


@dataclass(slots=True)
class _Reader:
    """Reads the files in order; each addition is made before the next one is asked for."""

    paths: Mapping[str, Path]
    advance: Advance
    categories: dict[str, str | None] = field(default_factory=dict)
    known: Known = field(default_factory=Known)

    def additions(self) -> Iterator[Add]:
        """What to add to batches, one after the other."""
        yield self._staff
        yield self._categories
        for number, row in self._read("products.csv"):
            yield partial(self._product, number=number, values=row)
        for number, row in self._read("customers.csv"):
            yield partial(self._customer, number=number, values=row)
        yield from Orders(self.paths, self.advance, self.known).additions()

    def _read(self, file: str) -> Iterator[tuple[int, list[str]]]:
        return read_rows(self.paths[file], COLUMNS[file], self.advance)

    def _staff(self, batch: Batch) -> None:
        employees: dict[str, Employee] = {}
        file = "employees.csv"
        for number, values in self._read(file):
            batch.rows += 1
            row = _keyed(batch, file, number, values, employees)
            if row is not None:
                employees[row["employeeID"].strip()] = _employee(number, row)
        self.known.owners.update(add_staff(batch, Northwind.name, list(employees.values()), file))

    def _categories(self, batch: Batch) -> None:
        file = "categories.csv"
        for number, values in self._read(file):
            batch.rows += 1
            row = _keyed(batch, file, number, values, self.categories)
            if row is not None:
                self.categories[row["categoryID"].strip()] = text(row["categoryName"])

    def _product(self, batch: Batch, number: int, values: list[str]) -> None:
        batch.rows += 1
        file = "products.csv"
        row = _keyed(batch, file, number, values, self.known.products)
        if row is None:
            return
        sku, category = row["productID"].strip(), text(row["categoryID"])
        each, discontinued = decimal(row["unitPrice"]), DISCONTINUED.get(row["discontinued"].strip())
        wrong = {
            "categoryID": category is not None and category not in self.categories,
            "unitPrice": each is None and text(row["unitPrice"]) is not None,
            "discontinued": discontinued is None and text(row["discontinued"]) is not None,
        }
        bad = [f"{column} {shown(row[column])}" for column, is_wrong in wrong.items() if is_wrong]
        if bad:
            batch.problem(file, number, "BAD_VALUE", f"loaded without {', '.join(bad)}", key=sku, lost=False)
        properties = {
            "name": text(row["productName"]),
            "displayName": text(row["productName"]) or sku,
            "category": self.categories.get(category or ""),
            "unitPrice": None if each is None else f"{each:f}",
            "currency": batch.target.currency,
            "discontinued": discontinued,
        }
        batch.record("products", {"sku": sku}, batch.shared_id("Product", sku), properties)
        batch.sums["products"] += 1
        self.known.products.add(sku)

    def _customer(self, batch: Batch, number: int, values: list[str]) -> None:
        batch.rows += 1
        row = _keyed(batch, "customers.csv", number, values, self.known.customers)
        if row is None:
            return
        origin_id = row["customerID"].strip()
        company = {"kind": "BUSINESS", "name": text(row["companyName"]), "phone": text(row["phone"])}
        batch.customer(origin_id, {**company, "status": "ACTIVE"})
        address = _address(row)
        if any(address.values()):
            batch.address("Customer", origin_id, address)
        first, last = split_name(text(row["contactName"]))
        title = text(row["contactTitle"])
        if last is not None:
            person = {"firstName": first, "lastName": last, "jobTitle": title}
            batch.contact(origin_id, person, position=title)
        batch.sums["customers"] += 1
        self.known.customers.add(origin_id)


def split_name(name: str | None) -> tuple[str | None, str | None]:
    """First and last name: the last word with the particles before it, as in `Isabel` and `de Castro`."""
    words = (name or "").split()
    if len(words) < 2:  # noqa: PLR2004 - a first and a last name
        return None, words[0] if words else None
    begin = len(words) - 1
    while begin > 1 and words[begin - 1].islower():
        begin -= 1
    return " ".join(words[:begin]), " ".join(words[begin:])


def _keyed(
    batch: Batch, file: str, number: int, values: Sequence[str], seen: set[str] | Mapping[str, object]
) -> Row | None:
    """A row by column, whose first column is a key that comes once; otherwise it is reported."""
    columns = COLUMNS[file]
    key = text(values[0])
    if len(values) != len(columns):
        batch.problem(file, number, "WRONG_COLUMNS", f"has {len(values)} values, not {len(columns)}", key=key or "")
    elif key is None:
        batch.problem(file, number, "NO_KEY", f"has no {columns[0]}")
    elif key in seen:
        batch.problem(file, number, "DUPLICATE", f"repeats the {columns[0]} {shown(key)}", key=key)
    else:
        return dict(zip(columns, values, strict=True))
    return None


def _employee(number: int, row: Row) -> Employee:
    names = {"firstName": text(row["firstName"]), "lastName": text(row["lastName"])}
    properties = {**names, "title": text(row["title"]), "phone": text(row["homePhone"])}
    return Employee(number, row["employeeID"].strip(), text(row["reportsTo"]), properties)


def _address(row: Row) -> dict[str, str | None]:
    columns = dict(zip(("street", *_ADDRESS[1:]), _ADDRESS, strict=True))
    return {name: text(row[column]) for name, column in columns.items()}
