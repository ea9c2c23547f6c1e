import json
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Locator, Page, expect

from app.pages import CONTENT_SECURITY_POLICY, FALLBACK, PAGE_HEADERS

# GraphiQL's own: the colours of Monaco's line numbers and code, and tabs with buttons in them.
KNOWN_VIOLATIONS = {"color-contrast": ('class="line-numbers', 'class="mtk'), "nested-interactive": ('role="tab"',)}
LINKED_QUERY = "query Linked { __typename }"
ROOT_FIELDS = "{ __schema { queryType { fields { name } } } }"


def query_editor(page: Page) -> Locator:
    """Return the editor of the query."""
    return page.locator(".graphiql-query-editor .monaco-editor").first


def response(page: Page) -> Locator:
    """Return the box of the response."""
    return page.locator(".result-window")


def active_tab(page: Page) -> Locator:
    """Return the tab whose query is shown."""
    return page.locator(".graphiql-tab-active")


def open_graphiql(page: Page, **link: str) -> None:
    """Open GraphiQL, with a link's parameters, and wait for its editor."""
    page.goto(f"/graphiql?{urlencode(link)}" if link else "/graphiql")
    expect(query_editor(page)).to_be_visible(timeout=20_000)


def run_query(page: Page) -> None:
    """Press the button that runs the query."""
    page.get_by_role("button", name="Execute query").click()


def first_example(page: Page) -> dict[str, Any]:
    """Return the first example that the app offers."""
    examples: list[dict[str, Any]] = page.request.get("/graphiql/examples.json").json()
    return examples[0]


def operation_name(query: str) -> str:
    """Return the name of a document's operation."""
    found = re.search(r"^(?:query|mutation|subscription)\s+(\w+)", query, re.MULTILINE)
    assert found is not None
    return found[1]


def test_page_shows_editor_from_this_server_alone(page: Page, requested: list[str]) -> None:
    """GraphiQL's editor appears with nothing loaded from another host."""
    open_graphiql(page)

    assert any("/static/assets/graphiql-" in address for address in requested)


def test_page_allows_only_its_own_scripts(page: Page) -> None:
    """The page comes with the policy that keeps other hosts' and inline scripts out."""
    answer = page.goto("/graphiql")

    assert answer is not None
    assert CONTENT_SECURITY_POLICY == answer.headers["content-security-policy"]


def test_example_opens_in_new_tab_and_runs(page: Page) -> None:
    """A click on an example opens a tab with its query and variables, which answers without errors."""
    open_graphiql(page)
    example = first_example(page)

    page.get_by_role("button", name=example["title"]).click()
    expect(page.get_by_role("tab")).to_have_count(2)
    expect(active_tab(page)).to_contain_text(operation_name(example["query"]))
    run_query(page)

    # The first plan of a large statement takes the database seconds on a busy machine.
    expect(response(page)).to_contain_text('"data"', timeout=30_000)
    expect(response(page)).not_to_contain_text('"errors"')


def test_example_leaves_cursor_in_its_query(page: Page) -> None:
    """After a click on an example the keyboard writes into its query, and Ctrl+Enter runs it."""
    open_graphiql(page)

    page.get_by_role("button", name=first_example(page)["title"]).click()
    page.keyboard.type("# typed\n")
    page.keyboard.press("Control+Enter")

    expect(query_editor(page)).to_contain_text("# typed")
    # The first plan of a large statement takes the database seconds on a busy machine.
    expect(response(page)).to_contain_text('"data"', timeout=30_000)


def test_editor_completes_names_of_the_schema(page: Page) -> None:
    """Typing the beginning of a root field offers that field."""
    open_graphiql(page, query="\n")
    answer = page.request.post("/graphql", data={"query": ROOT_FIELDS})
    name = answer.json()["data"]["__schema"]["queryType"]["fields"][0]["name"]
    # The documentation lists the root types as soon as the schema is there.
    page.get_by_label("Show Documentation Explorer").click()
    expect(page.locator(".graphiql-doc-explorer-root-type").first).to_be_visible()

    query_editor(page).click()
    page.keyboard.type("{ " + name[:3])
    page.keyboard.press("Control+Space")

    expect(page.locator(".suggest-widget").get_by_label(name).first).to_be_visible()


def test_link_opens_query_with_variables(page: Page) -> None:
    """An address with a query and variables opens them in the first tab, ready to run."""
    open_graphiql(page, query=LINKED_QUERY, variables='{"linked": "yes"}')

    expect(active_tab(page)).to_contain_text("Linked")
    expect(page.get_by_label("Variables")).to_contain_text('"linked"')
    run_query(page)

    expect(response(page)).to_contain_text('"__typename"')


def test_link_without_variables_forgets_those_of_the_last_visit(page: Page) -> None:
    """A link with a query alone leaves the variables empty, whatever was typed before."""
    open_graphiql(page, query=LINKED_QUERY, variables='{"linked": "yes"}')
    expect(page.get_by_label("Variables")).to_contain_text('"linked"')

    open_graphiql(page, query="query Second { __typename }")

    expect(active_tab(page)).to_contain_text("Second")
    expect(page.get_by_label("Variables")).not_to_contain_text('"linked"')


def test_address_drops_link_once_query_is_changed(page: Page) -> None:
    """A changed query is no longer what the address says, so the address stops saying it."""
    open_graphiql(page, query=LINKED_QUERY)
    expect(page).to_have_url(re.compile(r"\?query="))

    query_editor(page).click()
    page.keyboard.type("# changed ")

    expect(page).to_have_url(re.compile(r"/graphiql$"))


def test_copied_link_opens_same_query(page: Page) -> None:
    """What "Copy link" copies opens the same query and variables."""
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    open_graphiql(page, query=LINKED_QUERY, variables='{"linked": "yes"}')

    page.get_by_role("button", name="Copy link").click()
    expect(page.get_by_text("Link copied")).to_be_visible()
    page.goto(page.evaluate("navigator.clipboard.readText()"))

    expect(active_tab(page)).to_contain_text("Linked")
    expect(page.get_by_label("Variables")).to_contain_text('"linked"')


@pytest.mark.expects_console_error("503|401")
@pytest.mark.parametrize(("status", "told"), [(503, "database"), (401, "who asks")])
def test_page_says_when_nothing_is_answered(page: Page, status: int, told: str) -> None:
    """While the API answers 503 or 401 the page says what that means, and a new try that succeeds takes it away."""
    body = json.dumps({"errors": [{"message": "No."}]})
    page.route("**/graphql", lambda route: route.fulfill(status=status, content_type="application/json", body=body))
    open_graphiql(page)

    notice = page.get_by_role("alert").filter(has_text=told)
    expect(notice).to_be_visible()
    page.unroute("**/graphql")
    notice.get_by_role("button", name="Try again").click()

    expect(notice).to_have_count(0)


@pytest.mark.parametrize("color_scheme", ["light", "dark"])
def test_page_follows_the_systems_colours(page: Page, color_scheme: Any) -> None:
    """GraphiQL is dark where the system is dark, and light where it is light."""
    page.emulate_media(color_scheme=color_scheme)
    open_graphiql(page)

    theme = "vs-dark" if color_scheme == "dark" else "vs"
    expect(query_editor(page)).to_have_class(re.compile(rf"(^|\s){theme}(\s|$)"))


@pytest.mark.parametrize("color_scheme", ["light", "dark"])
def test_page_is_accessible(page: Page, color_scheme: Any, axe_violations: Callable[[], dict[str, list[str]]]) -> None:
    """axe-core finds nothing in GraphiQL but the two kinds that it comes with."""
    page.emulate_media(color_scheme=color_scheme)
    open_graphiql(page)
    page.get_by_role("button", name=first_example(page)["title"]).click()
    run_query(page)
    # The first plan of a large statement takes the database seconds on a busy machine.
    expect(response(page)).to_contain_text('"data"', timeout=30_000)

    found = axe_violations()

    assert [] == [
        (rule, element)
        for rule, elements in found.items()
        for element in elements
        if not any(known in element for known in KNOWN_VIOLATIONS.get(rule, ()))
    ]


WHO = "query Who { viewer { displayName } customers { totalCount } }"


def test_another_person_sees_other_data(page: Page) -> None:
    """Whoever is chosen by keyboard asks from then on, also after a reload, until the choice is taken back."""
    open_graphiql(page, query=WHO)
    picker = page.get_by_label("View as")
    run_query(page)
    expect(response(page)).to_contain_text("Marta Keller", timeout=30_000)
    everything = response(page).inner_text()

    picker.focus()
    page.keyboard.type("Amanda")
    page.keyboard.press("Enter")
    expect(picker.locator("option:checked")).to_contain_text("Amanda Smith – customer, Buyer")
    run_query(page)
    expect(response(page)).to_contain_text("Amanda Smith", timeout=30_000)
    assert everything != response(page).inner_text().replace("Amanda Smith", "Marta Keller")

    open_graphiql(page, query=WHO)
    expect(picker.locator("option:checked")).to_contain_text("Amanda Smith")
    run_query(page)
    expect(response(page)).to_contain_text("Amanda Smith", timeout=30_000)
    picker.select_option("")
    run_query(page)
    expect(response(page)).to_contain_text("Marta Keller", timeout=30_000)


def test_no_token_is_kept_or_shown(page: Page) -> None:
    """The browser keeps who was chosen, and no token, nor does a copied link hold one."""
    open_graphiql(page, query=WHO)
    with page.expect_response("**/graphiql/token") as found:
        page.get_by_label("View as").select_option(label="Lucy Hale – Sales")
        run_query(page)
    expect(response(page)).to_contain_text("Lucy Hale", timeout=30_000)
    token = found.value.json()["token"]
    kept = page.evaluate("JSON.stringify([{...sessionStorage}, {...localStorage}, document.cookie])")

    assert "lucy.hale" in kept
    assert not [piece for piece in token.split(".") if piece in kept]


def open_plain_page(page: Page) -> None:
    """Open the page that stands in for GraphiQL while that is not built."""
    html = (FALLBACK / "graphiql.html").read_text(encoding="utf-8")
    headers = {**PAGE_HEADERS, "Content-Type": "text/html; charset=utf-8"}
    page.route("**/graphiql", lambda route: route.fulfill(body=html, headers=headers))
    page.goto("/graphiql")


def test_plain_page_runs_example(page: Page) -> None:
    """Without a build there is still a page that runs the examples."""
    open_plain_page(page)

    page.get_by_label("Example").select_option(first_example(page)["title"])
    page.get_by_role("button", name="Run").click()

    expect(page.get_by_role("status")).to_have_text("200 OK")
    expect(page.locator("#response")).to_contain_text('"data"')


@pytest.mark.parametrize("color_scheme", ["light", "dark"])
def test_plain_page_is_accessible(
    page: Page, color_scheme: Any, axe_violations: Callable[[], dict[str, list[str]]]
) -> None:
    """axe-core finds nothing in the plain page."""
    page.emulate_media(color_scheme=color_scheme)
    open_plain_page(page)
    expect(page.get_by_label("Example").locator("option")).not_to_have_count(1)

    assert {} == axe_violations()
