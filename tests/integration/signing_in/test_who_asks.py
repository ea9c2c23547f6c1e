"""Whom a request is from and about: guests, the user of a laptop, and those of one organisation in another."""

from __future__ import annotations

from typing import Any

import pytest

from app.people import find_people, the_one
from app.viewers import Identity, Viewers
from cypher.fragment import cypher, param
from cypher.printer import print_fragment
from cypher.viewers import read_viewer, viewer_again
from graph.database import Database
from graph.errors import Unauthenticated
from graph.ids import new_id
from tests.keys import Provider
from tests.signing_in import ABROAD, HOME, Ask, asking, refused, settings_of, staff, world_of


async def test_guests_are_let_in_where_a_setting_says_so(provider: Provider, database: Database) -> None:
    """Without a token, as Guest of the organisation; a bad token is no guest, and another organisation is none."""
    async with asking(settings_of(provider, guest=HOME), database) as ask:
        guest, bad, good = await ask(), await ask("nonsense"), await ask(provider.token(**staff()))
    async with asking(settings_of(provider, guest="token-nowhere"), database) as ask:
        nowhere = await ask()

    assert {"displayName": "Guest", "currency": "USD"} == guest.json()["data"]["viewer"]
    assert [] == guest.json()["data"]["customers"]["nodes"]
    assert refused(bad)
    assert "Ada" == good.json()["data"]["viewer"]["displayName"]
    assert refused(nowhere, credentials=False)


async def test_the_user_of_a_laptop_needs_no_token(provider: Provider, database: Database) -> None:
    """C360_VIEWER names who asks without credentials; whoever sends some is who these say."""
    async with asking(settings_of(provider, viewer=f"syd@{HOME}.example", guest=HOME), database) as ask:
        without, with_token, bad = await ask(), await ask(provider.token(**staff())), await ask("nonsense")

    assert "Syd" == without.json()["data"]["viewer"]["displayName"]
    assert "Ada" == with_token.json()["data"]["viewer"]["displayName"]
    assert refused(bad)


async def test_another_organisation_is_for_the_level_system(ask: Ask, provider: Provider) -> None:
    """There only permissions of the level SYSTEM count, with that organisation's currency; at home nothing changes."""
    query = "{ viewer { displayName currency } customers { nodes { name } } channels { nodes { name } } }"
    token = provider.token(**staff("syd"))
    home, own, abroad = [
        (await ask(token, query=query, headers=headers)).json()["data"]
        for headers in ((), [("c360-organization", HOME)], [("c360-organization", ABROAD)])
    ]

    assert home == own
    assert [{"name": "Shop"}] == home["channels"]["nodes"]
    assert {"displayName": "Syd", "currency": "EUR"} == abroad["viewer"]
    assert {f"acme of {ABROAD}", f"other of {ABROAD}"} == {node["name"] for node in abroad["customers"]["nodes"]}
    assert [] == abroad["channels"]["nodes"]


async def test_another_organisation_is_closed_to_everybody_else(
    ask: Ask, provider: Provider, database: Database
) -> None:
    """The answer is the same whether the organisation exists, and for all where there is none."""
    ada, syd = provider.token(**staff()), provider.token(**staff("syd"))
    cleo = provider.token(c360_kind="customer", email=f"cleo@{HOME}.example")
    async with asking(settings_of(provider, guest=HOME), database) as as_guest:
        answers = [
            *[await ask(token, headers=[("c360-organization", ABROAD)]) for token in (ada, cleo)],
            *[await ask(token, headers=[("c360-organization", "nowhere")]) for token in (ada, cleo, syd)],
            await ask(syd, headers=[("c360-organization", "")]),
            await as_guest(headers=[("c360-organization", ABROAD)]),
        ]
        own = [await ask(token, headers=[("c360-organization", HOME)]) for token in (ada, cleo)]
    twice = await ask(syd, headers=[("c360-organization", HOME), ("c360-organization", ABROAD)])
    told = {
        (answer.status_code, error["message"], error["extensions"]["code"], error["extensions"]["hint"])
        for answer in answers
        for error in answer.json()["errors"]
    }

    assert [(403, "FORBIDDEN")] == [(status, code) for status, _, code, _ in told]
    assert all("data" not in answer.json() for answer in answers)
    assert [200, 200] == [answer.status_code for answer in own]
    assert "BAD_USER_INPUT" == twice.json()["errors"][0]["extensions"]["code"]


async def test_who_loses_the_level_system_is_out_at_once(ask: Ask, provider: Provider, database: Database) -> None:
    """A change at home counts in the next request about another organisation."""
    world = world_of(f"token-losing-{new_id()}", "USD")
    await database.write(list(world.statements()))
    token = provider.token(c360_kind="staff", preferred_username=f"syd@{world.key}.example")
    before = await ask(token, headers=[("c360-organization", ABROAD)])
    take = cypher("MATCH (role:Role {id: ", param(world.uuid("syd-role")), "}) SET role.permissions = []")
    await database.write([print_fragment(take)])
    after = await ask(token, headers=[("c360-organization", ABROAD)])

    assert 200 == before.status_code
    assert 403 == after.status_code


async def test_somebody_of_two_organisations_must_say_which(ask: Ask, provider: Provider, database: Database) -> None:
    """A name that two organisations know lets in only with the organisation, by command and by token."""
    for key in ("token-twin-a", "token-twin-b"):
        world = world_of(key, "USD")
        world.node("User", "twin", name=f"Twin of {key}", username="twin@token-twins.example")
        await database.write(list(world.statements()))
    people = await find_people(database, ["TWIN@token-twins.example"])
    claims: dict[str, Any] = {"c360_kind": "staff", "preferred_username": "twin@token-twins.example"}
    which = await ask(provider.token(**claims, c360_organization="token-twin-a"))

    assert ["token-twin-a", "token-twin-b"] == [person.organization for person in people]
    with pytest.raises(Unauthenticated) as several:
        the_one(people, "twin@token-twins.example", None, None)
    assert "--organization token-twin-a" in (several.value.hint or "")
    assert people[1] == the_one(people, "twin@token-twins.example", "token-twin-b", None)
    assert refused(await ask(provider.token(**claims)))
    assert "Twin of token-twin-a" == which.json()["data"]["viewer"]["displayName"]


async def test_viewers_are_read_again_as_they_were(database: Database) -> None:
    """What a write reads anew of its viewer is what was read before: at home, abroad, as customer user and as guest."""
    viewers = Viewers(database)
    found = [
        await viewers.viewer(Identity("staff", f"ada@{HOME}.example")),
        await viewers.viewer(Identity("staff", f"syd@{HOME}.example"), about=ABROAD),
        await viewers.viewer(Identity("customer", f"cleo@{HOME}.example", HOME)),
        await viewers.viewer(Identity("guest", organization=HOME)),
    ]
    rows = await database.read([viewer_again(viewer) for viewer in found])

    assert found == [
        read_viewer(row, staff=viewer.staff, home_id=viewer.home_id) for viewer, (row,) in zip(found, rows, strict=True)
    ]
    assert [None, world_of(HOME, "USD").organization_id, None, None] == [viewer.home_id for viewer in found]
