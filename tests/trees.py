"""Two trees of customers in an organisation, and how their accounts are asked for and changed."""

from __future__ import annotations

from typing import Any

from app.verification import chosen_organizations, verify
from tests.company import ERRORS, Company, company
from tests.world import World

SETTING = f"""mutation($input: UpdateOrganizationInput!) {{ updateOrganization(input: $input) {{
  organization {{ treeAccounts version }} writeId {ERRORS} }} }}"""
CREATE = f"""mutation($input: CreateCustomerInput!) {{ createCustomer(input: $input) {{
  customer {{ id account {{ name }} }} account {{ name }} accountOutcome writeId {ERRORS} }} }}"""
MANY = f"""mutation($input: CreateCustomersInput!) {{ createCustomers(input: $input) {{
  results {{ outcome accountOutcome customer {{ account {{ name }} }} errors {{ code field }} }} {ERRORS} }} }}"""
PARENT = f"""mutation($input: SetCustomerParentInput!) {{ setCustomerParent(input: $input) {{
  customer {{ id }} account {{ name }} accountOutcome movedCustomers writeId {ERRORS} }} }}"""
ACCOUNT = f"""mutation($input: SetCustomerAccountInput!) {{ setCustomerAccount(input: $input) {{
  account {{ name }} accountOutcome movedCustomers writeId {ERRORS} }} }}"""
UPDATE_MANY = f"""mutation($input: UpdateCustomersInput!) {{ updateCustomers(input: $input) {{
  results {{ outcome accountOutcome }} writeId {ERRORS} }} }}"""
UPSERT = f"""mutation($input: UpsertCustomersInput!) {{ upsertCustomers(input: $input) {{
  results {{ outcome accountOutcome customer {{ account {{ name }} }} }} writeId {ERRORS} }} }}"""
DELETE = f"mutation($input: DeleteCustomerInput!) {{ deleteCustomer(input: $input) {{ writeId {ERRORS} }} }}"
MERGE = f"mutation($input: MergeAccountsInput!) {{ mergeAccounts(input: $input) {{ writeId {ERRORS} }} }}"
ORGANIZATION = "{ organization { name treeAccounts version } }"
TREES = {"head": "acme", "branch": "acme", "leaf": "acme", "other": "rival", "annex": "rival"}
"""The customers of two trees, each below the one before it, and their accounts."""


def two_trees() -> World:
    """An organisation with two trees, each with one account."""
    world = company()
    for name, parent in (("leaf", "branch"), ("annex", "other")):
        world.node("Customer", name, name=name.title(), kind="BUSINESS")
        world.link(name, "OWNED_BY", "sam")
        world.link(name, "CHILD_OF", parent)
    for name in ("acme", "rival", "spare"):
        world.node("Account", name, name=name)
        world.link(name, "OWNED_BY", "sue")
    for customer, account in TREES.items():
        world.link(customer, "BELONGS_TO", account)
        world.link(customer, "IN_CHANNEL", "outlet")
        next(row for row in world.nodes["Customer"] if row["id"] == world.uuid(customer))["set"] |= {
            "channelId": world.uuid("outlet"),
            "lifetimeValue": 0,
        }
    return world


async def done(firm: Company, mutation: str, who: str = "ada", **given: Any) -> dict[str, Any]:
    """The payload of a mutation that must not fail."""
    payload = await firm.do(who, mutation, **given)
    assert [] == payload["errors"]
    return payload


async def accounts(firm: Company) -> dict[str, str]:
    """The names of the accounts of all customers."""
    found = await firm.query("ada", "{ customers { nodes { name account { name } } } }")
    return {one["name"].lower(): one["account"]["name"] for one in found["customers"]["nodes"]}


async def differences(firm: Company) -> list[tuple[str, str]]:
    """What `c360 verify` finds: which record, and what."""
    organizations = await chosen_organizations(firm.database, firm.world.key)
    return [(found.id, found.what) async for found in verify(firm.database, organizations)]


def moving(firm: Company, customer: str, parent: str | None) -> dict[str, Any]:
    """The input of a move."""
    return {"customerId": firm.id(customer), "parentId": parent and firm.id(parent)}


def putting(firm: Company, customer: str, account: str) -> dict[str, Any]:
    """The input that puts a customer under an account."""
    return {"customerId": firm.id(customer), "account": {"id": firm.id(account)}}
