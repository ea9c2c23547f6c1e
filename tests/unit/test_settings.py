"""Settings: read from the environment, frozen, documented."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from app import settings
from app.settings import Settings
from graph.errors import SettingsInvalid

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
    ],
)
def test_production_refuses_shortcuts(monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], message: str) -> None:
    """In production nobody is let in without credentials, and the database is one that was chosen."""
    for name, value in {"C360_ENVIRONMENT": "production", **variables}.items():
        monkeypatch.setenv(name, value)

    with pytest.raises(SettingsInvalid, match=message):
        settings.load()


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
