"""What every record shows without knowing its type, and the objects that records share."""

from __future__ import annotations

from typing import Annotated, TypeAlias

import strawberry

from graph.fields import prop
from graph.model import Kind
from graph.scalars import Currency, DateTime, Decimal
from graph.types.references import BusinessUnitRef, UserRef


@strawberry.interface
class Node:
    """Anything with a global id."""

    id: strawberry.ID = prop("Global id, opaque and stable.", Kind.ID, required=True)


@strawberry.interface
class Record(Node):
    """What every record shows without knowing its type."""

    display_name: str = prop("Name to show to a person.", required=True, sortable=True)
    created_at: DateTime = prop("When the record was created.", Kind.DATETIME, required=True, sortable=True)
    updated_at: DateTime = prop("When the record last changed.", Kind.DATETIME, required=True)
    version: int = prop("Grows by one with every change of the record.", Kind.INT, required=True)


@strawberry.type
class Money:
    """An amount of money, exact to the currency's minor unit."""

    amount: Decimal = strawberry.field(description="Amount in major units with the currency's digits, such as `12.30`.")
    currency: Currency = strawberry.field(description="Currency code of ISO 4217.")


Owner: TypeAlias = Annotated[
    UserRef | BusinessUnitRef,
    strawberry.union("Owner", description="Who owns a record: a user or a business unit."),
]
