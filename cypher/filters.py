"""`where` inputs as predicates. Every related node that a filter looks at carries its access predicate too."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import LiteralString

from cypher.access import Access
from cypher.arguments import Given, Inputs, Reader
from cypher.comparisons import NEGATION, Comparison, compared, comparisons, negated, operators_of
from cypher.fragment import Fragment, Param, Variable, cypher, joined, late, of
from cypher.hidden import refuse_hidden
from cypher.lineage import LINEAGE, depth_block, lineage_predicate
from cypher.patterns import match_fragment, relation_match
from cypher.plan import Match
from graph.errors import BadInput, CostLimitExceeded
from graph.inputs import common_fields
from graph.model import Embedded, Kind, Mapped, Property, Relation, Tree

MAX_FILTER_DEPTH = 12
MAX_MEMBERS = 100
MAX_RELATED = 20
"""Looks at related records in one filter: the database takes longer than twice as long to plan twice as many."""
MOST_COUNTED = 2**31
"""No filter of an Int needs to count further."""

COUNT: LiteralString = "COUNT "
BLOCKS = ("EXISTS ", "NOT EXISTS ", COUNT)

_COUNT = Property("count", Kind.INT, required=True)


@dataclass(frozen=True, slots=True)
class Edge:
    """The relationship that led to a row, and the fields of the connection's edges that it holds."""

    relationship: Variable
    fields: Mapping[str, Property]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a `where` stands: the record in `row`, the relationship that led to it, how deep it nests."""

    access: Access
    type_name: str
    row: Variable
    edge: Edge | None = None
    depth: int = 0

    def inner(self) -> Place:
        """The same record one level deeper."""
        return replace(self, depth=self.depth + 1)


def filterable_fields(access: Access, type_name: str) -> dict[str, Mapped]:
    """The fields that a type's `where` and `orderBy` know: its own and those of its embedded objects."""
    fields = common_fields(access.model, type_name)
    for mapped in tuple(fields.values()):
        if isinstance(mapped, Embedded):
            fields |= access.model.embedded[mapped.type_name]
    return fields


def where_predicates(
    access: Access, type_name: str, where: Given | None, row: Variable, *, edge: Edge | None = None, driven: str = ""
) -> tuple[Fragment, ...]:
    """The predicates that a `where` input means for the node in `row`; all must hold.

    Args:
        access: what the viewer may see.
        type_name: the type of the record.
        where: the input, None when it is absent.
        row: where the record is.
        edge: the relationship that led to it, in a connection whose edges have fields.
        driven: the member that the match starts from already.

    Raises:
        BadInput: when it nests deeper than is allowed, or a value can't be compared.
        Forbidden: when it looks at a hidden field.
        CostLimitExceeded: when it looks at related records too often.
    """
    found = _predicates(Place(access, type_name, row, edge), where, driven)
    if (count := sum(map(_blocks, found))) > MAX_RELATED:
        raise CostLimitExceeded(
            f"`where` looks at related records {count} times; {MAX_RELATED} are allowed.",
            hint="Put conditions on the same related records together, or split the question.",
        )
    return found


def _blocks(fragment: Fragment) -> int:
    return sum(word.startswith(BLOCKS) for word in _words(fragment))


def _predicates(place: Place, where: Given | None, driven: str = "") -> tuple[Fragment, ...]:
    if where is None:
        return ()
    if place.depth > MAX_FILTER_DEPTH:
        raise BadInput(f"`where` nests deeper than {MAX_FILTER_DEPTH}.", hint="Filter in fewer steps.")
    fields = filterable_fields(place.access, place.type_name)
    found: list[Fragment] = []
    for name, condition in where.items():
        if condition.is_null() or name == driven:
            continue
        if name in ("AND", "OR", "NOT"):
            found.append(_combined(place, name, condition))
        elif name in LINEAGE:
            found.append(lineage_predicate(place.access, name, condition, place.row))
        elif name == "edge":
            found += _edge_predicates(place, condition)
        else:
            refuse_hidden(place.access, place.type_name, name, fields[name])
            found += _field_predicates(place, fields[name], condition)
    return tuple(found)


def all_of(predicates: tuple[Fragment, ...]) -> Fragment:
    """One predicate that holds when all of them do; true when there are none."""
    return cypher("(", joined(" AND ", predicates), ")") if predicates else cypher("true")


def _combined(place: Place, word: str, condition: Given) -> Fragment:
    if word == "NOT":
        return negated(all_of(_predicates(place.inner(), condition)))
    alternatives = condition.entries()
    if len(alternatives) > MAX_MEMBERS:
        raise BadInput(f"`{word}` has more than {MAX_MEMBERS} members.", hint="Use `in`, or split the question.")
    members = [all_of(_predicates(place.inner(), member)) for member in alternatives]
    if word == "AND":
        return all_of(tuple(members))
    return cypher("(", joined(" OR ", members), ")") if members else cypher("false")


def _field_predicates(place: Place, mapped: Mapped, condition: Given) -> list[Fragment]:
    if isinstance(mapped, Relation):
        return _relation_predicates(place, mapped, condition)
    if isinstance(mapped, Tree):
        return _counted(lambda most: depth_block(place.access, place.row, most), condition)
    if not isinstance(mapped, Property):
        raise TypeError("only properties, relations and the depth in the tree have filters")
    return _property_predicates(place.access, mapped, condition, place.row)


def _property_predicates(access: Access, mapped: Property, condition: Given, holder: Variable) -> list[Fragment]:
    ignored = condition.get("ignoreCase") if mapped.kind is Kind.STRING else None
    money = mapped.kind is Kind.MONEY
    comparison = Comparison(
        mapped,
        of(holder, mapped.name),
        currency=_currency(access, mapped, condition) if money else None,
        coined=of(holder, mapped.currency) if money and mapped.currency else None,
        ignore_case=ignored is not None and bool(ignored.known()),
    )
    return comparisons(comparison, condition)


def _currency(access: Access, mapped: Property, condition: Given) -> Reader:
    """The currency of the amounts in a filter."""
    given, base = condition.get("currency"), access.currency
    if given is None:
        return lambda _: base

    def read(inputs: Inputs) -> str:
        asked: str = given.read(inputs)
        if mapped.currency is None and asked != base:
            raise BadInput(f"`{mapped.name}` is in {base}, not in {asked}.", hint="Leave `currency` out.")
        return asked

    return read


def _edge_predicates(place: Place, condition: Given) -> list[Fragment]:
    edge = place.edge
    if edge is None:
        raise BadInput("`edge` filters the edges of a connection; here are none.", hint="Leave `edge` out.")
    found: list[Fragment] = []
    for name, inner in condition.items():
        if inner.is_null():
            continue
        if name not in edge.fields:
            raise BadInput(f"The edges here have no `{name}`.", hint=f"They have {', '.join(edge.fields)}.")
        found += _property_predicates(place.access, edge.fields[name], inner, edge.relationship)
    return found


def _relation_predicates(place: Place, relation: Relation, condition: Given) -> list[Fragment]:
    if relation.shape == "one":
        return [cypher("EXISTS ", _block(place, relation, condition))]
    found = []
    for quantifier, inner in condition.items():
        if inner.is_null():
            continue
        match quantifier:
            case "some":
                found.append(cypher("EXISTS ", _block(place, relation, inner)))
            case "none":
                found.append(cypher("NOT EXISTS ", _block(place, relation, inner)))
            case "all":
                found.append(cypher("NOT EXISTS ", _block(place, relation, inner, negate=True)))
            case "single":
                found.append(cypher(COUNT, _block(place, relation, inner, most=cypher("2")), " = 1"))
            case "count":
                found += _related_count(place, relation, inner, condition.get("matching"))
            case _ if condition.get("count") is None:
                raise BadInput("`matching` says which records `count` counts.", hint="Give `count` too, or use `some`.")
    return found


def _related_count(place: Place, relation: Relation, condition: Given, matching: Given | None) -> list[Fragment]:
    return _counted(lambda most: _block(place, relation, matching, most=cypher(most)), condition)


def _counted(block: Callable[[Param], Fragment], condition: Given) -> list[Fragment]:
    """Predicates on how many rows a block has; it counts no further than the numbers it is compared with."""
    operators = operators_of(condition)
    if not operators:
        return []
    count = cypher(COUNT, block(late(lambda inputs: _enough(operators, inputs))))
    if len(operators) == 1:
        return comparisons(Comparison(_COUNT, count), condition)
    # Counted once, compared several times.
    number = Variable("count")
    each = [compared(Comparison(_COUNT, cypher(number)), operator, value) for operator, value in operators.items()]
    return [cypher("all(", number, " IN [", count, "] WHERE ", joined(" AND ", each), ")")]


def _enough(operators: Mapping[str, Given], inputs: Inputs) -> int:
    """One more than the greatest number in the operators: beyond it all counts compare alike."""
    most = 0
    for given in operators.values():
        value = given.read(inputs)
        numbers = value if isinstance(value, list) else [value]
        most = max(most, *(number for number in numbers if isinstance(number, int)), 0)
    return min(most, MOST_COUNTED) + 1


def _block(
    place: Place, relation: Relation, condition: Given | None, *, negate: bool = False, most: Fragment | None = None
) -> Fragment:
    """The related records that match (do not match, when negated), as a block; no more than `most`."""
    match, end, relationship = relation_match(place.access, relation.hops, place.row)
    edge = Edge(relationship, relation.edge) if relation.edge else None
    predicates = _predicates(Place(place.access, relation.target, end, edge, place.depth + 1), condition)
    if negate:
        predicates = (negated(all_of(predicates)),)
    found, barred = _matched(match, predicates, end)
    if most is None:
        return cypher("{ ", found, " RETURN 1 AS one }" if barred else " }")
    returned = cypher("DISTINCT ", end) if relation.distinct else cypher("1 AS one")
    return cypher("{ ", found, " RETURN ", returned, " LIMIT ", most, " }")


def _matched(match: Match, predicates: tuple[Fragment, ...], end: Variable) -> tuple[Fragment, bool]:
    """A match in a block with its predicates, the heavy ones behind a WITH, and whether there are such.

    Neo4j's planner takes a block in an expression (a count that is compared, a negation that minds null) for many
    ways to plan what is inside: four levels of them take it half a minute. What a WITH computes it plans once.
    """
    heavy = tuple(predicate for predicate in predicates if _is_heavy(predicate))
    if not heavy:
        return match_fragment(match, predicates), False
    light = tuple(predicate for predicate in predicates if not _is_heavy(predicate))
    holds = Variable("holds")
    barrier = cypher(" WITH ", end, ", ", all_of(heavy), " AS ", holds, " WHERE ", holds)
    return cypher(match_fragment(match, light), barrier), True


def _is_heavy(predicate: Fragment) -> bool:
    words = set(_words(predicate))
    return COUNT in words or (NEGATION in words and any(word.startswith(BLOCKS) for word in words))


def _words(fragment: Fragment) -> Iterator[str]:
    for part in fragment.parts:
        if isinstance(part, Fragment):
            yield from _words(part)
        elif isinstance(part, str):
            yield part
