"""Nothing of another organisation, nor of another unit or company, shows anywhere in an answer.

Every text of what is not the viewer's carries a mark. Whatever is asked, with whatever ids and cursors, no answer has
such a mark, nor a UUID of such a record, unless the request itself sent it: not in data, not in an error, not in a
cursor, and not in what is told beside.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import Any

import httpx2
import orjson
import pytest
from graphql import (
    GraphQLInterfaceType,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLUnionType,
    get_named_type,
    is_leaf_type,
)

from app.server import create_app
from app.settings import Settings
from app.viewers import Identity, find_viewer
from cypher.context import Limits
from graph.database import Database
from graph.registry import load_model
from graph.viewer import Viewer
from resolvers.errors import ErrorLimits, format_errors
from resolvers.execution import Engine, Request
from resolvers.limits import DocumentLimits
from resolvers.query import ROOTS
from resolvers.schema import load_schema
from tests.asking import NOW
from tests.conftest import FULL
from tests.divided import THEIRS, divided_world
from tests.generating.documents import DocumentMaker, has_default
from tests.generating.values import ValueMaker
from tests.world import World, small_world

OTHER = "§other§"
CASES = 200 if FULL else 20
"""Documents that are made up for each viewer."""
SHARE = 1 if FULL else 3
EVERY = [(name, who) for who in ("nora", "buyer") for name in load_model().records][::SHARE]
ENCODED = re.compile(r"[A-Za-z0-9_-]{16,}")
MANY = 10**9


@dataclass(frozen=True, slots=True)
class Kept:
    """A world of two companies beside one of another organisation, and what of both must never show."""

    world: World
    other: World
    viewers: dict[str, Viewer]

    def foreign(self) -> list[str]:
        """Global ids of what is not ours."""
        return [self.world.id(name) for name in self._theirs()] + [self.other.id(name) for name in self.other.types]

    def ours(self) -> list[str]:
        """Global ids of what is ours."""
        return [self.world.id(name) for name in self.world.types if name.startswith("our-")]

    def uuids(self) -> set[str]:
        """UUIDs of what is not ours."""
        found = {self.other.uuid(name) for name in self.other.types} | {self.other.organization_id}
        return found | {self.world.uuid(name) for name in (*self._theirs(), "sven", "south")}

    def _theirs(self) -> list[str]:
        return [name for name in self.world.types if name.startswith("their-")]

    def check(self, sent: str, answer: str) -> None:
        """Fail when an answer tells what it must not."""
        told = [answer, *decoded(answer, sent)]
        for mark in (THEIRS, OTHER, *self.uuids()):
            assert mark in sent or not any(mark in text for text in told), f"{mark} in\n{answer}\nanswers\n{sent}"


def decoded(answer: str, sent: str) -> Iterator[str]:
    """What ids and cursors in an answer hold, but for those that the request sent."""
    for token in ENCODED.findall(answer):
        if token not in sent:
            # One character more than whole bytes is none of ours.
            whole = token if len(token) % 4 != 1 else token[:-1]
            yield base64.b64decode(whole + "=" * (-len(whole) % 4), altchars=b"-_").decode("latin-1")


@pytest.fixture(scope="module")
async def kept(database: Database, world: World) -> Kept:
    """Both worlds; that of the other organisation is the one beside the small world."""
    divided, other = divided_world("kept"), small_world("other", OTHER)
    assert world.key != other.key
    await database.write(list(divided.statements()))

    async def sign_in(kind: Any, name: str) -> Viewer:
        return await find_viewer(database, Identity(kind, f"{name}@{divided.key}.example", f"world-{divided.key}"))

    guest = await find_viewer(database, Identity("guest", organization=f"world-{divided.key}"))
    viewers = {"nora": await sign_in("staff", "nora"), "buyer": await sign_in("customer", "our"), "guest": guest}
    return Kept(divided, other, viewers)


@pytest.fixture
def engine(database: Database) -> Engine:
    """An engine without limits that wide documents would meet."""
    documents = DocumentLimits(MANY, MANY, MANY, MANY, MANY, MANY, MANY)
    return Engine.of(database, Limits(max_records=MANY, max_statement=MANY), documents)


async def ask(engine: Engine, viewer: Viewer, query: str, variables: dict[str, Any]) -> str:
    """The whole answer as JSON."""
    result = await engine.execute(Request(query, variables, None, viewer, "request", NOW))
    errors = format_errors(result.errors, executed=result.executed, request_id="request", limits=ErrorLimits())
    return orjson.dumps({"data": result.data, "errors": errors}).decode()


def everything(type_: Any, depth: int) -> str:
    """A selection of all fields of a type, and of all fields of what they lead to, so deep."""
    if isinstance(type_, GraphQLUnionType):
        return "{ " + " ".join(f"... on {one.name} {everything(one, depth)}" for one in type_.types) + " }"
    assert isinstance(type_, (GraphQLObjectType, GraphQLInterfaceType))
    parts = ["__typename"]
    for name, field in type_.fields.items():
        required = [one for one in field.args.values() if isinstance(one.type, GraphQLNonNull) and not has_default(one)]
        inner = get_named_type(field.type)
        if required:
            continue
        if is_leaf_type(inner):
            parts.append(f"{type_.name}_{name}: {name}")
        elif depth > 0:
            through = name in ("nodes", "edges", "node", "pageInfo", "person", "business")
            parts.append(f"{type_.name}_{name}: {name} {everything(inner, depth if through else depth - 1)}")
    return "{ " + " ".join(parts) + " }"


@pytest.mark.parametrize(("type_name", "who"), EVERY)
async def test_no_field_of_a_record_tells_of_others(type_name: str, who: str, kept: Kept, engine: Engine) -> None:
    """Every field of every type, of records with all ids that there are: ours come, and nothing else."""
    fields = everything(load_schema().type_map[type_name], 1)
    query = f"query Every($ids: [ID!]!) {{ nodes(ids: $ids) {{ id ... on {type_name} {fields} }} }}"
    wanted = [
        *(kept.world.id(name) for name in kept.world.types if kept.world.types[name] == type_name),
        *(kept.other.id(name) for name in kept.other.types if kept.other.types[name] == type_name),
    ]
    answer = await ask(engine, kept.viewers[who], query, {"ids": wanted})

    found = orjson.loads(answer)
    assert found["data"] is not None, found["errors"][:3]
    assert {node["id"] for node in found["data"]["nodes"] if node} <= {*kept.ours(), *_shared(kept)}
    # The ids of the request do not excuse what the records are called.
    kept.check("".join(wanted), answer)


async def test_a_guest_sees_products_alone(kept: Kept, engine: Engine) -> None:
    """Nobody in particular owns nothing and is of no customer: of all records only products come."""
    query = "query Ids($ids: [ID!]!) { nodes(ids: $ids) { id } customers { totalCount } products { nodes { id } } }"
    ids = [*kept.foreign(), *_shared(kept)]

    found = orjson.loads(await ask(engine, kept.viewers["guest"], query, {"ids": ids[:200]}))

    lamp = kept.world.id("lamp")
    assert not found["errors"]
    assert {lamp} == {node["id"] for node in found["data"]["nodes"] if node}
    assert {"totalCount": 0} == found["data"]["customers"]
    assert [{"id": lamp}] == found["data"]["products"]["nodes"]


def _shared(kept: Kept) -> list[str]:
    return [kept.world.id(name) for name in kept.world.types if not name.startswith("their-")]


@pytest.mark.parametrize("who", ["nora", "buyer"])
async def test_no_root_field_tells_of_others(who: str, kept: Kept, engine: Engine) -> None:
    """Every root field that needs no id: lists, search, duplicates, birthdays."""
    query_type = load_schema().query_type
    assert query_type is not None
    texts = {"search": '(text: "john")', "upcomingBirthdays": "(withinDays: 366)"}
    fields = [
        f"{name}{texts.get(name, '')} {everything(get_named_type(field.type), 1)}"
        for name, field in query_type.fields.items()
        if name in texts or (name in ROOTS and not any("ID" in str(one.type) for one in field.args.values()))
    ]
    assert len(fields) > 20
    for text in fields[:: 1 if FULL else 4]:
        kept.check("", await ask(engine, kept.viewers[who], f"query Root {{ {text} }}", {}))


@dataclass(frozen=True, slots=True)
class Guessing(ValueMaker):
    """Values with ids and cursors that somebody may have got elsewhere."""

    ids: tuple[str, ...] = ()
    cursors: tuple[str, ...] = ()

    def identifier(self, name: str) -> str:
        """An id of ours or of others, of the right type where the argument's name tells it."""
        told = name.removesuffix("Id").lower()
        fitting = [one for one in self.ids if _type_of(one).lower() == told]
        return self.rng.choice(fitting or self.ids)

    def text(self, name: str) -> str:
        """A cursor of another viewer's answer, or words."""
        if name in ("after", "before"):
            return self.rng.choice(self.cursors)
        return self.rng.choice(("john", "our", "their", "golden", "lamp", ""))


def _type_of(identifier: str) -> str:
    return base64.b64decode(identifier + "=" * (-len(identifier) % 4), altchars=b"-_").decode().partition(":")[0]


async def _cursors(engine: Engine, kept: Kept) -> tuple[str, ...]:
    """Cursors from answers about the other organisation."""
    data = await ask(
        *(engine, kept.other.viewer()),
        "query Q { customers { edges { cursor } } contacts(orderBy: [{lastName: ASC}]) { edges { cursor } } "
        'search(text: "lamp") { edges { cursor } } }',
        {},
    )
    found = orjson.loads(data)["data"]
    return tuple(edge["cursor"] for connection in found.values() for edge in connection["edges"])


def guess(seed: int, kept: Kept, cursors: tuple[str, ...]) -> tuple[str, dict[str, Any]]:
    """A document and its variables, always the same for a seed."""
    rng = Random(f"guess {seed}")  # noqa: S311 - repeatable, not secret
    ids = (*kept.foreign(), *kept.ours())
    maker = DocumentMaker(load_schema(), Guessing(rng, load_model(), ids, cursors))
    return maker.document(), maker.given


async def test_made_up_requests_over_http_tell_nothing(kept: Kept, engine: Engine, database: Database) -> None:
    """The whole application, with the cost and explanation beside the answer, for requests of all kinds."""
    cursors = await _cursors(engine, kept)
    assert cursors
    settings = Settings(viewer=f"nora@{kept.world.key}.example", explain=True)
    transport = httpx2.ASGITransport(app=create_app(settings, database, ()))
    answered = 0
    async with httpx2.AsyncClient(transport=transport, base_url="http://api.example", timeout=60) as client:
        for seed in range(CASES):
            query, variables = guess(seed, kept, cursors)
            explain = {"extensions": {"explain": "profile" if seed % 8 else True}} if seed % 4 == 0 else {}
            response = await client.post("/graphql", json={"query": query, "variables": variables, **explain})
            answered += "data" in response.json()
            kept.check(query + orjson.dumps(variables).decode(), response.text)
    assert answered > CASES // 3


async def test_made_up_requests_of_a_customer_user_tell_nothing(kept: Kept, engine: Engine) -> None:
    """The same for somebody of our company, who sees less of some and more of other types."""
    cursors = await _cursors(engine, kept)
    answered = 0
    for seed in range(CASES, 2 * CASES):
        query, variables = guess(seed, kept, cursors)
        answer = await ask(engine, kept.viewers["buyer"], query, variables)
        answered += orjson.loads(answer)["data"] is not None
        kept.check(query + orjson.dumps(variables).decode(), answer)
    assert answered > CASES // 3
