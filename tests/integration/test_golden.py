"""Golden files: a question as a Markdown file, with the Cypher, the parameters and the answer that belong to it.

A section `json viewer` names what a role of the one who asks hides, or gives: `{"hiddenFields": ["Customer EMAIL"]}`,
`{"permissions": ["Customer VIEW ORGANIZATION"]}`. Without it an administrator asks.

`C360_GOLDEN=write pytest tests/integration/test_golden.py` writes what is new; read the difference before committing.
"""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import orjson
import pytest

from graph.database import Database
from graph.default_roles import staff_roles
from graph.permissions import Role, granted
from graph.registry import load_model
from graph.viewer import Viewer
from tests.asking import Asker
from tests.conftest import AT_START
from tests.world import World

FOLDER = Path(__file__).parent.parent / "golden"
SECTION = re.compile(r"^```(\w+)(?: (\w+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
CASES = sorted(FOLDER.glob("*.md"))
ADMINISTRATOR = staff_roles(load_model())["administrator"]
WRITE = AT_START.get("C360_GOLDEN") == "write"


def read_case(path: Path) -> tuple[str, dict[str, str]]:
    """The text before the first fence, and the fenced sections by language and name."""
    text = path.read_text(encoding="utf-8")
    sections = {f"{kind} {name}".strip(): body for kind, name, body in SECTION.findall(text)}
    return text.split("```", 1)[0], sections


def resolve(value: Any, world: World) -> Any:
    """Replace `@name` by the global id of that node of the world."""
    if isinstance(value, str) and value.startswith("@"):
        return world.id(value[1:])
    if isinstance(value, list):
        return [resolve(item, world) for item in value]
    if isinstance(value, dict):
        return {key: resolve(item, world) for key, item in value.items()}
    return value


def viewer_of(sections: dict[str, str], world: World) -> Viewer:
    """Who asks in a golden file."""
    if "json viewer" not in sections:
        return world.viewer()
    said = orjson.loads(sections["json viewer"])
    permissions = said.get("permissions", ADMINISTRATOR.stored_permissions())
    role = Role.read("Golden", permissions, said.get("hiddenFields", ()))
    return replace(world.viewer(), grants=granted([role]))


def shown(value: Any) -> str:
    """JSON as it stands in a golden file."""
    return json.dumps(value, indent=2, ensure_ascii=False, default=str) + "\n"


@pytest.mark.parametrize("path", CASES, ids=[path.stem for path in CASES])
async def test_golden(path: Path, world: World, ask: Asker, monkeypatch: pytest.MonkeyPatch) -> None:
    """The question becomes the Cypher of its file, with its parameters, and brings its answer."""
    intro, sections = read_case(path)
    parameters: list[Any] = []
    read = ask.database.read

    async def recorded(statements: Any) -> Any:
        parameters.extend(statement.parameters for statement in statements)
        return await read(statements)

    monkeypatch.setattr(Database, "read", lambda _, statements: recorded(statements))
    variables = resolve(orjson.loads(sections.get("json variables", "{}")), world)

    answer = await ask(viewer_of(sections, world), sections["graphql"], **variables)

    response: dict[str, Any] = {"data": answer.data}
    if answer.errors:
        response["errors"] = [{"message": error.message, "path": error.path} for error in answer.errors]
    found = {
        "cypher": "\n\n".join(answer.statements) + "\n",
        "json parameters": shown(parameters),
        "json response": shown(response),
    }
    if WRITE:
        kept = {key: sections[key] for key in ("graphql", "json variables", "json viewer") if key in sections}
        blocks = "\n".join(f"```{key}\n{body}```\n" for key, body in (kept | found).items())
        path.write_text(intro + blocks, encoding="utf-8")
        return
    assert sections["cypher"] == found["cypher"]
    assert json.loads(sections["json parameters"]) == json.loads(found["json parameters"])
    assert json.loads(sections["json response"]) == json.loads(found["json response"])


def test_there_are_golden_files() -> None:
    """The folder is not empty, so that the test above can fail."""
    assert len(CASES) > 20
