"""Trusted documents: read from files, checked before the server starts, found by their ids."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app.examples import load_examples
from app.persisted import Named, PersistedDocuments
from app.settings import Settings
from app.trusted import TrustedDocument, trusted_documents, trusted_examples
from graph.errors import BadInput, Forbidden, PersistedQueryNotFound, SettingsInvalid
from resolvers.documents import Documents, document_hash
from resolvers.limits import DocumentLimits
from resolvers.schema import load_schema

ONE = "query One($id: ID!) { customer(id: $id) { ...Name } }\nfragment Name on Customer { name }\n"
TWO = "{ customers { totalCount } }"
Write = Callable[[str, Any], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write a text, or JSON, below the test's folder."""

    def write_file(name: str, content: Any) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
        return path

    return write_file


def read(path: Path) -> tuple[TrustedDocument, ...]:
    """The documents of a folder or manifest."""
    return trusted_documents(Settings(trusted_documents=path))


def test_a_folder_holds_one_document_a_file(write: Write, tmp_path: Path) -> None:
    """Each file is a document with its fragments, known by the hash of its bytes; variables may lie beside it."""
    write("docs/one.graphql", ONE)
    write("docs/one.variables.json", {"id": "x"})
    write("docs/more/two.graphql", TWO)

    found = read(tmp_path / "docs")

    assert [(TWO, None, (None,)), (ONE, {"id": "x"}, ("One",))] == [
        (document.text, document.variables, document.operations) for document in found
    ]
    assert all(document.ids == {document_hash(document.text)} for document in found)


@pytest.mark.parametrize(
    "manifest",
    [
        {document_hash(ONE): ONE, "md5-of-relay": TWO},
        {f"sha256:{document_hash(ONE)}": ONE, "md5-of-relay": TWO},
        {
            "format": "apollo-persisted-query-manifest",
            "version": 1,
            "operations": [
                {"id": document_hash(ONE), "name": "One", "type": "query", "body": ONE},
                {"id": "md5-of-relay", "name": "", "type": "query", "body": TWO},
            ],
        },
    ],
)
def test_a_manifest_lists_documents_by_id(manifest: dict[str, Any], write: Write) -> None:
    """Relay's object of texts and Apollo's list; an id that is no hash is kept beside the hash."""
    found = read(write("manifest.json", manifest))
    persisted = PersistedDocuments.of(found, only_trusted=True)

    for document_id in (document_hash(ONE), f"sha256:{document_hash(ONE)}"):
        assert ONE == persisted.text(Named(None, document_id))
    for document_id in (document_hash(TWO), "md5-of-relay"):
        assert TWO == persisted.text(Named(None, document_id))


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("docs/bad.graphql", "{ customers { nope }", r"bad.graphql: Syntax Error.*line 1, column 21"),
        ("docs/bad.graphql", "{ customers { nope } }", r"bad.graphql: Cannot query field 'nope'.*line 1"),
        ("docs/bad.graphql", "fragment Name on Customer { name }", r"bad.graphql: .*'Name' is never used"),
        ("docs/bad.graphql", "{" + " ".join(f"a{n}: __typename" for n in range(40)) + "}", "40 aliases"),
        ("docs/bad.txt", TWO, "holds no .graphql file"),
        ("bad.json", "[", "it is not JSON"),
        ("bad.json", ["x"], "no manifest"),
        ("bad.json", {"x": 1}, "no manifest"),
        ("bad.json", {"0" * 64: TWO}, "is not the SHA-256"),
        ("bad.json", {"format": "apollo-persisted-query-manifest", "version": 2}, "of version 1"),
        ("bad.json", {"format": "apollo-persisted-query-manifest", "version": 1, "operations": [{}]}, "no manifest"),
        (
            "bad.json",
            {
                "format": "apollo-persisted-query-manifest",
                "version": 1,
                "operations": [{"id": "a", "body": ONE}, {"id": "a", "body": TWO}],
            },
            "another document has the same id",
        ),
    ],
)
def test_what_can_not_be_trusted_is_named(name: str, content: Any, message: str, write: Write) -> None:
    """A file that is broken or does not fit the schema stops the start, with its name, the reason and a hint."""
    path = write(name, content)

    with pytest.raises(SettingsInvalid, match=message) as refused:
        read(path.parent if name.startswith("docs/") else path)

    assert refused.value.hint


def test_variables_beside_a_document_are_an_object(write: Write, tmp_path: Path) -> None:
    """A file of variables that holds something else is refused too, and so is a path where nothing is."""
    write("docs/one.graphql", ONE)
    write("docs/one.variables.json", [1])

    with pytest.raises(SettingsInvalid, match=r"one\.variables\.json: the variables are not one JSON object"):
        read(tmp_path / "docs")
    with pytest.raises(SettingsInvalid, match="can't be read"):
        read(tmp_path / "nowhere")


def test_examples_are_trusted_as_graphiql_sends_them() -> None:
    """The demo knows each example by the hash of the text that a click sends."""
    examples = load_examples()

    found = trusted_examples(examples, Settings())

    assert [{document_hash(example.query)} for example in examples] == [document.ids for document in found]


def test_a_registered_document_is_found_by_its_hash() -> None:
    """Apollo's protocol: unknown, then registered, then known; also by documentId."""
    persisted = PersistedDocuments({})
    sha256 = document_hash(TWO)

    with pytest.raises(PersistedQueryNotFound, match=r"^PersistedQueryNotFound$"):
        persisted.text(Named(None, None, sha256))
    assert TWO == persisted.text(Named(TWO, None, sha256))
    assert TWO == persisted.text(Named(None, None, sha256))
    assert TWO == persisted.text(Named(None, f"sha256:{sha256}"))
    with pytest.raises(BadInput, match="hash"):
        persisted.text(Named(ONE, None, sha256))
    with pytest.raises(BadInput, match="two documents"):
        persisted.text(Named(ONE, sha256))


def test_registered_documents_are_bounded() -> None:
    """Those that were used last are remembered: at most so many, and at most so many bytes."""
    persisted = PersistedDocuments({}, most=3, most_bytes=1_000)
    texts = [f"{{ a{number} }}" for number in range(5)]
    for text in texts:
        persisted.text(Named(text, None, document_hash(text)))
        persisted.text(Named(None, None, document_hash(texts[0])))

    def known(text: str) -> bool:
        try:
            persisted.text(Named(None, None, document_hash(text)))
        except PersistedQueryNotFound:
            return False
        return True

    assert [True, False, False, True, True] == [known(text) for text in texts]
    large = "{ a }" + " " * 990
    persisted.text(Named(large, None, document_hash(large)))
    assert [False] * 5 == [known(text) for text in texts]


def test_only_trusted_documents_are_answered() -> None:
    """With that setting another text is refused with a hint, also when it comes with its hash; a trusted one is not."""
    persisted = PersistedDocuments({document_hash(ONE): ONE}, only_trusted=True)

    assert ONE == persisted.text(Named(ONE))
    assert ONE == persisted.text(Named(ONE, None, document_hash(ONE)))
    for named in (Named(TWO), Named(TWO, None, document_hash(TWO)), Named("{ __schema { __typename } }")):
        with pytest.raises(Forbidden) as refused:
            persisted.text(named)
        assert "C360_TRUSTED_DOCUMENTS" in (refused.value.hint or "")


def test_only_trusted_needs_something_to_trust() -> None:
    """A server that would refuse everything does not start."""
    with pytest.raises(ValueError, match="C360_TRUSTED_DOCUMENTS"):
        Settings(only_trusted_documents=True)


def test_an_operation_is_known_with_and_without_its_name() -> None:
    """A client that sends the name and one that does not share the plans."""
    schema = load_schema()
    document = Documents(schema, DocumentLimits()).get("query One { viewer { displayName } }")

    assert document.operation(schema, None) is document.operation(schema, "One") is not None
    assert document.operation(schema, "Two") is None


def test_known_documents_are_bounded_and_trusted_ones_stay() -> None:
    """Syntax trees are many times their text: what is remembered is bounded by what it takes."""
    documents = Documents(load_schema(), DocumentLimits(), most_bytes=100_000)
    trusted = documents.trust(TWO)
    first = documents.get(ONE)

    assert documents.get(ONE) is first
    for number in range(40):
        documents.get(f"{{ customers(first: {number}) {{ nodes {{ name email phone }} }} }}")
    assert documents.get(TWO) is trusted
    assert documents.get(ONE) is not first
    assert documents.get("{" + "a " * 6000 + "}").tree is None
