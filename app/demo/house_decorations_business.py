"""What House Decorations and the factory do together: leads, deals, meetings, complaints."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from app.demo import activities
from app.demo.book import Book, Buyer, Company, Person, day
from app.demo.sales import Deal, Line, Terms, minor, write_case, write_lead, write_opportunity, write_order


@dataclass(frozen=True, slots=True)
class HouseDecorations:
    """What the story is about: `johns` are the four records in which John Jackson buys, the company's first."""

    account: str
    root: Buyer
    johns: tuple[Buyer, ...]
    branches: dict[str, Buyer]
    people: dict[str, Person]


def do_business(book: Book, company: Company, story: HouseDecorations) -> None:
    """Write down all of it."""
    _head_office_deals(book, company, story)
    _account_deals(book, story)
    _branch_deals(book, story)
    _complain(book, company, story)
    _talk(book, company, story)


def _head_office_deals(book: Book, company: Company, story: HouseDecorations) -> None:
    root, john = story.root, story.people["john"]
    ends = {"owner": root.owner, "contact": john.id}
    lead = write_lead(
        *(book, "FL-001", "Showrooms of House Decorations", day("2024-01-10"), root.channel),
        to={"owner": root.owner, "party": root.id, "contact": john.id},
        firstName="John",
        lastName="Jackson",
        companyName=root.name,
        status="QUALIFIED",
        source="DIRECT_REQUEST",
    )
    usd = book.currency
    for key, name, opened, deal, origin in (
        (
            *("FO-001", "Furnish five showrooms", "2024-01-16"),
            Deal("WON", minor(80000, usd), day("2024-04-30"), minor(76500, usd)),
            lead,
        ),
        (
            *("FO-014", "Oak tables for the spring range", "2024-11-04"),
            Deal("WON", minor(30000, usd), day("2025-02-12"), minor(31250, usd)),
            None,
        ),
        (
            *("FO-018", "Bedroom range", "2025-05-06"),
            Deal("LOST", minor(22000, usd), day("2025-08-01"), 0, "OUTSOLD"),
            None,
        ),
        (*("FO-029", "Standing desks for all offices", "2026-08-03"), Deal("NEGOTIATION", minor(45000, usd)), None),
    ):
        written = write_opportunity(
            *(book, key, name, day(opened), root.channel, deal),
            buyer=root,
            to={**ends, "lead": origin},
            customerNeed="Furniture that lasts",
            proposedSolution="Oak & Line ranges with assembly",
        )
    book.rows.link("tag", written, company.tags["office"])
    _furnish_showrooms(book, company, root)


def _furnish_showrooms(book: Book, company: Company, root: Buyer) -> None:
    goods = {product.name: product for product in company.products}
    tables = [Line(goods["Oak dining table"], 40), Line(goods["Dining chair Windsor"], 160)]
    write_order(book, "FAC-1002", root, day("2024-05-06"), tables, Terms(discount=460000, tax_percent=0))


def _account_deals(book: Book, story: HouseDecorations) -> None:
    """Deals with the whole relationship rather than one customer: the direct part of the account's value."""
    owner, contact = story.root.owner, story.people["eleanor"].id
    ends = {"owner": owner, "party": story.account, "contact": contact}
    usd, channel = book.currency, story.root.channel
    won = Deal("WON", minor(120000, usd), day("2025-06-30"), minor(118000, usd))
    write_opportunity(book, "FO-020", "Framework agreement 2025", day("2025-03-03"), channel, won, to=ends)
    euros = Deal(
        "WON", minor(20000, "EUR"), day("2026-01-29"), minor(18000, "EUR"), currency="EUR", rate=Decimal("1.08")
    )
    write_opportunity(book, "FO-025", "Design hotel in Lisbon", day("2025-10-13"), channel, euros, to=ends)
    renewal = Deal("SOLUTION_DEVELOPMENT", minor(130000, usd))
    write_opportunity(book, "FO-031", "Framework agreement 2027", day("2026-09-07"), channel, renewal, to=ends)


def _branch_deals(book: Book, story: HouseDecorations) -> None:
    """Each branch furnishes itself; the numbers differ, so that sums of subtrees tell branches apart."""
    usd = book.currency
    for place, (key, branch) in enumerate(story.branches.items(), start=1):
        if key in {"west", "east", "south", "tacoma"}:
            continue
        revenue = minor(2000 + 1130 * place, usd) + 25 * place
        closed = day(f"2025-{place % 9 + 1:02d}-{place + 3:02d}")
        deal = Deal("WON", revenue + minor(500, usd), closed, revenue)
        ends = {"owner": branch.owner, "contact": story.people["amanda" if key == "boston" else "john"].id}
        opened = day(f"2024-{place % 9 + 3:02d}-11")
        write_opportunity(
            book, f"FB-{place:03d}", f"Furnish {branch.name}", opened, branch.channel, deal, buyer=branch, to=ends
        )
    stages = (("west", "IN_PROGRESS"), ("east", "IDENTIFICATION_ALIGNMENT"), ("south", "NEEDS_ANALYSIS"))
    for key, stage in stages:
        branch = story.branches[key]
        name, deal = f"Regional store concept {key.title()}", Deal(stage, minor(15000, usd))
        ends = {"owner": branch.owner, "contact": story.people["emma"].id}
        write_opportunity(book, f"FR-{key}", name, day("2026-07-20"), branch.channel, deal, buyer=branch, to=ends)


def _complain(book: Book, company: Company, story: HouseDecorations) -> None:
    service, kitchen = company.users["service"].id, story.johns[2]
    order = book.id("Order", "web-kitchen/K-24-5501", day("2024-06-18", 19, 40))
    stool = next(product for product in company.products if product.name == "Kitchen stool Pine")
    ends = {"owner": service, "assignee": service}
    case = write_case(
        *(book, "CS-0412", "One stool arrived with a crack", day("2024-07-02"), kitchen.channel),
        to={**ends, "claimant": kitchen.id, "order": order, "product": stool.id},
        description="The seat of the fourth stool is split.",
        resolution="Replaced at no charge.",
        status="CLOSED",
        priority="NORMAL",
        source="WEB",
        closedAt=day("2024-07-15"),
    )
    write_case(
        *(book, "CS-0977", "Invoices should go to the head office", day("2026-10-05"), story.root.channel),
        to={**ends, "claimant": story.account},
        description="All branches.",
        status="IN_PROGRESS",
        priority="HIGH",
        source="EMAIL",
    )
    write_case(
        *(book, "CS-0981", "Please call before delivery", day("2026-10-12"), story.root.channel),
        to={**ends, "claimant": story.people["amanda"].id},
        description="The gate is closed in the morning.",
        priority="LOW",
        source="PHONE",
    )
    activities.call(
        *(book, "john-stool", "John Jackson about the cracked stool", day("2024-07-02", 15), (case, kitchen.id)),
        owner=service,
        notes="Sends a photo; wants a new seat, not money.",
    )


def _talk(book: Book, company: Company, story: HouseDecorations) -> None:
    factory, marketing = company.users["factory"], company.users["marketing"]
    john, eleanor = story.people["john"], story.people["eleanor"]
    account = story.account
    activities.note(
        *(book, "merged", "Accounts merged", day("2025-01-20"), (account,)),
        owner=factory.id,
        text="John Jackson's accounts of the stores and both web shops and those of the other managers are one now.",
    )
    activities.email(
        *(book, "offer", "Our offer for standing desks", day("2026-08-05"), (account, john.id)),
        owner=factory.id,
        to=john.email,
        body="Please find the offer for all offices below.",
    )
    activities.task(
        *(book, "renew", "Prepare the framework agreement 2027", day("2026-10-30"), (account,)),
        owner=factory.id,
        priority="HIGH",
    )
    activities.event(
        *(book, "showroom", "Visit of the Boston showroom", day("2026-06-11", 14), (story.root.id, eleanor.id)),
        owner=factory.id,
        location="Boston",
        attendees=[eleanor.email, john.email, factory.email],
    )
    activities.email(
        *(book, "spring", "Spring range for kitchens", day("2026-03-02"), (story.johns[2].id,)),
        owner=marketing.id,
        to=john.email,
        body="Islands and stools, new colours.",
    )
    activities.call(
        *(book, "island", "Question about the worktop", day("2024-06-17", 17), (story.johns[2].id,)),
        owner=company.users["web"].id,
    )
