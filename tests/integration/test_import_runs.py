"""Runs: killed and resumed, refused, reported; and the accounts that customers get."""

from __future__ import annotations

import asyncio
import csv
import gzip
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from app.importers.batch import Batch
from app.importers.engine import Options, Source, run_import
from app.importers.files import Advance
from app.importers.northwind import Northwind
from app.importers.online_retail import COLUMNS, OnlineRetail
from app.importers.ror import Ror
from app.importers.target import ChannelSpec, Target
from app.importers.writing import outcome, steps
from app.organizations import now_in_millis
from app.verification import verify
from graph.database import Database
from graph.errors import C360Error, Conflict, DiskFull, ImportFailed
from graph.local import Connection
from graph.types.enums import AccountPolicy
from tests.importing import FIXTURES, ONLINE_RETAIL, ROR, Importing, silent

NORTHWIND = FIXTURES / "northwind"
HEADER = ",".join(COLUMNS) + "\n"
LINE = "1,A,APPLE,2,2011-01-01 10:00:00,1.50,1.0,Peru\n"


@pytest.fixture
def importing(database: Database, tmp_path: Path) -> Importing:
    """An organisation of its own."""
    return Importing.fresh(database, tmp_path)


def many_rows(path: Path, count: int = 1500) -> Path:
    """A file of many small invoices of few customers."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        for n in range(count):
            at = f"2011-{1 + n * 11 // count:02d}-01 10:{n % 60:02d}:00"
            writer.writerow(
                [f"{n // 4:06d}", f"S{n % 90}", f"THING {n % 90}", n % 9, at, "1.25", f"{n // 4 % 50}.0", "Peru"]
            )
    return path


def start(importing: Importing, connection: Connection, path: Path, report: Path) -> subprocess.Popen[bytes]:
    """The command line importing a file in batches of 50."""
    environment = {
        **os.environ,
        "C360_NEO4J_URI": connection.uri,
        "C360_NEO4J_USER": connection.user,
        "C360_NEO4J_PASSWORD": connection.password,
    }
    arguments = ["import", "online-retail", str(path), "--organization", importing.name, "--batch-size", "50"]
    return subprocess.Popen(
        [sys.executable, "-c", "from app.cli import main; main()", *arguments, "--report", str(report)],
        env=environment,
        stderr=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )


async def batches_done(importing: Importing) -> int:
    """How far the run is."""
    found = await importing.query("MATCH (r:ImportRun {organizationId: $org}) RETURN r.batchesDone")
    return max((done for done in found if done is not None), default=0)


async def test_killed_import_goes_on(importing: Importing, neo4j_connection: Connection, tmp_path: Path) -> None:
    """Killed in the middle and run again, an import leaves what an undisturbed one does."""
    path = many_rows(tmp_path / "many.csv")
    process = start(importing, neo4j_connection, path, tmp_path / "killed.csv")
    while await batches_done(importing) < 5:
        assert process.poll() is None, "it ended before it could be killed"
    process.send_signal(signal.SIGKILL)
    process.communicate()
    done = await batches_done(importing)
    assert 5 <= done < 30, "it was not killed in the middle"

    resumed = await importing(OnlineRetail(path))

    assert done * 50 <= resumed.resumed_after < 1500
    assert 1500 == resumed.tally.rows == resumed.tally.counts["items"].created
    after = await importing.dump(times=False)
    await importing.wipe()
    await importing(OnlineRetail(path), batch_size=50)
    assert await importing.dump(times=False) == after


async def test_cut_off_file_keeps_what_was_whole(importing: Importing, tmp_path: Path) -> None:
    """A truncated gzip loads its whole batches, says where it ends, and goes on once the file is whole."""
    whole = gzip.compress(many_rows(tmp_path / "many.csv").read_bytes())
    path = tmp_path / "cut.csv.gz"
    path.write_bytes(whole[: len(whole) // 2])

    with pytest.raises(ImportFailed, match="cut off after row") as caught:
        await importing(OnlineRetail(path), batch_size=100)

    assert "Fetch it again" in str(caught.value.hint)
    assert ["RUNNING"] == await importing.query(
        "MATCH (r:ImportRun {organizationId: $org}) WHERE r.status IS NOT NULL RETURN r.status"
    )
    items = await importing.query("MATCH (i:OrderItem {organizationId: $org}) RETURN count(i)")
    assert 0 == items[0] % 100
    path.write_bytes(whole)
    done = await importing(OnlineRetail(path), batch_size=100)
    assert 1500 == done.tally.rows == done.tally.counts["items"].created + done.tally.counts["items"].unchanged


BAD_FILES: dict[str, tuple[bytes | None, str]] = {
    "missing": (None, "There is no file"),
    "empty": (b"", "does not have the columns"),
    "other columns": (b"a,b,c\n1,2,3\n", "does not have the columns"),
    "utf-16": ((HEADER + LINE).encode("utf-16"), "is not UTF-8"),
    "latin-1 further down": ((HEADER + LINE).encode() + LINE.replace("PPL", "PÜL").encode("latin-1"), "is not UTF-8"),
    "damaged gzip": (gzip.compress((HEADER + LINE * 99).encode())[:-6] + b"xxxxxx", "is damaged"),
    "no gzip at all": (b"\x1f\x8bnonsense", "is damaged"),
    "endless field": ((HEADER + '1,A,"' + "x" * 200_000).encode(), "is not a CSV file"),
}


@pytest.mark.parametrize("name", BAD_FILES)
async def test_bad_file_is_refused(importing: Importing, tmp_path: Path, name: str) -> None:
    """Whatever is wrong with a file is one error that names it; nothing is half written."""
    content, message = BAD_FILES[name]
    path = tmp_path / "bad.csv"
    if content is not None:
        path.write_bytes(content)

    with pytest.raises(ImportFailed, match=message) as caught:
        await importing(OnlineRetail(path))

    assert str(path) in caught.value.message
    assert [0] == await importing.query("MATCH (n:Customer|Order|OrderItem {organizationId: $org}) RETURN count(n)")


@pytest.mark.parametrize("make", [OnlineRetail, lambda path: Ror(path / "none"), lambda _: Ror(ONLINE_RETAIL)])
async def test_folder_and_file_are_not_confused(
    importing: Importing, tmp_path: Path, make: Callable[[Path], OnlineRetail | Ror]
) -> None:
    """A folder for a file, a file for a folder and a folder that isn't there are refused before anything is written."""
    with pytest.raises(ImportFailed, match="folder"):
        await importing(make(tmp_path))

    assert [] == await importing.query("MATCH (o:Organization {name: $name}) RETURN o.id", name=importing.name)


@pytest.mark.parametrize(("report", "error"), [("/dev/full", DiskFull), ("/proc/none/x.csv", ImportFailed)])
async def test_report_that_cannot_be_written(importing: Importing, report: str, error: type[C360Error]) -> None:
    """It is said before the first write."""
    with pytest.raises(error, match="report"):
        await run_import(importing.database, OnlineRetail(ONLINE_RETAIL), Options(importing.name, Path(report)), silent)

    assert [] == await importing.query("MATCH (o:Organization {name: $name}) RETURN o.id", name=importing.name)


async def test_inactive_channel_refuses(importing: Importing) -> None:
    """An import into an inactive channel ends with an error that names it, and writes nothing."""
    await importing(OnlineRetail(ONLINE_RETAIL))
    await importing.query("MATCH (c:Channel {organizationId: $org}) SET c.status = 'INACTIVE'")
    before = await importing.dump()

    with pytest.raises(Conflict, match=r"'Web UK'.*inactive"):
        await importing(OnlineRetail(ONLINE_RETAIL))

    assert before == await importing.dump()


async def test_other_currency_is_refused(importing: Importing) -> None:
    """A data set goes into an organisation of its own currency only."""
    await importing(Ror(ROR))

    with pytest.raises(C360Error, match="USD, not in GBP"):
        await importing(OnlineRetail(ONLINE_RETAIL))


async def test_report_as_json_lines(importing: Importing, tmp_path: Path) -> None:
    """A report whose name ends in .jsonl has one JSON object a line."""
    path = tmp_path / "report.jsonl"

    await run_import(importing.database, Ror(ROR), Options(importing.name, path), silent)

    first = path.read_text(encoding="utf-8").splitlines()[0]
    assert first.startswith('{"file":"parent_child.csv","row":5,"loaded":false,"code":"OWN_PARENT"')


def test_wrong_password_and_exit_status(neo4j_connection: Connection, importing: Importing, tmp_path: Path) -> None:
    """The command ends with a message and a status other than 0, never with a stack trace."""
    wrong = Connection(neo4j_connection.uri, neo4j_connection.user, "not the password")

    process = start(importing, wrong, ONLINE_RETAIL, tmp_path / "report.csv")
    _, said = process.communicate(timeout=60)

    assert 1 == process.returncode
    assert b"DATABASE_AUTHENTICATION_FAILED" in said
    assert b"Traceback" not in said


class People:
    """A source of persons, as the test says."""

    name = "people"
    currency = "EUR"
    files = (ONLINE_RETAIL,)

    def __init__(self, channel: str, *people: tuple[str, str | None, str | None, str | None]) -> None:
        self.channel = ChannelSpec(channel, channel, "WEB", "test")
        self.people = people

    def check(self) -> None:
        """Find nothing wrong."""

    def batches(self, target: Target, size: int, advance: Advance) -> Iterator[Batch]:
        """All in one batch."""
        batch = Batch(target, rows=len(self.people))
        advance(size)
        for origin, first, last, email in self.people:
            batch.customer(origin, {"kind": "PERSON", "firstName": first, "lastName": last, "email": email})
        yield batch


JOHN = ("John", "Jackson", "john@deco.example")


async def accounts(importing: Importing) -> list[list[str]]:
    """Which customers share an account."""
    return sorted(
        await importing.query(
            "MATCH (a:Account {organizationId: $org})<-[:BELONGS_TO]-(c) WITH a, c ORDER BY c.originId "
            "WITH a, collect(c.originId) AS origins RETURN origins"
        )
    )


async def test_match_policy_shares_accounts(importing: Importing) -> None:
    """Equal names and email share an account, in one batch and across channels; blanks never match."""
    importing.policy = AccountPolicy.MATCH
    await importing(
        People(
            "one",
            ("a", *JOHN),
            ("b", "JOHN", " jackson ", "John@Deco.example"),
            ("c", "John", "Jackson", None),
            ("d", "John", "Jackson", None),
        )
    )

    await importing(People("two", ("e", *JOHN), ("f", "Amanda", "Smith", "amanda@deco.example")))

    assert [["a", "b", "e"], ["c"], ["d"], ["f"]] == await accounts(importing)
    contacts = await importing.query(
        "MATCH (a:Account {organizationId: $org})-[h:HAS_CONTACT]->(p:Contact) "
        "WITH a, collect(h.isDefault) AS defaults "
        "RETURN [size([d IN defaults WHERE d]), COUNT { (a)-[:HAS_DEFAULT_CONTACT]->() }, size(defaults)]"
    )
    assert [[1, 1, 1]] * 4 == contacts


async def test_create_policy_gives_each_its_own(importing: Importing) -> None:
    """By default every customer has an account of its own, and a contact with its primary email."""
    await importing(People("one", ("a", *JOHN), ("b", *JOHN), ("g", None, None, None)))

    assert [["a"], ["b"], ["g"]] == await accounts(importing)
    found = await importing.query(
        "MATCH (c:Customer {organizationId: $org}) RETURN [c.displayName, "
        "[(c)-[:HAS_CONTACT]->(p)-[:HAS_EMAIL]->(e {isPrimary: true}) | p.displayName + ' ' + e.email]] "
        "ORDER BY c.originId"
    )
    person = ["John Jackson", ["John Jackson john@deco.example"]]
    assert [person, person, ["Customer g", []]] == found


async def test_two_imports_at_once_make_one_graph(importing: Importing, tmp_path: Path) -> None:
    """Two runs of the same file take turns by batch, and leave what one does."""
    path = many_rows(tmp_path / "many.csv", 600)
    other = Importing(importing.database, tmp_path / "other", importing.name)

    await asyncio.gather(importing(OnlineRetail(path), batch_size=50), other(OnlineRetail(path), batch_size=50))

    assert [600] == await importing.query("MATCH (i:OrderItem {organizationId: $org}) RETURN count(i)")
    assert [[50, 50]] == await importing.query(
        "MATCH (c:Customer {organizationId: $org})-[b:BELONGS_TO]->(a:Account) RETURN [count(b), count(DISTINCT a)]"
    )


LEAVING = (
    "MATCH (c:Channel {organizationId: $org})-[d:HAS_DEFAULT_OWNER]->(o) DELETE d REMOVE o:User:Record SET o:Deleted"
)


@pytest.mark.parametrize(
    ("meanwhile", "told"),
    [
        ("MATCH (c:Channel {organizationId: $org}) SET c.status = 'INACTIVE'", "closed or deleted"),
        ("MATCH (c:Channel {organizationId: $org}) REMOVE c:Channel:Record SET c:Deleted", "closed or deleted"),
        (LEAVING, "owner"),
    ],
)
async def test_a_channel_that_is_closed_meanwhile_takes_no_more(
    importing: Importing, meanwhile: str, told: str
) -> None:
    """A batch that comes later is refused as a whole, and so is one whose owner was deleted."""
    await importing(OnlineRetail(ONLINE_RETAIL))
    [[channel, owner]] = await importing.query(
        "MATCH (c:Channel {organizationId: $org})-[:HAS_DEFAULT_OWNER]->(o) RETURN [c.id, o.id]"
    )
    before = await importing.query("MATCH (n:Customer {organizationId: $org}) RETURN count(n)")
    organization = await importing.organization("GBP")
    target = Target(organization.id, owner, "GBP", channel, "WEB", "ORDERS_NET", AccountPolicy.CREATE)
    batch = Batch(target)
    batch.customer("late", {"kind": "PERSON", "name": "Late"})
    await importing.query(f"{meanwhile} RETURN 1")
    todo = steps(batch, now_in_millis())

    def then(answers: list[Any]) -> list[Any]:
        raise AssertionError(outcome(todo, answers))

    with pytest.raises(Conflict, match=told):
        await importing.database.write([step.statement for step in todo], then=then)

    assert before == await importing.query("MATCH (n:Customer {organizationId: $org}) RETURN count(n)")


SOURCES: list[Source] = [OnlineRetail(ONLINE_RETAIL), Northwind(NORTHWIND), Ror(ROR)]


@pytest.mark.parametrize("source", SOURCES, ids=lambda one: one.name)
async def test_what_is_imported_is_as_the_rules_say(importing: Importing, source: Source) -> None:
    """The verification finds nothing, also after a second run."""
    for _ in range(2):
        await importing(source)
    organization = await importing.organization(source.currency)

    assert [] == [one async for one in verify(importing.database, [(organization.id, importing.name)])]
