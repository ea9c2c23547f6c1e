"""Who asks, by the headers of a request."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from starlette.datastructures import Headers

from app.development_tokens import development_issuer
from app.settings import DEVELOPMENT, Settings
from app.tokens import Tokens, invalid_token, provider
from app.viewers import Identity
from graph.errors import BadInput, Unauthenticated

REALM = "c360"
ORGANIZATION_HEADER = "C360-Organization"


@dataclass(frozen=True, slots=True)
class Authentication:
    """Finds out who asks.

    Attributes:
        tokens: verifies those that are sent.
        anonymous: who asks without credentials; None refuses it.
    """

    tokens: Tokens
    anonymous: Identity | None = None

    @classmethod
    def of(cls, settings: Settings) -> Authentication:
        """What the settings say of those who ask."""
        found = provider(settings)
        issuers = {found.name: found} if found else {}
        if settings.environment == "development":
            issuers[DEVELOPMENT] = development_issuer(settings.home)
        return cls(Tokens(issuers, settings.token_skew), anonymous_identity(settings))

    async def identify(self, headers: Headers) -> Identity:
        """Who a request says it comes from, proven by its token.

        Raises:
            Unauthenticated: it has no credentials and needs some, or they don't hold.
            SignInUnavailable: they can't be verified now.
        """
        given = headers.getlist("authorization")
        if not given:
            if self.anonymous is None:
                raise Unauthenticated("Nobody is signed in.", hint="Send a token as `Authorization: Bearer …`.")
            return self.anonymous
        scheme, _, token = given[0].partition(" ")
        if len(given) > 1 or scheme.lower() != "bearer":
            raise invalid_token()
        return await self.tokens.identity(token.strip(" "))


def anonymous_identity(settings: Settings) -> Identity | None:
    """Who asks without credentials: the user of a laptop's setting, else a guest where guests are let in."""
    if settings.viewer:
        return Identity("staff", settings.viewer)
    return Identity("guest", organization=settings.guest) if settings.guest else None


def challenge(headers: Headers) -> Mapping[str, str]:
    """What belongs to status 401, by RFC 6750: that a token is needed, and whether what was sent for one is refused."""
    refused = ', error="invalid_token"' if "authorization" in headers else ""
    return {"WWW-Authenticate": f'Bearer realm="{REALM}"{refused}'}


def asked_organization(headers: Headers) -> str | None:
    """The key of the organisation that a request is about; None when it doesn't say.

    Raises:
        BadInput: it names several.
    """
    given = headers.getlist(ORGANIZATION_HEADER)
    if len(given) > 1:
        raise BadInput(f"The header {ORGANIZATION_HEADER} came twice.", hint="Send the key of one organisation.")
    return given[0] if given else None
