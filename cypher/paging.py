"""Keyset paging: the page that arguments ask for, its order, and what comes after a cursor.

Nothing (null) comes last in both directions; the id breaks ties and goes the way of the last key.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

from cypher.arguments import Arguments, Given
from cypher.cursors import decode_cursor, order_mark, unusable
from cypher.fragment import Fragment, Param, Variable, cypher, joined, of
from cypher.plan import SortKey
from graph.errors import BadInput
from graph.model import Kind


@dataclass(frozen=True, slots=True)
class OrderKey:
    """One sort key: the expression to order by, and the column that a cursor keeps of it.

    `path` is its name in the mark of the order; `indexed` the property whose order index gives it; `let` computes
    it, before the rows are sorted, in a variable that the expression names.
    """

    expression: Fragment
    cursor: Fragment
    kind: Kind
    descending: bool
    nullable: bool
    path: str = ""
    indexed: str = ""
    let: tuple[Variable, Fragment] | None = None

    def sort(self, *, backward: bool) -> tuple[SortKey, ...]:
        """The key in an ORDER BY."""
        main = SortKey(self.expression, self.descending is not backward)
        # Cypher puts null last when ascending and first when descending: say so where that is not the place we want.
        if self.nullable and self.descending:
            return SortKey(cypher(self.expression, " IS NULL"), backward), main
        return (main,)


USUAL_SHARE = 20
"""A page whose size is not asked for is reckoned at this part of the most it may have: few lists fill it."""

CursorKeys: TypeAlias = tuple[Param | None, ...]
"""The sort keys in a cursor as parameters; None where the row has no value."""


@dataclass(frozen=True, slots=True)
class Page:
    """What a connection was asked for: how many rows, from which end, between which cursors.

    `reckoned` is how many rows the page counts in the cost of the request.
    """

    limit: int
    backward: bool
    after: CursorKeys | None
    before: CursorKeys | None
    reckoned: int


@dataclass(frozen=True, slots=True)
class Order:
    """The sort keys of a connection, the id last, and the mark that binds cursors to them."""

    keys: tuple[OrderKey, ...]
    mark: str

    def sort(self, page: Page) -> tuple[SortKey, ...]:
        """The ORDER BY, turned round for a page from the end."""
        return tuple(sort for key in self.keys for sort in key.sort(backward=page.backward))

    @property
    def lets(self) -> tuple[tuple[Variable, Fragment], ...]:
        """The computed keys."""
        return tuple(key.let for key in self.keys if key.let is not None)

    def bounds(self, page: Page) -> tuple[Fragment, ...]:
        """Predicates for rows after and before the page's cursors."""
        keys = tuple(map(_unsought, self.keys))
        found = []
        if page.after is not None:
            found.append(beyond(keys, page.after, backward=False))
        if page.before is not None:
            found.append(beyond(keys, page.before, backward=True))
        return tuple(found)


def cursor_column(expression: Fragment, kind: Kind) -> Fragment:
    """The expression that a cursor keeps of a sort key: moments as milliseconds, dates as text."""
    if kind is Kind.DATETIME:
        return cypher(expression, ".epochMillis")
    if kind is Kind.DATE:
        return cypher("toString(", expression, ")")
    return expression


def id_key(variable: Variable, *, descending: bool = False) -> OrderKey:
    """The tie-breaker."""
    expression = of(variable, "id")
    return OrderKey(expression, expression, Kind.ID, descending, nullable=False, path="id", indexed="id")


def fixed_order(type_name: str, *keys: OrderKey) -> Order:
    """An order of these keys, the id among them."""
    return Order(keys, _mark(type_name, keys))


def read_page(arguments: Arguments, order: Order, *, default: int, most: int) -> Page:
    """Check `first`, `after`, `last` and `before`.

    Raises:
        BadInput: when they are out of range, contradict one another, or a cursor is not of this order.
    """
    first, last = arguments.get("first"), arguments.get("last")
    if first is not None and last is not None:
        raise BadInput("`first` and `last` exclude each other.", hint="Pass one of them.")
    asked, word = (last, "last") if last is not None else (first, "first")
    limit = default if asked is None else asked.known()
    if not 0 <= limit <= most:
        raise BadInput(f"`{word}` is {limit}; it goes from 0 to {most}.", hint="Ask for more in further pages.")
    return Page(
        limit=limit,
        backward=last is not None,
        after=_cursor(arguments.get("after"), order),
        before=_cursor(arguments.get("before"), order),
        reckoned=min(limit, most // USUAL_SHARE) if asked is None else limit,
    )


def _cursor(given: Given | None, order: Order) -> CursorKeys | None:
    if given is None:
        return None
    kinds = [key.kind for key in order.keys]

    def decoded(text: str) -> tuple[Any, ...]:
        values = decode_cursor(text, order.mark, kinds)
        # Only a forged cursor lacks what every row has.
        if any(value is None and not key.nullable for value, key in zip(values, order.keys, strict=True)):
            raise unusable()
        return values

    missing = given.decide(lambda text: tuple(value is None for value in decoded(text)))
    return tuple(None if nothing else given.param(_at(decoded, place)) for place, nothing in enumerate(missing))


def _at(decoded: Callable[[str], tuple[Any, ...]], place: int) -> Callable[[str], Any]:
    return lambda text: decoded(text)[place]


def _unsought(key: OrderKey) -> OrderKey:
    """An id that no index is asked for: a seek by it would read the whole organisation for each record around."""
    if key.kind is not Kind.ID or key.nullable:
        return key
    return replace(key, expression=cypher("coalesce(", key.expression, ", '')"))


def _mark(type_name: str, keys: Sequence[OrderKey]) -> str:
    return order_mark(type_name, *(f"{key.path}{'-' if key.descending else '+'}" for key in keys))


def beyond(keys: Sequence[OrderKey], values: CursorKeys, *, backward: bool) -> Fragment:
    """Rows after (before, when backward) the row with these sort keys, key by key."""
    alternatives: list[Fragment] = []
    equal: list[Fragment] = []
    for key, value in zip(keys, values, strict=True):
        further_on = past(key, value, backward=backward)
        if further_on is not None:
            alternatives.append(joined(" AND ", [*equal, further_on]))
        equal.append(same(key, value))
    if len(alternatives) == 1:
        return alternatives[0]
    return cypher("(", joined(" OR ", [cypher("(", part, ")") for part in alternatives]), ")")


def same(key: OrderKey, value: Param | None) -> Fragment:
    """The key equals the cursor's value."""
    if value is None:
        return cypher(key.expression, " IS NULL")
    return cypher(key.expression, " = ", value)


def past(key: OrderKey, value: Param | None, *, backward: bool) -> Fragment | None:
    """The key lies beyond the cursor's value in the order; None when nothing can."""
    if value is None:
        return cypher(key.expression, " IS NOT NULL") if backward else None
    compared = further(key, value, backward=backward)
    if key.nullable and not backward:
        return cypher("(", compared, " OR ", key.expression, " IS NULL)")
    return compared


def further(key: OrderKey, value: Param, *, backward: bool) -> Fragment:
    """The key has a value, and it lies beyond the cursor's."""
    descending = key.descending is not backward
    return cypher(key.expression, " < " if descending else " > ", value)
