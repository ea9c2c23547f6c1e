"""The Research Organization Registry: trees out of a graph with several parents and cycles."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from app.importers.ror import Ror
from app.organizations import slug
from app.verification import chosen_organizations, verify
from graph.database import Database
from tests.conftest import Registry
from tests.importing import ROR, Importing

EDGES = (
    "MATCH (c:Customer {organizationId: $org})-[:%s]->(p) "
    "RETURN [c.originId, p.originId] ORDER BY c.originId, p.originId"
)


@pytest.fixture
def importing(database: Database, tmp_path: Path) -> Importing:
    """An organisation of its own."""
    return Importing.fresh(database, tmp_path)


async def edges(importing: Importing, kind: str) -> list[str]:
    """Relationships between customers, as `child parent`."""
    return [" ".join(pair) for pair in await importing.query(EDGES % kind)]


async def test_tree_is_strict(importing: Importing) -> None:
    """The first parent that closes no cycle is the tree's, a further one an affiliation, one's own is refused."""
    await importing(Ror(ROR))

    assert ["r02 r01", "r03 r01", "r06 r02", "r07 r06", "r08 r07", "r09 r01"] == await edges(importing, "CHILD_OF")
    assert ["r01 r08", "r03 r02", "r06 r08"] == await edges(importing, "AFFILIATED_WITH")
    assert ["r05 r01", "r07 r08"] == await edges(importing, "SUCCEEDED_BY")


async def test_every_row_is_accounted_for(importing: Importing) -> None:
    """What is not loaded, or not as the source says, is in the report with its file, row and reason."""
    done = await importing(Ror(ROR), batch_size=3)

    assert [
        ("parent_child.csv", "5", "no", "OWN_PARENT"),
        ("parent_child.csv", "9", "yes", "CYCLE"),
        ("parent_child.csv", "10", "yes", "CYCLE"),
        ("parent_child.csv", "12", "no", "UNKNOWN_CUSTOMER"),
        ("successors.csv", "3", "no", "OWN_SUCCESSOR"),
        ("successors.csv", "4", "no", "UNKNOWN_CUSTOMER"),
    ] == [(row["file"], row["row"], row["loaded"], row["code"]) for row in importing.reported()]
    assert "r04 is its own parent" in importing.reported()[0]["message"]
    assert (25, 4) == (done.tally.rows, done.tally.lost)


async def test_organisation_becomes_customer(importing: Importing) -> None:
    """With its group, tags, address, website and status, an account of its own, and an owner."""
    await importing(Ror(ROR))

    found = await importing.query(
        "MATCH (c:Customer {organizationId: $org})-[:BELONGS_TO]->(a:Account) "
        "WHERE c.originId IN ['r01', 'r05', 'r09'] "
        "RETURN [c.name, c.kind, c.status, c.website, a.kind, [(c)-[:MEMBER_OF]->(g) | g.name], "
        "COUNT { (c)-[:TAGGED]->() }, [(c)-[:HAS_ADDRESS]->(x) | coalesce(x.city, '') + x.countryCode]] "
        "ORDER BY c.originId"
    )

    assert [
        ["University of One", "BUSINESS", "ACTIVE", "https://one.example", "COMPANY", ["Education"], 2, ["LondonGB"]],
        ["Archive Five", "BUSINESS", "WITHDRAWN", None, "COMPANY", ["Archive"], 1, ["DE"]],
        ["Only a Name", "BUSINESS", None, None, "COMPANY", [], 0, []],
    ] == found
    assert [] == await importing.without_owner()


async def test_a_tree_has_the_account_of_its_root(importing: Importing) -> None:
    """Where the organisation says so: whoever comes below another one follows; a second run changes nothing."""
    await importing.organization("USD")
    await importing.query("MATCH (o:Organization {id: $org}) SET o.treeAccounts = 'ROOT'")
    await importing(Ror(ROR), batch_size=3)

    shared = await importing.query(
        "MATCH (a:Account {organizationId: $org}) WITH a, "
        "COLLECT { MATCH (a)<-[:BELONGS_TO]-(c) RETURN c.originId ORDER BY c.originId } AS customers "
        "WHERE size(customers) > 1 RETURN [a.name, customers]"
    )
    noted = await importing.query(
        "MATCH (c:Customer {organizationId: $org, originId: 'r08'}) MATCH (x:Change {recordId: c.id}) "
        "MATCH (c)-[:BELONGS_TO]->(a) RETURN [x.action, a.id IN x.named]"
    )
    assert [["University of One", ["r01", "r02", "r03", "r06", "r07", "r08", "r09"]]] == shared
    assert ["EDIT", True] in noted
    organizations = await chosen_organizations(importing.database, slug(importing.name))
    assert [] == [found async for found in verify(importing.database, organizations)]
    before = await importing.dump()
    await importing(Ror(ROR))
    assert before == await importing.dump()


async def test_second_run_changes_nothing(importing: Importing) -> None:
    """The tree is decided the same way again."""
    await importing(Ror(ROR))
    before, reported = await importing.dump(), importing.reported()

    await importing(Ror(ROR), batch_size=4)

    assert before == await importing.dump()
    assert reported == importing.reported()


async def test_parent_that_a_user_chose_stays(importing: Importing) -> None:
    """A customer that was moved keeps its parent, and the report says so."""
    await importing(Ror(ROR))
    await importing.query(
        "MATCH (c {organizationId: $org, originId: 'r03'})-[old:CHILD_OF]->() "
        "MATCH (p {organizationId: $org, originId: 'r05'}) "
        "DELETE old CREATE (c)-[:CHILD_OF]->(p)"
    )

    await importing(Ror(ROR))

    assert "r03 r05" in await edges(importing, "CHILD_OF")
    assert "r03 r01" not in await edges(importing, "CHILD_OF")
    assert ("3", "PARENT_KEPT", "no") in [(row["row"], row["code"], row["loaded"]) for row in importing.reported()]


async def test_cycle_with_the_stored_tree_is_not_closed(importing: Importing, tmp_path: Path) -> None:
    """An edge that closes a cycle only with one that a user made, even over two edges of a batch, is an affiliation."""
    folder = tmp_path / "data"
    shutil.copytree(ROR, folder)
    (folder / "parent_child.csv").write_text("child_ror_id,parent_ror_id\n")
    await importing(Ror(folder))
    await importing.query(
        "MATCH (a {organizationId: $org, originId: 'r01'}) MATCH (b {organizationId: $org, originId: 'r02'}) "
        "CREATE (a)-[:CHILD_OF]->(b)"
    )
    (folder / "parent_child.csv").write_text("child_ror_id,parent_ror_id\nr02,r03\nr03,r01\n")

    for _ in range(2):
        await importing(Ror(folder))

        assert ["r01 r02", "r02 r03"] == await edges(importing, "CHILD_OF")
        assert ["r03 r01"] == await edges(importing, "AFFILIATED_WITH")
        assert [("3", "CYCLE", "yes")] == [
            (row["row"], row["code"], row["loaded"])
            for row in importing.reported()
            if row["file"] == "parent_child.csv"
        ]


async def test_whole_data_set(registry: Registry) -> None:
    """The real files: every edge accounted for, and no cycle."""
    importing, done = registry.importing, registry.summary

    created = {kind: counts.created for kind, counts in done.tally.counts.items()}
    assert (56_521, 56_521, 17_418, 5_800) == (
        created["customers"],
        created["accounts"],
        created["tree edges"],
        created["affiliations"],
    )
    assert 5_151 == done.tally.sums["organisations known by name only"]
    assert 81_796 == done.tally.rows
    codes = [row["code"] for row in importing.reported() if row["file"].startswith("parent_child")]
    assert ["OWN_PARENT"] == codes
    assert [0] == await importing.query(
        "MATCH (c:Customer {organizationId: $org})-[:CHILD_OF*1..20]->(c) RETURN count(*)"
    )
