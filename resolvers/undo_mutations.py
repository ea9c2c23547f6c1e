"""What takes writes back."""

from __future__ import annotations

import strawberry

from resolvers import undoing
from resolvers.undo_inputs import UndoPayload
from resolvers.verbs import mutation


@strawberry.type
class UndoMutations:
    """What takes writes back."""

    undo: UndoPayload = mutation(
        undoing.undo,
        "Take back a change, or all changes of a write, as far as nothing newer contradicts it; an undo too.",
    )
