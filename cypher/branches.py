"""The branches by which a root connection walks an order index: each a seek with a limit.

Order indexes are `(organizationId, key, id)`. The page after a cursor is what shares the cursor's key and lies beyond
its further keys, then what lies beyond its key, then what has no key: three seeks, where one predicate with OR would
read everything that may follow. With the id as the only further key none of them sorts; with others each sorts no more
than the rows that share a key.
"""

from __future__ import annotations

from dataclasses import dataclass

from cypher.access import Access
from cypher.fragment import Fragment, Param, Variable, cypher, of
from cypher.paging import CursorKeys, Order, OrderKey, Page, beyond, further, same
from cypher.plan import Branch, Match, SortKey


@dataclass(frozen=True, slots=True)
class Way:
    """A seek: whether it walks the index of the first key (else that of the ids), and its predicates."""

    keyed: bool
    predicates: tuple[Fragment, ...]


def walks_index(order: Order, page: Page) -> bool:
    """Whether an order index serves: all keys are stored, the first one is indexed, and no bound is at the far end."""
    far_end = page.after if page.backward else page.before
    return bool(order.keys[0].indexed) and not order.lets and far_end is None


def index_branches(
    access: Access,
    type_name: str,
    row: Variable,
    order: Order,
    page: Page,
    where: tuple[Fragment, ...],
    limit: Param,
) -> tuple[Branch, ...]:
    """The seeks of one page, in order."""
    first, others = order.keys[0], order.keys[1:]
    cursor = page.before if page.backward else page.after
    # An index seek needs a predicate on every property of the index.
    there = _there(of(row, "id"))
    branches = []
    for way in _by_key(first, others, cursor, backward=page.backward) if others else _by_id(first, cursor, page):
        node = access.node(type_name, row)
        # Within a seek of the key it is never nothing, so that it sorts as the index does.
        own = (SortKey(first.expression, first.descending is not page.backward),) if way.keyed else ()
        sort = (*own, *(key for other in others for key in other.sort(backward=page.backward)))
        properties = dict.fromkeys(("organizationId", first.indexed if way.keyed else "id", "id"))
        # Without a filter of the user's nothing tells the planner which index is best: name it.
        named = not where and len(node.labels) == 1 and access.walks_order(type_name)
        index = tuple(properties) if named else ()
        organization = SortKey(of(row, "organizationId"), sort[0].descending)
        match = Match(node, (), (*way.predicates, there, *where), index)
        branches.append(Branch(match, (organization, *sort), limit))
    return tuple(branches)


def _there(expression: Fragment) -> Fragment:
    return cypher(expression, " IS NOT NULL")


def _by_id(key: OrderKey, cursor: CursorKeys | None, page: Page) -> list[Way]:
    return [Way(keyed=True, predicates=(beyond((key,), cursor, backward=page.backward),) if cursor else ())]


def _by_key(first: OrderKey, others: tuple[OrderKey, ...], cursor: CursorKeys | None, *, backward: bool) -> list[Way]:
    nothing = cypher(first.expression, " IS NULL")
    if cursor is None:
        keyed = [Way(keyed=True, predicates=(_there(first.expression),))]
        unkeyed = [Way(keyed=False, predicates=(nothing,))]
    else:
        value, rest = cursor[0], beyond(others, cursor[1:], backward=backward)
        if value is None:
            keyed = [Way(keyed=True, predicates=(_there(first.expression),))] if backward else []
            unkeyed = [Way(keyed=False, predicates=(nothing, rest))]
        else:
            past = further(first, value, backward=backward)
            keyed = [Way(keyed=True, predicates=tie) for tie in ((same(first, value), rest), (past,))]
            unkeyed = [] if backward else [Way(keyed=False, predicates=(nothing,))]
    if not first.nullable:
        return keyed
    return [*unkeyed, *keyed] if backward else [*keyed, *unkeyed]
