"""Plans upcoming birthdays.

The birthdays to come are a stretch of the calendar, or two where it goes on into the next year. So the dates of birth
to look for are the same stretch of each year before: one seek a year in the index of birthdays, however many contacts
there are. Who was born on 29 February celebrates on 28 February where there is no other day.
"""

from __future__ import annotations

import calendar
import datetime as dt
from dataclasses import dataclass

from cypher.access import Access
from cypher.aggregates import aggregates_of
from cypher.connections import PageSource, no_edge_fields, plan_page, record_nodes
from cypher.context import Context
from cypher.filters import where_predicates
from cypher.fragment import Fragment, Param, Variable, cypher, joined, late, of, param
from cypher.hidden import refuse_hidden
from cypher.paging import Order, OrderKey, cursor_column, fixed_order, id_key, read_page
from cypher.patterns import match_fragment
from cypher.plan import Branch, Columns, Match, Rows, StatementPlan
from cypher.root_plan import RootPlan
from cypher.selection import Selection
from cypher.shape import OnlyRow
from graph.errors import BadInput
from graph.model import Kind

MOST_DAYS = 366
LEAP_DAY = (2, 29)
INDEX = ("organizationId", "birthday", "id")


@dataclass(frozen=True, slots=True)
class _Born:
    """The stretches of the calendar, and the dates between which those were born who are celebrated then."""

    stretch: Variable
    since: Variable
    until: Variable


def plan_birthdays(context: Context, selection: Selection) -> RootPlan:
    """A connection of contacts by their next birthday, from the day of the request on.

    Raises:
        Forbidden: when birthdays are hidden.
    """
    arguments = selection.arguments
    refuse_hidden(context.access, "Contact", "birthday", context.model.records["Contact"].fields["birthday"])
    node = context.access.node("Contact")
    contact, born = node.variable, _Born(Variable("stretch"), Variable("since"), Variable("until"))
    order = _order(contact, Variable("birthday"), born.stretch)
    page = read_page(arguments, order, default=context.limits.default_page, most=context.limits.max_page)
    stored = of(contact, "birthday")
    between = (cypher(stored, " >= ", born.since), cypher(stored, " < ", born.until))
    there = cypher(of(contact, "id"), " IS NOT NULL")
    where = where_predicates(context.access, "Contact", arguments.get("where"), contact)
    days = arguments["withinDays"]
    # Read anew in each request: today is no part of the plan.
    stretches = late(lambda inputs: calendar_stretches(inputs.now.date(), _checked(days.read(inputs))))
    match = Match(node, (), (*between, there, *where), index=INDEX)
    branch = Branch(match, call=_dates_of_birth(context.access, stretches, born))
    paged = Rows(
        (branch,),
        (contact,),
        lets=order.lets,
        having=order.bounds(page),
        order=order.sort(page),
        limit=param(page.limit + 1),
    )
    source = PageSource(
        paged=paged,
        counted=Rows((branch,), (contact,)),
        order=order,
        page=page,
        nodes=record_nodes(context, "Contact", contact),
        edge=no_edge_fields,
        aggregate=aggregates_of(context, "Contact", contact),
    )
    shape = plan_page(selection, "Query", source, columns := Columns())
    return RootPlan(StatementPlan(columns.projection()), OnlyRow(shape))


def _order(contact: Variable, upcoming: Variable, stretch: Variable) -> Order:
    """By the next birthday, which is known once it is computed, then id."""
    next_one = OrderKey(
        *(cypher(upcoming), cursor_column(cypher(upcoming), Kind.DATE), Kind.DATE),
        descending=False,
        nullable=False,
        path="birthday",
        let=(upcoming, _celebrated(of(contact, "birthday"), stretch)),
    )
    return fixed_order("Birthday", next_one, id_key(contact))


def _dates_of_birth(access: Access, stretches: Param, born: _Born) -> Fragment:
    """For each year from the first birth on, the first date of birth that counts and the first after those."""
    year, stretch = Variable("year"), born.stretch

    def date(place: int) -> Fragment:
        month, day, days = (cypher(stretch, f"[{number}]") for number in range(place, place + 3))
        return cypher("date({year: ", year, ", month: ", month, ", day: ", day, "}) + duration({days: ", days, "})")

    return cypher(
        *("UNWIND ", stretches, " AS ", stretch),
        *(" UNWIND range(", _first_year(access, stretch), ", ", stretch, "[0] - 1) AS ", year),
        *(" WITH ", stretch, ", ", date(2), " AS ", born.since, ", ", date(5), " AS ", born.until),
    )


def _first_year(access: Access, stretch: Variable) -> Fragment:
    """The year of birth of the oldest contact, the first in the index; that of the stretch when there is none."""
    oldest = Variable("oldest")
    there = [cypher(of(oldest, stored), " IS NOT NULL") for stored in INDEX[1:]]
    first = match_fragment(Match(access.node("Contact", oldest), (), tuple(there), INDEX), ())
    keys = joined(", ", [of(oldest, stored) for stored in INDEX])
    year = cypher(first, " WITH ", oldest, " ORDER BY ", keys, " LIMIT 1 RETURN ", of(oldest, "birthday"), ".year")
    return cypher("coalesce(head(COLLECT { ", year, " }), ", stretch, "[0])")


def _celebrated(born: Fragment, stretch: Variable) -> Fragment:
    """The day of a birthday in the year of a stretch."""
    last = cypher(stretch, "[1]")
    return cypher(
        *("date({year: ", stretch, "[0], month: ", born, ".month, day: CASE WHEN ", born, ".month = 2 AND ", born),
        *(".day > ", last, " THEN ", last, " ELSE ", born, ".day END})"),
    )


def calendar_stretches(today: dt.date, days: int) -> list[list[int]]:
    """The stretches of the calendar in which birthdays are celebrated, from today on, each day once.

    Returns:
        For each year the year, the last day of its February, and twice a month, a day and how many days later is
        meant: where the dates of birth begin and where they have ended. No 29 February is named, which most years lack.
    """
    last = min(today + dt.timedelta(days), _before_next(today))
    stretches = []
    for year in range(today.year, last.year + 1):
        begin, end = max(today, dt.date(year, 1, 1)), min(last, dt.date(year, 12, 31))
        since = (2, 28, 1) if _is_leap_day(begin) else (begin.month, begin.day, 0)
        until = (3, 1, 0) if _holds_leap_day(end, today) else (end.month, end.day, 1)
        stretches.append([year, 29 if calendar.isleap(year) else 28, *since, *until])
    return stretches


def _holds_leap_day(end: dt.date, today: dt.date) -> bool:
    """Whether those born on 29 February are the last of a stretch; on such a day they have had their turn."""
    if calendar.isleap(end.year):
        return _is_leap_day(end)
    return (end.month, end.day) == (2, 28) and not _is_leap_day(today)


def _before_next(today: dt.date) -> dt.date:
    """The last day before today's date comes again."""
    if _is_leap_day(today):
        return dt.date(today.year + 1, 2, 28)
    return today.replace(year=today.year + 1) - dt.timedelta(1)


def _is_leap_day(day: dt.date) -> bool:
    return (day.month, day.day) == LEAP_DAY


def _checked(days: int) -> int:
    if not 0 <= days <= MOST_DAYS:
        raise BadInput(f"`withinDays` is {days}; it goes from 0 to {MOST_DAYS}.", hint="A year holds every birthday.")
    return days
