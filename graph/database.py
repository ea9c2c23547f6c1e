"""The driver: the only module that imports it."""

import time
from typing import Any, LiteralString

import neo4j
from neo4j.exceptions import AuthError, DriverError, ServiceUnavailable, TransientError

from graph.errors import DatabaseUnavailable, WrongPassword

SHIPPED_PASSWORD = "neo4j"  # noqa: S105 - every new Neo4j has it and asks for another
READY_POLL_SECONDS = 0.1


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
