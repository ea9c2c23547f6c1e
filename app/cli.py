"""The command line: `c360`. Errors are one line and a hint, never a stack trace."""

import importlib
import pkgutil
import secrets
import signal
import sys
import traceback
from importlib.metadata import version
from types import FrameType
from typing import Annotated, NoReturn

import typer

from app import commands, settings
from app.progress import console
from graph.errors import C360Error

INTERRUPTED = 130

cli = typer.Typer(
    name="c360",
    help="Customer 360 on a graph: a GraphQL API over Neo4j.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


def main() -> NoReturn:
    """Run a command and turn whatever goes wrong into a message and an exit status."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _leave)
    arguments = [argument for argument in sys.argv[1:] if argument != "--debug"]
    debug = len(arguments) < len(sys.argv) - 1
    try:
        build()(arguments)
    except C360Error as error:
        _show(error.code, error.message, error.hint)
        sys.exit(error.exit_status)
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
    except Exception as error:  # noqa: BLE001 - the last resort
        if debug:
            traceback.print_exc()
        _show_unknown(error)
        sys.exit(1)
    sys.exit(0)


def build() -> typer.Typer:
    """Collect the commands: every module of `app.commands` registers its own."""
    for module in sorted(pkgutil.iter_modules(commands.__path__), key=lambda found: found.name):
        importlib.import_module(f"{commands.__name__}.{module.name}").register(cli)
    return cli


@cli.callback(invoke_without_command=True)
def options(
    show_version: Annotated[bool, typer.Option("--version", help="Print the version and leave.")] = False,  # noqa: FBT002
    debug: Annotated[bool, typer.Option("--debug", help="Print the stack trace of an unknown error.")] = False,  # noqa: FBT002, ARG001
) -> None:
    """Customer 360 on a graph: a GraphQL API over Neo4j."""
    if show_version:
        typer.echo(f"c360 {version('c360')}")
        raise typer.Exit


def _leave(number: int, _frame: FrameType | None) -> NoReturn:
    """Let a signal unwind the stack, so that what was started is stopped."""
    sys.exit(128 + number)


def _show(code: str, message: str, hint: str | None) -> None:
    console.print(f"error [{code}] {message}", style="red", markup=False, highlight=False, soft_wrap=True)
    if hint:
        console.print(f"hint: {hint}", markup=False, highlight=False, soft_wrap=True)


def _show_unknown(error: Exception) -> None:
    fault = secrets.token_hex(4)
    log = settings.load().home / "errors.log"
    try:
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("a", encoding="utf-8") as file:
            file.write(f"[{fault}]\n{''.join(traceback.format_exception(error))}\n")
        hint = f"The details are in {log}; please report them."
    except OSError:
        hint = "Run it again with --debug to see the details."
    _show("INTERNAL_SERVER_ERROR", f"Something went wrong that should not have (id {fault}).", hint)
