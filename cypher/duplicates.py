"""Plans duplicate accounts: pairs of accounts that have a key in common, such as a name or an email address.

Keys are gathered from the accounts of the organisation, from their customers and their contacts, and put together by
equality, so that no account is compared with every other one. A key that many accounts share tells nothing of any two
of them and would make a pair of each two: it counts as none.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from cypher.access import Access
from cypher.aggregates import aggregates_of
from cypher.comparisons import stored_enum
from cypher.connections import PageSource, no_edge_fields, plan_page
from cypher.context import Context
from cypher.fragment import Fragment, Variable, cypher, joined, of, param
from cypher.hidden import HINT, hidden_properties
from cypher.paging import Order, OrderKey, fixed_order, id_key, read_page
from cypher.patterns import match_fragment, relation_match
from cypher.plan import Branch, Columns, Match, Rows, StatementPlan, Value
from cypher.record import plan_node
from cypher.root_plan import RootPlan
from cypher.selection import Selection
from cypher.shape import Form, Leaf, ObjectShape, OnlyRow, Shape, Typename
from graph.aggregates import DUPLICATE
from graph.errors import BadInput, Forbidden
from graph.model import Direction, Hop, Kind

MOST_SHARING = 50
"""A key that more accounts share is none."""
MOST_PAIRS = 10_000
FURTHER = 5
"""What each reason beyond the best one adds to the score."""


def _plain(value: Fragment) -> Fragment:
    return cypher("toLower(trim(", value, "))")


def _without(value: Fragment, signs: Sequence[str]) -> Fragment:
    text, sign = Variable("text"), Variable("sign")
    start = cypher("reduce(", text, " = ", value, ", ", sign, " IN ", param([*signs]))
    return cypher(start, " | replace(", text, ", ", sign, ", ''))")


def _address(value: Fragment) -> Fragment:
    return cypher("rtrim(", _without(_plain(value), ("https://", "http://", "www.")), ", '/')")


@dataclass(frozen=True, slots=True)
class Key:
    """What two accounts may have in common: where it is stored, how it is compared, and how much it says."""

    properties: Mapping[str, str]
    same: Callable[[Fragment], Fragment]
    score: int


SPACING = (" ", "-", ".", "/", "(", ")")

KEYS: Mapping[str, Key] = {
    "VAT_ID": Key({"Customer": "vatId"}, lambda value: _without(_plain(value), SPACING), 90),
    "EMAIL": Key({"Customer": "email", "Contact": "email"}, _plain, 80),
    "PHONE": Key({"Customer": "phone", "Contact": "phone"}, lambda value: _without(value, SPACING), 60),
    "WEBSITE": Key({"Customer": "website"}, _address, 50),
    "NAME": Key({"Account": "name"}, _plain, 50),
}

WAYS: Mapping[str, tuple[Hop, ...]] = {
    "Account": (),
    "Customer": (Hop(("BELONGS_TO",), Direction.IN, "Customer"),),
    "Contact": (Hop(("HAS_CONTACT",), Direction.OUT, "Contact"),),
}
"""Where the keys of an account are: on itself, on its customers, on its contacts."""


@dataclass(frozen=True, slots=True)
class _Pair:
    """Two accounts, the one with the lesser id first, what they have in common, and how much that says."""

    first: Variable
    second: Variable
    score: Variable
    reasons: Variable

    @property
    def variables(self) -> tuple[Variable, ...]:
        return self.first, self.second, self.score, self.reasons

    def order(self) -> Order:
        score = cypher(self.score)
        second = of(self.second, "id")
        return fixed_order(
            "Duplicate",
            OrderKey(score, score, Kind.INT, descending=True, nullable=False, path="score"),
            id_key(self.first),
            OrderKey(second, second, Kind.ID, descending=False, nullable=False, path="second"),
        )


def plan_duplicates(context: Context, selection: Selection) -> RootPlan:
    """A connection of pairs of accounts, best first.

    Raises:
        Forbidden: when a key that is asked for is hidden wherever it is stored.
    """
    arguments = selection.arguments
    pair = _Pair(*(Variable(name) for name in ("first", "second", "score", "reasons")))
    wanted = arguments.get("by")
    keys = tuple(KEYS) if wanted is None else wanted.decide(_wanted)
    holders = _holders(context)
    if wanted is not None:
        _refuse_hidden(holders, keys)
    order = pair.order()
    page = read_page(arguments, order, default=context.limits.default_page, most=context.limits.max_page)
    pairs, one = Variable("pairs"), Variable("pair")
    each = Branch(call=cypher("UNWIND ", pairs, " AS ", one))
    source = PageSource(
        paged=Rows(
            (each,),
            (),
            lets=tuple((variable, cypher(one, f"[{place}]")) for place, variable in enumerate(pair.variables)),
            having=order.bounds(page),
            order=order.sort(page),
            limit=param(page.limit + 1),
        ),
        counted=Rows((each,), (one,)),
        order=order,
        page=page,
        nodes=lambda selections, row: [_shape(context, inner, pair, row) for inner in selections],
        edge=no_edge_fields,
        aggregate=aggregates_of(context, DUPLICATE, one, {"score": cypher(one, "[2]")}),
    )
    columns = Columns()
    shape = plan_page(selection, "Query", source, columns)
    # All pairs are found before any is shown, since the best come first.
    found = Branch(call=cypher("WITH COLLECT {", _pairs(context.access, keys, holders, pair), "\n} AS ", pairs))
    return RootPlan(StatementPlan(columns.projection(), Rows((found,), (pairs,))), OnlyRow(shape))


def _wanted(values: list[object]) -> tuple[str, ...]:
    asked = {stored_enum(value) for value in values}
    if not asked:
        raise BadInput("`by` is empty.", hint="Name a key, or leave it out for all of them.")
    return tuple(key for key in KEYS if key in asked)


Holders: TypeAlias = Mapping[str, frozenset[str]]
"""Types that hold keys, each with those of its properties that the viewer may see."""


def _holders(context: Context) -> Holders:
    held = {holder: {key.properties[holder] for key in KEYS.values() if holder in key.properties} for holder in WAYS}
    kind = context.access.kind
    return {holder: frozenset(found - hidden_properties(context.model, kind, holder)) for holder, found in held.items()}


def _seen(holders: Holders, key: str, holder: str) -> bool:
    return KEYS[key].properties.get(holder) in holders[holder]


def _refuse_hidden(holders: Holders, keys: tuple[str, ...]) -> None:
    hidden = [key for key in keys if not any(_seen(holders, key, holder) for holder in holders)]
    if hidden:
        told = " and ".join(f"`{holder}.{stored}`" for holder, stored in KEYS[hidden[0]].properties.items())
        raise Forbidden(f"The key {hidden[0]} is hidden from you: it is made of {told}.", hint=HINT)


def _pairs(access: Access, keys: tuple[str, ...], holders: Holders, pair: _Pair) -> Fragment:
    """The pairs: accounts by key, each two of those that share one, and the reasons of each two."""
    account, entries, entry, accounts = (Variable(name) for name in ("account", "keys", "key", "accounts"))
    reason, value, points = (Variable(name) for name in ("reason", "value", "points"))
    first, second, score, reasons = pair.variables
    named = {holder: [key for key in keys if _seen(holders, key, holder)] for holder in WAYS}
    gathered = [_entries(access, names, holder, account, entries) for holder, names in named.items() if names]
    return cypher(
        *("\n  CALL () {", joined("\n    UNION ALL", gathered), "\n  }"),
        *("\n  UNWIND ", entries, " AS ", entry),
        *("\n  WITH ", account, ", ", entry, " WHERE ", entry, "[1] <> ''"),
        *("\n  WITH ", entry, "[0] AS ", reason, ", ", entry, "[1] AS ", value, ", ", entry, "[2] AS ", points),
        *(", collect(DISTINCT ", account, ") AS ", accounts),
        *("\n  WHERE 2 <= size(", accounts, ") <= ", param(MOST_SHARING)),
        *("\n  UNWIND ", accounts, " AS ", first, " UNWIND ", accounts, " AS ", second),
        *("\n  WITH ", joined(", ", (first, second, reason, points))),
        *(" WHERE ", of(first, "id"), " < ", of(second, "id")),
        *("\n  WITH ", first, ", ", second, ", collect(DISTINCT ", reason, ") AS ", reasons),
        *(", max(", points, ") AS ", points),
        *("\n  WITH ", first, ", ", second, ", ", reasons, ", ", _total(points, reasons), " AS ", score),
        *(" ORDER BY ", score, " DESC, ", of(first, "id"), ", ", of(second, "id"), " LIMIT ", param(MOST_PAIRS)),
        *("\n  RETURN [", first, ", ", second, ", ", score),
        *(", [", reason, " IN ", param([*keys]), " WHERE ", reason, " IN ", reasons, "]] AS pair"),
    )


def _total(points: Variable, reasons: Variable) -> Fragment:
    total = cypher(points, " + ", param(FURTHER), " * (size(", reasons, ") - 1)")
    return cypher("CASE WHEN ", total, " > 100 THEN 100 ELSE ", total, " END")


def _entries(access: Access, names: Sequence[str], holder: str, account: Variable, entries: Variable) -> Fragment:
    """The keys of one kind of holder: the account and, for each key, its name, its value and its score."""
    node, way = access.node("Account", account), WAYS[holder]
    match, end = (relation_match(access, way, account)[:2]) if way else (Match(account), account)
    there = [cypher(of(variable, "id"), " IS NOT NULL") for variable in dict.fromkeys((account, end))]
    stored = [cypher(of(end, KEYS[name].properties[holder]), " IS NOT NULL") for name in names]
    found = match_fragment(Match(node, match.steps), (*there, cypher("(", joined(" OR ", stored), ")")))
    listed = [
        cypher(
            *("[", param(name), ", ", KEYS[name].same(of(end, KEYS[name].properties[holder])), ", "),
            *(param(KEYS[name].score), "]"),
        )
        for name in names
    ]
    return cypher("\n    ", found, "\n    RETURN ", account, ", [", joined(", ", listed), "] AS ", entries)


def _shape(context: Context, selection: Selection, pair: _Pair, row: Columns) -> Shape:
    accounts = {"first": pair.first, "second": pair.second}
    shapes: list[tuple[str, Shape]] = []
    for field in selection.fields("Duplicate"):
        match field.name:
            case "__typename":
                shape: Shape = Typename("Duplicate")
            case "first" | "second":
                (shape,) = plan_node(context, "Account", [field], accounts[field.name], row)
            case "score":
                shape = Leaf(row.add(Value(cypher(pair.score))), Form.PLAIN)
            case _:
                shape = Leaf(row.add(Value(cypher(pair.reasons))), Form.LIST)
        shapes.append((field.key, shape))
    return ObjectShape(tuple(shapes))
