"""The accounts of the new customers of a bulk write: named, matched or made, for all of them at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from cypher import bulk
from cypher.writes import hold_locks
from graph.ids import global_id, new_id
from resolvers.bulk_rows import Row, Rows
from resolvers.customer_details import ACCOUNT_KINDS, match_lock
from resolvers.customer_inputs import AccountChoiceInput, AccountOutcome, NewAccountInput


def check_account(row: Row) -> None:
    """Refuse a name that a new account can't have."""
    new = row.given.account.create if row.given.account else None
    if new and new.name:
        row.write.text(new.name, "account", "create", "name")


async def give_accounts(rows: Rows, new: Sequence[Row], *, match: bool) -> Mapping[str, str]:
    """Give new customers their accounts.

    Args:
        rows: of the bulk write.
        new: those whose customers were made, without accounts so far.
        match: whether those that say nothing of their account are matched.

    Returns:
        The UUIDs of the accounts by those of the customers.
    """
    given, making, matching = {}, [], []
    # Where email addresses are hidden nobody finds out whose they are by trying.
    hidden = ("Customer", "EMAIL") in rows.write.viewer.grants.hidden
    for row in new:
        choice = _choice(row)
        if choice and "account" in row.ends:
            given[row.uuid], row.account = row.ends["account"][1], AccountOutcome.GIVEN
        elif not hidden and "matchKey" in row.stored and (bool(choice.match) if choice else match):
            matching.append(row)
        else:
            making.append(row)
    if matching:
        # Of two who match each other at once, the second finds what the first has made.
        locks = {match_lock(row.stored["matchKey"]) for row in matching}
        await rows.write.run(hold_locks(rows.write.viewer.organization_id, sorted(locks)))
        waiting = await _match(rows, matching, given)
        first = {row.stored["matchKey"]: row for row in reversed(waiting)}.values()
        await _make(rows, sorted([*making, *first], key=lambda row: row.place), given)
        # Those that share a key with a new one of this write find its account now, as far as the viewer sees it.
        making = await _match(rows, [row for row in waiting if row.uuid not in given], given)
    await _make(rows, making, given)
    joining = [
        {"customer": row.uuid, "end": given[row.uuid]} for row in new if row.account is not AccountOutcome.CREATED
    ]
    if joining:
        await rows.write.run(bulk.join_accounts(joining, rows.write.viewer.organization_id))
        await rows.write.expect_there(row["end"] for row in joining)
    return given


async def _match(rows: Rows, matching: Sequence[Row], given: dict[str, str]) -> list[Row]:
    """Find the accounts of customers that match; the rows that none does."""
    if not matching:
        return []
    keys = list(dict.fromkeys(row.stored["matchKey"] for row in matching))
    write = rows.write
    found: dict[str, str] = dict(*await write.run(bulk.accounts_that_match(keys, write.access("VIEW"), write.inputs)))
    for row in matching:
        if row.stored["matchKey"] in found:
            given[row.uuid], row.account = found[row.stored["matchKey"]], AccountOutcome.MATCHED
    return [row for row in matching if row.uuid not in given]


async def _make(rows: Rows, making: Sequence[Row], given: dict[str, str]) -> None:
    """Make an account for each of some customers, named after it unless the row says otherwise."""
    if not making:
        return
    write, sent = rows.write, []
    for row in making:
        given[row.uuid], row.account = new_id(), AccountOutcome.CREATED
        properties, owner = _account(row), row.ends["ownerId"]
        sent.append({"customer": row.uuid, "owner": owner[1], "set": {**properties, "id": given[row.uuid]}})
        place = rows.record("Account", given[row.uuid])
        write.note(place, "CREATE", {}, properties, [("owner", None, global_id(*owner))])
    await write.run(bulk.create_accounts(sent, write.viewer.organization_id, write.now))


def _account(row: Row) -> dict[str, Any]:
    choice = _choice(row)
    new = (choice.create if choice else None) or NewAccountInput()
    wrong = any(problem.field[:2] == ("account", "create") for problem in row.write.problems)
    name = row.stored["displayName"] if wrong or not new.name else new.name.strip()
    kind = new.kind.name if new.kind else ACCOUNT_KINDS[row.stored["kind"]]
    return {"name": name, "displayName": name, "kind": kind, "ownerId": row.ends["ownerId"][1]}


def _choice(row: Row) -> AccountChoiceInput | None:
    """What a row says of the account; None when it may say nothing."""
    wrong = any(problem.field == ("account",) for problem in row.write.problems)
    choice: AccountChoiceInput | None = row.given.account
    return None if wrong or not choice else choice
