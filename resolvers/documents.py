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

from cypher.access import AccessKind
from cypher.compiler import Compiled
from cypher.plan_tree import PlanTree
from cypher.selection import Operation, OperationDefinition, RootField, read_definition, root_fields
from graph.errors import C360Error
from resolvers.limits import DocumentLimits, check_document

MOST_ERRORS = 100
MOST_VARIANTS = 200
"""Variants of an operation that are kept: by kind of access and by what its switches say."""


@dataclass(frozen=True, slots=True)
class KnownRoot:
    """A root field of an operation, and the plans that were made for it."""

    key: str
    name: str
    nodes: tuple[FieldNode, ...]
    nullable: bool
    plans: PlanTree[Compiled] = field(default_factory=PlanTree)


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
    operations: dict[str | None, KnownOperation | None] = field(default_factory=dict)

    def operation(self, schema: GraphQLSchema, name: str | None) -> KnownOperation | None:
        """The operation of a name, the only one without; None when there is no such."""
        if self.tree is None:
            return None
        if name not in self.operations:
            definition = read_definition(schema, self.tree, name)
            if definition is None:
                return None
            self.operations[name] = KnownOperation(definition)
        return self.operations[name]


def document_hash(text: str) -> str:
    """The SHA-256 of a document's text, as trusted documents and persisted queries name it."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


@dataclass(slots=True)
class Documents:
    """Remembers the documents that were used last."""

    schema: GraphQLSchema
    limits: DocumentLimits
    most: int = 500
    _known: OrderedDict[str, Document] = field(default_factory=OrderedDict)

    def get(self, text: str) -> Document:
        """What is known of a text, read now if it is new."""
        key = document_hash(text)
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = read_document(self.schema, text, self.limits)
            if len(self._known) > self.most:
                self._known.popitem(last=False)
        else:
            self._known.move_to_end(key)
        return found


def read_document(schema: GraphQLSchema, text: str, limits: DocumentLimits) -> Document:
    """Parse, measure and validate a text; what it may cost is checked before what it says."""
    try:
        tree = parse(text, max_tokens=limits.tokens, allow_empty_selection_sets=False)
        check_document(tree, limits)
    except GraphQLError as error:
        return Document(None, (error,))
    except C360Error as error:
        return Document(None, (GraphQLError(error.message, original_error=error),))
    errors = validate(schema, tree, max_errors=MOST_ERRORS, hide_suggestions=True)
    return Document(None, tuple(errors)) if errors else Document(tree, ())
