"""The plan of a statement: frozen data in the order of Cypher's clauses. `cypher/printer.py` turns it into text."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TypeAlias

from cypher.fragment import Fragment, Param, Variable
from graph.model import Direction


@dataclass(frozen=True, slots=True)
class NodePattern:
    """A node with its labels (any of them) and its access predicate. Only `cypher/access.py` makes one.

    `types` are the types of records whose permissions the predicate is made of; none where something visible led here.
    """

    variable: Variable
    labels: tuple[str, ...]
    predicate: Fragment
    types: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Step:
    """One relationship to the next node; `repeat` quantifies it: (1, None) is one or more, (0, 1) may be left out.

    Without a direction it is followed either way. The node of a repeated step stands for every node on the way; `end`
    is the last one.
    """

    types: tuple[str, ...]
    direction: Direction | None
    node: NodePattern
    relationship: Variable | None = None
    repeat: tuple[int, int | None] | None = None
    end: Variable | None = None


@dataclass(frozen=True, slots=True)
class Match:
    """A path from a new node or from a variable of the outer scope; `index` is the order index to walk."""

    start: NodePattern | Variable
    steps: tuple[Step, ...] = ()
    where: tuple[Fragment, ...] = ()
    index: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ShortestPaths:
    """All paths of the least length between two nodes, `most` steps at most; `predicate` holds for each `node`."""

    path: Variable
    ends: tuple[Variable, Variable]
    types: tuple[str, ...]
    most: int
    node: Variable
    predicate: Fragment


@dataclass(frozen=True, slots=True)
class SortKey:
    """An expression to order by."""

    expression: Fragment
    descending: bool = False


@dataclass(frozen=True, slots=True)
class Branch:
    """One way to the rows: a match with its own order and limit; `call` is a clause before it, or instead of it."""

    match: Match | ShortestPaths | None = None
    order: tuple[SortKey, ...] = ()
    limit: Param | None = None
    call: Fragment | None = None


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows of variables: one branch, or several in UNION ALL (or UNION when a row can come twice).

    After the branches come `lets` (computed variables), `having`, `order` and `limit`. `imports` are the variables
    of the outer scope that the branches start from.
    """

    branches: tuple[Branch, ...]
    variables: tuple[Variable, ...]
    imports: tuple[Variable, ...] = ()
    distinct: bool = False
    lets: tuple[tuple[Variable, Fragment], ...] = ()
    having: tuple[Fragment, ...] = ()
    order: tuple[SortKey, ...] = ()
    limit: Param | None = None


@dataclass(frozen=True, slots=True)
class Value:
    """An expression."""

    expression: Fragment


@dataclass(frozen=True, slots=True)
class Collect:
    """All rows as a list, each row projected."""

    rows: Rows
    projection: Projection


@dataclass(frozen=True, slots=True)
class Count:
    """How many rows there are; of distinct variables when a row can come twice."""

    rows: Rows


@dataclass(frozen=True, slots=True)
class Aggregate:
    """The sum of an expression over all rows, as a list of one value."""

    rows: Rows
    expression: Fragment


@dataclass(frozen=True, slots=True)
class Sum:
    """Lists of values put together into one list."""

    parts: tuple[Aggregate | Value, ...]


@dataclass(frozen=True, slots=True)
class Groups:
    """All rows in groups, each projected: `carried` are the keys, which have no aggregate function, and the figures.

    Without keys all rows are one group, which is there even when there are no rows.
    """

    rows: Rows
    carried: tuple[tuple[Variable, Fragment], ...]
    projection: Projection
    order: tuple[SortKey, ...] = ()
    limit: Param | None = None


@dataclass(frozen=True, slots=True)
class Switch:
    """A projection by label: the labels of the node and the columns of the first case whose labels it has."""

    variable: Variable
    cases: tuple[tuple[tuple[str, ...], Projection], ...]


Column: TypeAlias = Value | Collect | Count | Aggregate | Sum | Groups | Switch


@dataclass(frozen=True, slots=True)
class Item:
    """A column that aggregates, at any depth, as a variable before the projection.

    Neo4j 5.26 takes an aggregate function inside an item of a projection for an aggregation of that item, so it must
    have an item of its own. `only` names the labels that a node must have one of.
    """

    variable: Variable
    column: Groups | Collect
    only: tuple[Variable, tuple[str, ...]] | None = None


@dataclass(frozen=True, slots=True)
class Projection:
    """A row as a list of columns, after the items that they need."""

    columns: tuple[Column, ...]
    items: tuple[Item, ...] = ()


@dataclass(frozen=True, slots=True)
class StatementPlan:
    """One statement: rows, if any, and what each gives."""

    projection: Projection
    rows: Rows | None = None


@dataclass(slots=True)
class Columns:
    """Collects the columns of a projection; an expression that is asked for twice is one column."""

    _columns: list[Column] = field(default_factory=list)

    def add(self, column: Column) -> int:
        """The index of the column, added unless it is there."""
        if isinstance(column, Value) and column in self._columns:
            return self._columns.index(column)
        self._columns.append(column)
        return len(self._columns) - 1

    def projection(self) -> Projection:
        """The frozen projection, with an item for each column that aggregates."""
        items: list[Item] = []
        return Projection(tuple(_lifted(column, items) for column in self._columns), tuple(items))


def _lifted(column: Column, items: list[Item]) -> Column:
    """What stands for a column in the projection, with the items that it needs added."""
    match column:
        case Groups() | Collect(projection=Projection(items=(_, *_))):
            items.append(Item(Variable("aggregate"), column))
            return Value(Fragment((items[-1].variable,)))
        case Switch(variable, cases):
            switches = len(cases) > 1
            for labels, projection in cases:
                only = (variable, labels) if switches else None
                items += [replace(item, only=only) for item in projection.items]
            return replace(column, cases=tuple((labels, replace(found, items=())) for labels, found in cases))
        case _:
            return column
