"""Nobody gives more than they have: neither by permissions of roles nor by roles."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

from graph.permissions import CUSTOMER_SCALE, Role, rank
from graph.user_errors import LevelTooHigh
from graph.viewer import Viewer
from resolvers.access_inputs import HiddenFieldsInput, PermissionInput
from resolvers.records import Found
from resolvers.writing import Write

Permission: TypeAlias = tuple[str, str, str]
"""Entity, action and level."""


def read_role(found: Found) -> Role:
    """What a role gives."""
    stored = found.properties
    return Role.read(found.shown, stored.get("permissions") or (), stored.get("hiddenFields") or ())


def stored_role(role: Role) -> dict[str, Any]:
    """What a role gives as it is stored."""
    return {"permissions": role.stored_permissions(), "hiddenFields": role.stored_hidden()}


def may_give(viewer: Viewer, permission: Permission, *, staff: bool, to_one: bool = False) -> bool:
    """Whether a viewer may give a permission.

    Args:
        viewer: who gives.
        permission: entity, action and level.
        staff: whether it is given to members of staff, else to customer users.
        to_one: Whether it is given to somebody whom the viewer may change, else to whoever comes to hold a role.
    """
    entity, action, level = permission
    held = viewer.grants.level(entity, action)
    if level == "NONE":
        return True
    if viewer.staff and not staff:
        # The scales differ. One user's permissions are about that user's company, a role's about any company.
        return held != "NONE" if to_one else rank(held) >= rank("ORGANIZATION")
    if viewer.staff:
        return rank(level) <= rank(held)
    return CUSTOMER_SCALE.index(level) <= CUSTOMER_SCALE.index(held)


def changed_role(
    write: Write,
    old: Role,
    permissions: Sequence[PermissionInput] | None,
    hidden: Sequence[HiddenFieldsInput] | None,
    *,
    staff: bool,
    replace: bool = False,
) -> Role:
    """A role with permissions set and fields hidden; what is wrong with them is refused."""
    levels = {} if replace else dict(old.levels)
    scales = write.model.scales(staff=staff)
    for place, one in enumerate(permissions or ()):
        entity, action, level = one.entity.name, one.action.name, one.level.name
        where = ("permissions", str(place))
        if entity not in scales:
            write.refuse("INVALID", f"{entity} takes the permissions of what it is part of.", *where, "entity")
        elif level not in scales[entity]:
            levels_there = ", ".join(scales[entity])
            write.refuse("INVALID", f"A permission on {entity} has one of {levels_there}.", *where, "level")
        else:
            levels[entity, action] = level
            permission, kept = (entity, action, level), old.levels.get((entity, action), "NONE") == level
            if not kept and not may_give(write.viewer, permission, staff=staff):
                _refuse_level(write, "This gives", permission, *where, "level")
    hides = frozenset() if replace else old.hidden
    for entry in hidden or ():
        name = entry.entity.name
        hides = frozenset(pair for pair in hides if pair[0] != name) | {(name, what.name) for what in entry.fields}
    new = Role(old.name, levels, hides)
    _expect_hidden(write, old, new)
    return new


def people_in_reach(viewer: Viewer, levels: Sequence[str] = ("USER", "UNIT", "DIVISION")) -> Sequence[str] | None:
    """The UUIDs of the people and units whose records the viewer sees already, whatever they are of.

    None when nothing that the viewer sees by one of the levels ends before the organisation does. Anybody else who is
    moved to where the viewer reaches, or signs in by another name, would bring more into sight.
    """
    held = {grant.level for (_, action), grant in viewer.grants.found.items() if action == "VIEW"} & set(levels)
    if "USER" in held:
        return (viewer.id,)
    if "UNIT" in held:
        return viewer.unit_owners
    return viewer.division_owners if "DIVISION" in held else None


async def expect_within(write: Write, user: Found, *where: str) -> None:
    """Refuse to change how somebody signs in, or where, who has more than the viewer: it would be a way to have it."""
    if user.uuid == write.viewer.id:
        return
    roles = await write.linked(user.place, "roles")
    if user.type_name == "User" and roles:
        expect_in_reach(write, user, people_in_reach(write.viewer), *where)
    for uuid in roles:
        type_name = "Role" if user.type_name == "User" else "CustomerUserRole"
        _expect_role_held(write, await write.read(type_name, uuid), *where)


def expect_in_reach(write: Write, found: Found, reach: Sequence[str] | None, *where: str) -> None:
    """Refuse what is to be done to somebody, or to a unit, that would bring more into the viewer's reach."""
    if reach is not None and found.uuid not in reach:
        write.refuse("FORBIDDEN", f"{found.shown} is out of your reach: it would give you more than you have.", *where)


async def expect_units_within(write: Write, units: Sequence[str], roles: Sequence[str]) -> None:
    """Refuse to put somebody with roles into units where they would reach further than the viewer does."""
    reaches = {"UNIT": write.viewer.unit_owners, "DIVISION": write.viewer.division_owners}
    for uuid in roles if units else ():
        for (entity, action), level in read_role(await write.read("Role", uuid)).levels.items():
            held = write.level(entity, action)
            far = set(units) - set(reaches.get(held, write.viewer.division_owners))
            if level in reaches and rank(held) < rank("ORGANIZATION") and far:
                who = "In a unit where you reach less, the user's roles give"
                _refuse_level(write, who, (entity, action, level), "unitIds")
                return


async def roles_to_give(write: Write, texts: Sequence[str], type_name: str, before: Sequence[str] = ()) -> list[str]:
    """The UUIDs of the roles that a list of ids names; `before` are those held already, which need no right to give.

    What a role gives beyond what the viewer has is refused.
    """
    found = await write.find_all(texts, type_name, "roleIds")
    for role in found:
        if role.uuid not in before:
            _expect_role_held(write, role, "roleIds")
    return [role.uuid for role in found]


def _expect_role_held(write: Write, role: Found, *where: str) -> None:
    """Refuse a role that does more than the viewer's own, once."""
    staff = role.type_name == "Role"
    given = read_role(role).within(write.model.scales(staff=staff))
    for (entity, action), level in given.levels.items():
        permission = entity, action, level
        if not may_give(write.viewer, permission, staff=staff, to_one=True):
            _refuse_level(write, f"The role {role.shown!r} gives", permission, *where)
            return
    _expect_hidden(write, Role(given.name), given, *where)


def _refuse_level(write: Write, who: str, permission: Permission, *where: str) -> None:
    entity, action, level = permission
    held = write.level(entity, action)
    message = f"{who} {action} on {entity} at level {level}; you have {held} yourself."
    told = {"entity": entity, "action": action, "level": level, "held": held}
    write.refuse("LEVEL_TOO_HIGH", message, *where, kind=LevelTooHigh, **told)


def _expect_hidden(write: Write, old: Role, new: Role, *where: str) -> None:
    """What is hidden from the viewer stays hidden from those who hold the role."""
    for entity, what in sorted(write.viewer.grants.hidden):
        level = new.levels.get((entity, "VIEW"), "NONE")
        shown = level != "NONE" and (entity, what) not in new.hidden
        was = old.levels.get((entity, "VIEW"), "NONE") != "NONE" and (entity, what) not in old.hidden
        if shown and not was:
            message = f"This shows {what} of {entity}, which is hidden from you."
            told = {"entity": entity, "action": "VIEW", "level": level, "held": write.level(entity, "VIEW")}
            write.refuse("LEVEL_TOO_HIGH", message, *(where or ("hiddenFields",)), kind=LevelTooHigh, **told)
