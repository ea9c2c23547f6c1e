"""The examples in the docs of mutations: they run, each mutation has one, and they give a stranger nothing."""

from __future__ import annotations

import json
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import pytest
from graphql import FieldNode, OperationDefinitionNode, parse

from graph.database import Database, Run, Statement
from resolvers.execution import Engine
from resolvers.mutation import VERBS
from tests.asking import Asker
from tests.company import Company, company
from tests.integration.test_plans import NEVER, operators

T = TypeVar("T")
SCANS = {operator for operator in NEVER if operator.endswith("Scan")}
PAGES = sorted((Path(__file__).parent.parent.parent / "docs").glob("*mutations.md"))


@pytest.fixture
async def firm(database: Database, ask: Asker) -> Company:
    """A new organisation for each page."""
    world = company()
    for name in ("mill", "mill-ltd"):
        world.node("Account", name, name=name, ownerId=world.uuid("sue"))
        world.link(name, "OWNED_BY", "sue")
        world.node("Contact", f"miller-of-{name}", firstName="Iris", lastName=name, ownerId=world.uuid("sue"))
        world.link(f"miller-of-{name}", "OWNED_BY", "sue")
        world.link(name, "HAS_CONTACT", f"miller-of-{name}")
    await database.write(list(world.statements()))
    return Company(database, ask, world)


def examples(chapter: Path) -> list[tuple[str, str]]:
    """The documents of a page with their variables, in which names stand for ids."""
    text = chapter.read_text(encoding="utf-8")
    return re.findall(r"```graphql\n(.*?)```\s+```json\n(.*?)```", text, re.DOTALL)


def filled(variables: str, firm: Company, new: str, write: str = "") -> dict[str, Any]:
    """Variables with ids in the place of names."""
    made = {"new": new, "write": write or new}
    found: dict[str, Any] = json.loads(
        re.sub(r"<([a-z-]+)>", lambda name: made.get(name[1]) or firm.id(name[1]), variables)
    )
    return found


@pytest.mark.parametrize("chapter", PAGES, ids=lambda chapter: chapter.stem)
async def test_the_examples_of_the_docs_run(chapter: Path, firm: Company) -> None:
    """None of them brings an error."""
    new = write = ""
    for document, variables in examples(chapter):
        data = await firm.ask.data(await firm.viewer("ada"), document, **filled(variables, firm, new, write))
        ((verb, payload),) = data.items()
        assert [] == payload["errors"], verb
        write = payload.get("writeId") or write
        records = [value for name, value in payload.items() if name != "errors" and isinstance(value, dict)]
        new = next((record["id"] for record in records if "id" in record), new)


def test_the_docs_have_an_example_of_each_mutation() -> None:
    """No mutation is without one."""
    shown = {
        field.name.value
        for chapter in PAGES
        for document, _ in examples(chapter)
        for definition in parse(document).definitions
        if isinstance(definition, OperationDefinitionNode)
        for field in definition.selection_set.selections
        if isinstance(field, FieldNode)
    }

    assert set(VERBS) == shown


@pytest.mark.parametrize("chapter", PAGES, ids=lambda chapter: chapter.stem)
async def test_nobody_changes_what_is_not_theirs(chapter: Path, firm: Company) -> None:
    """Of another organisation nothing is there; a buyer changes nothing; and nothing is left of their trying."""
    stranger = Company(firm.database, firm.ask, company())
    await firm.database.write(list(stranger.world.statements()))
    naming = [
        (document, filled(text, firm, firm.id("marketing"))) for document, text in examples(chapter) if "<" in text
    ]

    for name, asking in (("ada", stranger), ("olga", firm)):
        viewer = await asking.viewer(name)
        for document, variables in naming:
            ((verb, payload),) = (await firm.ask.data(viewer, document, **variables)).items()
            found = {error["code"] for error in payload["errors"]}
            assert found, (name, verb)
            assert found <= {"NOT_FOUND", "INVALID", "FORBIDDEN", "ROLE_REQUIRED", "LEVEL_TOO_HIGH"}, (
                name,
                verb,
                found,
            )
            if name == "ada":
                assert found <= {"NOT_FOUND", "INVALID"}, (verb, found)

    assert 0 == await firm.written()


@pytest.mark.parametrize("chapter", PAGES, ids=lambda chapter: chapter.stem)
async def test_no_statement_of_a_mutation_scans(chapter: Path, firm: Company, database: Database) -> None:
    """Whatever the examples send seeks what it needs by an index."""
    sent: dict[str, Statement] = {}

    @dataclass(frozen=True)
    class Recording:
        """Remembers the statements of transactions."""

        async def transact(self, work: Callable[[Run], Awaitable[T]]) -> T:
            """Run them all the same."""

            def remembered(run: Run) -> Run:
                async def running(statement: Statement) -> list[Any]:
                    sent[statement.text] = statement
                    return await run(statement)

                return running

            return await database.transact(lambda run: work(remembered(run)))

    ask = Asker(database, Engine.of(database, writer=Recording()))
    new = write = ""
    for document, variables in examples(chapter):
        data = await ask.data(await firm.viewer("ada"), document, **filled(variables, firm, new, write))
        write = next(iter(data.values())).get("writeId") or write
        records = [value for value in next(iter(data.values())).values() if isinstance(value, dict)]
        new = next((record["id"] for record in records if "id" in record), new)

    plans = {text: set(operators(await database.plan_of(statement))) for text, statement in sent.items()}
    assert len(plans) > 5
    assert {} == {text: found & SCANS for text, found in plans.items() if found & SCANS}
