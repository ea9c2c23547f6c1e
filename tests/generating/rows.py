"""Invents the rows that a statement might bring, so that a plan can be tried without a database."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random
from typing import Any

import orjson
from graphql import (
    GraphQLEnumType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLSchema,
    get_named_type,
)

from cypher.selection import Selection
from cypher.shape import (
    AggregatesShape,
    AmountShape,
    ChangedFieldsShape,
    EdgeCursor,
    EmbeddedShape,
    Every,
    FigureShape,
    First,
    FirstRow,
    Form,
    GlobalId,
    Hidden,
    InOrder,
    KeysShape,
    LabelChoice,
    LabelledId,
    Leaf,
    MoneyShape,
    NoRecords,
    ObjectShape,
    OnlyRow,
    PageEdges,
    PageNodes,
    PageShape,
    RowsShape,
    Shape,
    SwitchShape,
)
from graph.ids import global_id
from tests.generating.values import bare

FEW = 3
"""Most rows of a list, but for pages, which have up to one more than asked."""
NO_SELECTION: Any = None
"""For shapes whose fields need no looking up."""
CURRENCIES = ("EUR", "USD", "JPY", "BHD")


@dataclass(slots=True)
class RowDraft:
    """A row in the making: two selections may share a column."""

    cells: dict[int, Any] = field(default_factory=dict)

    def put(self, column: int, value: Any) -> Any:
        """Fill a column, unless a value is there already. Gives what is there then."""
        if self.cells.get(column) is None:
            self.cells[column] = value
        return self.cells[column]

    def finished(self) -> list[Any]:
        """The row as a statement brings it."""
        return [_finished(self.cells.get(column)) for column in range(max(self.cells, default=-1) + 1)]


def _finished(value: Any) -> Any:
    if isinstance(value, RowDraft):
        return value.finished()
    return [_finished(item) for item in value] if isinstance(value, list) else value


def _unwrapped(type_: GraphQLOutputType) -> tuple[Any, bool]:
    """A type without its non-null, and whether null is allowed."""
    return bare(type_), not isinstance(type_, GraphQLNonNull)


@dataclass(frozen=True, slots=True)
class RowMaker:
    """Invents rows for shapes: lengths, values, and nulls where the schema allows them."""

    rng: Random
    schema: GraphQLSchema

    def chance(self, probability: float) -> bool:
        """True so often."""
        return self.rng.random() < probability

    def statement(self, shape: RowsShape, selection: Selection) -> list[Any]:
        """All rows of a statement of a root field."""
        query = self.schema.query_type
        assert query is not None
        type_ = query.fields[selection.name].type
        match shape:
            case NoRecords():
                return [[]]
            case FirstRow(inner, type_name):
                return [] if self.chance(0.15) else [self._row(inner, self._object(type_name), selection).finished()]
            case OnlyRow(inner):
                return [self._row(inner, type_, selection).finished()]
            case InOrder(key, inner, type_name):
                item = bare(type_)
                assert isinstance(item, GraphQLList)
                element = self._object(type_name) if type_name else item.of_type
                rows = [self._row(inner, GraphQLNonNull(bare(element)), selection) for _ in range(FEW)]
                types = [type_name or self._label(row, inner) for row in rows]
                ids = [global_id(kind, row.put(key, self.uuid())) for kind, row in zip(types, rows, strict=True)]
                missing = global_id("Customer", self.uuid())
                wanted = [self.rng.choice([*ids, missing]) for _ in range(self.rng.randint(0, 5))]
                return [[[row.finished() for row in rows], wanted]]

    @staticmethod
    def _label(row: RowDraft, shape: Shape) -> str:
        """The type of a record that tells it itself."""
        assert isinstance(shape, SwitchShape)
        ((_, label), _) = row.cells[shape.column]
        return str(label)

    def _object(self, type_name: str) -> GraphQLObjectType:
        found = self.schema.type_map[type_name]
        assert isinstance(found, GraphQLObjectType)
        return found

    def _row(self, shape: Shape, type_: GraphQLOutputType, selection: Selection) -> RowDraft:
        draft = RowDraft()
        self._fill(draft, shape, type_, selection)
        return draft

    def _fill(self, row: RowDraft, shape: Shape, type_: GraphQLOutputType, selection: Selection) -> None:
        """Add to a row what a shape reads of it for a field of a type."""
        inner, nullable = _unwrapped(type_)
        null = nullable and self.chance(0.25)
        match shape:
            case Leaf(column, form):
                row.put(column, None if null else self._leaf(form, inner))
            case GlobalId(column, _):
                row.put(column, None if null else self.uuid())
            case LabelChoice(column, values):
                row.put(column, ["Record", "Unknown" if null else self.rng.choice(sorted(values))])
            case MoneyShape(amount, currency, _, summed):
                self._money(row, amount, currency, summed=summed, nullable=nullable)
            case Hidden():
                pass
            case ObjectShape():
                self._object_fields(row, shape, get_named_type(inner).name, selection)
            case EmbeddedShape(column, value, within):
                row.cells.setdefault(column, None) if null else row.put(column, value)
                self._fill(row, within, inner, selection)
            case SwitchShape():
                self._switch(row, shape, selection, null=null)
            case First(column, each, itself):
                empty = (nullable or itself is not None) and self.chance(0.3)
                row.put(column, [] if empty else [self._row(each, GraphQLNonNull(inner), selection)])
                if itself is not None:
                    self._fill(row, itself, type_, selection)
            case Every(column, each):
                assert isinstance(inner, GraphQLList)
                # Two selections of the same list read the same rows.
                for draft in row.put(column, [RowDraft() for _ in range(self.rng.randint(0, FEW))]):
                    self._fill(draft, each, inner.of_type, selection)
            case PageShape():
                self._page(row, shape, get_named_type(inner).name, selection)
            case _:
                self._figures(row, shape, null=null)

    def _object_fields(self, row: RowDraft, shape: ObjectShape, type_name: str, selection: Selection) -> None:
        fields = {field.key: field for field in selection.fields(type_name)}
        declared = self._object(type_name).fields
        for key, inner in shape.fields:
            found = fields[key]
            if found.name != "__typename":
                self._fill(row, inner, declared[found.name].type, found)

    def _switch(self, row: RowDraft, shape: SwitchShape, selection: Selection, *, null: bool) -> None:
        labels = ["Record", "Elsewhere" if null else self.rng.choice(sorted(shape.shapes))]
        # `nodes` and `edges { node }` read the same column: the type is the first one's choice.
        there, draft = row.put(shape.column, [labels, RowDraft()])
        for label in there:
            if label in shape.shapes:
                self._fill(draft, shape.shapes[label], GraphQLNonNull(self._object(label)), selection)

    def _money(self, row: RowDraft, amount: int, currency: int | str, *, summed: bool, nullable: bool) -> None:
        null = nullable and not summed and self.chance(0.25)
        minor = self.rng.choice((0, 5, -5, 99, self.rng.randint(-(10**14), 10**14)))
        row.put(amount, [minor, self.rng.randint(0, 99)] if summed else None if null else minor)
        if isinstance(currency, int):
            row.put(currency, None if nullable and self.chance(0.2) else self.rng.choice(CURRENCIES))

    def _page(self, row: RowDraft, shape: PageShape, connection: str, selection: Selection) -> None:
        drafts = [RowDraft() for _ in range(self._length(shape.limit))]
        if shape.rows is not None:
            row.put(shape.rows, drafts)
        if shape.count is not None:
            row.put(shape.count, self.rng.randint(0, 10**6))
        declared = self._object(connection).fields
        for found, (_, inner) in zip(selection.fields(connection), shape.fields, strict=True):
            for draft in drafts:
                if isinstance(inner, PageNodes):
                    self._fill(draft, inner.shape, self._item(declared[found.name].type), found)
                elif isinstance(inner, PageEdges):
                    self._edge(draft, inner, get_named_type(declared[found.name].type).name, found)
            if isinstance(inner, AggregatesShape):
                item = self._item(declared[found.name].type)
                groups = [self._row(inner.group, item, found) for _ in range(self.rng.randint(0, FEW))]
                row.put(inner.column, groups)
        for draft in drafts:
            for column in shape.cursor:
                # A sort key that is selected too keeps the value that it has there, null included.
                draft.cells.setdefault(column, self.rng.choice((7, "x", self.uuid())))

    def _figures(self, row: RowDraft, shape: Shape, *, null: bool) -> None:
        """Add to the row of a group what its keys and figures read."""
        match shape:
            case FigureShape():
                row.put(shape.count, 0 if null else self.rng.randint(1, 9))
                row.put(shape.high, self.rng.randint(-9, 9))
                row.put(shape.low, self.rng.randint(-(2**40), 2**40))
                self._currencies(row, shape.currency)
                if shape.others is not None:
                    row.put(shape.others, self.rng.choice(([], ["0.00000000001", "-12345678901234567890"])))
            case ChangedFieldsShape():
                self._changed(row, shape)
            case AmountShape(column, currency):
                row.put(column, None if null else self.rng.randint(-(10**6), 10**6))
                self._currencies(row, currency)
            case LabelledId(column, labels, types):
                row.put(column, None if null else self.uuid())
                row.put(labels, None if null else ["Record", self.rng.choice(types)])
            case KeysShape(keys):
                for key in keys:
                    # The currency in a key is one code: its label shows it.
                    if isinstance(key.label, Leaf):
                        row.put(key.label.column, self.rng.choice((None, *CURRENCIES)))
                    self._fill(row, key.value, self.schema.type_map["String"], NO_SELECTION)  # type: ignore[arg-type]
            case _:
                raise AssertionError(f"no rows are known for {type(shape).__name__}")

    def _changed(self, row: RowDraft, shape: ChangedFieldsShape) -> None:
        """Fields before and after a change, those that are no fields of the type among them."""
        seen, unseen = self.uuid(), self.uuid()
        ends = [global_id("Customer", seen), {"id": global_id("Account", unseen), "properties": {"role": "x"}}]
        for column in (shape.before, shape.after):
            names = self.rng.sample([*sorted(shape.known), "unknown"], min(FEW, len(shape.known)))
            values = {name: ends if name in shape.linked else self.rng.choice((None, 1, "ß", [])) for name in names}
            row.put(column, orjson.dumps(values).decode())
        row.put(shape.seen, [[seen]])

    def _currencies(self, row: RowDraft, column: int | str | None) -> None:
        if isinstance(column, int):
            row.cells.setdefault(column, self.rng.choice(([], ["EUR"], ["JPY"], ["EUR", "USD"], [""])))

    def _length(self, limit: int) -> int:
        return self.rng.choice((0, 1, limit, limit + 1)) if limit <= FEW else self.rng.randint(0, FEW)

    @staticmethod
    def _item(type_: GraphQLOutputType) -> GraphQLOutputType:
        inner = bare(type_)
        assert isinstance(inner, GraphQLList)
        item: GraphQLOutputType = inner.of_type
        return item

    def _edge(self, draft: RowDraft, shape: PageEdges, edge_type: str, selection: Selection) -> None:
        declared = self._object(edge_type).fields
        for found, (_, inner) in zip(selection.fields(edge_type), shape.fields, strict=True):
            if found.name != "__typename" and not isinstance(inner, EdgeCursor):
                self._fill(draft, inner, declared[found.name].type, found)

    def uuid(self) -> str:
        """One of few UUIDs."""
        return f"0190a000-0000-7000-8000-{self.rng.randint(0, 30):012x}"

    def _leaf(self, form: Form, type_: GraphQLOutputType) -> Any:
        named = get_named_type(type_)
        if form is Form.MOMENT:
            return self.rng.randint(-(10**12), 4 * 10**12)
        if form is Form.LIST:
            texts = sorted(named.values) if isinstance(named, GraphQLEnumType) else ["a", "ß"]
            return self.rng.choice((None, [], texts[:1], texts[:2]))
        if isinstance(named, GraphQLEnumType):
            return self.rng.choice(sorted(named.values))
        match named.name:
            case "Int":
                return self.rng.choice((0, 1, -1, 2**31 - 1))
            case "Boolean":
                return self.chance(0.5)
            case "Float":
                return self.rng.uniform(-10, 10)
            case "Currency":
                return self.rng.choice(CURRENCIES)
            case _:
                return self.rng.choice(("", "a", "12.30", "2026-01-31", "東京 \u0000"))
