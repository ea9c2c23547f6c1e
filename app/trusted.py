"""Trusted documents: those that the server knows by their ids from its start, from files."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from graphql import DocumentNode, OperationDefinitionNode

from app.examples import QUERY_SUFFIX, VARIABLES_SUFFIX, Example
from app.limits import document_limits
from app.settings import Settings
from graph.errors import SettingsInvalid
from resolvers.documents import document_hash, read_document
from resolvers.limits import DocumentLimits
from resolvers.schema import load_schema

SHA256 = re.compile(r"[0-9a-f]{64}")
PREFIX = "sha256:"
APOLLO = "apollo-persisted-query-manifest"
APOLLO_VERSION = 1


@dataclass(frozen=True, slots=True)
class TrustedDocument:
    """A document that is trusted: where it comes from, its text, and variables that it runs with, if they are known.

    Beside the SHA-256 of its text it has the id under which a manifest lists it.
    """

    source: str
    text: str
    id: str
    variables: Mapping[str, Any] | None = None
    operations: tuple[str | None, ...] = field(default=())
    """The names of its operations; a lone one may have none."""

    @property
    def ids(self) -> frozenset[str]:
        """Each id that it is known by."""
        return frozenset((self.id, document_hash(self.text)))


def trusted_documents(settings: Settings) -> tuple[TrustedDocument, ...]:
    """The documents that the settings name, each checked against the schema and the limits.

    Raises:
        SettingsInvalid: one can't be read, is not valid, or has an id that is not its own.
    """
    if settings.trusted_documents is None:
        return ()
    limits = document_limits(settings)
    return tuple(_checked(found, limits) for found in _unique(_read(settings.trusted_documents)))


def trusted_examples(examples: Sequence[Example], settings: Settings) -> tuple[TrustedDocument, ...]:
    """The built-in examples as trusted documents."""
    limits = document_limits(settings)
    found = (
        TrustedDocument(example.name, example.query, document_hash(example.query), example.variables)
        for example in examples
    )
    return tuple(_checked(document, limits) for document in found)


def _read(path: Path) -> Iterator[TrustedDocument]:
    if path.is_dir():
        files = sorted(path.rglob(f"*{QUERY_SUFFIX}"))
        if not files:
            raise _invalid(path, f"the folder holds no {QUERY_SUFFIX} file", "Put one document into each file.")
        yield from map(_file, files)
    else:
        yield from _manifest(path)


def _file(path: Path) -> TrustedDocument:
    text = _text(path)
    return TrustedDocument(str(path), text, document_hash(text), _variables(path.with_suffix(VARIABLES_SUFFIX)))


def _text(path: Path) -> str:
    try:
        return path.read_bytes().decode()
    except (OSError, UnicodeDecodeError) as error:
        raise _invalid(path, f"it can't be read: {error}", "It has to be a file in UTF-8.") from error


def _variables(path: Path) -> Mapping[str, Any] | None:
    if not path.exists():
        return None
    found = _json(path)
    if not isinstance(found, dict):
        raise _invalid(path, "the variables are not one JSON object", 'Write them as {"name": value}.')
    return found


def _json(path: Path) -> Any:
    try:
        return json.loads(_text(path))
    except (ValueError, RecursionError) as error:
        raise _invalid(path, f"it is not JSON: {error}", "Write the manifest anew.") from error


def _manifest(path: Path) -> Iterator[TrustedDocument]:
    """The documents of a manifest: Apollo's, or a plain object of texts by id."""
    manifest = _json(path)
    if isinstance(manifest, dict) and manifest.get("format") == APOLLO:
        if manifest.get("version") != APOLLO_VERSION or not isinstance(manifest.get("operations"), list):
            raise _invalid(path, f"it is no {APOLLO} of version {APOLLO_VERSION}", "Write the manifest anew.")
        listed = [(one.get("id"), one.get("body")) if isinstance(one, dict) else () for one in manifest["operations"]]
    elif isinstance(manifest, dict):
        listed = list(manifest.items())
    else:
        listed = [()]
    for pair in listed:
        if not pair or not all(isinstance(part, str) and part for part in pair):
            raise _invalid(path, "it is no manifest of documents", "List the documents as {id: text}.")
        key, text = str(pair[0]).removeprefix(PREFIX), str(pair[1])
        if SHA256.fullmatch(key) and key != document_hash(text):
            raise _invalid(path, f"the id {key} is not the SHA-256 of its document", "Write the manifest anew.")
        yield TrustedDocument(f"{path}: {key}", text, key)


def _unique(documents: Iterable[TrustedDocument]) -> Iterator[TrustedDocument]:
    """Each document once; what is listed twice has to say the same."""
    seen: dict[str, str] = {}
    for document in documents:
        if seen.setdefault(document.id, document.text) != document.text:
            raise _invalid(document.source, "another document has the same id", "Give each document an id of its own.")
        yield document


def _checked(found: TrustedDocument, limits: DocumentLimits) -> TrustedDocument:
    document = read_document(load_schema(), found.text, limits)
    if document.tree is None:
        error = document.errors[0]
        places = "".join(f" (line {place.line}, column {place.column})" for place in (error.locations or ())[:1])
        raise _invalid(found.source, error.message + places, "Mend the document, or take it out.")
    operations = _operations(document.tree)
    if not operations:
        raise _invalid(found.source, "it holds no operation", "Put fragments into the documents that spread them.")
    return TrustedDocument(found.source, found.text, found.id, found.variables, operations)


def _operations(tree: DocumentNode) -> tuple[str | None, ...]:
    nodes = [node for node in tree.definitions if isinstance(node, OperationDefinitionNode)]
    return tuple(node.name.value if node.name else None for node in nodes)


def _invalid(source: Path | str, problem: str, hint: str) -> SettingsInvalid:
    return SettingsInvalid(f"C360_TRUSTED_DOCUMENTS: {source}: {problem}", hint=hint)
