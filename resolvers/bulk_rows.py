"""The rows of a bulk write: each with its own problems and outcome, and what a policy makes of those with problems."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from cypher.writes import Place
from graph.model import RecordType
from graph.user_errors import Problem, Refused
from resolvers.bulk_inputs import MOST_ROWS, BulkCounts, ErrorPolicy, RowOutcome
from resolvers.customer_inputs import AccountOutcome
from resolvers.links import Targets
from resolvers.parts import Parts
from resolvers.records import Found, Written
from resolvers.writing import Write

IGNORED = ("INVALID", "NOT_FOUND", "CYCLE")
"""What a field can be left out for; anything else is about the record."""
KEYS = (("id",), ("originId",))


@dataclass(frozen=True, slots=True)
class Noun:
    """What the rows of a bulk write are: the type of record, the field of the input that has them, their results.

    `needed` are the fields without which no record is made.
    """

    type_name: str
    field: str
    result: type
    needed: tuple[str, ...] = ()


@dataclass(slots=True)
class Row:
    """A row under way: `write` is in the transaction of all and has problems of its own.

    Attributes:
        place: of the row in the input.
        within: the field of the input that has the rows.
        given: the row as the client gave it.
        write: what is wrong with the row is said to it.
        ends: type and UUID of the records that the row names, by the names of the input's fields.
        uuid: of its record.
        found: the record that is there, locked; None for one that is new.
        stored: what is to be stored of the record.
        links: where its fields are to lead, but the owner.
        parts: its lists of parts.
        outcome: what became of it so far.
        account: where the account of a new customer came from.
    """

    place: int
    within: str
    given: Any
    write: Write
    ends: dict[str, tuple[str, str]] = field(default_factory=dict)
    uuid: str = ""
    found: Found | None = None
    stored: dict[str, Any] = field(default_factory=dict)
    links: dict[str, Targets] = field(default_factory=dict)
    parts: list[Parts] = field(default_factory=list)
    outcome: RowOutcome = RowOutcome.FAILED
    account: AccountOutcome | None = None

    @property
    def key(self) -> str:
        """The key of the customer in its source; empty when it has none."""
        return (self.given.origin_id or "").strip()

    @property
    def problems(self) -> list[Problem]:
        """What is wrong with it, at its place in the input."""
        return [replace(one, field=(self.within, str(self.place), *one.field)) for one in self.write.problems]

    def keep(self, stored: Mapping[str, Any]) -> dict[str, Any]:
        """What is stored of the record without the fields that are wrong."""
        wrong = {
            problem.field[-1] for problem in self.write.problems if problem.field and problem.field[0] != "account"
        }
        return {key: value for key, value in stored.items() if key not in wrong}

    def own(self, default: tuple[str, str] | None = None) -> None:
        """Let a new record have the owner that the row names, else the default one, else the viewer."""
        viewer = self.write.viewer
        if default:
            self.ends.setdefault("ownerId", default)
        if "ownerId" not in self.ends and viewer.home_id is None:
            self.ends["ownerId"] = ("User", viewer.id)
        elif "ownerId" not in self.ends:
            self.write.refuse("FORBIDDEN", "Say who owns it: nobody here is you.", "ownerId")


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of one bulk write."""

    write: Write
    noun: Noun
    policy: ErrorPolicy
    every: list[Row]

    @classmethod
    def of(cls, write: Write, noun: Noun, given: Sequence[Any], policy: ErrorPolicy | None) -> Rows:
        """The rows of an input.

        Raises:
            Refused: there are too many, or the viewer may not write many at once.
        """
        if not write.viewer.staff:
            write.refuse("FORBIDDEN", "Many records at once are written by those who sell to you.")
        if len(given) > MOST_ROWS:
            write.refuse("INVALID", f"Give at most {MOST_ROWS} rows at once; these are {len(given)}.", noun.field)
        write.settle()
        own = [Row(place, noun.field, one, replace(write, problems=[])) for place, one in enumerate(given)]
        return cls(write, noun, policy or ErrorPolicy.REJECT_ALL, own)

    @property
    def type(self) -> RecordType:
        """The type of the records."""
        return self.write.model.records[self.noun.type_name]

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
        needed = self.noun.needed if row.found is None else ()
        kept = ((), *KEYS, *((name,) for name in needed))
        return any(problem.code not in IGNORED or problem.field in kept for problem in row.write.problems)

    def expect_different(self, attribute: str, where: str) -> None:
        """Refuse rows that are about the same record as one before."""
        first: dict[str, int] = {}
        for row in self.every:
            key = (getattr(row.given, attribute) or "").strip()
            if key and first.setdefault(key, row.place) != row.place:
                noun = self.noun.type_name.lower()
                row.write.refuse("TAKEN", f"Row {first[key]} is about the same {noun}. Give each once.", where)

    def record(self, type_name: str, uuid: str) -> Place:
        """A record of the organisation."""
        return Place(self.write.model.records[type_name], uuid, self.write.viewer.organization_id)

    def written(self) -> Written:
        """What the payload tells."""
        self.standing()
        counts = Counter(row.outcome for row in self.every)
        shown = {outcome.name.lower(): counts[outcome] for outcome in RowOutcome}
        results = [self._result(row) for row in self.every]
        return Written({}, {"counts": {"__typename": BulkCounts.__name__, **shown}}, {"results": results})

    def _result(self, row: Row) -> Written:
        values = {
            "__typename": self.noun.result.__name__,
            "row": row.place,
            "outcome": row.outcome.name,
            "accountOutcome": row.account.name if row.account else None,
            "errors": [problem.told() for problem in row.problems],
        }
        if row.outcome is RowOutcome.FAILED:
            return Written({}, values)
        return Written({self.noun.type_name.lower(): (self.noun.type_name, row.uuid)}, values)
