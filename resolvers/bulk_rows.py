"""The rows of a bulk write: each with its own problems and outcome, and what a policy makes of those with problems."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from cypher.writes import Place
from graph.user_errors import Problem, Refused
from resolvers.bulk_inputs import MOST_ROWS, BulkCounts, CustomerResult, ErrorPolicy, RowOutcome
from resolvers.customer_inputs import AccountOutcome
from resolvers.records import Written
from resolvers.writing import Write

CUSTOMERS = "customers"
"""The field of the input that has the rows."""
IGNORED = ("INVALID", "NOT_FOUND")
"""What a field can be left out for; anything else is about the record."""
KEYS = (("id",), ("originId",))


@dataclass(slots=True)
class Row:
    """A row under way: `write` is in the transaction of all and has problems of its own.

    Attributes:
        place: of the row in the input.
        given: the row as the client gave it.
        write: what is wrong with the row is said to it.
        ends: type and UUID of the records that the row names, by the names of the input's fields.
        uuid: of the customer.
        customer: what is stored of a new one.
        outcome: what became of it so far.
        account: where the account of a new customer came from.
    """

    place: int
    given: Any
    write: Write
    ends: dict[str, tuple[str, str]] = field(default_factory=dict)
    uuid: str = ""
    customer: dict[str, Any] = field(default_factory=dict)
    outcome: RowOutcome = RowOutcome.FAILED
    account: AccountOutcome | None = None

    @property
    def key(self) -> str:
        """The key of the customer in its source; empty when it has none."""
        return (self.given.origin_id or "").strip()

    @property
    def problems(self) -> list[Problem]:
        """What is wrong with it, at its place in the input."""
        return [replace(one, field=(CUSTOMERS, str(self.place), *one.field)) for one in self.write.problems]

    def keep(self, stored: dict[str, Any]) -> dict[str, Any]:
        """What is stored of the customer without the fields that are wrong."""
        wrong = {
            problem.field[-1] for problem in self.write.problems if problem.field and problem.field[0] != "account"
        }
        return {key: value for key, value in stored.items() if key not in wrong} if wrong else stored


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of one bulk write."""

    write: Write
    policy: ErrorPolicy
    every: list[Row]

    @classmethod
    def of(cls, write: Write, given: Sequence[Any], policy: ErrorPolicy | None) -> Rows:
        """The rows of an input.

        Raises:
            Refused: there are too many, or the viewer may not write many at once.
        """
        if not write.viewer.staff:
            write.refuse("FORBIDDEN", "Many records at once are written by those who sell to you.")
        if len(given) > MOST_ROWS:
            write.refuse("INVALID", f"Give at most {MOST_ROWS} rows at once; these are {len(given)}.", CUSTOMERS)
        write.settle()
        own = [Row(place, one, replace(write, problems=[])) for place, one in enumerate(given)]
        return cls(write, policy or ErrorPolicy.REJECT_ALL, own)

    def standing(self, rows: Iterable[Row] | None = None) -> list[Row]:
        """Those of some rows, or of all, that are to be written.

        Raises:
            Refused: one of all has a problem, and then nothing is written by the policy.
        """
        if self.policy is ErrorPolicy.REJECT_ALL and any(row.write.problems for row in self.every):
            raise Refused(*(problem for row in self.every for problem in row.problems))
        return [row for row in (self.every if rows is None else rows) if not self._fails(row)]

    def _fails(self, row: Row) -> bool:
        if self.policy is not ErrorPolicy.IGNORE_FAILED:
            return bool(row.write.problems)
        return any(problem.code not in IGNORED or problem.field in ((), *KEYS) for problem in row.write.problems)

    def record(self, type_name: str, uuid: str) -> Place:
        """A record of the organisation."""
        return Place(self.write.model.records[type_name], uuid, self.write.viewer.organization_id)

    def written(self) -> Written:
        """What the payload tells."""
        self.standing()
        counts = Counter(row.outcome for row in self.every)
        shown = {outcome.name.lower(): counts[outcome] for outcome in RowOutcome}
        results = [_result(row) for row in self.every]
        return Written({}, {"counts": {"__typename": BulkCounts.__name__, **shown}}, {"results": results})


def expect_all(rows: Sequence[Any], found: Sequence[Any]) -> None:
    """End the mutation when what rows are linked to was there when it was looked for and is gone."""
    if len(found) < len(rows):
        raise Refused(
            Problem("CONFLICT", "A record that is to be linked has gone meanwhile. Read again what is there.")
        )


def _result(row: Row) -> Written:
    values = {
        "__typename": CustomerResult.__name__,
        "row": row.place,
        "outcome": row.outcome.name,
        "accountOutcome": row.account.name if row.account else None,
        "errors": [problem.told() for problem in row.problems],
    }
    return Written({} if row.outcome is RowOutcome.FAILED else {"customer": ("Customer", row.uuid)}, values)
