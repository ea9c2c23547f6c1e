"""Answers a question in Python, from the document and its variables alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from graphql import FieldNode, OperationDefinitionNode, parse, value_from_ast_untyped

from graph.model import Relation, RootConnection
from resolvers.query import ROOTS
from tests.generating.evaluating import Evaluator, Found
from tests.generating.totals import Totals
from tests.generating.worlds import Graph


@dataclass(frozen=True, slots=True)
class Expected:
    """The records that a question must find, in order, and its figures if it asks for some."""

    ids: list[str]
    figures: list[dict[str, Any]] | None


def expected(graph: Graph, query: str, variables: Mapping[str, Any]) -> Expected | None:
    """What a question must be answered with; None when the record around the connection is not there."""
    operation = parse(query).definitions[0]
    assert isinstance(operation, OperationDefinitionNode)
    (root,) = operation.selection_set.selections
    assert isinstance(root, FieldNode)
    mapped = ROOTS[root.name.value]
    evaluator = Evaluator(graph)
    if isinstance(mapped, RootConnection):
        rows = [Found(node, {}) for node in graph.of(mapped.type_name)]
        return _answered(evaluator, root, mapped.type_name, rows, variables)
    holder = next((node for nodes in graph.nodes.values() for node in nodes if node.id == variables["id"]), None)
    if holder is None or root.selection_set is None:
        return None
    (inner,) = root.selection_set.selections
    assert isinstance(inner, FieldNode)
    relation = evaluator.fields(holder.type)[inner.name.value]
    assert isinstance(relation, Relation)
    return _answered(evaluator, inner, relation.target, evaluator.related(holder, relation), variables, relation)


def _answered(
    evaluator: Evaluator,
    field: FieldNode,
    type_name: str,
    rows: list[Found],
    variables: Mapping[str, Any],
    edges: Relation | None = None,
) -> Expected:
    arguments = _arguments(field, variables)
    found = [row for row in rows if evaluator.holds(type_name, arguments.get("where"), row, edges)]
    found = evaluator.sorted(type_name, found, arguments.get("orderBy"), edges)
    figures = _selected(field, "aggregate")
    return Expected(
        [each.node.id for each in found],
        _figures(Totals(evaluator, type_name), figures, found, variables) if figures else None,
    )


def _arguments(field: FieldNode, variables: Mapping[str, Any]) -> dict[str, Any]:
    return {each.name.value: value_from_ast_untyped(each.value, dict(variables)) for each in field.arguments or ()}


def _selected(field: FieldNode, name: str) -> FieldNode | None:
    inner = field.selection_set.selections if field.selection_set else ()
    return next((each for each in inner if isinstance(each, FieldNode) and each.name.value == name), None)


def _figures(
    totals: Totals, field: FieldNode, found: list[Found], variables: Mapping[str, Any]
) -> list[dict[str, Any]]:
    arguments = _arguments(field, variables)
    group_by = arguments.get("groupBy") or []
    answer = []
    for keys, members in totals.groups(found, group_by, arguments.get("bucket", "MONTH")):
        shown: dict[str, Any] = {}
        for each in field.selection_set.selections if field.selection_set else ():
            assert isinstance(each, FieldNode)
            key, name = (each.alias or each.name).value, each.name.value
            if name == "key":
                pairs = zip(group_by, keys, strict=True)
                shown[key] = [{"field": by, "value": one.value, "label": one.label} for by, one in pairs]
            elif name == "count":
                shown[key] = len(members)
            else:
                shown[key] = totals.figure(members, name, _arguments(each, variables)["field"])
        answer.append(shown)
    return answer
