"""Values that the database computes, by the name that the model calls them.

Sums of minor units are sums of integers; a list of one value comes back, so that the planner can roll it up.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeAlias

from cypher.context import Context
from cypher.fragment import Fragment, Variable, cypher, of, param
from cypher.patterns import relation_match
from cypher.plan import Aggregate, Branch, Column, Match, Rows, Sum
from graph.model import Direction, Hop

ComputedColumn: TypeAlias = Callable[[Context, Variable], Column]

_CUSTOMERS_OF_ACCOUNT = (Hop(("BELONGS_TO",), Direction.IN, "Customer"),)
_CUSTOMERS_OF_CHANNEL = (Hop(("IN_CHANNEL",), Direction.IN, "Customer"),)
_OPPORTUNITIES_OF_ACCOUNT = (Hop(("OPPORTUNITY_OF",), Direction.IN, "Opportunity"),)


def total(match: Match, row: Variable, expression: Fragment) -> Aggregate:
    """The sum of an expression over the rows of a match."""
    rows = Rows((Branch(match),), (row,))
    return Aggregate(rows, expression)


def _sum_of_customers(context: Context, variable: Variable, hops: tuple[Hop, ...]) -> Aggregate:
    match, customer, _ = relation_match(context.access, hops, variable)
    return total(match, customer, of(customer, "lifetimeValue"))


def _direct(context: Context, account: Variable) -> Aggregate:
    match, opportunity, _ = relation_match(context.access, _OPPORTUNITIES_OF_ACCOUNT, account)
    won = cypher(of(opportunity, "status"), " = ", param("WON"))
    return total(Match(match.start, match.steps, (won,)), opportunity, of(opportunity, "baseRevenue"))


def _of_account(context: Context, account: Variable) -> Column:
    """Customers and direct part in one: the sum of both lists of one value."""
    customers = _sum_of_customers(context, account, _CUSTOMERS_OF_ACCOUNT)
    return Sum((customers, _direct(context, account)))


COMPUTED: Mapping[str, ComputedColumn] = {
    "account.lifetimeValue": _of_account,
    "account.directLifetimeValue": _direct,
    "channel.lifetimeValue": lambda context, variable: _sum_of_customers(context, variable, _CUSTOMERS_OF_CHANNEL),
}
