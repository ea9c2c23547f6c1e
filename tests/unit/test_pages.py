import json
from collections.abc import Callable
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

import hatch_build
from app.examples import Example, ExampleError, load_examples
from app.pages import CONTENT_SECURITY_POLICY, FALLBACK, page_routes

GLANCE = "# A customer at a glance\n# With its\n# branches.\nquery Glance($id: ID!) { customer(id: $id) { id } }\n"
WriteFile = Callable[[str, str], None]


@pytest.fixture
def write(tmp_path: Path) -> WriteFile:
    """Write a file below the test's folder."""

    def write_file(name: str, text: str) -> None:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    return write_file


@pytest.fixture
def client(tmp_path: Path) -> TestClient:
    """Ask the pages; the test's folder stands for the one that they are built into."""
    example = Example("glance", "A customer", "With branches.", "query Glance { a }", {"id": "1"})
    return TestClient(Starlette(routes=page_routes([example], built=tmp_path)))


def test_page_is_the_built_one(client: TestClient, write: WriteFile) -> None:
    """GraphiQL is the page that the build made."""
    write("graphiql.html", "built")

    assert "built" == client.get("/graphiql").text


def test_page_is_plain_until_it_is_built(client: TestClient, write: WriteFile) -> None:
    """Without a build GraphiQL is a plain page; a build takes its place without a restart."""
    assert "python hatch_build.py" in client.get("/graphiql").text

    write("graphiql.html", "built")

    assert "built" == client.get("/graphiql").text


def test_page_tells_the_browser_to_be_strict(client: TestClient) -> None:
    """The page may load from this server only, may not be framed, and is not kept."""
    headers = client.get("/graphiql").headers

    assert CONTENT_SECURITY_POLICY == headers["content-security-policy"]
    assert "script-src 'self';" in CONTENT_SECURITY_POLICY
    assert "frame-ancestors 'none'" in CONTENT_SECURITY_POLICY
    assert "nosniff" == headers["x-content-type-options"]
    assert "no-referrer" == headers["referrer-policy"]
    assert "no-cache" == headers["cache-control"]


def test_hashed_files_are_kept_for_good(client: TestClient, write: WriteFile) -> None:
    """A file whose name has its hash is never asked for again, and travels compressed."""
    write("assets/graphiql-1a2b.js", "export {};" * 100)

    answer = client.get("/static/assets/graphiql-1a2b.js")

    assert "public, max-age=31536000, immutable" == answer.headers["cache-control"]
    assert "gzip" == answer.headers["content-encoding"]
    assert "nosniff" == answer.headers["x-content-type-options"]


def test_missing_build_is_not_an_error(client: TestClient) -> None:
    """A file of a build that isn't there is not found."""
    assert 404 == client.get("/static/assets/graphiql-1a2b.js").status_code


@pytest.mark.parametrize("path", ["/static/graphiql.html", "/static/.stamp", "/static/assets/../graphiql.html"])
def test_pages_are_not_served_as_mere_files(client: TestClient, write: WriteFile, path: str) -> None:
    """Nothing beside the assets is served from the folder of the build: it would come without the policy."""
    write("graphiql.html", "built")
    write(".stamp", "built")

    assert 404 == client.get(path).status_code


def test_plain_page_has_no_inline_script() -> None:
    """The plain page works under the strict policy: its script is a file, and that file is served."""
    html = (FALLBACK / "graphiql.html").read_text(encoding="utf-8")

    assert 1 == html.count("<script")
    assert '<script type="module" src="/static/fallback/graphiql.js"></script>' in html
    assert "style=" not in html


@pytest.mark.parametrize("name", ["graphiql.js", "graphiql.css"])
def test_plain_page_gets_its_files(client: TestClient, name: str) -> None:
    """The plain page's files are served, and asked for again after an update."""
    answer = client.get(f"/static/fallback/{name}")

    assert 200 == answer.status_code
    assert "no-cache" == answer.headers["cache-control"]


def test_examples_are_listed(client: TestClient) -> None:
    """The pages read the examples as JSON."""
    assert [
        {
            "name": "glance",
            "title": "A customer",
            "description": "With branches.",
            "query": "query Glance { a }",
            "variables": {"id": "1"},
        }
    ] == client.get("/graphiql/examples.json").json()


def test_example_is_its_file(tmp_path: Path, write: WriteFile) -> None:
    """The comment at the head of a file is title and description; the variables stand in the file beside it."""
    write("glance.graphql", GLANCE)
    write("glance.variables.json", '{"id": "1"}')

    assert (Example("glance", "A customer at a glance", "With its branches.", GLANCE, {"id": "1"}),) == load_examples(
        tmp_path
    )


def test_examples_come_in_order_of_file_names(tmp_path: Path, write: WriteFile) -> None:
    """A number at the beginning of the file's name orders the examples."""
    for name in ("02-b", "10-c", "01-a"):
        write(f"{name}.graphql", "# Title\nquery Q { a }")

    assert ["01-a", "02-b", "10-c"] == [example.name for example in load_examples(tmp_path)]


@pytest.mark.parametrize(
    ("query", "variables", "problem"),
    [
        ("query Q { a }", None, "q.graphql: the first line has to be a comment with the title"),
        ("# T\nquery Q { a", None, "q.graphql: Syntax Error"),
        ("# T\n{ a }", None, "q.graphql: there has to be exactly one operation, with a name"),
        ("# T\nquery A { a }\nquery B { b }", None, "q.graphql: there has to be exactly one operation"),
        ("# T\nquery Q { a }", "{", "q.variables.json: this is not JSON"),
        ("# T\nquery Q { a }", "[]", "q.variables.json: the variables have to be one JSON object"),
        ("# T\nquery Q { a }", '{"id": 1}', "q.graphql: the operation declares no $id"),
        ("# T\nquery Q($id: ID!) { a }", None, "q.graphql: $id needs a value in q.variables.json"),
        (None, "{}", "q.variables.json: there is no q.graphql for these variables"),
    ],
)
def test_broken_example_is_named(
    tmp_path: Path, write: WriteFile, query: str | None, variables: str | None, problem: str
) -> None:
    """A broken file of an example is refused with its name and what is wrong."""
    if query is not None:
        write("q.graphql", query)
    if variables is not None:
        write("q.variables.json", variables)

    with pytest.raises(ExampleError) as refused:
        load_examples(tmp_path)

    assert str(refused.value).startswith(problem)


def test_optional_variables_may_be_left_out(tmp_path: Path, write: WriteFile) -> None:
    """Variables that may be null or have a default need no value."""
    write("q.graphql", "# T\nquery Q($first: Int! = 3, $after: String) { a }")

    assert {} == load_examples(tmp_path)[0].variables


@pytest.mark.parametrize(
    ("version", "new_enough"),
    [
        ("v20.18.3", False),
        ("v20.19.0", True),
        ("v21.7.0", False),
        ("v22.11.0", False),
        ("v22.12.0\n", True),
        ("v24.0.0", True),
        ("", False),
    ],
)
def test_build_knows_which_node_will_do(version: str, new_enough: bool) -> None:  # noqa: FBT001
    """Only the releases of Node.js that the build tool supports are used."""
    assert new_enough == hatch_build.is_new_enough(version)


def test_build_is_fresh_until_a_source_changes(tmp_path: Path, write: WriteFile) -> None:
    """Built pages are fresh while the sources are those that they were built from; installed packages don't count."""
    pages = hatch_build.Pages(tmp_path)
    write("explorer/src/main.ts", "one")
    write("app/static/.stamp", pages.digest())
    write("explorer/node_modules/some/package.json", json.dumps({}))

    assert pages.is_fresh()

    write("explorer/src/main.ts", "two")

    assert not pages.is_fresh()


def test_build_can_be_skipped(tmp_path: Path, write: WriteFile, monkeypatch: pytest.MonkeyPatch) -> None:
    """C360_SKIP_UI=1 leaves the pages alone, stale or not."""
    monkeypatch.delenv("C360_SKIP_UI", raising=False)
    write("explorer/src/main.ts", "one")

    assert hatch_build.is_needed(hatch_build.Pages(tmp_path))

    monkeypatch.setenv("C360_SKIP_UI", "1")

    assert not hatch_build.is_needed(hatch_build.Pages(tmp_path))
