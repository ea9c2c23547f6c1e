"""What every organisation begins with: types of channels and groups of contacts, as roles and an administrator."""

from __future__ import annotations

from app.organizations import ensure_organization
from app.viewers import Identity, find_viewer
from graph.database import Database
from graph.ids import new_id
from tests.asking import Asker

BASICS = """{ channelTypes(orderBy: [{ name: ASC }]) { nodes { id name customerIdentity lifetimeRule entities } }
  contactGroups(orderBy: [{ label: ASC }]) { nodes { label } } }"""
DELETE = "mutation($id: ID!) { deleteChannelType(input: { id: $id }) { deletedId errors { code } } }"


async def test_an_organisation_begins_with_types_of_channels_and_groups(database: Database, ask: Asker) -> None:
    """The four types bring what the channels of each have; somebody who deletes one is not given it again."""
    name = f"Basics {new_id()}"
    organization = await ensure_organization(database, name, "EUR")
    key = name.casefold().replace(" ", "-")
    viewer = await find_viewer(database, Identity("staff", f"admin@{key}.example", key))

    there = await ask.data(viewer, BASICS)
    types = {one["name"]: one for one in there["channelTypes"]["nodes"]}
    assert {"B2B": "WON", "COMMERCE": "ORDERS_PAID", "CUSTOM": "NONE", "WEB": "ORDERS_NET"} == {
        of: one["lifetimeRule"] for of, one in types.items()
    }
    assert ["Web customer", "Cart", "Order", "Newsletter subscription"] == types["WEB"]["entities"]
    assert all(one["customerIdentity"] in one["entities"] for one in types.values())
    assert ["Marketing", "Sales"] == [one["label"] for one in there["contactGroups"]["nodes"]]

    await ask.data(viewer, DELETE, id=types["CUSTOM"]["id"])
    assert organization == await ensure_organization(database, name, "EUR")
    again = await ask.data(viewer, BASICS)
    assert [types[of] for of in ("B2B", "COMMERCE", "WEB")] == again["channelTypes"]["nodes"]
