"""Inputs made up for every mutation: what is wrong is told in one form, nothing is half-written, and the rules hold."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from random import Random
from typing import Any

import pytest

from app.verification import verify
from cypher.fragment import cypher, param
from cypher.printer import print_fragment
from graph.database import Database
from graph.errors import Unauthenticated
from graph.registry import load_model
from graph.user_errors import UserErrorCode
from resolvers.schema import load_schema
from tests.conftest import FULL
from tests.generating.histories import History, beginning
from tests.generating.inputs import InputMaker, leads_somewhere
from tests.generating.values import bare

PEOPLE = ("ada", "boss", "ada", "sam")
ROUNDS = 4 if FULL else 2
"""Organisations, each with two inputs for every mutation by one of the people."""
CODES = {code.name for code in UserErrorCode}
FIELDS = load_schema().type_map["Mutation"].fields  # type: ignore[attr-defined]


@pytest.mark.parametrize("seed", range(ROUNDS))
async def test_whatever_is_given_is_written_or_told(database: Database, seed: int) -> None:
    """No input brings a fault; errors have a known code, a message and a place in the input, and nothing is written."""
    history, rng = await beginning(database), Random(seed)  # noqa: S311 - a test is to be repeatable
    written = 0
    # Whoever takes away their own right to sign in is done.
    with suppress(Unauthenticated):
        for verb in [verb for _ in range(2) for verb in rng.sample(sorted(FIELDS), len(FIELDS))]:
            written += await _try(history, PEOPLE[seed % len(PEOPLE)], verb, rng)

    assert written
    world = history.firm.world
    assert [] == [found async for found in verify(database, [(world.organization_id, world.key)])]


async def _try(history: History, who: str, verb: str, rng: Random) -> bool:
    """Do a mutation with an input that is made up; whether something was written."""
    type_ = bare(FIELDS[verb].args["input"].type)
    given = InputMaker(rng, load_model(), verb, history.ids).present(type_, "input")
    document = f"mutation($input: {type_.name}!) {{ {verb}(input: $input) {{ {_selected(verb)} }} }}"
    before = await _last_change(history)
    answer = await history.firm.ask(await history.firm.viewer(who), document, input=given)

    case = f"{who}: {verb} {given}"
    refused = [error.extensions.get("code") if error.extensions else error.original_error for error in answer.errors]
    if refused:
        assert {"BAD_USER_INPUT"} == {*refused}, (case, answer.errors)
    errors, written = _told(answer.data, verb), await _last_change(history)
    for error in errors:
        assert error["code"] in CODES, case
        assert error["message"], case
        assert leads_somewhere(type_, error["field"] or ()), (case, error)
    if refused or errors:
        assert before == written, case
    return before != written


async def _last_change(history: History) -> list[Any]:
    organization = param(history.firm.world.organization_id)
    last = "c.id > '' RETURN c.id AS row ORDER BY c.organizationId DESC, c.id DESC LIMIT 1"
    statement = print_fragment(cypher("MATCH (c:Change) WHERE c.organizationId = ", organization, " AND ", last))
    return await history.firm.database.read([statement])


def _selected(verb: str) -> str:
    payload = bare(FIELDS[verb].type).fields
    return "writeId errors { code message field }" if "writeId" in payload else "errors { code message field }"


def _told(data: Mapping[str, Any] | None, verb: str) -> list[dict[str, Any]]:
    return (data or {}).get(verb, {}).get("errors", [])  # type: ignore[no-any-return]
