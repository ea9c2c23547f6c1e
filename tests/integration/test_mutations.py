"""What all mutations have in common: guards, versions, keys, order, payloads, and the changes that they note."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import httpx2
import pytest

from app.server import create_app
from app.settings import Settings
from app.sweeping import sweep
from app.viewers import Identity, find_viewer
from graph.database import Database, Run
from graph.errors import OutcomeUnknown
from graph.ids import new_id
from graph.registry import load_model
from graph.user_errors import Refused, UserErrorCode
from resolvers.execution import Engine
from resolvers.writing import Write
from tests.asking import NOW, Asker
from tests.company import ASSIGN, CREATE_ROLE, DELETE_ROLE, ROLES, SET, UPDATE_USER, Company, codes, company, permission
from tests.world import World

T = TypeVar("T")
OWNERS = ("max", "sam", "north", "shops")
REPOSITORY = Path(__file__).parent.parent.parent


async def test_what_is_seen_but_not_editable_is_forbidden_and_what_is_not_seen_is_not_there(firm: Company) -> None:
    """A record of another organisation, one out of reach and one that never was are told apart for nobody."""
    stranger = company()
    await firm.database.write(list(stranger.statements()))
    never = World(stranger.key + "-never")
    never.types["role"] = "Role"
    ask = {"permissions": [permission("Customer", "VIEW", "USER")]}

    seen = await firm.do("sue", SET, roleId=firm.id("manager"), **ask)
    unseen = await firm.do("boss", SET, roleId=firm.id("manager"), **ask)
    foreign = await firm.do("ada", SET, roleId=stranger.id("manager"), **ask)
    absent = await firm.do("ada", SET, roleId=never.id("role"), **ask)
    wrong = await firm.do("ada", SET, roleId=firm.id("head"), **ask)
    garbage = await firm.do("ada", SET, roleId="garbage", **ask)

    assert [("FORBIDDEN", ["roleId"])] == codes(seen)
    assert [("NOT_FOUND", ["roleId"])] == codes(absent)
    assert unseen["errors"] == foreign["errors"] == absent["errors"]
    assert [("INVALID", ["roleId"])] == codes(wrong) == codes(garbage)


async def test_a_version_that_has_passed_is_a_conflict(firm: Company) -> None:
    """An update may say which version it is of; a stale one hears the present one."""
    ask = {"roleId": firm.id("sales"), "expectedVersion": 1}
    first = await firm.do("ada", SET, **ask, permissions=[permission("Customer", "VIEW", "USER")])
    second = await firm.do("ada", SET, **ask, permissions=[permission("Customer", "VIEW", "DIVISION")])

    assert [] == first["errors"]
    assert [("CONFLICT", ["expectedVersion"])] == codes(second)
    assert 2 == second["errors"][0]["currentVersion"]


async def test_of_writers_of_one_version_one_writes(firm: Company) -> None:
    """No update is lost: of several at once that read the same version all but one are conflicts."""
    versions = await asyncio.gather(
        *(firm.do("ada", ASSIGN, recordId=firm.id("head"), ownerId=firm.id(to), expectedVersion=1) for to in OWNERS)
    )

    assert [[], *[[("CONFLICT", ["expectedVersion"])]] * 3] == sorted(codes(payload) for payload in versions)
    assert 1 == len(await firm.changes("head"))


async def test_a_key_makes_a_write_happen_once(firm: Company) -> None:
    """The same key and input write once, at once or later; another input is a mismatch; keys are the viewer's own."""
    given = {"name": "Clerk", "idempotencyKey": "k-1"}
    both = await asyncio.gather(*(firm.do("ada", CREATE_ROLE, **given) for _ in range(4)))
    other = await firm.do("ada", CREATE_ROLE, **{**given, "name": "Clerk 2"})
    foreign = await firm.do("max", CREATE_ROLE, **given)

    assert [False, True, True, True] == sorted(payload["replayed"] for payload in both)
    assert 1 == len({payload["role"]["id"] for payload in both})
    assert [("IDEMPOTENCY_MISMATCH", ["idempotencyKey"])] == codes(other)
    assert [("FORBIDDEN", None)] == codes(foreign)
    assert 1 == len([role for role in await firm.roles("ada") if role == "Clerk"])


async def test_what_went_meanwhile_is_not_linked(firm: Company, database: Database) -> None:
    """A record that is deleted between lookup and link is a conflict, and nothing is written."""
    viewer, model = await firm.viewer("ada"), load_model()

    async def work(run: Run) -> None:
        write = Write(run, model, viewer, NOW, "request")
        head = await write.find(firm.id("head"), "Customer", "recordId", action="ASSIGN")
        assert head
        await write.change(head, {"ownerId": new_id()}, {"owner": [new_id()]})

    with pytest.raises(Refused, match="gone meanwhile"):
        await database.transact(work)

    assert 0 == await firm.written()
    owners = await firm.query(
        "ada", "query($id: ID!) { customer(id: $id) { owner { __typename } } }", id=firm.id("head")
    )
    assert {"customer": {"owner": {"__typename": "User"}}} == owners


async def test_a_key_is_free_again_after_a_day(firm: Company) -> None:
    """Within 24 hours it is taken; after them it serves another input."""
    await firm.do("ada", CREATE_ROLE, name="Old", idempotencyKey="daily")
    firm.ask.now += dt.timedelta(hours=23)
    early = await firm.do("ada", CREATE_ROLE, name="New", idempotencyKey="daily")
    firm.ask.now += dt.timedelta(hours=2)
    late = await firm.do("ada", CREATE_ROLE, name="New", idempotencyKey="daily")

    assert [("IDEMPOTENCY_MISMATCH", ["idempotencyKey"])] == codes(early)
    assert ([], False) == (late["errors"], late["replayed"])


async def test_a_refused_write_keeps_no_key(firm: Company) -> None:
    """After a user error the same key serves the mended input."""
    refused = await firm.do("ada", CREATE_ROLE, name="Sales", idempotencyKey="k-2")
    mended = await firm.do("ada", CREATE_ROLE, name="Seller", idempotencyKey="k-2")

    assert [("TAKEN", ["name"])] == codes(refused)
    assert (False, []) == (mended["replayed"], mended["errors"])


async def test_a_replay_shows_what_may_be_seen_today(firm: Company) -> None:
    """A replay selects anew: what has gone since is null."""
    made = await firm.do("ada", CREATE_ROLE, name="Brief", idempotencyKey="k-3")
    await firm.do("ada", DELETE_ROLE, id=made["role"]["id"])
    again = await firm.do("ada", CREATE_ROLE, name="Brief", idempotencyKey="k-3")

    assert (True, None, []) == (again["replayed"], again["role"], again["errors"])


async def test_a_write_looks_at_the_rights_of_now(firm: Company) -> None:
    """Whoever was somebody when the request came, and is no more, writes nothing."""
    max_ = await firm.viewer("max")
    ada = await firm.viewer("ada")
    await firm.do("ada", ROLES, userId=firm.id("max"), roleIds=[firm.id("administrator")])
    await firm.do("max", UPDATE_USER, id=firm.id("ada"), enabled=False)

    stale = await firm.ask.data(max_, CREATE_ROLE, input={"name": "Newer"})
    gone = await firm.ask(ada, CREATE_ROLE, input={"name": "Never"})

    assert [] == stale["createRole"]["errors"]
    assert None is gone.data
    assert "UNAUTHENTICATED" == gone.errors[0].original_error.code


async def test_mutations_run_one_after_the_other(firm: Company) -> None:
    """Each in its own transaction, each seeing what came before; the answer keeps their order and aliases."""
    data = await firm.query(
        "ada",
        """mutation($a: CreateRoleInput!, $b: CreateRoleInput!) { __typename
        one: createRole(input: $a) { made: role { name } errors { code } }
        two: createRole(input: $b) { __typename made: role { name } errors { code } }
        three: createRole(input: {name: "Third"}) { role { name users { totalCount } } errors { code } } }""",
        a={"name": "First"},
        b={"name": "First"},
    )

    assert ["__typename", "one", "two", "three"] == list(data)
    assert {"made": {"name": "First"}, "errors": []} == data["one"]
    assert {"__typename": "CreateRolePayload", "made": None, "errors": [{"code": "TAKEN"}]} == data["two"]
    assert {"name": "Third", "users": {"totalCount": 0}} == data["three"]["role"]


async def test_a_payload_that_costs_too_much_writes_nothing(firm: Company) -> None:
    """The payload's limits are those of queries, and end the write."""
    wide = "users(first: 200) { nodes { reports(first: 200) { nodes { id } } } }"
    answer = await firm.ask(
        await firm.viewer("ada"), f'mutation {{ createRole(input: {{name: "Wide"}}) {{ role {{ {wide} }} }} }}'
    )

    assert "COST_LIMIT_EXCEEDED" == answer.errors[0].original_error.code
    assert "Wide" not in await firm.roles("ada")


async def test_changes_are_no_records_to_find(firm: Company) -> None:
    """Change records and idempotency keys show nowhere beside what they are about."""
    await firm.do("ada", CREATE_ROLE, name="Seen", idempotencyKey="unseen")

    found = await firm.query(
        "ada",
        """query($id: ID!) { neighbors(id: $id) { edges { node { __typename } } }
        search(text: "unseen") { totalCount } }""",
        id=firm.id("organization"),
    )

    assert {"neighbors": {"edges": []}, "search": {"totalCount": 0}} == found


def test_every_user_error_is_told() -> None:
    """docs/errors.md tells cause and remedy of each code."""
    text = (REPOSITORY / "docs" / "errors.md").read_text(encoding="utf-8")

    assert [] == [code.name for code in UserErrorCode if f"## {code.name}\n" not in text]


async def test_another_process_sees_new_rights_at_once(firm: Company, database: Database) -> None:
    """A server that remembers a viewer asks anew as soon as rights have changed through another one."""
    servers = {
        name: httpx2.AsyncClient(
            transport=httpx2.ASGITransport(
                app=create_app(Settings(viewer=f"{name}@{firm.world.key}.example"), database)
            ),
            base_url="http://api.example",
            timeout=30,
        )
        for name in ("ada", "max")
    }

    async def post(name: str, query: str, **variables: Any) -> Any:
        answer = await servers[name].post("/graphql", json={"query": query, "variables": variables})
        return answer.json()

    count = "{ customers { totalCount } }"
    before = await post("max", count)
    given = {"roleId": firm.id("manager"), "permissions": [permission("Customer", "VIEW", "NONE")]}
    written = await post("ada", SET, input=given)
    after = await post("max", count)
    for each in servers.values():
        await each.aclose()

    assert [] == written["data"]["setPermissions"]["errors"]
    assert (3, 0) == tuple(answer["data"]["customers"]["totalCount"] for answer in (before, after))
    (change,) = await firm.changes("manager")
    assert 36 == len(change["requestId"])


@dataclass
class LostAnswers:
    """A database whose first answer to a commit is lost."""

    database: Database
    lost: bool = False

    async def transact(self, work: Callable[[Run], Awaitable[T]]) -> T:
        """Commit, and forget it the first time."""
        found = await self.database.transact(work)
        if not self.lost:
            self.lost = True
            raise OutcomeUnknown("The answer is lost.")
        return found


async def test_a_lost_answer_makes_nothing_twice(firm: Company, database: Database) -> None:
    """With a key a second attempt finds what the first wrote; without one nobody claims to know."""
    ada = await firm.viewer("ada")
    one, two = (Asker(database, Engine.of(database, writer=LostAnswers(database))) for _ in range(2))

    known = await one.data(ada, CREATE_ROLE, input={"name": "Known", "idempotencyKey": "lost"})
    unknown = await two(ada, CREATE_ROLE, input={"name": "Unknown"})

    assert ("Known", True) == (known["createRole"]["role"]["name"], known["createRole"]["replayed"])
    assert "DATABASE_UNAVAILABLE" == unknown.errors[0].original_error.code
    assert 1 == (await firm.roles("ada")).count("Unknown")


async def test_an_engine_without_a_writer_writes_nothing(firm: Company, database: Database) -> None:
    """It answers queries and refuses mutations."""
    reading = Asker(database, Engine.of(database))

    answer = await reading(await firm.viewer("ada"), CREATE_ROLE, input={"name": "Never"})

    assert "FORBIDDEN" == answer.errors[0].original_error.code
    assert "Never" not in await firm.roles("ada")


async def test_an_old_key_is_new_once(firm: Company, database: Database) -> None:
    """Of two that use a key of two days ago at once, one writes and the other finds what it wrote."""
    old = Asker(database, Engine.of(database, writer=database), NOW - dt.timedelta(days=3))
    ada = await firm.viewer("ada")
    await old.data(ada, CREATE_ROLE, input={"name": "Before", "idempotencyKey": "old"})
    again = await asyncio.gather(*(firm.do("ada", CREATE_ROLE, name="After", idempotencyKey="old") for _ in range(5)))

    assert [[]] * 5 == [one["errors"] for one in again]
    assert [False, *[True] * 4] == sorted(one["replayed"] for one in again)


async def test_old_keys_are_swept(firm: Company, database: Database) -> None:
    """Those that no write can use go, those that count stay."""
    # Long ago, so that no other test's keys are old.
    now, ada = dt.datetime(2001, 1, 4, tzinfo=dt.UTC), await firm.viewer("ada")
    old, new = (Asker(database, Engine.of(database, writer=database), now - dt.timedelta(days=days)) for days in (3, 0))
    await old.data(ada, CREATE_ROLE, input={"name": "Old", "idempotencyKey": "old"})
    await new.data(ada, CREATE_ROLE, input={"name": "New", "idempotencyKey": "new"})

    swept = await sweep(database, now)
    replayed = await new.data(ada, CREATE_ROLE, input={"name": "New", "idempotencyKey": "new"})

    assert swept >= 1
    assert 0 == await sweep(database, now)
    assert replayed["createRole"]["replayed"]


async def test_guests_share_no_keys(firm: Company, database: Database) -> None:
    """A guest's key must be one that nobody else thinks of, and with another input it is another one."""
    guest = await find_viewer(database, Identity("guest", organization=firm.world.key))
    ask = firm.ask

    short = await ask.data(guest, CREATE_ROLE, input={"name": "Any", "idempotencyKey": "1"})
    long = [await ask.data(guest, CREATE_ROLE, input={"name": name, "idempotencyKey": "k" * 32}) for name in "AB"]

    assert [("INVALID", ["idempotencyKey"])] == codes(short["createRole"])
    assert [[("FORBIDDEN", None)]] * 2 == [codes(one["createRole"]) for one in long]
