"""The branches by which a root connection walks an order index: each a seek with a limit and no sort.

Order indexes are `(organizationId, key, id)`. The page after a cursor is what shares the cursor's key and lies beyond
its id, then what lies beyond its key, then what has no key: three seeks, where one predicate with OR would read a
whole tie of equal keys.
"""

from __future__ import annotations

from typing import TypeAlias

from cypher.access import Access
from cypher.fragment import Fragment, Param, Variable, cypher, of
from cypher.paging import CursorKeys, Order, OrderKey, Page, further, past, same
from cypher.plan import Branch, Match, SortKey


def walks_index(order: Order, page: Page) -> bool:
    """Whether an order index serves: by id, or by one indexed key, bounded at most at the end that it starts from."""
    other_end = page.after if page.backward else page.before
    return len(order.keys) <= 2 and all(key.indexed for key in order.keys) and other_end is None  # noqa: PLR2004


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
    ways = _by_id(order.keys[0], page) if len(order.keys) == 1 else _by_key(order.keys[0], order.keys[1], page)
    branches = []
    for keyed, predicates in ways:
        node = access.node(type_name, row)
        keys = order.keys if keyed else order.keys[-1:]
        sort = tuple(SortKey(key.expression, order.keys[0].descending is not page.backward) for key in keys)
        # Without a filter of the user's nothing tells the planner which index is best: name it.
        index = ("organizationId", *(key.stored for key in keys)) if not where and len(node.labels) == 1 else ()
        organization = SortKey(of(row, "organizationId"), sort[0].descending)
        branches.append(Branch(Match(node, (), (*predicates, *where), index), (organization, *sort), limit))
    return tuple(branches)


def _there(expression: Fragment) -> Fragment:
    # An index seek needs a predicate on every property of the index.
    return cypher(expression, " IS NOT NULL")


Way: TypeAlias = tuple[bool, tuple[Fragment, ...]]
"""A seek: whether it walks the index of the key (else that of the ids), and its predicates."""


def _by_id(key: OrderKey, page: Page) -> list[Way]:
    cursor = page.before if page.backward else page.after
    predicate = past(key, cursor[-1], backward=page.backward) if cursor else None
    return [(True, (predicate or _there(key.expression),))]


def _by_key(key: OrderKey, tie: OrderKey, page: Page) -> list[Way]:
    cursor = page.before if page.backward else page.after
    keyed: list[Way]
    nothing: list[Way]
    if cursor is None:
        keyed = [(True, (_there(key.expression), _there(tie.expression)))]
        nothing = [(False, (_there(tie.expression), cypher(key.expression, " IS NULL")))]
    else:
        keyed, nothing = _after(key, tie, cursor, backward=page.backward)
    if not key.nullable:
        return keyed
    return [*nothing, *keyed] if page.backward else [*keyed, *nothing]


def _after(key: OrderKey, tie: OrderKey, cursor: CursorKeys, *, backward: bool) -> tuple[list[Way], list[Way]]:
    keyed: list[Way]
    value, last_id = cursor
    beyond_id = past(tie, last_id, backward=backward) or _there(tie.expression)
    if value is None:
        keyed = [(True, (_there(key.expression), _there(tie.expression)))] if backward else []
        return keyed, [(False, (beyond_id, cypher(key.expression, " IS NULL")))]
    beyond_key = further(key, value, backward=backward)
    keyed = [(True, (same(key, value), beyond_id)), (True, (beyond_key, _there(tie.expression)))]
    return keyed, [] if backward else [(False, (_there(tie.expression), cypher(key.expression, " IS NULL")))]
