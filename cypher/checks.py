"""What `c360 verify` looks at: what stored values are by the facts, and what the rules promise.

A check gives a row for each difference: `[type of the record, its UUID, what it is, what is stored, what is expected]`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, LiteralString

from cypher.fragment import Fragment, cypher, joined, name, param
from cypher.lifetime_values import RULES, value_of
from cypher.printer import Statement, print_fragment
from cypher.tree_accounts import ABOVE
from cypher.writes import labels_at, step
from graph.matching import match_key
from graph.model import Direction, Hop, Model, RecordType, Relation
from graph.registry import load_model


@dataclass(frozen=True, slots=True)
class Check:
    """What is looked at of records of a label: `find` is what follows a match of each as `n`, up to the difference.

    Where `follows` works out what is expected, as Cypher can't, `expected` is the list of what it takes.
    """

    what: LiteralString
    find: Fragment
    stored: LiteralString
    expected: LiteralString
    chosen: bool = False
    """Whether it is that one of several is chosen."""
    follows: Callable[..., str | None] | None = None

    def statement(self, label: str, ids: Sequence[str], organization_id: str) -> Statement:
        """What differs of the records with these UUIDs."""
        organization = param(organization_id)
        return print_fragment(
            cypher(
                *("UNWIND ", param(list(ids)), " AS id"),
                *("\nMATCH (n:", name(label), " {organizationId: ", organization, ", id: id})"),
                *("\n", self.find),
                "\nRETURN [coalesce(n.deletedType, [label IN labels(n) WHERE label <> 'Record'][0]), n.id, '",
                *(self.what, "', toString(", self.stored, "), ", self._expected, "] AS row"),
            )
        )

    @property
    def _expected(self) -> Fragment:
        return cypher(self.expected) if self.follows else cypher("toString(", self.expected, ")")


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


def _circle(what: LiteralString, relationship: LiteralString) -> Check:
    """That a record is not above itself."""
    circle = cypher("WITH n WHERE EXISTS { (n)-[:", relationship, "]->+(n) }")
    return Check(what, circle, "'below itself'", "'not below itself'")


def _copy_of_primary(
    what: LiteralString, stored: LiteralString, relationship: LiteralString, part: LiteralString, key: LiteralString
) -> Check:
    """That a property is that of the primary part, and absent where there are no parts."""
    return Check(
        what,
        cypher(
            *("OPTIONAL MATCH (n)-[:", relationship, "]->(part:", part, ")"),
            "\nWITH n, count(part) AS parts, count(CASE WHEN part.isPrimary THEN 1 END) AS primaries,",
            *(" min(CASE WHEN part.isPrimary THEN part.", key, " END) AS expected"),
            *(" WHERE (parts = 0 OR primaries = 1) AND coalesce(", stored, ", '') <> coalesce(expected, '')"),
        ),
        f"coalesce({stored}, 'none')",
        "coalesce(expected, 'none')",
        chosen=True,
    )


def _nowhere(relationships: LiteralString) -> Check:
    """That fields which always lead to a record don't lead to a deleted one."""
    return Check(
        "link to a deleted record",
        cypher("MATCH (n)-[link:", relationships, "]->(gone:Deleted)"),
        "type(link) + ' ' + coalesce(gone.deletedType, '') + ' ' + gone.id",
        "'none'",
    )


def _single(record: RecordType, model: Model) -> Iterator[Check]:
    """That fields which lead to one record don't lead to several."""
    counts = [
        cypher("[", param(name), ", COUNT { (n)", step(mapped.hops[0]), "(:", labels_at(mapped, model), ") }]")
        for name, mapped in record.fields.items()
        if isinstance(mapped, Relation) and mapped.shape == "one" and len(mapped.hops) == 1
        if (record.name, name) not in COUNTED
    ]
    if counts:
        found = cypher("UNWIND [", joined(", ", counts), "] AS found\nWITH n, found WHERE found[1] > 1")
        yield Check("field that leads to one record", found, "found[0] + ': ' + found[1]", "'at most 1'")


def _part(record: RecordType, model: Model) -> Iterator[Check]:
    """That a part is of exactly one whole."""
    turned = {Direction.OUT: Direction.IN, Direction.IN: Direction.OUT}
    counts = [
        cypher(
            "COUNT { (n)",
            step(Hop(whole.hop.types, turned[whole.hop.direction], "")),
            "(:",
            name(whole.type_name),
            ") }",
        )
        for whole in model.wholes(record.name)
    ]
    if counts:
        yield Check("whole", cypher("WITH n, ", joined(" + ", counts), " AS found WHERE found <> 1"), "found", "1")


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
    "[n.email]",
    follows=str.casefold,
)
_MATCH_KEY = Check(
    "match key",
    cypher(
        "WITH n, [part IN [n.firstName, n.lastName, n.email] | toLower(trim(coalesce(part, '')))] AS parts",
        "\nWITH n, CASE WHEN '' IN parts THEN '' ELSE parts[0] + '\\u001f' + parts[1] + '\\u001f' + parts[2] END",
        " AS key WHERE coalesce(n.matchKey, '') <> key",
    ),
    "coalesce(n.matchKey, 'none')",
    "[n.firstName, n.lastName, n.email]",
    follows=match_key,
)
_SHOWN = cypher(
    "WITH n, reduce(text = '', part IN [part IN [n.firstName, n.lastName] WHERE part <> ''] |",
    " text + CASE text WHEN '' THEN '' ELSE ' ' END + part) AS person",
)
_CUSTOMER_NAME = Check(
    "name for people",
    cypher(
        *(_SHOWN, "\nWITH n, head([text IN [n.name, person, n.email, trim('Customer ' + coalesce(n.originId, ''))]"),
        " WHERE text <> '']) AS expected WHERE coalesce(n.displayName, '') <> expected",
    ),
    "coalesce(n.displayName, 'none')",
    "expected",
)
_CONTACT_NAME = Check(
    "name for people",
    cypher(
        *(_SHOWN, "\nWITH n, head([text IN [person, n.email, n.phone] WHERE text <> '']) AS expected"),
        " WHERE coalesce(n.displayName, '') <> expected",
    ),
    "coalesce(n.displayName, 'none')",
    "expected",
)
_ADDRESS_TYPES = Check(
    "address of a type",
    cypher(
        "UNWIND ['BILLING', 'SHIPPING'] AS type",
        "\nWITH n, type, COUNT { (n)-[:HAS_ADDRESS]->(:Address {type: type}) } AS found WHERE found > 1",
    ),
    "type + ': ' + found",
    "'at most 1'",
    chosen=True,
)
_ROLE = Check(
    "role",
    cypher("WITH n WHERE coalesce(n.enabled, true) AND NOT EXISTS { (n)-[:HAS_ROLE]->(:CustomerUserRole) }"),
    "'none'",
    "'at least 1'",
)
_PRIMARY_ADDRESS = _primary("primary address", "HAS_ADDRESS", "Address")
COUNTED = {("Customer", "account"), ("CustomerUser", "customer"), ("Account", "defaultContact")}
"""Fields that lead to one record, and that a check of their own counts."""


@cache
def checks() -> Mapping[str, tuple[Check, ...]]:
    """What is looked at, by the label of the records."""
    model = load_model()
    own = {
        "BusinessUnit": (_circle("place among the units", "PART_OF"),),
        "Customer": (
            *(_lifetime(rule) for rule in (*RULES, "NONE")),
            _one("account", "(n)-[:BELONGS_TO]->(:Account)"),
            _nowhere("IN_CHANNEL|BELONGS_TO"),
            _same("copy of the channel", "n.channelId", "IN_CHANNEL", "Channel"),
            _circle("place in the tree", "CHILD_OF"),
            _TREE_ACCOUNT,
            *(_PRIMARY_ADDRESS, _ADDRESS_TYPES, _MATCH_KEY, _CUSTOMER_NAME),
        ),
        "Account": (_HISTORY, _DEFAULT_CONTACT),
        "Contact": (
            _primary("primary email address", "HAS_EMAIL", "ContactEmail"),
            _copy_of_primary("copy of the primary email address", "n.email", "HAS_EMAIL", "ContactEmail", "email"),
            _primary("primary phone number", "HAS_PHONE", "ContactPhone"),
            _copy_of_primary("copy of the primary phone number", "n.phone", "HAS_PHONE", "ContactPhone", "phone"),
            _circle("place among those who report", "REPORTS_TO"),
            *(_PRIMARY_ADDRESS, _ADDRESS_TYPES, _CONTACT_NAME),
        ),
        "CustomerUser": (
            _one("customer", "(n)-[:USER_OF]->(:Customer)"),
            *(_nowhere("USER_OF"), _EMAIL_KEY, _ROLE, _PRIMARY_ADDRESS),
        ),
    }
    return {
        **{
            record.label: (*own.get(record.label, ()), *_single(record, model), *_part(record, model))
            for record in model.records.values()
        },
        "Record": (_VERSION, _same("copy of the owner", "n.ownerId", "OWNED_BY", "User|BusinessUnit")),
        "Deleted": (_LABELS,),
    }


def settled(row: Sequence[Any]) -> list[Any] | None:
    """A difference as it is told: what Cypher can't work out is worked out; None when there is none then."""
    type_name, uuid, what, stored, expected = row
    if isinstance(expected, list):
        found = FOLLOWS[what](*expected) or "none"
        return None if stored == found else [type_name, uuid, what, *(_shown(text) for text in (stored, found))]
    return list(row)


def _shown(text: str) -> str:
    return text.replace("\x1f", " ")


FOLLOWS = {check.what: check.follows for check in (_EMAIL_KEY, _MATCH_KEY) if check.follows}
"""What works out what is expected, by what it is."""
