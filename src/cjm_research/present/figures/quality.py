"""Figures of the data-quality page: rows set aside, cells filled, what is known by segment."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.patches import Rectangle

from cjm_research.present import theme
from cjm_research.results import Unit

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from cjm_research.cleaning.quality.completeness import Completeness, SegmentCompleteness
    from cjm_research.cleaning.quality.loads import SourceLoads
    from cjm_research.present.words import Words

_ROW = 0.34
_NAME = 2.5  # inches of a row's name
_NEARLY = 0.999
_CELL_ROW = 0.42


def set_aside(result: SourceLoads, words: Words, *, limit: int = 20) -> Figure:
    """Draw the share of rows set aside of each source, with the counts at the right.

    Parameters
    ----------
    result : SourceLoads
        What became of every row.
    words : Words
        The language.
    limit : int
        Draw the first sources only; the table has all.
    """
    frame = result.to_frame().head(limit)
    rows = [
        _Row(
            words("pair", name=words.label("table", r["table"]), text=r["source_file"]),
            0.0 if r["quarantined_share"] != r["quarantined_share"] else r["quarantined_share"],
            f"{words.value(r['rows_quarantined'], Unit.COUNT)}"
            f" / {words.value(r['rows_in'], Unit.COUNT)}",
        )
        for r in frame.to_dict("records")
    ]
    top = max([0.01, *(r.share for r in rows)])
    axis = words("figure.quality_set_aside")
    return _bars(rows, words, axis=axis, top=top, colour=theme.WARN)


def filled(result: Completeness, words: Words, *, limit: int = 30) -> Figure:
    """Draw the share of filled cells of each column that has gaps, the emptiest first.

    Parameters
    ----------
    result : Completeness
        Columns of one table.
    words : Words
        The language.
    limit : int
        Draw the emptiest columns only; the table has all.
    """
    frame = result.partly.to_frame().head(limit)
    rows = [
        _Row(words.label("column", c), share, words.value(_short_of_all(share), Unit.SHARE))
        for c, share in zip(frame["column"], frame["share"], strict=True)
    ]
    return _bars(rows, words, axis=words("figure.quality_filled"))


def filled_by_segment(result: SegmentCompleteness, words: Words) -> Figure:
    """Draw what is known of each segment: a row per segment, a column per field.

    Every cell says its share; a darker ground is more. A segment that is known clearly worse
    than all others has its share in a frame.

    Parameters
    ----------
    result : SegmentCompleteness
        Shares by segment and column.
    words : Words
        The language.
    """
    matrix = result.matrix()
    if matrix.empty:
        return _nothing(words)
    told = {
        (f.subject["grouping"], f.subject["segment"], f.subject["column"])
        for f in result.findings()
        if f.status == "shown"
    }
    heads = [theme.wrapped(words.label("column", c), width=0.95, lines=4) for c in matrix.columns]
    names = [
        theme.wrapped(words.label(f"segment.{g}", s), width=_NAME, lines=2) for g, s in matrix.index
    ]
    height = 1.1 + _CELL_ROW * len(matrix)
    figure = theme.new_figure(height=height)
    axes = figure.subplots()
    _cells(axes, matrix, words, told=told)
    axes.set_xticks(np.arange(len(heads)) + 0.5, heads)
    axes.set_yticks(np.arange(len(names)) + 0.5, names)
    axes.set_xlim(0, len(heads))
    axes.set_ylim(len(names), 0)
    axes.xaxis.tick_top()
    theme.quiet(axes)
    return figure


def with_reasons(quarantine: pd.DataFrame, words: Words) -> pd.DataFrame:
    """Say in words why each row was set aside: for a list that goes to the owner of the data.

    Parameters
    ----------
    quarantine : pandas.DataFrame
        As the cleaning leaves it.
    words : Words
        The language.
    """
    codes = {str(c): words.label("code", str(c)) for c in quarantine["code"].dropna().unique()}
    fields = {str(c): words.label("column", str(c)) for c in quarantine["column"].dropna().unique()}
    return quarantine.assign(
        reason=quarantine["code"].map(codes), field=quarantine["column"].map(fields)
    )


def _cells(
    axes: Axes, matrix: pd.DataFrame, words: Words, *, told: set[tuple[str, str, str]]
) -> None:
    for i, (key, row) in enumerate(zip(matrix.index, matrix.to_numpy(), strict=True)):
        for j, (column, share) in enumerate(zip(matrix.columns, row, strict=True)):
            if share != share:
                continue
            depth = 0.1 + 0.3 * share
            axes.add_patch(
                Rectangle((j + 0.04, i + 0.06), 0.92, 0.88, color=theme.ACCENT, alpha=depth, lw=0)
            )
            is_told = (*key, column) in told
            if is_told:
                axes.add_patch(
                    Rectangle((j + 0.04, i + 0.06), 0.92, 0.88, fill=False, edgecolor=theme.BAD,
                              linewidth=1.6)
                )  # fmt: skip
            axes.text(
                j + 0.5, i + 0.5, words.value(share, Unit.SHARE), ha="center", va="center",
                color=theme.BAD if is_told else theme.INK,
                fontweight="bold" if is_told else "normal",
            )  # fmt: skip


def _short_of_all(share: float) -> float:
    """Keep a share that is not the whole from being written as 100%."""
    return min(share, _NEARLY) if share < 1 else share


@dataclass(frozen=True, slots=True)
class _Row:
    """One bar: its name, its length, the text at the right."""

    name: str
    share: float
    text: str


def _bars(
    rows: Sequence[_Row], words: Words, *, axis: str, top: float = 1.0, colour: str = theme.ACCENT
) -> Figure:
    """Draw a bar per row on a pale track, its text at the right edge."""
    if not rows:
        return _nothing(words)
    figure = theme.new_figure(height=0.7 + _ROW * len(rows))
    axes = figure.subplots()
    places = np.arange(len(rows))
    if top == 1:
        axes.barh(places, [1] * len(rows), color=theme.PALE, height=0.6)
    axes.barh(places, [r.share for r in rows], color=colour, height=0.6)
    axes.set_yticks(places, [theme.wrapped(r.name, width=_NAME, lines=2) for r in rows])
    axes.set_ylim(len(rows) - 0.5, -0.5)
    axes.set_xlim(0, top)
    theme.quiet(axes)
    axes.xaxis.set_major_formatter(words.tick(Unit.SHARE))
    axes.locator_params(axis="x", nbins=5)
    axes.set_xlabel(axis)
    side = axes.twinx()
    theme.quiet(side)
    side.set_ylim(axes.get_ylim())
    side.set_yticks(places, [r.text for r in rows])
    return figure


def _nothing(words: Words) -> Figure:
    figure = theme.new_figure(height=0.8)
    figure.text(0.5, 0.5, words("table.empty"), ha="center", va="center", color=theme.SOFT)
    return figure
