"""The made-up part of the demo, without a database."""

from __future__ import annotations

from collections import Counter

import pytest

from app.demo.book import FIRST_DAY, LAST_DAY, Book, dice, moment
from app.demo.company import found_company
from app.demo.families import BLOCK, slots
from app.demo.filler import fill
from app.demo.furniture import tell_furniture
from app.demo.furniture_company import BLUEPRINT
from app.demo.ledger import Ledger, value_of_order
from app.demo.rows import LINKS, RECORDS
from app.demo.toys import tell_toys
from app.organizations import OrganizationRef, channel_type_id, contact_group_id, default_roles, slug
from graph.default_channel_types import CHANNEL_TYPES, CONTACT_GROUPS
from graph.model import Relation
from graph.registry import load_model

ORGANIZATION = OrganizationRef("016f5e66-e800-784c-ad15-8ddc4d46ceaf", "Oak & Line Furniture", "USD", "owner")


def made(seed: int, block: int, limit: int = BLOCK) -> Book:
    """A block of made-up customers."""
    book = Book(ORGANIZATION)
    fill(book, found_company(Book(ORGANIZATION), BLUEPRINT), seed, block, limit)
    book.close()
    return book


def customers(book: Book) -> list[str]:
    """The ids of a book's customers."""
    return [row["id"] for row in book.rows.records["Customer"]]


def test_same_seed_same_rows() -> None:
    """The same seed gives the same records with the same ids and times; another seed gives others."""
    assert made(7, 3).rows.records == made(7, 3).rows.records
    assert made(7, 3).rows.links == made(7, 3).rows.links
    assert not set(customers(made(7, 3))) & set(customers(made(8, 3)))


def test_block_cut_short_begins_the_same() -> None:
    """A block that is cut short has the first customers of the whole one."""
    assert customers(made(7, 0, 33)) == customers(made(7, 0))[:33]


def test_blocks_are_full_and_their_numbers_follow_one_another() -> None:
    """Each block has its number of customers, each with a parent and an account that come no later than itself."""
    company = found_company(Book(ORGANIZATION), BLUEPRINT)
    for block in range(6):
        found = slots(company, 7, block)

        assert [slot.number for slot in found] == list(range(block * BLOCK, (block + 1) * BLOCK))
        assert all(block * BLOCK <= slot.account <= slot.number for slot in found)
        assert all(slot.parent is None or block * BLOCK <= slot.parent < slot.number for slot in found)


def test_trees_are_deep_and_wide() -> None:
    """Among many trees there are chains of depth 8 and parents of many children."""
    company = found_company(Book(ORGANIZATION), BLUEPRINT)
    depths: Counter[int] = Counter()
    children: Counter[int] = Counter()
    for block in range(20):
        depth: dict[int, int] = {}
        for slot in slots(company, 7, block):
            depth[slot.number] = 0 if slot.parent is None else depth[slot.parent] + 1
            depths[depth[slot.number]] += 1
            if slot.parent is not None:
                children[slot.parent] += 1

    assert depths[8] > 0
    assert max(children.values()) > 30


def test_few_customers_buy_much() -> None:
    """Most customers order little or nothing, a few order twenty times, nobody more often."""
    book = made(7, 0)
    placed = Counter(row["to"]["customer"]["id"] for row in book.rows.records["Order"])
    counts = sorted((placed[customer] for customer in customers(book)), reverse=True)

    assert counts[0] == 20
    assert counts[len(counts) // 2] <= 2


@pytest.mark.parametrize("tell", [tell_furniture, tell_toys])
def test_ids_are_unique_and_ends_exist(tell: object) -> None:
    """No id is given out twice, and every link of a story leads to a record of the story."""
    book = Book(ORGANIZATION)
    tell(book)  # type: ignore[operator]
    ids = Counter(row["id"] for rows in book.rows.records.values() for row in rows)
    ends = {
        end["id"]
        for rows in (*book.rows.records.values(), *book.rows.links.values())
        for row in rows
        for end in row["to"].values()
    }

    assert ids.most_common(1)[0][1] == 1
    begun_with = {role.id for given in default_roles(slug(ORGANIZATION.name)) for role in given}
    begun_with |= {channel_type_id(ORGANIZATION.id, name) for name in CHANNEL_TYPES}
    begun_with |= {contact_group_id(ORGANIZATION.id, label) for label in CONTACT_GROUPS}

    assert ends - set(ids) <= {ORGANIZATION.owner_id, *begun_with}


def test_links_are_those_of_the_model() -> None:
    """The demo writes every relationship type of the model and no other."""
    used = {link.type for links in RECORDS.values() for link in links} | {link.type for _, link in LINKS.values()}
    known = {
        kind
        for record in load_model().records.values()
        for mapped in record.fields.values()
        if isinstance(mapped, Relation)
        for hop in mapped.hops
        for kind in hop.types
    }

    assert used == known
    assert set(RECORDS) | {"Organization", "Role", "ChannelType", "ContactGroup"} == set(load_model().records)


@pytest.mark.parametrize(
    ("rule", "status", "payment", "value"),
    [
        ("ORDERS_NET", "COMPLETED", "PENDING", 900),
        ("ORDERS_NET", "CANCELLED", "PAID", 0),
        ("ORDERS_PAID", "OPEN", "PAID", 1000),
        ("ORDERS_PAID", "COMPLETED", "PARTIAL", 0),
        ("WON", "COMPLETED", "PAID", 0),
        ("NONE", "COMPLETED", "PAID", 0),
    ],
)
def test_value_of_an_order(rule: str, status: str, payment: str, value: int) -> None:
    """What an order of 1000 less 100 counts for depends on the rule of its channel."""
    assert value_of_order(rule, status, payment, 1000, 100) == value


def test_history_follows_the_facts_in_time() -> None:
    """The history adds facts in the order of their times, those of one moment together."""
    ledger, stored = Ledger(), dict[str, object]()
    ledger.open("customer", stored)
    later = LAST_DAY
    for at, amount in ((later, 5), (FIRST_DAY, 1), (later, 7)):
        ledger.count(("customer", "account", "channel"), at, amount)

    assert [(entry.at, entry.value) for entry in ledger.history()] == [(FIRST_DAY, 1), (later, 13)]
    assert stored["lifetimeValue"] == 13


def test_moment_after_the_last_day_is_the_earliest() -> None:
    """Nothing happens before its earliest moment, even when that is the last one."""
    assert moment(dice("x"), LAST_DAY) == LAST_DAY
