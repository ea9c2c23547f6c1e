"""Tokens of a laptop: signed with a key that is made on first use and never leaves this machine."""

from __future__ import annotations

import base64
import hashlib
import os
import secrets
import time
from dataclasses import dataclass
from pathlib import Path

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from app.settings import DEVELOPMENT, Settings
from app.signing_keys import KEPT_SECONDS, Trusted, VerificationKey
from app.tokens import ClaimNames, Issuer
from app.viewers import Identity
from graph.errors import SettingsInvalid

AUDIENCE = "c360"
ALGORITHM = "ES256"
CLAIMS = ClaimNames(staff="sub", customer="sub")
FILE = "development-key.pem"


def development_issuer(home: Path) -> Issuer:
    """The issuer whose key lies in a folder, if one was made there."""
    return Issuer(DEVELOPMENT, AUDIENCE, DevelopmentKeys(home), CLAIMS)


@dataclass(frozen=True, slots=True)
class DevelopmentKeys:
    """The one key of a folder, read when it is needed: it may be made while the server runs."""

    home: Path

    async def find(self, key_id: str | None) -> Trusted | None:
        """The key, when it is the one of the id."""
        try:
            public = _read(self.home / FILE).public_key()
        except (FileNotFoundError, SettingsInvalid):
            return None
        known = key_id == _key_id(public)
        return Trusted(VerificationKey(public, (ALGORITHM,)), KEPT_SECONDS) if known else None


def refuse_production(settings: Settings) -> None:
    """Refuse to make tokens anywhere but in development.

    Raises:
        SettingsInvalid: this is another environment.
    """
    if settings.environment != "development":
        raise SettingsInvalid("Tokens are made in development only.", hint="Sign in at the identity provider.")


def development_token(settings: Settings, identity: Identity, seconds: int) -> str:
    """A token for a member of staff or a customer user, good for so many seconds at servers of this machine.

    Raises:
        SettingsInvalid: this is no development environment, or the key can't be read or made.
    """
    refuse_production(settings)
    key, now = _ensure_key(settings.home / FILE), int(time.time())
    claims = {"iss": DEVELOPMENT, "aud": AUDIENCE, "iat": now, "exp": now + seconds, "sub": identity.name}
    claims[CLAIMS.kind] = identity.kind
    if identity.organization is not None:
        claims[CLAIMS.organization] = identity.organization
    return jwt.encode(claims, key, ALGORITHM, headers={"kid": _key_id(key.public_key())})


def _ensure_key(path: Path) -> ec.EllipticCurvePrivateKey:
    """The key in a file, made when there is none; only the file's owner can read it."""
    try:
        if not path.exists():
            _make(path)
        return _read(path)
    except OSError as error:
        raise SettingsInvalid(
            f"The signing key {path} can't be used: {error.strerror}.", hint="Set C360_HOME to a folder of yours."
        ) from error


def _make(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    content = ec.generate_private_key(ec.SECP256R1()).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    # Of two that make it at once, the first one's key counts, and nobody reads half of it.
    draft = path.with_name(f".{FILE}.{secrets.token_hex(8)}")
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(content)
        try:
            os.link(draft, path)
        except FileExistsError:
            return
    finally:
        draft.unlink(missing_ok=True)


def _read(path: Path) -> ec.EllipticCurvePrivateKey:
    content = path.read_bytes()
    try:
        key = serialization.load_pem_private_key(content, None)
    except (TypeError, ValueError):
        key = None
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise SettingsInvalid(f"{path} is no signing key.", hint="Delete it; a new one is made when it is needed.")
    return key


def _key_id(public: ec.EllipticCurvePublicKey) -> str:
    encoded = public.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return base64.urlsafe_b64encode(hashlib.sha256(encoded).digest()).rstrip(b"=").decode()
