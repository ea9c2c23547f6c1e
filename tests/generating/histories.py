"""Makes up histories: writes of every kind to customers, accounts, contacts, their links, tree and tags."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from hypothesis import strategies as st

from graph.database import Database
from graph.ids import parse_global_id
from tests.asking import Asker
from tests.company import Company, company
from tests.world import BEGINNING

NAMES = ("Iris", "Olaf", "Ruth")
EMAILS = ("iris@oak.example", "OLAF@oak.example", "ruth@elm.example")
KEYS = ("K-1", "K-2", "K-3")
NOTHING = object()
"""In the place of a field that is left out."""


@dataclass(slots=True)
class Pick:
    """Chooses among what there is and what there was, by the numbers of a step."""

    ids: Mapping[str, list[str]]
    numbers: Iterator[int]

    def of(self, *values: Any) -> Any:
        """One of some values."""
        return values[next(self.numbers) % len(values)]

    def one(self, *types: str) -> str:
        """The id of a record of one of some types, perhaps a deleted one."""
        return str(self.of(*(found for name in types for found in self.ids[name])))

    def maybe(self, *values: Any) -> Any:
        """One of some values, null, or nothing."""
        return self.of(*values, None, NOTHING)

    def emails(self) -> Any:
        """A list of email addresses, one of them perhaps said to be primary."""
        return self.of(
            NOTHING,
            None,
            [{"email": self.of(*EMAILS)}],
            [{"email": EMAILS[0]}, {"email": EMAILS[2], "isPrimary": bool(self.of(0, 1))}],
        )


def account(pick: Pick) -> Any:
    """Where a customer gets its account from."""
    choices = ({"id": pick.one("Account")}, {"create": {"name": pick.of(*NAMES)}}, {"match": True})
    return pick.of(*choices)


STEPS: Mapping[str, Callable[[Pick], dict[str, Any]]] = {
    "createCustomer": lambda pick: {
        "channelId": pick.one("Channel"),
        "originId": pick.maybe(*KEYS),
        "person": {"firstName": pick.of(*NAMES), "lastName": "Oak"},
        "email": pick.maybe(*EMAILS),
        "account": pick.of(account(pick), NOTHING),
        "parentId": pick.of(pick.one("Customer"), NOTHING),
    },
    "updateCustomer": lambda pick: {
        "id": pick.one("Customer"),
        "name": pick.maybe(*NAMES),
        "email": pick.maybe(*EMAILS),
        "originId": pick.maybe(*KEYS),
        "groupId": pick.maybe(pick.one("CustomerGroup")),
        "addresses": pick.of(
            NOTHING, None, [{"city": "Oslo"}], [{"city": "Bergen", "type": "BILLING"}, {"city": "Oslo"}]
        ),
    },
    "deleteCustomer": lambda pick: {"id": pick.one("Customer")},
    "setCustomerParent": lambda pick: {
        "customerId": pick.one("Customer"),
        "parentId": pick.of(pick.one("Customer"), None),
    },
    "setCustomerAccount": lambda pick: {"customerId": pick.one("Customer"), "account": account(pick)},
    "upsertCustomers": lambda pick: {
        "channelId": pick.one("Channel"),
        "customers": [
            {"originId": key, "name": pick.of(*NAMES), "email": pick.maybe(*EMAILS)} for key in KEYS[: pick.of(1, 2, 3)]
        ],
    },
    "createAccount": lambda pick: {
        "name": pick.of(*NAMES),
        "defaultContactId": pick.maybe(pick.one("Contact")),
        "referredById": pick.maybe(pick.one("Account")),
    },
    "updateAccount": lambda pick: {
        "id": pick.one("Account"),
        "name": pick.of(*NAMES, NOTHING),
        "defaultContactId": pick.maybe(pick.one("Contact")),
        "referredById": pick.maybe(pick.one("Account")),
    },
    "deleteAccount": lambda pick: {"id": pick.one("Account")},
    "createContact": lambda pick: {
        "firstName": pick.of(*NAMES),
        "emails": pick.emails(),
        "reportsToId": pick.maybe(pick.one("Contact")),
        "links": pick.of(NOTHING, [{"recordId": pick.one("Account", "Customer"), "role": pick.of("Buyer", NOTHING)}]),
    },
    "updateContact": lambda pick: {
        "id": pick.one("Contact"),
        "firstName": pick.maybe(*NAMES),
        "emails": pick.emails(),
        "reportsToId": pick.maybe(pick.one("Contact")),
    },
    "deleteContact": lambda pick: {"id": pick.one("Contact")},
    "linkContact": lambda pick: {
        "contactId": pick.one("Contact"),
        "recordId": pick.one("Account", "Customer"),
        "role": pick.maybe("Buyer", "Chief"),
    },
    "unlinkContact": lambda pick: {"contactId": pick.one("Contact"), "recordId": pick.one("Account", "Customer")},
    "mergeAccounts": lambda pick: {
        "masterId": pick.one("Account"),
        "ids": [pick.one("Account"), pick.one("Account")],
        "contacts": pick.of(NOTHING, {"mode": "REPLACE"}),
    },
    "mergeContacts": lambda pick: {"masterId": pick.one("Contact"), "ids": [pick.one("Contact")]},
    "createTag": lambda pick: {"name": pick.of(*NAMES)},
    "deleteTag": lambda pick: {"id": pick.one("Tag")},
    "tagRecord": lambda pick: {
        "recordId": pick.one("Account", "Customer", "Contact"),
        "addIds": [pick.one("Tag")],
        "removeIds": pick.of([pick.one("Tag")], NOTHING),
    },
    "assign": lambda pick: {"recordId": pick.one("Account", "Customer", "Contact"), "ownerId": pick.one("User")},
    "undo": lambda pick: {"writeId": pick.one("Write")},
}
"""The mutations of a history: what makes the input of each."""
SELECTED = {
    "createCustomer": "customer { id } account { id } contact { id }",
    "setCustomerAccount": "account { id }",
    "upsertCustomers": "results { customer { id account { id } } }",
    "createAccount": "account { id }",
    "createContact": "contact { id }",
    "createTag": "tag { id }",
    "undo": "left { recordId field reason }",
}
"""What of a payload tells of new records, and what an undo has left."""

steps = st.tuples(st.sampled_from(sorted(STEPS)), st.lists(st.integers(0, 11), min_size=8, max_size=8))
"""A mutation, and the numbers that choose its input."""


@dataclass(slots=True)
class History:
    """The organisation of one history, and the ids that its writes have told of."""

    firm: Company
    ids: dict[str, list[str]] = field(default_factory=dict)

    async def write(self, name: str, numbers: list[int]) -> dict[str, Any]:
        """Do one step; its payload."""
        given = STEPS[name](Pick(self.ids, itertools.cycle(numbers)))
        return await self.do(name, **_without_nothing(given))

    async def do(self, name: str, /, **given: Any) -> dict[str, Any]:
        """Do a mutation, and keep the ids of its payload."""
        input_type = f"{name[0].upper()}{name[1:]}Input"
        told = f"writeId {SELECTED.get(name, '')} errors {{ code message field }}"
        document = f"mutation($input: {input_type}!) {{ {name}(input: $input) {{ {told} }} }}"
        payload = await self.firm.do("ada", document, **given)
        for found in _ids(payload):
            known = self.ids.setdefault(parse_global_id(found)[0], [])
            if found not in known:
                known.append(found)
        return payload


async def beginning(database: Database) -> History:
    """A new organisation: two channels, three customers with orders, their accounts and contacts, tags."""
    world = company()
    world.node("Channel", "shop", name="Shop", status="ACTIVE", key="shop", lifetimeRule="ORDERS_NET")
    world.link("shop", "OF_TYPE", "web")
    for name in ("oak", "elm", "ash"):
        world.node("Account", name, name=name)
        world.link(name, "OWNED_BY", "sue")
    for customer, channel, account_name in (
        ("head", "outlet", "oak"),
        ("branch", "shop", "oak"),
        ("other", "shop", "elm"),
    ):
        (own,) = (row for row in world.nodes["Customer"] if row["id"] == world.uuid(customer))
        own["set"] |= {"channelId": world.uuid(channel), "lifetimeValue": 500 if channel == "shop" else 0}
        world.link(customer, "IN_CHANNEL", channel)
        world.link(customer, "BELONGS_TO", account_name)
        if channel == "shop":
            placed = {"placedAt": BEGINNING, "channelId": world.uuid(channel), "originId": customer}
            world.node("Order", f"{customer}-order", status="OPEN", subtotal=500, **placed)
            world.link(customer, "PLACED", f"{customer}-order")
            world.link(f"{customer}-order", "IN_CHANNEL", channel)
            value = {"value": 500, "channelId": world.uuid(channel)}
            world.node("LifetimeValue", f"{customer}-value", at=BEGINNING, **value)
            world.link(f"{customer}-value", "VALUE_OF", account_name)
            world.link(f"{customer}-value", "IN_CHANNEL", channel)
    for contact in ("jo", "kim"):
        email = f"{contact}@oak.example"
        world.node("Contact", contact, name=contact.title(), firstName=contact.title(), email=email)
        world.link(contact, "OWNED_BY", "sue")
        world.node("ContactEmail", f"{contact}-email", email=email, isPrimary=True)
        world.link(contact, "HAS_EMAIL", f"{contact}-email")
    world.link("oak", "HAS_CONTACT", "jo", isDefault=True)
    world.link("oak", "HAS_DEFAULT_CONTACT", "jo")
    world.link("elm", "HAS_CONTACT", "kim", isDefault=False)
    world.link("kim", "REPORTS_TO", "jo")
    world.node("CustomerGroup", "gold", name="Gold", key="gold")
    for name in ("red", "blue"):
        world.node("Tag", name, name=name)
    world.link("oak", "TAGGED", "red")
    await database.write(list(world.statements()))
    history = History(Company(database, Asker.of(database), world))
    for name, type_name in world.types.items():
        history.ids.setdefault(type_name, []).append(world.id(name))
    history.ids["Channel"] = [world.id("shop"), world.id("outlet")]
    # Until something is written there is nothing to take back.
    history.ids["Write"] = [world.id("head")]
    return history


def _ids(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for key, inner in value.items():
            if key in ("id", "writeId") and inner:
                yield inner
            elif key != "left":
                yield from _ids(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _ids(inner)


def _without_nothing(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_nothing(inner) for key, inner in value.items() if inner is not NOTHING}
    if isinstance(value, list):
        return [_without_nothing(inner) for inner in value]
    return value
