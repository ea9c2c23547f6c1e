"""John Jackson and the other managers of House Decorations buy in the stores, the web shops and from the catalogue."""

from __future__ import annotations

from app.demo.book import Book, Buyer, Company, Person, day
from app.demo.people import Place, stand_at_customer, write_address, write_customer
from app.demo.sales import Line, Terms, write_cart, write_order


def shop_as_john(book: Book, company: Company, account: str, john: Person) -> tuple[Buyer, ...]:
    """Let John Jackson be a customer of the stores and of both web shops."""
    found = []
    for key, channel, owner, group, since in (
        ("R-104711", "retail", "boston", "boston-store", "2024-03-02"),
        ("K-200815", "web-kitchen", "web", "web-shoppers", "2024-06-18"),
        ("O-300442", "web-office", "web", "web-shoppers", "2024-09-05"),
    ):
        buyer = write_customer(
            *(book, key, "John Jackson", company.channels[channel], day(since)),
            account=account,
            owner=company.users[owner].id,
            kind="PERSON",
            to={"group": company.groups[group].id},
            email="john.jackson@mail.example",
            phone="+1 617 555 0199",
            gender="MALE",
        )
        stand_at_customer(book, buyer, john, "Buyer", "Customer himself")
        home = Place("12 Elm Street", "Somerville", "MA", "02143")
        write_address(book, key, day(since), buyer.id, home, "SHIPPING")
        found.append(buyer)
    retail, kitchen, office = found
    _john_buys(book, company, retail, kitchen, office)
    return retail, kitchen, office


def _john_buys(book: Book, company: Company, retail: Buyer, kitchen: Buyer, office: Buyer) -> None:
    goods = {product.name: product for product in company.products}

    def line(name: str, quantity: int = 1) -> Line:
        return Line(goods[name], quantity)

    write_order(
        book, "BOS-24-0311", retail, day("2024-03-11", 16), [line("Coffee table Round"), line("Lamp Arc floor", 2)]
    )
    write_order(book, "CAM-25-1107", retail, day("2025-11-07", 12), [line("Armchair Loft", 2)], Terms(discount=5000))
    write_order(
        *(book, "BOS-26-0502", retail, day("2026-05-02", 15), [line("Mirror Oak round")]),
        Terms("CANCELLED", "REFUNDED"),
    )
    wanted = [line("Kitchen island Harbour"), line("Kitchen stool Pine", 4), line("Worktop beech 2 m", 2)]
    cart = write_cart(book, "KC-5501", kitchen, day("2024-06-18", 19, 5), wanted, "PURCHASED")
    write_order(
        *(book, "K-24-5501", kitchen, day("2024-06-18", 19, 40), wanted, Terms(shipping=9900)),
        cart=cart,
    )
    write_order(
        *(book, "K-26-0977", kitchen, day("2026-02-14", 21), [line("Wall cabinet Shaker", 3)]),
        Terms("SHIPPED", "PARTIAL", shipping=4900),
    )
    abandoned = [line("Pantry unit tall"), line("Base cabinet Shaker", 2)]
    write_cart(book, "KC-9120", kitchen, day("2026-09-20", 22), abandoned)
    write_order(book, "O-24-0810", office, day("2024-09-05", 9), [line("Desk Line 140"), line("Office chair Arc")])
    write_order(
        *(book, "O-26-2201", office, day("2026-08-21", 20), [line("Standing desk Rise")]),
        Terms("OPEN", "PENDING", discount=2500),
    )
    for product, times, buyer in (("Pantry unit tall", 7, kitchen), ("Bookcase Oak 5", 2, office)):
        book.rows.link("viewed", buyer.id, goods[product].id, at=day("2026-09-20", 21, 30), times=times)


def shop_as_managers(book: Book, company: Company, account: str, people: dict[str, Person]) -> None:
    """Let the other managers buy in shops, one of them from the catalogue that is no longer printed."""
    goods = {product.name: product for product in company.products}
    for key, who, channel, owner, thing, count in (
        ("R-104888", "emma", "retail", "cambridge", "Dining chair Bent", 6),
        ("O-300512", "peter", "web-office", "web", "Filing cabinet 3", 4),
        ("C-090013", "emma", "print-catalogue", "web", "Bench Oak 160", 2),
    ):
        buyer = write_customer(
            *(book, key, people[who].name, company.channels[channel], day("2024-04-22")),
            account=account,
            owner=company.users[owner].id,
            kind="PERSON",
            email=people[who].email,
        )
        write_order(book, f"{key}-1", buyer, day("2024-05-14", 11), [Line(goods[thing], count)])
        stand_at_customer(book, buyer, people[who], "Buyer", "Customer")
