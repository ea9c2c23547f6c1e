"""An organisation with people of every default role, and how they ask for changes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.viewers import Identity, find_viewer
from cypher.fragment import cypher, param
from cypher.printer import print_fragment
from graph.database import Database
from graph.default_roles import customer_roles, staff_roles
from graph.ids import new_id
from graph.permissions import Role
from graph.registry import load_model
from graph.viewer import Viewer
from tests.asking import Asker
from tests.world import World

SET = """mutation($input: SetPermissionsInput!) { setPermissions(input: $input) {
  role { id version displayName
    ... on Role { permissions hiddenFields } ... on CustomerUserRole { permissions hiddenFields customer { id } } }
  errors { code message field __typename ... on LevelTooHigh { entity action level held }
    ... on VersionConflict { currentVersion } }
  replayed } }"""
ERRORS = "errors { code message field ... on InUse { uses } } replayed"
CREATE_ROLE = f"mutation($input: CreateRoleInput!) {{ createRole(input: $input) {{ role {{ id name }} {ERRORS} }} }}"
DELETE_ROLE = f"mutation($input: DeleteRoleInput!) {{ deleteRole(input: $input) {{ deletedId {ERRORS} }} }}"
CREATE_CUSTOMER_ROLE = f"""mutation($input: CreateCustomerUserRoleInput!) {{ createCustomerUserRole(input: $input) {{
  role {{ id name selfManaged isPublic customer {{ id }} }} {ERRORS} }} }}"""
DELETE_CUSTOMER_ROLE = f"""mutation($input: DeleteCustomerUserRoleInput!) {{ deleteCustomerUserRole(input: $input) {{
  deletedId {ERRORS} }} }}"""
ROLES = f"mutation($input: SetUserRolesInput!) {{ setUserRoles(input: $input) {{ user {{ id }} {ERRORS} }} }}"
CUSTOMER_ROLES = f"""mutation($input: SetCustomerUserRolesInput!) {{ setCustomerUserRoles(input: $input) {{
  customerUser {{ id roles {{ id }} }} {ERRORS} }} }}"""
USER = "user { id displayName username phone title enabled businessUnits { nodes { name } } }"
CREATE_USER = f"mutation($input: CreateUserInput!) {{ createUser(input: $input) {{ {USER} {ERRORS} }} }}"
UPDATE_USER = f"mutation($input: UpdateUserInput!) {{ updateUser(input: $input) {{ {USER} {ERRORS} }} }}"
SET_UNITS = f"mutation($input: SetUserUnitsInput!) {{ setUserUnits(input: $input) {{ {USER} {ERRORS} }} }}"
CUSTOMER_USER = "customerUser { id displayName customer { displayName } }"
CREATE_CUSTOMER_USER = f"""mutation($input: CreateCustomerUserInput!) {{ createCustomerUser(input: $input) {{
  {CUSTOMER_USER} {ERRORS} }} }}"""
UPDATE_CUSTOMER_USER = f"""mutation($input: UpdateCustomerUserInput!) {{ updateCustomerUser(input: $input) {{
  {CUSTOMER_USER} {ERRORS} }} }}"""
UNIT = "businessUnit { id name parent { name } }"
CREATE_UNIT = (
    f"mutation($input: CreateBusinessUnitInput!) {{ createBusinessUnit(input: $input) {{ {UNIT} {ERRORS} }} }}"
)
UPDATE_UNIT = (
    f"mutation($input: UpdateBusinessUnitInput!) {{ updateBusinessUnit(input: $input) {{ {UNIT} {ERRORS} }} }}"
)
DELETE_UNIT = (
    f"mutation($input: DeleteBusinessUnitInput!) {{ deleteBusinessUnit(input: $input) {{ deletedId {ERRORS} }} }}"
)
ASSIGN = f"""mutation($input: AssignInput!) {{ assign(input: $input) {{
  record {{ id ... on Customer {{ owner {{ ... on Record {{ displayName }} }} }} }} {ERRORS} }} }}"""


def company() -> World:
    """An organisation with all default roles: staff in three units, two companies in a tree, and another."""
    world = World(f"access-{new_id()}")
    world.node("Organization", "organization", name="Access", currency="USD", key=world.key)
    for name, parent in (("office", None), ("north", "office"), ("shops", "north")):
        world.node("BusinessUnit", name, name=name.title())
        if parent:
            world.link(name, "PART_OF", parent)
    for key, given in staff_roles(load_model()).items():
        _role(world, "Role", key, given)
    for key, given in customer_roles().items():
        _role(world, "CustomerUserRole", f"customer-{key}", given, key=key, isPublic=True, selfManaged=key != "guest")
    for name, role, unit in (
        ("ada", "administrator", "office"),
        ("max", "manager", "north"),
        ("sue", "sales", "shops"),
        ("sam", "sales", "north"),
    ):
        email = f"{name}@{world.key}.example"
        world.node("User", name, name=name.title(), username=email, email=email)
        world.link(name, "HAS_ROLE", role)
        world.link(name, "MEMBER_OF_UNIT", unit)
    traits = {"customerIdentity": "Web customer", "entities": ["Web customer", "Cart", "Order"]}
    world.node("ChannelType", "web", name="WEB", lifetimeRule="ORDERS_NET", **traits)
    for name, status in (("outlet", "ACTIVE"), ("closed", "INACTIVE")):
        world.node("Channel", name, name=name.title(), status=status, key=name, lifetimeRule="NONE")
    world.node("Contact", "nora", name="Nora", firstName="Nora")
    world.link("nora", "OWNED_BY", "sue")
    for name, parent, owner in (("head", None, "sue"), ("branch", "head", "sue"), ("other", None, "sam")):
        world.node("Customer", name, name=name.title(), kind="BUSINESS", ownerId=world.uuid(owner))
        world.link(name, "OWNED_BY", owner)
        if parent:
            world.link(name, "CHILD_OF", parent)
    for name, customer, role in (
        ("boss", "head", "administrator"),
        ("bea", "head", "buyer"),
        ("ben", "branch", "buyer"),
        ("ove", "other", "administrator"),
        ("olga", "other", "buyer"),
    ):
        email = f"{name}@{world.key}.example"
        world.node("CustomerUser", name, name=name.title(), email=email, emailKey=email, enabled=True)
        world.link(name, "USER_OF", customer)
        world.link(name, "HAS_ROLE", f"customer-{role}")
    return world


def _role(world: World, label: str, ref: str, role: Role, **more: Any) -> None:
    given = {"permissions": role.stored_permissions(), "hiddenFields": role.stored_hidden()}
    world.node(label, ref, name=role.name, **given, **more)


class Company:
    """The organisation of one test, and how its people ask."""

    def __init__(self, database: Database, ask: Asker, world: World) -> None:
        self.database, self.ask, self.world = database, ask, world

    def id(self, name: str) -> str:
        """The global id of a record by its name in this world."""
        return self.world.id(name)

    async def viewer(self, name: str) -> Viewer:
        """Somebody as the graph says now."""
        kind = "staff" if self.world.types[name] == "User" else "customer"
        identity = Identity(kind, f"{name}@{self.world.key}.example", self.world.key)  # type: ignore[arg-type]
        return await find_viewer(self.database, identity)

    async def do(self, who: str, mutation: str, /, **given: Any) -> dict[str, Any]:
        """The payload of a mutation by somebody."""
        data = await self.ask.data(await self.viewer(who), mutation, input=given)
        payload: dict[str, Any] = next(iter(data.values()))
        return payload

    async def query(self, who: str, query: str, /, **variables: Any) -> Any:
        """What somebody is answered now."""
        return await self.ask.data(await self.viewer(who), query, **variables)

    async def roles(self, name: str) -> list[str]:
        """The names of all roles of staff."""
        found = await self.query(name, "{ roles { nodes { name } } }")
        return [role["name"] for role in found["roles"]["nodes"]]

    async def written(self) -> int:
        """How many change records the organisation has."""
        organization = param(self.world.organization_id)
        statement = print_fragment(
            cypher("MATCH (c:Change {organizationId: ", organization, "}) RETURN count(c) AS row")
        )
        return int((await self.database.read([statement]))[0][0])

    async def changes(self, name_or_id: str) -> list[Mapping[str, Any]]:
        """The change records of a record, oldest first."""
        uuid = self.world.uuid(name_or_id) if name_or_id in self.world.types else name_or_id
        statement = print_fragment(
            cypher(
                *("MATCH (c:Change {organizationId: ", param(self.world.organization_id)),
                *(", recordId: ", param(uuid), "}) RETURN properties(c) AS row ORDER BY c.id"),
            )
        )
        return (await self.database.read([statement]))[0]


def codes(payload: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """Code and field of each error."""
    return [(error["code"], error["field"]) for error in payload["errors"]]


def outcomes(payload: Mapping[str, Any]) -> list[str]:
    """The outcome of each row of a bulk write, in order."""
    assert list(range(len(payload["results"]))) == [result["row"] for result in payload["results"]]
    return [result["outcome"] for result in payload["results"]]


def permission(entity: str, action: str, level: str) -> dict[str, str]:
    """A permission as inputs have it."""
    return {"entity": entity, "action": action, "level": level}
