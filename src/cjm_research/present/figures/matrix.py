"""The customer matrix as a page shows it: four cells, their money, who is due for contact."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from cjm_research.present import markup, theme
from cjm_research.present.bodies import Body
from cjm_research.present.cards import KeyFigure
from cjm_research.present.charts import chart
from cjm_research.present.exhibit import Exhibit
from cjm_research.present.figures.pairs import Pair, pairs
from cjm_research.present.headlines import lead
from cjm_research.present.sentences import note, say
from cjm_research.present.tables import table
from cjm_research.present.words import capital
from cjm_research.results import Unit

if TYPE_CHECKING:
    from collections.abc import Mapping

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from cjm_research.present.exhibit import ExhibitBlock
    from cjm_research.present.words import Words
    from cjm_research.results import Result
    from cjm_research.segmentation.care import CarePlans
    from cjm_research.segmentation.matrix import CustomerMatrix, MatrixCell
    from cjm_research.segmentation.rfm_result import Rfm
    from cjm_research.study.phrase import Phrase
    from cjm_research.study.plans import Matrix

_ROWS = (("high", ("high_low", "high_high")), ("low", ("low_low", "low_high")))
"""Importance rises upwards, value to the right."""
_ROW = 0.5
_NAME = 2.4  # inches


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Grid(Body):
    """Two by two cells with size, money, strategy, cadence."""

    matrix: CustomerMatrix
    strategies: Mapping[str, Phrase] | None
    """None: no strategy is shown; a cell that is missing takes the catalogue's."""
    due: Mapping[str, int]
    axes: tuple[str, str]
    """Names of the axes in the catalogues; the cells' vocabulary is that of the first."""

    def html(self, words: Words, *, title: str = "", alt: str = "") -> str:  # noqa: ARG002
        """Return the grid; on a narrow screen it scrolls sideways."""
        vertical, across = self.axes
        parts = []
        for level, names in _ROWS:
            parts.append(self._side(vertical, self.matrix.importance, level, words))
            parts += [self._cell(self.matrix.cell(c), words) for c in names]
        parts.append(markup.tag("div", ""))
        parts += [self._side(across, self.matrix.value, x, words) for x in ("low", "high")]
        grid = markup.tag("div", "".join(parts), class_="matrix")
        name = title or words("figure.region")
        return markup.tag("div", grid, class_="scroll", role="region", tabindex=0, aria_label=name)

    def _side(self, axis: str, column: str, level: str, words: Words) -> str:
        name = words(f"matrix.axis_{axis}", name=column, level=words(f"matrix.{level}"))
        return markup.tag("div", markup.text(capital(name)), class_="meta")

    def _cell(self, cell: MatrixCell, words: Words) -> str:
        vocabulary = "cell" if self.axes[0] == "importance" else f"{self.axes[0]}_cell"
        head = markup.tag("b", markup.text(capital(words.label(vocabulary, cell.cell))))
        if cell.n < self.matrix.limits_hidden_below:
            text = words("matrix.hidden" if cell.n else "matrix.empty")
            body = markup.tag("div", markup.text(capital(text)), class_="meta")
        else:
            body = "".join(
                markup.tag("div", markup.text(capital(line))) for line in self._lines(cell, words)
            )
        best = " best" if cell.cell == "high_high" else ""
        return markup.tag("div", head + body, class_=f"cell{best}")

    def _lines(self, cell: MatrixCell, words: Words) -> list[str]:
        lines = [
            words("matrix.customers_line", n=cell.n, share=cell.share, low=cell.low,
                  high=cell.high),
            words("matrix.revenue_line", share=cell.revenue_share),
        ]  # fmt: skip
        if cell.borderline:
            lines.append(words("matrix.borderline_line", n=cell.borderline))
        if self.strategies is not None:
            own = self.strategies.get(cell.cell)
            text = own.text(words.language) if own else words(f"matrix.default_{cell.cell}")
            lines.append(words("matrix.strategy_line", text=text))
            lines.append(words("matrix.cadence_line", days=cell.cadence_days))
        if cell.cell in self.due:
            lines.append(words("matrix.due_line", n=self.due[cell.cell]))
        return lines


def matrix_grid(
    matrix: CustomerMatrix, plan: Matrix | None = None, *, care: CarePlans | None = None
) -> Body:
    """Return importance against value as four cells.

    Parameters
    ----------
    matrix : CustomerMatrix
        The cells.
    plan : Matrix, optional
        The study's strategies; without it no strategy and no cadence is shown.
    care : CarePlans, optional
        By cell: who is due.
    """
    strategies = None
    if plan is not None:
        strategies = {str(name): cell.strategy for name, cell in plan.cells.items()}
    known = care is not None and care.is_written
    due = {p.group: p.due + p.never for p in care.plans} if care is not None and known else {}
    return Grid(matrix=matrix, strategies=strategies, due=due, axes=("importance", "value"))


def power_grid(matrix: CustomerMatrix) -> Body:
    """Return purchasing power against loyalty as four cells, without strategies."""
    return Grid(matrix=matrix, strategies=None, due={}, axes=("power", "loyalty"))


def cells(result: CustomerMatrix, words: Words) -> Figure:
    """Draw customers and revenue of each cell."""
    shown = [c for c in result.cells if c.n >= result.limits_hidden_below]
    return pairs(
        [
            Pair(name=capital(words.label("cell", c.cell)), share=c.share, low=c.low,
                 high=c.high, revenue_share=c.revenue_share)
            for c in shown
        ],
        words,
    )  # fmt: skip


def regions(result: Rfm, words: Words) -> Figure:
    """Draw customers and revenue of each region of recency and frequency."""
    return pairs(
        [
            Pair(name=capital(words.label("cell", r.cell)), share=r.share, low=r.low,
                 high=r.high, revenue_share=r.revenue_share)
            for r in result.regions
            if not result.is_hidden(r)
        ],
        words,
    )  # fmt: skip


def care(result: CarePlans, words: Words) -> Figure:
    """Draw who was contacted in time, is due, was never contacted, as parts of each row."""
    plans = result.plans
    figure = theme.new_figure(height=1.0 + _ROW * len(plans))
    axes = figure.subplots()
    at = list(range(len(plans)))
    left = [0.0] * len(plans)
    parts = (("in_time", theme.GOOD, ""), ("due", theme.WARN, "//"), ("never", theme.SOFT, ".."))
    for name, colour, hatch in parts:
        shares = [getattr(p, name) / p.n for p in plans]
        axes.barh(at, shares, left=left, height=0.55, color=colour, hatch=hatch,
                  edgecolor=theme.ON_COLOUR, linewidth=0.8,
                  label=words(f"figure.care_{name}"))  # fmt: skip
        left = [a + b for a, b in zip(left, shares, strict=True)]
    names = [theme.wrapped(_group(p.group, result, words), width=_NAME, lines=2) for p in plans]
    axes.set_yticks(at, names)
    axes.set_ylim(len(plans) - 0.5, -0.5)
    axes.set_xlim(0, 1)
    axes.xaxis.set_major_formatter(words.tick(Unit.SHARE))
    theme.quiet(axes)
    _counts(axes, result, words)
    figure.legend(loc="outside upper left", ncols=3, borderaxespad=0)
    return figure


def contacts(result: CarePlans) -> ExhibitBlock:
    """Return who is due; where no contact is written down, who is silent against the own rhythm.

    Parameters
    ----------
    result : CarePlans
        By cell.
    """
    if not result.is_written:
        columns = ["group", "n", "silent"]
        frame = result.to_frame()[columns].rename(columns={"group": "cell"})
        units = {"cell": Unit.LABEL, "n": Unit.COUNT, "silent": Unit.COUNT}
        return Exhibit(
            title=say("matrix.silent", silent=result.n_silent, n=result.n),
            body=table(frame, units, name="silent"),
            note=note("matrix_silent"),
        )
    return Exhibit(
        title=lead(result.main(), "matrix.care"),
        body=chart(care, result),
        note=note("matrix_care"),
    )


def by_manager(result: CarePlans) -> ExhibitBlock | None:
    """Return who is due by manager; nothing without managers or contacts."""
    if not result.plans or not result.is_written:
        return None
    frame = result.to_frame().rename(columns={"group": "manager"})
    return Exhibit(
        title=say("matrix.care_managers"), body=table(frame, result.units_by_manager)
    )  # fmt: skip


def contact_figures(result: CarePlans) -> tuple[KeyFigure, ...]:
    """Return the numbers on contacts for the head of the page."""
    first, silent = (
        result.main(),
        KeyFigure("matrix_silent", result.n_silent, Unit.COUNT, n=result.n),
    )
    if not result.is_written:
        return (silent,)
    return KeyFigure("matrix_due", first.n_due, Unit.COUNT, n=first.n), silent


def opening(matrix: CustomerMatrix, plans: CarePlans) -> Result:
    """Return what the page begins with: who is due, or the best cell where that is not known."""
    if plans.main().findings():
        return plans.main()
    return replace(matrix, cells=tuple(c for c in matrix.cells if c.cell == "high_high"))


def _group(name: str, result: CarePlans, words: Words) -> str:
    return capital(words.label("cell", name)) if result.by == "cell" else name


def _counts(axes: Axes, result: CarePlans, words: Words) -> None:
    right = axes.twinx()
    theme.quiet(right)
    right.set_ylim(axes.get_ylim())
    texts = [
        " · ".join(words.value(v, Unit.COUNT) for v in (p.in_time, p.due, p.never))
        for p in result.plans
    ]
    right.set_yticks(range(len(texts)), texts)
