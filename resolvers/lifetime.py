"""Keeps the lifetime values that are stored true to the facts, in the transaction that changes the facts."""

from __future__ import annotations

from collections.abc import Collection

from cypher.lifetime_values import enter_values, lock_customers, value_customers
from resolvers.writing import Write


async def revalue(write: Write, customers: Collection[str] = (), accounts: Collection[str] = ()) -> None:
    """Work out stored lifetime values anew; each change enters the history of its account and channel.

    Call it after the write that touches an order, a deal, or the account, channel or life of a customer.

    Args:
        write: the mutation under way.
        customers: the UUIDs of customers whose facts changed. Those that are deleted or of no channel stay as they are.
        accounts: the UUIDs of accounts that gained or lost customers.
    """
    organization, touched = write.viewer.organization_id, set(accounts)
    if customers:
        for rule, uuids in await write.run(lock_customers(list(customers), organization_id=organization)):
            touched.update(await write.run(value_customers(uuids, rule, organization_id=organization)))
    if touched:
        await write.run(enter_values(list(touched), organization_id=organization, now=write.now))
