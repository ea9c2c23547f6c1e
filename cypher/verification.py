"""Statements that look for what is not as the rules say, a page of records at a time, by the checks of `checks.py`."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from cypher.checks import Check, checks
from cypher.ddl import schema_statements
from cypher.fragment import cypher, name, param
from cypher.printer import Statement, print_fragment
from graph.model import Model


def organizations() -> Statement:
    """All organisations: a row `[UUID, key]` each."""
    return print_fragment(
        cypher("MATCH (o:Organization) WHERE o.key IS NOT NULL RETURN [o.id, o.key] AS row ORDER BY row[1]")
    )


def count_records(label: str, organization_id: str) -> Statement:
    """How many records of a label there are: one row."""
    return print_fragment(
        cypher(
            "MATCH (n:", name(label), ") WHERE n.organizationId = ", param(organization_id), " RETURN count(n) AS row"
        )
    )


def page_of_ids(label: str, organization_id: str, after: str, size: int) -> Statement:
    """The UUIDs of the next records of a label, in order, a row each."""
    return print_fragment(
        cypher(
            *("MATCH (n:", name(label), ") WHERE n.organizationId = ", param(organization_id), " AND n.id > "),
            # The order of the index, all of it, so that nothing is sorted.
            *(param(after), " WITH n ORDER BY n.organizationId, n.id LIMIT ", param(size), " RETURN n.id AS row"),
        )
    )


def kinds_of_changes(ids: Sequence[str], organization_id: str) -> Statement:
    """The types of the records that changes are about, a row each."""
    return print_fragment(
        cypher(
            *("UNWIND ", param(list(ids)), " AS id"),
            *("\nMATCH (n:Change {organizationId: ", param(organization_id), ", id: id})"),
            "\nRETURN DISTINCT n.recordType AS row ORDER BY row",
        )
    )


def changes_of_nothing(type_label: str, type_name: str, ids: Sequence[str], organization_id: str) -> Statement:
    """Changes of records of a type which are neither there nor among the deleted ones."""
    organization = param(organization_id)
    found = cypher("{organizationId: ", organization, ", id: n.recordId}) }")
    missing = cypher(
        *("WITH n WHERE n.recordType = ", param(type_name)),
        *(" AND NOT EXISTS { (:", name(type_label), " ", found, " AND NOT EXISTS { (:Deleted ", found),
    )
    return Check("record of a change", missing, "'none'", "n.recordId").statement("Change", ids, organization_id)


def versions_behind(type_label: str, type_name: str, ids: Sequence[str], organization_id: str) -> Statement:
    """Records of a type with fewer versions than changes: what a change is about has a new version with each.

    Imports and parts raise versions too, without changes of the record itself.
    """
    organization = param(organization_id)
    written = cypher(
        *("COUNT { MATCH (c:Change {organizationId: ", organization, ", recordId: n.id}) "),
        "WHERE c.id IS NOT NULL AND c.action <> 'DELETE' }",
    )
    behind = cypher(
        *("WITH DISTINCT n.recordType AS type, n.recordId AS id WHERE type = ", param(type_name)),
        *("\nMATCH (n:", name(type_label), " {organizationId: ", organization, ", id: id})"),
        *("\nWITH n, ", written, " AS written WHERE n.version < written"),
    )
    return Check("version", behind, "n.version", "'at least ' + written").statement("Change", ids, organization_id)


def missing_constraints(model: Model, existing: Sequence[str]) -> list[str]:
    """The names of the constraints and indexes that are not there or not online."""
    return sorted(set(schema_statements(model)) - set(existing))


Finder = Callable[[Sequence[str], str], Statement]
"""Makes a statement of ids and the UUID of the organisation."""


def finders(label: str, *, chosen: bool = False) -> list[Finder]:
    """What makes the statements of a label's checks; those that one of several is `chosen`, where only they count."""

    def finder(check: Check) -> Finder:
        return lambda ids, organization_id: check.statement(label, ids, organization_id)

    return [finder(check) for check in checks()[label] if not chosen or check.chosen]
