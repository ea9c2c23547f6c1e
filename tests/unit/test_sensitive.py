"""Sensitive fields: none is forgotten, each can be taken away, and parts follow their wholes."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from graphql import GraphQLNonNull, GraphQLObjectType

from cypher.hidden import hidden_properties
from graph.model import Computed, Embedded, Kind, Mapped, Property, Relation, Sections
from graph.permissions import Sensitive
from graph.registry import load_model
from graph.sensitive import group_of, hides
from graph.viewer import AccessKind
from resolvers.schema import load_schema

MODEL = load_model()
SUGGESTING = {
    Sensitive.EMAIL: r"e-?mail|sender|recipient|attendee|username",
    Sensitive.PHONE: r"phone|mobile|fax",
    Sensitive.ADDRESS: r"address|street|city|postal|zip|region|country",
    Sensitive.BIRTHDAY: r"birth",
    Sensitive.MONEY: r"price|amount|cost|budget|revenue|lifetimeValue|lifetimeHistory|currency",
}
"""Names that say what a field holds."""
HARMLESS = {
    "Organization.currency": "every viewer is told the base currency",
    "CustomerGroup.priceList": "the name of a list",
    "BusinessDetails.priceList": "the name of a list",
}


def fields() -> Iterator[tuple[str, str, Mapped]]:
    """Every field of the model by type and name, those of embedded objects and of sections too."""
    for type_name, held in ({r.name: r.fields for r in MODEL.records.values()} | dict(MODEL.embedded)).items():
        for name, mapped in held.items():
            yield type_name, name, mapped
            if isinstance(mapped, Sections):
                yield "ChannelSection", "lifetimeValue", mapped.value


def suggested(type_name: str, name: str, mapped: Mapped) -> set[Sensitive]:
    """The groups that a field's name or kind suggests."""
    if f"{type_name}.{name}" in HARMLESS or getattr(mapped, "kind", None) is Kind.ENUM:
        return set()
    if type_name == "LifetimeValue" and name == "value":
        return {Sensitive.MONEY}
    found = {group for group, pattern in SUGGESTING.items() if re.search(pattern, name, re.IGNORECASE)}
    money = isinstance(mapped, Property | Computed) and mapped.kind is Kind.MONEY
    return found | {Sensitive.MONEY} if money else found


def test_no_sensitive_field_is_forgotten() -> None:
    """What a name or a kind suggests is marked, so that a new field of that sort can't stay open."""
    forgotten = [
        f"{type_name}.{name} looks like {group.name}"
        for type_name, name, mapped in fields()
        for group in suggested(type_name, name, mapped)
        if group_of(mapped) is not group
    ]

    assert [] == forgotten


def test_edges_hold_nothing_sensitive() -> None:
    """What relationships say themselves has no group that hides it: nothing of that sort may stand there."""
    edges = [
        (f"{type_name}.{name}", edge, stored)
        for type_name, name, mapped in fields()
        if isinstance(mapped, Relation)
        for edge, stored in mapped.edge.items()
    ]

    assert edges
    assert [] == [path for path, edge, stored in edges if suggested(path, edge, stored) or group_of(stored)]


def test_what_can_be_hidden_can_be_null() -> None:
    """Each sensitive field is nullable, or a connection, which is empty instead."""
    schema, wrong = load_schema(), []
    for type_name, name, mapped in fields():
        if group_of(mapped) is None:
            continue
        declared = schema.type_map[type_name]
        assert isinstance(declared, GraphQLObjectType)
        connection = isinstance(mapped, Relation) and mapped.shape == "connection"
        if isinstance(declared.fields[name].type, GraphQLNonNull) and not connection:
            wrong.append(f"{type_name}.{name}")

    assert [] == wrong


def test_what_is_made_of_amounts_names_its_sources() -> None:
    """A sum over other records is hidden with them, so it says whose they are."""
    nameless = [f"{of}.{name}" for of, name, mapped in fields() if isinstance(mapped, Computed) and not mapped.sources]

    assert [] == nameless


@pytest.mark.parametrize(
    ("hidden", "field", "expected"),
    [
        ({("Customer", "EMAIL")}, "Customer.email", True),
        ({("Customer", "EMAIL")}, "Contact.email", False),
        ({("Customer", "EMAIL")}, "Customer.phone", False),
        ({("Customer", "BIRTHDAY")}, "PersonDetails.birthday", True),
        ({("Contact", "BIRTHDAY")}, "PersonDetails.birthday", False),
        ({("Customer", "MONEY")}, "Account.lifetimeValue", True),
        ({("Customer", "MONEY")}, "Account.directLifetimeValue", False),
        ({("Opportunity", "MONEY")}, "Account.directLifetimeValue", True),
        ({("Opportunity", "MONEY")}, "Account.lifetimeValue", True),
        ({("Customer", "MONEY")}, "Channel.lifetimeValue", True),
        ({("Customer", "MONEY")}, "Account.lifetimeHistory", True),
        ({("Customer", "MONEY")}, "LifetimeValue.value", True),
        ({("Order", "MONEY")}, "OrderItem.unitPrice", True),
        ({("Product", "MONEY")}, "OrderItem.unitPrice", False),
        ({("Cart", "MONEY")}, "OrderItem.amount", False),
        ({("Contact", "EMAIL")}, "ContactEmail.email", True),
        ({("Customer", "ADDRESS")}, "Address.street", False),
        ({(whole, "ADDRESS") for whole in MODEL.records["Address"].part_of}, "Address.street", True),
    ],
)
def test_who_hides_what(hidden: set[tuple[str, str]], field: str, expected: bool) -> None:  # noqa: FBT001
    """A type hides its own fields and what is made of them; a part that several have is seen through any of them."""
    type_name, _, name = field.partition(".")
    held = MODEL.records[type_name].fields if type_name in MODEL.records else MODEL.embedded[type_name]

    assert expected is hides(MODEL, hidden, type_name, held[name])


def test_abstract_types_hide_what_a_member_hides() -> None:
    """A filter on all activities looks at emails too, so a field that one of them hides is hidden."""
    field = MODEL.records["Email"].fields["sender"]

    assert hides(MODEL, {("Email", "EMAIL")}, "Activity", field)
    assert not hides(MODEL, {("Customer", "EMAIL")}, "Activity", field)


@pytest.mark.parametrize(
    ("type_name", "group", "stored"),
    [
        ("Customer", "EMAIL", {"email", "matchKey"}),
        ("Customer", "BIRTHDAY", {"birthday"}),
        ("Customer", "MONEY", {"lifetimeValue"}),
        ("CustomerUser", "EMAIL", {"email", "emailKey"}),
        ("User", "EMAIL", {"email", "username"}),
        ("Opportunity", "MONEY", {"budget", "closeRevenue", "baseRevenue", "currency"}),
        ("Order", "MONEY", {"subtotal", "discount", "tax", "shipping", "total", "currency"}),
        ("Email", "EMAIL", {"sender", "recipients"}),
    ],
)
def test_hidden_properties(type_name: str, group: str, stored: set[str]) -> None:
    """What is stored under other names, and the currency of amounts, is hidden with the field."""
    kind = AccessKind("USD", staff=True, views=(), hidden=frozenset({(type_name, group)}))

    assert stored == hidden_properties(MODEL, kind, type_name)
    assert set() == hidden_properties(MODEL, kind, "Case")


def test_embedded_objects_belong_to_one_type() -> None:
    """Who hides an embedded object's field is told by the type that embeds it."""
    for name in MODEL.embedded:
        holders = [
            record.name
            for record in MODEL.records.values()
            if any(isinstance(mapped, Embedded) and mapped.type_name == name for mapped in record.fields.values())
        ]
        assert 1 == len(holders), name
