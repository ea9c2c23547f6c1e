"""The keys of an identity provider: fetched, kept, changed, and not to be had."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from app import signing_keys
from graph.database import Database
from tests.keys import Provider, ec_key, providing, public_jwk, rsa_key
from tests.signing_in import HOME, asking, refused, settings_of, staff


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
