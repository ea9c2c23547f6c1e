"""House Decorations: a company tree at the factory, whose managers also buy in shops, all in one account."""

from __future__ import annotations

from app.demo.book import Book, Buyer, Company, Person, day
from app.demo.house_decorations_business import HouseDecorations, do_business
from app.demo.house_decorations_shopping import shop_as_john, shop_as_managers
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
from app.demo.sales import Line, Terms, write_case, write_order
from graph.default_roles import customer_roles
from graph.permissions import Role

NAME = "House Decorations"
DOMAIN = "housedecorations.example"

BRANCHES: tuple[tuple[str, str, str | None, Place | None], ...] = (
    ("west", "House Decorations West", None, None),
    ("east", "House Decorations East", None, None),
    ("south", "House Decorations South", None, None),
    ("tacoma", "House Decorations Tacoma", "west", None),
    ("seattle", "House Decorations Seattle", "west", Place("1420 Pike Street", "Seattle", "WA", "98101")),
    (
        "san-francisco",
        "House Decorations San Francisco",
        "west",
        Place("88 Howard Street", "San Francisco", "CA", "94105"),
    ),
    ("oakland", "House Decorations Oakland Outlet", "san-francisco", Place("510 Broadway", "Oakland", "CA", "94607")),
    ("boston", "House Decorations Boston", "east", Place("301 Boylston Street", "Boston", "MA", "02116")),
    ("new-york", "House Decorations New York", "east", Place("75 Varick Street", "New York", "NY", "10013")),
    ("brooklyn", "House Decorations Brooklyn", "new-york", Place("19 Bergen Street", "Brooklyn", "NY", "11201")),
    ("queens", "House Decorations Queens", "new-york", Place("40 Jackson Avenue", "Queens", "NY", "11101")),
    (
        "philadelphia",
        "House Decorations Philadelphia",
        "east",
        Place("1212 Walnut Street", "Philadelphia", "PA", "19107"),
    ),
    ("austin", "House Decorations Austin", "south", Place("600 Congress Avenue", "Austin", "TX", "78701")),
    ("miami", "House Decorations Miami", "south", Place("230 Flagler Street", "Miami", "FL", "33130")),
    ("atlanta", "House Decorations Atlanta", "south", Place("55 Peachtree Street", "Atlanta", "GA", "30303")),
)
"""Key, name, key of the parent (None: the head office), address; parents come first."""

_BUYER = customer_roles()["buyer"]
REGIONAL_BUYER = Role(
    "Regional buyer",
    {of: "CORPORATE" if level == "DEPARTMENT" else level for of, level in _BUYER.levels.items()},
    frozenset({("Contact", "BIRTHDAY")}),
)
"""A role of this company alone: what a buyer may, and to see the whole region; birthdays are nobody's business."""


def tell(book: Book, company: Company) -> HouseDecorations:
    """Write down the story."""
    people = _people(book, company)
    account = _account(book, company, people)
    root = _root(book, company, account)
    branches = _branches(book, company, root)
    johns = (root, *shop_as_john(book, company, account, people["john"]))
    shop_as_managers(book, company, account, people)
    story = HouseDecorations(account, root, johns, branches, people)
    _stand(book, story)
    _sign_in(book, company, story)
    do_business(book, company, story)
    return story


def _people(book: Book, company: Company) -> dict[str, Person]:
    owner, sales = company.users["factory"].id, company.contact_groups["Sales"]
    chief = write_contact(
        *(book, "eleanor", "Eleanor Whitfield", day("2024-01-09")),
        to={"owner": owner, "group": sales, "assignee": company.users["sales"].id},
        email=f"eleanor.whitfield@{DOMAIN}",
        phone="+1 617 555 0110",
        jobTitle="Chief executive",
        gender="FEMALE",
        namePrefix="Dr.",
        source="Trade fair",
        method="PHONE",
    )
    found = {"eleanor": chief}
    managers = (
        ("john", "John Jackson", "Purchasing manager", "MALE", "+1 617 555 0142"),
        ("emma", "Emma Larsson", "Interior manager", "FEMALE", "+1 617 555 0143"),
        ("peter", "Peter Novak", "Facilities manager", "MALE", "+1 617 555 0144"),
        ("amanda", "Amanda Smith", "Buyer", "FEMALE", "+1 617 555 0145"),
        ("grace", "Grace Miller", "Office administrator", "FEMALE", "+1 617 555 0146"),
    )
    for key, name, title, gender, phone in managers:
        above = chief if key == "john" else found.get("john", chief)
        found[key] = write_contact(
            *(book, key, name, day("2024-01-15")),
            to={"owner": owner, "group": sales, "manager": above.id, "assignee": owner},
            email=f"{name.replace(' ', '.').casefold()}@{DOMAIN}",
            phone=phone,
            jobTitle=title,
            gender=gender,
            method="EMAIL" if key != "john" else "TEXT_MESSAGE",
            birthday=day(f"198{len(found)}-11-0{len(found)}").date(),
        )
    _reach(book, found)
    return found


def _reach(book: Book, people: dict[str, Person]) -> None:
    """Further ways to reach some of them."""
    private = {"email": "john.jackson@mail.example", "isPrimary": False}
    book.part("ContactEmail", "john/private", day("2024-02-02"), {"contact": people["john"].id}, **private)
    mobile = {"phone": "+1 617 555 0199", "isPrimary": False}
    book.part("ContactPhone", "john/mobile", day("2024-02-02"), {"contact": people["john"].id}, **mobile)
    home = Place("12 Elm Street", "Somerville", "MA", "02143")
    write_address(book, "john/home", day("2024-02-02"), people["john"].id, home, "SHIPPING")
    handle = "eleanor-whitfield"
    for network, url in (("LINKEDIN", f"https://www.linkedin.example/in/{handle}"), ("X", None)):
        social = {"network": network, "handle": handle, "url": url}
        book.part("ContactSocial", f"eleanor/{network}", day("2024-01-09"), {"contact": people["eleanor"].id}, **social)


def _account(book: Book, company: Company, people: dict[str, Person]) -> str:
    account = write_account(
        *(book, "house-decorations", NAME, day("2024-01-15")),
        to={"owner": company.users["factory"].id, "defaultContact": people["john"].id},
        kind="COMPANY",
        description="Furnishes shops and homes; merged from the accounts of the company and of its managers.",
    )
    for tag in ("VIP", "key account"):
        book.rows.link("tag", account, company.tags[tag])
    return account


def _root(book: Book, company: Company, account: str) -> Buyer:
    root = write_customer(
        *(book, "HD-0001", NAME, company.channels["factory"], day("2024-01-15")),
        account=account,
        owner=company.users["factory"].id,
        to={"group": company.groups["retail-chains"].id},
        email=f"office@{DOMAIN}",
        phone="+1 617 555 0100",
        website=f"https://{DOMAIN}",
        vatId="US 04-3210001",
        taxCode="US-RES",
        internalRating="A",
        employees=640,
        paymentTerm="60 days",
        priceList="Wholesale",
    )
    write_address(book, "HD-0001", day("2024-01-15"), root.id, Place("1 Federal Street", "Boston", "MA", "02110"))
    book.rows.link("tag", root.id, company.tags["key account"])
    for user in ("factory", "sales"):
        book.rows.link("representative", root.id, company.users[user].id)
    return root


def _branches(book: Book, company: Company, root: Buyer) -> dict[str, Buyer]:
    found: dict[str, Buyer] = {}
    group = company.groups["retail-chains"].id
    for place, (key, name, parent, address) in enumerate(BRANCHES, start=2):
        since = day(f"2024-02-{place:02d}")
        account = write_account(
            *(book, f"house-decorations/{key}", name, since),
            to={"owner": root.owner, "referrer": root.account},
            kind="COMPANY",
        )
        found[key] = write_customer(
            *(book, f"HD-{place:04d}", name, root.channel, since),
            account=account,
            owner=root.owner,
            status="INACTIVE" if key == "tacoma" else "ACTIVE",
            to={
                "group": group,
                "parent": (found[parent] if parent else root).id,
                "predecessor": found["tacoma"].id if key == "seattle" else None,
            },
            email=f"{key}@{DOMAIN}",
            internalRating="AB"[place % 2],
            employees=12 + place * 7,
        )
        if address:
            write_address(book, f"HD-{place:04d}", since, found[key].id, address, "SHIPPING")
    return found


def _stand(book: Book, story: HouseDecorations) -> None:
    """Say who is who at the account, at the head office and at the branches."""
    people = story.people
    roles = (
        ("john", "Buys furniture", "Purchasing manager"),
        ("eleanor", "Signs contracts", "Chief executive"),
        ("emma", "Plans rooms", "Interior manager"),
        ("peter", "Keeps offices", "Facilities manager"),
        ("amanda", "Places orders", "Buyer"),
        ("grace", "Manages users", "Office administrator"),
    )
    for key, role, position in roles:
        stand_at_account(book, story.account, people[key], role, position, default=key == "john")
        if key in {"john", "eleanor", "grace"}:
            stand_at_customer(book, story.root, people[key], role, position)
    stand_at_customer(book, story.branches["boston"], people["amanda"], "Places orders", "Buyer")
    stand_at_customer(book, story.branches["new-york"], people["emma"], "Plans rooms", "Interior manager")


def _sign_in(book: Book, company: Company, story: HouseDecorations) -> None:
    """Give the company its users: an administrator, a buyer, a guest and a buyer of the west with a role of its own."""
    roles = company.roles
    own = book.record(
        *("CustomerUserRole", "house-decorations/regional-buyer", REGIONAL_BUYER.name, day("2024-05-02")),
        to={"customer": story.root.id},
        name=REGIONAL_BUYER.name,
        selfManaged=True,
        isPublic=False,
        permissions=REGIONAL_BUYER.stored_permissions(),
        hiddenFields=REGIONAL_BUYER.stored_hidden(),
    )
    since, people = day("2024-05-03"), story.people
    for who, role, customer in (
        ("grace", roles["Administrator"], story.root),
        ("amanda", roles["Buyer"], story.branches["boston"]),
    ):
        person = people[who]
        user = write_customer_user(
            book, person.name, person.email, since, customer=customer, role=role, contact=person.id
        )
    amanda = user
    write_customer_user(book, "Noah Reed", f"noah.reed@{DOMAIN}", since, customer=story.branches["west"], role=own)
    guest = write_customer_user(
        *(book, "Visitor Seattle", f"visitor@{DOMAIN}", since),
        customer=story.branches["seattle"],
        role=roles["Guest"],
        guest=True,
    )
    _buy_and_complain(book, company, story, amanda.id, guest.id)


def _buy_and_complain(book: Book, company: Company, story: HouseDecorations, amanda: str, guest: str) -> None:
    goods, since = {product.name: product for product in company.products}, day("2024-05-03")
    lines = [Line(goods["Bookcase Oak 5"], 10), Line(goods["Lamp Arc floor"], 12)]
    boston, seattle = story.branches["boston"], story.branches["seattle"]
    order = write_order(book, "FAC-1041", boston, day("2025-04-08"), lines, Terms(discount=52000), user=amanda)
    write_order(book, "FAC-1077", boston, day("2026-03-19"), lines[:1], Terms("SHIPPED", "PENDING"), user=amanda)
    write_order(book, "FAC-1080", seattle, day("2026-04-02"), lines[1:], Terms("OPEN", "PENDING"), user=guest)
    write_case(
        *(book, "CS-0731", "Two bookcases came without shelves", day("2025-04-16"), boston.channel),
        to={"owner": company.users["service"].id, "claimant": boston.id, "order": order, "customerUser": amanda},
        description="Eight of ten are fine.",
        resolution="Shelves sent after.",
        status="CLOSED",
        priority="NORMAL",
        source="WEB",
        closedAt=day("2025-04-25"),
    )
    desk = Place("301 Boylston Street", "Boston", "MA", "02116")
    write_address(book, "amanda/desk", since, amanda, desk, "SHIPPING")
