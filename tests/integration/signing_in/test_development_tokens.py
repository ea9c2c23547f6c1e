"""Tokens of this machine, and the command that prints them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import jwt
import pytest

from app.development_tokens import development_token
from app.settings import Settings
from app.viewers import Identity
from graph.database import Database
from graph.errors import C360Error
from graph.local import Connection
from tests.keys import Provider
from tests.signing_in import HOME, asking, refused, settings_of, staff


async def test_tokens_of_this_machine_work_in_development_only(
    provider: Provider, database: Database, tmp_path: Path
) -> None:
    """Servers of the same home accept them; those of another one, and production, don't."""
    here = Settings(home=tmp_path)
    tokens = [
        development_token(here, Identity("staff", f"ada@{HOME}.example"), 60),
        development_token(here, Identity("customer", f"cleo@{HOME}.example", HOME), 60),
    ]
    old = development_token(here, Identity("staff", f"ada@{HOME}.example"), -60)
    elsewhere = development_token(Settings(home=tmp_path / "b"), Identity("staff", f"ada@{HOME}.example"), 60)
    production = settings_of(provider, home=tmp_path, environment="production", neo4j_uri="neo4j://db.example")
    async with asking(here, database) as ask, asking(production, database) as strictly:
        answers = [await ask(token) for token in tokens]
        bad = [await ask(old), await ask(elsewhere), await strictly(tokens[0]), await ask(provider.token(**staff()))]
        good = await strictly(provider.token(**staff()))

    assert ["Ada", "Cleo"] == [answer.json()["data"]["viewer"]["displayName"] for answer in answers]
    assert all(map(refused, bad))
    assert 200 == good.status_code
    assert 0o600 == (tmp_path / "development-key.pem").stat().st_mode & 0o777
    assert ["development-key.pem"] == [path.name for path in tmp_path.iterdir() if path.is_file()]
    with pytest.raises(C360Error, match="development only"):
        development_token(production, Identity("staff", "ada"), 60)


def c360_token(connection: Connection, home: Path, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    """Run `c360 token`."""
    environment = {
        "C360_HOME": str(home),
        "C360_NEO4J_URI": connection.uri,
        "C360_NEO4J_USER": connection.user,
        "C360_NEO4J_PASSWORD": connection.password,
        **more,
    }
    command = [sys.executable, "-c", "from app.cli import main; main()", "token", *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=120)


async def test_the_command_prints_a_token(neo4j_connection: Connection, database: Database, tmp_path: Path) -> None:
    """`c360 token` prints a token that works, alone on standard output."""
    done = c360_token(neo4j_connection, tmp_path, "--as", f"CLEO@{HOME}.example", "--ttl", "5m")
    async with asking(Settings(home=tmp_path), database) as ask:
        answer = await ask(done.stdout.strip())
    claims = jwt.decode(done.stdout.strip(), options={"verify_signature": False})

    assert 0 == done.returncode, done.stderr
    assert "Cleo" == answer.json()["data"]["viewer"]["displayName"]
    assert 300 == claims["exp"] - claims["iat"]
    assert "Cleo, customer" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "environment", "code"),
    [
        (["--as", "ada@token-home.example", "--organization", "token-abroad"], {}, "UNAUTHENTICATED"),
        (
            ["--as", "ada@token-home.example"],
            {
                "C360_ENVIRONMENT": "production",
                "C360_TOKEN_ISSUER": "https://login.example",
                "C360_TOKEN_AUDIENCE": "c360",
            },
            "SETTINGS_INVALID",
        ),
    ],
)
def test_the_command_refuses(
    neo4j_connection: Connection,
    tmp_path: Path,
    arguments: list[str],
    environment: dict[str, str],
    code: str,
) -> None:
    """The wrong organisation, or production: an error with a code and a hint, and no token."""
    done = c360_token(neo4j_connection, tmp_path, *arguments, **environment)

    assert 0 != done.returncode
    assert "" == done.stdout
    assert f"error [{code}]" in done.stderr
    assert "hint:" in done.stderr
