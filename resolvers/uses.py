"""What depends on a record keeps it from being deleted; the refusal numbers what the viewer sees and no more."""

from __future__ import annotations

from collections.abc import Mapping

from cypher.uses import count_uses
from graph.model import Hop
from graph.user_errors import InUse
from resolvers.records import Found
from resolvers.writing import Write


async def expect_unused(write: Write, found: Found, uses: Mapping[str, Hop], remedy: str) -> None:
    """Refuse to delete a record while others depend on it.

    Args:
        write: the mutation.
        found: the record.
        uses: what may depend on it, such as `orders`, each with the step that leads there.
        remedy: what to do first.
    """
    [counts] = await write.run(count_uses(found.place, list(uses.values()), write.access("VIEW"), write.inputs))
    if not any(every for _, every in counts):
        return
    told = [f"{what} ({seen})" for what, (seen, _) in zip(uses, counts, strict=True) if seen]
    if any(every > seen for seen, every in counts):
        told.append("others that you don't see")
    message = f"{found.shown} has {', '.join(told[:-1])}{' and ' if told[1:] else ''}{told[-1]}. {remedy}"
    write.refuse("IN_USE", message, "id", kind=InUse, uses=sum(seen for seen, _ in counts))
