"""GraphQL over HTTP: media types, status codes, errors, and a database that goes and comes back."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import urlparse

import httpx2
import pytest

from app.server import create_app
from app.settings import Settings
from app.trusted import trusted_documents
from graph.database import Database
from graph.local import Connection
from resolvers.documents import document_hash
from tests.proxy import Proxy
from tests.world import World

JSON = {"content-type": "application/json"}
GRAPHQL = {**JSON, "accept": "application/graphql-response+json"}
QUERY = "{ viewer { displayName } customers(first: 1) { nodes { name } } }"


def client_of(settings: Settings, database: Database) -> httpx2.AsyncClient:
    """A client that calls the application without a network."""
    transport = httpx2.ASGITransport(app=create_app(settings, database, trusted_documents(settings)))
    return httpx2.AsyncClient(transport=transport, base_url="http://api.example", timeout=30)


@pytest.fixture
def settings(world: World) -> Settings:
    """The defaults, with the world's user as viewer."""
    return Settings(viewer=f"uma@{world.key}.example")


@pytest.fixture
async def client(settings: Settings, database: Database) -> AsyncIterator[httpx2.AsyncClient]:
    """The application on the run's database."""
    async with client_of(settings, database) as made:
        yield made


async def test_a_query_is_answered_with_a_request_id(client: httpx2.AsyncClient) -> None:
    """Data comes back as JSON, each answer with an id of its own."""
    first = await client.post("/graphql", json={"query": QUERY}, headers=GRAPHQL)
    second = await client.post("/graphql", json={"query": QUERY}, headers=JSON)

    assert (200, 200) == (first.status_code, second.status_code)
    assert "application/graphql-response+json; charset=utf-8" == first.headers["content-type"]
    assert "application/json; charset=utf-8" == second.headers["content-type"]
    assert first.json() == second.json()
    assert "Uma Unger" == first.json()["data"]["viewer"]["displayName"]
    assert first.headers["x-request-id"] != second.headers["x-request-id"]


async def test_the_time_of_each_stage_is_told(client: httpx2.AsyncClient) -> None:
    """Server-Timing has the stages that a request came to, in milliseconds; a refused one came to few."""
    answered = await client.post("/graphql", json={"query": QUERY}, headers=GRAPHQL)
    introspected = await client.post("/graphql", json={"query": "{ __schema { __typename } }"}, headers=GRAPHQL)
    refused = await client.post("/graphql", content=b"null", headers=GRAPHQL)

    def stages(answer: httpx2.Response) -> list[str]:
        found = re.findall(r"(\w+);dur=\d+\.\d\d(?:, |$)", answer.headers["server-timing"])
        assert found == re.findall(r"\w+(?=;)", answer.headers["server-timing"])
        return found

    assert ["viewer", "parse", "plan", "database", "shape", "encode"] == stages(answered)
    assert ["viewer", "parse", "plan", "database", "shape", "complete", "encode"] == stages(introspected)
    assert ["encode"] == stages(refused)


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"query": "{ custom"}, 400, "GRAPHQL_PARSE_FAILED"),
        ({"query": "{ customers { nope } }"}, 422, "GRAPHQL_VALIDATION_FAILED"),
        ({"query": '{ customers(first: "one") { totalCount } }'}, 422, "GRAPHQL_VALIDATION_FAILED"),
        (
            {"query": "query Q($n: Int) { customers(first: $n) { totalCount } }", "variables": {"n": []}},
            422,
            "BAD_USER_INPUT",
        ),
        ({"query": "query A { __typename } query B { __typename }"}, 422, "BAD_USER_INPUT"),
        ({"query": "query A { __typename }", "operationName": "B"}, 422, "BAD_USER_INPUT"),
        ({"query": "{" + "a " * 5001 + "}"}, 400, "GRAPHQL_PARSE_FAILED"),
        ({"query": "{" + " ".join(f"a{n}: __typename" for n in range(40)) + "}"}, 422, "COST_LIMIT_EXCEEDED"),
        ({"query": '{ customer(id: "nonsense") { name } }'}, 200, "BAD_USER_INPUT"),
        ({"query": '{ customers(after: "garbage") { totalCount } }'}, 200, "BAD_USER_INPUT"),
        ({"query": "{ customers(first: -1) { totalCount } }"}, 200, "BAD_USER_INPUT"),
    ],
)
async def test_bad_requests_have_a_code(
    body: dict[str, Any], status: int, code: str, client: httpx2.AsyncClient
) -> None:
    """What can't be answered says so by status and code, and names neither Cypher nor our files."""
    answer = await client.post("/graphql", json=body, headers=GRAPHQL)

    assert status == answer.status_code
    assert code == answer.json()["errors"][0]["extensions"]["code"]
    assert answer.headers["x-request-id"] == answer.json()["errors"][0]["extensions"]["requestId"]
    assert not {"MATCH", "Traceback", "neo4j", ".py"} & set(answer.text.split())
    plain = await client.post("/graphql", json=body, headers=JSON)
    assert 200 == plain.status_code


@pytest.mark.parametrize(
    ("content", "status"),
    [
        (b"null", 422),
        (b"1", 422),
        (b'"x"', 422),
        (b"[]", 422),
        (b"{}", 422),
        (b'{"query": 1}', 422),
        (b'{"query": "{a}", "variables": []}', 422),
        (b'{"query": "{a}", "operationName": 1}', 422),
        (b'{"query": "{a}", "extensions": 1}', 422),
        (b'{"documentId": 1}', 422),
        (b'{"documentId": ""}', 422),
        (b'{"query": "{a}", "documentId": "a"}', 422),
        (b'{"extensions": {}}', 422),
        (b'{"query": "{a}", "extensions": {"explain": "all"}}', 422),
        (b'{"query": "{a}", "extensions": {"explain": 1.5}}', 422),
        (b'{"extensions": {"persistedQuery": 1}}', 422),
        (b'{"extensions": {"persistedQuery": {"version": 2, "sha256Hash": "a"}}}', 422),
        (b'{"extensions": {"persistedQuery": {"version": 1}}}', 422),
        (b"{", 400),
        (b"", 400),
        (b"\xff\xfe", 400),
        ('{"query": "{a}"}'.encode("utf-16"), 400),
        (b'{"query": "\\ud800"}', 400),
        (b'{"variables": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", 400),
        (b'{"query": "{ __typename }", "variables": {"n": ' + b"9" * 100_000 + b"}}", 400),
    ],
)
async def test_what_is_no_request_is_refused(content: bytes, status: int, client: httpx2.AsyncClient) -> None:
    """Not JSON, or JSON that is not an object with a query: 4xx with a code, never a fault of ours."""
    answer = await client.post("/graphql", content=content, headers=GRAPHQL)

    assert status == answer.status_code
    assert answer.json()["errors"][0]["extensions"]["code"]


@pytest.mark.parametrize("announced", [True, False])
async def test_a_body_of_5_mb_is_refused(announced: bool, client: httpx2.AsyncClient) -> None:  # noqa: FBT001
    """Too large is 413, whether the length is announced or the body comes in pieces."""

    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(50):
            yield b" " * 100_000

    answer = await client.post("/graphql", content=b" " * 5_000_000 if announced else pieces(), headers=JSON)

    assert 413 == answer.status_code
    assert "BAD_USER_INPUT" == answer.json()["errors"][0]["extensions"]["code"]


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""])
async def test_only_json_is_executed(kind: str, client: httpx2.AsyncClient) -> None:
    """What a form on another site could send is not executed."""
    headers = {"content-type": kind} if kind else {}
    answer = await client.post("/graphql", content=b'{"query": "{ __typename }"}', headers=headers)

    assert 415 == answer.status_code


async def test_other_methods_and_media_types_are_refused(client: httpx2.AsyncClient) -> None:
    """GET is 405 and names POST; an Accept without JSON is 406."""
    got = await client.get("/graphql", params={"query": QUERY})
    refused = await client.post("/graphql", json={"query": QUERY}, headers={**JSON, "accept": "text/html"})

    assert (405, "POST") == (got.status_code, got.headers["allow"])
    assert 406 == refused.status_code


async def test_an_unknown_viewer_is_401(database: Database, world: World) -> None:
    """A user that nobody is gets no data, whatever is asked."""
    async with client_of(Settings(viewer=f"nobody@{world.key}.example"), database) as client:
        answer = await client.post("/graphql", json={"query": QUERY}, headers=GRAPHQL)

    assert 401 == answer.status_code
    assert 'Bearer realm="c360"' == answer.headers["www-authenticate"]
    assert "UNAUTHENTICATED" == answer.json()["errors"][0]["extensions"]["code"]
    assert "data" not in answer.json()


async def test_faults_of_ours_are_masked(
    client: httpx2.AsyncClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """An unknown exception shows a request id and nothing else; the log has it under that id."""

    async def broken(*_: object) -> list[Any]:
        raise RuntimeError("secret of the house")

    monkeypatch.setattr(Database, "read", broken)
    answer = await client.post("/graphql", json={"query": QUERY}, headers=GRAPHQL)

    (error,) = answer.json()["errors"]
    assert 500 == answer.status_code
    assert "INTERNAL_SERVER_ERROR" == error["extensions"]["code"]
    assert "secret" not in answer.text
    assert error["extensions"]["requestId"] in caplog.text
    assert "secret of the house" in caplog.text


async def test_the_database_goes_and_comes_back(neo4j_connection: Connection, settings: Settings) -> None:
    """Down at the start or later: 503 with Retry-After, alive all the while; back again: 200 with no restart."""
    there = urlparse(neo4j_connection.uri)
    proxy = Proxy(there.hostname or "127.0.0.1", there.port or 7687)
    await proxy.up()
    await proxy.down()
    address = f"bolt://{proxy.address[0]}:{proxy.address[1]}"
    database = Database.open(address, (neo4j_connection.user, neo4j_connection.password), retry=1.0)
    async with client_of(settings, database) as client:
        for turn in range(2):
            down = await client.post("/graphql", json={"query": QUERY}, headers=GRAPHQL)
            assert 503 == down.status_code, turn
            assert "DATABASE_UNAVAILABLE" == down.json()["errors"][0]["extensions"]["code"]
            assert "retry-after" in down.headers
            assert 503 == (await client.get("/readyz")).status_code
            assert 200 == (await client.get("/healthz")).status_code
            await proxy.up()
            up = await client.post("/graphql", json={"query": QUERY}, headers=GRAPHQL)
            assert 200 == up.status_code, up.text
            assert "Uma Unger" == up.json()["data"]["viewer"]["displayName"]
            assert 200 == (await client.get("/readyz")).status_code
            await proxy.down()
    await database.close()


async def test_a_wrong_password_is_not_told(neo4j_connection: Connection, settings: Settings) -> None:
    """Who asks is told that the database does not answer; the reason is for its keeper's log."""
    database = Database.open(neo4j_connection.uri, (neo4j_connection.user, "wrong-password"))
    async with client_of(settings, database) as client:
        answer = await client.post("/graphql", json={"query": QUERY}, headers=GRAPHQL)
    await database.close()

    assert 503 == answer.status_code
    assert "password" not in answer.text


PERSISTED = "{ viewer { displayName } }"


@pytest.fixture
async def trusting(database: Database, world: World, tmp_path: Path) -> AsyncIterator[httpx2.AsyncClient]:
    """A server that answers trusted documents only, of which it has one."""
    (tmp_path / "one.graphql").write_text(PERSISTED)
    settings = Settings(viewer=f"uma@{world.key}.example", trusted_documents=tmp_path, only_trusted_documents=True)
    async with client_of(settings, database) as made:
        yield made


async def test_a_trusted_document_is_answered_by_its_id(trusting: httpx2.AsyncClient) -> None:
    """By documentId, by its hash and by its text; everything else is 403, an unknown id 422, in words of GraphQL."""
    sha256 = document_hash(PERSISTED)
    apollo = {"persistedQuery": {"version": 1, "sha256Hash": sha256}}
    for body in (
        {"documentId": sha256},
        {"documentId": f"sha256:{sha256}", "variables": {}},
        {"extensions": apollo},
        {"query": PERSISTED},
        {"query": PERSISTED, "extensions": apollo},
    ):
        answer = await trusting.post("/graphql", json=body, headers=GRAPHQL)
        assert (200, "Uma Unger") == (answer.status_code, answer.json()["data"]["viewer"]["displayName"])

    refused = await trusting.post("/graphql", json={"query": "{ __schema { __typename } }"}, headers=GRAPHQL)
    unknown = await trusting.post("/graphql", json={"documentId": "0" * 64}, headers=GRAPHQL)

    assert (403, "FORBIDDEN") == (refused.status_code, refused.json()["errors"][0]["extensions"]["code"])
    assert "GraphiQL" in refused.json()["errors"][0]["extensions"]["hint"]
    assert 422 == unknown.status_code
    assert "PERSISTED_QUERY_NOT_FOUND" == unknown.json()["errors"][0]["extensions"]["code"]


@pytest.mark.parametrize("headers", [JSON, GRAPHQL])
async def test_clients_register_documents_by_hash(headers: dict[str, str], client: httpx2.AsyncClient) -> None:
    """Apollo's protocol: an unknown hash is told with status 200, then text and hash, then the hash alone."""
    apollo = {"persistedQuery": {"version": 1, "sha256Hash": document_hash(PERSISTED)}}
    unknown = await client.post("/graphql", json={"extensions": apollo}, headers=headers)
    registered = await client.post("/graphql", json={"query": PERSISTED, "extensions": apollo}, headers=headers)
    known = await client.post("/graphql", json={"extensions": apollo}, headers=headers)
    other = await client.post("/graphql", json={"query": QUERY, "extensions": apollo}, headers=headers)

    assert 200 == unknown.status_code
    assert "PersistedQueryNotFound" == unknown.json()["errors"][0]["message"]
    assert "PERSISTED_QUERY_NOT_FOUND" == unknown.json()["errors"][0]["extensions"]["code"]
    assert "Uma Unger" == registered.json()["data"]["viewer"]["displayName"]
    assert registered.json() == known.json()
    assert "BAD_USER_INPUT" == other.json()["errors"][0]["extensions"]["code"]


@pytest.mark.parametrize("profile", [False, True])
async def test_a_request_may_ask_to_be_explained(profile: bool, client: httpx2.AsyncClient) -> None:  # noqa: FBT001
    """Cypher, names of parameters and the database's plan stand beside the data; values of parameters do not."""
    query = (
        "query Q($name: String) { found: customers(where: {name: {eq: $name}}) { nodes { id } } viewer { currency } }"
    )
    body = {"query": query, "variables": {"name": "Head"}, "extensions": {"explain": "profile" if profile else True}}
    answer = (await client.post("/graphql", json=body, headers=GRAPHQL)).json()
    plain = (await client.post("/graphql", json={**body, "extensions": {"explain": False}}, headers=GRAPHQL)).json()
    found, viewer = answer["extensions"].pop("explain")

    assert answer == plain
    assert ("found", "viewer", None) == (found["key"], viewer["key"], viewer["plan"])
    assert "MATCH (customer0:Customer)" in found["cypher"]
    assert ["p0", "p1", "p2"] == found["parameters"]
    assert "ProduceResults" == found["plan"]["operator"]
    assert found["plan"]["children"]
    assert "Head" not in str(found)
    assert profile == ("totalDbHits" in found["plan"])


async def test_explanations_are_for_development(database: Database, world: World) -> None:
    """In production nobody is shown Cypher, unless a setting says so; what is refused does not run."""
    viewer = f"uma@{world.key}.example"
    async with client_of(Settings(viewer=viewer, explain=False), database) as client:
        body = {"query": QUERY, "extensions": {"explain": True}}
        refused = await client.post("/graphql", json=body, headers=GRAPHQL)

    assert (403, "FORBIDDEN") == (refused.status_code, refused.json()["errors"][0]["extensions"]["code"])
    assert "C360_EXPLAIN" in refused.json()["errors"][0]["extensions"]["hint"]
    assert "data" not in refused.json()
    named = {"token_issuer": "https://login.example", "token_audience": "c360"}
    production = {"environment": "production", "neo4j_uri": "neo4j://db", **named}
    assert Settings().explains
    assert not Settings.model_validate(production).explains
    assert Settings.model_validate({**production, "explain": True}).explains
