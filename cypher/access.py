"""Access: the one place that makes node patterns, each with the predicate of what the viewer may see.

The text of a predicate depends on the kind of access alone: how far the viewer's permissions reach. Who the viewer is,
whose owners count and which customer is the viewer's own are parameters that each request binds.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from cypher.fragment import Fragment, Param, Variable, cypher, joined, late, name, of, param
from cypher.plan import Branch, Collect, Match, NodePattern, Projection, Rows, Step, Value
from cypher.rules import BesideCustomer, ByCustomer, ByCustomerUser, ByOwner, ByWhole, Everything, Nothing, Rule
from cypher.ways import arrow, either, led, steps
from graph.model import Direction, Hop, Mapped, Model, RecordType, Whole
from graph.permissions import rank
from graph.scope import ForAll, OfCustomer, OfOwnCustomer, Way
from graph.sensitive import hides, hides_parts
from graph.viewer import AccessKind

CHILD_OF = ("CHILD_OF",)


@dataclass(frozen=True, slots=True)
class Reach:
    """How to get from the viewer to all the records of a type that the viewer may see; `distinct` when twice."""

    match: Match
    distinct: bool


@dataclass(frozen=True, slots=True)
class Access:
    """What viewers of a kind may see, as a predicate on every node pattern."""

    model: Model
    kind: AccessKind
    organization: Param = field(init=False)
    viewer: Param = field(init=False)
    customer: Param = field(init=False)
    beside: Param = field(init=False)
    owners: Mapping[str, Param] = field(init=False)
    _views: Mapping[str, str] = field(init=False)

    def __post_init__(self) -> None:
        made = {
            "organization": late(lambda inputs: inputs.viewer.organization_id),
            "viewer": late(lambda inputs: inputs.viewer.id),
            "customer": late(lambda inputs: inputs.viewer.customer_id),
            "beside": late(lambda inputs: inputs.viewer.beside),
            "owners": {
                "UNIT": late(lambda inputs: inputs.viewer.unit_owners),
                "DIVISION": late(lambda inputs: inputs.viewer.division_owners),
            },
            "_views": dict(self.kind.views),
        }
        for key, value in made.items():
            object.__setattr__(self, key, value)

    @property
    def currency(self) -> str:
        """Base currency of the viewer's organisation."""
        return self.kind.currency

    def node(self, type_name: str, variable: Variable | None = None) -> NodePattern:
        """A pattern for a node of a concrete or abstract type that the viewer may see."""
        variable = variable or Variable(type_name[0].lower() + type_name[1:])
        types = tuple(record.name for record in self.model.possible(type_name))
        return NodePattern(variable, self.labels(type_name), self.predicate(type_name, variable), types)

    def after(self, hop: Hop, variable: Variable | None = None) -> NodePattern:
        """A pattern for the node at the end of a step from one that the viewer may see.

        A part is seen by whoever sees its whole, from which the step comes, where no whole hides such parts; and what
        is of a customer by whoever sees the customer, where both levels reach as far.
        """
        wholes = [whole for whole in self.model.wholes(hop.target) if whole.hop.types == hop.types]
        if (wholes and all(map(self._shows, wholes))) or self._of_seen_customer(hop):
            return self._of_organization(hop.target, variable or Variable(hop.target[0].lower() + hop.target[1:]))
        return self.node(hop.target, variable)

    def neighbor(self, type_name: str, others: Iterable[str], variable: Variable) -> NodePattern:
        """A pattern for a neighbour of a record that the viewer may see; it can be of one of the other types."""
        rules = {
            # A part is seen by whoever sees its whole, unless that hides such parts.
            other: Everything()
            if any(whole.type_name == type_name and self._shows(whole) for whole in self.model.wholes(other))
            else self.rule(self.model.records[other])
            for other in sorted(others)
        }
        return NodePattern(variable, self.labels("Node"), self._predicate(rules, variable), tuple(rules))

    def predicate(self, type_name: str, variable: Variable) -> Fragment:
        """What holds for the nodes of a type that the viewer may see."""
        return self._predicate({record.name: self.rule(record) for record in self.model.possible(type_name)}, variable)

    def _predicate(self, rules: Mapping[str, Rule], variable: Variable) -> Fragment:
        labels: dict[Rule, list[str]] = {}
        for type_name, rule in rules.items():
            labels.setdefault(rule, []).append(self.model.records[type_name].label)
        own = self._own(variable)
        if len(labels) <= 1:
            # Where nothing can be, nothing more has to be asked.
            condition = self._condition(next(iter(labels), Everything()), variable)
            return own if condition is None else cypher(own, " AND ", condition)
        seen = [
            self._for_labels(found, self._condition(rule, variable), variable)
            for rule, found in labels.items()
            if not isinstance(rule, Nothing)
        ]
        return cypher(own, " AND ", either(seen))

    def again(self, type_name: str, variable: Variable) -> NodePattern:
        """A pattern for a node that a pattern with its predicate has found before."""
        return self._of_organization(type_name, variable)

    def deleted(self, type_name: str, variable: Variable) -> NodePattern:
        """A pattern for a deleted record of a type that the viewer could see: it keeps what decided that."""
        names: dict[Rule, list[str]] = {}
        for record in self.model.possible(type_name):
            names.setdefault(self.rule(record), []).append(record.name)
        seen = []
        for rule, found in names.items():
            was, condition = cypher(of(variable, "deletedType"), " IN ", param(found)), self._condition(rule, variable)
            seen.append(was if condition is None else cypher("(", was, " AND ", condition, ")"))
        return NodePattern(variable, ("Deleted",), cypher(self._own(variable), " AND ", either(seen)))

    def change(self, variable: Variable, about: Variable) -> NodePattern:
        """A pattern for the changes of a record that the viewer sees, or could see."""
        # An index seek needs a predicate on every property of the index.
        recorded = cypher(of(variable, "recordId"), " = ", of(about, "id"), " AND ", of(variable, "id"), " IS NOT NULL")
        return NodePattern(variable, ("Change",), cypher(self._own(variable), " AND ", recorded))

    def hides(self, type_name: str, mapped: Mapped) -> bool:
        """Whether a field of a type is hidden from the viewers of this kind."""
        return hides(self.model, self.kind.hidden, type_name, mapped)

    def _of_seen_customer(self, hop: Hop) -> bool:
        """Whether a step leads from customers that the viewer sees to what is seen because it is of them."""
        if hop.target not in self.model.records or self.kind.staff:
            return False
        rule, own = self.rule(self.model.records[hop.target]), self.rule(self.model.records["Customer"])
        if not isinstance(rule, ByCustomer) or not isinstance(own, ByCustomer) or rank(rule.level) < rank(own.level):
            return False
        back = Hop(hop.types, hop.direction.reversed, "Customer")
        down = hop.types == CHILD_OF and hop.direction is Direction.IN and rule.level == "CORPORATE"
        return down or (rule.way == (back,) and self._only_from_customers(hop))

    def _only_from_customers(self, hop: Hop) -> bool:
        """Whether nothing else that the viewer sees has such a step."""
        others = (record for record in self.model.records.values() if record.name != "Customer")
        return not any(
            hop.types == found.types and hop.direction is found.direction and self.rule(record) != Nothing()
            for record in others
            for found in self.model.first_hops(record.name)
        )

    def _shows(self, whole: Whole) -> bool:
        return not hides_parts(self.model, self.kind.hidden, whole)

    def _through(self, whole: Whole) -> Rule:
        """Through which wholes of a type their parts are seen."""
        return self.rule(self.model.records[whole.type_name]) if self._shows(whole) else Nothing()

    def version(self) -> Collect:
        """The version of the organisation's access, which each change of roles, units or memberships raises."""
        node = self._one("Organization", Variable("organization"), self.organization)
        version = Value(cypher("coalesce(", of(node.variable, "accessVersion"), ", 0)"))
        return Collect(Rows((Branch(Match(node)),), (node.variable,)), Projection((version,)))

    def within(self, type_name: str, level: str, variable: Variable) -> Fragment:
        """A record of a concrete type is no further from the viewer than a level reaches."""
        record = self.model.records[type_name]
        return self._condition(self._reached(record, level), variable) or cypher("true")

    def rule(self, record: RecordType) -> Rule:
        """Which records of a type the viewers of this kind see."""
        if record.scope is None:
            wholes = self.model.wholes(record.name)
            every = all(self._through(whole) == Everything() for whole in wholes)
            return Everything() if every else ByWhole(record.name)
        return self._reached(record, self._views.get(record.name, "NONE"))

    def _reached(self, record: RecordType, level: str) -> Rule:
        """Which records of a type that is no part a level reaches."""
        if record.scope is None or level == "NONE" or level not in record.scope.levels(staff=self.kind.staff):
            return Nothing()
        if self.kind.staff:
            if rank(level) >= rank("ORGANIZATION") or record.scope.owned is None:
                return Everything()
            return ByOwner(record.scope.owned, level)
        match record.scope.customers:
            case ForAll():
                return Everything()
            case OfOwnCustomer():
                return BesideCustomer()
            case OfCustomer(_, user) if level == "USER" and user is not None:
                return ByCustomerUser(user)
            case OfCustomer(customer, _, public):
                return ByCustomer(customer, level, public)
            case _:
                return Nothing()

    def reach(self, type_name: str, row: Variable) -> Reach | None:
        """Where the rows of a type start from for viewers who see only what is of their own customer.

        Everything else would be looked at to find it out. None where a predicate on an index does as well.
        """
        rule = self.rule(self.model.records[type_name]) if type_name in self.model.records else Nothing()
        if isinstance(rule, ByCustomerUser) and rule.way:
            user = Variable("user")
            start = self._one("CustomerUser", user, self.viewer)
            return Reach(Match(start, self._back(rule.way, type_name, row)), distinct=False)
        if not isinstance(rule, ByCustomer) or rule.public or (not rule.way and rule.level == "DEPARTMENT"):
            return None
        start = self._one("Customer", Variable("own"), self.customer)
        steps = self._back(rule.way, type_name, row)
        if rule.level == "CORPORATE":
            below = self._of_organization("Customer", Variable("step"))
            end = Variable("below") if rule.way else row
            steps = (Step(CHILD_OF, Direction.IN, below, repeat=(0, None), end=end), *steps)
        return Reach(Match(start, steps), distinct=bool(rule.way))

    def sees_all(self, type_name: str) -> bool:
        """Whether the viewer sees all records of a type."""
        return all(rule == Everything() for rule in self._rules(type_name))

    def walks_order(self, type_name: str) -> bool:
        """Whether the first rows in an order are near its beginning: not for those who see only what they own."""
        return all(not isinstance(rule, ByOwner) or rule.level != "USER" for rule in self._rules(type_name))

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

    def _rules(self, type_name: str) -> list[Rule]:
        return [self.rule(record) for record in self.model.possible(type_name)]

    def _own(self, variable: Variable) -> Fragment:
        return cypher(of(variable, "organizationId"), " = ", self.organization)

    def _of_organization(self, type_name: str, variable: Variable) -> NodePattern:
        """A node that needs no more than the organisation, since something visible has led to it."""
        return NodePattern(variable, self.labels(type_name), self._own(variable))

    def _one(self, type_name: str, variable: Variable, key: Param) -> NodePattern:
        found = cypher(self._own(variable), " AND ", of(variable, "id"), " = ", key)
        return NodePattern(variable, self.labels(type_name), found)

    def _back(self, way: Way, type_name: str, row: Variable) -> tuple[Step, ...]:
        """A way of one step at most, from its end to the record of the type, in `row`."""
        return tuple(
            Step(hop.types, hop.direction.reversed, self._of_organization(type_name, row)) for hop in reversed(way)
        )

    def _for_labels(self, labels: list[str], condition: Fragment | None, variable: Variable) -> Fragment:
        of_type = cypher(variable, ":", joined("|", [name(label) for label in labels]))
        return of_type if condition is None else cypher("(", of_type, " AND ", condition, ")")

    def _condition(self, rule: Rule, variable: Variable) -> Fragment | None:
        """What a rule asks of a node beyond its organisation; None when nothing."""
        match rule:
            case Everything():
                return None
            case Nothing():
                return cypher("false")
            case ByOwner(way, level):
                return self._owned(way, level, variable)
            case ByCustomer(way, level, public):
                return self._of_customer(way, level, public, variable)
            case BesideCustomer():
                # By its id: a channel has too many customers to look for one's own among them.
                return cypher(of(variable, "id"), " IN ", self.beside)
            case ByCustomerUser(way):
                return led(way, variable, lambda end: cypher(of(end, "id"), " = ", self.viewer))
            case ByWhole(part):
                return self._part(part, variable)

    def _owned(self, way: Way, level: str, variable: Variable) -> Fragment:
        def by(end: Variable) -> Fragment:
            owner = of(end, "ownerId")
            return cypher(owner, " = ", self.viewer) if level == "USER" else cypher(owner, " IN ", self.owners[level])

        return led(way, variable, by)

    def _of_customer(self, way: Way, level: str, public: str, variable: Variable) -> Fragment:
        if level == "CORPORATE":
            top = Variable("top")
            # The end has no label, so that no plan starts from it and walks down a whole subtree for each row.
            up = cypher("(", variable, ")", steps(way), "-[:CHILD_OF*0..]->(", top, ")")
            found = cypher("EXISTS { ", up, " WHERE ", of(top, "id"), " = ", self.customer, " }")
        else:
            found = led(way, variable, lambda end: cypher(of(end, "id"), " = ", self.customer))
        if not public:
            return found
        alone = cypher("NOT EXISTS { (", variable, ")", arrow(way[0].types, way[0].direction), "() }")
        return cypher("(", found, " OR (", of(variable, public), " AND ", alone, "))")

    def _part(self, part: str, variable: Variable) -> Fragment:
        rules: dict[tuple[tuple[str, ...], Direction], dict[str, Rule]] = {}
        for whole in self.model.wholes(part):
            if not isinstance(rule := self._through(whole), Nothing):
                rules.setdefault((whole.hop.types, whole.hop.direction), {})[whole.type_name] = rule
        seen = [self._whole(types, direction.reversed, found, variable) for (types, direction), found in rules.items()]
        return either(seen)

    def _whole(
        self, types: tuple[str, ...], direction: Direction, rules: Mapping[str, Rule], variable: Variable
    ) -> Fragment:
        """One of the wholes that a part has by relationships of the types is seen."""
        whole = Variable("whole")
        labels = joined("|", [name(self.model.records[type_name].label) for type_name in rules])
        path = cypher("(", variable, ")", arrow(types, direction), "(", whole, ":", labels, ")")
        return cypher("EXISTS { ", path, " WHERE ", self._predicate(rules, whole), " }")
