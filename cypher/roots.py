"""Plans root fields: each becomes one statement and a function that shapes its rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from cypher.aggregates import aggregates_of
from cypher.arguments import Given
from cypher.birthdays import plan_birthdays
from cypher.branches import index_branches, walks_index
from cypher.changes import plan_changes
from cypher.common_contacts import plan_common_contacts
from cypher.connections import PageSource, no_edge_fields, plan_page, record_nodes, sorted_rows
from cypher.context import Context
from cypher.decisions import plan_viewer
from cypher.duplicates import plan_duplicates
from cypher.filters import where_predicates
from cypher.fragment import Fragment, Param, Variable, cypher, late, of, param
from cypher.jobs import plan_job
from cypher.lineage import drive_from
from cypher.neighbors import plan_neighbors
from cypher.ordering import read_order
from cypher.paging import read_page
from cypher.paths import plan_paths
from cypher.patterns import named_predicates
from cypher.plan import Branch, Collect, Columns, Match, Rows, StatementPlan, Value
from cypher.record import plan_node
from cypher.root_plan import RootPlan, expect_record_id, parse_record_id, record_type, record_uuid
from cypher.search import plan_search
from cypher.selection import Selection
from cypher.shape import FirstRow, InOrder, NoRecords, OnlyRow
from graph.errors import BadInput
from graph.ids import parse_global_id
from graph.model import (
    Root,
    RootBirthdays,
    RootById,
    RootByOrigin,
    RootChanges,
    RootCommonContacts,
    RootConnection,
    RootDuplicates,
    RootJob,
    RootNeighbors,
    RootNodes,
    RootOrganization,
    RootPaths,
    RootSearch,
    RootViewer,
    RootWritten,
)

PLANNERS: Mapping[type, Callable[[Context, Selection], RootPlan]] = {
    RootNeighbors: plan_neighbors,
    RootPaths: plan_paths,
    RootCommonContacts: plan_common_contacts,
    RootDuplicates: plan_duplicates,
    RootBirthdays: plan_birthdays,
    RootChanges: plan_changes,
    RootJob: plan_job,
}
"""The planners of root fields that have a module of their own."""


def plan_root(context: Context, root: Root, selection: Selection) -> RootPlan:
    """Plan one root field.

    Raises:
        BadInput: when an argument is not usable.
    """
    match root:
        case RootById("Node"):
            given = selection.arguments["id"]
            return _one(context, record_type(context, given), selection, {"id": record_uuid(given)})
        case RootById(type_name):
            uuid = _uuid_of(context, selection.arguments["id"], type_name)
            return _one(context, type_name, selection, {"id": uuid})
        case RootWritten(type_name):
            return _one(context, type_name, selection, {"id": late(lambda inputs: inputs.written)})
        case RootByOrigin():
            channel = _uuid_of(context, selection.arguments["channelId"], "Channel")
            origin = selection.arguments["originId"].param()
            seen = named_predicates(context.access, "Channel", channel)
            return _one(context, "Customer", selection, {"channelId": channel, "originId": origin}, seen)
        case RootOrganization():
            return _one(context, "Organization", selection, {"id": context.access.organization})
        case RootNodes():
            return _nodes(context, selection)
        case RootConnection(type_name):
            return _connection(context, type_name, selection)
        case RootViewer():
            return plan_viewer(context, selection)
        case RootSearch():
            statement, shape = plan_search(context, selection, Columns())
            return RootPlan(statement, OnlyRow(shape))
        case _:
            return PLANNERS[type(root)](context, selection)


def _uuid_of(context: Context, given: Given, expected: str) -> Param:
    return given.param(lambda text: expect_record_id(context, text, expected))


def _one(
    context: Context, type_name: str, selection: Selection, key: Mapping[str, Param], where: tuple[Fragment, ...] = ()
) -> RootPlan:
    node = context.access.node(type_name)
    columns = Columns()
    (shape,) = plan_node(context, type_name, [selection], node.variable, columns)
    equal = tuple(cypher(of(node.variable, stored), " = ", value) for stored, value in key.items())
    rows = Rows((Branch(Match(node, (), (*equal, *where))),), (node.variable,))
    statement = StatementPlan(columns.projection(), rows)
    return RootPlan(statement, FirstRow(shape, type_name))


def _nodes(context: Context, selection: Selection) -> RootPlan:
    ids = selection.arguments["ids"]
    types = ids.decide(lambda texts: _types_of(context, texts))
    if not types:
        return RootPlan(StatementPlan(Columns().projection()), NoRecords())
    row = Variable("node")
    branches = tuple(
        Branch(Match(context.access.node(type_name, row), (), (_among(row, ids, type_name),))) for type_name in types
    )
    inner, columns = Columns(), Columns()
    key = inner.add(Value(of(row, "id")))
    only = types[0] if len(types) == 1 else None
    (shape,) = plan_node(context, only or "Node", [selection], row, inner)
    columns.add(Collect(Rows(branches, (row,)), inner.projection()))
    # The ids come back with the rows, since the order of the answer is that of the question.
    columns.add(Value(cypher(ids.param(list))))
    return RootPlan(StatementPlan(columns.projection()), InOrder(key, shape, only), times=ids.param(len))


def _types_of(context: Context, texts: Sequence[str]) -> tuple[str, ...]:
    if len(texts) > context.limits.max_ids:
        raise BadInput(f"`ids` has more than {context.limits.max_ids} ids.", hint="Ask in several requests.")
    return tuple(sorted({parse_record_id(context, text)[0] for text in texts}))


def _among(row: Variable, ids: Given, type_name: str) -> Fragment:
    def of_type(texts: Sequence[str]) -> list[str]:
        return [uuid for found, uuid in map(parse_global_id, texts) if found == type_name]

    return cypher(of(row, "id"), " IN ", ids.param(of_type))


def _connection(context: Context, type_name: str, selection: Selection) -> RootPlan:
    access, arguments = context.access, selection.arguments
    node = access.node(type_name)
    row = node.variable
    order = read_order(access, type_name, arguments.get("orderBy"), row)
    page = read_page(arguments, order, default=context.limits.default_page, most=context.limits.max_page)
    given = arguments.get("where")
    drive = drive_from(access, type_name, given, row)
    where = where_predicates(access, type_name, given, row, driven=drive.member if drive else "")
    # An index seek needs a predicate on every property of the index (organizationId, id).
    there = cypher(of(row, "id"), " IS NOT NULL")
    reach = None if drive else access.reach(type_name, row)
    start = drive.match if drive else reach.match if reach else Match(node, (), (there,))
    distinct = reach is not None and reach.distinct
    if drive is None and reach is None and walks_index(order, page):
        limit = param(page.limit + 1)
        paged = Rows(index_branches(access, type_name, row, order, page, where, limit), (row,), limit=limit)
    else:
        paged = sorted_rows(start, where, (row,), order, page, distinct=distinct)
    page_source = PageSource(
        paged=paged,
        counted=Rows((Branch(Match(start.start, start.steps, (*start.where, *where))),), (row,), distinct=distinct),
        order=order,
        page=page,
        nodes=record_nodes(context, type_name, row),
        edge=no_edge_fields,
        aggregate=aggregates_of(context, type_name, row),
    )
    columns = Columns()
    shape = plan_page(selection, "Query", page_source, columns)
    return RootPlan(StatementPlan(columns.projection()), OnlyRow(shape))
