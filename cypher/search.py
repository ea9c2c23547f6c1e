"""Plans search over the full-text index.

The viewer's text is never Lucene syntax: the query is built from its tokens, each a prefix in one of the indexed
fields, all within the viewer's organisation. The score is ours, field and kind of match, since Lucene's moves with
records of other organisations.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from cypher.aggregates import aggregates_of
from cypher.arguments import Given
from cypher.comparisons import stored_enum
from cypher.connections import PageSource, plan_page, record_nodes
from cypher.context import Context
from cypher.fragment import Fragment, Param, Variable, cypher, joined, late, name, of, param
from cypher.hidden import hidden_properties
from cypher.paging import OrderKey, fixed_order, id_key, read_page
from cypher.plan import Branch, Columns, Match, Rows, StatementPlan, Value
from cypher.selection import Selection
from cypher.shape import Form, Leaf, Shape
from graph.errors import BadInput
from graph.model import Kind, Model

INDEX = "search"
MAX_TEXT = 200
MAX_TOKENS = 8
_TOKEN = re.compile(r"\w+(?:[.']\w+)*")
_FOLDED = str.maketrans({"ß": "ss", "ø": "o", "æ": "ae", "œ": "oe", "đ": "d", "ł": "l", "þ": "th"})


def search_tokens(text: str) -> list[str]:
    """The words of a text as the index keeps them: lower case, without accents, at most eight."""
    folded = unicodedata.normalize("NFKD", text.lower().translate(_FOLDED))
    plain = "".join(char for char in folded if not unicodedata.combining(char))
    return _TOKEN.findall(plain)[:MAX_TOKENS]


def lucene_query(tokens: Sequence[str], organization_id: str, fields: Sequence[str]) -> str:
    """Every token is the beginning of a word in one of the fields, in records of the organisation."""
    if not tokens:
        return 'organizationId:"none"'
    words = ["+(" + " ".join(f"{field}:{token}*" for field in fields) + ")" for token in tokens]
    return f'+organizationId:"{organization_id}" ' + " ".join(words)


def search_fields(model: Model) -> tuple[str, ...]:
    """The properties of the full-text index, those of all labels."""
    return tuple(dict.fromkeys(name for names in model.searchable().values() for name in names))


def plan_search(context: Context, selection: Selection, columns: Columns) -> tuple[StatementPlan, Shape]:
    """A connection of what the text finds, best first."""
    text = selection.arguments["text"]
    hit, score = Variable("record"), Variable("score")
    branches = tuple(_found(context, selection, hit, names, types) for names, types in _looked_at(context).items())
    best = OrderKey(cypher(score), cypher(score), Kind.INT, descending=True, nullable=False, path="score")
    order = fixed_order("Search", best, id_key(hit, descending=True))
    limits = context.limits
    page = read_page(selection.arguments, order, default=limits.default_page, most=limits.max_page)
    page_source = PageSource(
        paged=Rows(
            branches,
            (hit,),
            lets=((score, _score(hit, text.param(_folded_case), _values(context, hit))),),
            having=order.bounds(page),
            order=order.sort(page),
            limit=param(page.limit + 1),
        ),
        counted=Rows(branches, (hit,)),
        order=order,
        page=page,
        nodes=record_nodes(context, "Record", hit),
        edge=lambda field, row: _edge(field, score, row),
        aggregate=aggregates_of(context, "Record", hit),
    )
    shape = plan_page(selection, "Query", page_source, columns)
    return StatementPlan(columns.projection()), shape


def _looked_at(context: Context) -> dict[tuple[str, ...], list[str]]:
    """The properties that a text is looked for in, with the labels of the records for which it is those."""
    fields = search_fields(context.model)
    found: dict[tuple[str, ...], list[str]] = {}
    for label in context.model.searchable():
        hidden = hidden_properties(context.model, context.access.kind, label)
        found.setdefault(tuple(field for field in fields if field not in hidden), []).append(label)
    # Where nothing is hidden the labels need not be told.
    return found if len(found) > 1 else {names: [] for names in found}


def _found(context: Context, selection: Selection, hit: Variable, fields: Sequence[str], labels: list[str]) -> Branch:
    """The records, of the labels if there are any, that the text finds by words in some properties."""
    text, types = selection.arguments["text"], selection.arguments.get("types")
    query = late(
        lambda inputs: lucene_query(_tokens(text.read(inputs)), inputs.viewer.organization_id, fields),
    )
    call = cypher("CALL db.index.fulltext.queryNodes(", param(INDEX), ", ", query, ") YIELD node AS ", hit)
    labelled = (_labelled(hit, labels),) if labels else ()
    match = Match(context.access.node("Record", hit), (), (*labelled, *_of_types(hit, types)))
    return Branch(match, limit=param(context.limits.max_search_hits), call=call)


def _labelled(hit: Variable, labels: Sequence[str]) -> Fragment:
    return cypher(hit, ":", joined("|", [name(label) for label in labels]))


def _values(context: Context, hit: Variable) -> list[Fragment]:
    """What a text can be as a whole: the properties of the index, none that is hidden in records of its type."""
    groups = _looked_at(context)
    found = []
    for field in search_fields(context.model):
        hidden = [label for names, labels in groups.items() if field not in names for label in labels]
        if hidden:
            found.append(cypher("CASE WHEN NOT ", _labelled(hit, hidden), " THEN ", of(hit, field), " END"))
        elif any(field in names for names in groups):
            found.append(of(hit, field))
    return found


def _edge(_: Selection, score: Variable, row: Columns) -> Shape:
    return Leaf(row.add(Value(cypher(score))), Form.PLAIN)


def _tokens(text: str) -> list[str]:
    if len(text) > MAX_TEXT:
        raise BadInput(f"`text` has more than {MAX_TEXT} characters.", hint="Search for fewer words.")
    return search_tokens(text)


def _folded_case(text: str) -> str:
    return text.strip().lower()


def _of_types(hit: Variable, types: Given | None) -> tuple[Fragment, ...]:
    if types is None:
        return ()
    names = types.param(lambda kinds: [stored_enum(kind) for kind in kinds])
    return (cypher("any(label IN labels(", hit, ") WHERE label IN ", names, ")"),)


def _score(hit: Variable, wanted: Param, values: Sequence[Fragment]) -> Fragment:
    """100 for the name itself, 90 for another field, 80 and 60 for its beginning and middle, 40 for words of it."""
    shown = cypher("toLower(", of(hit, "displayName"), ")")
    return cypher(
        *("CASE WHEN ", shown, " = ", wanted, " THEN 100"),
        *(" WHEN any(value IN [", joined(", ", values), "] WHERE toLower(value) = ", wanted, ") THEN 90"),
        *(" WHEN ", shown, " STARTS WITH ", wanted, " THEN 80"),
        *(" WHEN ", shown, " CONTAINS ", wanted, " THEN 60 ELSE 40 END"),
    )
