"""The root fields. Each names what it asks of the graph; the compiler does the rest."""

from __future__ import annotations

from typing import Any, Optional

import strawberry
from strawberry.utils.str_converters import to_camel_case

from cypher.paths import HUBS
from graph.aggregates import derive_aggregates
from graph.connection import Connection
from graph.fields import GRAPH
from graph.inputs import argument, connection_arguments, derive_inputs, paging_arguments
from graph.model import (
    Root,
    RootBirthdays,
    RootById,
    RootByOrigin,
    RootChanges,
    RootCommonContacts,
    RootConnection,
    RootDuplicates,
    RootJob,
    RootNeighbors,
    RootNodes,
    RootOrganization,
    RootPaths,
    RootSearch,
    RootViewer,
)
from graph.permissions import AccessLevel, Action
from graph.registry import load_model
from graph.scalars import Currency
from graph.types.record import Node
from graph.types.references import (
    AccountRef,
    ActivityRef,
    BusinessUnitRef,
    CartRef,
    CaseRef,
    ChannelRef,
    ChannelTypeRef,
    ContactGroupRef,
    ContactRef,
    CustomerGroupRef,
    CustomerRef,
    CustomerUserRef,
    CustomerUserRoleRef,
    LeadRef,
    OpportunityRef,
    OrderRef,
    OrganizationRef,
    ProductRef,
    RoleRef,
    TagRef,
    UserRef,
)
from resolvers.changes import ChangeConnection
from resolvers.exploration import DuplicateConnection, DuplicateKey, NeighborConnection, Path, RelationshipDirection
from resolvers.job_types import Job
from resolvers.search import SearchConnection
from resolvers.vocabulary import RecordType, RelationshipType

derive_inputs(load_model)
derive_aggregates(load_model)


@strawberry.type
class Permission:
    """An action on records of a type, how far it reaches, and the role that gives it."""

    entity: RecordType = strawberry.field(description="The type of records.")
    action: Action = strawberry.field(description="What may be done.")
    level: AccessLevel = strawberry.field(description="How far it reaches.")
    role: str = strawberry.field(description="Name of the role.")


@strawberry.type
class Decision:
    """Whether an action on a record is allowed, and why."""

    allowed: bool = strawberry.field(description="Whether it is allowed.")
    reason: str = strawberry.field(description="The permission and the role that decide.")


def _can() -> Any:
    field = strawberry.field(description="Whether the viewer may do something to a record, and why.")
    field.arguments = [
        argument("action", Action, "What is to be done."),
        argument("id", strawberry.ID, "Global id of the record; one that the viewer may not see is not there."),
    ]
    return field


@strawberry.type
class Viewer:
    """Who asks."""

    display_name: str | None = strawberry.field(description="Name of the viewer.")
    currency: Currency | None = strawberry.field(description="Base currency of the viewer's organisation.")
    effective_permissions: list[Permission] = strawberry.field(
        description="What the viewer's roles give, by entity and action: of several the one that reaches furthest."
    )
    can: Decision = _can()


def _root(description: str, mapped: Root, arguments: list[Any]) -> Any:
    field = strawberry.field(description=description, metadata={GRAPH: mapped})
    field.arguments = arguments
    return field


def _by_id(type_name: str, description: str) -> Any:
    return _root(description, RootById(type_name), [argument("id", strawberry.ID, "Global id.")])


def _all(type_name: str, description: str) -> Any:
    return _root(description, RootConnection(type_name), connection_arguments(type_name))


@strawberry.type(description="Everything that can be asked.")
class Query:
    """Everything that can be asked."""

    node: Node | None = _by_id("Node", "Anything by its global id; null when it is not there or not yours.")
    nodes: list[Node | None] = _root(
        "Records by their ids, in their order, null for each that is not there or not yours.",
        RootNodes(),
        [argument("ids", list[strawberry.ID], "At most 200 global ids.")],
    )
    viewer: Viewer = _root("Who asks.", RootViewer(), [])
    organization: OrganizationRef | None = _root(
        "The organisation that is asked about, with its settings; null for those who may not see it.",
        RootOrganization(),
        [],
    )

    customer: CustomerRef | None = _by_id("Customer", "A customer by id.")
    customer_by_origin: CustomerRef | None = _root(
        "A customer by its key in the source of its channel.",
        RootByOrigin(),
        [
            argument("channelId", strawberry.ID, "Id of the channel."),
            argument("originId", str, "Key in the source."),
        ],
    )
    account: AccountRef | None = _by_id("Account", "An account by id.")
    contact: ContactRef | None = _by_id("Contact", "A contact by id.")
    channel: ChannelRef | None = _by_id("Channel", "A channel by id.")
    customer_group: CustomerGroupRef | None = _by_id("CustomerGroup", "A customer group by id.")
    customer_user: CustomerUserRef | None = _by_id("CustomerUser", "A customer user by id.")
    order: OrderRef | None = _by_id("Order", "An order by id.")
    cart: CartRef | None = _by_id("Cart", "A cart by id.")
    lead: LeadRef | None = _by_id("Lead", "A lead by id.")
    opportunity: OpportunityRef | None = _by_id("Opportunity", "An opportunity by id.")
    case: CaseRef | None = _by_id("Case", "A case by id.")
    product: ProductRef | None = _by_id("Product", "A product by id.")

    channels: Connection[ChannelRef] | None = _all("Channel", "All channels.")
    channel_types: Connection[ChannelTypeRef] | None = _all("ChannelType", "All types of channels.")
    accounts: Connection[AccountRef] | None = _all("Account", "All accounts.")
    customers: Connection[CustomerRef] | None = _all("Customer", "All customers of all channels.")
    customer_groups: Connection[CustomerGroupRef] | None = _all("CustomerGroup", "All customer groups.")
    customer_users: Connection[CustomerUserRef] | None = _all("CustomerUser", "All customer users.")
    customer_user_roles: Connection[CustomerUserRoleRef] | None = _all("CustomerUserRole", "All their roles.")
    contacts: Connection[ContactRef] | None = _all("Contact", "All contacts.")
    contact_groups: Connection[ContactGroupRef] | None = _all("ContactGroup", "All contact groups.")
    leads: Connection[LeadRef] | None = _all("Lead", "All leads.")
    opportunities: Connection[OpportunityRef] | None = _all("Opportunity", "All opportunities.")
    carts: Connection[CartRef] | None = _all("Cart", "All carts.")
    orders: Connection[OrderRef] | None = _all("Order", "All orders.")
    products: Connection[ProductRef] | None = _all("Product", "All products.")
    cases: Connection[CaseRef] | None = _all("Case", "All cases.")
    activities: Connection[ActivityRef] | None = _all("Activity", "All calls, emails, tasks, notes and events.")
    tags: Connection[TagRef] | None = _all("Tag", "All tags.")
    users: Connection[UserRef] | None = _all("User", "All users of the organisation.")
    business_units: Connection[BusinessUnitRef] | None = _all("BusinessUnit", "All business units.")

    roles: Connection[RoleRef] | None = _all("Role", "All roles of members of staff.")

    search: SearchConnection | None = _root(
        "Records whose name, email, phone or number has words that begin with those of the text, best first.",
        RootSearch(),
        [
            argument("text", str, "At most 200 characters, of which eight words count."),
            argument("types", Optional[list[RecordType]], "Only records of these types."),
            *paging_arguments(),
        ],
    )
    neighbors: NeighborConnection | None = _root(
        "Everything that a record is related to, by type of relationship, then id; null when the record is not there.",
        RootNeighbors(),
        [
            argument("id", strawberry.ID, "Global id of any record."),
            argument("recordTypes", Optional[list[RecordType]], "Only neighbours of these types."),
            argument("relationshipTypes", Optional[list[RelationshipType]], "Only along relationships of these types."),
            argument("direction", Optional[RelationshipDirection], "Only along relationships that lead this way."),
            *paging_arguments(),
        ],
    )
    paths: list[Path] | None = _root(
        "The shortest ways from one record to another one, along relationships in either direction, by the ids on the "
        "way; null when one of the two is not there, empty when nothing connects them. Of more than 1,000 those count "
        "that the database finds first.",
        RootPaths(),
        [
            argument("from", strawberry.ID, "Global id of any record."),
            argument("to", strawberry.ID, "Global id of any record."),
            argument("maxHops", int, "Only paths of so many relationships, 1 to 10.", 6),
            argument("limit", int, "At most so many paths, all of the same length, 1 to 25.", 1),
            argument(
                "exclude",
                Optional[list[RecordType]],
                "Types that no record between the two ends may have. Unless it is given these are the types that stand "
                f"beside so many that sharing one means little: {', '.join(HUBS)}.",
            ),
        ],
    )
    common_contacts: Connection[ContactRef] | None = _root(
        "The contacts that are linked to each of several accounts; none when one of them is not there.",
        RootCommonContacts(),
        [
            argument("accountIds", list[strawberry.ID], "Global ids of 2 to 20 accounts."),
            *connection_arguments("Contact"),
        ],
    )
    duplicate_accounts: DuplicateConnection | None = _root(
        "Pairs of accounts that have a key in common, best first. A key that more than 50 accounts share counts as "
        "none. All accounts are looked at, however short the page.",
        RootDuplicates(),
        [
            argument("by", Optional[list[DuplicateKey]], "The keys to compare; all of them unless it is given."),
            *paging_arguments(),
        ],
    )
    upcoming_birthdays: Connection[ContactRef] | None = _root(
        "Contacts whose birthday comes next, by day, then id. Days are those of UTC, today included; who was born on "
        "29 February celebrates on 28 February in other years.",
        RootBirthdays(),
        [
            argument("withinDays", int, "Only until so many days from today, 0 to 366.", 30),
            # The order is the field's own.
            *(found for found in connection_arguments("Contact") if found.python_name != "orderBy"),
        ],
    )
    changes: ChangeConnection | None = _root(
        "What was done to a record and to those that were merged into it, newest first; of a deleted one too. Null "
        "when the record is not there, and for customer users.",
        RootChanges(),
        [argument("id", strawberry.ID, "Global id of any record, also of a deleted one."), *paging_arguments()],
    )
    job: Job | None = _root(
        "A write that goes on beside the requests; null when it is not there, and for customer users.",
        RootJob(),
        [argument("id", strawberry.ID, "Id of the job, from the payload of the mutation that began it.")],
    )


ROOTS: dict[str, Root] = {
    to_camel_case(field.python_name): field.metadata[GRAPH]
    for field in Query.__strawberry_definition__.fields  # type: ignore[attr-defined]
}
"""What each root field asks of the graph."""
