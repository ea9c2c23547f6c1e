"""The driver: the only module that imports it."""

import asyncio
import re
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, LiteralString, Protocol, TypeAlias, TypeVar

import neo4j
from neo4j.exceptions import AuthError, DriverError, IncompleteCommit, Neo4jError, ServiceUnavailable, TransientError

from graph.causality import current_causality
from graph.errors import (
    BadInput,
    C360Error,
    DatabaseUnavailable,
    DiskFull,
    InternalError,
    OutcomeUnknown,
    Taken,
    Timeout,
    WrongPassword,
)

SHIPPED_PASSWORD = "neo4j"  # noqa: S105 - every new Neo4j has it and asks for another
READY_POLL_SECONDS = 0.1
BOOKMARK_SECONDS = 5.0
"""How long a request waits for a state of the database that it has a bookmark of: members of a cluster lag a little."""


def wait_until_ready(uri: str, user: str, password: str, timeout: float) -> None:
    """Wait until the server answers a signed-in client.

    Raises:
        DatabaseUnavailable: It doesn't in time.
        WrongPassword: It refuses the password.
    """
    deadline = time.monotonic() + timeout
    while True:
        try:
            with neo4j.GraphDatabase.driver(uri, auth=(user, password)) as driver:
                driver.verify_connectivity()
        except AuthError as error:
            raise WrongPassword(f"{uri} refuses the password of {user}.") from error
        except (ServiceUnavailable, TransientError) as error:
            if time.monotonic() > deadline:
                raise DatabaseUnavailable(f"{uri} does not answer: {error}") from error
            time.sleep(READY_POLL_SECONDS)
        else:
            return


def change_first_password(uri: str, user: str, new: str, statement: LiteralString) -> None:
    """Replace the password that a new server ships with.

    Args:
        uri: The server.
        user: The user whose password it is.
        new: The password from now on.
        statement: Takes the parameters `old` and `new`.

    Raises:
        WrongPassword: The server isn't new: it has another password.
    """
    with (
        neo4j.GraphDatabase.driver(uri, auth=(user, SHIPPED_PASSWORD)) as driver,
        driver.session(database="system") as session,
    ):
        try:
            session.run(statement, old=SHIPPED_PASSWORD, new=new).consume()
        except AuthError as error:
            raise WrongPassword(f"{uri} refuses the password of {user}.") from error


def run_once(uri: str, auth: tuple[str, str], database: str, statement: str) -> tuple[list[str], list[list[Any]]]:
    """Run what a person typed.

    Returns:
        The columns and the rows.

    Raises:
        DatabaseUnavailable: The server does not answer.
        WrongPassword: It refuses the password.
    """
    try:
        with neo4j.GraphDatabase.driver(uri, auth=auth) as driver, driver.session(database=database) as session:
            result = session.run(statement)
            return list(result.keys()), [list(record.values()) for record in result]
    except AuthError as error:
        raise WrongPassword(f"{uri} refuses the password of {auth[0]}.") from error
    except (ServiceUnavailable, DriverError) as error:
        raise DatabaseUnavailable(f"{uri} does not answer: {error}") from error


class Statement(Protocol):
    """Text and parameters; the text comes from `cypher/` alone."""

    @property
    def text(self) -> str:
        """Cypher."""
        ...

    @property
    def parameters(self) -> Mapping[str, Any]:
        """Values by name."""
        ...


Then = Callable[[list[list[Any]]], Sequence[Statement]]
Run: TypeAlias = Callable[[Statement], Awaitable[list[Any]]]
"""Runs a statement in the transaction that it belongs to, and gives its rows: the first column of each record."""
T = TypeVar("T")


@dataclass(slots=True)
class Database:
    """One Neo4j database, read and written in transactions.

    `observe` is called with the text of every statement that is sent; tests count with it.
    """

    driver: neo4j.AsyncDriver
    name: str
    timeout: float
    observe: Callable[[str], None] = field(default=lambda _: None)

    @classmethod
    def open(
        cls, uri: str, auth: tuple[str, str], *, name: str = "neo4j", timeout: float = 8.0, retry: float = 5.0
    ) -> "Database":
        """Open a pool of connections; none is made before the first statement.

        Args:
            uri: The server, such as `neo4j://localhost:7687`.
            auth: User and password.
            name: The database.
            timeout: Seconds until the server gives up a transaction.
            retry: Seconds to try again after a transient fault.
        """
        driver = neo4j.AsyncGraphDatabase.driver(
            uri,
            auth=auth,
            connection_acquisition_timeout=5.0,
            connection_timeout=5.0,
            liveness_check_timeout=30.0,
            max_transaction_retry_time=retry,
            notifications_min_severity="OFF",
            warn_notification_severity="OFF",
        )
        return cls(driver, name, timeout)

    async def close(self) -> None:
        """Close the pool."""
        await self.driver.close()

    async def check(self) -> None:
        """Ask the database for a sign of life.

        Raises:
            DatabaseUnavailable: It does not answer.
            WrongPassword: It refuses the password.
        """
        try:
            async with self.driver.session(database=self.name, default_access_mode=neo4j.READ_ACCESS) as session:
                await (await session.run("RETURN 1")).consume()
        except (Neo4jError, DriverError) as error:
            raise translated(error) from error

    async def catch_up(self) -> None:
        """Wait until the database has the states that the request must see.

        Raises:
            BadInput: it does not know them in time, or a bookmark is none of its own.
            C360Error: what else went wrong in the database.
        """
        try:
            async with asyncio.timeout(BOOKMARK_SECONDS), self._session(neo4j.READ_ACCESS) as session:
                await (await session.run("RETURN 1")).consume()
        except TimeoutError as error:
            raise _unknown_state() from error
        except (Neo4jError, DriverError) as error:
            raise translated(error) from error

    def _session(self, mode: str) -> neo4j.AsyncSession:
        causality = current_causality()
        if causality is None or not (causality.after or causality.written):
            return self.driver.session(database=self.name, default_access_mode=mode)
        bookmarks = neo4j.Bookmarks.from_raw_values(causality.after | causality.written)
        return self.driver.session(database=self.name, default_access_mode=mode, bookmarks=bookmarks)

    async def read(self, statements: Sequence[Statement], *, within: float | None = None) -> list[list[Any]]:
        """Run statements in order in one read transaction.

        Args:
            statements: what to run.
            within: Seconds until the server gives up, where it should be sooner than it would.

        Returns:
            For each statement its rows, each the first column of a record.

        Raises:
            C360Error: what went wrong in the database.
        """
        if len(statements) == 1:
            try:
                return [await self._read_one(statements[0], within or self.timeout)]
            except (Neo4jError, DriverError) as error:
                if within is not None or not error.is_retryable():
                    raise translated(error) from error
        return await self._run(statements, neo4j.READ_ACCESS)

    async def _read_one(self, statement: Statement, within: float) -> list[Any]:
        """Run one statement in a transaction of its own making: one round trip where begin and commit take two more."""
        self.observe(statement.text)
        async with self._session(neo4j.READ_ACCESS) as session:
            query = neo4j.Query(statement.text, timeout=within)
            result = await session.run(query, dict(statement.parameters))
            return await result.value()

    async def write(self, statements: Sequence[Statement], *, then: Then | None = None) -> list[list[Any]]:
        """Run statements in order in one write transaction, again on a transient fault.

        Args:
            statements: what to run.
            then: makes more statements of the answers, for the same transaction; what it raises rolls back. It may be
                called again when the transaction is tried again.

        Returns:
            For each statement its rows, each the first column of a record.

        Raises:
            C360Error: what went wrong in the database; nothing is written then.
        """
        return await self._run(statements, neo4j.WRITE_ACCESS, then)

    async def transact(self, work: Callable[[Run], Awaitable[T]]) -> T:
        """Let a function read and write in one transaction, one statement after the other.

        Args:
            work: what it raises rolls back. It is called again when a transient fault ends the transaction, so it must
                leave no trace outside of it.

        Returns:
            What the function returns, once it is committed.

        Raises:
            Taken: a unique key that it wrote is in use.
            C360Error: what else went wrong in the database; nothing is written then.
        """
        return await self._transact(work, neo4j.WRITE_ACCESS)

    async def _run(self, statements: Sequence[Statement], mode: str, then: Then | None = None) -> list[list[Any]]:
        async def work(run: Run) -> list[list[Any]]:
            found = [await run(statement) for statement in statements]
            return found if then is None else [*found, *[await run(statement) for statement in then(found)]]

        return await self._transact(work, mode)

    async def _transact(self, work: Callable[[Run], Awaitable[T]], mode: str) -> T:
        @neo4j.unit_of_work(timeout=self.timeout)
        async def once(transaction: neo4j.AsyncManagedTransaction) -> T:
            async def run(statement: Statement) -> list[Any]:
                self.observe(statement.text)
                result = await transaction.run(statement.text, dict(statement.parameters))
                return await result.value()

            return await work(run)

        try:
            async with self._session(mode) as session:
                if mode == neo4j.READ_ACCESS:
                    return await session.execute_read(once)
                found = await session.execute_write(once)
                if causality := current_causality():
                    causality.written = frozenset((await session.last_bookmarks()).raw_values)
                return found
        except (Neo4jError, DriverError) as error:
            raise translated(error) from error

    async def run_alone(self, statement: Statement) -> list[Any]:
        """Run a statement without a timeout that no transaction of ours may hold.

        It changes constraints or indexes, or makes transactions of its own.
        """
        try:
            async with self.driver.session(database=self.name) as session:
                result = await session.run(statement.text, dict(statement.parameters))
                return await result.value()
        except (Neo4jError, DriverError) as error:
            raise translated(error) from error

    async def plan_of(self, statement: Statement, *, profile: bool = False) -> dict[str, Any]:
        """The plan that the database makes for a statement, without running it; that may take long at its start.

        Args:
            statement: what to plan.
            profile: Run it all the same, and tell the rows and the accesses of each operator.

        Raises:
            C360Error: what went wrong in the database.
        """
        text = f"{'PROFILE' if profile else 'EXPLAIN'} {statement.text}"
        try:
            async with self.driver.session(database=self.name, default_access_mode=neo4j.READ_ACCESS) as session:
                query = neo4j.Query(text, timeout=self.timeout if profile else None)
                result = await session.run(query, dict(statement.parameters))
                await result.value()
                summary = await result.consume()
        except (Neo4jError, DriverError) as error:
            raise translated(error) from error
        return dict((summary.profile if profile else summary.plan) or {})


def translated(error: Neo4jError | DriverError) -> C360Error:
    """What a fault of the driver or the server means to the one who asked."""
    code = str(getattr(error, "code", "") or "")
    if isinstance(error, AuthError):
        return WrongPassword(
            "The database refuses the user or the password.", hint="Check C360_NEO4J_USER and C360_NEO4J_PASSWORD."
        )
    if "InvalidBookmark" in code or "BookmarkTimeout" in code:
        return _unknown_state()
    if "TransactionTimedOut" in code or "LockAcquisitionTimeout" in code or "LockClientStopped" in code:
        return Timeout("The database took too long.", hint="Ask for less, or try again.")
    if "ConstraintValidationFailed" in code:
        label, keys = re.search(r"label `(\w+)`", str(error)), re.findall(r"`(\w+)` =", str(error))
        return Taken("A unique key is in use.", label=label[1] if label else "", keys=tuple(keys))
    if "No space left" in str(error) or "TransactionCommitFailed" in code or "TransactionLogError" in code:
        return DiskFull("The database can't write to its disk.", hint="Make room on its disk, then start it again.")
    if "needs to be restarted" in str(error):
        return DatabaseUnavailable(
            "The database has stopped after a critical error.",
            hint="Read its log; make room if its disk is full; then start it again.",
        )
    if isinstance(error, IncompleteCommit):
        return OutcomeUnknown(
            "The database went away while it wrote, and may or may not have written.",
            hint="With an `idempotencyKey` you may simply send it again; without one, read first what is there.",
        )
    if isinstance(error, DriverError | ServiceUnavailable | TransientError) or "DatabaseUnavailable" in code:
        return DatabaseUnavailable("The database does not answer.", hint="It is tried again with the next request.")
    return InternalError(f"The database refused a statement: {error}")


def _unknown_state() -> BadInput:
    return BadInput(
        "The database has no state that the bookmark is of.",
        hint="Leave out the bookmark: what was written before the database was restored, or elsewhere, is not there.",
    )
