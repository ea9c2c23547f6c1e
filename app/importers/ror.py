"""The Research Organization Registry: organisations, whose part they are, and who succeeded them.

Three CSV files in a folder. The registry lets an organisation have several parents; a tree of customers is strict: in
the order of the file, the first parent that closes no cycle is the one in the tree, and every further one is kept as
an affiliation. docs/import.md has the whole mapping.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from app.importers.batch import Batch, Tie
from app.importers.files import Advance, check_file, read_rows
from app.importers.target import ChannelSpec, Target
from app.importers.trees import Forest, Verdict
from graph.errors import ImportFailed

ORGANIZATION = "Research Registry"
COLUMNS = {
    "organizations": (
        *("ror_id", "name", "types", "status", "established", "country_code", "region", "city", "lat", "lng"),
        *("website", "aliases", "complete"),
    ),
    "parent_child": ("child_ror_id", "parent_ror_id"),
    "successors": ("ror_id", "successor_ror_id"),
}
"""The files, in the order in which they are read, with their columns."""

_STATUS = {"active": "ACTIVE", "inactive": "INACTIVE", "withdrawn": "WITHDRAWN", "": None}


class Ror:
    """The data set as a folder of three CSV files, gzipped or not."""

    name = "ror"
    currency = "USD"
    channel = ChannelSpec("institutions", "Institutions", "COMMERCE", "ROR", without=("Cart", "Order"))

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @property
    def files(self) -> tuple[Path, ...]:
        """The three files."""
        return tuple(_find(self._folder, name) for name in COLUMNS)

    def check(self) -> None:
        """Refuse a folder without the three files, or with others of these names."""
        if not self._folder.is_dir():
            raise ImportFailed(
                f"{self._folder} is not a folder.", hint=f"Name the folder that has {', '.join(COLUMNS)} as .csv.gz."
            )
        for path, columns in zip(self.files, COLUMNS.values(), strict=True):
            check_file(path, columns)

    def batches(self, target: Target, size: int, advance: Advance) -> Iterator[Batch]:
        """The rows of the files, one file after the other."""
        seen = _Seen()
        adders = (_add_organization, _add_parent, _add_successor)
        for path, columns, add in zip(self.files, COLUMNS.values(), adders, strict=True):
            batch = Batch(target)
            for number, row in read_rows(path, columns, advance):
                batch.rows += 1
                if len(row) != len(columns):
                    message = f"has {len(row)} values, not {len(columns)}"
                    batch.problem(path.name, number, "WRONG_COLUMNS", message, key=row[0])
                else:
                    add(batch, path.name, number, row, seen)
                if batch.rows >= size:
                    yield batch
                    batch = Batch(target)
            if batch.rows:
                yield batch


@dataclass(slots=True)
class _Seen:
    """What the files have shown so far."""

    organizations: set[str] = field(default_factory=set)
    types: set[str] = field(default_factory=set)
    forest: Forest = field(default_factory=Forest)


def _find(folder: Path, name: str) -> Path:
    plain = folder / f"{name}.csv"
    return plain if plain.is_file() else folder / f"{name}.csv.gz"


def _add_organization(batch: Batch, file: str, number: int, row: list[str], seen: _Seen) -> None:
    ror_id, name, types, status, _, country, region, city, _, _, website, _, complete = (part.strip() for part in row)
    if not ror_id or not name:
        return batch.problem(file, number, "NO_NAME", "has no ror_id or no name", key=ror_id)
    if ror_id in seen.organizations:
        return batch.problem(file, number, "REPEATED", f"{ror_id} stands further up already", key=ror_id)
    if status not in _STATUS:
        message = f"status {status!r} is none of active, inactive, withdrawn: loaded without one"
        batch.problem(file, number, "BAD_STATUS", message, key=ror_id, lost=False)
    seen.organizations.add(ror_id)
    words = tuple(dict.fromkeys(word for word in types.split("|") if word))
    for word in words:
        if word not in seen.types:
            seen.types.add(word)
            batch.group(word, word.capitalize())
            batch.tag(word)
    properties = {"kind": "BUSINESS", "name": name, "website": website or None, "status": _STATUS.get(status)}
    batch.customer(ror_id, properties, group=words[0] if words else None, tags=words)
    if city or region or country:
        address = {"city": city or None, "region": region or None, "countryCode": country or None}
        batch.address("Customer", ror_id, address)
    batch.sums["organisations"] += 1
    batch.sums["organisations known by name only"] += complete == "0"
    return None


def _add_parent(batch: Batch, file: str, number: int, row: list[str], seen: _Seen) -> None:
    child, parent = (part.strip() for part in row)
    key, tie = f"{child} -> {parent}", Tie(file, number, child, parent)
    if _is_unknown(batch, file, number, row, seen):
        return
    verdict = seen.forest.decide(child, parent)
    if verdict is Verdict.SELF:
        message = f"{child} is its own parent: refused"
        batch.problem(file, number, "OWN_PARENT", message, key=key)
    elif verdict is Verdict.REPEATED:
        batch.problem(file, number, "REPEATED", f"{parent} is the parent of {child} already", key=key)
    elif verdict is Verdict.TREE:
        batch.tree.append(tie)
    else:
        batch.affiliations.append(tie)
        if verdict is Verdict.CYCLE:
            message = f"{parent} is below {child}, and would close a cycle as its parent: kept as an affiliation"
            batch.problem(file, number, "CYCLE", message, key=key, lost=False)
    batch.sums[_SUMS[verdict]] += 1


_SUMS = {
    Verdict.TREE: "parents in the tree",
    Verdict.FURTHER: "further parents",
    Verdict.CYCLE: "further parents",
    Verdict.SELF: "own parents refused",
    Verdict.REPEATED: "repeated parents",
}


def _add_successor(batch: Batch, file: str, number: int, row: list[str], seen: _Seen) -> None:
    old, new = (part.strip() for part in row)
    if _is_unknown(batch, file, number, row, seen):
        return
    if old == new:
        batch.problem(file, number, "OWN_SUCCESSOR", f"{old} is its own successor: refused", key=f"{old} -> {new}")
        return
    batch.successors.append(Tie(file, number, old, new))
    batch.sums["successors"] += 1


def _is_unknown(batch: Batch, file: str, number: int, row: list[str], seen: _Seen) -> bool:
    """Whether an end is no organisation of the data set; says so in the report."""
    unknown = [part.strip() for part in row if part.strip() not in seen.organizations]
    if unknown:
        message = f"{' and '.join(map(repr, unknown))} not among the organisations: not related"
        batch.problem(file, number, "UNKNOWN_CUSTOMER", message, key=" -> ".join(row))
    return bool(unknown)
