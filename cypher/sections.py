"""Plans the 360 view: the sections of an account, one for each channel in which it has a customer."""

from __future__ import annotations

from cypher.comparisons import stored_enum
from cypher.computed import total
from cypher.connections import plan_page, sorted_page
from cypher.context import Context, Source
from cypher.fragment import Fragment, Variable, cypher, of
from cypher.hidden import plan_hidden
from cypher.patterns import relation_match
from cypher.plan import Branch, Collect, Columns, Match, Rows, SortKey
from cypher.properties import money_fields
from cypher.record import plan_node
from cypher.selection import Selection
from cypher.shape import Every, MoneyShape, ObjectShape, Shape, Typename
from graph.model import Direction, Hop, Mapped, Sections

_TO_CHANNELS = (Hop(("BELONGS_TO",), Direction.IN, "Customer"), Hop(("IN_CHANNEL",), Direction.OUT, "Channel"))


def plan_sections(context: Context, mapped: Mapped, selection: Selection, source: Source, columns: Columns) -> Shape:
    """One row per channel, by name: the channel, the sum of its customers' values, the customers."""
    if not isinstance(mapped, Sections):
        raise TypeError("not the sections of a 360 view")
    match, channel, _ = relation_match(context.access, _TO_CHANNELS, source.variable)
    status = selection.arguments.get("status")
    where: tuple[Fragment, ...] = ()
    if status is not None:
        where = (cypher(of(channel, "status"), " = ", status.param(stored_enum)),)
    rows = Rows(
        (Branch(Match(match.start, match.steps, where)),),
        (channel,),
        distinct=True,
        order=(SortKey(of(channel, "displayName")), SortKey(of(channel, "id"))),
    )
    row = Columns()
    section = Source("ChannelSection", source.variable)
    hidden = context.access.hides(source.type_name, mapped.value)
    shapes = [
        (field.key, plan_hidden(mapped.value, field, section))
        if hidden and field.name == "lifetimeValue"
        else (field.key, _section_field(context, field, section, channel, row))
        for field in selection.fields("ChannelSection")
    ]
    return Every(columns.add(Collect(rows, row.projection())), ObjectShape(tuple(shapes)))


def _section_field(context: Context, field: Selection, source: Source, channel: Variable, row: Columns) -> Shape:
    match field.name:
        case "__typename":
            return Typename(source.type_name)
        case "channel":
            return plan_node(context, "Channel", [field], channel, row)[0]
        case "lifetimeValue":
            match, customer = _customers_in(context, source, channel)
            amount = row.add(total(match, customer, of(customer, "lifetimeValue")))
            return MoneyShape(amount, context.access.currency, money_fields(field), summed=True)
        case _:
            return _customers(context, field, source, channel, row)


def _customers_in(context: Context, source: Source, channel: Variable) -> tuple[Match, Variable]:
    """The account's customers in a channel, expanded from the account: it has few, the channel many."""
    match, customer, _ = relation_match(context.access, _TO_CHANNELS[:1], source.variable)
    in_channel = cypher("EXISTS { (", customer, ")-[:IN_CHANNEL]->(", channel, ") }")
    return Match(match.start, match.steps, (in_channel,)), customer


def _customers(context: Context, field: Selection, source: Source, channel: Variable, row: Columns) -> Shape:
    """The page of the account's customers in the channel."""
    match, customer = _customers_in(context, source, channel)
    found = sorted_page(context, "Customer", field.arguments, match, customer)
    return plan_page(field, source.type_name, found, row)
