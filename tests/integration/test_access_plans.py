"""The database's plans for scoped statements: what narrows a viewer's sight scans nothing either."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import orjson
import pytest

from graph.database import Database
from graph.permissions import Role, granted
from graph.registry import load_model
from graph.viewer import Viewer
from tests.asking import Asker
from tests.conftest import FULL
from tests.hiding import viewer_hiding
from tests.integration.test_golden import CASES, read_case, resolve
from tests.integration.test_plans import NEVER, operators, statements_of
from tests.world import World

STAFF = ("USER", "UNIT", "DIVISION")
CUSTOMERS = ("USER", "DEPARTMENT", "CORPORATE")
KINDS = (*(("staff", level) for level in STAFF), *(("customer", level) for level in CUSTOMERS))


def scoped_viewer(world: World, side: str, level: str) -> Viewer:
    """Somebody who sees at a level whatever has that level, and of the rest as much as anybody of the same side."""
    staff, levels = side == "staff", {}
    for record in load_model().records.values():
        if record.scope is not None:
            found = record.scope.levels(staff=staff)
            levels[record.name, "VIEW"] = level if level in found else found[-1]
    return replace(
        world.viewer(),
        id=world.uuid("uma" if staff else "amanda"),
        grants=granted([Role(level, levels)]),
        staff=staff,
        customer_id=None if staff else world.uuid("head"),
        unit_owners=(world.uuid("uma"), world.uuid("sales")),
        division_owners=(world.uuid("uma"), world.uuid("sales"), world.uuid("office")),
    )


@pytest.mark.parametrize(("side", "level"), KINDS)
async def test_no_scan_is_planned(side: str, level: str, world: World, ask: Asker, database: Database) -> None:
    """No golden question scans all nodes or a whole label when a viewer of a narrow kind asks it."""
    viewer = scoped_viewer(world, side, level)
    # By default a few of each kind, others for each.
    paths = CASES if FULL else CASES[KINDS.index((side, level)) :: len(KINDS) * 2]

    for path in paths:
        await check(path, viewer, world, ask, database)


async def check(path: Path, viewer: Viewer, world: World, ask: Asker, database: Database) -> None:
    """The statements of one golden question, planned for a viewer."""
    _, sections = read_case(path)
    variables = resolve(orjson.loads(sections.get("json variables", "{}")), world)
    for statement in statements_of(ask, viewer, sections["graphql"], **variables):
        found = set(operators(await database.plan_of(statement)))
        # A product with what brings no row, since the viewer sees nothing of a type, is one of nothing.
        found -= {"CartesianProduct"} if "EmptyRow" in found else set()

        assert not found & NEVER, f"{path.stem}: {sorted(found & NEVER)}\n{statement.text}"


@pytest.mark.parametrize("name", ["neighbors-of-a-customer", "record-by-id", "search", "duplicates", "hidden-parts"])
async def test_no_scan_is_planned_around_hidden_fields(name: str, world: World, ask: Asker, database: Database) -> None:
    """Looking for parts through other wholes, and for words type by type, seeks in indexes too."""
    (path,) = (path for path in CASES if path.stem == name)

    await check(path, viewer_hiding(world, ("Customer", "EMAIL"), ("Customer", "ADDRESS")), world, ask, database)
