"""Every setting, from the environment and nowhere else. docs/settings.md has the same list in a table."""

from functools import cache
from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

import platformdirs
from pydantic import Field, SecretStr, ValidationError, model_validator
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, SettingsConfigDict

from graph.errors import SettingsInvalid
from graph.local.release import DEFAULT_RELEASE

Seconds = Annotated[float, Field(gt=0)]
Count = Annotated[int, Field(gt=0)]
Port = Annotated[int, Field(ge=0, le=65535)]
Memory = Annotated[str, Field(pattern=r"^\d+[kmg]$")]
Text = Annotated[str, Field(min_length=1)]
ALGORITHM = r"([RP]S(256|384|512)|ES(256|384|512)|EdDSA)"
Algorithms = Annotated[str, Field(pattern=rf"^{ALGORITHM}( {ALGORITHM})*$")]

LOOPBACK = ("localhost", "127.0.0.1", "::1")
DEVELOPMENT = "c360-development"
"""The issuer of tokens that are made on this machine."""


class Settings(BaseSettings):
    """What can be set, by environment variables named `C360_` and the field."""

    model_config = SettingsConfigDict(env_prefix="C360_", frozen=True, extra="ignore")

    environment: Annotated[
        Literal["development", "production"],
        Field(
            description="`production` refuses what only a laptop may do: the local Neo4j, `C360_VIEWER`, own tokens."
        ),
    ] = "development"
    host: Annotated[str, Field(description="Address that the API listens on.")] = "127.0.0.1"
    port: Annotated[Port, Field(description="Port that the API listens on; 0 takes any free one.")] = 8000
    viewer: Annotated[
        str | None, Field(description="Username whom requests without credentials act as; development only.")
    ] = None
    guest: Annotated[
        Text | None,
        Field(description="Key of the organisation whose role Guest requests without credentials have; unset, none."),
    ] = None
    token_issuer: Annotated[
        Text | None, Field(description="Identity provider whose tokens are accepted: their claim `iss`.")
    ] = None
    token_audience: Annotated[
        Text | None, Field(description="What names this API in their claim `aud`; goes with the issuer.")
    ] = None
    token_jwks_url: Annotated[
        Text | None, Field(description="Where the provider has its keys; unset, its OpenID configuration tells.")
    ] = None
    token_algorithms: Annotated[
        Algorithms, Field(description="Algorithms that tokens may be signed with, none of them symmetric.")
    ] = "RS256 ES256"
    token_skew: Annotated[
        float, Field(ge=0, le=600, description="Seconds by which the clocks of provider and server may differ.")
    ] = 30.0
    token_kind_claim: Annotated[Text, Field(description="Claim that says `staff` or `customer`.")] = "c360_kind"
    token_staff_claim: Annotated[Text, Field(description="Claim with the username of a member of staff.")] = (
        "preferred_username"
    )
    token_customer_claim: Annotated[Text, Field(description="Claim with the email address of a customer user.")] = (
        "email"
    )
    token_organization_claim: Annotated[
        Text, Field(description="Claim with the key of the organisation; tokens may lack it.")
    ] = "c360_organization"
    log_level: Annotated[
        Literal["debug", "info", "warning", "error"], Field(description="Least serious message that is logged.")
    ] = "info"
    home: Annotated[Path, Field(description="Where c360 keeps what must last: the local Neo4j's data, logs.")] = Field(
        default_factory=lambda: platformdirs.user_data_path("c360", appauthor=False)
    )
    cache: Annotated[Path, Field(description="Where c360 keeps what it can fetch again: Neo4j itself.")] = Field(
        default_factory=lambda: platformdirs.user_cache_path("c360", appauthor=False)
    )
    data: Annotated[Path | None, Field(description="Folder with the example data sets.")] = None

    neo4j_uri: Annotated[
        str | None, Field(description="A Neo4j to use, such as `neo4j://db.example:7687`; without it, the local one.")
    ] = None
    neo4j_user: Annotated[str, Field(description="User at Neo4j.")] = "neo4j"
    neo4j_password: Annotated[
        SecretStr | None, Field(description="Password at Neo4j; the local one generates its own.")
    ] = None
    neo4j_database: Annotated[str, Field(description="Database at Neo4j.")] = "neo4j"
    neo4j_version: Annotated[
        str, Field(description="Release of the local Neo4j: one that `graph/local/locks/` has.")
    ] = DEFAULT_RELEASE
    neo4j_port: Annotated[Port, Field(description="Bolt port of the local Neo4j; another one when it is taken.")] = 7687
    neo4j_heap: Annotated[Memory, Field(description="Java heap of the local Neo4j.")] = "1g"
    neo4j_pagecache: Annotated[Memory, Field(description="Page cache of the local Neo4j.")] = "512m"

    trusted_documents: Annotated[
        Path | None, Field(description="Documents that are known by their ids: a folder of them, or a JSON manifest.")
    ] = None
    only_trusted_documents: Annotated[bool, Field(description="Whether every other document is refused.")] = False

    explain: Annotated[
        bool | None,
        Field(description="Whether requests may ask for Cypher and plans; unset, in development."),
    ] = None

    max_body_bytes: Annotated[Count, Field(description="Largest request body.")] = 1_000_000
    max_tokens: Annotated[Count, Field(description="Most tokens in a document.")] = 5_000
    max_depth: Annotated[Count, Field(description="Deepest selection.")] = 20
    max_aliases: Annotated[Count, Field(description="Most aliases in an operation.")] = 30
    max_directives: Annotated[Count, Field(description="Most directives in an operation.")] = 50
    max_root_fields: Annotated[Count, Field(description="Most root fields in an operation.")] = 20
    max_fields: Annotated[Count, Field(description="Most fields in an operation, its fragments spread.")] = 1_500
    max_values: Annotated[Count, Field(description="Most values in the variables of a request.")] = 25_000
    max_statement: Annotated[Count, Field(description="Most characters of Cypher that a request may become.")] = 25_000
    default_page: Annotated[Count, Field(description="Records on a page unless `first` or `last` says.")] = 20
    max_page: Annotated[Count, Field(description="Most records on a page.")] = 200
    max_descendants: Annotated[Count, Field(description="Most customers in one tree of an answer.")] = 10_000
    max_records: Annotated[Count, Field(description="Most records one request may ask for.")] = 10_000
    max_merged: Annotated[int, Field(ge=2, le=20, description="Most accounts or contacts in one merge.")] = 20
    max_errors: Annotated[Count, Field(description="Most errors in an answer.")] = 100
    max_error_bytes: Annotated[Count, Field(description="Most bytes of errors in an answer.")] = 64_000
    request_timeout: Annotated[Seconds, Field(description="Seconds until a request is given up.")] = 10.0
    transaction_timeout: Annotated[Seconds, Field(description="Seconds until Neo4j gives up a transaction.")] = 8.0
    lock_timeout: Annotated[Seconds, Field(description="Seconds the local Neo4j waits for a lock.")] = 2.0

    @property
    def explains(self) -> bool:
        """Whether requests may ask to be explained."""
        return self.environment == "development" if self.explain is None else self.explain

    @model_validator(mode="after")
    def _keep_production_safe(self) -> Self:
        if self.environment == "production" and self.viewer is not None:
            raise ValueError("C360_VIEWER lets everybody in: it is for development")
        if self.environment == "production" and self.neo4j_uri is None:
            raise ValueError("C360_NEO4J_URI must name a Neo4j in production")
        if self.environment == "production" and self.token_issuer is None:
            raise ValueError("C360_TOKEN_ISSUER must name the identity provider in production")
        if self.only_trusted_documents and self.trusted_documents is None:
            raise ValueError("C360_ONLY_TRUSTED_DOCUMENTS needs C360_TRUSTED_DOCUMENTS, or everything is refused")
        return self

    @model_validator(mode="after")
    def _know_whose_tokens(self) -> Self:
        if (self.token_issuer is None) != (self.token_audience is None):
            raise ValueError("C360_TOKEN_ISSUER and C360_TOKEN_AUDIENCE go together: whose tokens, and for whom")
        if self.token_jwks_url is not None and self.token_issuer is None:
            raise ValueError("C360_TOKEN_JWKS_URL needs C360_TOKEN_ISSUER")
        if self.token_issuer == DEVELOPMENT:
            raise ValueError(f"C360_TOKEN_ISSUER: {DEVELOPMENT} is the issuer of development's own tokens")
        source, name = self.token_jwks_url or self.token_issuer, "JWKS_URL" if self.token_jwks_url else "ISSUER"
        if source is not None and not comes_safely(source):
            raise ValueError(f"C360_TOKEN_{name}: keys are fetched by https, or by http from this machine")
        return self


@cache
def load() -> Settings:
    """Read the settings once.

    Raises:
        SettingsInvalid: A variable has a value that its setting doesn't take.
    """
    try:
        return Settings()
    except ValidationError as error:
        raise SettingsInvalid(
            "; ".join(map(_fault, error.errors())), hint="docs/settings.md lists every setting and what it takes."
        ) from None


def comes_safely(url: str) -> bool:
    """Whether what an address answers can be trusted: by TLS, or from this machine."""
    try:
        parts = urlsplit(url)
        return bool(parts.hostname) and (
            parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)
        )
    except ValueError:
        return False


def _fault(fault: ErrorDetails) -> str:
    message = fault["msg"].removeprefix("Value error, ")
    return f"C360_{str(fault['loc'][0]).upper()}: {message}" if fault["loc"] else message
