"""Finds out who asks: the one lookup without an access predicate, since it is what access starts from."""

from __future__ import annotations

from cypher.fragment import cypher, param
from cypher.printer import Statement, print_fragment


def viewer_by_username(username: str) -> Statement:
    """The user with a username, as `[id, displayName, organizationId, currency]`."""
    return print_fragment(
        cypher(
            *("MATCH (user:User) USING INDEX user:User(username) WHERE user.username = ", param(username)),
            "\nMATCH (organization:Organization {organizationId: user.organizationId})",
            "\nRETURN [user.id, user.displayName, user.organizationId, organization.currency] AS row LIMIT 2",
        )
    )


def any_viewer() -> Statement:
    """The administrator of the first organisation that was made, for a start without a setting."""
    return print_fragment(
        cypher(
            "MATCH (organization:Organization)",
            "\nWITH organization ORDER BY organization.createdAt, organization.id LIMIT 1",
            "\nMATCH (user:User {organizationId: organization.organizationId})",
            "\nRETURN [user.id, user.displayName, user.organizationId, organization.currency] AS row",
            "\nORDER BY user.createdAt, user.id LIMIT 1",
        )
    )
