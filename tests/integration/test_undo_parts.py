"""Undo brings no email address, phone number or postal address back that no record would have."""

from __future__ import annotations

from app.verification import verify
from tests.company import ERRORS, SET, Company, permission
from tests.integration.test_merging import firm
from tests.integration.test_undo import DELETE_CONTACT, UPDATE_CONTACT, done, expect, undone

__all__ = ["firm"]

CREATE = f"""mutation($input: CreateContactInput!) {{ createContact(input: $input) {{
  contact {{ id emails {{ id }} }} writeId {ERRORS} }} }}"""
EMAILS = "query($id: ID!) { contact(id: $id) { emails { email } } }"


async def made(firm: Company) -> tuple[str, str]:
    """The ids of a new contact of Sue and of its email address."""
    given = {"firstName": "Ida", "ownerId": firm.id("sue"), "emails": [{"email": "old@acme.example"}]}
    contact = (await done(firm, "ada", CREATE, **given))["contact"]
    return contact["id"], contact["emails"][0]["id"]


async def emails(firm: Company, contact: str) -> list[str]:
    """The email addresses of a contact, of which none is without its whole."""
    organization = [(firm.world.organization_id, firm.world.key)]
    assert [] == [one.what async for one in verify(firm.database, organization) if one.what == "whole"]
    found = await firm.query("ada", EMAILS, id=contact)
    return [one["email"] for one in found["contact"]["emails"]]


async def test_a_part_that_its_whole_has_lost_since_stays(firm: Company) -> None:
    """The whole is there and has another one: it was CHANGED."""
    contact, email = await made(firm)
    deleted = await done(firm, "ada", DELETE_CONTACT, id=contact)
    assert [] == (await undone(firm, deleted))["left"]
    await done(firm, "ada", UPDATE_CONTACT, id=contact, emails=[{"email": "new@acme.example"}])

    again = await undone(firm, deleted)

    expect(again["left"], (contact, None, "CHANGED"), (email, None, "CHANGED"))
    assert (None, ["new@acme.example"]) == (again["writeId"], await emails(firm, contact))


async def test_a_part_of_what_has_gone_since_stays(firm: Company) -> None:
    """Until the whole is there again."""
    contact, email = await made(firm)
    taken = await done(firm, "ada", UPDATE_CONTACT, id=contact, emails=[])
    deleted = await done(firm, "ada", DELETE_CONTACT, id=contact)

    gone = await undone(firm, taken)

    expect(gone["left"], (contact, None, "GONE"), (email, None, "GONE"))
    await undone(firm, deleted)
    assert [] == await emails(firm, contact)
    assert [] == (await undone(firm, taken))["left"]
    assert ["old@acme.example"] == await emails(firm, contact)


async def test_a_part_of_a_hidden_field_stays(firm: Company) -> None:
    """Who may not write the field brings nothing back there."""
    contact, email = await made(firm)
    taken = await done(firm, "ada", UPDATE_CONTACT, id=contact, emails=[], lastName="Oak")
    hide = [{"entity": "Contact", "fields": ["EMAIL"]}]
    given = [permission("Contact", action, "ORGANIZATION") for action in ("VIEW", "EDIT")]
    await done(firm, "ada", SET, roleId=firm.id("sales"), permissions=given, hiddenFields=hide)

    left = (await undone(firm, taken, "sue"))["left"]

    assert (email, None, "FORBIDDEN") in [(one["recordId"], one["field"], one["reason"]) for one in left]
    assert [] == await emails(firm, contact)
