"""Nobody gives more than they have: neither by permissions of roles nor by roles."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from cypher.access import Viewer
from graph.permissions import CUSTOMER_SCALE, AccessLevel, Action, Role, rank
from graph.user_errors import LevelTooHigh
from resolvers.access_inputs import HiddenFieldsInput, PermissionInput
from resolvers.writing import Found, Write


def read_role(found: Found) -> Role:
    """What a role gives."""
    stored = found.properties
    return Role.read(found.shown, stored.get("permissions") or (), stored.get("hiddenFields") or ())


def stored_role(role: Role) -> dict[str, Any]:
    """What a role gives as it is stored."""
    return {"permissions": role.stored_permissions(), "hiddenFields": role.stored_hidden()}


def may_give(viewer: Viewer, entity: str, action: str, level: str, *, staff: bool) -> bool:
    """Whether a viewer may give a level to a role of staff or of customer users."""
    held = viewer.grants.level(entity, action)
    if level == "NONE":
        return True
    if viewer.staff and not staff:
        # Any company can come to hold it, so that less than all of them is not enough.
        return rank(held) >= rank("ORGANIZATION")
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
            if level != old.levels.get((entity, action), "NONE"):
                _expect_held(write, (entity, action, level), *where, "level", staff=staff)
    kept = frozenset() if replace else old.hidden
    for entry in hidden or ():
        name = entry.entity.name
        kept = frozenset(pair for pair in kept if pair[0] != name) | {(name, what.name) for what in entry.fields}
    new = Role(old.name, levels, kept)
    _expect_hidden(write, old, new)
    return new


async def roles_to_give(write: Write, texts: Sequence[str], type_name: str, before: Sequence[str] = ()) -> list[str]:
    """The UUIDs of the roles that a list of ids names; `before` are those held already, which need no right to give.

    What a role gives beyond what the viewer has is refused.
    """
    found = await write.find_all(texts, type_name, "roleIds")
    staff = type_name == "Role"
    for role in found:
        if role.uuid in before:
            continue
        given = read_role(role).within(write.model.scales(staff=staff))
        for (entity, action), level in given.levels.items():
            if not may_give(write.viewer, entity, action, level, staff=staff):
                _expect_held(write, (entity, action, level), "roleIds", staff=staff, role=role.shown)
                break
        else:
            _expect_hidden(write, Role(given.name), given, "roleIds")
    return [role.uuid for role in found]


def _expect_held(write: Write, permission: tuple[str, str, str], *where: str, staff: bool, role: str = "") -> None:
    entity, action, level = permission
    if may_give(write.viewer, entity, action, level, staff=staff):
        return
    held = write.level(entity, action)
    given = f"The role {role!r} gives" if role else "This gives"
    message = f"{given} {action} on {entity} at level {level}; you have {held} yourself."
    told = {"entity": entity, "action": Action[action].name, "level": AccessLevel[level].name, "held": held}
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
