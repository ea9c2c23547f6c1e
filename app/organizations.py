"""Organisations: found by name, or created with what every one begins with."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

from cypher.organizations import Bootstrap, DefaultRole, ensure_holders, ensure_records, ensure_roles
from cypher.organizations import ensure_organization as ensure_statement
from cypher.printer import Statement
from cypher.viewers import raise_access_version
from graph.database import Database
from graph.default_channel_types import CHANNEL_TYPES, CONTACT_GROUPS
from graph.default_roles import customer_roles, staff_roles
from graph.errors import BadInput
from graph.ids import derived_id
from graph.money import digits
from graph.registry import load_model

EPOCH = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
"""The moment in the ids of what is the same in every run."""

LONGEST_NAME = 255


@dataclass(frozen=True, slots=True)
class OrganizationRef:
    """An organisation that is there: its administrator owns what nobody else does."""

    id: str
    name: str
    currency: str
    owner_id: str


async def ensure_organization(
    database: Database, name: str, currency: str, *, now: dt.datetime | None = None
) -> OrganizationRef:
    """Find the organisation of this name, or create it with a business unit and an administrator.

    Args:
        database: where.
        name: its name; names that differ only in case and punctuation are the same.
        currency: its base currency.
        now: the time of the write; by default the present.

    Raises:
        BadInput: when the name or the currency can't be used, or the organisation has another currency.
    """
    digits(currency)
    statement = ensure_statement(_bootstrap(name, currency), now or now_in_millis())
    [[[found_id, found_name, found_currency, owner_id]]] = await database.write([statement])
    if found_currency != currency:
        raise BadInput(
            f"The organisation {found_name!r} keeps its money in {found_currency}, not in {currency}.",
            hint="Name another organisation for data in this currency.",
        )
    await _ensure_roles(database, slug(name), found_id, owner_id, now or now_in_millis())
    await _ensure_basics(database, found_id, now or now_in_millis())
    return OrganizationRef(found_id, found_name, found_currency, owner_id)


def default_roles(key: str) -> tuple[tuple[DefaultRole, ...], tuple[DefaultRole, ...]]:
    """The roles of staff and of customer users that the organisation of a key begins with."""
    return (
        tuple(DefaultRole(role_id("Role", key, of), of, role) for of, role in staff_roles(load_model()).items()),
        tuple(DefaultRole(role_id("CustomerUserRole", key, of), of, role) for of, role in customer_roles().items()),
    )


def role_id(label: str, organization_key: str, key: str) -> str:
    """The UUID of a role that an organisation begins with."""
    return derived_id(EPOCH, label, organization_key, key)


def administrator_id(organization_key: str) -> str:
    """The UUID of the administrator that an organisation begins with."""
    return derived_id(EPOCH, "User", organization_key, "administrator")


async def _ensure_roles(database: Database, key: str, organization_id: str, owner_id: str, now: dt.datetime) -> None:
    staff, customers = default_roles(key)

    def then(answers: list[list[int]]) -> list[Statement]:
        return [raise_access_version(organization_id)] if any(answer[0] for answer in answers) else []

    await database.write(
        [
            ensure_roles("Role", staff, organization_id=organization_id, now=now),
            ensure_roles("CustomerUserRole", customers, organization_id=organization_id, now=now),
            ensure_holders(staff[0].id, [owner_id], organization_id=organization_id),
        ],
        then=then,
    )


def channel_type_id(organization_id: str, name: str) -> str:
    """The UUID of a type of channels that an organisation begins with."""
    return derived_id(EPOCH, "ChannelType", organization_id, name)


def contact_group_id(organization_id: str, label: str) -> str:
    """The UUID of a group of contacts that an organisation begins with."""
    return derived_id(EPOCH, "ContactGroup", organization_id, label)


async def _ensure_basics(database: Database, organization_id: str, now: dt.datetime) -> None:
    """Make the types of channels and the groups of contacts that are not there."""
    types = [
        {"id": channel_type_id(organization_id, of), "name": of, "displayName": of, **defaults.properties()}
        for of, defaults in CHANNEL_TYPES.items()
    ]
    groups = [
        {"id": contact_group_id(organization_id, label), "label": label, "displayName": label}
        for label in CONTACT_GROUPS
    ]
    await database.write(
        [
            ensure_records("ChannelType", types, organization_id=organization_id, now=now),
            ensure_records("ContactGroup", groups, organization_id=organization_id, now=now),
        ]
    )


def now_in_millis() -> dt.datetime:
    """The present in UTC, cut to the milliseconds that are stored."""
    now = dt.datetime.now(dt.UTC)
    return now.replace(microsecond=now.microsecond // 1000 * 1000)


def slug(name: str) -> str:
    """A name as a key: lower case, words joined by hyphens.

    Raises:
        BadInput: when the name has no letter and no digit, or is too long.
    """
    key = re.sub(r"[\W_]+", "-", name.casefold()).strip("-")
    if not key or len(name) > LONGEST_NAME:
        raise BadInput(
            f"{name[:40]!r} can't be an organisation's name.",
            hint=f"Use a name with a letter or a digit and at most {LONGEST_NAME} characters.",
        )
    return key


def _bootstrap(name: str, currency: str) -> Bootstrap:
    key = slug(name)
    return Bootstrap(
        key=key,
        name=name.strip(),
        currency=currency,
        id=derived_id(EPOCH, "Organization", key),
        unit_id=derived_id(EPOCH, "BusinessUnit", key, "head-office"),
        unit_name="Head office",
        user_id=administrator_id(key),
        user_name="Administrator",
        email=f"admin@{key}.example",
    )
