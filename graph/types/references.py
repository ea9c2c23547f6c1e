"""Where each record type lives, so that types can refer to one another across modules without import cycles."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, TypeAlias

import strawberry

if TYPE_CHECKING:
    from graph.types.account import Account, LifetimeValue
    from graph.types.activity import Activity
    from graph.types.channel import Channel, ChannelType
    from graph.types.contact import Contact, ContactEmail, ContactGroup, ContactPhone, ContactSocial
    from graph.types.customer import Customer, CustomerGroup
    from graph.types.customer_user import CustomerUser, CustomerUserRole
    from graph.types.order import Cart, CartItem, Order, OrderItem, Product
    from graph.types.organization import BusinessUnit, Organization, Role, User
    from graph.types.place import Address, Tag
    from graph.types.sales import Case, Lead, Opportunity

AccountRef: TypeAlias = Annotated["Account", strawberry.lazy("graph.types.account")]
LifetimeValueRef: TypeAlias = Annotated["LifetimeValue", strawberry.lazy("graph.types.account")]
ActivityRef: TypeAlias = Annotated["Activity", strawberry.lazy("graph.types.activity")]
ChannelRef: TypeAlias = Annotated["Channel", strawberry.lazy("graph.types.channel")]
ChannelTypeRef: TypeAlias = Annotated["ChannelType", strawberry.lazy("graph.types.channel")]
ContactRef: TypeAlias = Annotated["Contact", strawberry.lazy("graph.types.contact")]
ContactEmailRef: TypeAlias = Annotated["ContactEmail", strawberry.lazy("graph.types.contact")]
ContactPhoneRef: TypeAlias = Annotated["ContactPhone", strawberry.lazy("graph.types.contact")]
ContactSocialRef: TypeAlias = Annotated["ContactSocial", strawberry.lazy("graph.types.contact")]
ContactGroupRef: TypeAlias = Annotated["ContactGroup", strawberry.lazy("graph.types.contact")]
CustomerRef: TypeAlias = Annotated["Customer", strawberry.lazy("graph.types.customer")]
CustomerGroupRef: TypeAlias = Annotated["CustomerGroup", strawberry.lazy("graph.types.customer")]
CustomerUserRef: TypeAlias = Annotated["CustomerUser", strawberry.lazy("graph.types.customer_user")]
CustomerUserRoleRef: TypeAlias = Annotated["CustomerUserRole", strawberry.lazy("graph.types.customer_user")]
OrderRef: TypeAlias = Annotated["Order", strawberry.lazy("graph.types.order")]
OrderItemRef: TypeAlias = Annotated["OrderItem", strawberry.lazy("graph.types.order")]
CartRef: TypeAlias = Annotated["Cart", strawberry.lazy("graph.types.order")]
CartItemRef: TypeAlias = Annotated["CartItem", strawberry.lazy("graph.types.order")]
ProductRef: TypeAlias = Annotated["Product", strawberry.lazy("graph.types.order")]
OrganizationRef: TypeAlias = Annotated["Organization", strawberry.lazy("graph.types.organization")]
BusinessUnitRef: TypeAlias = Annotated["BusinessUnit", strawberry.lazy("graph.types.organization")]
RoleRef: TypeAlias = Annotated["Role", strawberry.lazy("graph.types.organization")]
UserRef: TypeAlias = Annotated["User", strawberry.lazy("graph.types.organization")]
AddressRef: TypeAlias = Annotated["Address", strawberry.lazy("graph.types.place")]
TagRef: TypeAlias = Annotated["Tag", strawberry.lazy("graph.types.place")]
LeadRef: TypeAlias = Annotated["Lead", strawberry.lazy("graph.types.sales")]
OpportunityRef: TypeAlias = Annotated["Opportunity", strawberry.lazy("graph.types.sales")]
CaseRef: TypeAlias = Annotated["Case", strawberry.lazy("graph.types.sales")]
