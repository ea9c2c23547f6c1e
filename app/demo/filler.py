"""Fills the graph with made-up customers and what they did: few of them big, many small."""

from __future__ import annotations

import random
from decimal import Decimal

from app.demo import activities, names
from app.demo.book import FIRST_DAY, LAST_DAY, Book, Buyer, Company, Group, Person, dice, happens, moment
from app.demo.families import Slot, slots
from app.demo.people import (
    stand_at_account,
    stand_at_customer,
    write_account,
    write_address,
    write_contact,
    write_customer,
    write_customer_user,
)
from app.demo.sales import (
    Deal,
    Line,
    Terms,
    minor,
    write_cart,
    write_case,
    write_lead,
    write_opportunity,
    write_order,
)

MOST_ORDERS = 20
STATUSES = (("COMPLETED", "PAID", 78), ("SHIPPED", "PARTIAL", 7), ("OPEN", "PENDING", 8), ("CANCELLED", "REFUNDED", 7))
TERMS = tuple((status, payment) for status, payment, _ in STATUSES)
WEIGHTS = tuple(weight for _, _, weight in STATUSES)
STAGES = ("WON", "WON", "WON", "LOST", "IN_PROGRESS", "IDENTIFICATION_ALIGNMENT", "NEEDS_ANALYSIS")
STAGES_LATE = ("SOLUTION_DEVELOPMENT", "NEGOTIATION")


def fill(book: Book, company: Company, seed: int, block: int, limit: int) -> None:
    """Write down the first customers of a block; each depends on the seed and its own number."""
    filler = _Filler(book, company, seed)
    for slot in slots(company, seed, block, limit):
        filler.write(slot)


class _Filler:
    def __init__(self, book: Book, company: Company, seed: int) -> None:
        self.book, self.company, self.seed = book, company, seed
        self.buyers: dict[int, Buyer] = {}
        self.contacts: dict[tuple[int, str], Person] = {}
        self.users: dict[int, str] = {}
        self.owners = [user.id for user in company.users.values()]
        self.groups = list(company.groups.values())
        self.tags = list(company.tags.values())

    def write(self, slot: Slot) -> None:
        """Write down a customer and everything about it."""
        chance = dice("customer", self.seed, slot.number)
        since = moment(chance, FIRST_DAY, LAST_DAY.replace(month=7))
        owner = chance.choice(self.owners)
        contact = self._contact(slot, chance, owner)
        shared = self.buyers.get(slot.account)
        account = shared.account if shared else self._account(slot, chance, owner, contact)
        group = chance.choice(self.groups) if happens(chance, 0.6) else None
        buyer = self._customer(slot, chance, Buyer("", slot.name, slot.channel, account, owner, since), group)
        self.buyers[slot.number] = buyer
        self._stand(slot, chance, buyer, contact)
        self._orders(slot, chance, buyer, group)
        if slot.channel.has_deals:
            self._deals(slot, chance, buyer, contact)
        self._aftermath(slot, chance, buyer, contact)

    def _key(self, slot: Slot, what: object = "") -> str:
        return f"{self.seed}/{slot.number}/{what}"

    def _contact(self, slot: Slot, chance: random.Random, owner: str) -> Person:
        known = self.contacts.get((slot.account, slot.name))
        if known:
            return known
        name, gender = (slot.name, slot.gender) if slot.gender else names.person(chance)
        group = chance.choice(list(self.company.contact_groups.values()))
        contact = write_contact(
            *(self.book, self._key(slot), name, FIRST_DAY),
            to={"owner": owner, "group": group if happens(chance, 0.3) else None},
            email=f"{name.replace(' ', '.').casefold()}.{slot.number}@{'mail' if slot.is_person else 'firm'}.example",
            phone=names.phone(chance),
            gender=gender,
            birthday=moment(chance, FIRST_DAY.replace(year=1950), FIRST_DAY.replace(year=2004)).date(),
            jobTitle=None if slot.is_person else chance.choice(names.JOBS),
        )
        self.contacts[slot.account, slot.name] = contact
        return contact

    def _account(self, slot: Slot, chance: random.Random, owner: str, contact: Person) -> str:
        account = write_account(
            *(self.book, self._key(slot), slot.name, FIRST_DAY),
            to={"owner": owner, "defaultContact": contact.id},
            kind="PERSON" if slot.is_person else "COMPANY",
        )
        if happens(chance, 0.08):
            self.book.rows.link("tag", account, chance.choice(self.tags))
        return account

    def _customer(self, slot: Slot, chance: random.Random, plan: Buyer, group: Group | None) -> Buyer:
        parent = None if slot.parent is None else self.buyers[slot.parent].id
        business = {
            "vatId": f"US {chance.randint(10, 99)}-{slot.number:07d}",
            "internalRating": chance.choice("AABBBC"),
            "employees": min(20000, int(3 * chance.paretovariate(0.8))),
        }
        buyer = write_customer(
            *(self.book, self._key(slot), slot.name, slot.channel, plan.since),
            account=plan.account,
            owner=plan.owner,
            kind="PERSON" if slot.is_person else "BUSINESS",
            origin_id=f"N{slot.number:07d}",
            status="ACTIVE" if happens(chance, 0.93) else "INACTIVE",
            to={"group": group.id if group else None, "parent": parent},
            email=self.contacts[slot.account, slot.name].email,
            phone=names.phone(chance),
            **({"gender": slot.gender} if slot.is_person else business),
        )
        write_address(self.book, self._key(slot), plan.since, buyer.id, names.place(chance))
        return buyer

    def _stand(self, slot: Slot, chance: random.Random, buyer: Buyer, contact: Person) -> None:
        role, position = ("Buyer", "Customer") if slot.is_person else ("Decides", chance.choice(names.JOBS))
        stand_at_customer(self.book, buyer, contact, role, position)
        own = slot.account == slot.number
        if own or slot.name != self.buyers[slot.account].name:
            stand_at_account(self.book, buyer.account, contact, role, position, default=own)
        if not slot.is_person and happens(chance, 0.5):
            user = write_customer_user(
                *(self.book, contact.name, contact.email, buyer.since),
                customer=buyer,
                role=chance.choice((self.company.roles["Administrator"], self.company.roles["Buyer"])),
                contact=contact.id,
            )
            self.users[slot.number] = user.id
        if happens(chance, 0.2):
            self.book.rows.link("tag", buyer.id, chance.choice(self.tags))

    def _lines(self, slot: Slot, chance: random.Random, discount: Decimal | None) -> list[Line]:
        count = min(8, int(chance.paretovariate(1.6)))
        chosen = chance.sample(self.company.products, count)
        most = 3 if slot.is_person else 25
        return [Line(product, min(most, int(chance.paretovariate(1.3))), discount) for product in chosen]

    def _orders(self, slot: Slot, chance: random.Random, buyer: Buyer, group: Group | None) -> None:
        if not buyer.channel.has_orders:
            return
        count = min(MOST_ORDERS, int(chance.paretovariate(0.95)) - 1)
        discount = group.discount if group else None
        for place in range(count):
            at, lines = moment(chance, buyer.since), self._lines(slot, chance, discount)
            status, payment = chance.choices(TERMS, WEIGHTS)[0]
            off = minor(chance.randint(1, 10), self.book.currency) if happens(chance, 0.1) else 0
            number, cart = f"{100 + slot.number * 32 + place}", None
            # A company's user places every other order, the sales staff the rest.
            user = self.users.get(slot.number) if place % 2 == 0 else None
            if buyer.channel.has_carts and happens(chance, 0.15):
                cart = write_cart(self.book, f"C{number}", buyer, at, lines, "PURCHASED", user=user)
            off = min(off, sum(line.amount(self.book.currency) for line in lines))
            terms = Terms(status, payment, off, shipping=495 if slot.is_person else 0)
            write_order(self.book, number, buyer, at, lines, terms, user=user, cart=cart)
        if buyer.channel.has_carts and happens(chance, 0.1):
            lines = self._lines(slot, chance, None)
            status = chance.choice(("OPEN", "OPEN", "LOST", "EXPIRED"))
            started, user = moment(chance, buyer.since), self.users.get(slot.number)
            write_cart(self.book, f"A{slot.number}", buyer, started, lines, status, user=user)

    def _deals(self, slot: Slot, chance: random.Random, buyer: Buyer, contact: Person) -> None:
        ends = {"owner": buyer.owner, "contact": contact.id}
        lead, channel = None, buyer.channel
        if happens(chance, 0.3):
            status = chance.choice(("QUALIFIED", "QUALIFIED", "NEW", "CANCELED"))
            lead = write_lead(
                *(self.book, f"L{slot.number}", f"{chance.choice(names.DEALS)} of {slot.name}", buyer.since, channel),
                to={**ends, "party": buyer.id},
                status=status,
                source=chance.choice(("WEB", "CALL", "BID", "CAMPAIGN")),
                companyName=slot.name,
                email=contact.email,
            )
            lead = lead if status == "QUALIFIED" else None
        for place in range(min(8, int(chance.paretovariate(1.1)) - (lead is None))):
            opened = moment(chance, buyer.since)
            stage = chance.choice(STAGES + STAGES_LATE)
            budget = minor(min(400000, int(600 * chance.paretovariate(1.0))), self.book.currency)
            closed = moment(chance, opened) if stage in {"WON", "LOST"} else None
            revenue = budget * chance.randint(80, 105) // 100 if stage == "WON" else 0
            deal = Deal(stage, budget, closed, revenue, "OUTSOLD" if stage == "LOST" else None)
            name = f"{chance.choice(names.DEALS)} for {slot.name}"
            key = f"D{slot.number}-{place}"
            origin = lead if place == 0 else None
            write_opportunity(*(self.book, key, name, opened, channel, deal), buyer=buyer, to={**ends, "lead": origin})

    def _aftermath(self, slot: Slot, chance: random.Random, buyer: Buyer, contact: Person) -> None:
        for place in range(min(6, int(chance.paretovariate(1.5)) - 1)):
            self._activity(slot, chance, buyer, contact, place)
        if happens(chance, 0.06):
            write_case(
                *(self.book, f"S{slot.number}", chance.choice(names.COMPLAINTS), moment(chance, buyer.since)),
                buyer.channel,
                to={
                    "owner": buyer.owner,
                    "assignee": buyer.owner,
                    "claimant": buyer.id,
                    "customerUser": self.users.get(slot.number),
                },
                status=chance.choice(("OPEN", "IN_PROGRESS", "RESOLVED", "CLOSED")),
                priority=chance.choice(("LOW", "NORMAL", "NORMAL", "HIGH")),
                source=chance.choice(("EMAIL", "PHONE", "WEB")),
            )
        if buyer.channel.has_carts and happens(chance, 0.2):
            for product in chance.sample(self.company.products, chance.randint(1, 3)):
                seen = moment(chance, buyer.since)
                self.book.rows.link("viewed", buyer.id, product.id, at=seen, times=chance.randint(1, 9))

    def _activity(self, slot: Slot, chance: random.Random, buyer: Buyer, contact: Person, place: int) -> None:
        kind = chance.choices(tuple(names.SUBJECTS), (3, 4, 2, 3, 1))[0]
        subject, at = chance.choice(names.SUBJECTS[kind]), moment(chance, buyer.since)
        about = (chance.choice((buyer.id, buyer.id, buyer.account, contact.id)),)
        key = self._key(slot, f"activity-{place}")
        said = (self.book, key, subject, at, about)
        if kind == "Call":
            activities.call(*said, owner=buyer.owner)
        elif kind == "Email":
            activities.email(*said, owner=buyer.owner, to=contact.email, body=subject)
        elif kind == "Task":
            activities.task(*said, owner=buyer.owner, status=chance.choice(("PLANNED", "DONE")))
        elif kind == "Note":
            activities.note(*said, owner=buyer.owner, text=subject)
        else:
            activities.event(*said, owner=buyer.owner, location="Showroom", attendees=[contact.email])
