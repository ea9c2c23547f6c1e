"""The documentation tells all: every error code, command, example and decision has its place."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import typer

from app.cli import build
from app.examples import load_examples
from graph import errors

REPOSITORY = Path(__file__).parent.parent.parent
DOCS = {path.name: path.read_text(encoding="utf-8") for path in (REPOSITORY / "docs").glob("*.md")}
README = (REPOSITORY / "README.md").read_text(encoding="utf-8")


def codes() -> list[str]:
    """Every code in the tree of errors."""
    found = [cls.code for cls in vars(errors).values() if isinstance(cls, type) and issubclass(cls, errors.C360Error)]
    return sorted(set(found))


def commands() -> list[str]:
    """Every command of the command line, with those of its groups."""
    group = typer.main.get_command(build())
    found: list[str] = []
    for name, command in group.commands.items():  # type: ignore[attr-defined]
        inner = getattr(command, "commands", {})
        found += [f"{name} {sub}" for sub in inner] or [name]
    return sorted(found)


@pytest.mark.parametrize("code", codes())
def test_every_error_has_a_row_and_a_section(code: str) -> None:
    """docs/errors.md has each code in its table and tells cause and remedy below."""
    assert f"[{code}](#{code.lower()})" in DOCS["errors.md"]
    assert f"## {code}\n" in DOCS["errors.md"]


@pytest.mark.parametrize("command", commands())
def test_every_command_is_told(command: str) -> None:
    """Each command stands somewhere in the docs or the README as one types it."""
    assert any(f"c360 {command}" in text for text in (*DOCS.values(), README))


@pytest.mark.parametrize("layer", ["graph", "cypher", "resolvers", "app"])
def test_the_code_map_names_every_module(layer: str) -> None:
    """docs/architecture.md has each module in the section of its folder, or else with its folder."""
    sections = re.split(r"^## ", DOCS["architecture.md"], flags=re.MULTILINE)
    told = "".join(section for section in sections if section.startswith(f"{layer}/"))
    names = {path.name for path in (REPOSITORY / layer).glob("*.py")} - {"__init__.py"}
    # Each noun of the mutations has these two.
    kinds = ("_mutations.py", "_inputs.py")
    missing = {name for name in names if f"`{name}`" not in told and f"`{layer}/{name}`" not in DOCS["architecture.md"]}

    assert set() == {name for name in missing if not name.endswith(kinds)}


def test_every_example_is_in_the_docs() -> None:
    """docs/queries.md quotes each example query word for word."""
    missing = [example.name for example in load_examples() if example.query.split("\n", 2)[2] not in DOCS["queries.md"]]

    assert [] == missing


def test_links_lead_somewhere() -> None:
    """No document links to a file that is not there."""
    broken = []
    for path in (*(REPOSITORY / "docs").rglob("*.md"), *REPOSITORY.glob("*.md")):
        targets = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", path.read_text(encoding="utf-8"))
        broken += [f"{path.name}: {target}" for target in targets if not (path.parent / target).exists()]

    assert [] == broken
