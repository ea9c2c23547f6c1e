"""Lifetime values: what each rule counts, and the history that an account keeps of each change."""

from __future__ import annotations

from typing import Any

import pytest

from cypher.fragment import cypher, param
from cypher.lifetime_values import RULES
from cypher.printer import print_fragment
from graph.database import Database, Run
from graph.types.enums import LifetimeRule
from resolvers.lifetime import revalue
from resolvers.writing import Write
from tests.asking import NOW, Asker
from tests.company import ERRORS, Company, company
from tests.world import BEGINNING

ACCOUNT = f"""mutation($input: SetCustomerAccountInput!) {{ setCustomerAccount(input: $input) {{
  account {{ id }} {ERRORS} }} }}"""
DELETE = f"mutation($input: DeleteCustomerInput!) {{ deleteCustomer(input: $input) {{ deletedId {ERRORS} }} }}"
HISTORY = """query($id: ID!) { account(id: $id) { lifetimeValue { amount }
  lifetimeHistory(orderBy: [{at: ASC}]) { nodes { at value { amount } channel { name } } } } }"""


@pytest.fixture
async def firm(database: Database, ask: Asker) -> Company:
    """An organisation with a channel for each rule, a buyer in each, and one account."""
    world = company()
    world.node("Account", "home", name="Home", ownerId=world.uuid("ada"))
    world.node("Account", "away", name="Away", ownerId=world.uuid("ada"))
    for rule in ("WON", "ORDERS_NET", "ORDERS_PAID", "NONE"):
        world.node("Channel", rule, name=rule, status="ACTIVE", lifetimeRule=rule, key=rule)
        buyer = world.node(
            "Customer", f"{rule}-buyer", name=rule, channelId=world.uuid(rule), ownerId=world.uuid("ada")
        )
        world.link(buyer, "IN_CHANNEL", rule)
        world.link(buyer, "BELONGS_TO", "home")
        for place, (status, paid) in enumerate((("COMPLETED", "PAID"), ("OPEN", "PENDING"), ("CANCELLED", "PAID"))):
            order = world.node(
                *("Order", f"{rule}-order-{place}"),
                status=status,
                paymentStatus=paid,
                subtotal=10 ** (place + 2),
                discount=-place,
                placedAt=BEGINNING,
            )
            world.link(buyer, "PLACED", order)
        for place, won in enumerate(("WON", "LOST", "WON")):
            deal = world.node("Opportunity", f"{rule}-deal-{place}", status=won, baseRevenue=7 * 10 ** (place + 2))
            world.link(deal, "OPPORTUNITY_OF", buyer)
    await database.write(list(world.statements()))
    return Company(database, ask, world)


VALUES = {"WON": 70_700, "ORDERS_NET": 1_099, "ORDERS_PAID": 10_100, "NONE": 0}
"""What the buyers' facts are worth in cents."""


async def value_all(firm: Company) -> None:
    """Value every buyer in one mutation."""
    viewer = await firm.viewer("ada")

    async def work(run: Run) -> None:
        write = Write(run, firm.ask.engine.compiler.model, viewer, NOW, "request")
        await revalue(write, [firm.world.uuid(f"{rule}-buyer") for rule in VALUES])

    await firm.database.transact(work)


async def history(firm: Company, account: str) -> list[tuple[str, str]]:
    """Channel and amount of each entry of an account, oldest first."""
    found = (await firm.query("ada", HISTORY, id=firm.id(account)))["account"]["lifetimeHistory"]["nodes"]
    return [(entry["channel"]["name"], entry["value"]["amount"]) for entry in found]


async def stored(firm: Company) -> dict[str, int]:
    """The stored value of each buyer by its rule."""
    organization = param(firm.world.organization_id)
    statement = print_fragment(
        cypher(
            *("MATCH (c:Customer {organizationId: ", organization, "})-[:IN_CHANNEL]->(ch) "),
            "RETURN [ch.lifetimeRule, c.lifetimeValue] AS row",
        )
    )
    rows: list[Any] = (await firm.database.read([statement]))[0]
    return dict(rows)


async def test_each_rule_counts_its_facts(firm: Company) -> None:
    """Won deals, orders that are not cancelled less their discount, orders that are paid, nothing."""
    await value_all(firm)

    assert VALUES == {rule: value or 0 for rule, value in (await stored(firm)).items()}
    expected = {("WON", "707.00"), ("ORDERS_NET", "10.99"), ("ORDERS_PAID", "101.00")}
    assert expected == set(await history(firm, "home"))


async def test_no_rule_is_forgotten() -> None:
    """Each has its facts, but for the one that has none and the one that awaits custom entities."""
    assert {rule.name for rule in LifetimeRule} == {*RULES, "NONE", "FIELD"}


async def test_what_has_not_changed_enters_no_history(firm: Company) -> None:
    """Valued again, everything stays."""
    await value_all(firm)
    before = await history(firm, "home")

    await value_all(firm)

    assert before == await history(firm, "home")


async def test_both_accounts_of_a_customer_that_moves_keep_the_change(firm: Company) -> None:
    """What one gains the other loses, each at the time of the move."""
    await value_all(firm)

    moved = await firm.do("ada", ACCOUNT, customerId=firm.id("WON-buyer"), account={"id": firm.id("away")})

    assert [] == moved["errors"]
    assert [("WON", "707.00")] == await history(firm, "away")
    assert [("WON", "707.00"), ("WON", "0.00")] == [one for one in await history(firm, "home") if one[0] == "WON"]


async def test_an_account_loses_what_a_deleted_customer_was_worth(firm: Company) -> None:
    """Its history goes down to nothing in that channel, and keeps what was."""
    await value_all(firm)
    buyer = param(firm.world.uuid("WON-buyer"))
    await firm.database.write([print_fragment(cypher("MATCH (:Customer {id: ", buyer, "})-[p:PLACED]->() DELETE p"))])

    deleted = await firm.do("ada", DELETE, id=firm.id("WON-buyer"))

    assert [] == deleted["errors"]
    assert [("WON", "707.00"), ("WON", "0.00")] == [one for one in await history(firm, "home") if one[0] == "WON"]
