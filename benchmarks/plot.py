"""One picture: how many requests a second each system answers."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import matplotlib as mpl
from matplotlib.figure import Figure

from benchmarks.measuring import Results

COLOURS = ("#9aa5b1", "#616e7c", "#0f766e", "#d97706", "#be185d")
BAR = 0.16


def draw(path: Path, results: Results, connections: int) -> None:
    """Write the picture as SVG, its words as text."""
    names = _unique([name for name, number, _ in results if number == connections])
    systems = _unique([system for _, number, system in results if number == connections])
    with mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": "c360", "font.size": 9}):
        figure = Figure(figsize=(9, 1 + 0.75 * len(names)), layout="constrained")
        axes = figure.add_subplot()
        for place, system in enumerate(systems):
            rates = [
                results[name, connections, system].rate if (name, connections, system) in results else 0
                for name in names
            ]
            at = [row + (place - (len(systems) - 1) / 2) * BAR for row in range(len(names))]
            bars = axes.barh(at, rates, BAR, label=system, color=COLOURS[place % len(COLOURS)])
            axes.bar_label(bars, [f" {rate:,.0f}" if rate else "" for rate in rates], fontsize=6)
        axes.set_yticks(range(len(names)), names)
        axes.invert_yaxis()
        axes.set_xscale("log")
        axes.set_xlim(left=1)
        axes.set_xlabel(f"requests a second at {connections} connections, logarithmic")
        axes.spines[["top", "right"]].set_visible(False)
        figure.legend(loc="outside upper center", ncols=len(systems), frameon=False)
        figure.savefig(path, format="svg", metadata={"Date": None})


def _unique(names: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(names))
