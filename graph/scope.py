"""Whose a record is: the way from it to those whose permissions decide who may see it.

Members of staff reach records by their owner, a user or a business unit; customer users by the customer that a record
is of. A part, such as an order's item, has no scope: it takes the access of its whole.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from graph.model import Direction, Hop

Way: TypeAlias = tuple[Hop, ...]


@dataclass(frozen=True, slots=True)
class OfCustomer:
    """Customer users see what is of a customer: `customer` leads to it, empty when the record is the customer.

    `user` leads to the customer user who owns it, empty when the record is the user, None when there is none.
    `public` names the property of records of no customer that all customer users see, `managed` that of records which
    they may change, and delete when they are of a customer; they only see the others.
    """

    customer: Way
    user: Way | None = None
    public: str = ""
    managed: str = ""


@dataclass(frozen=True, slots=True)
class OfOwnCustomer:
    """Customer users see the one record that belongs to their own customer; `way` leads to that customer."""

    way: Way


@dataclass(frozen=True, slots=True)
class ForAll:
    """Customer users see all records of the type."""


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose a record is.

    Attributes:
        owned: the way to the record whose owner counts for members of staff, empty for the record itself; None when
            it is the organisation's.
        customers: what customer users see of it; None for nothing.
    """

    owned: Way | None = ()
    customers: OfCustomer | OfOwnCustomer | ForAll | None = None

    def levels(self, *, staff: bool) -> tuple[str, ...]:
        """The levels that a permission on such records can have."""
        if staff:
            return ("NONE", *(("USER", "UNIT", "DIVISION") if self.owned is not None else ()), "ORGANIZATION", "SYSTEM")
        match self.customers:
            case None:
                return ("NONE",)
            case OfCustomer(user=user):
                return ("NONE", *(("USER",) if user is not None else ()), "DEPARTMENT", "CORPORATE")
            case _:
                return ("NONE", "FULL")


def _hop(kind: str, direction: Direction, target: str) -> Hop:
    return Hop((kind,), direction, target)


_BY_USER = (_hop("OWNED_BY_CUSTOMER_USER", Direction.OUT, "CustomerUser"),)
_USER_OF = (_hop("USER_OF", Direction.OUT, "Customer"),)

OWNED = Scope()
OF_ORGANIZATION = Scope(owned=None)
CUSTOMER = Scope(customers=OfCustomer(()))
ORDER = Scope(customers=OfCustomer((_hop("PLACED", Direction.IN, "Customer"),), _BY_USER))
CART = Scope(customers=OfCustomer((_hop("HAS_CART", Direction.IN, "Customer"),), _BY_USER))
CASE = Scope(customers=OfCustomer((_hop("CASE_OF", Direction.OUT, "Customer"),), _BY_USER))
CUSTOMER_USER = Scope(owned=_USER_OF, customers=OfCustomer(_USER_OF, ()))
CONTACT = Scope(customers=OfCustomer((_hop("HAS_CONTACT", Direction.IN, "Customer"),)))
CHANNEL = Scope(owned=None, customers=OfOwnCustomer((_hop("IN_CHANNEL", Direction.IN, "Customer"),)))
CUSTOMER_GROUP = Scope(owned=None, customers=OfOwnCustomer((_hop("MEMBER_OF", Direction.IN, "Customer"),)))
PRODUCT = Scope(owned=None, customers=ForAll())
CUSTOMER_USER_ROLE = Scope(
    owned=None,
    customers=OfCustomer((_hop("ROLE_OF", Direction.OUT, "Customer"),), public="isPublic", managed="selfManaged"),
)
