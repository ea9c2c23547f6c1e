"""Access: the one place that makes node patterns, each with the predicate of what the viewer may see."""

from __future__ import annotations

from dataclasses import dataclass, field

from cypher.fragment import Fragment, Param, Variable, cypher, late, of
from cypher.plan import NodePattern
from graph.model import Model


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who asks: a user of an organisation, and the organisation's base currency."""

    id: str
    display_name: str
    organization_id: str
    currency: str

    @property
    def kind(self) -> AccessKind:
        """What the text of a statement depends on."""
        return AccessKind(self.currency)


@dataclass(frozen=True, slots=True)
class AccessKind:
    """What plans depend on of those who ask: never who they are."""

    currency: str


@dataclass(frozen=True, slots=True)
class Access:
    """What viewers of a kind may see, as a predicate on every node pattern."""

    model: Model
    kind: AccessKind
    organization: Param = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "organization", late(lambda inputs: inputs.viewer.organization_id))

    @property
    def currency(self) -> str:
        """Base currency of the viewer's organisation."""
        return self.kind.currency

    def predicate(self, variable: Variable) -> Fragment:
        """The node belongs to the viewer's organisation."""
        return cypher(of(variable, "organizationId"), " = ", self.organization)

    def node(self, type_name: str, variable: Variable | None = None) -> NodePattern:
        """A pattern for a node of a concrete or abstract type that the viewer may see."""
        variable = variable or Variable(type_name[0].lower() + type_name[1:])
        return NodePattern(variable, self.labels(type_name), self.predicate(variable))

    def labels(self, type_name: str) -> tuple[str, ...]:
        """The labels a type's nodes have one of: its own, or that of its interface, or those of its members."""
        if type_name in self.model.records:
            return (self.model.records[type_name].label,)
        members = self.model.possible(type_name)
        if all(type_name in member.labels for member in members):
            return (type_name,)
        # One label for all records keeps the pattern of any node short.
        shared = "Record" if set(self.model.abstract["Record"]) <= set(self.model.abstract[type_name]) else ""
        return tuple(dict.fromkeys(shared if shared in member.labels else member.label for member in members))
