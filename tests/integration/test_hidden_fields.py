"""Hidden fields, each of them: null with one error when selected, refused in whatever else could look at them."""

from __future__ import annotations

import re
from collections.abc import Iterator

import orjson
import pytest

from graph.aggregates import FITTING
from graph.database import Database
from graph.errors import Forbidden
from graph.filters import SortDirection
from graph.model import Kind, Property, Relation, RootConnection
from graph.sensitive import hidden_names
from graph.viewer import Viewer
from resolvers.execution import Engine, Prepared, Request
from resolvers.lanes import Bound
from resolvers.query import ROOTS
from resolvers.timings import Timings
from tests.asking import Asker
from tests.conftest import FULL
from tests.generating.differential import new_engine
from tests.generating.documents import Case, make_case
from tests.hiding import ALL_HIDDEN, FIELDS, MODEL, Field, at, full_world, told, viewer_hiding
from tests.integration.test_execution import beside_introspection
from tests.world import World


@pytest.fixture(scope="session")
async def full(database: Database) -> World:
    """The world above, loaded."""
    world = full_world()
    await database.write(list(world.statements()))
    return world


@pytest.mark.parametrize("field", FIELDS, ids=str)
async def test_a_hidden_field_is_null(field: Field, full: World, ask: Asker) -> None:
    """Null (an empty connection) and one error at its path on both paths of execution; its neighbours are there."""
    selected = f"__typename ... on {field.type_name} {{ {field.selection} }}"
    query = f'{{ node(id: "{full.id(field.type_name)}") {{ {selected} }} }}'
    path = ("node", *field.keys)

    shown = await ask.data(viewer_hiding(full, ("Tag", "EMAIL")), query)
    hidden = await ask(viewer_hiding(full, *field.hiding), query)
    ordinary = await ask(viewer_hiding(full, *field.hiding), beside_introspection(query))

    assert at(shown, path) not in (None, [])
    assert [("FORBIDDEN", path)] == told(hidden) == told(ordinary)
    assert orjson.dumps(hidden.data["node"]) == orjson.dumps(ordinary.data["node"])
    empty = {"totalCount": 0, "nodes": [], "aggregate": []} if isinstance(field.mapped, Relation) else None
    found = at(hidden.data, path)
    assert found is None or found == empty


async def test_many_fields_and_groups_at_once(full: World, ask: Asker) -> None:
    """All fields of a type with each group hidden from somebody: the errors are those of the group, in order."""
    query = "query One($id: ID!) { contact(id: $id) { id email emails { email } phone birthday addresses { city } } }"

    viewer = viewer_hiding(full, ("Contact", "EMAIL"), ("Contact", "ADDRESS"))
    answer = await ask(viewer, query, id=full.id("Contact"))

    assert [["contact", "email"], ["contact", "emails"], ["contact", "addresses"]] == [e.path for e in answer.errors]
    assert [None, None, None] == [answer.data["contact"][key] for key in ("email", "emails", "addresses")]
    assert None not in [answer.data["contact"][key] for key in ("id", "phone", "birthday")]
    assert all("Contact" in error.message and error.original_error.hint for error in answer.errors)
    assert [[1], [1], [1]] == [[place.line for place in error.locations] for error in answer.errors]


async def test_one_error_however_many_rows(world: World, ask: Asker) -> None:
    """Lists count once, aliases each, and no rows give the same error: it tells nothing of what is stored."""
    query = '{ customers(where: {name: {%s: "Nobody"}}) { nodes { email mail: email parent { email } } } }'
    viewer = viewer_hiding(world, ("Customer", "EMAIL"))
    paths = [("customers", "nodes", "email"), ("customers", "nodes", "mail"), ("customers", "nodes", "parent", "email")]

    many, none = await ask(viewer, query % "ne"), await ask(viewer, query % "eq")

    assert len(many.data["customers"]["nodes"]) > 1
    assert [] == none.data["customers"]["nodes"]
    assert [("FORBIDDEN", path) for path in paths] == told(many) == told(none)


async def test_types_of_one_list_hide_apart(world: World, ask: Asker) -> None:
    """Where records of several types stand together, null is what their own type hides; the path is told once."""
    query = """query Both($ids: [ID!]!) { nodes(ids: $ids) {
        ... on Customer { email } ... on Contact { email } ... on CustomerUser { email } } }"""
    ids = [world.id("head"), world.id("john"), world.id("amanda")]

    one = await ask(viewer_hiding(world, ("Customer", "EMAIL")), query, ids=ids)
    two = await ask(viewer_hiding(world, ("Customer", "EMAIL"), ("CustomerUser", "EMAIL")), query, ids=ids)

    assert [None, "j@golden.example", "amanda@golden.example"] == [node["email"] for node in one.data["nodes"]]
    assert [None, "j@golden.example", None] == [node["email"] for node in two.data["nodes"]]
    assert ["`Customer.email` is hidden from you."] == [error.message for error in one.errors]
    assert ["`Customer.email` and `CustomerUser.email` are hidden from you."] == [error.message for error in two.errors]


def questions(field: Field) -> Iterator[str]:
    """Questions at the root that look at a field of a type: filters, orders, groups and figures."""
    roots = {root.type_name: name for name, root in ROOTS.items() if isinstance(root, RootConnection)}
    name, mapped = field.name, field.mapped
    root = roots.get(field.type_name)
    if root is None or not isinstance(mapped, Property | Relation):
        return
    yield f"{root}(where: {{OR: [{{NOT: {{{name}: {{}}}}}}]}}) {{ totalCount }}"
    if isinstance(mapped, Relation):
        yield f"{root}(orderBy: [{{{name}: {{count: {SortDirection.ASC.name}}}}}]) {{ totalCount }}"
        return
    if mapped.kind is not Kind.STRINGS:
        yield f"{root}(orderBy: [{{{name}: {SortDirection.DESC.name}}}]) {{ totalCount }}"
        yield f"{root} {{ aggregate(groupBy: [{name}]) {{ count }} }}"
    for function, kinds in FITTING.items():
        if mapped.kind in kinds:
            below = " { amount }" if function in ("sum", "avg") else ""
            yield f"{root} {{ aggregate {{ {function}(field: {name}){below} }} }}"


def planned(ask: Asker, viewer: Viewer, query: str) -> list[object]:
    """What each root field of a query is planned as: a statement, or the error that refuses it."""
    prepared = ask.engine.prepare(Request(query, {}, None, viewer, "request"), Timings())
    assert isinstance(prepared, Prepared), prepared.errors
    return list(prepared.planned.values())


ASKED = [field for field in FIELDS if any(questions(field))]


@pytest.mark.parametrize("field", ASKED, ids=str)
def test_a_hidden_field_is_refused_in_questions(field: Field, world: World, ask: Asker) -> None:
    """No filter at any depth, no order, no group and no figure looks at it; somebody else may ask all of them."""
    query = "{" + " ".join(f"q{number}: {one}" for number, one in enumerate(questions(field))) + "}"

    refused = planned(ask, viewer_hiding(world, *field.hiding), query)
    allowed = planned(ask, viewer_hiding(world, ("Tag", "EMAIL")), query)

    assert refused
    for error in refused:
        assert isinstance(error, Forbidden)
        assert f".{field.name}`" in error.message
        assert error.hint
    assert all(isinstance(found, Bound) for found in allowed), allowed


@pytest.mark.parametrize(
    ("hidden", "name", "question"),
    [
        ("Customer EMAIL", "Customer.email", 'contacts(where: {customers: {some: {email: {eq: "a"}}}}) { totalCount }'),
        ("Customer EMAIL", "Customer.email", "orders(where: {customer: {NOT: {email: {}}}}) { totalCount }"),
        ("Customer EMAIL", "Customer.email", "orders(orderBy: [{customer: {email: ASC}}]) { totalCount }"),
        ("Customer EMAIL", "Customer.email", "accounts { nodes { customers(where: {email: {}}) { totalCount } } }"),
        (
            "Customer EMAIL",
            "Customer.email",
            "accounts { nodes { channelSections { customers(orderBy: [{email: ASC}]) { totalCount } } } }",
        ),
        (
            "Customer EMAIL",
            "Customer.email",
            "customers { nodes { descendants(orderBy: [{email: ASC}]) { totalCount } } }",
        ),
        ("Customer BIRTHDAY", "Customer.birthday", "customers(where: {birthday: {isNull: false}}) { totalCount }"),
        ("Customer BIRTHDAY", "Customer.birthday", "customers { aggregate { min(field: birthday) } }"),
        ("Order MONEY", "OrderItem.amount", "orders(where: {items: {some: {amount: {}}}}) { totalCount }"),
        (
            "Order MONEY",
            "OrderItem.unitPrice",
            "products { nodes { orderItems { aggregate { sum(field: unitPrice) { amount } } } } }",
        ),
        ("Order MONEY", "Order.currency", "orders { aggregate(groupBy: [currency]) { count } }"),
        ("Contact ADDRESS", "Contact.addresses", "contacts(where: {addresses: {some: {city: {}}}}) { totalCount }"),
        ("Contact BIRTHDAY", "Contact.birthday", "upcomingBirthdays { totalCount }"),
        ("Contact EMAIL", "Contact.email", "upcomingBirthdays(where: {email: {}}) { totalCount }"),
        (
            "Account MONEY",
            "Account.lifetimeHistory",
            "accounts(where: {lifetimeHistory: {some: {value: {}}}}) { totalCount }",
        ),
    ],
)
def test_no_way_leads_around(hidden: str, name: str, question: str, world: World, ask: Asker) -> None:
    """Through related records, embedded objects and parts: what looks at a hidden field is refused by its name."""
    entity, _, group = hidden.partition(" ")

    (refused,) = planned(ask, viewer_hiding(world, (entity, group)), f"{{ {question} }}")
    (allowed,) = planned(ask, viewer_hiding(world, ("Tag", "EMAIL")), f"{{ {question} }}")

    assert isinstance(refused, Forbidden)
    assert f"`{name}` is hidden from you." == refused.message
    assert isinstance(allowed, Bound)


async def test_a_refused_question_asks_nothing(world: World, ask: Asker) -> None:
    """Nothing of it is sent to the database; the rest of the request is answered."""
    query = '{ customers(where: {email: {eq: "head@golden.example"}}) { totalCount } viewer { displayName } }'

    answer = await ask(viewer_hiding(world, ("Customer", "EMAIL")), query)

    assert {"customers": None, "viewer": {"displayName": "Uma Unger"}} == answer.data
    assert [("FORBIDDEN", ("customers",))] == told(answer)
    assert not any("Customer" in statement for statement in answer.statements)


async def test_a_cursor_of_somebody_else_is_no_way_in(world: World, ask: Asker) -> None:
    """An administrator's cursor holds values of its order; who may not order so can't use it."""
    query = "query Page($after: String) { customers(orderBy: [{email: ASC}], after: $after) { edges { cursor } } }"
    plain = "query Page($after: String) { customers(after: $after) { edges { cursor } } }"
    viewer = viewer_hiding(world, ("Customer", "EMAIL"))
    after = (await ask.data(world.viewer(), query))["customers"]["edges"][0]["cursor"]

    assert [("FORBIDDEN", ("customers",))] == told(await ask(viewer, query, after=after))
    assert [("BAD_USER_INPUT", ("customers",))] == told(await ask(viewer, plain, after=after))


async def test_parts_are_not_seen_through_who_hides_them(world: World, ask: Asker) -> None:
    """An address is not there by its id, beside its customer or on a path, when addresses of customers are hidden."""
    query = """query Parts($part: ID!, $whole: ID!) {
      node(id: $part) { id }
      neighbors(id: $whole, relationshipTypes: [HAS_ADDRESS]) { totalCount counts { count } nodes { id } }
      paths(from: $whole, to: $part) { length }
    }"""
    ids = {"part": world.id("address"), "whole": world.id("head")}

    shown = await ask.data(viewer_hiding(world, ("Contact", "ADDRESS")), query, **ids)
    hidden = await ask.data(viewer_hiding(world, ("Customer", "ADDRESS")), query, **ids)

    assert {"id": ids["part"]} == shown["node"]
    assert {"totalCount": 1, "counts": [{"count": 1}], "nodes": [{"id": ids["part"]}]} == shown["neighbors"]
    assert [{"length": 1}] == shown["paths"]
    empty = {"totalCount": 0, "counts": [], "nodes": []}
    assert {"node": None, "neighbors": empty, "paths": None} == hidden


STORED = {name for record in MODEL.records for name in hidden_names(MODEL, set(ALL_HIDDEN), record)} - {"currency"}
LOOKED_AT = re.compile(rf"\b\w+\d+\.({'|'.join(sorted(STORED))})\b")


def looked_at(engine: Engine, case: Case, viewer: Viewer) -> set[str]:
    """The sensitive properties that the statements of a request name; those of search name each with its types.

    A job counts records by a property of the name that an order has for money.
    """
    prepared = engine.prepare(Request(case.query, case.variables, None, viewer, "request"), Timings())
    if not isinstance(prepared, Prepared):
        return set()
    names = {root.key: root.name for root in prepared.roots}
    texts = [
        bound.statement.text
        for key, bound in prepared.planned.items()
        if isinstance(bound, Bound) and names[key] not in ("search", "job")
    ]
    return {name for text in texts for name in LOOKED_AT.findall(text)}


def test_no_statement_looks_at_what_is_hidden(world: World) -> None:
    """Where everything sensitive is hidden, no statement names a property that holds such a value."""
    engine, seen = new_engine(), set[str]()
    cases = [make_case(engine, seed) for seed in range(1_000 if FULL else 300)]

    for case in cases:
        assert set() == looked_at(engine, case, viewer_hiding(world, *ALL_HIDDEN)), case.query
        seen |= looked_at(engine, case, world.viewer())

    assert {"email", "phone", "birthday", "lifetimeValue", "total", "unitPrice", "baseRevenue"} <= seen
