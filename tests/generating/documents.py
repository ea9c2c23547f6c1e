"""Invents documents: valid by construction where that is easy, else validated and tried again."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cache
from random import Random
from typing import Any

from graphql import (
    GraphQLArgument,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNamedType,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLUnionType,
    Undefined,
    get_named_type,
    get_operation_ast,
    is_composite_type,
    parse,
    type_from_ast,
)
from graphql.utilities import do_types_overlap

from graph.model import RootById
from resolvers.execution import Engine
from resolvers.query import ROOTS
from tests.generating.values import ValueMaker, bare, literal, one_of

DEPTH = 4
"""Levels of composite fields below a root field."""


@dataclass(frozen=True, slots=True)
class Case:
    """A request that was made up."""

    query: str
    variables: dict[str, Any]
    seed: int


def make_case(engine: Engine, seed: int) -> Case:
    """A valid document with variables, always the same for a seed."""
    schema, model = engine.schema, engine.compiler.model
    for attempt in range(100):
        rng = Random(f"{seed}.{attempt}")  # noqa: S311 - repeatable, not secret
        maker = DocumentMaker(schema, ValueMaker(rng, model))
        query = maker.document()
        if engine.documents.get(query).tree is not None:
            return Case(query, maker.given, seed)
    raise AssertionError(f"no valid document for seed {seed}")


def other_variables(engine: Engine, case: Case, seed: int) -> Case:
    """The same document with other variables: values, nulls, some given and some not."""
    values = ValueMaker(Random(seed), engine.compiler.model)  # noqa: S311 - repeatable, not secret
    given: dict[str, Any] = {}
    operation = get_operation_ast(parse(case.query), None)
    for node in (operation.variable_definitions or ()) if operation else ():
        type_ = type_from_ast(engine.schema, node.type)
        key, required = node.variable.name.value, isinstance(type_, GraphQLNonNull)
        values.give(given, key, bare(type_), required=required, optional=node.default_value is not None)
    return replace(case, variables=given)


@dataclass(slots=True)
class DocumentMaker:
    """Makes one document. Each alias is used once, so that fields which merge are the same field."""

    schema: GraphQLSchema
    values: ValueMaker
    given: dict[str, Any] = field(default_factory=dict)
    _declared: dict[str, tuple[str, str]] = field(default_factory=dict)
    _fragments: dict[str, tuple[GraphQLNamedType, str]] = field(default_factory=dict)
    _aliases: int = 0

    @property
    def rng(self) -> Random:
        """Where all chance comes from."""
        return self.values.rng

    def document(self) -> str:
        """The text of the document."""
        query = self.schema.query_type
        assert query is not None
        roots = [name for name in query.fields if self.values.chance(0.02) or name != "viewer"]
        picked = [self.rng.choice(roots) for _ in range(self.rng.choice((1, 1, 1, 2, 3)))]
        body = [self._field(query, name, DEPTH, alone=True) for name in picked]
        if self.values.chance(0.1):
            body.insert(self.rng.randint(0, len(body)), f"__typename{self._directive()}")
        if self.values.chance(0.1):
            body.append(f"viewer{self._directive()} {{ displayName }}")
        variables = ", ".join(f"${name}: {type_}{default}" for name, (type_, default) in self._declared.items())
        head = f"query Q({variables})" if variables else "query Q"
        used = "\n".join(f"fragment {name} on {on.name} {text}" for name, (on, text) in self._fragments.items())
        return f"{head} {{ {' '.join(body)} }}\n{used}"

    def _directive(self) -> str:
        """Now and then `@skip` or `@include`, both rarely."""
        if not self.values.chance(0.08):
            return ""
        word = self.rng.choice(("skip", "include"))
        value = self.rng.choice(("true", "false")) if self.values.chance(0.3) else self._switch()
        other = f" @{'include' if word == 'skip' else 'skip'}(if: {self._switch()})" if self.values.chance(0.1) else ""
        return f" @{word}(if: {value}){other}"

    def _switch(self) -> str:
        return self._variable(GraphQLNonNull(self.schema.type_map["Boolean"]), "if")  # type: ignore[arg-type]

    def _selection_set(self, type_: GraphQLNamedType, depth: int) -> str:
        return "{ " + " ".join(self._selections(type_, depth)) + " }"

    def _selections(self, type_: GraphQLNamedType, depth: int) -> list[str]:
        parts: list[str] = []
        if isinstance(type_, GraphQLUnionType) or self.values.chance(0.15):
            parts.append(f"__typename{self._directive()}")
        if isinstance(type_, (GraphQLObjectType, GraphQLInterfaceType)):
            parts += [self._field(type_, name, depth) for name in self._picked(type_, depth)]
        if depth > 0 and self.values.chance(0.75 if not isinstance(type_, GraphQLObjectType) else 0.2):
            parts += [self._fragment(type_, depth) for _ in range(self.rng.randint(1, 2))]
        return parts or ["__typename"]

    def _picked(self, type_: GraphQLObjectType | GraphQLInterfaceType, depth: int) -> list[str]:
        leaves = [name for name, found in type_.fields.items() if not is_composite_type(get_named_type(found.type))]
        others = [name for name in type_.fields if name not in leaves]
        picked = self.rng.sample(leaves, min(len(leaves), self.rng.randint(0, 3)))
        # Connections pass their depth on, since they are no level of their own in what a client reads.
        if depth > 0 and others:
            picked += self.rng.sample(others, min(len(others), self.rng.choice((0, 1, 1, 2))))
            if picked and self.values.chance(0.15):
                picked.append(self.rng.choice(picked))
        self.rng.shuffle(picked)
        return picked

    def _field(self, parent: GraphQLNamedType, name: str, depth: int, *, alone: bool = False) -> str:
        assert isinstance(parent, (GraphQLObjectType, GraphQLInterfaceType))
        definition = parent.fields[name]
        arguments = self._arguments(name, definition)
        # A field of a concrete type below an abstract one may meet another type's field of the same name.
        aliased = bool(arguments) or self.values.chance(0.2) or (not alone and name in ambiguous(self.schema))
        text = (f"{self._alias()}: {name}{arguments}" if aliased else name) + self._directive()
        type_ = get_named_type(definition.type)
        if is_composite_type(type_):
            deeper = depth if name in ("nodes", "edges", "node") else depth - 1
            text += f" {self._selection_set(type_, deeper)}"
        return text

    def _alias(self) -> str:
        self._aliases += 1
        return f"a{self._aliases}"

    def _fragment(self, type_: GraphQLNamedType, depth: int) -> str:
        """A fragment on the type itself or on one that overlaps with it: new, inline, or one that is there already."""
        if self._fragments and self.values.chance(0.3):
            possible = overlapping(self.schema, type_.name)
            fitting = [name for name, (on, _) in self._fragments.items() if on in possible]
            if fitting:
                return f"...{self.rng.choice(fitting)}{self._directive()}"
        on = self.rng.choice(overlapping(self.schema, type_.name))
        if isinstance(type_, GraphQLObjectType) and on is not type_ and self.values.chance(0.5):
            # A fragment that never applies: another type inside an interface or union.
            other = self.rng.choice(overlapping(self.schema, on.name))
            inner = f"{{ ... on {other.name} {self._selection_set(other, 0)} }}"
        else:
            inner = self._selection_set(on, depth - 1)
        if self.values.chance(0.35):
            name = f"F{len(self._fragments)}"
            self._fragments[name] = (on, inner)
            return f"...{name}{self._directive()}"
        condition = "" if on is type_ and self.values.chance(0.5) else f" on {on.name}"
        return f"...{condition}{self._directive()} {inner}"

    def _arguments(self, field_name: str, definition: GraphQLField) -> str:
        written: list[str] = []
        skipped = {"last", "before"} if self.values.chance(0.7) else {"first", "after"}
        for name, argument in definition.args.items():
            required = isinstance(argument.type, GraphQLNonNull) and not has_default(argument)
            if not required and (name in skipped or not self.values.chance(0.02 if name in CURSORS else 0.3)):
                continue
            written.append(f"{name}: {self._written(argument.type, _meaning(field_name, name), argument)}")
        return f"({', '.join(written)})" if written else ""

    def _written(self, type_: GraphQLInputType, name: str, place: GraphQLArgument | None = None, depth: int = 0) -> str:
        """A value as the document writes it: a variable, null, a literal, or one with variables in it."""
        if self.values.chance(0.3):
            return self._variable(type_, name, optional=place is not None and has_default(place))
        if not isinstance(type_, GraphQLNonNull) and self.values.chance(0.08):
            return "null"
        inner = bare(type_)
        if isinstance(inner, GraphQLList):
            if self.values.chance(0.1):
                return self._written(GraphQLNonNull(bare(inner.of_type)), name, depth=depth)
            entries = [self._written(inner.of_type, name, depth=depth) for _ in range(self.values.length(name))]
            return "[" + ", ".join(entries) + "]"
        if isinstance(inner, GraphQLInputObjectType):
            members = []
            for member in self.values.members(inner, depth):
                wanted = inner.fields[member].type
                wanted = GraphQLNonNull(bare(wanted)) if one_of(inner) else wanted
                members.append(f"{member}: {self._written(wanted, member, depth=depth + 1)}")
            return "{" + ", ".join(members) + "}"
        return literal(inner, self.values.present(inner, name))

    def _variable(self, type_: GraphQLInputType, name: str, *, optional: bool = False) -> str:
        """A variable for a place: one that is there already, or a new one, given or not, with or without a default."""
        declared = [key for key, (text, _) in self._declared.items() if text in (str(type_), f"{type_}!")]
        if declared and self.values.chance(0.6 if name == "if" else 0.15):
            return f"${self.rng.choice(declared)}"
        # Its name keeps what it means, so that other values for it can be made up from the document alone.
        key = f"{name}{len(self._declared)}"
        self._declared[key] = ("", "")
        nullable = bare(type_)
        required = isinstance(type_, GraphQLNonNull)
        default = ""
        if self.values.chance(0.3):
            default = f" = {literal(nullable, self.values.present(nullable, name))}"
            shown = str(nullable) if self.values.chance(0.7) else f"{nullable}!"
        elif required and not optional:
            shown = f"{nullable}!"
        else:
            shown = str(nullable) if self.values.chance(0.8) else f"{nullable}!"
        self._declared[key] = (shown, default)
        self.values.give(self.given, key, nullable, required=shown.endswith("!"), optional=bool(default))
        return f"${key}"


CURSORS = ("after", "before")


def has_default(argument: GraphQLArgument) -> bool:
    """Whether an argument may be left out because the schema says what it is then."""
    return argument.default_value is not Undefined


@cache
def ambiguous(schema: GraphQLSchema) -> frozenset[str]:
    """The names of fields that have different types on different types: side by side they need aliases."""
    types: dict[str, set[str]] = {}
    for type_ in schema.type_map.values():
        if isinstance(type_, GraphQLObjectType):
            for name, found in type_.fields.items():
                types.setdefault(name, set()).add(str(found.type))
    return frozenset(name for name, found in types.items() if len(found) > 1)


@cache
def overlapping(schema: GraphQLSchema, type_name: str) -> tuple[GraphQLNamedType, ...]:
    """The types on which a fragment may stand inside a type."""
    inside: Any = schema.type_map[type_name]
    return tuple(
        found
        for name, found in sorted(schema.type_map.items())
        if is_composite_type(found) and not name.startswith("__") and do_types_overlap(schema, inside, found)
    )


def _meaning(field_name: str, argument: str) -> str:
    """What an argument is about: an id of a root field is of the field's type, a field of figures one that fits."""
    if argument == "field":
        return field_name
    root = ROOTS.get(field_name)
    if argument == "id" and isinstance(root, RootById) and root.type_name != "Node":
        return f"{root.type_name[0].lower()}{root.type_name[1:]}Id"
    return argument
