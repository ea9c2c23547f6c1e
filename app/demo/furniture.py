"""The furniture maker's story: House Decorations, a design studio with clients of its own, and guests in the stores."""

from __future__ import annotations

from app.demo import activities, house_decorations
from app.demo.book import Book, Buyer, Company, Person, day
from app.demo.company import found_company
from app.demo.furniture_company import BLUEPRINT
from app.demo.house_decorations_business import HouseDecorations
from app.demo.people import (
    Place,
    stand_at_account,
    stand_at_customer,
    write_account,
    write_address,
    write_contact,
    write_customer,
    write_customer_user,
)
from app.demo.sales import Deal, Line, Terms, minor, write_cart, write_lead, write_opportunity, write_order

CLIENTS = (
    ("T-0101", "Olivia Bennett", "Hallway and reading corner", "Bookcase Oak 3", 2),
    ("T-0102", "Marcus Lee", "Loft with a view", "Sofa Harbour 3", 1),
    ("T-0103", "Priya Raman", "Home office for two", "Desk Line 180", 2),
)


def tell_furniture(book: Book) -> tuple[Company, HouseDecorations]:
    """Write down the story; lifetime values are closed by the caller."""
    company = found_company(book, BLUEPRINT)
    house = house_decorations.tell(book, company)
    studio, designer = _studio(book, company, house)
    _clients(book, company, studio, designer)
    _joint_venture(book, company, house)
    _guests(book, company)
    _prospects(book, company)
    return company, house


def _studio(book: Book, company: Company, house: HouseDecorations) -> tuple[Buyer, Person]:
    owner, since = company.users["sales"].id, day("2024-05-20")
    designer = write_contact(
        *(book, "clara", "Clara Birch", since),
        to={"owner": owner, "group": company.contact_groups["Marketing"]},
        email="clara@studiobirch.example",
        phone="+1 503 555 0120",
        jobTitle="Interior designer",
        gender="FEMALE",
    )
    account = write_account(
        *(book, "studio-birch", "Studio Birch", since),
        to={"owner": owner, "defaultContact": designer.id, "referrer": house.account},
        kind="COMPANY",
        description="A design studio: its own clients buy with its discount.",
    )
    studio = write_customer(
        *(book, "T-0100", "Studio Birch", company.channels["trade-portal"], since),
        account=account,
        owner=owner,
        to={"group": company.groups["studio-birch-clients"].id},
        email=designer.email,
        website="https://studiobirch.example",
        employees=6,
    )
    write_address(book, "T-0100", since, studio.id, Place("7 Alder Street", "Portland", "OR", "97205"))
    stand_at_account(book, account, designer, "Designs", "Owner", default=True)
    stand_at_account(book, account, house.people["eleanor"], "Advises", "Member of the board", default=False)
    book.rows.link("affiliation", house.root.id, studio.id, kind="PARTNER")
    book.rows.link("representative", studio.id, company.users["factory"].id)
    _studio_business(book, company, studio, designer)
    return studio, designer


def _studio_business(book: Book, company: Company, studio: Buyer, designer: Person) -> None:
    owner, since = studio.owner, studio.since
    stand_at_customer(book, studio, designer, "Designs", "Owner")
    clara = write_customer_user(
        *(book, designer.name, designer.email, since),
        customer=studio,
        role=company.roles["Administrator"],
        contact=designer.id,
    )
    lamp = next(product for product in company.products if product.name == "Lamp Arc floor")
    write_cart(book, "T-0100-C", studio, day("2026-10-22", 17), [Line(lamp, 3)], user=clara.id)
    deal = Deal("WON", minor(9000, book.currency), day("2025-05-05"), minor(8700, book.currency))
    ends = {"owner": owner, "contact": designer.id}
    write_opportunity(
        book, "TO-001", "Fit out the studio", day("2025-02-10"), studio.channel, deal, buyer=studio, to=ends
    )


def _clients(book: Book, company: Company, studio: Buyer, designer: Person) -> None:
    goods = {product.name: product for product in company.products}
    group = company.groups["studio-birch-clients"]
    for place, (key, name, project, thing, count) in enumerate(CLIENTS, start=1):
        since = day(f"2024-0{place + 5}-12")
        account = write_account(book, key, name, since, to={"owner": studio.owner}, kind="PERSON")
        client = write_customer(
            *(book, key, name, studio.channel, since),
            account=account,
            owner=studio.owner,
            kind="PERSON",
            to={"group": group.id},
            email=f"{name.replace(' ', '.').casefold()}@mail.example",
        )
        book.rows.link("affiliation", studio.id, client.id, kind="CLIENT")
        stand_at_customer(book, client, designer, "Advises", "Designer")
        lines = [Line(goods[thing], count, group.discount), Line(goods["Lamp Arc floor"], 1, group.discount)]
        cart = write_cart(book, f"{key}-C", client, day(f"2025-0{place}-08"), lines, "PURCHASED")
        write_order(book, f"{key}-1", client, day(f"2025-0{place}-09"), lines, cart=cart)
        write_order(book, f"{key}-2", client, day("2026-10-20"), lines[:1], Terms("OPEN", "PENDING"))
        about = f"{name}: {project.casefold()}"
        activities.note(book, f"{key}-project", about, since, (client.id, studio.id), owner=studio.owner, text=project)


def _joint_venture(book: Book, company: Company, house: HouseDecorations) -> None:
    """A second parent of the Miami branch, which the strict tree can't hold."""
    owner, since = company.users["factory"].id, day("2024-03-18")
    account = write_account(book, "sunshine-living", "Sunshine Living", since, to={"owner": owner}, kind="COMPANY")
    sunshine = write_customer(
        *(book, "SL-0001", "Sunshine Living", company.channels["factory"], since),
        account=account,
        owner=company.units["factory-sales"],
        email="hello@sunshineliving.example",
        to={"group": company.groups["small-shops"].id},
    )
    book.rows.link("affiliation", house.branches["miami"].id, sunshine.id, kind="PARENT")


def _guests(book: Book, company: Company) -> None:
    """Orders at the tills by nobody known."""
    stool = next(product for product in company.products if product.name == "Kitchen stool Pine")
    for number, at in (("BOS-25-0007", "2025-01-04"), ("CAM-25-0191", "2025-02-22"), ("BOS-26-0404", "2026-04-18")):
        write_order(book, number, company.channels["retail"], day(at, 13), [Line(stool, 2)])


def _prospects(book: Book, company: Company) -> None:
    """Leads of nobody yet, and one that came to nothing."""
    owner = company.users["sales"].id
    for key, name, status, source, at in (
        ("FL-040", "Hotel Meridian lobby", "NEW", "WEB", "2026-10-19"),
        ("FL-041", "Co-working space Dockside", "NEW", "CALL", "2026-10-23"),
        ("FL-022", "Cruise ship cabins", "CANCELED", "BID", "2025-09-02"),
    ):
        lead = write_lead(
            *(book, key, name, day(at), company.channels["factory"]),
            to={"owner": owner},
            status=status,
            source=source,
            companyName=name.rsplit(" ", 1)[0],
        )
        if status == "NEW":
            activities.task(book, f"{key}-call", f"Call about {name}", day("2026-10-29"), (lead,), owner=owner)
