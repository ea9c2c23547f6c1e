"""Tokens: what they say, by whom they are signed, and how they are sent."""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections.abc import Callable, Iterator
from typing import Any

import httpx2
import jwt
import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from app.server import create_app
from cypher.fragment import cypher, param
from cypher.printer import print_fragment
from cypher.viewers import raise_access_version
from graph.database import Database
from graph.ids import new_id
from graph.local import Connection
from tests.keys import Provider, ec_key, providing, public_jwk, rsa_key, segment, signed_as_secret
from tests.signing_in import ABROAD, GRAPHQL, HOME, QUERY, Ask, asking, refused, settings_of, staff, world_of


@pytest.mark.parametrize("kid", ["rsa", "ec"])
async def test_a_member_of_staff_is_let_in(ask: Ask, provider: Provider, kid: str) -> None:
    """A token of either kind of key names a user, and what the graph lets the user see comes back."""
    answer = await ask(provider.token(kid, **staff()))

    assert 200 == answer.status_code
    assert {"displayName": "Ada", "currency": "USD"} == answer.json()["data"]["viewer"]
    assert 2 == len(answer.json()["data"]["customers"]["nodes"])
    assert "www-authenticate" not in answer.headers


@pytest.mark.parametrize("email", ["cleo@token-home.example", "CLEO@Token-Home.Example"])
@pytest.mark.parametrize("claims", [{}, {"email_verified": True}, {"c360_organization": HOME}])
async def test_a_customer_user_is_let_in(ask: Ask, provider: Provider, email: str, claims: dict[str, Any]) -> None:
    """A token names a customer user by email address in whatever case; only the own customer shows."""
    answer = await ask(provider.token(c360_kind="customer", email=email, **claims))

    assert "Cleo" == answer.json()["data"]["viewer"]["displayName"]
    assert [{"name": f"acme of {HOME}"}] == answer.json()["data"]["customers"]["nodes"]


async def test_usernames_that_are_addresses_may_come_in_other_letters(ask: Ask, provider: Provider) -> None:
    """Some providers write an address as it was typed."""
    answer = await ask(provider.token(c360_kind="staff", preferred_username=f"Ada@{HOME}.Example"))

    assert "Ada" == answer.json()["data"]["viewer"]["displayName"]


NOW = int(time.time())  # when tests are collected, which may be long ago
BAD_CLAIMS: dict[str, dict[str, Any]] = {
    "expired": {"exp": NOW - 60},
    "without an end": {"exp": None},
    "with an end that is no number": {"exp": "never"},
    "for somebody else": {"aud": "another"},
    "for nobody": {"aud": None},
    "of another issuer": {"iss": "https://elsewhere.example"},
    "of an issuer that is a list": {"iss": ["x"]},
    "of nobody": {"iss": None},
    "not yet valid": {"nbf": NOW + 100_000},
    "of the future": {"iat": NOW + 100_000},
    "without a kind": {"c360_kind": None},
    "of another kind": {"c360_kind": "guest"},
    "of a kind that is a list": {"c360_kind": ["staff"]},
    "without a name": {"preferred_username": None},
    "with an empty name": {"preferred_username": ""},
    "with half a character": {"preferred_username": "\ud800"},
    "with a long name": {"preferred_username": "a" * 400},
    "of somebody unknown": {"preferred_username": "nobody@token-home.example"},
    "of another organisation": {"c360_organization": ABROAD},
    "of no organisation": {"c360_organization": 1},
    "of a customer user unknown": {"c360_kind": "customer", "email": "ada@token-home.example"},
    "of an address that is not verified": {
        "c360_kind": "customer",
        "email": "cleo@token-home.example",
        "email_verified": False,
    },
    "longer than 8,000 bytes": {"padding": "x" * 8000},
}


@pytest.mark.parametrize("case", BAD_CLAIMS)
async def test_claims_that_do_not_hold_are_401(ask: Ask, provider: Provider, case: str) -> None:
    """A well-signed token that says the wrong thing lets nobody in."""
    assert refused(await ask(provider.token(**{**staff(), **BAD_CLAIMS[case]})))


async def test_expired_is_told_from_invalid(ask: Ask, provider: Provider) -> None:
    """A client can tell that it only has to sign in again; it hears nothing more."""
    expired = await ask(provider.token(**staff(), exp=NOW - 60))
    invalid = [
        await ask(provider.token(**staff(), aud="another")),
        await ask(provider.token(**staff(), key=rsa_key())),
        await ask("nonsense"),
    ]

    assert "expired" in expired.json()["errors"][0]["message"]
    assert {"The token is not valid."} == {answer.json()["errors"][0]["message"] for answer in invalid}


async def test_clocks_may_differ_a_little(ask: Ask, provider: Provider, database: Database) -> None:
    """30 seconds by default, and as many as a setting says."""
    late, early = (
        provider.token(**staff(), exp=int(time.time()) - 5),
        provider.token(**staff(), nbf=int(time.time()) + 20),
    )
    answers = [await ask(late), await ask(early)]
    async with asking(settings_of(provider, token_skew=0), database) as strict:
        strictly = [await strict(late), await strict(early)]

    assert [200, 200] == [answer.status_code for answer in answers]
    assert all(map(refused, strictly))


def forged(provider: Provider) -> dict[str, str]:
    """Tokens that nobody who may has signed."""
    good = provider.token(**staff())
    head, body, signature = good.split(".")
    claims = json.dumps(jwt.decode(good, options={"verify_signature": False})).encode()
    jwk = json.dumps(public_jwk(provider.keys["rsa"], "rsa")).encode()
    pem = provider.keys["rsa"].public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return {
        "unsigned": f"{segment({'alg': 'none', 'typ': 'JWT', 'kid': 'rsa'})}.{body}.",
        "unsigned with a signature": f"{segment({'alg': 'none', 'kid': 'rsa'})}.{body}.{signature}",
        "signed with the public key as a secret": signed_as_secret(pem, claims, "rsa"),
        "signed with its JSON as a secret": signed_as_secret(jwk, claims, "rsa"),
        "of another key": provider.token(key=rsa_key(), **staff()),
        "of another kind of key": provider.token("rsa", key=ec_key(), **staff()),
        "of an algorithm that is not allowed": provider.token(alg="RS512", **staff()),
        "of a short key": provider.token("short", key=rsa_key(1024), **staff()),
        "with an unknown key id": provider.token("unknown", key=provider.keys["rsa"], **staff()),
        "with a key id that is a number": f"{segment({'alg': 'RS256', 'kid': 1})}.{body}.{signature}",
        "with a key of its own": f"{segment({'alg': 'RS256', 'jwk': public_jwk(rsa_key(), 'x')})}.{body}.{signature}",
        "with critical extensions": f"{segment({'alg': 'RS256', 'kid': 'rsa', 'crit': ['x']})}.{body}.{signature}",
        "without an algorithm": f"{segment({'kid': 'rsa'})}.{body}.{signature}",
        "with a header that is no object": f"{segment([1])}.{body}.{signature}",
        "with a header that is no JSON": f"{segment(b'{')}.{body}.{signature}",
        "with a header that is deep": f"{segment(b'[' * 3000)}.{body}.{signature}",
        "with a body that is no object": f"{head}.{segment(1)}.{signature}",
        "with a body that is deep": f"{head}.{segment(b'[' * 3000)}.{signature}",
        "with another body": f"{head}.{segment(json.loads(claims) | staff('syd'))}.{signature}",
        "without a signature": f"{head}.{body}.",
        "of two parts": f"{head}.{body}",
        "of four parts": f"{good}.{signature}",
        "padded": f"{good}==",
        "with a line": f"{head}.{body}.{signature[:9]} {signature[9:]}",
        "empty": " ",
        "long": "x" * 20_000,
    }


async def test_forged_tokens_are_401(ask: Ask, provider: Provider) -> None:
    """None of the known tricks lets anybody in."""
    provider.keys["short"] = rsa_key(1024)
    tokens = forged(provider)
    found = {name: refused(await ask(token)) for name, token in tokens.items()}
    del provider.keys["short"]

    assert [] == [name for name, was in found.items() if not was]
    assert 200 == (await ask(provider.token(**staff()))).status_code


async def test_other_headers_are_401(ask: Ask, provider: Provider) -> None:
    """One header, the scheme Bearer, in any case: nothing else, and nothing without a token, introspection neither."""
    good = provider.token(**staff())
    twice = [("authorization", f"Bearer {good}"), ("authorization", f"Bearer {good}")]
    wrong = ["Basic dXNlcjpwYXNz", f"Token {good}", good, "Bearer", b"Bearer \xff.\xff.\xff", ""]

    assert refused(await ask(headers=twice))
    for value in wrong:
        assert refused(await ask(headers=[("authorization", value)])), value
    assert refused(await ask(), credentials=False)
    assert refused(await ask(query="{ __schema { queryType { name } } }"), credentials=False)
    assert 200 == (await ask(headers=[("authorization", f"bearer {good}")])).status_code


async def test_401_is_told_to_plain_json_too(provider: Provider, database: Database) -> None:
    """Clients of either media type see the status."""
    async with asking(settings_of(provider), database) as ask:
        answer = await ask("nonsense", headers=[("accept", "application/json")])

    assert 401 == answer.status_code


async def test_claims_may_have_other_names(provider: Provider, database: Database) -> None:
    """Settings name the claims, and the algorithms."""
    named: dict[str, str] = {
        "token_kind_claim": "https://example.com/kind",
        "token_staff_claim": "sub",
        "token_customer_claim": "sub",
        "token_organization_claim": "tenant",
        "token_algorithms": "RS512",
    }
    async with asking(settings_of(provider, **named), database) as ask:
        kinds: list[dict[str, Any]] = [{named["token_kind_claim"]: kind} for kind in ("staff", "customer")]
        ada = await ask(provider.token(sub=f"ada@{HOME}.example", tenant=HOME, alg="RS512", **kinds[0]))
        cleo = await ask(provider.token(sub=f"cleo@{HOME}.example", alg="RS512", **kinds[1]))
        before = await ask(provider.token(**staff()))

    assert ["Ada", "Cleo"] == [answer.json()["data"]["viewer"]["displayName"] for answer in (ada, cleo)]
    assert refused(before)


async def test_somebody_disabled_is_out_at_once(ask: Ask, provider: Provider, database: Database) -> None:
    """A token that was good a moment ago lets nobody in who was disabled meanwhile."""
    world = world_of(f"token-leaving-{new_id()}", "USD")
    await database.write(list(world.statements()))
    claims: dict[str, Any] = {"c360_kind": "staff", "preferred_username": f"ada@{world.key}.example"}
    token = provider.token(**claims)
    before = await ask(token)
    disable = cypher("MATCH (user:User {id: ", param(world.uuid("ada")), "}) SET user.enabled = false")
    await database.write([print_fragment(disable), raise_access_version(world.organization_id)])
    after = await ask(token)

    assert 200 == before.status_code
    assert refused(after)


async def test_nothing_of_a_token_is_logged(
    provider: Provider, database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    """Not at the lowest level, whether it is accepted, refused, or its keys can't be fetched."""
    caplog.set_level(logging.DEBUG)
    tokens = [*forged(provider).values(), provider.token(**staff()), provider.token(**staff(), exp=NOW - 60)]
    async with asking(settings_of(provider, log_level="debug"), database) as ask:
        for token in tokens:
            await ask(token)
    with providing() as failing:
        failing.status = 500
        async with asking(settings_of(failing), database) as ask:
            tokens.append(failing.token(**staff()))
            await ask(tokens[-1])

    texts = [record.getMessage() + str(record.exc_info) + str(record.args) for record in caplog.records]
    assert any("a token was refused" in text for text in texts)
    assert any("can't be fetched" in text for text in texts)
    pieces = {piece for token in tokens for piece in token.split(".") if len(piece) > 20}
    assert [] == [text for text in texts if any(piece in text for piece in pieces)]


@pytest.fixture(scope="module")
def asked_at_once(provider: Provider, neo4j_connection: Connection) -> Iterator[Callable[[str], int]]:
    """A function that asks with a token and gives the status, from outside any event loop."""
    loop = asyncio.new_event_loop()
    database = Database.open(neo4j_connection.uri, (neo4j_connection.user, neo4j_connection.password))
    application = create_app(settings_of(provider), database)
    client = httpx2.AsyncClient(transport=httpx2.ASGITransport(app=application), base_url="http://api.example")

    def status(token: str) -> int:
        given = {name.encode(): value.encode() for name, value in GRAPHQL.items()}
        headers = given | {b"authorization": b"Bearer " + token.encode("utf-8", "surrogatepass")}
        sent = client.post("/graphql", json={"query": QUERY}, headers=headers)
        answered: int = loop.run_until_complete(sent).status_code
        return answered

    yield status
    loop.run_until_complete(client.aclose())
    loop.run_until_complete(database.close())
    loop.close()


def test_mangled_tokens_are_never_accepted(provider: Provider, asked_at_once: Callable[[str], int]) -> None:
    """Whatever is done to a token, it is 401: never accepted, and no fault of ours."""
    good = provider.token(**staff())
    assert 200 == asked_at_once(good)
    text = st.text(st.characters(blacklist_characters="\r\n\0"), max_size=12)

    @hypothesis_settings(max_examples=150)
    @given(data=st.data())
    def mangle(data: st.DataObject) -> None:
        start = data.draw(st.integers(0, len(good)))
        end = data.draw(st.integers(start, min(len(good), start + 8)))
        mangled = good[:start] + data.draw(text) + good[end:]
        if mangled.strip(" ") != good:
            assert 401 == asked_at_once(mangled)

    mangle()
