"""Statements about organisations themselves: the one place that looks for something across them, by its key."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from cypher.fragment import cypher, param
from cypher.printer import Statement, print_fragment


@dataclass(frozen=True, slots=True)
class Bootstrap:
    """What a new organisation begins with: itself, one business unit and one administrator."""

    key: str
    name: str
    currency: str
    id: str
    unit_id: str
    unit_name: str
    user_id: str
    user_name: str
    email: str


def ensure_organization(new: Bootstrap, now: dt.datetime) -> Statement:
    """Find an organisation by its key, or create it with its unit and its administrator.

    Returns:
        A statement that gives one row: the organisation's `[id, name, currency, administrator's id]`.
    """
    organization = {"id": new.id, "organizationId": new.id, "name": new.name, "displayName": new.name}
    unit = {"id": new.unit_id, "name": new.unit_name, "displayName": new.unit_name}
    user = {"id": new.user_id, "email": new.email, "displayName": new.user_name}
    moment = param(now)
    return print_fragment(
        cypher(
            *("MERGE (o:Organization {key: ", param(new.key), "})"),
            *("\nON CREATE SET o:Record, o += ", param({**organization, "currency": new.currency}), ", o.createdAt = "),
            *(moment, ", o.updatedAt = ", moment, ", o.version = 1"),
            *("\nMERGE (u:User {organizationId: o.id, username: ", param(new.email), "})"),
            *("\nON CREATE SET u:Record, u += ", param(user), ", u.createdAt = ", moment, ", u.updatedAt = ", moment),
            ", u.version = 1",
            "\nFOREACH (_ IN CASE WHEN EXISTS { (u)-[:MEMBER_OF_UNIT]->() } THEN [] ELSE [1] END |",
            *("\n  MERGE (b:BusinessUnit {organizationId: o.id, id: ", param(new.unit_id), "})"),
            *("\n  ON CREATE SET b:Record, b += ", param(unit), ", b.createdAt = ", moment, ", b.updatedAt = ", moment),
            ", b.version = 1",
            "\n  MERGE (u)-[:MEMBER_OF_UNIT]->(b))",
            "\nRETURN [o.id, o.name, o.currency, u.id] AS organization",
        )
    )
