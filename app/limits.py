"""The limits of questions and documents, as they are set."""

from __future__ import annotations

from app.settings import Settings
from cypher.context import Limits
from resolvers.limits import DocumentLimits


def read_limits(settings: Settings) -> Limits:
    """The compiler's limits."""
    return Limits(
        default_page=settings.default_page,
        max_page=settings.max_page,
        max_descendants=settings.max_descendants,
        max_records=settings.max_records,
        max_statement=settings.max_statement,
        max_merged=settings.max_merged,
    )


def document_limits(settings: Settings) -> DocumentLimits:
    """The limits of documents."""
    return DocumentLimits(
        settings.max_tokens,
        settings.max_depth,
        settings.max_aliases,
        settings.max_directives,
        settings.max_root_fields,
        settings.max_fields,
        settings.max_values,
    )
