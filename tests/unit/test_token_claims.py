"""What claims say, durations, and which keys of a set count."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.datastructures import Headers

from app.authentication import anonymous_identity, asked_organization
from app.commands.token import read_seconds
from app.people import Person, the_one
from app.settings import Settings
from app.signing_keys import read_keys
from app.tokens import ClaimNames, Refused, identity_of
from app.viewers import Identity
from graph.errors import BadInput, Unauthenticated
from tests.keys import ec_key, public_jwk, rsa_key

NAMES = ClaimNames()


@pytest.mark.parametrize(
    ("claims", "identity"),
    [
        ({"c360_kind": "staff", "preferred_username": "Ada"}, Identity("staff", "Ada")),
        ({"c360_kind": "staff", "preferred_username": "ada", "c360_organization": "a"}, Identity("staff", "ada", "a")),
        ({"c360_kind": "customer", "email": "Cleo@Shop.Example"}, Identity("customer", "cleo@shop.example")),
        ({"c360_kind": "customer", "email": "STRASSE@X.example"}, Identity("customer", "strasse@x.example")),
        ({"c360_kind": "customer", "email": "a@b.c", "email_verified": True}, Identity("customer", "a@b.c")),
        ({"c360_kind": "staff", "preferred_username": "a", "email_verified": False}, Identity("staff", "a")),
    ],
)
def test_claims_name_somebody(claims: dict[str, Any], identity: Identity) -> None:
    """Kind, name and organisation; an email address in small letters."""
    assert identity == identity_of(claims, NAMES)


@pytest.mark.parametrize(
    "claims",
    [
        {},
        {"c360_kind": "staff"},
        {"c360_kind": "staff", "email": "ada@shop.example"},
        {"c360_kind": "customer", "preferred_username": "cleo"},
        {"c360_kind": "first", "preferred_username": "ada"},
        {"c360_kind": "guest", "c360_organization": "a"},
        {"c360_kind": "Staff", "preferred_username": "ada"},
        {"c360_kind": "staff", "preferred_username": ["ada"]},
        {"c360_kind": "staff", "preferred_username": "a\x00b"},
        {"c360_kind": "staff", "preferred_username": "a" * 321},
        {"c360_kind": "staff", "preferred_username": "ada", "c360_organization": ""},
        {"c360_kind": "staff", "preferred_username": "ada", "c360_organization": ["a"]},
        {"c360_kind": "customer", "email": "a@b.c", "email_verified": False},
        {"c360_kind": "customer", "email": "a@b.c", "email_verified": "false"},
    ],
)
def test_claims_name_nobody(claims: dict[str, Any]) -> None:
    """Nobody is guessed: neither the kind nor the name, and no guest comes by token."""
    with pytest.raises(Refused):
        identity_of(claims, NAMES)


def test_keys_count_for_their_algorithms_alone() -> None:
    """A key is used for those allowed algorithms that fit its type and what it says of itself."""
    rsa, ec = rsa_key(), ec_key()
    entries = [public_jwk(rsa, "any"), public_jwk(rsa, "one", alg="PS256"), public_jwk(ec, "ec"), public_jwk(ec, None)]
    found = read_keys({"keys": [*entries, {"kty": "oct", "kid": "oct", "k": "AA"}]}, ("RS256", "PS256", "ES256"))

    assert {"any": ("RS256", "PS256"), "one": ("PS256",), "ec": ("ES256",), None: ("ES256",)} == {
        kid: key.algorithms for kid, key in found.items()
    }
    assert {} == read_keys({"keys": entries}, ("ES512", "EdDSA"))


@pytest.mark.parametrize("found", [None, [], {}, {"keys": None}, {"keys": {"a": 1}}, "keys"])
def test_what_is_no_key_set_is_refused(found: Any) -> None:
    """A document of another shape is no set without keys."""
    with pytest.raises(ValueError, match="Key Set"):
        read_keys(found, ("RS256",))


@pytest.mark.parametrize(("text", "seconds"), [("90s", 90), ("30m", 1800), ("1h", 3600), ("365d", 31_536_000)])
def test_durations_are_read(text: str, seconds: int) -> None:
    """A number and a unit."""
    assert seconds == read_seconds(text)


@pytest.mark.parametrize("text", ["", "0s", "1", "h", "1w", "-1h", "1.5h", "1h30m", "٣h", "366d", "9" * 30 + "s"])
def test_what_is_no_duration_is_refused(text: str) -> None:
    """No guess is made, and nothing is good for longer than a year."""
    with pytest.raises(BadInput):
        read_seconds(text)


def test_the_one_who_is_meant_is_found() -> None:
    """By organisation and kind where a name is not enough."""
    ada = Person("staff", "ada", "a", "A", "Ada", ())
    others = [Person("staff", "ada", "b", "B", "Ada", ()), Person("customer", "ada", "a", "A", "Ada", ())]

    assert ada == the_one([ada, *others], "ada", "a", "staff")
    with pytest.raises(Unauthenticated, match="Several"):
        the_one([ada, *others], "ada", "a", None)
    with pytest.raises(Unauthenticated, match="nobody"):
        the_one([ada, *others], "ada", "c", None)


def test_who_asks_without_credentials_is_a_setting() -> None:
    """Nobody, unless a laptop names a user or an organisation lets guests in."""
    assert anonymous_identity(Settings()) is None
    assert Identity("guest", organization="a") == anonymous_identity(Settings(guest="a"))
    assert Identity("staff", "ada") == anonymous_identity(Settings(guest="a", viewer="ada"))


def test_one_organisation_is_asked_about() -> None:
    """A header names it; two of them are a mistake."""
    assert asked_organization(Headers({})) is None
    assert "a" == asked_organization(Headers({"C360-Organization": "a"}))
    with pytest.raises(BadInput):
        asked_organization(Headers(raw=[(b"c360-organization", b"a"), (b"c360-organization", b"a")]))
