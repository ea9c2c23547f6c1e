"""Mutations of tags: words that are unique, on any record that can have some."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from graph.database import Database
from graph.registry import load_model
from resolvers.tags import taggable
from tests.asking import Asker
from tests.company import ERRORS, Company, codes, company

CREATE = (
    f"mutation($input: CreateTagInput!) {{ createTag(input: $input) {{ tag {{ id name displayName }} {ERRORS} }} }}"
)
UPDATE = f"mutation($input: UpdateTagInput!) {{ updateTag(input: $input) {{ tag {{ name version }} {ERRORS} }} }}"
DELETE = f"mutation($input: DeleteTagInput!) {{ deleteTag(input: $input) {{ deletedId {ERRORS} }} }}"
SHOWN = "record { version __typename " + "".join(
    f"... on {name} {{ tags {{ name }} }} " for name in taggable(load_model())
)
TAG = f"mutation($input: TagRecordInput!) {{ tagRecord(input: $input) {{ {SHOWN} }} {ERRORS} }} }}"
SET = f"mutation($input: SetTagsInput!) {{ setTags(input: $input) {{ {SHOWN} }} {ERRORS} }} }}"


@pytest.fixture
async def firm(database: Database, ask: Asker) -> Company:
    """A new organisation with three tags and a record of every type that has some."""
    world = company()
    for name in ("vip", "press", "late"):
        world.node("Tag", name, name=name)
    for type_name in taggable(load_model()):
        if type_name != "Customer":
            world.node(type_name, type_name.lower(), name=type_name)
            world.link(type_name.lower(), "OWNED_BY", "sue")
    await database.write(list(world.statements()))
    return Company(database, ask, world)


def names(payload: dict[str, Any]) -> list[str]:
    """The tags of the record in a payload."""
    return sorted(tag["name"] for tag in payload["record"]["tags"])


async def test_a_tag_is_one_word_once(firm: Company) -> None:
    """Of several made at once one is there; sellers make and change tags, and delete none."""
    made = await asyncio.gather(*(firm.do("sue", CREATE, name=" Fair ") for _ in range(8)))
    changed = await firm.do("sue", UPDATE, id=firm.id("vip"), name="Very important", expectedVersion=1)
    taken = await firm.do("sue", UPDATE, id=firm.id("press"), name="late")
    stale = await firm.do("sue", UPDATE, id=firm.id("vip"), name="vip", expectedVersion=1)
    blank = await firm.do("sue", UPDATE, id=firm.id("vip"), name=" ")

    assert [[], *[[("TAKEN", ["name"])]] * 7] == sorted(codes(payload) for payload in made)
    assert {"name": "Very important", "version": 2} == changed["tag"]
    assert [("TAKEN", ["name"])] == codes(taken)
    assert [("CONFLICT", ["expectedVersion"])] == codes(stale)
    assert [("INVALID", ["name"])] == codes(blank)
    assert [("FORBIDDEN", ["id"])] == codes(await firm.do("sue", DELETE, id=firm.id("vip")))
    assert [("FORBIDDEN", None)] == codes(await firm.do("boss", CREATE, name="Ours"))


@pytest.mark.parametrize("type_name", taggable(load_model()))
async def test_every_type_that_has_tags_takes_them(firm: Company, type_name: str) -> None:
    """Put on, taken away, replaced."""
    record = firm.id("head" if type_name == "Customer" else type_name.lower())
    added = await firm.do("sue", TAG, recordId=record, addIds=[firm.id("vip"), firm.id("press")])
    changed = await firm.do("sue", TAG, recordId=record, addIds=[firm.id("late")], removeIds=[firm.id("vip")])
    same = await firm.do("sue", TAG, recordId=record, addIds=[firm.id("late")], removeIds=[firm.id("vip")])
    set_ = await firm.do("sue", SET, recordId=record, tagIds=[firm.id("vip")], expectedVersion=3)
    none = await firm.do("sue", SET, recordId=record, tagIds=[])

    assert (type_name, ["press", "vip"]) == (added["record"]["__typename"], names(added))
    assert ["late", "press"] == names(changed) == names(same)
    assert changed["record"]["version"] == same["record"]["version"]
    assert (["vip"], []) == (names(set_), names(none))


async def test_tags_at_once_all_stay(firm: Company) -> None:
    """Whoever adds one does not take another one's away."""
    payloads = await asyncio.gather(
        *(firm.do("sue", TAG, recordId=firm.id("head"), addIds=[firm.id(name)]) for name in ("vip", "press", "late"))
    )
    last = await firm.do("sue", TAG, recordId=firm.id("head"))

    assert [[]] * 3 == [codes(payload) for payload in payloads]
    assert ["late", "press", "vip"] == names(last)
    assert 3 == len(await firm.changes("head"))


async def test_what_is_wrong_is_told(firm: Company) -> None:
    """A record without tags, one out of reach, a tag that is none, one both ways, and too many."""
    head, vip = firm.id("head"), firm.id("vip")
    untaggable = await firm.do("ada", TAG, recordId=firm.id("boss"), addIds=[vip])
    unseen = await firm.do("sue", SET, recordId=firm.id("other"), tagIds=[vip])
    seen = await firm.do("bea", SET, recordId=head, tagIds=[])
    both = await firm.do("sue", TAG, recordId=head, addIds=[vip, head], removeIds=[vip])
    many = await firm.do("sue", SET, recordId=head, tagIds=[vip] * 101)

    assert [("INVALID", ["recordId"])] == codes(untaggable)
    assert [("NOT_FOUND", ["recordId"])] == codes(unseen)
    assert ("FORBIDDEN", ["recordId"]) in codes(seen)
    assert [("INVALID", ["addIds", "1"]), ("INVALID", ["removeIds"])] == codes(both)
    assert [("INVALID", ["tagIds"])] == codes(many)
    assert 0 == await firm.written()


async def test_customer_users_neither_see_nor_replace_tags(firm: Company) -> None:
    """A company's administrator may change the customer, not what the seller says of it."""
    await firm.do("sue", TAG, recordId=firm.id("head"), addIds=[firm.id("vip")])
    replaced = await firm.do("boss", SET, recordId=firm.id("head"), tagIds=[])
    left = await firm.do("sue", TAG, recordId=firm.id("head"))

    assert [("FORBIDDEN", None)] == codes(replaced)
    assert ["vip"] == names(left)


async def test_a_tag_goes_and_its_records_stay(firm: Company) -> None:
    """Its word is free again."""
    await firm.do("sue", TAG, recordId=firm.id("head"), addIds=[firm.id("vip"), firm.id("late")])
    gone = await firm.do("ada", DELETE, id=firm.id("vip"), expectedVersion=1)
    left = await firm.do("sue", TAG, recordId=firm.id("head"))
    again = await firm.do("ada", DELETE, id=firm.id("vip"))
    new = await firm.do("sue", CREATE, name="vip")

    assert firm.id("vip") == gone["deletedId"]
    assert ["late"] == names(left)
    assert [("NOT_FOUND", ["id"])] == codes(again)
    assert [] == codes(new)
