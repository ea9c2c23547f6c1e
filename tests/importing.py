"""Runs importers against the run's database, each in an organisation of its own, and dumps what is there."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

from app.importers.engine import Options, Source, Summary, run_import
from app.organizations import OrganizationRef, ensure_organization
from app.progress import Progress
from graph.database import Database
from graph.registry import load_model
from graph.types.enums import AccountPolicy

FIXTURES = Path(__file__).parent / "fixtures"
ONLINE_RETAIL = FIXTURES / "online_retail" / "small.csv"
ROR = FIXTURES / "ror"
RUN = ("linesDigest",)  # remembers how a run cut an order into batches
TIMES = ("createdAt", "updatedAt")

Dump = tuple[list[Any], list[Any]]


class Silent:
    """Progress that nobody sees."""

    def advance(self, amount: float = 1) -> None:
        """Do nothing."""


@contextmanager
def silent(_label: str, _size: float) -> Iterator[Progress]:
    """Show no progress."""
    yield Silent()


@dataclass(slots=True)
class Importing:
    """One organisation to import into."""

    database: Database
    folder: Path
    name: str
    policy: AccountPolicy | None = None

    @classmethod
    def fresh(cls, database: Database, folder: Path) -> Importing:
        """An organisation that nothing has been imported into."""
        return cls(database, folder, f"Import {uuid4().hex}")

    @property
    def report(self) -> Path:
        """Where its imports report."""
        return self.folder / "report.csv"

    async def __call__(self, source: Source, *, batch_size: int = 1000) -> Summary:
        """Import a source."""
        options = Options(self.name, self.report, self.policy, batch_size)
        return await run_import(self.database, source, options, silent)

    def reported(self) -> list[dict[str, str]]:
        """The rows of the report."""
        with self.report.open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    async def organization(self, currency: str) -> OrganizationRef:
        """The organisation, also before the first import."""
        return await ensure_organization(self.database, self.name, currency)

    async def query(self, text: str, **parameters: Any) -> list[Any]:
        """The first column of what a query of a test gives; `$org` is the organisation's id."""
        async with self.database.driver.session() as session:
            found = await session.run("MATCH (o:Organization {name: $name}) RETURN o.id", name=self.name)
            org = (await found.value() or [""])[0]
            return await (await session.run(text, {**parameters, "org": org})).value()

    async def without_owner(self) -> list[Any]:
        """Records that somebody should own and whose owner is missing, twofold, or another one by its id."""
        records = load_model().records.values()
        owned = "|".join(record.label for record in records if record.scope and record.scope.owned == ())
        return await self.query(
            f"MATCH (n:{owned} {{organizationId: $org}}) WHERE COUNT {{ (n)-[:OWNED_BY]->() }} <> 1 "
            "OR NOT EXISTS { (n)-[:OWNED_BY]->(o {organizationId: $org}) WHERE o.id = n.ownerId } "
            "RETURN [labels(n), n.displayName]"
        )

    async def dump(self, *, times: bool = True) -> Dump:
        """Everything of the organisation but the runs themselves, in a fixed order."""
        nodes = await self.query(
            "MATCH (n {organizationId: $org}) WHERE NOT n:ImportRun RETURN [labels(n), properties(n)]"
        )
        relationships = await self.query(
            "MATCH (n {organizationId: $org})-[r]->(m) RETURN [n.id, type(r), properties(r), m.id]"
        )
        hidden = RUN if times else (*RUN, *TIMES)
        shown = [
            [sorted(labels), sorted((key, str(value)) for key, value in found.items() if key not in hidden)]
            for labels, found in nodes
        ]
        return sorted(shown), sorted(
            [a, kind, sorted(map(str, found.items())), b] for a, kind, found, b in relationships
        )

    async def wipe(self) -> None:
        """Delete the organisation and all it has."""
        [organization] = await self.query("MATCH (o:Organization {name: $name}) RETURN o.id", name=self.name)
        # In pieces: a transaction is held in memory until it commits.
        for label in ("OrderItem", "Order", "LifetimeValue", "Address", "Account", "Customer", "Record", "ImportRun"):
            some = f"MATCH (n:{label} {{organizationId: $id}}) WITH n LIMIT 5000 DETACH DELETE n RETURN count(*)"
            while await self.query(some, id=organization) != [0]:
                pass
