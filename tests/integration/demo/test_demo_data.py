"""The demo's data on a real Neo4j: complete and consistent."""

from __future__ import annotations

from app.verification import verify
from app.viewers import Identity, find_viewer
from graph.ids import parse_global_id
from graph.model import Relation
from graph.registry import load_model
from tests.asking import Asker
from tests.demo_graph import CUSTOMERS, IN_DEMO, Demo


async def test_every_type_of_the_model_is_there(demo: Demo) -> None:
    """Every record type of the model has a node and every one of its relationships is used."""
    model = load_model()
    labels = await demo.rows(f"MATCH (n) WHERE {IN_DEMO} UNWIND labels(n) AS label RETURN DISTINCT label")
    types = await demo.rows(f"MATCH (n)-[r]->() WHERE {IN_DEMO} RETURN DISTINCT type(r)")
    known = {
        kind
        for record in model.records.values()
        for mapped in record.fields.values()
        if isinstance(mapped, Relation)
        for hop in mapped.hops
        for kind in hop.types
    }

    assert set(labels) - {"ImportRun"} == {label for record in model.records.values() for label in record.labels}
    assert set(types) == known


async def test_counts(demo: Demo) -> None:
    """There are as many customers as were asked for, and many of what customers have."""
    counts = dict(
        await demo.rows(
            f"MATCH (n) WHERE {IN_DEMO} UNWIND labels(n) AS label WITH label, count(*) AS c RETURN [label, c]"
        )
    )

    assert CUSTOMERS == counts["Customer"] == demo.summary.customers
    assert counts["Organization"] == 2
    assert counts["Account"] < CUSTOMERS
    assert counts["Order"] > CUSTOMERS
    assert counts["OrderItem"] > counts["Order"]
    assert counts["Opportunity"] > 100
    assert counts["LifetimeValue"] > CUSTOMERS / 2


async def test_properties_are_those_of_the_model(demo: Demo) -> None:
    """A node stores what its type declares, and a few keys that the API does not show."""
    internal = {
        "organizationId",
        "accessVersion",
        "ownerId",
        "channelId",
        "importDigest",
        "key",
        "emailKey",
        "matchKey",
        "baseRevenue",
        "exchangeRate",
    }
    model = load_model()
    for record in model.records.values():
        stored = set(
            await demo.rows(f"MATCH (n:{record.label}) WHERE {IN_DEMO} UNWIND keys(n) AS key RETURN DISTINCT key")
        )
        declared = {prop.name for prop in record.properties().values()}
        declared |= {prop.currency for prop in record.properties().values() if prop.currency}
        for fields in model.embedded.values() if record.name == "Customer" else ():
            declared |= {mapped.name for mapped in fields.values() if hasattr(mapped, "kind")}  # type: ignore[union-attr]
        declared |= {key for keys in record.unique for key in keys}
        parts = {"createdAt", "updatedAt", "version"} if record.scope is None else set()

        assert stored <= declared | internal | parts, record.name
        assert {"organizationId", "id"} <= stored, record.name


async def test_every_customer_has_one_account_and_one_channel(demo: Demo) -> None:
    """Every customer has exactly one account and one channel, the one that its property names."""
    odd = await demo.rows(
        f"MATCH (n:Customer) WHERE {IN_DEMO} AND (COUNT {{ (n)-[:BELONGS_TO]->(:Account) }} <> 1 "
        "OR COUNT { (n)-[:IN_CHANNEL]->(:Channel {id: n.channelId}) } <> 1 "
        "OR COUNT { (n)-[:IN_CHANNEL]->() } <> 1) RETURN n.name"
    )

    assert odd == []


async def test_owner_is_stored_twice(demo: Demo) -> None:
    """Whatever is owned has one owner, whom ownerId and OWNED_BY both name; nothing else has one."""
    owned = {record.label for record in load_model().records.values() if record.scope and record.scope.owned == ()}
    odd = await demo.rows(
        f"MATCH (n:{'|'.join(sorted(owned))}) WHERE {IN_DEMO} "
        "AND (COUNT { (n)-[:OWNED_BY]->() } <> 1 "
        "OR COUNT { (n)-[:OWNED_BY]->(o:User|BusinessUnit WHERE o.id = n.ownerId) } <> 1) RETURN n.id"
    )
    labels = await demo.rows(
        f"MATCH (n) WHERE {IN_DEMO} AND (n.ownerId IS NOT NULL OR EXISTS {{ (n)-[:OWNED_BY]->() }}) "
        "UNWIND labels(n) AS label RETURN DISTINCT label"
    )

    assert odd == []
    assert set(labels) - {"Record", "Activity"} == owned
    assert {"Customer", "Account", "Contact", "Order", "Cart", "Lead", "Opportunity", "Case", "Call"} < owned


async def test_everybody_has_a_role(demo: Demo) -> None:
    """Members of staff and customer users have one role each; nobody made a second Buyer."""
    odd = await demo.rows(
        f"MATCH (n:User|CustomerUser) WHERE {IN_DEMO} AND COUNT {{ (n)-[:HAS_ROLE]->() }} <> 1 RETURN n.displayName"
    )
    staff = await demo.rows(
        f"MATCH (n:User)-[:HAS_ROLE]->(r:Role) WHERE {IN_DEMO} AND r.name <> 'Administrator' "
        "RETURN [n.displayName, r.name]"
    )
    predefined = await demo.rows(
        f"MATCH (n:CustomerUserRole) WHERE {IN_DEMO} AND NOT EXISTS {{ (n)-[:ROLE_OF]->() }} RETURN n.key"
    )

    assert odd == []
    assert dict(staff).items() >= {"Tom Becker": "Manager", "Lucy Hale": "Sales", "Nina Cole": "Marketing"}.items()
    assert sorted(predefined) == ["administrator", "administrator", "buyer", "buyer", "guest", "guest"]


SHOPS = '{ customers(first: 100, where: {name: {startsWith: "Playroom"}}) { nodes { name } } }'


async def test_the_toy_makers_people_see_different_things(demo: Demo, ask: Asker) -> None:
    """A brother sees all shops of the chain, the head of a state those of all areas, a sales manager the own area's."""
    seen = {}
    for name in ("paul.sonnen", "victor.ramos", "lucy.hale", "dana.whitlock", "nina.cole"):
        viewer = await find_viewer(demo.database, Identity("staff", f"{name}@john-sons.example"))
        data = await ask.data(viewer, SHOPS)
        seen[name] = sorted(node["name"].removeprefix("Playroom ") for node in data["customers"]["nodes"])

    assert len(seen["paul.sonnen"]) == 8
    assert seen["lucy.hale"] == ["Long Beach", "Pasadena", "Southern California"]
    assert seen["victor.ramos"] == sorted([*seen["lucy.hale"], "Bay Area", "Berkeley", "Playroom"])
    assert seen["dana.whitlock"] == ["Nevada", "Reno"]
    assert seen["nina.cole"] == []


OWN = "{ customers { totalCount } orders { nodes { number } } cases { nodes { subject } } leads { totalCount } }"


async def test_the_customers_people_see_different_things(demo: Demo, ask: Asker) -> None:
    """House Decorations' administrator sees the whole tree, a regional buyer the region, a buyer the branch."""
    seen = {}
    for name in ("grace.miller", "noah.reed", "amanda.smith", "visitor"):
        viewer = await find_viewer(demo.database, Identity("customer", f"{name}@housedecorations.example"))
        seen[name] = await ask.data(viewer, OWN)
    customers = {name: data["customers"]["totalCount"] for name, data in seen.items()}
    orders = {name: sorted(node["number"] for node in data["orders"]["nodes"]) for name, data in seen.items()}

    assert customers == {"grace.miller": 16, "noah.reed": 5, "amanda.smith": 1, "visitor": 0}
    assert orders["amanda.smith"] == ["FAC-1041", "FAC-1077"]
    assert orders["noah.reed"] == ["FAC-1080"]
    assert set(orders["grace.miller"]) > {*orders["amanda.smith"], *orders["noah.reed"]}
    assert orders["visitor"] == []
    assert seen["amanda.smith"]["cases"]["nodes"] == [{"subject": "Two bookcases came without shelves"}]
    assert all(data["leads"]["totalCount"] == 0 for data in seen.values())


async def test_carts_orders_and_cases_have_customer_users(demo: Demo) -> None:
    """A customer user's carts, orders and cases are those of the customer it belongs to."""
    labels = await demo.rows(
        f"MATCH (n)-[:OWNED_BY_CUSTOMER_USER]->(:CustomerUser) WHERE {IN_DEMO} "
        "UNWIND labels(n) AS label RETURN DISTINCT label"
    )
    odd = await demo.rows(
        f"MATCH (c)<-[:USER_OF]-(u)<-[:OWNED_BY_CUSTOMER_USER]-(n) WHERE {IN_DEMO} "
        "AND NOT EXISTS { (n)-[:PLACED|HAS_CART|CASE_OF]-(c) } RETURN n.displayName"
    )

    assert set(labels) == {"Cart", "Case", "Order", "Record"}
    assert odd == []


async def test_default_contact_is_one_of_the_contacts(demo: Demo) -> None:
    """An account's default contact is the one that is marked so."""
    odd = await demo.rows(
        f"MATCH (n:Account)-[:HAS_DEFAULT_CONTACT]->(c) WHERE {IN_DEMO} "
        "AND NOT EXISTS { (n)-[:HAS_CONTACT {isDefault: true}]->(c) } RETURN n.name"
    )

    assert odd == []


async def test_tree_has_no_cycle_and_one_parent(demo: Demo) -> None:
    """No customer is above itself or has two parents, and there are trees of several levels."""
    cycles = await demo.rows(f"MATCH (n:Customer)-[:CHILD_OF*1..12]->(n) WHERE {IN_DEMO} RETURN n.name")
    parents = await demo.rows(f"MATCH (n:Customer) WHERE {IN_DEMO} RETURN max(COUNT {{ (n)-[:CHILD_OF]->() }})")
    [depth] = await demo.rows(f"MATCH p = (n:Customer)-[:CHILD_OF*1..40]->() WHERE {IN_DEMO} RETURN max(length(p))")

    assert cycles == []
    assert parents == [1]
    assert 3 <= depth <= 40


async def test_verification_finds_nothing(demo: Demo) -> None:
    """All that is stored is what the facts and the rules say."""
    organizations = [(parse_global_id(one.id)[1], one.name) for one in (demo.summary.furniture, demo.summary.toys)]

    assert [] == [found async for found in verify(demo.database, organizations, page=500)]


async def test_lifetime_values_equal_the_facts(demo: Demo) -> None:
    """Each customer's lifetime value is what its channel's rule makes of its orders and opportunities."""
    odd = await demo.rows(
        f"MATCH (n:Customer)-[:IN_CHANNEL]->(channel) WHERE {IN_DEMO} "
        "WITH n, CASE channel.lifetimeRule "
        "WHEN 'WON' THEN reduce(s = 0, v IN COLLECT { MATCH (n)<-[:OPPORTUNITY_OF]-(o {status: 'WON'}) "
        "RETURN o.baseRevenue } | s + v) "
        "WHEN 'ORDERS_NET' THEN reduce(s = 0, v IN COLLECT { MATCH (n)-[:PLACED]->(o) WHERE o.status <> 'CANCELLED' "
        "RETURN o.subtotal - abs(o.discount) } | s + v) "
        "WHEN 'ORDERS_PAID' THEN reduce(s = 0, v IN COLLECT { MATCH (n)-[:PLACED]->(o {paymentStatus: 'PAID'}) "
        "RETURN o.subtotal } | s + v) ELSE 0 END AS value "
        "WHERE n.lifetimeValue <> value RETURN [n.name, n.lifetimeValue, value]"
    )
    rules = await demo.rows(
        f"MATCH (n:Customer)-[:IN_CHANNEL]->(c) WHERE {IN_DEMO} AND n.lifetimeValue > 0 RETURN DISTINCT c.lifetimeRule"
    )

    assert odd == []
    assert set(rules) == {"WON", "ORDERS_NET", "ORDERS_PAID"}


async def test_history_ends_with_the_present_value(demo: Demo) -> None:
    """The newest entry of an account and channel is the sum over the account's customers there."""
    odd = await demo.rows(
        f"MATCH (n:Account)<-[:VALUE_OF]-(v)-[:IN_CHANNEL]->(channel) WHERE {IN_DEMO} "
        "WITH n, channel, v ORDER BY v.at DESC WITH n, channel, collect(v.value)[0] AS newest "
        "WITH n, newest, reduce(s = 0, x IN COLLECT { MATCH (n)<-[:BELONGS_TO]-(c)-[:IN_CHANNEL]->(channel) "
        "RETURN c.lifetimeValue } | s + x) AS value WHERE newest <> value RETURN [n.name, newest, value]"
    )

    assert odd == []


async def test_orders_add_up(demo: Demo) -> None:
    """An order's subtotal is the sum of its lines, its total what follows from it."""
    odd = await demo.rows(
        f"MATCH (n:Order) WHERE {IN_DEMO} WITH n, reduce(s = 0, a IN COLLECT {{ MATCH (n)-[:HAS_ITEM]->(i) "
        "RETURN i.amount } | s + a) AS lines WHERE n.subtotal <> lines "
        "OR n.total <> n.subtotal - n.discount + n.tax + n.shipping RETURN n.number"
    )

    assert odd == []


async def test_times_lie_in_the_demo(demo: Demo) -> None:
    """Everything happens between the first and the last day."""
    first, last = (
        await demo.rows(
            f"MATCH (n:Record) WHERE {IN_DEMO} AND NOT n:Organization AND n.createdAt < datetime('2026-11-01') "
            "AND coalesce(n.username, '') <> 'admin' UNWIND [n.createdAt, n.placedAt, n.at, n.closedAt] AS t "
            "WITH t WHERE t IS NOT NULL RETURN [toString(min(t)), toString(max(t))]"
        )
    )[0]

    assert first >= "2024-01-01"
    assert last < "2026-11-01"


async def test_organisations_share_no_relationship(demo: Demo) -> None:
    """No relationship leads from one organisation into another."""
    odd = await demo.rows(f"MATCH (n)-[r]-(m) WHERE {IN_DEMO} AND n.organizationId <> m.organizationId RETURN type(r)")

    assert odd == []


async def test_summary_names_the_story(demo: Demo) -> None:
    """The summary leads to John Jackson's four records, all of one account, the first of them the root of the tree."""
    ids = [parse_global_id(found)[1] for found in demo.summary.john_customers.values()]
    accounts = await demo.rows("UNWIND $ids AS id MATCH (:Customer {id: id})-[:BELONGS_TO]->(a) RETURN a.id", ids=ids)
    [branches] = await demo.rows(
        "MATCH (r:Customer {id: $id})<-[:CHILD_OF*]-(c) RETURN count(c)", id=parse_global_id(demo.summary.tree_root)[1]
    )
    [viewers] = await demo.rows(
        "MATCH (u:User) WHERE u.username IN $names RETURN count(u)",
        names=[demo.summary.furniture.viewer, demo.summary.toys.viewer],
    )
    [direct] = await demo.rows(
        "MATCH (a {id: $id})<-[:OPPORTUNITY_OF]-(o:Opportunity {status: 'WON'}) RETURN sum(o.baseRevenue)",
        id=parse_global_id(demo.summary.john_account)[1],
    )

    assert list(demo.summary.john_customers) == ["Factory", "Retail", "Web Kitchen Furniture", "Web Office Furniture"]
    assert set(accounts) == {parse_global_id(demo.summary.john_account)[1]}
    assert len(accounts) == 4
    assert branches == 15
    assert viewers == 2
    assert direct == 11_800_000 + 1_944_000
