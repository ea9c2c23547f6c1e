"""Statements for looking after a server, run on its `system` database."""

from typing import Final, LiteralString

CHANGE_OWN_PASSWORD: Final[LiteralString] = "ALTER CURRENT USER SET PASSWORD FROM $old TO $new"  # noqa: S105
