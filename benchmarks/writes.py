"""How fast customers are upserted in bulk, beside a bare loader: `python -m benchmarks.writes`.

The bare loader sends what one would write with the driver alone: UNWIND statements with the same nodes, relationships,
properties and change records, in transactions of the same size, under the same constraints. It knows beforehand who
is new and whose account is whose, and checks nothing. Both take turns, each round in an organisation of its own.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, LiteralString

import neo4j
import orjson
import psutil
from rich.console import Console

from app.commands.neo4j import local_server
from app.importers.target import ChannelSpec, Target, open_channel
from app.migrations import migrate
from app.organizations import ensure_organization, now_in_millis, slug
from app.settings import Settings
from app.viewers import Identity, find_viewer
from benchmarks.report import show_targets
from benchmarks.targets import Target as Aim
from graph.database import Database
from graph.ids import global_id, new_id
from graph.local import Connection
from graph.matching import match_key
from graph.types.enums import AccountPolicy
from graph.viewer import Viewer
from resolvers.bulk_inputs import MOST_ROWS
from resolvers.execution import Engine, Request

ROWS = 100_000
SHARED = 5
"""Every so many customers one is the same person as another, who has an account already."""
LEAST_RATE, MOST_MEMORY = 0.5, 1.1
CHANNEL = ChannelSpec("shop", "Shop", "COMMERCE", "shop")
UPSERT = """mutation($input: UpsertCustomersInput!) { upsertCustomers(input: $input) {
  results { outcome customer { id } errors { code } } counts { created failed } errors { code message } } }"""
COUNT = """MATCH (n {organizationId: $org}) WHERE n:Customer OR n:Account OR n:Change
RETURN labels(n)[0] AS kind, count(*) AS many, sum(COUNT { (n)--() }) AS ends, sum(size(keys(n))) AS properties"""
NEW: LiteralString = (
    "MATCH (ch:Channel {organizationId: $org, id: $channel}) MATCH (u:User {organizationId: $org, id: $owner}) "
    "UNWIND $rows AS r CREATE (ch)<-[:IN_CHANNEL]-(c:Customer:Record)-[:OWNED_BY]->(u) "
    "SET c = r.customer, c += $common CREATE (c)-[:BELONGS_TO]->(a:Account:Record)-[:OWNED_BY]->(u) "
    "SET a = r.account, a += $common"
)
MATCHED: LiteralString = (
    "MATCH (ch:Channel {organizationId: $org, id: $channel}) MATCH (u:User {organizationId: $org, id: $owner}) "
    "UNWIND $rows AS r MATCH (a:Account {organizationId: $org, id: r.account.id}) "
    "CREATE (ch)<-[:IN_CHANNEL]-(c:Customer:Record)-[:OWNED_BY]->(u) "
    "SET c = r.customer, c += $common CREATE (c)-[:BELONGS_TO]->(a)"
)
CHANGES: LiteralString = "UNWIND $rows AS r CREATE (c:Change) SET c = r, c += $change"


@dataclass(frozen=True, slots=True)
class Measured:
    """Rows a second of both, and how much larger our process was at the end than after a quarter of the rows."""

    rows: int
    ours: float
    bare: float
    memory: float

    def targets(self) -> list[Aim]:
        """What is wanted and what was found."""
        title = f"bulk upsert of {self.rows:,} customers with matching, rows/s beside a bare loader's"
        return [
            Aim(title, LEAST_RATE, self.ours / self.bare, more=True),
            Aim("memory at its end beside that after a quarter", MOST_MEMORY, self.memory),
        ]

    def table(self) -> str:
        """The figures as Markdown."""
        return (
            f"| | rows/s |\n|---|--:|\n| bare loader | {self.bare:,.0f} |\n| c360 | {self.ours:,.0f} |\n\n"
            f"{self.rows:,} rows in calls of {MOST_ROWS:,}; one in {SHARED} finds another customer's account."
        )


def people(rows: int) -> Iterator[list[dict[str, Any]]]:
    """Batches of customers as a source knows them."""
    for begin in range(0, rows, MOST_ROWS):
        yield [_person(number) for number in range(begin, min(begin + MOST_ROWS, rows))]


def _person(number: int) -> dict[str, Any]:
    who = number - SHARED + 1 if number % SHARED == SHARED - 1 else number
    name = {"firstName": f"Ann{who % 977}", "lastName": f"Field{who}"}
    return {"originId": f"C-{number}", "email": f"ann.{who}@field.example", "phone": f"555 {number}", "person": name}


async def upsert(engine: Engine, viewer: Viewer, target: Target, rows: int) -> float:
    """Upsert all rows; how the memory of this process grew."""
    process, sizes = psutil.Process(), list[int]()
    for batch in people(rows):
        given = {"channelId": global_id("Channel", target.channel_id), "customers": batch}
        # As an HTTP server would get and send it.
        variables = orjson.loads(orjson.dumps({"input": {**given, "idempotencyKey": new_id()}}))
        result = await engine.execute(Request(UPSERT, variables, None, viewer, new_id()))
        orjson.dumps(result.data)
        if not result.data or result.data["upsertCustomers"]["counts"] != {"created": len(batch), "failed": 0}:
            raise SystemExit(f"An upsert failed: {result.errors} {result.data}")
        sizes.append(process.memory_info().rss)
    return sizes[-1] / sizes[len(sizes) // 4]


async def load(database: Database, target: Target, rows: int) -> None:
    """Write the same with the driver alone."""
    accounts: dict[str, str] = {}
    async with database.driver.session() as session:
        for batch in people(rows):
            # What all have in common is sent once.
            now, write = now_in_millis(), new_id()
            common = {"organizationId": target.organization_id, "ownerId": target.owner_id, "version": 1}
            change = {"organizationId": target.organization_id, "writeId": write, "mutation": "load", "at": now}
            same = {
                "org": target.organization_id,
                "channel": target.channel_id,
                "owner": target.owner_id,
                "common": {**common, "createdAt": now, "updatedAt": now},
                "change": {**change, "byId": target.owner_id, "byType": "User", "requestId": write, "before": "{}"},
            }
            await session.execute_write(_send, list(_statements(batch, target, accounts)), same)


async def _send(transaction: neo4j.AsyncManagedTransaction, statements: Sequence[Any], same: Mapping[str, Any]) -> None:
    for text, rows in statements:
        await (await transaction.run(text, rows=rows, **same)).consume()


def _statements(
    batch: Sequence[Mapping[str, Any]], target: Target, accounts: dict[str, str]
) -> Iterator[tuple[LiteralString, list[dict[str, Any]]]]:
    new, matched, changes = list[Any](), list[Any](), list[Any]()
    owner = global_id("User", target.owner_id)
    for row in batch:
        person = row["person"]
        key = str(match_key(person["firstName"], person["lastName"], row["email"]))
        shown = f"{person['firstName']} {person['lastName']}"
        told = {"originId": row["originId"], "email": row["email"], "phone": row["phone"], "status": "ACTIVE"}
        told |= {"kind": "PERSON", "displayName": shown, **person, "lifetimeValue": 0}
        customer = {**told, "channelId": target.channel_id, "matchKey": key, "id": new_id()}
        account = {"name": shown, "displayName": shown, "kind": "PERSON", "id": accounts.get(key) or new_id()}
        (matched if key in accounts else new).append({"customer": customer, "account": account})
        if key not in accounts:
            accounts[key] = account["id"]
            after = {"name": shown, "displayName": shown, "kind": "PERSON", "owner": owner}
            changes.append(_change(account["id"], after, target))
        after = {**told, "channel": global_id("Channel", target.channel_id), "owner": owner}
        after["account"] = global_id("Account", account["id"])
        changes.append(_change(customer["id"], after, target, account["id"]))
    yield from ((NEW, new), (MATCHED, matched), (CHANGES, changes))


def _change(uuid: str, after: Mapping[str, Any], target: Target, account: str = "") -> dict[str, Any]:
    """The record of a new customer with its account, or of a new account."""
    beside, named = {"ownerId": [None, target.owner_id]}, [target.owner_id]
    if account:
        beside |= {"channelId": [None, target.channel_id], "matchKey": [None, after["email"]]}
        named = [*named, target.channel_id, account]
    told = {"id": new_id(), "recordId": uuid, "recordType": "Customer" if account else "Account", "action": "CREATE"}
    return {
        **told,
        "named": named,
        "after": orjson.dumps(after).decode(),
        "beside": orjson.dumps(beside).decode(),
    }


async def measure_writes(connection: Connection, rows: int, rounds: int = 2) -> Measured:
    """Measure both in turns; a short round of each comes before, so that every statement is planned."""
    database = Database.open(connection.uri, (connection.user, connection.password), timeout=60.0)
    try:
        await migrate(database)
        engine, taken, memory = Engine.of(database, writer=database), {"bare": [0.0], "c360": [0.0]}, 1.0
        for number, count in enumerate((3 * MOST_ROWS, *[rows] * rounds)):
            found = {}
            for kind, seconds in taken.items():
                name = f"Writes {kind} {number} {new_id()}"
                organization = await ensure_organization(database, name, "EUR")
                target = await open_channel(database, organization, CHANNEL, AccountPolicy.MATCH)
                viewer = await find_viewer(database, Identity("staff", f"admin@{slug(name)}.example"))
                begun = time.perf_counter()
                if kind == "bare":
                    await load(database, target, count)
                else:
                    memory = await upsert(engine, viewer, target, count)
                seconds.append(time.perf_counter() - begun)
                print(f"writes, {kind}: {count:,} rows in {seconds[-1]:.1f} s", flush=True)
                found[kind] = await _counts(database, organization.id)
            if found["bare"] != found["c360"]:
                raise SystemExit(f"The graphs differ: {found}")
        ours, bare = (rows / statistics.median(taken[kind][2:]) for kind in ("c360", "bare"))
        return Measured(rows, ours, bare, memory)
    finally:
        await database.close()


async def _counts(database: Database, organization_id: str) -> dict[str, tuple[int, int, int]]:
    """How many customers, accounts and changes there are, with their ends of relationships and their properties."""
    async with database.driver.session() as session:
        found = await session.run(COUNT, org=organization_id)
        return {row["kind"]: (row["many"], row["ends"], row["properties"]) async for row in found}


def run_writes(rows: int, rounds: int = 2) -> Measured:
    """Measure on a Neo4j of its own."""
    with tempfile.TemporaryDirectory() as folder:
        here = Settings().model_copy(update={"home": Path(folder), "neo4j_port": 0, "neo4j_uri": None})
        with local_server(here).running() as connection:
            return asyncio.run(measure_writes(connection, rows, rounds))


def main() -> None:
    """Measure and print what was found."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--rows", type=int, default=ROWS)
    parser.add_argument("--rounds", type=int, default=2)
    options = parser.parse_args()
    measured = run_writes(options.rows, options.rounds)
    print(measured.table())
    show_targets(Console(), measured.targets())


if __name__ == "__main__":
    main()
