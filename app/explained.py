"""Shows an explanation: on a terminal as trees and a table, in an answer as JSON."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import orjson
from rich.console import Console, Group, RenderableType
from rich.rule import Rule
from rich.table import Table
from rich.text import Text
from rich.tree import Tree

from cypher.plan_text import Outline
from resolvers.explanation import ExplainedRoot, Explanation, Operator

LONGEST_VALUE = 200


def print_explanation(explanation: Explanation, console: Console) -> None:
    """Print every root field, then the cost of the request."""
    for root in explanation.roots:
        console.print(Rule(f"[bold]{root.key}", align="left"))
        _print_root(root, console)
    console.print(f"Cost: at most {explanation.cost} records are reckoned.", highlight=False)


def _print_root(root: ExplainedRoot, console: Console) -> None:
    parts: tuple[tuple[str, RenderableType], ...] = (
        ("Selection", _tree(root.selection)),
        ("Plan", _tree(root.plan)),
        ("Cypher", Text(root.statement.text)),
        ("Parameters", _parameters(root.statement.values)),
        ("Neo4j", operators_view(root.database) if root.database else Text("The database is not asked.")),
    )
    for title, part in parts:
        console.print(Text(title, style="bold cyan"))
        # Cypher is there to be copied: its lines stay whole.
        console.print(part, soft_wrap=title == "Cypher")
        console.print()


def _tree(outline: Outline) -> Tree:
    tree = Tree(Text(outline.text))
    _grow(tree, outline)
    return tree


def _grow(tree: Tree, outline: Outline) -> None:
    for child in outline.children:
        _grow(tree.add(Text(child.text)), child)


def _parameters(parameters: Mapping[str, Any]) -> RenderableType:
    table = Table.grid(padding=(0, 2))
    for name, value in parameters.items():
        shown = orjson.dumps(value, default=str).decode()
        table.add_row(f"$values.{name}", Text(shown if len(shown) <= LONGEST_VALUE else f"{shown[:LONGEST_VALUE]}…"))
    return table if parameters else Text("none")


def operators_view(top: Operator) -> RenderableType:
    """The database's plan: each operator takes the rows of those below it."""
    profiled = top.rows is not None
    table = Table("Operator", "Details", "Estimated rows", box=None)
    table.columns[2].justify = "right"
    if profiled:
        table.add_column("Rows", justify="right")
        table.add_column("Db hits", justify="right")
    for prefix, operator in _lines(top, "", ""):
        figures = [f"{operator.rows:,}", f"{operator.accesses:,}"] if profiled else []
        table.add_row(
            Text(f"{prefix}{operator.name}"), Text(operator.details), f"{operator.estimated_rows:,.0f}", *figures
        )
    return Group(table, Text(f"{top.total():,} db hits in all")) if profiled else table


def _lines(operator: Operator, first: str, others: str) -> Iterator[tuple[str, Operator]]:
    """Each operator with the lines of the tree before it; a single child stays on the level of its parent."""
    yield first, operator
    *branches, last = operator.children or (None,)
    for branch in branches:
        if branch is not None:
            yield from _lines(branch, f"{others}├─", f"{others}│ ")
    if last is not None:
        fork = bool(branches)
        yield from _lines(last, f"{others}└─" if fork else others, f"{others}  " if fork else others)


def explanation_json(explanation: Explanation) -> list[dict[str, Any]]:
    """An explanation beside an answer: statements with the names of their parameters, but no values."""
    return [
        {
            "key": root.key,
            "cypher": root.statement.text,
            "parameters": list(root.statement.values),
            "plan": _operator_json(root.database) if root.database else None,
        }
        for root in explanation.roots
    ]


def _operator_json(operator: Operator) -> dict[str, Any]:
    told: dict[str, Any] = {
        "operator": operator.name,
        "details": operator.details,
        "estimatedRows": operator.estimated_rows,
    }
    if operator.rows is not None:
        told |= {"rows": operator.rows, "dbHits": operator.accesses, "totalDbHits": operator.total()}
    return told | {"children": [_operator_json(child) for child in operator.children]}
