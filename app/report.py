"""Prints what the demo is about, as a person would want to read it: a 360-degree view and a company tree."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from rich.console import Console, Group, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.tree import Tree

from app.examples import Example, load_examples
from graph.database import Database
from graph.errors import InternalError
from graph.ids import new_id
from graph.viewer import Viewer
from resolvers.execution import Engine, Request

Json = Mapping[str, Any]

PERSON, ACCOUNT, TREE = "20-person-360", "10-customer-360", "30-company-tree"


async def print_report(database: Database, viewer: Viewer, console: Console) -> None:
    """Ask three of the example queries and print their answers."""
    examples = {example.name: example for example in load_examples()}
    person = (await ask(database, viewer, examples[PERSON]))["contacts"]["nodes"]
    account = (await ask(database, viewer, examples[ACCOUNT]))["accounts"]["nodes"]
    tree = (await ask(database, viewer, examples[TREE]))["customers"]["nodes"]
    for found in person:
        console.print(Panel(person_view(found), title=f"{found['displayName']}: one person, every channel"))
    for found in account:
        console.print(Panel(account_view(found), title=f"{found['displayName']}: the 360-degree view of the account"))
    for found in tree:
        console.print(Panel(tree_view(found), title=f"{found['displayName']}: the company tree"))


async def ask(database: Database, viewer: Viewer, example: Example) -> Json:
    """The data that an example query brings.

    Raises:
        InternalError: it brought errors.
    """
    result = await Engine.of(database).execute(Request(example.query, example.variables, None, viewer, new_id()))
    if result.errors or result.data is None:
        raise InternalError(f"The example {example.name} failed: {result.errors}")
    return result.data


def amount(value: Json | None) -> str:
    """Money as a person reads it: `1,234.50 USD`."""
    if value is None:
        return "–"
    whole, _, fraction = str(value["amount"]).partition(".")
    text = f"{int(whole):,}" + (f".{fraction}" if fraction else "")
    return f"{text} {value['currency']}" if "currency" in value else text


def day(moment: str | None) -> str:
    """The date of a moment."""
    return (moment or "–")[:10]


def person_view(person: Json) -> RenderableType:
    """The four customer records of one person, and what each bought last."""
    table = Table("Channel", "Customer record", "Lifetime value", "Orders", "Last orders", box=None, expand=True)
    for column in (2, 3):
        table.columns[column].justify = "right"
    for customer in person["customers"]["nodes"]:
        orders = customer["orders"]
        table.add_row(
            f"{customer['channel']['name']}{'' if customer['channel']['status'] == 'ACTIVE' else ' (inactive)'}",
            customer["displayName"],
            amount(customer["lifetimeValue"]),
            str(orders["totalCount"]),
            "\n".join(_order_line(order) for order in orders["nodes"]) or "–",
        )
    accounts = ", ".join(account["displayName"] for account in person["accounts"]["nodes"])
    details = [person["jobTitle"], person["email"], person["phone"], f"accounts: {accounts}"]
    return Group(" · ".join(detail for detail in details if detail), "", table)


def _order_line(order: Json) -> str:
    items = ", ".join(
        f"{item['quantity']} × {item['product']['name']}" for item in order["items"]["nodes"] if item["product"]
    )
    return f"{day(order['placedAt'])}  {amount(order['total'])}  {items}"


def account_view(account: Json) -> RenderableType:
    """Header, contacts, channel sections and the newest of the timeline."""
    direct = amount({**account["directLifetimeValue"], "currency": account["lifetimeValue"]["currency"]})
    head = (
        f"[bold]{amount(account['lifetimeValue'])}[/bold] over its lifetime, {direct} of it from deals with the "
        f"account itself · owner {account['owner']['displayName'] if account['owner'] else '–'}"
        f" · tags {', '.join(tag['name'] for tag in account['tags']) or '–'}"
    )
    sections = _sections(account["channelSections"])
    return Group(head, "", _contacts(account["contacts"]), "", sections, "", _latest(account))


def _contacts(contacts: Json) -> Table:
    table = Table("Contact", "Role", "Position", "Email", box=None, title_justify="left", expand=True)
    for edge in contacts["edges"]:
        star = " ★" if edge["isDefault"] else ""
        node = edge["node"]
        table.add_row(node["displayName"] + star, edge["role"] or "", edge["position"] or "", node["email"] or "")
    return table


def _sections(sections: Iterable[Json]) -> Table:
    table = Table("Channel", "Value", "Customers", "Best customers", "Orders", "Last order", box=None, expand=True)
    for column in (1, 2, 4):
        table.columns[column].justify = "right"
    for section in sections:
        customers = section["customers"]["nodes"]
        lines = [
            (
                f"{customer['displayName']} ({amount(customer['lifetimeValue'])})",
                str(customer["orders"]["totalCount"]),
                day(customer["orders"]["nodes"][0]["placedAt"]) if customer["orders"]["nodes"] else "–",
            )
            for customer in customers
        ]
        best, counts, last = ("\n".join(column) for column in zip(*lines, strict=True)) if lines else ("", "", "")
        total = str(section["customers"]["totalCount"])
        table.add_row(section["channel"]["name"], amount(section["lifetimeValue"]), total, best, counts, last)
    return table


def _latest(account: Json) -> Table:
    table = Table("Latest", "", "", box=None, expand=True)
    for entry in account["timeline"]["nodes"]:
        table.add_row(day(entry["at"]), entry["kind"].lower(), entry["record"]["displayName"])
    table.add_row("", "", f"… {account['timeline']['totalCount']} in all")
    return table


def tree_view(root: Json) -> RenderableType:
    """The customers below the root, each with its own value and that of its subtree."""
    head = (
        f"{root['descendantCount']} customers below the head office, "
        f"[bold]{amount(root['subtreeLifetimeValue'])}[/bold] in the whole tree"
    )
    drawn = Tree(f"[bold]{root['displayName']}[/bold]  {amount(root['lifetimeValue'])}")
    branches = {root["id"]: drawn}
    for edge in root["descendants"]["edges"]:
        node = edge["node"]
        group = f"  [dim]{node['group']['name']}[/dim]" if node["group"] else ""
        below = ""
        if node["subtreeLifetimeValue"]["amount"] != node["lifetimeValue"]["amount"]:
            below = f"  [dim]with all below {amount(node['subtreeLifetimeValue'])}[/dim]"
        label = f"{node['displayName']}  {amount(node['lifetimeValue'])}{below}{group}"
        branches[node["id"]] = branches[edge["parentId"]].add(label)
    return Group(head, "", drawn)
