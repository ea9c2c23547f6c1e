"""Statements that look for what is not as the rules say: stored values that differ from the facts, broken promises.

Each looks at a page of records by their ids and gives a row for each difference:
`[type of the record, its UUID, what it is, what is stored, what is expected]`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import LiteralString

from cypher.ddl import schema_statements
from cypher.fragment import Fragment, cypher, name, param
from cypher.lifetime_values import RULES, value_of
from cypher.printer import Statement, print_fragment
from cypher.tree_accounts import ABOVE
from graph.model import Model


@dataclass(frozen=True, slots=True)
class Check:
    """What is looked at of records of a label: `find` is what follows a match of each as `n`, up to the difference."""

    what: LiteralString
    find: Fragment
    stored: LiteralString
    expected: LiteralString
    chosen: bool = False
    """Whether it is that one of several is chosen."""

    def statement(self, label: str, ids: Sequence[str], organization_id: str) -> Statement:
        """What differs of the records with these UUIDs."""
        organization = param(organization_id)
        return print_fragment(
            cypher(
                *("UNWIND ", param(list(ids)), " AS id"),
                *("\nMATCH (n:", name(label), " {organizationId: ", organization, ", id: id})"),
                *("\n", self.find),
                "\nRETURN [coalesce(n.deletedType, [label IN labels(n) WHERE label <> 'Record'][0]), n.id, '",
                *(self.what, "', toString(", self.stored, "), toString(", self.expected, ")] AS row"),
            )
        )


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


def missing_constraints(model: Model, existing: Sequence[str]) -> list[str]:
    """The names of the constraints and indexes that are not there or not online."""
    return sorted(set(schema_statements(model)) - set(existing))


def _one(what: LiteralString, pattern: LiteralString, *, least: int = 1) -> Check:
    """That a record has exactly one of something, or at most one."""
    wrong = "found <> 1" if least else "found > 1"
    return Check(
        what,
        cypher("WITH n, COUNT { ", pattern, " } AS found WHERE ", wrong),
        "found",
        "1" if least else "'at most 1'",
    )


def _primary(what: LiteralString, relationship: LiteralString, part: LiteralString) -> Check:
    """That exactly one of several parts is the primary one."""
    return Check(
        what,
        cypher(
            *("WITH n, COUNT { (n)-[:", relationship, "]->(:", part, ") } AS parts,"),
            *(" COUNT { (n)-[:", relationship, "]->(:", part, " {isPrimary: true}) } AS found"),
            " WHERE parts > 0 AND found <> 1",
        ),
        "found",
        "1",
        chosen=True,
    )


def _same(what: LiteralString, stored: LiteralString, relationship: LiteralString, end: LiteralString) -> Check:
    """That a property equals the id of the record at the end of a relationship."""
    return Check(
        what,
        cypher(
            *("OPTIONAL MATCH (n)-[:", relationship, "]->(x:", end, ")"),
            *("\nWITH n, min(x.id) AS end WHERE coalesce(", stored, ", '') <> coalesce(end, '')"),
        ),
        f"coalesce({stored}, 'none')",
        "coalesce(end, 'none')",
    )


def _lifetime(rule: str) -> Check:
    """That customers whose channels have a rule are stored with its value."""
    find = cypher(
        *("MATCH (n)-[:IN_CHANNEL]->(ch:Channel) WHERE coalesce(ch.lifetimeRule, 'NONE') = ", param(rule)),
        *("\nWITH DISTINCT n AS c", value_of(rule)),
        "\nWITH c AS n, value WHERE coalesce(c.lifetimeValue, 0) <> value",
    )
    return Check("lifetime value", find, "coalesce(n.lifetimeValue, 0)", "value")


_HISTORY = Check(
    "last entry of the lifetime history",
    cypher(
        "CALL (n) {",
        "\n  MATCH (n)<-[:BELONGS_TO]-(:Customer)-[:IN_CHANNEL]->(ch:Channel) RETURN ch.id AS channel",
        "\n  UNION MATCH (n)<-[:VALUE_OF]-(v:LifetimeValue) RETURN v.channelId AS channel",
        "\n}",
        "\nCALL (n, channel) {",
        "\n  OPTIONAL MATCH (n)<-[:BELONGS_TO]-(m:Customer) WHERE m.channelId = channel",
        "\n  RETURN coalesce(sum(m.lifetimeValue), 0) AS value",
        "\n}",
        "\nCALL (n, channel) {",
        "\n  OPTIONAL MATCH (n)<-[:VALUE_OF]-(v:LifetimeValue) WHERE v.channelId = channel",
        "\n  RETURN v AS last ORDER BY v.at DESC, v.id DESC LIMIT 1",
        "\n}",
        "\nWITH n, value, coalesce(last.value, 0) AS entered WHERE entered <> value",
    ),
    "entered",
    "value",
)
_TREE = Check(
    "place in the tree",
    cypher("WITH n WHERE EXISTS { (n)-[:CHILD_OF]->+(n) }"),
    "'below itself'",
    "'not below itself'",
)
_TREE_ACCOUNT = Check(
    "account of its tree",
    cypher(
        "MATCH (o:Organization {organizationId: n.organizationId, id: n.organizationId}) WHERE o.treeAccounts = 'ROOT'",
        *("\nMATCH (n)", ABOVE),
        "\nMATCH (n)-[:BELONGS_TO]->(a:Account), (root)-[:BELONGS_TO]->(x:Account)",
        "\nWITH n, a.id AS stored, x.id AS expected WHERE stored <> expected",
    ),
    "stored",
    "expected",
)
_DEFAULT_CONTACT = Check(
    "default contact",
    cypher(
        "WITH n, [(n)-[:HAS_DEFAULT_CONTACT]->(x:Contact) | x.id] AS chosen,",
        " [(n)-[h:HAS_CONTACT]->(x:Contact) WHERE h.isDefault | x.id] AS marked",
        " WHERE size(chosen) > 1 OR size(marked) > 1 OR chosen <> marked",
    ),
    "reduce(text = '', id IN chosen | text + id + ' ') + '/' + reduce(text = '', id IN marked | text + ' ' + id)",
    "'at most one, chosen and marked alike'",
    chosen=True,
)
_VERSION = Check(
    "version",
    cypher("WITH n WHERE n.version IS NULL OR n.version < 1 OR n.version <> toInteger(n.version)"),
    "coalesce(n.version, 'none')",
    "'1 or more'",
)
_LABELS = Check(
    "labels of a deleted record",
    cypher("WITH n WHERE size(labels(n)) > 1"),
    "reduce(text = '', label IN labels(n) | text + label + ' ')",
    "'Deleted'",
)
_EMAIL_KEY = Check(
    "key of the email address",
    cypher(
        # Guests may have none: their addresses need not be unique.
        "WITH n, toLower(n.email) AS key",
        " WHERE n.emailKey <> key OR (n.emailKey IS NULL AND key IS NOT NULL AND NOT coalesce(n.isGuest, false))",
    ),
    "coalesce(n.emailKey, 'none')",
    "coalesce(key, 'none')",
)

CHECKS: Mapping[str, tuple[Check, ...]] = {
    "Customer": (
        *(_lifetime(rule) for rule in (*RULES, "NONE")),
        _one("account", "(n)-[:BELONGS_TO]->(:Account)"),
        _one("channel", "(n)-[:IN_CHANNEL]->(:Channel)", least=0),
        _same("copy of the channel", "n.channelId", "IN_CHANNEL", "Channel"),
        _one("parent", "(n)-[:CHILD_OF]->(:Customer)", least=0),
        _TREE,
        _TREE_ACCOUNT,
        _primary("primary address", "HAS_ADDRESS", "Address"),
    ),
    "Account": (_HISTORY, _DEFAULT_CONTACT),
    "Contact": (
        _primary("primary email address", "HAS_EMAIL", "ContactEmail"),
        _primary("primary phone number", "HAS_PHONE", "ContactPhone"),
        _primary("primary address", "HAS_ADDRESS", "Address"),
    ),
    "CustomerUser": (_one("customer", "(n)-[:USER_OF]->(:Customer)"), _EMAIL_KEY),
    "Record": (_VERSION, _same("copy of the owner", "n.ownerId", "OWNED_BY", "User|BusinessUnit")),
    "Deleted": (_LABELS,),
}
"""What is looked at, by the label of the records."""
Finder = Callable[[Sequence[str], str], Statement]
"""Makes a statement of ids and the UUID of the organisation."""


def finders(label: str, *, chosen: bool = False) -> list[Finder]:
    """What makes the statements of a label's checks; those that one of several is `chosen`, where only they count."""

    def finder(check: Check) -> Finder:
        return lambda ids, organization_id: check.statement(label, ids, organization_id)

    return [finder(check) for check in CHECKS[label] if not chosen or check.chosen]
