"""The mutation that gives a record to another owner."""

from __future__ import annotations

from resolvers.access_inputs import AssignInput
from resolvers.writing import Write, Written


async def assign(write: Write, given: AssignInput) -> Written:
    """Give a record to another owner, a user or a business unit that the viewer sees."""
    owned = tuple(
        name for name, record in write.model.records.items() if record.scope is not None and record.scope.owned == ()
    )
    record = await write.find(given.record_id, owned, "recordId", action="ASSIGN")
    write.expect(record, given.expected_version)
    owner = await write.find(given.owner_id, ("User", "BusinessUnit"), "ownerId")
    if record is None or owner is None:
        return Written()
    write.settle()
    # What is given away may be out of reach afterwards: that is the point of it.
    await write.change(record, {"ownerId": owner.uuid}, {"owner": [owner.uuid]}, action="ASSIGN", within="")
    return Written.one("record", record)
