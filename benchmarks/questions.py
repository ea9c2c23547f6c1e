"""The questions, each in the dialect of every system: `queries/<folder>/<system>.graphql`, with variables for each."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks import answers
from benchmarks.data import Company, Sample, phrase
from benchmarks.systems import OURS, SERVERS
from graph.ids import global_id

FOLDER = Path(__file__).with_name("queries")
PAGE = 20
DEEP = 300
LATE_IN_TIE = 0.9


@dataclass(frozen=True, slots=True)
class Case:
    """One choice of variables: those of c360 and those of the peers."""

    ours: Mapping[str, Any]
    peers: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Question:
    """A question: what it asks, whom it is about, its variables, and how its answers compare."""

    name: str
    title: str
    folder: str
    company: Company
    cases: Sequence[Case]
    canonical: Callable[[Mapping[str, Any]], Any] = answers.root

    def text(self, system: str) -> str:
        """The query in a system's dialect."""
        return (FOLDER / self.folder / f"{system}.graphql").read_text(encoding="utf-8")

    def variables(self, system: str, case: Case) -> Mapping[str, Any]:
        """The variables of a case as a system takes them."""
        return case.ours if system == OURS else case.peers

    def systems(self) -> tuple[str, ...]:
        """The systems that can be asked this."""
        return tuple(name for name in SERVERS if (FOLDER / self.folder / f"{name}.graphql").exists())


def questions(sample: Sample, cursors: Mapping[int, str]) -> tuple[Question, ...]:
    """All questions about a sample of the data; `cursors` are those after so many customers by value."""
    company = sample.company
    return (
        Question(
            "account_360",
            "an account across its channels",
            "account_360",
            company,
            _by_id("Account", sample.accounts, company),
            answers.sections,
        ),
        Question(
            "customer_360",
            "a customer with all around it",
            "customer_360",
            company,
            _by_id("Customer", sample.customers, company),
            answers.record,
        ),
        Question(
            "tree",
            f"a whole tree of {sample.tree_size:,} customers in {sample.tree_depth} levels",
            "tree",
            sample.registry,
            _by_id("Customer", (sample.tree,), sample.registry),
            answers.tree,
        ),
        Question("list", "50 customers of a channel, three levels", "list", company, _of_channels(sample)),
        Question("search", "customers by words", "search", company, _searches(sample), answers.unordered),
        *_pages(sample, cursors),
        Question(
            "aggregate",
            "orders by status and month: count and sum",
            "aggregate",
            company,
            [Case({}, {"org": company.id})],
            answers.figures,
        ),
    )


def _by_id(type_name: str, ids: Sequence[str], company: Company) -> list[Case]:
    return [Case({"id": global_id(type_name, uuid)}, {"id": uuid, "org": company.id}) for uuid in ids]


def _of_channels(sample: Sample) -> list[Case]:
    org = sample.company.id
    return [Case({"channel": global_id("Channel", u)}, {"channel": u, "org": org}) for u in sample.channels]


def _searches(sample: Sample) -> list[Case]:
    org = sample.company.id
    return [Case({"text": text}, {"phrase": phrase(text), "org": org}) for text in sample.words]


def page_offsets(sample: Sample) -> tuple[int, int]:
    """How many customers stand before page 300 (or the middle of fewer), and before a page late in a tie."""
    deep = min((DEEP - 1) * PAGE, sample.customer_count // 2)
    return deep, sample.customer_count - sample.worthless + int(sample.worthless * LATE_IN_TIE)


def _pages(sample: Sample, cursors: Mapping[int, str]) -> list[Question]:
    deep, late = page_offsets(sample)
    return [
        _page("page_1", "page 1 of customers by value", sample, 0, None),
        _page("page_300", f"page {deep // PAGE + 1} of customers by value", sample, deep, cursors[deep]),
        _page(
            "page_tie",
            f"the page after {late:,}, late in a tie of {sample.worthless:,}",
            sample,
            late,
            cursors[late],
        ),
    ]


def _page(name: str, title: str, sample: Sample, offset: int, after: str | None) -> Question:
    case = Case({"after": after}, {"org": sample.company.id, "offset": offset})
    return Question(name, title, "deep_page", sample.company, [case])
