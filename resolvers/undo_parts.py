"""Which deleted parts of records an undo can bring back: none comes back without a whole."""

from __future__ import annotations

from collections.abc import Sequence

from cypher.undoing import ends_of
from resolvers.hidden_writes import hidden_problems
from resolvers.records import Found
from resolvers.reverting import Changed, ends_in
from resolvers.writing import Write


async def lost(write: Write, part: Found) -> str:
    """Why nothing that is there leads to a deleted part: all that do are GONE, or CHANGED so that none does."""
    steps = {whole.hop: whole.hop.back(whole.type_name) for whole in write.model.wholes(part.type_name)}
    ends = [gone for step in steps.values() for _, gone in await write.run(ends_of(part.place, step))]
    if not ends:
        return "CHANGED"
    return "GONE" if all(ends) else ""


def lost_by(write: Write, part: Found, changes: Sequence[Changed]) -> tuple[Changed, str] | None:
    """The change that took a part from a field of its whole, and the name of that field; None when none did."""
    fields = {(whole.type_name, whole.field) for whole in write.model.wholes(part.type_name)}
    for change in changes:
        for name, before in change.before.items():
            if (change.record_type, name) in fields and part.uuid in ends_in(before):
                return change, name
    return None


def is_hidden(write: Write, type_name: str, name: str) -> bool:
    """Whether a field is hidden from the viewer, who can't put anything back there."""
    return any(hidden_problems(write.model, write.viewer.grants.hidden, type_name, [name]))
