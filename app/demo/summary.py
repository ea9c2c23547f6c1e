"""What a reader of the demo needs: where its stories are."""

from __future__ import annotations

from dataclasses import dataclass

from app.demo import furniture_company, toys_company
from app.demo.book import Company
from app.demo.house_decorations_business import HouseDecorations
from app.organizations import OrganizationRef
from graph.ids import global_id


@dataclass(frozen=True, slots=True)
class OrganizationSummary:
    """An organisation of the demo and the user who sees all of it."""

    id: str
    name: str
    viewer: str
    viewer_name: str


@dataclass(frozen=True, slots=True)
class DemoSummary:
    """Names and ids of the stories; the ids of records are those of the API.

    Attributes:
        furniture: the furniture maker.
        toys: the toy maker.
        john_account: the account of House Decorations, into which those of John Jackson were merged.
        tree_root: the head office of House Decorations, root of its company tree.
        john_customers: the four customer records, by the name of their channel.
        customers: how many customers are there.
        people: usernames and email addresses of those in the stories who may sign in.
        changed: whether this run wrote anything.
    """

    furniture: OrganizationSummary
    toys: OrganizationSummary
    john_account: str
    tree_root: str
    john_customers: dict[str, str]
    customers: int
    people: tuple[str, ...]
    changed: bool

    @property
    def viewer(self) -> str:
        """The user to begin with: the managing director of the furniture maker."""
        return self.furniture.viewer


def summarize(
    stories: tuple[tuple[OrganizationRef, Company], tuple[OrganizationRef, Company]],
    house: HouseDecorations,
    *,
    customers: int,
    people: tuple[str, ...],
    changed: bool,
) -> DemoSummary:
    """Sum up the stories of both organisations."""
    (furniture, furniture_people), (toys, toys_people) = stories
    names = {plan.key: plan.name for plan in furniture_company.BLUEPRINT.channels}
    return DemoSummary(
        furniture=_organization(furniture, furniture_people, furniture_company.VIEWER),
        toys=_organization(toys, toys_people, toys_company.VIEWER),
        john_account=global_id("Account", house.account),
        tree_root=global_id("Customer", house.root.id),
        john_customers={names[buyer.channel.key]: global_id("Customer", buyer.id) for buyer in house.johns},
        customers=customers,
        people=people,
        changed=changed,
    )


def _organization(found: OrganizationRef, company: Company, viewer: str) -> OrganizationSummary:
    user = company.users[viewer]
    return OrganizationSummary(global_id("Organization", found.id), found.name, user.email, user.name)
