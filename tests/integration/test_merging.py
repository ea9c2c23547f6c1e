"""Merging accounts and contacts: what follows, what stays, who may, and that nothing is lost, also at once."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from cypher.fragment import cypher, param
from cypher.printer import print_fragment
from graph.database import Database
from tests.asking import Asker
from tests.company import ERRORS, SET, Company, codes, company, permission

PERSON = "edges { role position isDefault node { displayName } }"
MERGE = f"""mutation($input: MergeAccountsInput!) {{ mergeAccounts(input: $input) {{
  account {{ id name kind description version owner {{ ... on Record {{ displayName }} }} referredBy {{ name }}
    defaultContact {{ displayName }} contacts {{ {PERSON} }} customers {{ nodes {{ displayName }} }}
    tags {{ name }} activities {{ nodes {{ displayName }} }} opportunities {{ totalCount }} cases {{ totalCount }}
    lifetimeValue {{ amount }} }}
  mergedIds moved {{ relationshipType count }} undoable {ERRORS} }} }}"""
MERGE_CONTACTS = f"""mutation($input: MergeContactsInput!) {{ mergeContacts(input: $input) {{
  contact {{ id displayName firstName jobTitle email phone reportsTo {{ displayName }}
    emails {{ email isPrimary }} addresses {{ type isPrimary city }} reports {{ nodes {{ displayName }} }}
    accounts {{ nodes {{ name defaultContact {{ displayName }} contacts {{ {PERSON} }} }} }} }}
  mergedIds moved {{ relationshipType count }} {ERRORS} }} }}"""
ACCOUNT = "query($id: ID!) { account(id: $id) { name customers { totalCount } } }"

EMAILS = {"jo": "jo@acme.example", "kim": "KIM@x.example"}


@pytest.fixture
async def firm(database: Database, ask: Asker) -> Company:
    """A new organisation with three accounts that are one, and one that they referred."""
    world = company()
    for name, owner in (("acme", "sue"), ("acme-inc", "sam"), ("acme-ltd", "sue"), ("friend", "sam")):
        world.node("Account", name, name=name, kind="COMPANY", ownerId=world.uuid(owner))
        world.link(name, "OWNED_BY", owner)
    for customer, account in (("head", "acme"), ("branch", "acme-inc"), ("other", "acme-ltd")):
        world.link(customer, "BELONGS_TO", account)
        world.link(customer, "IN_CHANNEL", "outlet")
    for name in ("jo", "kim", "lee"):
        world.node(
            "Contact",
            name,
            name=name.title(),
            firstName=name.title(),
            email=EMAILS.get(name),
            ownerId=world.uuid("sue"),
        )
        world.link(name, "OWNED_BY", "sue")
    world.link("acme", "HAS_CONTACT", "jo", role="Buyer", isDefault=True)
    world.link("acme", "HAS_DEFAULT_CONTACT", "jo")
    world.link("acme-inc", "HAS_CONTACT", "jo", role="Chief", position="Top", isDefault=False)
    world.link("acme-inc", "HAS_CONTACT", "kim", isDefault=True)
    world.link("acme-inc", "HAS_DEFAULT_CONTACT", "kim")
    world.link("acme-ltd", "HAS_CONTACT", "lee", isDefault=False)
    world.link("lee", "REPORTS_TO", "kim")
    for contact, emails in (
        ("jo", ("jo@acme.example", "boss@acme.example")),
        ("kim", ("KIM@x.example", "Jo@Acme.example")),
    ):
        for number, email in enumerate(emails):
            world.node("ContactEmail", f"{contact}-email-{number}", email=email, isPrimary=not number)
            world.link(contact, "HAS_EMAIL", f"{contact}-email-{number}")
        world.node("Address", f"{contact}-home", type="BILLING", city=f"{contact}ville", isPrimary=True)
        world.link(contact, "HAS_ADDRESS", f"{contact}-home")
    for name in ("red", "blue"):
        world.node("Tag", name, name=name)
    world.link("acme", "TAGGED", "red")
    world.link("acme-inc", "TAGGED", "red")
    world.link("acme-inc", "TAGGED", "blue")
    world.node("Note", "memo", name="Memo", subject="Memo", ownerId=world.uuid("sam"))
    world.link("memo", "OWNED_BY", "sam")
    for account in ("acme", "acme-inc"):
        world.link("memo", "REGARDING", account)
    world.node("Opportunity", "deal", name="Deal", ownerId=world.uuid("sam"))
    world.link("deal", "OWNED_BY", "sam")
    world.link("deal", "OPPORTUNITY_OF", "acme-ltd")
    world.link("friend", "REFERRED_BY", "acme-inc")
    world.link("acme", "REFERRED_BY", "acme-ltd")
    world.link("acme-inc", "REFERRED_BY", "friend")
    await database.write(list(world.statements()))
    return Company(database, ask, world)


def merging(firm: Company, master: str = "acme", *others: str, **more: Any) -> dict[str, Any]:
    """The input of a merge."""
    return {"masterId": firm.id(master), "ids": [firm.id(one) for one in others or ("acme-inc", "acme-ltd")], **more}


async def relationships(firm: Company) -> int:
    """How many relationships the organisation has, but for those that tell where merged records have gone."""
    organization = param(firm.world.organization_id)
    statement = print_fragment(
        cypher(
            *("MATCH (n {organizationId: ", organization, "})-[r]->() WHERE type(r) <> 'MERGED_INTO'"),
            " RETURN count(r) AS row",
        )
    )
    return int((await firm.database.read([statement]))[0][0])


async def test_everything_follows_the_master(firm: Company) -> None:
    """Customers, deals, contacts, tags and activities; the others are gone, and their ids lead nowhere."""
    before = await relationships(firm)

    payload = await firm.do("ada", MERGE, **merging(firm))

    assert [] == payload["errors"]
    account = payload["account"]
    assert ("acme", "Sue", 2, None) == (
        account["name"],
        account["owner"]["displayName"],
        account["version"],
        account["referredBy"],
    )
    assert {"Head", "Branch", "Other"} == {one["displayName"] for one in account["customers"]["nodes"]}
    assert {
        "Jo": ("Buyer", "Top", True),
        "Kim": (None, None, False),
        "Lee": (None, None, False),
    } == {one["node"]["displayName"]: (one["role"], one["position"], one["isDefault"]) for one in _edges(account)}
    assert "Jo" == account["defaultContact"]["displayName"]
    assert (["blue", "red"], ["Memo"], 1) == (
        sorted(tag["name"] for tag in account["tags"]),
        [one["displayName"] for one in account["activities"]["nodes"]],
        account["opportunities"]["totalCount"],
    )
    assert {firm.id("acme-inc"), firm.id("acme-ltd")} == set(payload["mergedIds"])
    assert {
        "BELONGS_TO": 2,
        "HAS_CONTACT": 3,
        "OPPORTUNITY_OF": 1,
        "REFERRED_BY": 1,
        "REGARDING": 1,
        "TAGGED": 2,
    } == {one["relationshipType"]: one["count"] for one in payload["moved"]}
    assert payload["undoable"]
    assert {"account": None} == await firm.query("ada", ACCOUNT, id=firm.id("acme-inc"))
    friend = await firm.query(
        "ada", "query($id: ID!) { account(id: $id) { referredBy { name } } }", id=firm.id("friend")
    )
    assert "acme" == friend["account"]["referredBy"]["name"]
    # United: Jo, the red tag and the memo; gone: the referral of the master by one that is the master now.
    assert before - 4 == await relationships(firm)


def _edges(account: Any) -> Any:
    return account["contacts"]["edges"]


async def test_fields_and_lists_are_taken_from_whom_the_input_names(firm: Company) -> None:
    """Fields one by one, lists whole."""
    payload = await firm.do(
        "ada",
        MERGE,
        **merging(
            firm,
            fields=[
                {"field": field, "sourceId": firm.id("acme-inc")}
                for field in ("NAME", "OWNER", "REFERRED_BY", "DEFAULT_CONTACT")
            ],
            contacts={"mode": "REPLACE", "sourceId": firm.id("acme-inc")},
            tags={"mode": "REPLACE"},
            activities={"mode": "REPLACE", "sourceId": firm.id("acme-ltd")},
        ),
    )

    account = payload["account"]
    assert ("acme-inc", "Sam", "friend", "Kim") == (
        account["name"],
        account["owner"]["displayName"],
        account["referredBy"]["name"],
        account["defaultContact"]["displayName"],
    )
    assert {"Jo": ("Chief", False), "Kim": (None, True)} == {
        one["node"]["displayName"]: (one["role"], one["isDefault"]) for one in _edges(account)
    }
    assert ([{"name": "red"}], []) == (account["tags"], account["activities"]["nodes"])
    assert {"Head", "Branch", "Other"} == {one["displayName"] for one in account["customers"]["nodes"]}


async def test_a_dry_run_tells_all_and_writes_nothing(firm: Company) -> None:
    """The payload is that of the merge; afterwards everything is as it was, and its key is free."""
    before = await relationships(firm)

    tried = await firm.do("ada", MERGE, **merging(firm), dryRun=True, idempotencyKey="merge")
    written = await firm.written()
    untouched = await firm.query("ada", ACCOUNT, id=firm.id("acme-inc"))
    between = await relationships(firm)
    done = await firm.do("ada", MERGE, **merging(firm), idempotencyKey="merge-2")

    assert (0, before, "acme-inc") == (written, between, untouched["account"]["name"])
    assert {**tried, "replayed": False} == {**done, "replayed": False}


async def test_what_is_wrong_is_told(firm: Company) -> None:
    """Too few, strangers, sources from outside, twice the same field, an old version: nothing is merged."""
    friend = firm.id("friend")
    field = {"field": "NAME", "sourceId": firm.id("acme")}
    alone = await firm.do("ada", MERGE, masterId=firm.id("acme"), ids=[firm.id("acme")])
    many = await firm.do(
        "ada", MERGE, masterId=firm.id("acme"), ids=[firm.id("acme-inc")] + [friend + str(n) for n in range(20)]
    )
    wrong = await firm.do("ada", MERGE, **merging(firm, "acme", "head"))
    source = await firm.do(
        "ada",
        MERGE,
        **merging(firm, fields=[{"field": "NAME", "sourceId": friend}, field, field]),
        contacts={"sourceId": friend},
        tags={"mode": "REPLACE", "sourceId": "no id"},
    )
    old = await firm.do("ada", MERGE, **merging(firm, expectedVersion=7))

    assert [("INVALID", ["ids"])] == codes(alone) == codes(many)
    assert [("INVALID", ["ids", "0"])] == codes(wrong)
    assert [
        ("INVALID", ["fields", "0", "sourceId"]),
        ("INVALID", ["fields", "2", "field"]),
        ("INVALID", ["contacts", "sourceId"]),
        ("INVALID", ["tags", "sourceId"]),
    ] == codes(source)
    assert [("CONFLICT", ["expectedVersion"])] == codes(old)
    assert 0 == await firm.written()


async def test_who_may_merge(firm: Company) -> None:
    """It takes EDIT of the master, DELETE of the others, and ASSIGN for another owner."""
    await firm.do(
        "ada",
        SET,
        roleId=firm.id("sales"),
        permissions=[
            permission("Account", "VIEW", "ORGANIZATION"),
            permission("Account", "EDIT", "ORGANIZATION"),
            permission("Account", "DELETE", "USER"),
            permission("Customer", "VIEW", "NONE"),
        ],
        hiddenFields=[],
    )
    foreign = await firm.do("sue", MERGE, **merging(firm))
    buyer = await firm.do("bea", MERGE, **merging(firm))
    owner = await firm.do(
        "sue", MERGE, **merging(firm, "acme-inc", "acme", fields=[{"field": "OWNER", "sourceId": firm.id("acme")}])
    )
    done = await firm.do("sue", MERGE, **merging(firm, "acme-inc", "acme"))

    assert [("FORBIDDEN", ["ids", "0"])] == codes(foreign)
    assert {"NOT_FOUND"} == {code for code, _ in codes(buyer)}
    assert [("FORBIDDEN", ["fields"])] == codes(owner)
    # The head moves too, but Sue sees no customers.
    assert ([], {"HAS_CONTACT": 1, "TAGGED": 1}) == (
        done["errors"],
        {one["relationshipType"]: one["count"] for one in done["moved"]},
    )


async def test_one_that_was_merged_says_where_it_has_gone(firm: Company) -> None:
    """To those who see the winner."""
    await firm.do("ada", MERGE, **merging(firm, "acme-inc", "acme"))
    await firm.do("ada", MERGE, **merging(firm, "acme-ltd", "acme-inc"))

    late = await firm.do("ada", MERGE, **merging(firm, "acme", "friend"))
    unseen = await firm.do("bea", MERGE, **merging(firm, "acme", "friend"))

    assert [("CONFLICT", ["masterId"])] == codes(late)
    assert "It was merged into acme-ltd meanwhile. Read again what is there." == late["errors"][0]["message"]
    assert {"NOT_FOUND"} == {code for code, _ in codes(unseen)}


async def test_the_trail_of_the_winner_has_those_of_the_others(firm: Company) -> None:
    """Also of what was merged into those before; each entry says which record it is about."""
    await firm.do("ada", MERGE, **merging(firm, "acme-inc", "acme"))
    await firm.do("ada", MERGE, **merging(firm, "acme-ltd", "acme-inc"))

    found = await firm.query(
        "ada", "query($id: ID!) { changes(id: $id) { nodes { action recordId mutation } } }", id=firm.id("acme-ltd")
    )

    assert {
        ("MERGE", firm.id("acme-ltd")),
        ("DELETE", firm.id("acme-inc")),
        ("MERGE", firm.id("acme-inc")),
        ("DELETE", firm.id("acme")),
    } == {(one["action"], one["recordId"]) for one in found["changes"]["nodes"]}


async def test_contacts_merge_with_their_parts(firm: Company) -> None:
    """Texts each once, one primary of each, one default contact of an account, and those who report follow."""
    fields = [{"field": field, "sourceId": firm.id("kim")} for field in ("FIRST_NAME", "EMAIL")]

    payload = await firm.do("ada", MERGE_CONTACTS, masterId=firm.id("jo"), ids=[firm.id("kim")], fields=fields)

    assert [] == payload["errors"]
    contact = payload["contact"]
    assert ("Kim", "KIM@x.example", ["Lee"]) == (
        contact["displayName"],
        contact["email"],
        [one["displayName"] for one in contact["reports"]["nodes"]],
    )
    assert [("KIM@x.example", True), ("boss@acme.example", False), ("jo@acme.example", False)] == sorted(
        (one["email"], one["isPrimary"]) for one in contact["emails"]
    )
    assert {("joville", "BILLING", True), ("kimville", None, False)} == {
        (one["city"], one["type"], one["isPrimary"]) for one in contact["addresses"]
    }
    accounts = {one["name"]: one for one in contact["accounts"]["nodes"]}
    assert {"acme", "acme-inc"} == set(accounts)
    assert [("Chief", "Top", True)] == [
        (one["role"], one["position"], one["isDefault"]) for one in _edges(accounts["acme-inc"])
    ]
    assert "Kim" == accounts["acme-inc"]["defaultContact"]["displayName"]


async def test_nobody_reports_to_itself_after_a_merge(firm: Company) -> None:
    """Lee reports to Kim: merged into Lee, or into one who reports to Lee, Kim would too."""
    report = f"mutation($input: UpdateContactInput!) {{ updateContact(input: $input) {{ contact {{ id }} {ERRORS} }} }}"
    await firm.do("ada", report, id=firm.id("jo"), reportsToId=firm.id("lee"))

    circle = await firm.do("ada", MERGE_CONTACTS, masterId=firm.id("jo"), ids=[firm.id("kim")])
    above = await firm.do("ada", MERGE_CONTACTS, masterId=firm.id("lee"), ids=[firm.id("kim")])

    assert [("CYCLE", ["fields"])] == codes(circle)
    assert ([], None) == (above["errors"], above["contact"]["reportsTo"])


HELD = """{ accounts { nodes {
  displayName customers { nodes { displayName } } orders { nodes { id total { amount } } } } } }"""


async def held(firm: Company) -> tuple[list[str], list[str], list[str]]:
    """The accounts that are left; the customers and orders that one reaches from them, each as often as it is met."""
    found = (await firm.query("ada", HELD))["accounts"]["nodes"]
    return (
        sorted(account["displayName"] for account in found),
        sorted(customer["displayName"] for account in found for customer in account["customers"]["nodes"]),
        sorted(f"{order['id']} {order['total']}" for account in found for order in account["orders"]["nodes"]),
    )


@pytest.mark.parametrize("turn", range(3))
async def test_of_merges_that_contradict_each_other_one_wins(turn: int, firm: Company) -> None:
    """Into each other, and one into two others, at once: no customer and no order is lost or met twice."""
    before = await held(firm)
    merges = [("acme", "acme-inc"), ("acme-inc", "acme"), ("acme-ltd", "acme")]
    merges = merges[turn:] + merges[:turn]

    done = await asyncio.gather(*(firm.do("ada", MERGE, **merging(firm, *merge)) for merge in merges))

    won = {merge for merge, payload in zip(merges, done, strict=True) if not payload["errors"]}
    lost = {code for payload in done for code, _ in codes(payload)}
    after = await held(firm)
    assert won
    assert not won >= {("acme", "acme-inc"), ("acme-inc", "acme")}
    assert not won >= {("acme-inc", "acme"), ("acme-ltd", "acme")}
    assert lost <= {"CONFLICT", "NOT_FOUND"}
    assert len(before[0]) - len(won) == len(after[0])
    assert len(before[1]) >= 3, "there are customers to lose"
    assert before[1:] == after[1:]
