"""Figures and targets as tables: on the screen with rich, in docs/benchmarks.md as Markdown."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks.load import Figures
from benchmarks.measuring import Results
from benchmarks.questions import Question
from benchmarks.targets import Target

BEGIN, END = "<!-- measured: begin -->", "<!-- measured: end -->"


def show(console: Console, questions: Sequence[Question], results: Results, connections: Sequence[int]) -> None:
    """A table for each question: a row for each system, latencies and rates by connections."""
    for question in questions:
        heads = ["", *(f"{head} {n}" for n in connections for head in ("p50 ms ×", "p99 ms ×", "req/s ×"))]
        table = Table(*heads, title=f"{question.name}: {question.title}", title_justify="left", box=None)
        for column in table.columns[1:]:
            column.justify = "right"
        for system in _systems(question, results):
            cells = [cell for n in connections for cell in _cells(results[question.name, n, system])]
            table.add_row(system, *cells)
        console.print(table)
        console.print()


def show_targets(console: Console, targets: Sequence[Target]) -> None:
    """The targets with pass or fail."""
    table = Table("target", "wanted", "measured", "", box=None)
    for target in targets:
        verdict = "[green]pass[/]" if target.passed else "[red]fail[/]"
        table.add_row(target.title, target.wanted, target.measured, verdict)
    console.print(table)


def markdown(
    questions: Sequence[Question], results: Results, connections: Sequence[int], targets: Sequence[Target]
) -> str:
    """Both as Markdown."""
    lines = ["| target | wanted | measured | |", "|---|--:|--:|---|"]
    for target in targets:
        verdict = "pass" if target.passed else "**fail**"
        lines.append(f"| {target.title} | {target.wanted} | {target.measured} | {verdict} |")
    for question in questions:
        heads = [f"{head}, {n}" for n in connections for head in ("p50 ms", "p99 ms", "requests/s")]
        lines += ["", f"### {question.name}", "", f"{question.title[0].upper()}{question.title[1:]}.", ""]
        lines += [f"| | {' | '.join(heads)} |", f"|---|{'--:|' * len(heads)}"]
        for system in _systems(question, results):
            cells = [cell for n in connections for cell in _cells(results[question.name, n, system])]
            lines.append(f"| {system} | {' | '.join(cells)} |")
    return "\n".join(lines)


def write(page: Path, measured: str) -> None:
    """Put what was measured between the marks of a page."""
    before, _, rest = page.read_text(encoding="utf-8").partition(BEGIN)
    _, _, after = rest.partition(END)
    page.write_text(f"{before}{BEGIN}\n\n{measured}\n\n{END}{after}", encoding="utf-8")


def _systems(question: Question, results: Results) -> list[str]:
    return list(dict.fromkeys(system for name, _, system in results if name == question.name))


def _cells(found: Figures) -> tuple[str, str, str]:
    if not found.rate:
        return "–", "–", "none in time"
    rate = f"{found.rate:,.0f}" + (f" ({found.errors} failed)" if found.errors else "")
    return f"{found.p50:,.2f}", f"{found.p99:,.2f}", rate
