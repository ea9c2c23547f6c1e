"""The keys that tokens are verified with: those of an identity provider, fetched when they are needed."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import httpx2
import orjson
from jwt import PyJWK, PyJWTError
from jwt.algorithms import AllowedPublicKeys

from app.settings import comes_safely
from graph.errors import SignInUnavailable

KEPT_SECONDS = 300.0
"""How long fetched keys are used before they are fetched again."""
APART_SECONDS = 10.0
"""The least time between two fetches, so that made-up key ids don't make us hammer the provider."""
LONGEST_SECONDS = 3600.0
"""How long keys are used while the provider does not answer."""
FETCH_SECONDS = 5.0
MOST_BYTES = 1_000_000
FITTING = {
    "RSA": ("RS", "PS"),
    "EC P-256": ("ES256",),
    "EC P-384": ("ES384",),
    "EC P-521": ("ES512",),
    "OKP Ed25519": ("EdDSA",),
}
"""How the names of the algorithms begin that a type of key is for; there is no symmetric one."""

log = logging.getLogger("c360")


@dataclass(frozen=True, slots=True)
class VerificationKey:
    """A public key with the algorithms it may be used with."""

    public: AllowedPublicKeys
    algorithms: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Trusted:
    """A key and the seconds that it may be trusted before it must be looked up again."""

    key: VerificationKey
    seconds: float


class Keys(Protocol):
    """Where the keys of an issuer come from."""

    async def find(self, key_id: str | None) -> Trusted | None:
        """The key of an id; None when there is none.

        Raises:
            SignInUnavailable: the keys can't be fetched.
        """


def read_keys(found: Any, allowed: Sequence[str]) -> Mapping[str | None, VerificationKey]:
    """The keys of a JSON Web Key Set that sign with an allowed algorithm, by their ids.

    Raises:
        ValueError: it is no key set.
    """
    entries = found.get("keys") if isinstance(found, dict) else None
    if not isinstance(entries, list):
        raise ValueError("it is no JSON Web Key Set")  # noqa: TRY004 - it came from outside
    keys: dict[str | None, VerificationKey] = {}
    for entry in entries:
        # A set may hold keys for other purposes; a private one has no business in it.
        if not isinstance(entry, dict) or entry.get("use", "sig") != "sig" or "d" in entry:
            continue
        fitting = FITTING.get(f"{entry.get('kty')} {entry.get('crv', '')}".strip(), ())
        algorithms = tuple(name for name in allowed if name.startswith(fitting) and entry.get("alg", name) == name)
        if not algorithms:
            continue
        try:
            keys[entry.get("kid")] = VerificationKey(PyJWK(entry, algorithms[0]).key, algorithms)
        except (PyJWTError, TypeError, ValueError) as error:
            log.warning("a key of the identity provider can't be used: %s", type(error).__name__)
    return keys


@dataclass(slots=True)
class ProviderKeys:
    """The keys of an identity provider, fetched when one is missing or all are old.

    Attributes:
        issuer: the provider, as it calls itself.
        jwks_url: where its keys are; without it, its configuration tells.
        algorithms: those that may be used.
    """

    issuer: str
    jwks_url: str | None
    algorithms: Sequence[str]
    _keys: Mapping[str | None, VerificationKey] = field(default_factory=dict)
    _fetched: float | None = None
    _tried: float | None = None
    _fetching: asyncio.Task[None] | None = None

    async def find(self, key_id: str | None) -> Trusted | None:
        """The key of an id; None when there is none.

        Raises:
            SignInUnavailable: the keys can't be fetched.
        """
        if self._age() > KEPT_SECONDS or key_id not in self._keys:
            await self._refresh()
        if self._age() > LONGEST_SECONDS:
            raise SignInUnavailable("The identity provider does not answer.", hint="Try again in a moment.")
        key = self._keys.get(key_id)
        return Trusted(key, max(0.0, KEPT_SECONDS - self._age())) if key else None

    def _age(self) -> float:
        return float("inf") if self._fetched is None else time.monotonic() - self._fetched

    async def _refresh(self) -> None:
        if self._fetching is None:
            if self._tried is not None and time.monotonic() - self._tried < APART_SECONDS:
                return
            self._tried = time.monotonic()
            # One fetch for all who wait, which goes on when one of them leaves.
            self._fetching = asyncio.create_task(self._fetch())
        await asyncio.shield(self._fetching)

    async def _fetch(self) -> None:
        try:
            async with asyncio.timeout(FETCH_SECONDS):
                # Reading the certificates of this machine takes a while: not on the event loop.
                async with await asyncio.to_thread(httpx2.AsyncClient, timeout=FETCH_SECONDS) as client:
                    url = self.jwks_url or await self._discover(client)
                    self._keys = read_keys(await _get(client, url), self.algorithms)
            self._fetched = time.monotonic()
        except (httpx2.HTTPError, httpx2.InvalidURL, TimeoutError, ValueError) as error:
            where = self.jwks_url or self.issuer
            log.warning("the keys of %s can't be fetched: %s: %s", where, type(error).__name__, error)
        finally:
            self._fetching = None

    async def _discover(self, client: httpx2.AsyncClient) -> str:
        """The address of the keys, from the provider's configuration."""
        found = await _get(client, f"{self.issuer.rstrip('/')}/.well-known/openid-configuration")
        url = found.get("jwks_uri") if isinstance(found, dict) and found.get("issuer") == self.issuer else None
        if not isinstance(url, str) or not comes_safely(url):
            raise ValueError("the configuration is not that of the issuer, or names no jwks_uri by https")
        return url


async def _get(client: httpx2.AsyncClient, url: str) -> Any:
    """A JSON document of bearable size."""
    async with client.stream("GET", url, headers={"Accept": "application/json"}) as response:
        response.raise_for_status()
        body = bytearray()
        async for chunk in response.aiter_bytes():
            body += chunk
            if len(body) > MOST_BYTES:
                raise ValueError(f"the document has more than {MOST_BYTES} bytes")
    return orjson.loads(body)
