"""What the planners of root fields share: the plan that each makes, and the ids that each is given."""

from __future__ import annotations

from dataclasses import dataclass

from cypher.arguments import Given
from cypher.context import Context
from cypher.fragment import Param
from cypher.plan import StatementPlan
from cypher.shape import RowsShape
from graph.errors import BadInput
from graph.ids import parse_global_id


@dataclass(frozen=True, slots=True)
class RootPlan:
    """The plan of a root field's statement, and what its rows become.

    `times` is how many records are looked up by their ids, where that differs between requests; `asks` whether the
    graph is asked at all.
    """

    statement: StatementPlan
    shape: RowsShape
    times: Param | None = None
    asks: bool = True


def parse_record_id(context: Context, text: str) -> tuple[str, str]:
    """The type and the UUID of a global id of a type of the model."""
    type_name, uuid = parse_global_id(text)
    if type_name not in context.model.records:
        raise BadInput(f"Not an id: {text!r}.", hint="Pass an id as the API returned it.")
    return type_name, uuid


def expect_record_id(context: Context, text: str, expected: str) -> str:
    """The UUID of a global id of the expected type."""
    type_name, uuid = parse_record_id(context, text)
    if type_name != expected:
        raise BadInput(f"This is the id of a record of type {type_name}, not {expected}.", hint="Ask `node` instead.")
    return uuid


def record_type(context: Context, given: Given) -> str:
    """The type of a record by its id, which decides where to look for it."""
    return given.decide(lambda text: parse_record_id(context, text)[0])


def record_uuid(given: Given) -> Param:
    """The UUID of a record by its id."""
    return given.param(lambda text: parse_global_id(text)[1])
