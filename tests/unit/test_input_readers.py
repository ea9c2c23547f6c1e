"""Inputs are read as Strawberry would read them."""

from __future__ import annotations

from typing import Any

import pytest
from strawberry import UNSET
from strawberry.schema.config import StrawberryConfig
from strawberry.schema.types.scalar import DEFAULT_SCALAR_REGISTRY
from strawberry.types.arguments import convert_argument

from graph.scalars import SCALARS
from graph.types.enums import Gender
from resolvers.bulk_inputs import UpsertCustomersInput
from resolvers.customer_inputs import CreateCustomerInput, SetCustomerParentInput
from resolvers.input_readers import read_input
from resolvers.mutation import VERBS

GIVEN: list[tuple[type, dict[str, Any]]] = [
    (CreateCustomerInput, {"channelId": "c", "person": {"firstName": None, "gender": Gender.FEMALE}, "account": None}),
    (CreateCustomerInput, {"channelId": "c", "account": {"create": {"name": "A"}}, "phone": None}),
    (SetCustomerParentInput, {"customerId": "c"}),
    (UpsertCustomersInput, {"channelId": "c", "customers": [{"originId": "1", "person": {}}, {"originId": "2"}]}),
    (UpsertCustomersInput, {"channelId": "c", "customers": []}),
]


@pytest.mark.parametrize(("cls", "given"), GIVEN)
def test_inputs_are_read_as_strawberry_reads_them(cls: type, given: dict[str, Any]) -> None:
    """Absent, null and given values, enums, lists and inputs inside inputs."""
    registry = {**DEFAULT_SCALAR_REGISTRY, **SCALARS}

    assert convert_argument(given, cls, registry, StrawberryConfig()) == read_input(cls, given)


def test_what_is_absent_is_unset() -> None:
    """A field with a default keeps it; no input of a mutation needs what a reader lacks."""
    assert UNSET is read_input(CreateCustomerInput, {"channelId": "c"}).phone
    for verb in VERBS.values():
        read_input(verb.input, {})
