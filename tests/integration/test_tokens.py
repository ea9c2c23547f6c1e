"""Tokens: of an identity provider with real keys on the loopback address, and of this machine."""

from __future__ import annotations

import asyncio
import json
import logging
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, TypeAlias

import httpx2
import jwt
import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from app import signing_keys
from app.development_tokens import development_token
from app.people import find_people, the_one
from app.server import create_app
from app.settings import Settings
from app.viewers import Identity, Viewers
from cypher.fragment import cypher, param
from cypher.printer import print_fragment
from cypher.viewers import raise_access_version, read_viewer, viewer_again
from graph.database import Database
from graph.default_roles import customer_roles, staff_roles
from graph.errors import C360Error, Unauthenticated
from graph.ids import new_id
from graph.local import Connection
from graph.registry import load_model
from tests.keys import AUDIENCE, Provider, ec_key, providing, public_jwk, rsa_key, segment, signed_as_secret
from tests.world import World

QUERY = "{ viewer { displayName currency } customers { nodes { name } } }"
GRAPHQL = {"content-type": "application/json", "accept": "application/graphql-response+json"}
HOME, ABROAD = "token-home", "token-abroad"
Ask: TypeAlias = Callable[..., Any]


def world_of(key: str, currency: str) -> World:
    """An administrator, somebody with a permission in every organisation, a buyer, and two customers."""
    world = World(key, currency=currency)
    world.node("Organization", "organization", name=key, currency=currency, key=key)
    world.node("Channel", "shop", name="Shop", status="ACTIVE", lifetimeRule="NONE", entities=["Order"], key="shop")
    administrator = staff_roles(load_model())["administrator"].stored_permissions()
    system = ["Customer VIEW SYSTEM", "Channel VIEW ORGANIZATION"]
    for who, permissions in (("ada", administrator), ("syd", system)):
        world.node("User", who, name=who.title(), username=f"{who}@{key}.example", email=f"{who}@{key}.example")
        world.node("Role", f"{who}-role", name=who, permissions=permissions)
        world.link(who, "HAS_ROLE", f"{who}-role")
    world.node("CustomerUserRole", "buyer", name="Buyer", permissions=customer_roles()["buyer"].stored_permissions())
    allowed = customer_roles()["guest"].stored_permissions()
    world.node("CustomerUserRole", "guest", name="Guest", key="guest", permissions=allowed)
    world.node(
        "CustomerUser", "cleo", name="Cleo", email=f"Cleo@{key}.example", emailKey=f"cleo@{key}.example", enabled=True
    )
    for name in ("acme", "other"):
        world.node("Customer", name, name=f"{name} of {key}", status="ACTIVE", channelId=world.uuid("shop"))
        world.link(name, "IN_CHANNEL", "shop")
    world.link("cleo", "USER_OF", "acme")
    world.link("cleo", "HAS_ROLE", "buyer")
    return world


@pytest.fixture(scope="module", autouse=True)
async def organizations(database: Database) -> None:
    """The organisation of those who ask, beside another one."""
    for made in (world_of(HOME, "USD"), world_of(ABROAD, "EUR")):
        await database.write(list(made.statements()))


@pytest.fixture(scope="module")
def provider() -> Iterator[Provider]:
    """An identity provider."""
    with providing() as made:
        yield made


def settings_of(provider: Provider, **more: Any) -> Settings:
    """Settings of a server that trusts the provider."""
    named = {"token_issuer": provider.url, "token_audience": AUDIENCE, "home": Path("nowhere")}
    return Settings.model_validate({**named, **more})


@asynccontextmanager
async def asking(settings: Settings, database: Database) -> AsyncIterator[Ask]:
    """A function that asks the application with a token or with headers."""
    transport = httpx2.ASGITransport(app=create_app(settings, database))
    async with httpx2.AsyncClient(transport=transport, base_url="http://api.example", timeout=30) as client:

        async def ask(token: str | None = None, *, query: str = QUERY, headers: Any = ()) -> httpx2.Response:
            sent = [*GRAPHQL.items(), *headers, *([("authorization", f"Bearer {token}")] if token else [])]
            return await client.post("/graphql", json={"query": query}, headers=sent)

        yield ask


@pytest.fixture
async def ask(provider: Provider, database: Database) -> AsyncIterator[Ask]:
    """Asks a server that trusts the provider, and knows nobody without a token."""
    async with asking(settings_of(provider), database) as made:
        yield made


def staff(who: str = "ada") -> dict[str, Any]:
    """The claims of a member of staff."""
    return {"c360_kind": "staff", "preferred_username": f"{who}@{HOME}.example"}


def refused(answer: httpx2.Response, *, credentials: bool = True) -> bool:
    """Whether an answer is 401 as RFC 6750 says, with a code, without data and without a detail."""
    error = answer.json()["errors"][0]
    challenge = 'Bearer realm="c360"' + (', error="invalid_token"' if credentials else "")
    return (
        401 == answer.status_code
        and challenge == answer.headers["www-authenticate"]
        and "UNAUTHENTICATED" == error["extensions"]["code"]
        and "hint" in error["extensions"]
        and "data" not in answer.json()
    )


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


async def test_a_new_key_works_and_an_old_one_ends(
    provider: Provider, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A key is fetched when a token names it; one that left the set works no longer than the set is kept."""
    monkeypatch.setattr(signing_keys, "APART_SECONDS", 0.0)
    provider.keys["old"] = rsa_key()
    async with asking(settings_of(provider), database) as ask:
        old = provider.token("old", **staff())
        before = await ask(old)
        provider.keys["new"], _ = ec_key(), provider.keys.pop("old")
        remembered = await ask(old)
        new = await ask(provider.token("new", **staff()))
        monkeypatch.setattr(signing_keys, "KEPT_SECONDS", 0.0)
    async with asking(settings_of(provider), database) as again:
        after = await again(old)
    del provider.keys["new"]

    assert [200, 200, 200] == [answer.status_code for answer in (before, remembered, new)]
    assert refused(after)


async def test_a_removed_key_ends_for_tokens_that_are_remembered(
    provider: Provider, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A token is not remembered longer than its key is trusted."""
    monkeypatch.setattr(signing_keys, "KEPT_SECONDS", 0.5)
    monkeypatch.setattr(signing_keys, "APART_SECONDS", 0.0)
    provider.keys["brief"] = ec_key()
    async with asking(settings_of(provider), database) as ask:
        token = provider.token("brief", **staff())
        before = await ask(token)
        del provider.keys["brief"]
        await asyncio.sleep(0.6)
        after = await ask(token)

    assert 200 == before.status_code
    assert refused(after)


async def test_unknown_keys_are_asked_for_once_in_a_while(provider: Provider, database: Database) -> None:
    """However many made-up key ids come, the provider is asked once; a token that held needs no key again."""
    async with asking(settings_of(provider), database) as ask:
        provider.fetches = 0
        good = provider.token(**staff())
        together = await asyncio.gather(*(ask(good) for _ in range(5)))
        first = provider.fetches
        made_up = [provider.token(f"made-up-{number}", key=provider.keys["rsa"], **staff()) for number in range(20)]
        answers = await asyncio.gather(*map(ask, made_up))

        assert [200] * 5 == [answer.status_code for answer in together]
        assert all(map(refused, answers))
        assert (1, 1) == (first, provider.fetches)


async def test_a_slow_provider_keeps_nobody_else_waiting(database: Database) -> None:
    """While keys are fetched others are answered; who leaves meanwhile does not end the fetch."""
    with providing() as slow:
        slow.delay = 1.0
        async with asking(settings_of(slow, guest=HOME), database) as ask:
            token = slow.token(**staff())
            leaving, staying = asyncio.create_task(ask(token)), asyncio.create_task(ask(token))
            await asyncio.sleep(0.3)
            leaving.cancel()
            guest, waited = await ask(), not staying.done()
            answer = await staying

    assert [200, 200] == [guest.status_code, answer.status_code]
    assert waited
    assert leaving.cancelled()
    assert 1 == slow.fetches


@pytest.mark.parametrize("broken", [{"status": 500}, {"jwks": b"{"}, {"jwks": []}, {"jwks": b" " * 2_000_000}])
async def test_keys_that_can_not_be_fetched_are_503(
    database: Database, broken: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without keys nobody can tell a good token, and says so; once they are there the token works."""
    monkeypatch.setattr(signing_keys, "APART_SECONDS", 0.0)
    with providing() as failing:
        async with asking(settings_of(failing, token_jwks_url=f"{failing.url}/keys"), database) as ask:
            for name, value in broken.items():
                setattr(failing, name, value)
            answer = await ask(failing.token(**staff()))
            failing.status, failing.jwks = 200, None
            later = await ask(failing.token(**staff()))
            failing.status = 500
            monkeypatch.setattr(signing_keys, "KEPT_SECONDS", 0.0)
            meanwhile = await ask(failing.token("ec", **staff()))

    assert 503 == answer.status_code
    assert "SIGN_IN_UNAVAILABLE" == answer.json()["errors"][0]["extensions"]["code"]
    assert "retry-after" in answer.headers
    assert [200, 200] == [later.status_code, meanwhile.status_code]


async def test_keys_for_other_purposes_are_left_out(database: Database) -> None:
    """A set may hold what signs nothing here: symmetric, private, for encryption, unknown, broken."""
    with providing() as odd:
        key = odd.keys["rsa"]
        odd.jwks = {
            "keys": [
                1,
                {"kty": "oct", "k": "c2VjcmV0", "kid": "oct"},
                public_jwk(key, "enc", use="enc"),
                public_jwk(key, "private", d="AQAB"),
                public_jwk(key, "other", alg="RS512"),
                {"kty": "RSA", "kid": "broken", "n": "!", "e": "AQAB"},
                {"kty": "XYZ", "kid": "odd"},
                {"kid": "nothing"},
                public_jwk(key, "rsa", use="sig", alg="RS256"),
            ]
        }
        async with asking(settings_of(odd), database) as ask:
            found = [await ask(odd.token(kid, key=key, **staff())) for kid in ("enc", "private", "other", "broken")]
            good = await ask(odd.token("rsa", **staff()))

    assert all(map(refused, found))
    assert 200 == good.status_code


async def test_discovery_of_another_issuer_does_not_count(provider: Provider, database: Database) -> None:
    """A configuration that calls itself something else gives no keys."""
    settings = settings_of(provider, token_issuer=provider.url.replace("127.0.0.1", "localhost"))
    async with asking(settings, database) as ask:
        answer = await ask(provider.token(**staff(), iss=settings.token_issuer))

    assert 503 == answer.status_code


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


async def test_tokens_of_this_machine_work_in_development_only(
    provider: Provider, database: Database, tmp_path: Path
) -> None:
    """Servers of the same home accept them; those of another one, and production, don't."""
    here = Settings(home=tmp_path)
    tokens = [
        development_token(here, Identity("staff", f"ada@{HOME}.example"), 60),
        development_token(here, Identity("customer", f"cleo@{HOME}.example", HOME), 60),
    ]
    old = development_token(here, Identity("staff", f"ada@{HOME}.example"), -60)
    elsewhere = development_token(Settings(home=tmp_path / "b"), Identity("staff", f"ada@{HOME}.example"), 60)
    production = settings_of(provider, home=tmp_path, environment="production", neo4j_uri="neo4j://db.example")
    async with asking(here, database) as ask, asking(production, database) as strictly:
        answers = [await ask(token) for token in tokens]
        bad = [await ask(old), await ask(elsewhere), await strictly(tokens[0]), await ask(provider.token(**staff()))]
        good = await strictly(provider.token(**staff()))

    assert ["Ada", "Cleo"] == [answer.json()["data"]["viewer"]["displayName"] for answer in answers]
    assert all(map(refused, bad))
    assert 200 == good.status_code
    assert 0o600 == (tmp_path / "development-key.pem").stat().st_mode & 0o777
    assert ["development-key.pem"] == [path.name for path in tmp_path.iterdir() if path.is_file()]
    with pytest.raises(C360Error, match="development only"):
        development_token(production, Identity("staff", "ada"), 60)


def c360_token(connection: Connection, home: Path, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    """Run `c360 token`."""
    environment = {
        "C360_HOME": str(home),
        "C360_NEO4J_URI": connection.uri,
        "C360_NEO4J_USER": connection.user,
        "C360_NEO4J_PASSWORD": connection.password,
        **more,
    }
    command = [sys.executable, "-c", "from app.cli import main; main()", "token", *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=120)


async def test_the_command_prints_a_token(neo4j_connection: Connection, database: Database, tmp_path: Path) -> None:
    """`c360 token` prints a token that works, alone on standard output."""
    done = c360_token(neo4j_connection, tmp_path, "--as", f"CLEO@{HOME}.example", "--ttl", "5m")
    async with asking(Settings(home=tmp_path), database) as ask:
        answer = await ask(done.stdout.strip())
    claims = jwt.decode(done.stdout.strip(), options={"verify_signature": False})

    assert 0 == done.returncode, done.stderr
    assert "Cleo" == answer.json()["data"]["viewer"]["displayName"]
    assert 300 == claims["exp"] - claims["iat"]
    assert "Cleo, customer" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "environment", "code"),
    [
        (["--as", "ada@token-home.example", "--organization", "token-abroad"], {}, "UNAUTHENTICATED"),
        (
            ["--as", "ada@token-home.example"],
            {
                "C360_ENVIRONMENT": "production",
                "C360_TOKEN_ISSUER": "https://login.example",
                "C360_TOKEN_AUDIENCE": "c360",
            },
            "SETTINGS_INVALID",
        ),
    ],
)
def test_the_command_refuses(
    neo4j_connection: Connection,
    tmp_path: Path,
    arguments: list[str],
    environment: dict[str, str],
    code: str,
) -> None:
    """The wrong organisation, or production: an error with a code and a hint, and no token."""
    done = c360_token(neo4j_connection, tmp_path, *arguments, **environment)

    assert 0 != done.returncode
    assert "" == done.stdout
    assert f"error [{code}]" in done.stderr
    assert "hint:" in done.stderr


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
