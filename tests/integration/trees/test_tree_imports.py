"""An import that makes trees while accounts are merged, where a tree has one account."""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path

from app.importers.ror import Ror
from app.organizations import now_in_millis, slug
from app.verification import chosen_organizations, verify
from cypher.printer import Statement
from cypher.writes import Place, bury_record, lock_all
from graph.database import Database, Run
from graph.registry import load_model
from tests.importing import ROR, Importing

ACCOUNT = "MATCH (:Customer {organizationId: $org, originId: $key})-[:BELONGS_TO]->(a:Account) RETURN a.id"
MOVE = """MATCH (a:Account {organizationId: $org, id: $a})<-[old:BELONGS_TO]-(c)
MATCH (b:Account {organizationId: $org, id: $b}) DELETE old CREATE (c)-[:BELONGS_TO]->(b)"""


async def test_a_merge_at_once_leaves_nobody_under_a_deleted_account(database: Database, tmp_path: Path) -> None:
    """The tree gets the account into which that of its root is merged while the import waits for it."""
    folder, importing = tmp_path / "data", Importing.fresh(database, tmp_path)
    shutil.copytree(ROR, folder)
    (folder / "parent_child.csv").write_text("child_ror_id,parent_ror_id\n")
    organization = await importing.organization("USD")
    await importing.query("MATCH (o:Organization {id: $org}) SET o.treeAccounts = 'ROOT'")
    await importing(Ror(folder))
    [root], [other] = [await importing.query(ACCOUNT, key=key) for key in ("r01", "r05")]

    async def merge(run: Run) -> asyncio.Task[object]:
        await run(lock_all(["Account"], [root, other], organization.id, going=True))
        task = asyncio.create_task(importing(Ror(ROR)))
        await asyncio.wait({task}, timeout=4)
        assert not task.done()
        await run(Statement(MOVE, {"org": organization.id, "a": root, "b": other}))
        await run(bury_record(Place(load_model().records["Account"], root, organization.id), now_in_millis()))
        return task

    await (await database.transact(merge))

    shared = "MATCH (:Account {id: $id})<-[:BELONGS_TO]-(c {organizationId: $org}) RETURN c.originId"
    assert ["r01", "r02", "r03", "r05", "r06", "r07", "r08", "r09"] == sorted(await importing.query(shared, id=other))
    organizations = await chosen_organizations(database, slug(importing.name))
    assert [] == [found async for found in verify(database, organizations)]
