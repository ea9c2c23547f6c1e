"""Prints a plan as Cypher 5 and collects its parameters. Decides nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from cypher.fragment import Fragment, Name, Param, Part, Variable
from cypher.patterns import node_fragment, shortest_fragment, step_fragment
from cypher.plan import (
    Aggregate,
    Branch,
    Collect,
    Column,
    Count,
    Groups,
    Item,
    Match,
    NodePattern,
    Projection,
    Rows,
    ShortestPaths,
    SortKey,
    StatementPlan,
    Sum,
    Switch,
    Value,
)

VALUES = "$values."
"""What stands before the name of a value in a template."""
LINE = 100
"""Columns that fit in so many characters stay on one line."""


@dataclass(frozen=True, slots=True)
class Statement:
    """Text and parameters of one statement, ready for the database."""

    text: str
    parameters: dict[str, Any]

    @property
    def values(self) -> dict[str, Any]:
        """The values of a statement that was made from a template."""
        values: dict[str, Any] = self.parameters["values"]
        return values


def of_values(text: str, values: dict[str, Any]) -> Statement:
    """A statement whose values travel in one map.

    Neo4j plans a text anew for every type and every order of length of its parameters (texts and lists of 1, of up to
    10, of up to 100 …); what is inside a map it does not look at.
    """
    return Statement(text, {"values": values})


@dataclass(frozen=True, slots=True)
class Template:
    """Text of a statement and where its parameters come from: the same for all requests of one shape."""

    text: str
    params: Mapping[str, Param]

    def bind(self, inputs: Any) -> Statement:
        """The statement of one request.

        Raises:
            BadInput: when a value can't be compared with what is stored.
        """
        return of_values(self.text, {name: param.bound(inputs) for name, param in self.params.items()})


def print_template(plan: StatementPlan) -> Template:
    """Print a plan: the same shape always gives the same text."""
    printer = _Printer(within=VALUES)
    return Template("CYPHER 5\n" + "\n".join(_print_plan(printer, plan)), printer.params)


def _print_plan(printer: _Printer, plan: StatementPlan) -> list[str]:
    lines = printer.rows(plan.rows, "") if plan.rows else []
    return lines + printer.returned(plan.projection, "", scope=plan.rows is not None)


def part_printer(plan: StatementPlan) -> Callable[[Part], str]:
    """A function that prints any part of a plan as it stands in the plan's statement, with the same names."""
    printer = _Printer(within=VALUES)
    _print_plan(printer, plan)
    return printer.part


@dataclass(frozen=True, slots=True)
class Batch:
    """Text of a statement that answers several requests of one shape at once.

    It takes `rows`, each the place of a request and then its parameters in the order of the template, and answers
    with lists of place and row. Limits can't come from a row: requests that go together have them in common.
    """

    text: str
    shared: tuple[str, ...]

    def bind(self, statements: Sequence[Statement]) -> Statement:
        """The statement of several requests whose shared parameters are equal."""
        rows = [[place, *statement.values.values()] for place, statement in enumerate(statements)]
        return of_values(self.text, {"rows": rows, **{name: statements[0].values[name] for name in self.shared}})


def print_batch(plan: StatementPlan) -> Batch:
    """Print a plan for several requests at once."""
    printer = _Printer(within=VALUES, request="request")
    lines = printer.rows(plan.rows, "  ") if plan.rows else []
    lines += printer.returned(plan.projection, "  ")
    body = "\n".join(lines)
    text = f"CYPHER 5\nUNWIND {VALUES}rows AS request\nCALL (request) {{\n{body}\n}}\nRETURN [request[0], row] AS row"
    return Batch(text, tuple(printer.shared))


def print_fragment(fragment: Fragment, inputs: Any = None) -> Statement:
    """Print a fragment that is a whole statement; `inputs` are those of the request that its parameters read."""
    printer = _Printer()
    text = printer.fragment(fragment)
    return Statement(text, {name: param.bound(inputs) for name, param in printer.params.items()})


@dataclass(slots=True)
class _Printer:
    names: dict[Variable | Param, str] = field(default_factory=dict)
    params: dict[str, Param] = field(default_factory=dict)
    within: str = "$"
    request: str = ""
    """The variable that holds the parameters of a request, where one statement answers several."""
    shared: dict[str, None] = field(default_factory=dict)
    variables: int = 0

    def part(self, part: Part) -> str:
        match part:
            case str():
                return part
            case Variable():
                return self.variable(part)
            case Param():
                return self.param(part)
            case Name():
                return part.identifier
            case Fragment():
                return self.fragment(part)

    def fragment(self, fragment: Fragment) -> str:
        return "".join([self.part(part) for part in fragment.parts])

    def variable(self, variable: Variable) -> str:
        if variable not in self.names:
            self.names[variable] = f"{variable.hint}{self.variables}"
            self.variables += 1
        return self.names[variable]

    def param(self, param: Param) -> str:
        if param not in self.names:
            key = f"p{len(self.params)}"
            self.params[key] = param
            self.names[param] = f"{self.request}[{len(self.params)}]" if self.request else f"{self.within}{key}"
        return self.names[param]

    def limit(self, param: Param) -> str:
        if not self.request:
            return self.param(param)
        if param not in self.names:
            key = f"p{len(self.params)}"
            self.params[key] = param
            self.shared[key] = None
            self.names[param] = f"{self.within}{key}"
        return self.names[param]

    def rows(self, rows: Rows, indent: str) -> list[str]:
        """The clauses that make the rows, up to but without their projection."""
        branch = rows.branches[0]
        if len(rows.branches) == 1 and not (branch.limit and rows.order):
            lines = self.branch_match(branch, indent)
            order, limit = rows.order or branch.order, rows.limit or branch.limit
            needs_with = bool(rows.distinct or rows.lets or order or limit)
        else:
            lines = self.union(rows, indent)
            order, limit, needs_with = rows.order, rows.limit, bool(rows.lets or rows.order or rows.limit)
        if needs_with:
            distinct = "DISTINCT " if rows.distinct and len(rows.branches) == 1 else ""
            lines.append(f"{indent}WITH {distinct}{self.carried(rows)}{self.tail(order, limit, rows.having)}")
        return lines

    def carried(self, rows: Rows) -> str:
        carried = [self.variable(variable) for variable in rows.variables]
        carried += [f"{self.fragment(expression)} AS {self.variable(variable)}" for variable, expression in rows.lets]
        return ", ".join(carried)

    def tail(self, order: tuple[SortKey, ...], limit: Param | None, having: tuple[Fragment, ...]) -> str:
        # A filter after WITH stands behind the order and limit of that WITH: a second WITH keeps it before them.
        text = ""
        if having:
            text += f" WHERE {' AND '.join(map(self.fragment, having))}"
            if order or limit:
                text += " WITH *"
        if order:
            text += f" ORDER BY {', '.join(map(self.sort_key, order))}"
        if limit:
            text += f" LIMIT {self.limit(limit)}"
        return text

    def sort_key(self, key: SortKey) -> str:
        return self.fragment(key.expression) + (" DESC" if key.descending else "")

    def union(self, rows: Rows, indent: str) -> list[str]:
        imported = [self.request] if self.request else []
        imports = ", ".join([*imported, *(self.variable(variable) for variable in rows.imports)])
        lines = [f"{indent}CALL ({imports}) {{"]
        inner = indent + "  "
        returned = ", ".join(self.variable(variable) for variable in rows.variables)
        for number, branch in enumerate(rows.branches):
            if number:
                lines.append(f"{inner}UNION" if rows.distinct else f"{inner}UNION ALL")
            lines += self.branch_match(branch, inner)
            lines.append(f"{inner}RETURN {returned}{self.tail(branch.order, branch.limit, ())}")
        lines.append(f"{indent}}}")
        return lines

    def branch_match(self, branch: Branch, indent: str) -> list[str]:
        lines = [f"{indent}{self.fragment(branch.call)}"] if branch.call else []
        match branch.match:
            case None:
                return lines
            case ShortestPaths():
                return lines + self.shortest(branch.match, indent)
            case Match():
                return lines + self.match(branch.match, indent)

    def shortest(self, paths: ShortestPaths, indent: str) -> list[str]:
        pattern, node = self.fragment(shortest_fragment(paths)), self.variable(paths.node)
        predicate = self.fragment(paths.predicate)
        return [
            f"{indent}MATCH {pattern}",
            f"{indent}WHERE all({node} IN nodes({self.variable(paths.path)}) WHERE {predicate})",
        ]

    def match(self, match: Match, indent: str) -> list[str]:
        predicates = list(match.where)
        pattern = [f"({self.variable(match.start)})"] if isinstance(match.start, Variable) else []
        if isinstance(match.start, NodePattern):
            pattern.append(self.fragment(node_fragment(match.start)))
            predicates.insert(0, match.start.predicate)
        pattern += [self.fragment(step_fragment(step)) for step in match.steps]
        predicates = [*(step.node.predicate for step in match.steps if step.repeat is None), *predicates]
        lines = [f"{indent}MATCH {''.join(pattern)}"]
        if match.index and isinstance(match.start, NodePattern):
            names = ", ".join(match.index)
            lines.append(f"{indent}USING INDEX {self.variable(match.start.variable)}:{match.start.labels[0]}({names})")
        if predicates:
            lines.append(f"{indent}WHERE {' AND '.join(map(self.fragment, predicates))}")
        return lines

    def returned(self, projection: Projection, indent: str, *, scope: bool = True) -> list[str]:
        """The clauses that project the rows; `scope` tells whether there are variables before them."""
        lines = []
        if projection.items:
            items = ["*"] if scope else []
            items += [self.item(item, indent) for item in projection.items]
            lines.append(f"{indent}WITH {', '.join(items)}")
        return [*lines, f"{indent}RETURN {self.projection(projection, indent)} AS row"]

    def item(self, item: Item, indent: str) -> str:
        if item.only is None:
            return f"{self.column(item.column, indent)} AS {self.variable(item.variable)}"
        test = self.labelled(*item.only)
        return f"CASE WHEN {test} THEN {self.column(item.column, indent)} END AS {self.variable(item.variable)}"

    def labelled(self, variable: Variable, labels: tuple[str, ...]) -> str:
        return " OR ".join(f"{self.variable(variable)}:{label}" for label in labels)

    def projection(self, projection: Projection, indent: str) -> str:
        inner = indent + "  "
        columns = [self.column(column, inner) for column in projection.columns]
        if sum(map(len, columns)) < LINE and not any("\n" in column for column in columns):
            return f"[{', '.join(columns)}]"
        separator = f",\n{inner}"
        return f"[\n{inner}{separator.join(columns)}\n{indent}]"

    def column(self, column: Column, indent: str) -> str:
        match column:
            case Value():
                return self.fragment(column.expression)
            case Collect():
                inner = indent + "  "
                lines = self.rows(column.rows, inner) + self.returned(column.projection, inner)
                return self.block("COLLECT", lines, indent)
            case Count():
                return self.count(column, indent)
            case Aggregate():
                return self.aggregate(column, indent)
            case Sum():
                return " + ".join(self.column(part, indent) for part in column.parts)
            case Groups():
                return self.groups(column, indent)
            case Switch():
                return self.switch(column, indent)

    def aggregate(self, column: Aggregate, indent: str) -> str:
        # 5.26 takes sum() inside a subquery for an aggregation of the projection around it: add up without it.
        total, value = self.variable(Variable("total")), self.variable(Variable("value"))
        inner = indent + "  "
        lines = self.rows(column.rows, inner)
        lines.append(f"{inner}RETURN coalesce({self.fragment(column.expression)}, 0) AS value")
        return f"[reduce({total} = 0, {value} IN {self.block('COLLECT', lines, indent)} | {total} + {value})]"

    def groups(self, column: Groups, indent: str) -> str:
        inner = indent + "  "
        if column.order:
            lines = self.grouped(column, "WITH", inner)
        else:
            # Without keys there is one row even of nothing, which Neo4j forgets in a COLLECT beside a record.
            lines = [f"{inner}CALL (*) {{", *self.grouped(column, "RETURN", inner + "  "), f"{inner}}}"]
        return self.block("COLLECT", lines + self.returned(column.projection, inner), indent)

    def grouped(self, column: Groups, word: str, indent: str) -> list[str]:
        """The rows, and the clause that puts them in groups."""
        lines = self.rows(column.rows, indent)
        carried = [f"{self.fragment(found)} AS {self.variable(variable)}" for variable, found in column.carried]
        tail = self.tail(column.order, column.limit, ())
        if sum(map(len, carried)) < LINE:
            return [*lines, f"{indent}{word} {', '.join(carried)}{tail}"]
        separator = f",\n{indent}  "
        lines.append(f"{indent}{word}\n{indent}  {separator.join(carried)}")
        return [*lines, f"{indent}{tail.lstrip()}"] if tail else lines

    def count(self, column: Count, indent: str) -> str:
        inner = indent + "  "
        lines = self.rows(column.rows, inner)
        if column.rows.distinct or len(column.rows.branches) > 1 or column.rows.having:
            returned = ", ".join(self.variable(variable) for variable in column.rows.variables)
            lines.append(f"{inner}RETURN {returned}")
        return self.block("COUNT", lines, indent)

    def switch(self, column: Switch, indent: str) -> str:
        variable = self.variable(column.variable)
        if len(column.cases) == 1:
            return f"[labels({variable}), {self.projection(column.cases[0][1], indent)}]"
        inner = indent + "  "
        lines = []
        for labels, projection in column.cases:
            test = self.labelled(column.variable, labels)
            lines.append(f"{inner}WHEN {test} THEN {self.projection(projection, inner)}")
        return f"[labels({variable}), CASE\n" + "\n".join(lines) + f"\n{indent}END]"

    @staticmethod
    def block(keyword: str, lines: list[str], indent: str) -> str:
        return f"{keyword} {{\n" + "\n".join(lines) + f"\n{indent}}}"
