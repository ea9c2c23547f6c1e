"""Which document a request means: by its text, by the id of a trusted one, or by a hash that clients register."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from app.trusted import PREFIX, TrustedDocument
from graph.errors import BadInput, Forbidden, PersistedQueryNotFound
from resolvers.documents import document_hash

NOT_FOUND = "PersistedQueryNotFound"
"""Clients of Apollo's protocol look for this very message."""


@dataclass(frozen=True, slots=True)
class Named:
    """How a request names its document: at least one of the three."""

    query: str | None
    document_id: str | None = None
    sha256: str | None = None


@dataclass(slots=True)
class PersistedDocuments:
    """Finds the text of a document; remembers those that clients registered last, so many and so large."""

    trusted: Mapping[str, str]
    only_trusted: bool = False
    most: int = 1_000
    most_bytes: int = 10_000_000
    _registered: OrderedDict[str, str] = field(default_factory=OrderedDict)
    _bytes: int = 0

    @classmethod
    def of(cls, documents: Iterable[TrustedDocument], *, only_trusted: bool) -> PersistedDocuments:
        """Knows the trusted documents by each of their ids."""
        return cls({key: document.text for document in documents for key in document.ids}, only_trusted)

    def text(self, named: Named) -> str:
        """The text of the document that a request means.

        Raises:
            PersistedQueryNotFound: no document has the id or hash.
            BadInput: the request names two documents.
            Forbidden: only trusted documents are answered, and this is none.
        """
        if named.document_id is not None:
            return self._by_id(named.document_id, named)
        if named.query is None:
            return self._by_hash(named.sha256 or "")
        if named.sha256 is not None and named.sha256 != document_hash(named.query):
            raise BadInput("The hash is not that of the query.", hint="Hash the text as it is sent, in UTF-8.")
        if self.only_trusted and document_hash(named.query) not in self.trusted:
            raise Forbidden(
                "This server answers trusted documents only.",
                hint="Send the documentId of a trusted document or its exact text. To explore with GraphiQL or to "
                "introspect, use a server without C360_ONLY_TRUSTED_DOCUMENTS; to trust a document, add it to "
                "C360_TRUSTED_DOCUMENTS.",
            )
        if named.sha256 is not None and named.sha256 not in self.trusted:
            self._register(named.sha256, named.query)
        return named.query

    def _by_id(self, document_id: str, named: Named) -> str:
        if named.query is not None or named.sha256 is not None:
            raise BadInput("The request names two documents.", hint="Send either query or documentId.")
        found = self._find(document_id.removeprefix(PREFIX))
        if found is None:
            raise PersistedQueryNotFound(
                "No document has this id.", hint="Send the SHA-256 of a trusted document, or its text as query."
            )
        return found

    def _by_hash(self, sha256: str) -> str:
        found = self._find(sha256)
        if found is None:
            raise PersistedQueryNotFound(NOT_FOUND, hint="Send the query along with its hash.")
        return found

    def _find(self, key: str) -> str | None:
        if key in self._registered:
            self._registered.move_to_end(key)
        return self.trusted.get(key) or self._registered.get(key)

    def _register(self, sha256: str, text: str) -> None:
        if sha256 in self._registered:
            self._registered.move_to_end(sha256)
            return
        self._registered[sha256] = text
        self._bytes += len(text)
        while len(self._registered) > self.most or self._bytes > self.most_bytes:
            _, forgotten = self._registered.popitem(last=False)
            self._bytes -= len(forgotten)
