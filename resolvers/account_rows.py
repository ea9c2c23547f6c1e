"""Mutations of many accounts at once."""

from __future__ import annotations

from collections.abc import Mapping

from strawberry import UNSET

from resolvers.accounts import default_contact, stored_details
from resolvers.bulk_ends import find_ends
from resolvers.bulk_inputs import AccountResult, CreateAccountsInput, UpdateAccountsInput
from resolvers.bulk_rows import Noun, Row, Rows
from resolvers.bulk_writing import change, ends_among, expect_shown, find, make
from resolvers.links import Properties
from resolvers.records import Written
from resolvers.writing import Write

ACCOUNTS = Noun("Account", "accounts", AccountResult, needed=("name",))


async def create_accounts(write: Write, given: CreateAccountsInput) -> Written:
    """Make accounts."""
    write.expect_level("Account", "CREATE")
    rows = Rows.of(write, ACCOUNTS, given.accounts, given.error_policy)
    await find_ends(rows)
    for row in rows.every:
        row.own()
        _read(rows, row, {})
    await make(rows)
    return rows.written()


async def update_accounts(write: Write, given: UpdateAccountsInput) -> Written:
    """Change accounts."""
    write.expect_level("Account", "EDIT")
    rows = Rows.of(write, ACCOUNTS, given.accounts, given.error_policy)
    await find_ends(rows)
    await find(rows)
    asked = [row.uuid for row in rows.standing() if row.given.default_contact_id is not UNSET]
    held = await ends_among(rows, "Account", write.relation(rows.record("Account", ""), "contacts"), asked)
    for row in rows.standing():
        _read(rows, row, {end.uuid: end.properties for end in held.get(row.uuid, ())})
    await change(rows, rows.standing())
    return rows.written()


def _read(rows: Rows, row: Row, contacts: Mapping[str, Properties]) -> None:
    """Read what a row says of its account, which has these contacts."""
    row.stored = row.keep({**row.write.named(row.given.name), **stored_details(row.write, row.given)})
    if "name" not in row.stored:
        row.stored.pop("displayName", None)
    referrer, contact = row.ends.get("referredById"), row.ends.get("defaultContactId")
    if referrer and referrer[1] == row.uuid:
        row.write.refuse("INVALID", "No account refers itself.", "referredById")
    elif referrer or row.given.referred_by_id is None:
        row.links["referredBy"] = [referrer[1]] if referrer else []
    if contact or row.given.default_contact_id is None:
        row.links |= default_contact(dict(contacts), contact[1] if contact else None)
    expect_shown(rows, row)
