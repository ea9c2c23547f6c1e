"""Finds out who asks: the lookups without an access predicate, since they are what access starts from.

Each gives one row for a person who may sign in: `[id, displayName, organizationId, currency, version, organizationKey,
roles, customerId, beside, unitOwners, divisionOwners]`, where a role is `[name, permissions, hiddenFields]`, version is
that of the organisation's access, and beside are the ids of the channel and the group of the customer.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from cypher.fragment import Fragment, cypher, name, param
from cypher.printer import Statement, print_fragment
from graph.permissions import Role, granted
from graph.registry import load_model
from graph.viewer import Viewer

ORGANIZATION_KEY = 5
"""The place of the organisation's key in a row."""


def staff_viewer(username: str, organization: str | None = None) -> Statement:
    """The user with a username, in the organisation of a key when one is given.

    Usernames are kept as they are; an identity provider may write one that is an email address in other letters.
    """
    names = list(dict.fromkeys((username, username.casefold())))
    return print_fragment(
        cypher(
            *("MATCH (user:User) USING INDEX user:User(username) WHERE user.username IN ", param(names)),
            *(" AND ", _ENABLED),
            *("\n", _organization(organization)),
            *("\n", _STAFF, " LIMIT 2"),
        )
    )


def first_administrator() -> Statement:
    """The first administrator of the first organisation that was made, for a start without a setting."""
    return print_fragment(
        cypher(
            "MATCH (organization:Organization)",
            "\nWITH organization ORDER BY organization.createdAt, organization.id LIMIT 1",
            *("\nMATCH (user:User {organizationId: organization.organizationId}) WHERE ", _ENABLED),
            "\nWITH organization, user ORDER BY EXISTS { (user)-[:HAS_ROLE]->(:Role {key: 'administrator'}) } DESC,",
            " user.createdAt, user.id LIMIT 1",
            *("\n", _STAFF),
        )
    )


def customer_user_viewer(email: str, organization: str | None = None) -> Statement:
    """The customer user with an email address, in the organisation of a key when one is given."""
    return print_fragment(
        cypher(
            "MATCH (user:CustomerUser) USING INDEX user:CustomerUser(emailKey) WHERE user.emailKey = ",
            *(param(email.casefold()), " AND ", _ENABLED, " AND ", _KNOWN, "\n", _organization(organization)),
            *("\n", _CUSTOMER_USER, " LIMIT 2"),
        )
    )


def guest_viewer(organization: str) -> Statement:
    """Nobody in particular in the organisation of a key, with the predefined customer role Guest."""
    return print_fragment(
        cypher(
            *("MATCH (organization:Organization {key: ", param(organization), "})"),
            *("\n", _GUEST),
        )
    )


def viewer_again(viewer: Viewer) -> Statement:
    """A viewer as the graph says now: nobody in particular has no id, and the role of guests."""
    organization = param(viewer.organization_id)
    if not viewer.id:
        found = cypher("MATCH (organization:Organization {organizationId: ", organization, ", id: ", organization, "})")
        return print_fragment(cypher(found, "\n", _GUEST))
    label = "User" if viewer.staff else "CustomerUser"
    home = param(viewer.home_id or viewer.organization_id)
    return print_fragment(
        cypher(
            *("MATCH (user:", name(label), " {organizationId: ", home, ", id: ", param(viewer.id), "})"),
            *(" WHERE ", _ENABLED),
            *("\nMATCH (organization:Organization {organizationId: ", organization, ", id: ", organization, "})"),
            *("\n", _STAFF if viewer.staff else _CUSTOMER_USER),
        )
    )


def viewer_abroad(viewer: Viewer, organization: str) -> Statement:
    """A member of staff as the viewer of another organisation, by its key."""
    return print_fragment(
        cypher(
            *("MATCH (user:User {organizationId: ", param(viewer.organization_id), ", id: ", param(viewer.id), "})"),
            *(" WHERE ", _ENABLED),
            *("\nMATCH (organization:Organization {key: ", param(organization), "})"),
            *("\n", _STAFF),
        )
    )


def people_named(names: Sequence[str]) -> Statement:
    """Who may sign in by one of these usernames or email addresses: a row each.

    Rows are `[staff or customer, name, organizationKey, organizationName, displayName, names of roles]`.
    """
    keys = [each.casefold() for each in names]
    return print_fragment(
        cypher(
            "CALL () {",
            *("\n  MATCH (user:User) USING INDEX user:User(username) WHERE user.username IN ", param([*names, *keys])),
            *(" AND ", _ENABLED, "\n  RETURN user, 'staff' AS kind, user.username AS name"),
            "\n  UNION ALL",
            "\n  MATCH (user:CustomerUser) USING INDEX user:CustomerUser(emailKey) WHERE user.emailKey IN ",
            *(param(keys), " AND ", _ENABLED, " AND ", _KNOWN),
            "\n  RETURN user, 'customer' AS kind, user.emailKey AS name",
            *("\n}\n", _organization(None)),
            "\nRETURN [kind, name, organization.key, organization.name, user.displayName,",
            " COLLECT { MATCH (user)-[:HAS_ROLE]->(role) RETURN role.name ORDER BY role.name }] AS row",
            "\nORDER BY organization.name, kind DESC, user.displayName",
        )
    )


def read_viewer(row: Sequence[Any], *, staff: bool, home_id: str | None = None) -> Viewer:
    """The viewer of a row; of a home elsewhere, it has what reaches every organisation, and owns nothing here."""
    user_id, shown, organization_id, currency, version, _, roles, customer_id, beside, unit_owners, division_owners = (
        row
    )
    scales = load_model().scales(staff=staff)
    held = [Role.read(title, permissions or (), hidden or ()).within(scales) for title, permissions, hidden in roles]
    owners = (user_id,) if home_id is None else ()
    return Viewer(
        id=user_id,
        display_name=shown,
        organization_id=organization_id,
        currency=currency,
        grants=granted(held if home_id is None else [role.abroad() for role in held]),
        staff=staff,
        customer_id=customer_id,
        beside=tuple(beside),
        # Whoever belongs to no unit still owns what is theirs.
        unit_owners=tuple(dict.fromkeys((*owners, *unit_owners))) if owners else (),
        division_owners=tuple(dict.fromkeys((*owners, *division_owners))) if owners else (),
        version=version,
        home_id=home_id,
    )


def access_version(organization_id: str) -> Statement:
    """The version of an organisation's access: one row."""
    return print_fragment(cypher(_asked(organization_id), "\nRETURN coalesce(o.accessVersion, 0) AS version"))


def raise_access_version(organization_id: str) -> Statement:
    """Say that roles, units or memberships of an organisation changed, in the transaction that changes them."""
    raised = "\nSET o.accessVersion = coalesce(o.accessVersion, 0) + 1"
    return print_fragment(cypher(_asked(organization_id), raised))


def _asked(organization_id: str) -> Fragment:
    found = ("organizationId: ", param(organization_id), ", id: ", param(organization_id))
    return cypher("MATCH (o:Organization {", *found, "})")


def _organization(key: str | None) -> Fragment:
    # Both keys of the unique index, though they are the same.
    found = cypher("MATCH (organization:Organization {organizationId: user.organizationId, id: user.organizationId})")
    return found if key is None else cypher(found, " WHERE organization.key = ", param(key))


_ENABLED = cypher("coalesce(user.enabled, true)")
# A guest's address may be that of somebody who signed up: then it is the latter who signs in.
_KNOWN = cypher(
    "(NOT coalesce(user.isGuest, false) OR NOT EXISTS { MATCH (known:CustomerUser {emailKey: user.emailKey})",
    " WHERE known.organizationId = user.organizationId AND NOT coalesce(known.isGuest, false) })",
)
_PERSON = cypher(
    "user.id, user.displayName, organization.organizationId, organization.currency, ",
    "version, organization.key",
)
# What is read after the version can only be newer: then the next answer tells.
_VERSION = cypher("coalesce(organization.accessVersion, 0) AS version")
_ROLES = cypher(
    "COLLECT { MATCH (user)-[:HAS_ROLE]->(role:Role|CustomerUserRole)",
    " RETURN [role.name, role.permissions, role.hiddenFields] }",
)
_GUEST = cypher(
    *("WITH organization, ", _VERSION),
    "\nRETURN ['', 'Guest', organization.organizationId, organization.currency, version, organization.key, ",
    "COLLECT { MATCH (role:CustomerUserRole {organizationId: organization.organizationId, key: 'guest'})",
    " RETURN [role.name, role.permissions, role.hiddenFields] }, null, [], [], []] AS row",
)
_CUSTOMER_USER = cypher(
    *("WITH user, organization, ", _VERSION, "\nRETURN [", _PERSON, ", ", _ROLES),
    ",\n  head(COLLECT { MATCH (user)-[:USER_OF]->(customer:Customer) RETURN customer.id }),",
    "\n  COLLECT { MATCH (user)-[:USER_OF]->()-[:IN_CHANNEL|MEMBER_OF]->(own) RETURN own.id }, [], []] AS row",
)
_STAFF = cypher(
    *("WITH user, organization, ", _VERSION, "\nRETURN [", _PERSON, ", ", _ROLES, ", null, [],"),
    # The units themselves and their users: a step that may be left out ends at the unit.
    "\n  COLLECT { MATCH (user)-[:MEMBER_OF_UNIT]->(unit)<-[:MEMBER_OF_UNIT*0..1]-(owner) RETURN DISTINCT owner.id },",
    "\n  COLLECT { MATCH (user)-[:MEMBER_OF_UNIT]->(top)<-[:PART_OF*0..]-(unit)<-[:MEMBER_OF_UNIT*0..1]-(owner)",
    " RETURN DISTINCT owner.id }] AS row",
)
