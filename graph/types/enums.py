"""The values that a record's fields choose from. Stored as their names."""

from __future__ import annotations

from enum import Enum

import strawberry
from strawberry import enum_value as value


@strawberry.enum(description="What kind of party a customer or an account is.")
class PartyKind(Enum):
    """What kind of party a customer or an account is."""

    PERSON = value("PERSON", description="A person.")
    BUSINESS = value("BUSINESS", description="A business.")
    HOUSEHOLD = value("HOUSEHOLD", description="People who live together.")
    COMPANY = value("COMPANY", description="A company.")
    GROUP = value("GROUP", description="A group of people or companies.")


@strawberry.enum(description="Gender as the person states it.")
class Gender(Enum):
    """Gender as the person states it."""

    FEMALE = value("FEMALE", description="Female.")
    MALE = value("MALE", description="Male.")
    OTHER = value("OTHER", description="Another.")


@strawberry.enum(description="How a contact prefers to be reached.")
class ContactMethod(Enum):
    """How a contact prefers to be reached."""

    EMAIL = value("EMAIL", description="By email.")
    PHONE = value("PHONE", description="By phone.")
    TEXT_MESSAGE = value("TEXT_MESSAGE", description="By text message.")
    POST = value("POST", description="By post.")
    SOCIAL = value("SOCIAL", description="On a social network.")


@strawberry.enum(description="A social network.")
class SocialNetwork(Enum):
    """A social network."""

    FACEBOOK = value("FACEBOOK", description="Facebook.")
    INSTAGRAM = value("INSTAGRAM", description="Instagram.")
    LINKEDIN = value("LINKEDIN", description="LinkedIn.")
    TIKTOK = value("TIKTOK", description="TikTok.")
    X = value("X", description="X, which was Twitter.")
    XING = value("XING", description="Xing.")
    YOUTUBE = value("YOUTUBE", description="YouTube.")
    OTHER = value("OTHER", description="Another one.")


@strawberry.enum(description="Whether a channel takes new data.")
class ChannelStatus(Enum):
    """Whether a channel takes new data."""

    ACTIVE = value("ACTIVE", description="Takes new data and shows in the 360 view.")
    INACTIVE = value("INACTIVE", description="Takes no new data; what it has stays.")


@strawberry.enum(description="How a channel values a customer over its lifetime.")
class LifetimeRule(Enum):
    """How a channel values a customer over its lifetime."""

    WON = value("WON", description="Close revenue of won opportunities.")
    ORDERS_NET = value("ORDERS_NET", description="Subtotal less discount of orders that are not cancelled.")
    ORDERS_PAID = value("ORDERS_PAID", description="Subtotal of orders that are paid in full.")
    FIELD = value("FIELD", description="A money field of a custom entity.")
    NONE = value("NONE", description="Not valued.")


@strawberry.enum(description="How an import gives a new customer its account.")
class AccountPolicy(Enum):
    """How an import gives a new customer its account."""

    CREATE = value("CREATE", description="A new account for every customer.")
    MATCH = value("MATCH", description="The account of another customer of the same name and email, else a new one.")


@strawberry.enum(description="Which account the customers of a tree have.")
class TreeAccounts(Enum):
    """Which account the customers of a tree have."""

    EACH = value("EACH", description="Each its own, or the one that it was put under.")
    ROOT = value("ROOT", description="All of them that of the root of their tree.")


@strawberry.enum(description="Where a customer stands.")
class CustomerStatus(Enum):
    """Where a customer stands."""

    ACTIVE = value("ACTIVE", description="Does business with us.")
    INACTIVE = value("INACTIVE", description="Does no business at present.")
    WITHDRAWN = value("WITHDRAWN", description="Taken back by its source.")


@strawberry.enum(description="What an affiliation says, beside the tree.")
class AffiliationKind(Enum):
    """What an affiliation says, beside the tree."""

    PARENT = value("PARENT", description="A further parent, which the strict tree can't hold.")
    CLIENT = value("CLIENT", description="The other one is a client.")
    PARTNER = value("PARTNER", description="The other one is a partner.")


@strawberry.enum(description="Where an order stands.")
class OrderStatus(Enum):
    """Where an order stands."""

    OPEN = value("OPEN", description="Not yet shipped.")
    SHIPPED = value("SHIPPED", description="On its way or arrived.")
    COMPLETED = value("COMPLETED", description="Done.")
    CANCELLED = value("CANCELLED", description="Cancelled.")


@strawberry.enum(description="How far an order is paid.")
class PaymentStatus(Enum):
    """How far an order is paid."""

    PENDING = value("PENDING", description="Nothing is paid.")
    PARTIAL = value("PARTIAL", description="Paid in part.")
    PAID = value("PAID", description="Paid in full.")
    REFUNDED = value("REFUNDED", description="Paid back.")


@strawberry.enum(description="Where a cart stands.")
class CartStatus(Enum):
    """Where a cart stands."""

    OPEN = value("OPEN", description="Being filled.")
    PURCHASED = value("PURCHASED", description="Became an order.")
    LOST = value("LOST", description="Given up.")
    EXPIRED = value("EXPIRED", description="Timed out.")
    CONVERTED = value("CONVERTED", description="Became an opportunity.")


@strawberry.enum(description="Where a lead stands.")
class LeadStatus(Enum):
    """Where a lead stands."""

    NEW = value("NEW", description="Not yet looked at.")
    QUALIFIED = value("QUALIFIED", description="Became an opportunity.")
    CANCELED = value("CANCELED", description="Disqualified.")


@strawberry.enum(description="Where a lead came from.")
class LeadSource(Enum):
    """Where a lead came from."""

    WEB = value("WEB", description="The web.")
    CALL = value("CALL", description="A call.")
    BID = value("BID", description="A bid.")
    DIRECT_REQUEST = value("DIRECT_REQUEST", description="A direct request.")
    CAMPAIGN = value("CAMPAIGN", description="A campaign.")
    OTHER = value("OTHER", description="Elsewhere.")


@strawberry.enum(description="Stage of an opportunity.")
class OpportunityStatus(Enum):
    """Stage of an opportunity."""

    IN_PROGRESS = value("IN_PROGRESS", description="Begun, 0 %.")
    IDENTIFICATION_ALIGNMENT = value("IDENTIFICATION_ALIGNMENT", description="Identified and aligned, 10 %.")
    NEEDS_ANALYSIS = value("NEEDS_ANALYSIS", description="Needs analysed, 20 %.")
    SOLUTION_DEVELOPMENT = value("SOLUTION_DEVELOPMENT", description="Solution developed, 50 %.")
    NEGOTIATION = value("NEGOTIATION", description="Negotiated, 80 %.")
    WON = value("WON", description="Won, 100 %.")
    LOST = value("LOST", description="Lost, 0 %.")


@strawberry.enum(description="Why an opportunity was closed.")
class CloseReason(Enum):
    """Why an opportunity was closed."""

    WON = value("WON", description="It was won.")
    OUTSOLD = value("OUTSOLD", description="Another one sold.")
    CANCELLED = value("CANCELLED", description="The customer gave up.")


@strawberry.enum(description="Where a case stands.")
class CaseStatus(Enum):
    """Where a case stands."""

    OPEN = value("OPEN", description="Reported.")
    IN_PROGRESS = value("IN_PROGRESS", description="Being worked on.")
    RESOLVED = value("RESOLVED", description="Solved.")
    CLOSED = value("CLOSED", description="Closed.")


@strawberry.enum(description="How urgent something is.")
class Priority(Enum):
    """How urgent something is."""

    LOW = value("LOW", description="Low.")
    NORMAL = value("NORMAL", description="Normal.")
    HIGH = value("HIGH", description="High.")


@strawberry.enum(description="How a case was reported.")
class CaseSource(Enum):
    """How a case was reported."""

    EMAIL = value("EMAIL", description="By email.")
    PHONE = value("PHONE", description="By phone.")
    WEB = value("WEB", description="On the web.")
    OTHER = value("OTHER", description="Otherwise.")


@strawberry.enum(description="Who called.")
class CallDirection(Enum):
    """Who called."""

    INCOMING = value("INCOMING", description="The other party.")
    OUTGOING = value("OUTGOING", description="We.")


@strawberry.enum(description="Where an activity stands.")
class ActivityStatus(Enum):
    """Where an activity stands."""

    PLANNED = value("PLANNED", description="Still to do.")
    IN_PROGRESS = value("IN_PROGRESS", description="Being done.")
    DONE = value("DONE", description="Done.")
    CANCELLED = value("CANCELLED", description="Not done.")


@strawberry.enum(description="Where an email stands.")
class EmailStatus(Enum):
    """Where an email stands."""

    QUEUED = value("QUEUED", description="Waits to be sent.")
    SENT = value("SENT", description="Sent.")
    FAILED = value("FAILED", description="Could not be sent.")
    RECEIVED = value("RECEIVED", description="Received.")


@strawberry.enum(description="What an address is used for.")
class AddressType(Enum):
    """What an address is used for."""

    BILLING = value("BILLING", description="Invoices go there.")
    SHIPPING = value("SHIPPING", description="Goods go there.")
    OTHER = value("OTHER", description="Anything else.")


@strawberry.enum(description="Kind of an entry of a timeline.")
class TimelineKind(Enum):
    """Kind of an entry of a timeline."""

    ACTIVITY = value("ACTIVITY", description="A call, email, task, note or event.")
    ORDER = value("ORDER", description="An order was placed.")
    CART = value("CART", description="A cart was started.")
    CASE = value("CASE", description="A case was reported.")
    LEAD = value("LEAD", description="A lead came in.")
    OPPORTUNITY = value("OPPORTUNITY", description="An opportunity was opened.")
