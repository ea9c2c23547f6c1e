"""Settings: read from the environment, frozen, documented."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from app import settings
from app.settings import Settings
from graph.errors import SettingsInvalid

PROVIDER = {"C360_TOKEN_ISSUER": "https://login.example", "C360_TOKEN_AUDIENCE": "c360"}
DOCS = Path(__file__).parents[2] / "docs" / "settings.md"


def test_environment_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """A variable named C360_ and the field sets the field."""
    monkeypatch.setenv("C360_PORT", "9000")

    assert settings.load().port == 9000


def test_bad_value_names_its_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    """A value that a setting doesn't take is refused with the name of the variable."""
    monkeypatch.setenv("C360_MAX_DEPTH", "deep")

    with pytest.raises(SettingsInvalid, match="C360_MAX_DEPTH"):
        settings.load()


@pytest.mark.parametrize(
    ("variables", "message"),
    [
        ({"C360_NEO4J_URI": "neo4j://db", "C360_VIEWER": "ada@example.com"}, "C360_VIEWER"),
        ({}, "C360_NEO4J_URI"),
        ({"C360_NEO4J_URI": "neo4j://db"}, "C360_TOKEN_ISSUER"),
        ({"C360_NEO4J_URI": "neo4j://db", **PROVIDER, "C360_TOKEN_ISSUER": "c360-development"}, "development's own"),
    ],
)
def test_production_refuses_shortcuts(monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], message: str) -> None:
    """In production nobody is let in without credentials, and the database is one that was chosen."""
    for name, value in {"C360_ENVIRONMENT": "production", **variables}.items():
        monkeypatch.setenv(name, value)

    with pytest.raises(SettingsInvalid, match=message):
        settings.load()


@pytest.mark.parametrize(
    "variables",
    [
        {"C360_TOKEN_ISSUER": "https://login.example"},
        {"C360_TOKEN_AUDIENCE": "c360"},
        {"C360_TOKEN_JWKS_URL": "https://login.example/keys"},
        {**PROVIDER, "C360_TOKEN_ISSUER": ""},
        {**PROVIDER, "C360_TOKEN_ISSUER": "http://login.example"},
        {**PROVIDER, "C360_TOKEN_JWKS_URL": "http://login.example/keys"},
        {**PROVIDER, "C360_TOKEN_JWKS_URL": "file:///home/ada/.local/share/c360/development-key.pem"},
        {**PROVIDER, "C360_TOKEN_JWKS_URL": "https://[::1"},
        {**PROVIDER, "C360_TOKEN_ALGORITHMS": "HS256"},
        {**PROVIDER, "C360_TOKEN_ALGORITHMS": "RS256 none"},
        {**PROVIDER, "C360_TOKEN_ALGORITHMS": ""},
        {**PROVIDER, "C360_TOKEN_SKEW": "-1"},
        {**PROVIDER, "C360_TOKEN_SKEW": "nan"},
        {**PROVIDER, "C360_TOKEN_SKEW": "3600"},
    ],
)
def test_a_provider_must_be_sound(monkeypatch: pytest.MonkeyPatch, variables: dict[str, str]) -> None:
    """Half a provider, keys from where anybody can answer, symmetric algorithms: SETTINGS_INVALID with the variable."""
    for name, value in variables.items():
        monkeypatch.setenv(name, value)

    with pytest.raises(SettingsInvalid, match="C360_TOKEN_"):
        settings.load()


@pytest.mark.parametrize("environment", ["development", "production"])
def test_a_provider_can_be_named(monkeypatch: pytest.MonkeyPatch, environment: str) -> None:
    """Issuer and audience are enough; the algorithms may be others."""
    named = {**PROVIDER, "C360_TOKEN_ALGORITHMS": "ES384 EdDSA", "C360_NEO4J_URI": "neo4j://db"}
    for name, value in {**named, "C360_ENVIRONMENT": environment}.items():
        monkeypatch.setenv(name, value)

    assert "ES384 EdDSA" == settings.load().token_algorithms


def test_settings_are_frozen() -> None:
    """Nobody changes a setting after the start."""
    with pytest.raises(ValidationError, match="frozen"):
        Settings().port = 1  # type: ignore[misc]


def test_password_is_not_shown() -> None:
    """Printing the settings doesn't print the password."""
    assert "hush" not in repr(Settings(neo4j_password="hush"))


@pytest.mark.parametrize("name", Settings.model_fields)
def test_every_setting_is_documented(name: str) -> None:
    """docs/settings.md has a row for every setting, with its own words."""
    (row,) = [
        line for line in DOCS.read_text(encoding="utf-8").splitlines() if line.startswith(f"| `C360_{name.upper()}`")
    ]

    assert (Settings.model_fields[name].description or "?") in row
