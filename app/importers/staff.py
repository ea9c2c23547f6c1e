"""Employees of a source: users, and the business units that follow from who reports to whom."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.importers.batch import Batch
from graph.default_roles import staff_roles
from graph.registry import load_model


@dataclass(frozen=True, slots=True)
class Employee:
    """A row about an employee."""

    row: int
    key: str
    manager: str | None
    properties: Mapping[str, Any]
    """`firstName`, `lastName` and what else the source says, named as in the model."""


def add_staff(batch: Batch, source: str, employees: Sequence[Employee], file: str) -> dict[str, str]:
    """Add employees as users, and for each manager a unit of the manager and those who report to this manager.

    A unit is part of the unit of the manager's own manager. Whoever leads others is a Manager, the others are Sales.
    Users keep the unit and the role that they were first given, for somebody may have changed them.

    Args:
        batch: takes them all, for they refer to one another.
        source: name of the source; it is part of the usernames, so that sources never share one.
        employees: without repeated keys.
        file: where they are from.

    Returns:
        The ids of the users by key, to own records by.
    """
    managers = _managers(batch, employees, file)
    leaders = set(managers.values())
    units = {key: batch.shared_id("BusinessUnit", source, key) for key in leaders}
    ids: dict[str, str] = {}
    for employee in employees:
        manager, properties = managers.get(employee.key), dict(employee.properties)
        username = f"{source}-{employee.key}"
        names = (properties.get("firstName"), properties.get("lastName"))
        shown = " ".join(part for part in names if part) or username
        ids[employee.key] = batch.shared_id("User", username)
        if employee.key in leaders:
            _add_unit(batch, units[employee.key], f"Team of {shown}", units[manager] if manager else None)
        unit = units.get(employee.key) or (units[manager] if manager else None)
        batch.record(
            "users",
            {"username": username},
            ids[employee.key],
            {**properties, "displayName": shown},
            to={
                "unit": {"id": unit} if unit else None,
                "manager": {"username": f"{source}-{manager}"} if manager else None,
                "role": _role(leads=employee.key in leaders),
            },
        )
    return ids


def _role(*, leads: bool) -> dict[str, str]:
    """The key of the role that a new user gets."""
    return {"name": staff_roles(load_model())["manager" if leads else "sales"].name}


def _add_unit(batch: Batch, unit_id: str, unit_name: str, parent: str | None) -> None:
    properties = {"name": unit_name, "displayName": unit_name}
    batch.record("units", {"id": unit_id}, unit_id, properties, to={"parent": {"id": parent} if parent else None})


def _managers(batch: Batch, employees: Sequence[Employee], file: str) -> dict[str, str]:
    """Employee → manager, without those who are unknown or who would report to themselves in the end."""
    known = {employee.key for employee in employees}
    managers: dict[str, str] = {}
    for employee in employees:
        manager = employee.manager
        if manager is None:
            continue
        if manager not in known:
            message = f"reports to {manager[:40]}, who is not in the source: loaded without a manager"
            batch.problem(file, employee.row, "UNKNOWN_MANAGER", message, key=employee.key, lost=False)
        elif employee.key in _way_up(manager, managers):
            message = f"reports to {manager[:40]}, who reports to {employee.key} in the end: loaded without a manager"
            batch.problem(file, employee.row, "CYCLE", message, key=employee.key, lost=False)
        else:
            managers[employee.key] = manager
    return managers


def _way_up(employee: str, managers: Mapping[str, str]) -> set[str]:
    way = {employee}
    while (manager := managers.get(employee)) is not None:
        way.add(manager)
        employee = manager
    return way
