"""What values of inputs have to be, where several mutations ask the same."""

from __future__ import annotations

from typing import Any

from strawberry import UNSET

from resolvers.writing import Write

LONGEST_EMAIL = 320
LONGEST_PHONE = 64
LONGEST_URL = 2048


def expect_email(write: Write, text: str, *where: str) -> None:
    """Refuse what is no email address, as far as its form tells."""
    name, _, host = text.rpartition("@")
    if not name or not host or any(sign.isspace() for sign in text):
        write.refuse("INVALID", "This is no email address.", *where)


def expect_url(write: Write, text: str, *where: str) -> None:
    """Refuse what is no address of a web page: a client may show it as a link."""
    scheme, _, rest = text.partition("://")
    if scheme.lower() not in ("http", "https") or not rest or any(sign.isspace() for sign in text):
        write.refuse("INVALID", "This is no web address: begin it with https://.", *where)


def birthday(write: Write, value: Any, *where: str) -> Any:
    """A date of birth, which is not in the future; null clears."""
    if value is not UNSET and value is not None and value > write.now.date():
        write.refuse("INVALID", "A date of birth is not in the future.", *where)
    return value
