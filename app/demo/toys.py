"""The toy maker's story: a chain of toy shops, a family in every shop, and the donors of a charity fund."""

from __future__ import annotations

from app.demo import activities
from app.demo.book import Book, Buyer, Company, day
from app.demo.company import found_company
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
from app.demo.sales import Deal, Line, Terms, minor, write_cart, write_case, write_lead, write_opportunity, write_order
from app.demo.toys_company import BLUEPRINT

SHOPS: tuple[tuple[str, str, str | None, str], ...] = (
    ("playroom", "Playroom", None, "california"),
    ("playroom-south", "Playroom Southern California", "playroom", "los-angeles"),
    ("playroom-bay", "Playroom Bay Area", "playroom", "san-francisco"),
    ("playroom-nevada", "Playroom Nevada", "playroom", "nevada"),
    ("playroom-pasadena", "Playroom Pasadena", "playroom-south", "los-angeles"),
    ("playroom-long-beach", "Playroom Long Beach", "playroom-south", "los-angeles"),
    ("playroom-berkeley", "Playroom Berkeley", "playroom-bay", "san-francisco"),
    ("playroom-reno", "Playroom Reno", "playroom-nevada", "nevada"),
)
"""Key, name, key of the parent, and which of our users looks after it: their areas differ."""


FAMILY_BUYS = (
    ("OUT-501", "city-outlets", 0),
    ("LA-733", "la-shop", 1),
    ("W-9001", "toys-online", 0),
    ("Z-112", "puzzles-online", 0),
)
"""Origin id, channel, and who of the family is the customer."""


def tell_toys(book: Book) -> Company:
    """Write down the story; lifetime values are closed by the caller."""
    company = found_company(book, BLUEPRINT)
    shops = _chain(book, company)
    _chain_business(book, company, shops)
    _family(book, company)
    _donors(book, company)
    _prospects(book, company)
    return company


def _chain(book: Book, company: Company) -> dict[str, Buyer]:
    found: dict[str, Buyer] = {}
    for place, (key, name, parent, user) in enumerate(SHOPS, start=1):
        since, owner = day(f"2024-01-{place + 10:02d}"), company.users[user].id
        manager = write_contact(
            *(book, key, f"{('Rita', 'Sam', 'Lena', 'Hugo')[place % 4]} {('Vance', 'Moreno')[place % 2]}", since),
            to={"owner": owner, "group": company.contact_groups["Sales"]},
            email=f"manager@{key}.example",
            jobTitle="Manager",
            birthday=day(f"1979-{place + 3:02d}-14").date(),
        )
        account = write_account(
            book, key, name, since, to={"owner": owner, "defaultContact": manager.id}, kind="COMPANY"
        )
        found[key] = write_customer(
            *(book, f"P-{place:04d}", name, company.channels["toy-factory"], since),
            account=account,
            owner=owner,
            email=f"office@{key}.example",
            to={"group": company.groups["toy-chains"].id, "parent": found[parent].id if parent else None},
        )
        stand_at_account(book, account, manager, "Buys toys", "Manager", default=True)
        stand_at_customer(book, found[key], manager, "Buys toys", "Manager")
        write_customer_user(
            *(book, manager.name, manager.email, since),
            customer=found[key],
            role=company.roles["Buyer"],
            contact=manager.id,
        )
    book.rows.link("tag", found["playroom"].id, company.tags["wholesale"])
    return found


def _chain_business(book: Book, company: Company, shops: dict[str, Buyer]) -> None:
    usd, train = book.currency, company.products[0]
    for place, shop in enumerate(shops.values(), start=1):
        revenue = minor(4000 + 750 * place, usd)
        deal = Deal("WON", revenue, day(f"2025-{place:02d}-20"), revenue)
        ends = {"owner": shop.owner}
        opened = day(f"2024-{place + 2:02d}-05")
        write_opportunity(
            book, f"TO-{place:03d}", f"Opening range {shop.name}", opened, shop.channel, deal, buyer=shop, to=ends
        )
        terms = Terms(tax_percent=0, discount=minor(10, usd))
        write_order(book, f"TF-{place:04d}", shop, day(f"2025-{place:02d}-25"), [Line(train, 12 * place)], terms)
    head = shops["playroom"]
    open_deal = Deal("NEGOTIATION", minor(60000, usd))
    write_opportunity(
        *(book, "TO-020", "Christmas range 2026", day("2026-08-17"), head.channel, open_deal),
        buyer=head,
        to={"owner": head.owner},
    )
    direct = Deal("WON", minor(15000, usd), day("2026-04-30"), minor(14800, usd))
    ends = {"owner": head.owner, "party": head.account}
    write_opportunity(book, "TO-021", "Anniversary catalogue", day("2026-01-12"), head.channel, direct, to=ends)
    activities.event(
        *(book, "fair", "Toy fair in Los Angeles", day("2026-02-19"), (head.id, head.account)),
        owner=head.owner,
        location="Los Angeles",
        attendees=["manager@playroom.example"],
        recurrence="FREQ=YEARLY",
    )


def _family(book: Book, company: Company) -> None:
    """The Parkers buy at the outlet, in the shop and online: one household."""
    owner, since = company.users["los-angeles"].id, day("2024-02-24")
    contacts = [
        write_contact(
            *(book, f"parker/{name}", f"{name} Parker", since),
            to={"owner": owner, "group": company.contact_groups["Marketing"]},
            email=f"{name.casefold()}.parker@mail.example",
            phone=phone,
            birthday=day(born).date(),
        )
        for name, phone, born in (
            ("Julia", "+1 213 555 0171", "1988-11-06"),
            ("David", "+1 213 555 0172", "1986-11-19"),
        )
    ]
    account = write_account(
        *(book, "parkers", "The Parkers", since),
        to={"owner": owner, "defaultContact": contacts[0].id},
        kind="HOUSEHOLD",
    )
    for contact in contacts:
        stand_at_account(book, account, contact, "Parent", "Parent", default=contact is contacts[0])
    for place, (key, channel, who) in enumerate(FAMILY_BUYS, start=1):
        person = contacts[who]
        buyer = write_customer(
            *(book, key, person.name, company.channels[channel], day(f"2024-0{place + 2}-03")),
            account=account,
            owner=owner,
            kind="PERSON",
            email=person.email,
            to={"group": company.groups["families"].id},
        )
        stand_at_customer(book, buyer, person, "Buyer", "Parent")
        _family_buys(book, company, buyer, place)
    book.rows.link("tag", account, company.tags["birthday club"])
    _greetings(book, company, account, contacts[0].id, contacts[1].id)


def _family_buys(book: Book, company: Company, buyer: Buyer, place: int) -> None:
    first, second = company.products[place * 3], company.products[place * 5]
    home = Place("2210 Sunset Boulevard", "Los Angeles", "CA", "90026")
    write_address(book, f"{buyer.channel.key}/home", buyer.since, buyer.id, home, "SHIPPING")
    lines = [Line(first, 1), Line(second, 2)]
    cart = write_cart(book, f"{place}-A", buyer, day(f"2025-1{place % 3}-01"), lines, "PURCHASED")
    order = write_order(
        *(book, f"F-{place}-1", buyer, day(f"2025-1{place % 3}-02"), lines, Terms(discount=150)),
        cart=cart,
    )
    write_order(book, f"F-{place}-2", buyer, day(f"2026-0{place}-14"), lines[:1], Terms("CANCELLED", "REFUNDED"))
    write_cart(book, f"{place}-B", buyer, day("2026-10-10", 20), lines[1:])
    book.rows.link("viewed", buyer.id, second.id, at=day("2026-10-10", 19), times=place)
    if place == 1:
        write_case(
            *(book, "TC-01", "A wheel came off the train", day("2025-11-20"), buyer.channel),
            to={"claimant": buyer.id, "order": order, "owner": buyer.owner, "assignee": buyer.owner},
            status="RESOLVED",
            priority="HIGH",
            source="PHONE",
            resolution="New locomotive sent.",
        )


def _greetings(book: Book, company: Company, account: str, online: str, other: str) -> None:
    """Birthdays come up: a mail for the online customer, a call for the other one."""
    owner = company.users["marketing"].id
    activities.email(
        *(book, "birthday-2025", "Happy birthday, Julia", day("2025-11-06"), (online, account)),
        owner=owner,
        to="julia.parker@mail.example",
        body="A little present waits for you.",
    )
    subject = "Greeting mail for Julia Parker's birthday on 6 November"
    activities.task(book, "birthday-mail", subject, day("2026-10-30"), (online, account), owner=owner)
    subject = "Birthday call for David Parker on 19 November"
    activities.task(book, "birthday-call", subject, day("2026-10-31", 11), (other, account), owner=owner)


def _donors(book: Book, company: Company) -> None:
    """Donors of the charity fund: customers of a channel of its own kind, which values nobody."""
    owner = company.users["charity"].id
    for place, (name, kind) in enumerate(
        (("Harbour Foundation", "BUSINESS"), ("Ruth Ellison", "PERSON"), ("Kids First Clinic", "BUSINESS")), start=1
    ):
        since, party = day(f"2025-0{place}-15"), "PERSON" if kind == "PERSON" else "COMPANY"
        account = write_account(book, f"donor/{place}", name, since, to={"owner": owner}, kind=party)
        donor = write_customer(
            *(book, f"D-{place:03d}", name, company.channels["charity-fund"], since),
            account=account,
            owner=owner,
            kind=kind,
            to={"group": company.groups["donors"].id},
        )
        book.rows.link("tag", donor.id, company.tags["donor"])
        text = f"{name} pledges toys for the winter drive."
        activities.note(book, f"pledge/{place}", f"Pledge of {name}", since, (donor.id,), owner=owner, text=text)


def _prospects(book: Book, company: Company) -> None:
    owner = company.users["nevada"].id
    write_lead(
        *(book, "TL-01", "Casino play corner", day("2026-09-28"), company.channels["toy-factory"]),
        to={"owner": owner},
        companyName="Silver Palms",
        source="CAMPAIGN",
        firstName="Iris",
        lastName="Dunn",
    )
