"""Example queries: one `.graphql` file each, shown in GraphiQL, run by the tests, quoted in the docs."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from graphql import GraphQLError, OperationDefinitionNode, parse
from graphql.language import NonNullTypeNode

EXAMPLES_DIRECTORY = Path(__file__).parent / "example_queries"
QUERY_SUFFIX = ".graphql"
VARIABLES_SUFFIX = ".variables.json"


class ExampleError(ValueError):
    """A file of an example is broken; the message names it and says how to mend it."""

    def __init__(self, path: Path, problem: str) -> None:
        super().__init__(f"{path.name}: {problem}")


@dataclass(frozen=True)
class Example:
    """A query worth showing, with variables that it runs with."""

    name: str
    title: str
    description: str
    query: str
    variables: Mapping[str, Any]

    def as_json(self) -> dict[str, Any]:
        """Return the example as the pages read it."""
        return {
            "name": self.name,
            "title": self.title,
            "description": self.description,
            "query": self.query,
            "variables": dict(self.variables),
        }


def load_examples(directory: Path = EXAMPLES_DIRECTORY) -> tuple[Example, ...]:
    """Return the examples of a directory in the order of their file names.

    Raises:
        ExampleError: When a file has no title, no single named operation, or variables that do not fit it.
    """
    for path in sorted(directory.glob(f"*{VARIABLES_SUFFIX}")):
        if not _sibling(path, QUERY_SUFFIX).exists():
            raise ExampleError(path, f"there is no {_sibling(path, QUERY_SUFFIX).name} for these variables")
    return tuple(_load(path) for path in sorted(directory.glob(f"*{QUERY_SUFFIX}")))


def _load(path: Path) -> Example:
    query = path.read_text(encoding="utf-8").strip() + "\n"
    title, description = _heading(path, query)
    variables = _variables(_sibling(path, VARIABLES_SUFFIX))
    _check_variables(path, _operation(path, query), variables)
    return Example(path.stem, title, description, query, variables)


def _sibling(path: Path, suffix: str) -> Path:
    return path.with_name(path.name.partition(".")[0] + suffix)


def _heading(path: Path, query: str) -> tuple[str, str]:
    """Return the title, which is the first line of comment, and the description, which is the rest of the comment."""
    lines = []
    for line in query.splitlines():
        if not line.startswith("#"):
            break
        lines.append(line.lstrip("#").strip())
    if not lines or not lines[0]:
        raise ExampleError(
            path, "the first line has to be a comment with the title, such as '# A customer at a glance'"
        )
    return lines[0], " ".join(line for line in lines[1:] if line)


def _operation(path: Path, query: str) -> OperationDefinitionNode:
    try:
        document = parse(query)
    except GraphQLError as error:
        raise ExampleError(path, str(error)) from error
    operations = [node for node in document.definitions if isinstance(node, OperationDefinitionNode)]
    if len(operations) != 1 or operations[0].name is None:
        raise ExampleError(path, "there has to be exactly one operation, with a name, which becomes the tab's title")
    return operations[0]


def _variables(path: Path) -> dict[str, Any]:
    if not path.exists():
        return {}
    try:
        variables = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise ExampleError(path, f"this is not JSON: {error}") from error
    if not isinstance(variables, dict):
        raise ExampleError(path, "the variables have to be one JSON object")
    return variables


def _check_variables(path: Path, operation: OperationDefinitionNode, variables: Mapping[str, Any]) -> None:
    declared = {node.variable.name.value: node for node in operation.variable_definitions or ()}
    if unknown := sorted(variables.keys() - declared.keys()):
        raise ExampleError(path, f"the operation declares no ${unknown[0]}, which its variables file sets")
    for name, node in declared.items():
        if isinstance(node.type, NonNullTypeNode) and node.default_value is None and name not in variables:
            raise ExampleError(path, f"${name} needs a value in {_sibling(path, VARIABLES_SUFFIX).name}")
