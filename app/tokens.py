"""Tokens: a JSON Web Token is verified and becomes an identity, which is remembered until the token expires.

Whatever is wrong with a token, its sender hears only whether it has expired or can't be used. Neither a token nor a
part of it is ever logged.
"""

from __future__ import annotations

import hashlib
import logging
import re
import time
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import jwt

from app.settings import Settings
from app.signing_keys import Keys, ProviderKeys
from app.viewers import Identity
from graph.errors import Unauthenticated

LONGEST = 8_000
"""Bytes; a longer token is refused unread."""
LONGEST_NAME = 320
MOST_REMEMBERED = 10_000
COMPACT = re.compile(r"[\w-]+\.[\w-]+\.[\w-]+", re.ASCII)
REQUIRED = ("exp", "iss", "aud")

log = logging.getLogger("c360")


@dataclass(frozen=True, slots=True)
class ClaimNames:
    """Names of the claims that say who somebody is.

    Attributes:
        kind: `staff` or `customer`.
        staff: the username of a member of staff.
        customer: the email address of a customer user.
        organization: the key of the organisation; the claim may be missing.
    """

    kind: str = "c360_kind"
    staff: str = "preferred_username"
    customer: str = "email"
    organization: str = "c360_organization"


@dataclass(frozen=True, slots=True)
class Issuer:
    """Who may issue tokens, and for whom they must be."""

    name: str
    audience: str
    keys: Keys
    claims: ClaimNames = ClaimNames()


class Refused(Exception):
    """A token that does not hold; the text names the reason for the log and has nothing of the token."""


def provider(settings: Settings) -> Issuer | None:
    """The identity provider of the settings, if they name one."""
    if settings.token_issuer is None or settings.token_audience is None:
        return None
    keys = ProviderKeys(settings.token_issuer, settings.token_jwks_url, settings.token_algorithms.split())
    claims = ClaimNames(
        settings.token_kind_claim,
        settings.token_staff_claim,
        settings.token_customer_claim,
        settings.token_organization_claim,
    )
    return Issuer(settings.token_issuer, settings.token_audience, keys, claims)


def identity_of(claims: Mapping[str, Any], names: ClaimNames) -> Identity:
    """Who the claims of a verified token say somebody is.

    Raises:
        Refused: they don't say so.
    """
    kind, organization = claims.get(names.kind), claims.get(names.organization)
    if organization is not None and not _is_name(organization):
        raise Refused(f"the claim {names.organization} is no key of an organisation")
    if kind == "staff" and _is_name(claims.get(names.staff)):
        _expect_verified(claims, names.staff)
        return Identity("staff", claims[names.staff], organization)
    if kind == "customer" and _is_name(claims.get(names.customer)):
        _expect_verified(claims, names.customer)
        return Identity("customer", claims[names.customer].casefold(), organization)
    raise Refused(f"the claims {names.kind} and {names.staff} or {names.customer} don't name anybody")


def _expect_verified(claims: Mapping[str, Any], name: str) -> None:
    """Refuse an address that the provider says anybody may have typed."""
    if name == "email" and str(claims.get("email_verified", True)).lower() == "false":
        raise Refused("the email address is not verified")


def _is_name(value: Any) -> bool:
    return isinstance(value, str) and 0 < len(value) <= LONGEST_NAME and value.isprintable()


@dataclass(slots=True)
class Tokens:
    """Verifies tokens, each once."""

    issuers: Mapping[str, Issuer]
    skew: float
    _verified: OrderedDict[bytes, tuple[Identity, float]] = field(default_factory=OrderedDict)

    async def identity(self, token: str) -> Identity:
        """Who the holder of a token is.

        Raises:
            Unauthenticated: the token has expired, or can't be used.
            SignInUnavailable: the keys to verify it can't be fetched.
        """
        if len(token) > LONGEST or not COMPACT.fullmatch(token):
            raise invalid_token()
        digest = hashlib.sha256(token.encode()).digest()
        identity, until = self._verified.get(digest, (None, 0.0))
        if identity is not None and time.time() < until:
            self._verified.move_to_end(digest)
            return identity
        self._verified.pop(digest, None)
        try:
            identity, until = await self._verify(token)
        except jwt.ExpiredSignatureError:
            raise Unauthenticated("The token has expired.", hint="Sign in again for a new one.") from None
        except (Refused, jwt.PyJWTError, ValueError, TypeError) as error:
            log.debug("a token was refused: %s", error if isinstance(error, Refused) else type(error).__name__)
            raise invalid_token() from None
        self._verified[digest] = (identity, until)
        while len(self._verified) > MOST_REMEMBERED:
            self._verified.popitem(last=False)
        return identity

    async def _verify(self, token: str) -> tuple[Identity, float]:
        """Who it is, and when to look at the token again."""
        unverified = jwt.decode_complete(token, options={"verify_signature": False})
        name = unverified["payload"].get("iss")
        issuer = self.issuers.get(name) if isinstance(name, str) else None
        if issuer is None:
            raise Refused("nobody trusts its issuer")
        trusted = await issuer.keys.find(unverified["header"].get("kid"))
        if trusted is None:
            raise Refused("its key is unknown")
        claims = jwt.decode(
            token,
            trusted.key.public,
            algorithms=trusted.key.algorithms,
            audience=issuer.audience,
            issuer=issuer.name,
            leeway=self.skew,
            options={"require": list(REQUIRED), "enforce_minimum_key_length": True},
        )
        identity = identity_of(claims, issuer.claims)
        return identity, min(int(claims["exp"]) + self.skew, time.time() + trusted.seconds)


def invalid_token() -> Unauthenticated:
    """What the sender of a token that can't be used hears, whatever the reason is."""
    return Unauthenticated("The token is not valid.", hint="Send `Authorization: Bearer` with a token of your sign-in.")
