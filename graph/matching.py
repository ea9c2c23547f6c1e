"""When two customers are one party: by first name, last name and email address, in any case, all of them there."""

from __future__ import annotations


def match_key(first_name: str | None, last_name: str | None, email: str | None) -> str | None:
    """What two customers share who are one party; None matches nobody: a part is blank."""
    parts = [(part or "").strip().casefold() for part in (first_name, last_name, email)]
    return "\x1f".join(parts) if all(parts) else None
