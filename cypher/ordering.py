"""`orderBy` inputs as sort keys: stored values, values of a related record, how many related records there are."""

from __future__ import annotations

from dataclasses import dataclass, replace

from cypher.access import Access
from cypher.arguments import Given
from cypher.comparisons import decimal_parts
from cypher.filters import Edge, filterable_fields
from cypher.fragment import Fragment, Variable, cypher, of
from cypher.hidden import refuse_hidden
from cypher.paging import Order, OrderKey, cursor_column, fixed_order, id_key
from cypher.patterns import match_fragment, relation_match
from graph.errors import BadInput
from graph.filters import SortDirection
from graph.model import Hop, Kind, Mapped, Property, Relation

MAX_SORT_KEYS = 10
MAX_SORT_HOPS = 4


@dataclass(frozen=True, slots=True)
class Sorted:
    """What one entry of `orderBy` names: a property or, when None, a count, at the end of hops from the record."""

    path: str
    given: Given
    hops: tuple[Hop, ...]
    leaf: Property | Relation

    @property
    def descending(self) -> bool:
        """Greatest first."""
        return bool(self.given.known() is SortDirection.DESC)


def read_order(
    access: Access, type_name: str, order_by: Given | None, row: Variable, edge: Edge | None = None
) -> Order:
    """The order that `orderBy` asks for; by id unless it is given.

    Raises:
        BadInput: when a key is named twice, or there are too many.
        Forbidden: when a key is a hidden field.
    """
    keys: list[OrderKey] = []
    for entry in order_by.entries() if order_by else ():
        for name, given in entry.items():
            key = _edge_key(edge, given) if name == "edge" else _key(access, type_name, name, given, row)
            if any(key.path == other.path for other in keys):
                raise BadInput(f"orderBy names {key.path} more than once.", hint="Name each sort key once.")
            keys.append(key)
    if len(keys) > MAX_SORT_KEYS:
        raise BadInput(f"orderBy has more than {MAX_SORT_KEYS} keys.", hint="Name fewer sort keys.")
    ids = [place for place, key in enumerate(keys) if key.path == "id"]
    keys = keys[: ids[0] + 1] if ids else [*keys, id_key(row, descending=bool(keys) and keys[-1].descending)]
    if edge is not None:
        keys.append(_edge_tie(edge, descending=keys[-1].descending))
    return fixed_order(type_name, *keys)


def _edge_tie(edge: Edge, *, descending: bool) -> OrderKey:
    """Two relationships can lead to one record: only the relationship itself tells their edges apart."""
    expression = cypher("elementId(", edge.relationship, ")")
    return OrderKey(expression, expression, Kind.STRING, descending, nullable=False, path="relationship")


def _edge_key(edge: Edge | None, given: Given) -> OrderKey:
    ((name, direction),) = given.items()
    if edge is None or name not in edge.fields:
        there = f"The edges here have {', '.join(edge.fields)}." if edge else "Leave `edge` out."
        raise BadInput(f"The edges here have no `{name}` to order by.", hint=there)
    key = _property_key(Sorted(name, direction, (), edge.fields[name]), edge.fields[name], edge.relationship)
    return replace(key, path=f"edge.{key.path}", indexed="")


def _key(access: Access, type_name: str, name: str, given: Given, row: Variable) -> OrderKey:
    sorted_by = _resolve(access, type_name, name, given)
    if not sorted_by.hops and isinstance(sorted_by.leaf, Property):
        if sorted_by.leaf.kind is Kind.ID:
            return id_key(row, descending=sorted_by.descending)
        return _property_key(sorted_by, sorted_by.leaf, row)
    return _related_key(access, sorted_by, row)


def _resolve(access: Access, type_name: str, name: str, given: Given) -> Sorted:
    """Follow the nested input to the direction at its end."""
    hops: list[Hop] = []
    path = [name]
    while True:
        if name == "edge":
            raise BadInput(f"There is no edge at `{'.'.join(path)}` to order by.", hint="Leave `edge` out.")
        mapped: Mapped = filterable_fields(access, type_name)[name]
        refuse_hidden(access, type_name, name, mapped)
        if isinstance(mapped, Property):
            return Sorted(".".join(path), given, tuple(hops), mapped)
        if not isinstance(mapped, Relation):
            raise TypeError("only properties and relations have an order")
        ((name, given),) = given.items()
        path.append(name)
        if mapped.shape != "one":
            return Sorted(".".join(path), given, tuple(hops), mapped)
        hops += mapped.hops
        type_name = mapped.target
        if len(hops) > MAX_SORT_HOPS:
            raise BadInput(f"orderBy goes further than {MAX_SORT_HOPS} steps.", hint="Order by something nearer.")


def _property_key(sorted_by: Sorted, mapped: Property, holder: Variable) -> OrderKey:
    value, kind = _value_of(mapped, holder)
    if kind is Kind.DECIMAL:
        return _computed(sorted_by, value, kind, nullable=not mapped.required)
    return OrderKey(
        value,
        cursor_column(value, kind),
        kind,
        sorted_by.descending,
        nullable=not mapped.required,
        path=sorted_by.path,
        indexed=mapped.name if mapped.sortable else "",
    )


def _related_key(access: Access, sorted_by: Sorted, row: Variable) -> OrderKey:
    """A count, or a value at the end of hops: computed for each row before the limit."""
    end, match = row, None
    if sorted_by.hops:
        match, end, _ = relation_match(access, sorted_by.hops, row)
    leaf = sorted_by.leaf
    value, kind = _value_of(leaf, end) if isinstance(leaf, Property) else (_count(access, leaf, end), Kind.INT)
    if match is not None:
        value = cypher("head(COLLECT { ", match_fragment(match, ()), " RETURN ", value, " AS value LIMIT 1 })")
    return _computed(sorted_by, value, kind, nullable=match is not None)


def _value_of(mapped: Property, holder: Variable) -> tuple[Fragment, Kind]:
    stored = of(holder, mapped.name)
    # Decimal numbers are stored as text, which sorts 10 before 9.
    return decimal_parts(stored) if mapped.kind is Kind.DECIMAL else stored, mapped.kind


def _count(access: Access, relation: Relation, holder: Variable) -> Fragment:
    match, end, _ = relation_match(access, relation.hops, holder)
    returned = (" RETURN DISTINCT ", end) if relation.distinct else ()
    return cypher("COUNT { ", match_fragment(match, ()), *returned, " }")


def _computed(sorted_by: Sorted, value: Fragment, kind: Kind, *, nullable: bool) -> OrderKey:
    variable = Variable("key")
    named = cypher(variable)
    return OrderKey(
        named,
        cursor_column(named, kind),
        kind,
        sorted_by.descending,
        nullable=nullable,
        path=sorted_by.path,
        let=(variable, value),
    )
