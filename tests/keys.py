"""An identity provider on the loopback address: real keys, a real server, tokens as one wants them."""

from __future__ import annotations

import base64
import hmac
import json
import threading
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, TypeAlias

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from jwt.algorithms import ECAlgorithm, RSAAlgorithm
from jwt.warnings import InsecureKeyLengthWarning

AUDIENCE = "c360"
PrivateKey: TypeAlias = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey


def rsa_key(bits: int = 2048) -> rsa.RSAPrivateKey:
    """A new RSA key."""
    return rsa.generate_private_key(65537, bits)


def ec_key() -> ec.EllipticCurvePrivateKey:
    """A new key on P-256."""
    return ec.generate_private_key(ec.SECP256R1())


def public_jwk(key: PrivateKey, kid: str | None, **members: Any) -> dict[str, Any]:
    """The public half as a JSON Web Key."""
    if isinstance(key, rsa.RSAPrivateKey):
        found = json.loads(RSAAlgorithm.to_jwk(key.public_key()))
    else:
        found = json.loads(ECAlgorithm.to_jwk(key.public_key()))
    found.pop("key_ops", None)
    return {**found, **({"kid": kid} if kid else {}), **members}


def signed_as_secret(public: bytes, claims: bytes, kid: str) -> str:
    """A token whose signature takes a public key for a shared secret."""
    content = f"{segment({'alg': 'HS256', 'typ': 'JWT', 'kid': kid})}.{segment(claims)}"
    return f"{content}.{segment(hmac.digest(public, content.encode(), 'sha256'))}"


def segment(value: Any) -> str:
    """A part of a token, of bytes or of what becomes JSON."""
    content = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


@dataclass(slots=True)
class Provider:
    """What the server answers, open to change.

    Attributes:
        keys: private keys by id.
        jwks: answered instead of the public halves of the keys.
        status: of every answer.
        delay: seconds before the keys are answered.
        fetches: how often the keys were asked for.
    """

    url: str = ""
    keys: dict[str, PrivateKey] = field(default_factory=dict)
    jwks: Any = None
    status: int = 200
    delay: float = 0.0
    fetches: int = 0

    def answer(self, path: str) -> Any:
        """The document at a path."""
        if path == "/.well-known/openid-configuration":
            return {"issuer": self.url, "jwks_uri": f"{self.url}/keys"}
        if path != "/keys":
            return None
        self.fetches += 1
        time.sleep(self.delay)
        return {"keys": [public_jwk(key, kid) for kid, key in self.keys.items()]} if self.jwks is None else self.jwks

    def token(self, kid: str = "rsa", *, key: PrivateKey | None = None, alg: str | None = None, **claims: Any) -> str:
        """A token; a claim that is None is left out."""
        signing = key or self.keys[kid]
        now = int(time.time())
        every = {"iss": self.url, "aud": AUDIENCE, "iat": now, "exp": now + 300, "sub": "somebody", **claims}
        given = {name: value for name, value in every.items() if value is not None}
        algorithm = alg or ("RS256" if isinstance(signing, rsa.RSAPrivateKey) else "ES256")
        # As JSON: the library would refuse to write some of what tests need.
        content = json.dumps(given).encode()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", InsecureKeyLengthWarning)
            return jwt.api_jws.encode(content, signing, algorithm, headers={"kid": kid, "typ": "JWT"})


@contextmanager
def providing() -> Iterator[Provider]:
    """Serve a provider with an RSA and an EC key until the context ends."""
    provider = Provider(keys={"rsa": rsa_key(), "ec": ec_key()})

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found = provider.answer(self.path)
            content = found if isinstance(found, bytes) else json.dumps(found).encode()
            self.send_response(provider.status if found is not None else 404)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - its name in the base class
            """Log nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    provider.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
