"""The figure of a method card: how often each case held, from the tables of the trust pages."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

import matplotlib as mpl
from matplotlib.figure import Figure

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

CARDS: dict[str, tuple[float | None, tuple[str, ...]]] = {
    "shares": (95, ("One share (Wilson)",)),
    "nps": (95, ("Net Promoter Score (Rocks)", "Net Promoter Score (Wald")),
    "conversions": (95, ("Difference of shares (Miettinen", "Difference of shares (pooled Wald")),
    "means": (95, ("Difference of means (Welch)",)),
    "ratios": (95, ("Difference of ratios",)),
    "covariates": (95, ("Difference adjusted for a covariate",)),
    "several-questions": (95, ("Several arms", "Several success metrics", "Many questions")),
    "looks": (95, ("Never wrong at any look",)),
    "split": (99.9, ("Splits as planned",)),
    "lifts": (95, ("Lift of a trait", "Portraits of noise")),
    "clusters": (100, ("Slices of one cloud", "Clouds that stand apart")),
    "rfm": (95, ("RFM regions, cuts",)),
    "purchases": (95, ("Purchases (BG/NBD), parameters",)),
    "contracts": (95, ("Contracts (shifted",)),
    "waiting": (95, ("Share not yet through", "Median time")),
    "attribution": (95, ("Credit of a touch",)),
    "kano": (90, ("Kano's class where none leads",)),
    "drivers": (95, ("Key drivers",)),
    "theme-shares": (95, ("Share of a theme (Wilson", "Share of a theme (texts")),
    "tone": (None, ("Tone of",)),
    "identity": (None, ("Records of one person",)),
}
"""By card: what is promised in percent, if it is, and how the titles of its tables begin."""
_LINE = re.compile(r"\| (.+?) \| ([\d,]+) \| ([\d.]+) % \| ([\d.]+) \| ([\d.]+) \|")


class Case(NamedTuple):
    """A line of a table, in percent."""

    what: str
    held: float
    low: float
    high: float


def draw_all(docs: Path) -> None:
    """Draw every card's figure that the pages have tables for."""
    tables = read_tables(sorted(docs.glob("trust-*.md")))
    folder = docs / "methods" / "figures"
    folder.mkdir(parents=True, exist_ok=True)
    mpl.rcParams.update({"svg.hashsalt": "cjm", "svg.fonttype": "none", "font.size": 9})
    for card, (promised, titles) in CARDS.items():
        chosen = {t: c for t, c in tables.items() if t.startswith(titles)}
        if chosen:
            figure = draw(chosen, promised)
            figure.savefig(folder / f"{card}.svg", metadata={"Date": None})


def read_tables(pages: Iterable[Path]) -> dict[str, list[Case]]:
    """Return the lines of every table by its title."""
    tables: dict[str, list[Case]] = {}
    for page in pages:
        title = ""
        for line in page.read_text(encoding="utf-8").splitlines():
            title = line[3:] if line.startswith("## ") else title
            if found := _LINE.fullmatch(line):
                numbers = (float(found[i]) for i in (3, 4, 5))
                tables.setdefault(title, []).append(Case(found[1], *numbers))
    return tables


def draw(tables: dict[str, list[Case]], promised: float | None) -> Figure:
    """Draw each case as a point with its interval; a line marks what is promised."""
    rows: Sequence[tuple[str, Case | None]] = [
        row
        for title, cases in tables.items()
        for row in [(title, None), *((c.what, c) for c in cases)]
    ]
    figure = Figure(figsize=(8.5, 0.6 + 0.26 * len(rows)), layout="constrained")
    axes = figure.subplots()
    for at, (_, case) in enumerate(rows):
        if case is not None:
            is_kept = promised is None or case.high >= promised
            colour = "#1f6f8b" if is_kept else "#b5532a"
            axes.plot([case.low, case.high], [at, at], color=colour, linewidth=2)
            axes.plot(case.held, at, marker="o" if is_kept else "s", color=colour, markersize=5)
    if promised is not None:
        axes.axvline(promised, color="#777777", linewidth=1, linestyle=(0, (4, 3)))
    axes.set_yticks(range(len(rows)), [words for words, _ in rows])
    for label, (_, case) in zip(axes.get_yticklabels(), rows, strict=True):
        label.set_fontweight("bold" if case is None else "normal")
    axes.invert_yaxis()
    axes.tick_params(axis="y", length=0)
    axes.set_xlabel(
        "%, with the 95 % interval" if promised is None
        else f"held, % (dashed: promised {promised:g} %)"
    )  # fmt: skip
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    return figure
