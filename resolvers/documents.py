"""Documents: what is known of a text that was sent before, so that nothing of it is done twice.

One cache, keyed by the hash of the text, holds the syntax tree, the limits' and the validation's verdict, and for each
operation the plans of its root fields.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Any

from graphql import DocumentNode, FieldNode, GraphQLError, GraphQLNonNull, GraphQLSchema, parse, validate
from graphql.validation.rules import overlapping_fields_can_be_merged

from cypher.compiler import Compiled
from cypher.plan_tree import PlanTree
from cypher.selection import Operation, OperationDefinition, RootField, read_definition, root_fields
from graph.errors import C360Error, CostLimitExceeded
from graph.viewer import AccessKind
from resolvers.limits import DocumentLimits, check_document

# graphql-core's own budget for comparing fields that overlap takes most of a second; real documents spend next to none.
# This one takes about 0.2 s.
overlapping_fields_can_be_merged.MAX_COMPLEXITY_BUDGET = 25_000

MOST_ERRORS = 100
MOST_VARIANTS = 1_000
"""Ways to skip and include fields that are kept of an operation; beyond, all are made anew."""
BYTES_OF_TOKEN = 560
"""What a syntax tree takes for each token, measured; it is many times its text."""
ABORTED = "Validation aborted."
"""What graphql-core says of a document whose selections cost too much to compare."""


@dataclass(frozen=True, slots=True)
class KnownRoot:
    """A root field of an operation, and the plans that were made for it."""

    key: str
    name: str
    nodes: tuple[FieldNode, ...]
    nullable: bool
    plans: PlanTree[Compiled] = field(default_factory=PlanTree)
    payloads: dict[Any, PlanTree[Compiled]] = field(default_factory=dict)
    """The plans of a mutation's payload, by kind of access, path of the field and type of record."""


@dataclass(frozen=True, slots=True)
class KnownOperation:
    """An operation of a document; its root fields by the kind of access and by what `@skip` and `@include` say."""

    definition: OperationDefinition
    _roots: dict[Any, tuple[KnownRoot, ...]] = field(default_factory=dict)

    def roots(self, kind: AccessKind, operation: Operation) -> tuple[KnownRoot, ...]:
        """The root fields that are selected, in the order of the response."""
        coerced = operation.variables.coerced
        key = (kind, *(coerced.get(name) for name in self.definition.switches))
        found = self._roots.get(key)
        if found is None:
            if len(self._roots) >= MOST_VARIANTS:
                self._roots.clear()
            found = tuple(_known(operation, field) for field in root_fields(operation))
            self._roots[key] = found
        return found


def _known(operation: Operation, field: RootField) -> KnownRoot:
    root_type = operation.schema.get_root_type(operation.definition.kind)
    declared = root_type.fields.get(field.name) if root_type else None
    return KnownRoot(
        field.key, field.name, field.nodes, declared is None or not isinstance(declared.type, GraphQLNonNull)
    )


@dataclass(frozen=True, slots=True)
class Document:
    """A text with its syntax tree, or with the errors that refuse it."""

    tree: DocumentNode | None
    errors: tuple[GraphQLError, ...]
    size: int = 0
    """Bytes that it takes to remember, about."""
    operations: dict[str | None, KnownOperation | None] = field(default_factory=dict)

    def operation(self, schema: GraphQLSchema, name: str | None) -> KnownOperation | None:
        """The operation of a name, the only one without; None when there is no such."""
        if self.tree is None:
            return None
        if name not in self.operations:
            definition = read_definition(schema, self.tree, name)
            if definition is None:
                return None
            # A lone operation that is asked for by its name and without it has one set of plans.
            own = definition.node.name.value if definition.node.name else None
            self.operations[name] = self.operations.setdefault(own, KnownOperation(definition))
        return self.operations[name]


def document_hash(text: str) -> str:
    """The SHA-256 of a document's text, as trusted documents and persisted queries name it."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


@dataclass(slots=True)
class Documents:
    """Remembers the documents that were used last, and those that are trusted for good."""

    schema: GraphQLSchema
    limits: DocumentLimits
    most: int = 500
    most_bytes: int = 100_000_000
    most_plans: int = 5_000
    _known: OrderedDict[str, Document] = field(default_factory=OrderedDict)
    _trusted: dict[str, Document] = field(default_factory=dict)
    _bytes: int = 0
    _plans: int = 0

    def get(self, text: str) -> Document:
        """What is known of a text, read now if it is new."""
        key = document_hash(text)
        found = self._trusted.get(key) or self._known.get(key)
        if found is None:
            found = read_document(self.schema, text, self.limits)
            self._remember(key, found)
        elif key in self._known:
            self._known.move_to_end(key)
        return found

    def trust(self, text: str) -> Document:
        """Read a text and never forget it."""
        found = self._trusted[document_hash(text)] = read_document(self.schema, text, self.limits)
        return found

    def planned(self) -> None:
        """A plan was made; beyond the most, all are made anew: somebody sends ever new shapes."""
        self._plans += 1
        if self._plans > self.most_plans:
            for document in (*self._known.values(), *self._trusted.values()):
                document.operations.clear()
            self._plans = 0

    def _remember(self, key: str, document: Document) -> None:
        self._known[key] = document
        self._bytes += document.size
        while self._known and (len(self._known) > self.most or self._bytes > self.most_bytes):
            _, forgotten = self._known.popitem(last=False)
            self._bytes -= forgotten.size


def read_document(schema: GraphQLSchema, text: str, limits: DocumentLimits) -> Document:
    """Parse, measure and validate a text; what it may cost is checked before what it says."""
    try:
        tree = parse(text, max_tokens=limits.tokens, allow_empty_selection_sets=False)
        check_document(tree, limits)
    except GraphQLError as error:
        return _document(text, None, [error])
    except C360Error as error:
        return _document(text, None, [GraphQLError(error.message, original_error=error.with_traceback(None))])
    errors = validate(schema, tree, max_errors=MOST_ERRORS, hide_suggestions=True)
    return _document(text, tree, [_too_much_to_check() if error.message == ABORTED else error for error in errors])


def _document(text: str, tree: DocumentNode | None, errors: list[GraphQLError]) -> Document:
    size = len(text) + BYTES_OF_TOKEN * _tokens(tree)
    # An error with its traceback would keep everything alive that was seen on the way.
    return Document(None if errors else tree, tuple(error.with_traceback(None) for error in errors), size)


def _too_much_to_check() -> GraphQLError:
    message = "The document takes too long to check."
    hint = "Select each field once, and ask in several smaller operations."
    return GraphQLError(message, original_error=CostLimitExceeded(message, hint=hint))


def _tokens(tree: DocumentNode | None) -> int:
    token, count = tree.loc.start_token if tree and tree.loc else None, 0
    while token is not None:
        token, count = token.next, count + 1
    return count
