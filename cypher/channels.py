"""Statements about channels that mutations need."""

from __future__ import annotations

from cypher.fragment import Variable, cypher
from cypher.printer import Statement, print_fragment
from cypher.writes import Place


def customers_of_channel(channel: Place) -> Statement:
    """The UUIDs of the customers of a channel, a row each."""
    node = Variable("channel")
    return print_fragment(
        cypher("MATCH ", channel.pattern(node), "<-[:IN_CHANNEL]-(c:Customer) RETURN c.id AS row ORDER BY row")
    )
