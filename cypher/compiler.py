"""From an operation to statements: the front door of this package."""

from __future__ import annotations

from dataclasses import dataclass, replace

from cypher.access import Access
from cypher.context import Context, Limits
from cypher.cost import FREE, Cost, build_counter, requested
from cypher.hidden import HiddenPath, hidden_paths
from cypher.hierarchy import plan_tree
from cypher.printer import Batch, Template, print_batch, print_template
from cypher.properties import plan_computed, plan_embedded, plan_property
from cypher.relations import plan_relation
from cypher.root_plan import RootPlan
from cypher.roots import plan_root
from cypher.sections import plan_sections
from cypher.selection import Selection
from cypher.shape import RowsShape
from cypher.shaper import RowsShaper, build_rows_shaper
from cypher.timeline import plan_timeline
from graph.model import (
    Computed,
    Embedded,
    Model,
    Property,
    Relation,
    Root,
    RootById,
    RootByOrigin,
    RootWritten,
    Sections,
    Timeline,
    Tree,
)
from graph.viewer import AccessKind

FIELD_PLANNERS = {
    Property: plan_property,
    Embedded: plan_embedded,
    Computed: plan_computed,
    Relation: plan_relation,
    Tree: plan_tree,
    Timeline: plan_timeline,
    Sections: plan_sections,
}


@dataclass(frozen=True, slots=True)
class Compiled:
    """A root field as a statement without its values, what its rows become, and the function that shapes them."""

    template: Template
    shape: RowsShape
    shaper: RowsShaper
    asks: bool = True
    """Whether the graph is asked at all: what the request itself says is shaped from the parameters."""
    batch: Batch | None = None
    """The statement that answers several requests at once, for what is looked up by a key."""
    cost: Cost = FREE
    """The records that it may bring, and those that it brought."""
    hidden: tuple[HiddenPath, ...] = ()
    """Where the response hides a field from all viewers of the kind."""


@dataclass(frozen=True, slots=True)
class Compiler:
    """Compiles root fields for a model within limits."""

    model: Model
    limits: Limits

    def compile(self, kind: AccessKind, root: Root, selection: Selection) -> Compiled:
        """One root field as one statement, for all viewers of a kind.

        The last column of each row is the version of the organisation's access, for `execution` to compare.
        It serves every request that answers the questions in the trace of the selection's operation alike.

        Raises:
            BadInput: when an argument is not usable.
            Forbidden: when one looks at a hidden field.
        """
        plan = self.plan(kind, root, selection)
        batch = print_batch(plan.statement) if isinstance(root, (RootById, RootByOrigin, RootWritten)) else None
        cost = Cost(requested(plan.shape), build_counter(plan.shape), plan.times)
        shaper, hidden = build_rows_shaper(plan.shape), hidden_paths(plan.shape)
        return Compiled(print_template(plan.statement), plan.shape, shaper, plan.asks, batch, cost, hidden)

    def plan(self, kind: AccessKind, root: Root, selection: Selection) -> RootPlan:
        """The plan of a root field, from which its statement is printed.

        Raises:
            BadInput: when an argument is not usable.
            Forbidden: when one looks at a hidden field.
        """
        access = Access(self.model, kind)
        plan = plan_root(Context(self.model, access, self.limits, FIELD_PLANNERS), root, selection)
        return _versioned(plan, access) if plan.asks else plan


def _versioned(plan: RootPlan, access: Access) -> RootPlan:
    """A plan whose rows end with the version of the organisation's access."""
    projection = plan.statement.projection
    columns = (*projection.columns, access.version())
    return replace(plan, statement=replace(plan.statement, projection=replace(projection, columns=columns)))
