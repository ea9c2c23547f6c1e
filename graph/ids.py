"""Identifiers: UUIDv7 strings in the graph, base64url of `Type:uuid` in the API."""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import hashlib
import re
from uuid import UUID

import uuid_utils

from graph.errors import BadInput

SHOWN = 60
"""Characters of a malformed id that its error repeats."""

_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def new_id() -> str:
    """A new UUIDv7."""
    return str(uuid_utils.uuid7())


def derived_id(moment: dt.datetime, *key: str) -> str:
    """The UUIDv7 of `moment` whose random bits are a digest of `key`: the same key gives the same id.

    Imports and the demo use it, so that a second run writes the same nodes again instead of new ones.
    """
    digest = int.from_bytes(hashlib.blake2b("\x1f".join(key).encode(), digest_size=10).digest(), "big")
    millis = max(0, int(moment.timestamp() * 1000)) & ((1 << 48) - 1)
    high = (millis << 16) | (0x7 << 12) | (digest >> 62 & 0xFFF)
    low = (0b10 << 62) | (digest & ((1 << 62) - 1))
    return str(UUID(int=(high << 64) | low))


def global_id(type_name: str, uuid: str) -> str:
    """The GraphQL id of a record: base64url of `Type:uuid` without padding."""
    # Letters, digits, `-` and `:` never make the two characters in which base64url differs from base64.
    return binascii.b2a_base64(f"{type_name}:{uuid}".encode(), newline=False).decode().rstrip("=")


def parse_global_id(text: str) -> tuple[str, str]:
    """Split a GraphQL id into its type's name and the UUID.

    Raises:
        BadInput: when it is not one of our ids.
    """
    try:
        raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        type_name, _, uuid = raw.decode("ascii").partition(":")
    except (binascii.Error, UnicodeError, ValueError) as error:
        raise _malformed(text) from error
    if not type_name.isalpha() or not _UUID.fullmatch(uuid) or global_id(type_name, uuid) != text:
        raise _malformed(text)
    return type_name, uuid


def uuid_in(text: str) -> str:
    """The UUID in a GraphQL id, to order by; nothing for what is no id."""
    try:
        return parse_global_id(text)[1]
    except BadInput:
        return ""


def _malformed(text: str) -> BadInput:
    shown = text if len(text) <= SHOWN else text[:SHOWN] + "…"
    return BadInput(f"Not an id: {shown!r}.", hint="Pass an id as the API returned it.")
