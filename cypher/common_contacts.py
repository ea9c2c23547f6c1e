"""Plans common contacts: the contacts that several accounts share."""

from __future__ import annotations

from collections.abc import Sequence

from cypher.arguments import Given
from cypher.connections import plan_page, sorted_page
from cypher.context import Context
from cypher.fragment import Fragment, Variable, cypher, of
from cypher.patterns import match_fragment, relation_match
from cypher.plan import Columns, Match, StatementPlan
from cypher.root_plan import RootPlan, expect_record_id
from cypher.selection import Selection
from cypher.shape import OnlyRow
from graph.errors import BadInput
from graph.model import Direction, Hop

LEAST_ACCOUNTS, MOST_ACCOUNTS = 2, 20

_CONTACTS = (Hop(("HAS_CONTACT",), Direction.OUT, "Contact"),)
_ACCOUNTS = (Hop(("HAS_CONTACT",), Direction.IN, "Account"),)


def plan_common_contacts(context: Context, selection: Selection) -> RootPlan:
    """A connection of the contacts that are contacts of each of the accounts: those of one that the others have too."""
    access, arguments = context.access, selection.arguments
    ids = arguments["accountIds"]
    account = access.node("Account")
    steps, contact, _ = relation_match(access, _CONTACTS, account.variable)
    one = cypher(of(account.variable, "id"), " = ", ids.param(lambda texts: _uuids(context, texts)[0]))
    match = Match(account, steps.steps, (one, _shared(context, contact, ids)))
    # A contact can be linked to an account more than once.
    source = sorted_page(context, "Contact", arguments, match, contact, distinct=True)
    columns = Columns()
    shape = plan_page(selection, "Query", source, columns)
    return RootPlan(StatementPlan(columns.projection()), OnlyRow(shape))


def _shared(context: Context, contact: Variable, ids: Given) -> Fragment:
    """The contact is one of all the other accounts."""
    match, other, _ = relation_match(context.access, _ACCOUNTS, contact, Variable("other"))
    others = cypher(of(other, "id"), " IN ", ids.param(lambda texts: _uuids(context, texts)[1:]))
    count = ids.param(lambda texts: len(_uuids(context, texts)) - 1)
    return cypher("COUNT { ", match_fragment(match, (others,)), " RETURN DISTINCT ", other, " } = ", count)


def _uuids(context: Context, texts: Sequence[str]) -> list[str]:
    found = sorted({expect_record_id(context, text, "Account") for text in texts})
    if not LEAST_ACCOUNTS <= len(found) <= MOST_ACCOUNTS:
        raise BadInput(
            f"`accountIds` names {len(found)} accounts; it takes {LEAST_ACCOUNTS} to {MOST_ACCOUNTS}.",
            hint="For one account ask for its `contacts`." if len(found) < MOST_ACCOUNTS else "Compare fewer accounts.",
        )
    return found
